"""A spreadsheet of needs on its way in: checked cell by cell, decided about, registered whole or not at all."""

from typing import Any

import pytest
import time_machine

from briefings import clock
from briefings.app import TASKS
from briefings.audit.models import AuditEntry
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.imports import importing
from briefings.imports import work as import_work
from briefings.imports.findings import Decision, rows_of, undecided
from briefings.imports.words import MISTAKES, Level, Mistake, level_of
from briefings.needs import registering, reviewing
from briefings.needs.models import Need, NeedState, Region, Round, Stage
from briefings.organizations.models import Organization, OrganizationKind
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message
from briefings.outbox.preview import read
from briefings.rounds.models import ImportState, NeedImport
from briefings.tasks.models import Task, TaskState
from briefings.tasks.running import LEASE, do_next
from tests.builders import a_need, a_round, a_user, an_organization, an_owner
from tests.imports.mistakes import MISTAKEN, mistaken_lines, spoil
from tests.imports.sheets import FIRST, PLACES, a_file, a_line


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
    shown = {each.value for row in rows_of(import_) for each in row.found if each.mistake is Mistake.TWO_KINDS}
    assert shown == {"기업"}, "what stands in the cell, not the program's word for it"
    with pytest.raises(Refused, match="고칠 곳이 있는 파일"):
        ask_to_save(import_, officer, now)
    assert not work() or db.session.query(Need).count() == 0


def column_letter(heading: str) -> str:
    """Where a heading stands in the form."""
    from_a = PLACES[heading] - 1
    return chr(ord("A") + from_a) if from_a < 26 else "A" + chr(ord("A") + from_a - 26)


def test_the_corrected_file_is_registered_whole(officer, now):
    an_organization("가온해양공단")
    call = a_round()
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
    assert (doubtful[7].twins[0].row, doubtful[7].twins[0].said["과제 이름"]) == (5, "드론으로 산불 살피기 3호")
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
    saved_task = db.session.query(Task).filter_by(kind="save_needs").one()
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
    together = read(app, messages["together@example.kr"], now)
    for words in ("홍길동 님께", lines[0]["과제 이름"], lines[1]["과제 이름"], "확인한 뒤 게시하거나"):
        assert words in together.text
    assert lines[2]["과제 이름"] not in together.text
    assert together.subject == "[협업이음] 보내 주신 수요 과제를 등록했습니다"
    for need in db.session.query(Need):
        need.publish(now)
    import_.publish = True
    db.session.commit()
    assert f"/needs/{need.id}" in read(app, messages["gildong3@example.kr"], now).text
    db.session.query(Need).update({"state": NeedState.WITHDRAWN})
    assert isinstance(read(app, messages["together@example.kr"], now), Dropped)


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


@pytest.mark.parametrize("published", [False, True])
def test_what_is_again_as_it_was_has_been_touched_all_the_same(officer, now, published):
    import_ = checked(a_file([a_line(1), a_line(2)]), officer, now)
    ask_to_save(import_, officer, now, publish=published)
    work()
    need = db.session.query(Need).order_by(Need.id).first()
    with unit_of_work():
        if published:
            registering.close(need, officer, now)
            registering.reopen(need, officer, now)
        else:
            reviewing.send_back(need, "예산을 적어 주세요.", officer, now)
            registering.submit(need, officer, now)
    with pytest.raises(Refused, match="1건 있어서"), unit_of_work():
        importing.take_back(import_, officer, now)


def test_a_file_thrown_away_keeps_nothing_of_what_it_said(officer, now):
    import_ = checked(a_file([a_line(1) | {"담당자 전자우편": "gildong@"}]), officer, now)
    assert "gildong@" in str(import_.findings)
    with unit_of_work():
        importing.discard(import_, officer, now)
    assert (import_.findings, import_.file.content, import_.file.size) == ([], b"", 0)
    with pytest.raises(Refused, match="이미 등록했거나 버린"), unit_of_work():
        importing.check_again(import_, officer, now)


def test_work_that_was_overtaken_by_a_decision_does_nothing(officer, now):
    with unit_of_work():
        thrown_away = importing.take_in("수요조사서.xlsx", a_file([a_line(1)]), None, officer, now)
        db.session.flush()
        thrown_away.state = ImportState.DISCARDED
    assert (work().state, thrown_away.rows) == (TaskState.DONE, 0)
    import_ = checked(a_file([a_line(1)]), officer, now)
    ask_to_save(import_, officer, now)
    import_.state = ImportState.CHECKED
    db.session.commit()
    assert work().error == "그사이 버렸거나 다시 점검한 파일입니다."
    assert db.session.query(Need).count() == 0


def test_a_file_of_which_every_row_is_left_out_has_nothing_to_register(officer, now):
    a_need(title=a_line(1)["과제 이름"])
    import_ = checked(a_file([a_line(1)]), officer, now)
    with unit_of_work():
        importing.decide_all(import_, Decision.LEAVE, officer, now)
    with pytest.raises(Refused, match="등록할 과제가 없습니다"), unit_of_work():
        importing.start_saving(import_, False, False, officer, now)


def test_of_very_many_mistakes_the_first_are_kept(officer, now, monkeypatch):
    monkeypatch.setattr("briefings.imports.findings.MOST_KEPT", 5)
    lines = [a_line(number, 담당자_전자우편="x", 담당자_이름=None, 단계="?") for number in range(1, 5)]
    import_ = checked(a_file(lines), officer, now)
    assert "이 밖에도 7건이 더" in rows_of(import_)[0].found[-1].says
    assert [len(row.found) for row in rows_of(import_) if row.row] == [3, 2]


def test_nothing_is_registered_while_doubts_are_not_kept(officer, now, monkeypatch):
    monkeypatch.setattr("briefings.imports.findings.MOST_KEPT", 1)
    for number in (1, 2):
        a_need(title=a_line(number)["과제 이름"])
    import_ = checked(a_file([a_line(1), a_line(2)]), officer, now)
    with unit_of_work():
        importing.decide_all(import_, Decision.TAKE, officer, now)
    assert not undecided(import_, rows_of(import_))
    with pytest.raises(Refused, match="파일을 나누어 올려 주세요"):
        ask_to_save(import_, officer, now)


def test_every_mistake_has_its_words():
    assert set(MISTAKES) == set(Mistake)
    assert {level_of(mistake) for mistake in Mistake} == set(Level)
