"""A spreadsheet of needs on its way in: checked cell by cell, decided about, registered whole or not at all."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from briefings import clock
from briefings.app import TASKS
from briefings.audit.models import AuditEntry
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs import import_work, importing
from briefings.needs.import_findings import Decision, rows_of, undecided
from briefings.needs.import_words import MISTAKES, Level, Mistake, level_of
from briefings.needs.models import Need, NeedState, Region, Round, Stage
from briefings.needs.round_models import ImportState, NeedImport
from briefings.organizations.models import Organization, OrganizationKind
from briefings.outbox.models import Message
from briefings.tasks.models import Task, TaskState
from briefings.tasks.running import LEASE, do_next
from tests.builders import BEFORE, a_need, a_user, an_organization, an_owner, saved
from tests.needs.sheets import FIRST, PLACES, a_file, a_line


@pytest.fixture
def officer(app):
    """Who sends the files."""
    return a_user(name="김하늘")


def work(patience: int = 5) -> Task | None:
    """The worker does what waits; the last task as it stands then."""
    while patience and do_next(TASKS, clock.now, lambda: False):
        patience -= 1
    db.session.expire_all()
    return db.session.query(Task).order_by(Task.id.desc()).first()


def checked(data: bytes, officer: Any, now: Any, round: Round | None = None) -> NeedImport:
    """An import whose file was looked at."""
    with unit_of_work():
        made = importing.take_in("수요조사서.xlsx", data, round, officer, now)
    work()
    return made


def ask_to_save(import_: NeedImport, officer: Any, now: Any, publish: bool = False, tell: bool = False) -> None:
    """Staff press the button."""
    with unit_of_work():
        importing.start_saving(import_, publish, tell, officer, now)


def found(import_: NeedImport) -> dict[str, set[Mistake]]:
    """What was found at each cell; under the number of the row where it is about no cell."""
    by_cell: dict[str, set[Mistake]] = {}
    for row in rows_of(import_):
        for each in row.found:
            by_cell.setdefault(each.cell or str(row.row), set()).add(each.mistake)
    return by_cell


def says(import_: NeedImport, cell: str) -> str:
    """What is said about a cell."""
    return " ".join(each.says for row in rows_of(import_) for each in row.found if each.cell == cell)


# Heading → what stands there by mistake, which mistake it is, what is said; each in a line of its own.
MISTAKEN: list[tuple[str, Any, Mistake, str]] = [
    ("과제 이름", None, Mistake.MISSING, "과제 이름을 적어 주세요."),
    ("기관 이름", None, Mistake.MISSING, "기관 이름을 적어 주세요."),
    ("기관 유형", None, Mistake.MISSING, "기관 유형을 골라 주세요."),
    ("한 줄 요약", None, Mistake.MISSING, "한 줄 요약을 적어 주세요."),
    ("제공 자원", None, Mistake.MISSING, "제공 자원을 적어 주세요."),
    ("필요 역량", None, Mistake.MISSING, "필요 역량을 적어 주세요."),
    ("주제 1", None, Mistake.MISSING, "주제 1을 골라 주세요."),
    ("찾는 기관 1", None, Mistake.MISSING, "찾는 기관 1을 골라 주세요."),
    ("담당자 이름", None, Mistake.MISSING, "담당자 이름을 적어 주세요."),
    ("담당자 전자우편", None, Mistake.MISSING, "담당자 전자우편을 적어 주세요."),
    ("한 줄 요약", "  \u3000 ", Mistake.BLANK, "빈칸만 있습니다."),
    ("기관 유형", "공공기간", Mistake.UNKNOWN_KIND, "혹시 ‘공공기관’입니까?"),
    ("지역", "전라남동", Mistake.UNKNOWN_REGION, "혹시 ‘전라남도’입니까?"),
    ("단계", "시번", Mistake.UNKNOWN_STAGE, "혹시 ‘시범’입니까?"),
    ("주제 2", "탄소중림", Mistake.UNKNOWN_THEME, "혹시 ‘탄소중립’입니까?"),
    ("찾는 기관 2", "우주", Mistake.UNKNOWN_AUDIENCE, "쓸 수 있는 말: 민간 기업, 협회·단체"),
    ("제공 자원 유형 2", "장비들", Mistake.UNKNOWN_RESOURCE, "혹시 ‘장비’입니까?"),
    ("주제 2", "탄소중립", Mistake.TWICE_CHOSEN, "‘탄소중립’ 항목을 두 번 골랐습니다."),
    ("담당자 전자우편", "gildong@", Mistake.BAD_MAIL, "‘@’ 뒤의 주소가 빠졌습니다. 예:"),
    ("담당자 사무실 전화번호", "전화 주세요", Mistake.BAD_PHONE, "예: 044-205-1234"),
    ("과제 이름", "긴 이름 " * 40, Mistake.TOO_LONG, "120자까지 적을 수 있습니다. 지금 199자입니다. 79자를"),
    ("배경과 필요성", "앞\u202e뒤", Mistake.UNSEEN, "보이지 않는 글자"),
    ("제공 자원", "=1+1", Mistake.FORMULA, "수식이 들어 있습니다."),
    ("필요 역량", "#REF!", Mistake.ERROR_VALUE, "계산 오류 #REF!"),
    ("담당자 사무실 전화번호", 611234567, Mistake.NUMBER, "앞의 0이 지워졌을 수 있습니다."),
    ("과제 이름", date(2027, 3, 1), Mistake.DATE_FOR_TEXT, "날짜(2027-03-01)가 들어 있습니다."),
    ("담당 부서", True, Mistake.TRUE_FALSE, "참·거짓 값(TRUE)"),
    ("협업 시작일", "2027-02-30", Mistake.BAD_DATE, "달력에 없는 날짜(2027-02-30)"),
    ("협업 종료일", "내년 봄", Mistake.BAD_DATE, "날짜를 읽을 수 없습니다."),
    ("협업 종료일", date(2027, 2, 1), Mistake.UPSIDE_DOWN, "종료일(2027-02-01)이 시작일(2027-03-01)보다 앞섭니다."),
    ("과제 이름", "[예시] 우리 과제", Mistake.EXAMPLE_MARK_LEFT, "‘[예시]’가 남아 있습니다."),
    ("과제 이름", "섬마을 이동진료 돕기 1호", Mistake.TWICE_IN_FILE, f"{FIRST}번째 줄과 같은 과제"),
    ("기관 유형", "기업", Mistake.TWO_KINDS, f"{FIRST}번째 줄에는 이 기관의 유형이 다르게"),
    ("기관 유형", "기업", Mistake.OTHER_KIND, "‘공공기관’(으)로 등록되어 있습니다."),
    ("담당자 전자우편", "owner@example.kr", Mistake.OTHERS_CONTACT, "‘남의공단’ 계정의 주소입니다."),
]


def mistaken_lines() -> list[dict[str, Any]]:
    """A line without a mistake, then one for each mistake."""
    lines = [a_line(1)]
    for number, (heading, value, mistake, _) in enumerate(MISTAKEN, start=2):
        line = a_line(number) | {heading: value}
        if mistake in (Mistake.TWICE_IN_FILE, Mistake.TWO_KINDS):
            line["기관 이름"] = lines[0]["기관 이름"]
        if mistake is Mistake.OTHER_KIND:
            line["기관 이름"] = "가온 해양공단"
        lines.append(line)
    return lines


def spoil(sheet: Any) -> None:
    """What can be wrong with the sheet as a whole."""
    column = PLACES["혜택을 받는 사람"]
    sheet.cell(1, column).value = "혜택 받는 분"
    sheet.cell(1, PLACES["주제 3"]).value = "주제 2"
    sheet.cell(1, len(PLACES) + 1).value = "비고"
    last = FIRST + len(MISTAKEN) + 1
    sheet.merge_cells(start_row=last - 1, end_row=last - 1, start_column=7, end_column=8)
    sheet.row_dimensions[FIRST].hidden = True
    for heading, value in a_line(99).items():
        sheet.cell(last + 3, PLACES[heading]).value = value


def test_every_mistake_is_named_at_its_cell_and_nothing_is_registered(officer, now):
    an_owner(an_organization("남의공단"), email="owner@example.kr")
    an_organization("가온해양공단")
    import_ = checked(a_file(mistaken_lines(), spoil), officer, now)
    assert (import_.state, import_.rows) == (ImportState.CHECKED, len(MISTAKEN) + 2)
    by_cell = found(import_)
    for row, (heading, _, mistake, words) in enumerate(MISTAKEN, start=FIRST + 1):
        cell = f"{column_letter(heading)}{row}"
        assert by_cell[cell] == {mistake}, (cell, heading, by_cell.get(cell))
        assert words in says(import_, cell)
    assert by_cell["T1"] == {Mistake.RENAMED_HEADING}
    assert "혹시 ‘혜택을 받는 사람’입니까?" in says(import_, "T1")
    assert by_cell["P1"] == {Mistake.DOUBLE_HEADING}
    assert by_cell["AC1"] == {Mistake.UNKNOWN_HEADING}
    assert by_cell[f"G{FIRST + len(MISTAKEN)}"] == {Mistake.MERGED}
    assert by_cell["0"] == {Mistake.HIDDEN, Mistake.EMPTY_ROWS, Mistake.EXAMPLE}
    assert len({mistake for found_ in by_cell.values() for mistake in found_}) >= 30
    with pytest.raises(Refused, match="고칠 곳이 있는 파일"):
        ask_to_save(import_, officer, now)
    assert not work() or db.session.query(Need).count() == 0


def column_letter(heading: str) -> str:
    """Where a heading stands in the form."""
    from_a = PLACES[heading] - 1
    return chr(ord("A") + from_a) if from_a < 26 else "A" + chr(ord("A") + from_a - 26)


def test_the_corrected_file_is_registered_whole(officer, now):
    an_organization("가온해양공단")
    call = saved(a_round(now))
    lines = [a_line(number) for number in range(1, 8)]
    lines[0] |= {
        "기관 이름": "가온 해양공단",
        "지역": " 전남 ",
        "담당자 전자우편": " ＧＡＯＮ@example.kr",
        "담당자 사무실 전화번호": "０６１ 123 4567",
        "주제 1": "탄소 중립, 국민안전",
        "협업 시작일": "2027. 3. 1.",
        "협업 종료일": "２０２７년 12월 31일",
        "한 줄 요약": "두 줄로\n적은 요약",
    }
    lines[1] |= dict.fromkeys(("지역", "단계", "협업 시작일", "협업 종료일", "담당자 사무실 전화번호"))
    import_ = checked(a_file(lines), officer, now, call)
    assert found(import_) == {"0": {Mistake.EXAMPLE}}
    ask_to_save(import_, officer, now)
    task = work()
    assert task.state is TaskState.DONE, task.error
    needs = db.session.query(Need).order_by(Need.id).all()
    assert [need.title for need in needs] == [line["과제 이름"] for line in lines]
    assert {(need.state, need.round_id, need.import_id, need.submitted_at) for need in needs} == {
        (NeedState.SUBMITTED, call.id, import_.id, now)
    }
    first, second = needs[:2]
    assert first.organization.name == "가온해양공단"
    assert {theme.name for theme in first.themes} == {"탄소중립", "국민안전"}
    assert (first.region, first.stage, first.period) == (Region.JEONNAM, Stage.PILOT, "2027. 3. 1.~2027. 12. 31.")
    assert (first.contact_email, first.contact_phone) == ("GAON@example.kr", "061-123-4567")
    assert (first.summary, first.offer_tags) == ("두 줄로 적은 요약", ["place"])
    assert (second.region, second.stage, second.period) == (Region.NATIONWIDE, Stage.IDEA, "")
    assert db.session.query(Organization).filter_by(kind=OrganizationKind.PUBLIC_INSTITUTION).count() == 7
    assert db.session.query(Message).count() == 0
    acts = [entry.action for entry in db.session.query(AuditEntry).filter_by(about_type="needs", about_id=first.id)]
    assert acts == ["need.registered", "need.submitted"]


def a_round(now: Any) -> Round:
    """A call for needs that is open."""
    dates = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=20), "announced_at": BEFORE}
    return Round(name="2027년 상반기 수요조사", created_at=BEFORE, changed_at=BEFORE, **dates)


def test_suspected_duplicates_wait_for_a_decision_each(officer, now):
    body = an_organization("다도해 1공단")
    there = a_need(title="섬마을 이동진료 돕기 (1호)", organization=body)
    elsewhere = a_need(title="빈집을 나눔 부엌으로 바꾸기 2호")
    a_need(title="빈집을 나눔 부엌으로 바꾸기 2호", state=NeedState.WITHDRAWN)
    lines = [a_line(number) for number in range(1, 5)]
    lines.append(a_line(3, 과제_이름="드론으로 산불을 살피기 3호"))
    import_ = checked(a_file(lines), officer, now)
    doubtful = {row.row: row for row in rows_of(import_) if row.is_doubtful}
    assert [need_id for need_id, _ in doubtful[3].alike] == [there.id]
    assert doubtful[4].alike == [(elsewhere.id, 100)]
    assert doubtful[7].twins[0][0] == 5
    assert len(undecided(import_, rows_of(import_))) == 3
    with pytest.raises(Refused, match="정하지 않은 줄이 3개"):
        ask_to_save(import_, officer, now)
    with unit_of_work():
        importing.decide(import_, {3: Decision.LEAVE, 6: Decision.LEAVE}, officer, now)
        importing.decide_all(import_, Decision.TAKE, officer, now)
    assert import_.decisions == {"3": "leave", "4": "take", "7": "take"}
    ask_to_save(import_, officer, now)
    work()
    titles = {need.title for need in db.session.query(Need).filter_by(import_id=import_.id)}
    assert titles == {line["과제 이름"] for line in lines[1:]}


def test_what_has_come_since_is_seen_before_anything_is_registered(officer, now):
    import_ = checked(a_file([a_line(1), a_line(2)]), officer, now)
    ask_to_save(import_, officer, now)
    a_need(title="빈집을 나눔 부엌으로 바꾸기 2호")
    task = work()
    assert (task.state, task.error) == (TaskState.FAILED, import_work.NEWS)
    assert (import_.state, db.session.query(Need).count()) == (ImportState.CHECKED, 1)
    assert [row.row for row in undecided(import_, rows_of(import_))] == [4]


def test_what_comes_at_the_last_moment_is_seen_too(officer, now, monkeypatch):
    import_ = checked(a_file([a_line(1), a_line(2)]), officer, now)
    ask_to_save(import_, officer, now)
    hold = import_work._hold
    monkeypatch.setattr(import_work, "_hold", lambda known: (hold(known), db.session.add(late()), db.session.flush()))

    def late() -> Need:
        titled = {"title": "빈집을 나눔 부엌으로 바꾸기 2호", "state": NeedState.DRAFT}
        return Need(organization_id=organization.id, created_at=now, changed_at=now, **titled)

    organization = an_organization("늦은공단")
    assert work().error == import_work.NEWS
    assert db.session.query(Need).count() == 0


def test_the_same_file_is_registered_once(officer, now):
    data = a_file([a_line(1)])
    import_ = checked(data, officer, now)
    ask_to_save(import_, officer, now)
    work()
    again = checked(data, officer, now)
    assert importing.same_file(again).id == import_.id
    assert rows_of(again)[-1].alike[0][1] == 100
    saved_task = db.session.query(Task).filter_by(kind="needs.save").one()
    saved_task.state = TaskState.QUEUED  # a worker that was killed after its commit, before it could say so
    db.session.commit()
    task = work()
    assert task.state is TaskState.DONE, task.error
    assert db.session.query(Need).count() == 1


def test_a_worker_killed_while_it_registers_leaves_nothing_and_the_next_completes_it(officer, now, monkeypatch):
    import_ = checked(a_file([a_line(number) for number in range(1, 4)]), officer, now)
    ask_to_save(import_, officer, now, publish=True)

    def die(*args: Any, **kwargs: Any) -> None:
        assert db.session.query(Need).count() == 3
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(import_work, "record_each", die)
        work()
    db.session.rollback()
    assert (import_.state, db.session.query(Need).count()) == (ImportState.SAVING, 0)
    assert db.session.query(Organization).count() == 0
    with time_machine.travel(now + 2 * LEASE, tick=False):
        assert work().state is TaskState.DONE
    assert {need.state for need in db.session.query(Need)} == {NeedState.PUBLISHED}
    assert db.session.query(Need).count() == 3


def test_each_contact_hears_once_of_all_their_needs_if_staff_want_that(app, officer, now):
    lines = [a_line(number, 담당자_전자우편="together@example.kr") for number in (1, 2)] + [a_line(3)]
    import_ = checked(a_file(lines), officer, now)
    ask_to_save(import_, officer, now, tell=True)
    work()
    messages = {message.recipient: message for message in db.session.query(Message)}
    assert set(messages) == {"together@example.kr", "gildong3@example.kr"}
    assert {message.kind for message in messages.values()} == {"needs_imported"}


def test_an_import_nobody_touched_is_taken_back_whole(officer, now):
    import_ = checked(a_file([a_line(1), a_line(2)]), officer, now)
    ask_to_save(import_, officer, now, publish=True)
    work()
    with unit_of_work():
        assert importing.take_back(import_, officer, now) == 2
    assert {(need.state, need.published_at) for need in db.session.query(Need)} == {(NeedState.WITHDRAWN, None)}
    assert import_.state is ImportState.DISCARDED
    again = checked(a_file([a_line(1), a_line(2)]), officer, now)
    assert not any(row.is_doubtful for row in rows_of(again))


def test_what_somebody_touched_stays(officer, now):
    import_ = checked(a_file([a_line(1), a_line(2)]), officer, now)
    ask_to_save(import_, officer, now)
    work()
    need = db.session.query(Need).order_by(Need.id).first()
    with unit_of_work():
        need.publish(now)
    with pytest.raises(Refused, match="1건 있어서"), unit_of_work():
        importing.take_back(import_, officer, now)
    assert need.state is NeedState.PUBLISHED


def test_a_file_thrown_away_keeps_nothing_of_what_it_said(officer, now):
    import_ = checked(a_file([a_line(1) | {"담당자 전자우편": "gildong@"}]), officer, now)
    assert "gildong@" in str(import_.findings)
    with unit_of_work():
        importing.discard(import_, officer, now)
    assert (import_.findings, import_.file.content, import_.file.size) == ([], b"", 0)
    with pytest.raises(Refused, match="이미 등록했거나 버린"), unit_of_work():
        importing.check_again(import_, officer, now)


def test_of_very_many_mistakes_the_first_are_kept(officer, now, monkeypatch):
    monkeypatch.setattr("briefings.needs.import_findings.MOST_KEPT", 5)
    lines = [a_line(number, 담당자_전자우편="x", 담당자_이름=None, 단계="?") for number in range(1, 5)]
    import_ = checked(a_file(lines), officer, now)
    assert "이 밖에도 7건이 더" in rows_of(import_)[0].found[-1].says
    assert [len(row.found) for row in rows_of(import_) if row.row] == [3, 2]


def test_every_mistake_has_its_words():
    assert set(MISTAKES) == set(Mistake)
    assert {level_of(mistake) for mistake in Mistake} == set(Level)
