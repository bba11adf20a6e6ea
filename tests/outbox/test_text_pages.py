"""Staff rewrite the texts of messages, try them out on real readers, and give them back."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings.accounts.models import Role
from briefings.audit.models import AuditEntry
from briefings.db import db, unit_of_work
from briefings.outbox.models import Message, WrittenText
from briefings.outbox.queueing import Recipient, queue
from briefings.outbox.rendering import compose
from briefings.outbox.texts import built_in
from briefings.web.tokens import HIDDEN
from tests.builders import a_user, an_account_request

LIST = "/staff/outbox/texts"
ADDRESS = f"{LIST}/ko/set_password"
BUILT_IN = built_in("set_password", "ko")
OURS = {"subject": "[협업이음] #{이름} 님의 계정", "body": "#{이름} 님, 어서 오십시오.\n\n#{비밀번호 링크}"}


@pytest.fixture
def at_work(client):
    """A visitor signed in as an officer."""
    return client.sign_in(a_user(Role.OFFICER, name="윤다온"))


@pytest.fixture
def invited(app, now):
    """Somebody with a new account, and the mail about it in the line."""
    user = a_user(Role.OWNER, name="이가온", email="gaon@example.com")
    with unit_of_work():
        to = Recipient(user.email, user.name)
        queue("set_password", "set_password:1", to, now, session_version=user.session_version)
    return user


def written() -> WrittenText | None:
    with unit_of_work() as session:
        return session.scalar(select(WrittenText).execution_options(populate_existing=True))


def mail_to(app, user, now):
    return compose(app, db.session.scalars(select(Message).where(Message.recipient == user.email)).one(), now)


def seen(page: str) -> str:
    """The version that a page was made of."""
    return html.unescape(re.search(r'name="seen" type="hidden" value="([^"]*)"', page)[1])


def frames(page: str) -> list[str]:
    """The mails shown in frames of a page."""
    return [html.unescape(each) for each in re.findall(r'srcdoc="([^"]*)"', page)]


def save(at_work, address=ADDRESS, **typed):
    return at_work.post(address, data=OURS | {"seen": ""} | typed)


def test_all_texts_stand_in_the_list_with_what_staff_wrote(app, at_work, count_queries):
    with count_queries() as sent:
        page = at_work.get(LIST).text
        assert 'aria-label="보기와 고치기: 새 계정의 비밀번호 정하기, 한국어">보기와 고치기<' in page
    assert len(sent) < 5
    assert all(text.title in page for text in app.extensions["texts"].values())
    assert "고침" not in page

    save(at_work)
    assert at_work.get(LIST).text.count("고침") == 1


def test_what_staff_write_is_sent_from_then_on_and_the_log_knows_both_texts(app, at_work, invited, now):
    assert mail_to(app, invited, now).subject == BUILT_IN.subject

    answer = save(at_work)
    assert answer.status_code == 303
    assert "글을 저장했습니다." in at_work.get(answer.location).text
    mail = mail_to(app, invited, now)
    assert mail.subject == "[협업이음] 이가온 님의 계정"
    assert mail.text.startswith("이가온 님, 어서 오십시오.\n\nhttp://briefings.example.kr/new-password/")
    assert "help@briefings.example.kr" in mail.text.partition("\n-- \n")[2]

    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.about_type == "written_texts"))
    assert (entry.actor_name, entry.action, entry.detail["text"]) == ("윤다온", "text.rewritten", "set_password")
    assert entry.detail["before"]["subject"] == BUILT_IN.subject and entry.detail["after"] == OURS

    save(at_work, seen=seen(at_work.get(ADDRESS).text))  # nothing new
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.about_type == "written_texts")).one() == entry


@pytest.mark.parametrize("button", [{}, {"preview": "1"}], ids=["saving", "looking"])
def test_what_cannot_be_sent_is_refused_and_what_was_typed_stays(at_work, button):
    for typed, sentence in (
        ({"body": "어서 오십시오."}, "#{비밀번호 링크} 자리가 빠졌습니다."),
        ({"subject": "#{입장 링크}"}, "이 글에는 #{입장 링크} 자리가 없습니다. 혹시 #{비밀번호 링크}입니까?"),
        ({"body": "#{비밀번호 링크}\n\n#{기한"}, "‘#{기한’에서 연 자리를 닫지 않았습니다."),
        ({"subject": " "}, "제목을 입력해 주세요."),
    ):
        page = save(at_work, **typed, **button).text
        assert sentence in page and "오류:" in page
        assert all(html.escape(words.strip()) in page for words in (OURS | typed).values()), sentence
        assert "미리보기</h2>" not in page, sentence
        assert not written(), sentence


def test_who_saves_over_another_s_text_is_shown_it_first(app, at_work, now):
    save(at_work)
    first = seen(at_work.get(ADDRESS).text)
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        save(at_work, seen=first, subject="먼저 고친 제목", body=OURS["body"] + "\n\n그 사이에 더한 말")

        page = save(at_work, seen=first, subject="나중에 고친 제목").text
        assert "윤다온 님이 2026. 11. 23.(월) 10:05에 먼저 이 글을 고쳤습니다." in page
        assert "그 사이에 더한 말" in page and 'value="나중에 고친 제목"' in page
        assert written().subject == "먼저 고친 제목"

        save(at_work, seen=seen(page), subject="나중에 고친 제목")
        assert written().subject == "나중에 고친 제목"
        page = save(at_work, seen="", subject="늦은 제목").text  # who still has the built-in text before them
        assert "먼저 이 글을 고쳤습니다." in page and written().subject == "나중에 고친 제목"


def test_a_text_is_given_back_after_a_question(app, at_work, invited, now):
    save(at_work)
    question = at_work.get(f"{LIST}/restore/ko/set_password").text
    assert BUILT_IN.subject in question
    assert written(), "a GET changes nothing"

    refused = at_work.post(f"{LIST}/restore/ko/set_password", data={"seen": ""})
    assert refused.status_code == 409 and "먼저 이 글을 고쳤습니다. 지금의 글을 새로 열어" in refused.text
    at_work.post(f"{LIST}/restore/ko/set_password", data={"seen": seen(question)})
    assert not written()
    assert mail_to(app, invited, now).subject == BUILT_IN.subject
    page = save(at_work, seen=seen(question)).text
    assert "먼저 이 글을 처음 글로 되돌렸습니다." in page

    save(at_work)
    save(at_work, seen=seen(at_work.get(ADDRESS).text), subject=BUILT_IN.subject, body=BUILT_IN.body)
    assert not written(), "typing the built-in text is giving it back"


def test_a_draft_is_tried_out_on_those_who_got_it_last_with_dead_links_and_nothing_stays(app, at_work, invited, now):
    for number in range(4):
        user = a_user(Role.OWNER, name=f"박누리 {number}", email=f"nuri{number}@example.com")
        with unit_of_work():
            version = user.session_version
            queue("set_password", f"new:{number}", Recipient(user.email, user.name), now, session_version=version)
    answer = save(at_work, preview="1")
    page = answer.text
    assert "style-src 'self' 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    mails = frames(page)
    assert [re.search(r"박누리 \d", mail)[0] for mail in mails] == ["박누리 3", "박누리 2", "박누리 1"]
    assert all(f"/new-password/{HIDDEN}" in mail and "어서 오십시오." in mail for mail in mails)
    assert "nuri3@example.com" in page and 'value="[협업이음] #{이름} 님의 계정"' in page
    assert not written()
    assert mail_to(app, invited, now).subject == BUILT_IN.subject


def test_only_those_are_looked_at_who_got_this_text_and_without_any_an_example_is(app, at_work, now):
    asked = an_account_request(requested_at=now, name="최다온")
    with unit_of_work():
        queue("account_request", "r", Recipient(asked.email, asked.name), now, request=asked.public_id)
    typed = {"subject": "고친 제목", "body": "#{이름} 님\n\n#{확인 링크}", "preview": "1"}
    assert "최다온 님" in frames(save(at_work, f"{LIST}/ko/account_request", **typed).text)[0]

    page = save(at_work, f"{LIST}/ko/account_exists", **typed | {"body": "#{이름} 님\n\n#{로그인 주소}"}).text
    assert "이 글을 받은 분이 아직 없어서 예를 넣어 보였습니다." in page
    assert "이가온 님" in frames(page)[0] and "최다온" not in page
    english = save(at_work, f"{LIST}/en/account_request", **typed | {"body": "Dear #{이름},\n\n#{확인 링크}"}).text
    assert "Privacy policy" in frames(english)[0] and "Dear 이가온," in frames(english)[0]


def test_what_staff_type_does_nothing_in_the_preview(app, at_work):
    hostile = "<script>alert(1)</script> </iframe><img src=x onerror=alert(1)> \"'--> #{비밀번호 링크}"
    page = save(at_work, body=hostile, preview="1").text
    assert "<script>alert" not in page and "<img src=x" not in page
    assert "<script>" not in frames(page)[0] and "&lt;script&gt;" in frames(page)[0]
    assert 'sandbox="">' in page or "sandbox>" in page


@pytest.mark.parametrize("address", ["ko/nothing", "fr/set_password", "ko/footer", "restore/ko/nothing"])
def test_there_is_no_other_text(at_work, address):
    assert at_work.get(f"{LIST}/{address}").status_code == 404


def test_a_text_to_phones_is_read_as_it_is(app, at_work):
    name = next(name for name in app.extensions["texts"] if name.startswith("text/"))
    words = built_in(name, "ko")
    page = save(at_work, f"{LIST}/ko/{name}", **words._asdict(), preview="1").text
    assert "이 글을 받은 분이 아직 없어서" in page and not frames(page)
    assert "발신 전용" not in page
