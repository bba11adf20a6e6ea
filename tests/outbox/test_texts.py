"""Placeholders: what is refused, what is filled, what is left out; and that every built-in text keeps the rules."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from briefings.app import COMPOSERS, TEXTS
from briefings.config import beside_or_inside
from briefings.db import db, unit_of_work
from briefings.jobs import deliver
from briefings.outbox.delivering import BATCH
from briefings.outbox.models import Medium, Message, MessageState, WrittenText
from briefings.outbox.queueing import Recipient, queue
from briefings.outbox.texts import (
    NAME,
    PLACEHOLDER,
    Placeholder,
    Template,
    Text,
    Texts,
    built_in,
    check,
    example_values,
    fill,
    placeholders_in,
)
from tests.builders import saved

HANGUL = re.compile("[가-힣]")
ALL = {name: text for group in TEXTS.values() for name, text in group.items()}
LINK = Placeholder("입장 링크", "본인만 쓰는 입장 주소", "https://briefings.example.kr/join/…")
NOTE = Placeholder("안내 말", "담당자가 적은 말", "이어폰을 챙겨 주세요.", optional=True)
TEXT = Text("전날 알림", (NAME, LINK, NOTE), must=("입장 링크",))


def faults(subject: str, body: str) -> list[tuple[str, str]]:
    return [tuple(fault) for fault in check(subject, body, TEXT)]


def test_a_text_that_can_be_filled_is_taken():
    assert faults("#{이름} 님, 내일입니다", "#{ 입장  링크 }\n\n- #{안내 말}\n\n#{문의 전화}") == []


@pytest.mark.parametrize(
    ("subject", "body", "field", "words"),
    [
        ("", "#{입장 링크}", "subject", "제목을 적어 주세요."),
        ("하나\n둘", "#{입장 링크}", "subject", "한 줄로"),
        ("가" * 201, "#{입장 링크}", "subject", "200자까지 적을 수 있습니다. 지금 201자"),
        ("제목", "", "body", "본문을 적어 주세요."),
        ("제목", "#{입장 링크}" + "가" * 10_000, "body", "10,000자까지"),
        ("제목", "안녕하십니까.", "body", "#{입장 링크} 자리가 빠졌습니다."),
        ("#{입장 링크}", "제목에만 있습니다.", "body", "#{입장 링크} 자리가 빠졌습니다."),
        ("제목", "#{입장 링크}\n\n#{입장링크}", "body", "#{입장링크} 자리가 없습니다. 혹시 #{입장 링크}입니까?"),
        (
            "#{설명회 이름}",
            "#{입장 링크}",
            "subject",
            "쓸 수 있는 자리: #{이름}, #{입장 링크}, #{안내 말}, #{서비스 이름}",
        ),
        ("제목", "#{입장 링크}\n\n#{안내 말\n\n끝", "body", "‘#{안내 말’에서 연 자리를 닫지 않았습니다."),
        ("제목", "#{안내 #{입장 링크}", "body", "‘#{안내 ·’에서 연 자리를 닫지 않았습니다."),
        ("제목", "#{이름} 님의 링크: #{입장 링크}", "body", "함께 빠질 수 있습니다."),
        ("제목", "링크\n- #{안내 말} #{입장 링크}", "body", "함께 빠질 수 있습니다."),
    ],
)
def test_what_nobody_can_fill_or_read_is_refused_at_its_field(subject, body, field, words):
    found = faults(subject, body)
    assert [sentence for at, sentence in found if at == field and words in sentence], found


def test_a_list_line_or_else_the_paragraph_in_which_something_is_empty_is_left_out():
    body = (
        "#{가} 님께\n\n- 하나: #{나}\n- 둘: #{다}\n\n머리\n- 셋: #{다}\n\n빠질 문단 #{다}\n- 이 줄도\n\n- #{다}\n\n끝"
    )
    values = {"가": "이가온", "나": "첫 줄\n둘째 줄\n\n셋째", "다": "  "}
    assert fill(Template("[초대]  #{가}#{다}", body), values) == Template(
        "[초대] 이가온", "이가온 님께\n\n- 하나: 첫 줄\n둘째 줄\n\n셋째\n\n머리\n\n끝"
    )


def test_a_message_without_what_its_reader_must_have_is_an_error():
    for values in ({}, {"입장 링크": ""}, {"입장 링크": None}):
        with pytest.raises(ValueError, match="입장 링크"):
            fill(Template("제목", "#{입장 링크}"), values, TEXT.must)


names = st.sampled_from(["이름", "설명회", "입장 링크", "메모 2"])
said = st.sampled_from(
    ["", "이가온", "#{이름}", "#{", "}", "{{ config }}", "%(title)s", "<b>&amp;", "\\1 \\g<0>", "- 줄"]
)
pieces = st.lists(
    st.one_of(st.sampled_from(["안녕 ", "링크: ", "{", "}", "# "]), names.map("#{{{}}}".format)), min_size=1
)
lines = st.tuples(st.booleans(), pieces)
paragraphs = st.lists(st.lists(lines, min_size=1, max_size=3), min_size=1, max_size=4)


@given(paragraphs, st.fixed_dictionaries(dict.fromkeys(["이름", "설명회", "입장 링크", "메모 2"], said)))
def test_every_place_is_filled_once_and_what_values_say_is_never_a_place(shape, values):
    def written(line):
        return ("- " if line[0] else "· ") + "".join(line[1])

    def filled(line):
        return ("- " if line[0] else "· ") + "".join(values.get(p[2:-1], p) if p[:2] == "#{" else p for p in line[1])

    def silent(line):
        return any(p[:2] == "#{" and not values[p[2:-1]] for p in line[1])

    body = "\n\n".join("\n".join(map(written, paragraph)) for paragraph in shape)
    kept = [[line for line in paragraph if not silent(line)] for paragraph in shape if not _lost(paragraph, silent)]
    expected = "\n\n".join("\n".join(filled(line).rstrip() for line in paragraph) for paragraph in kept if paragraph)
    assert fill(Template("제목", body), values).body == expected.strip()


def _lost(paragraph, silent) -> bool:
    return any(silent(line) for line in paragraph if not line[0])


@pytest.mark.parametrize("name", ALL)
def test_every_built_in_text_keeps_the_rules_in_both_languages(name):
    text = ALL[name]
    for locale in ("ko", "en"):
        words = built_in(name, locale)
        assert check(*words, text) == [], locale
        assert fill(words, {each: "·" for each in text.known()}, text.must).body
    assert set(text.must) <= {each.name for each in text.placeholders}
    assert set(text.kinds or (name,)) <= set(COMPOSERS)
    assert (text.medium is Medium.TEXT) == name.startswith("text/")
    assert all(each.meaning and each.example for each in text.placeholders)
    both = [{*placeholders_in(built_in(name, locale).body)} for locale in ("ko", "en")]
    assert both[0] == both[1]
    assert not HANGUL.search("".join(PLACEHOLDER.sub("", words) for words in built_in(name, "en")))
    assert set(example_values(text)) == {each.name for each in text.placeholders}


def test_every_file_is_a_text_and_every_text_is_written_by_somebody():
    folder = beside_or_inside("templates")
    files = [*folder.glob("mail/*.txt"), *folder.glob("text/*.txt")]
    named = Counter(f"text/{f.name[:-7]}" if f.parent.name == "text" else f.name[:-7] for f in files)
    assert named == dict.fromkeys([*ALL, "footer"], 2)
    used = Counter(
        each.value
        for file in Path("briefings").rglob("*.py")
        for each in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(each, ast.Constant)
    )
    assert [name for name in ALL if used[name] < 2] == []  # once where it is declared, once where it is written


def test_what_staff_wrote_is_in_force_at_the_next_look_without_a_question_per_mail(app, now, count_queries):
    texts = Texts()
    assert texts.template("set_password", "ko") == built_in("set_password", "ko")
    saved(WrittenText(name="set_password", locale="ko", subject="제목", body="본문", changed_at=now))
    with count_queries() as sent:
        assert texts.template("set_password", "ko") == built_in("set_password", "ko")
    assert not sent
    assert Texts().template("set_password", "ko") == ("제목", "본문")
    assert Texts().template("set_password", "en") == built_in("set_password", "en")
    assert Texts({("set_password", "ko"): Template("시험", "")}).template("set_password", "ko").subject == "시험"


def test_the_worker_looks_for_texts_once_a_round(app, now, count_queries):
    with unit_of_work():
        for number in range(BATCH + 2):
            queue("password_changed", str(number), Recipient(f"reader{number}@example.kr", "김하늘"), now)
    with count_queries() as sent:
        deliver(app)
    assert sum("FROM written_texts" in each for each in sent) == 2
    assert {message.state for message in db.session.scalars(select(Message))} == {MessageState.SENT}


def test_a_text_to_phones_must_fit_them():
    short = Text("알림", (LINK,), must=("입장 링크",), medium=Medium.TEXT)
    assert check("알림", "#{입장 링크}", short) == []
    [fault] = check("알림", "👍 #{입장 링크}", short)
    assert (fault.field, fault.sentence) == ("body", "문자로 보낼 수 없는 글자가 있습니다: 👍")
    [fault] = check("알림", "가" * 1000 + "#{입장 링크}", short)
    assert "2,000바이트까지" in fault.sentence
