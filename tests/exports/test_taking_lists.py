"""Staff take the people of a list away as a file: with a reason, as the list shows them, and safe to open."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
import time_machine
from openpyxl import load_workbook

from briefings import clock, jobs
from briefings.accounts.models import User
from briefings.app import TASKS
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.exports import lists, making, plain_tables
from briefings.exports.models import ExportPiece
from briefings.exports.values import in_a_cell
from briefings.exports.workbooks import workbook
from briefings.organizations.models import OrganizationKind
from briefings.privacy.consenting import answer, current_text
from briefings.privacy.models import Purpose
from briefings.schedule.registration_models import Registration, RegistrationState, SupportState
from briefings.tasks.models import Task, TaskState
from briefings.tasks.running import do_next
from tests.builders import BEFORE, a_briefing, a_need, a_registration, a_user, an_organization, an_owner
from tests.schedule.desk import text_of

REASON = "당일 참석 확인용 명단"
NAME = "설명회_신청자_20261203"


@pytest.fixture
def desk(client):
    """Staff at work."""
    return client.sign_in(a_user(name="이보람", email="boram@example.kr"))


@pytest.fixture
def briefing(now):
    """Three who signed up, one of them with everything that programs mistake for something else; one who cancelled."""
    briefing = a_briefing()
    need = briefing.slots[0].need
    hostile = a_registration(
        briefing,
        name="=HYPERLINK(1)",
        email="+gaon@example.com",
        phone="+82 10-1234-5678",
        organization=an_organization("@SUM(A1)"),
        department="-3",
        question="첫 줄\n둘째 줄, <‘쉼표’> &\x07",
        support="휠체어",
        support_state=SupportState.ASKED,
        interests=[need],
        registered_at=BEFORE + timedelta(microseconds=5),
    )
    answer(f"registration:{hostile.public_id}", current_text(Purpose.PROVISION, "ko"), True, now)
    db.session.commit()
    a_registration(briefing, name="김나래", registered_at=BEFORE + timedelta(days=1))
    a_registration(
        briefing, name="박다솜", state=RegistrationState.WAITLISTED, registered_at=BEFORE + timedelta(days=2)
    )
    a_registration(briefing, name="최라온", state=RegistrationState.CANCELLED, registered_at=BEFORE)
    a_registration(name="남궁자연")
    return briefing


def path_of(briefing: Any, query: str = "") -> str:
    return f"/staff/briefings/{briefing.id}/exports/registrations{query}"


def asked(client: Any, briefing: Any, format: str, query: str = "") -> Any:
    """What comes back for a form filled in."""
    return client.post(path_of(briefing, query), data={"format": format, "people": "with", "reason": REASON})


def rows_of(data: bytes) -> list[dict[str, Any]]:
    """A spreadsheet, or a CSV file, by its headings."""
    if data.startswith(b"PK"):
        head, *rows = load_workbook(BytesIO(data)).active.iter_rows(values_only=True)
        return [dict(zip(head, row, strict=True)) for row in rows]
    assert data.startswith("\ufeff".encode()), "no BOM"
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))


def work() -> None:
    """The worker does what waits."""
    while do_next(TASKS, clock.now, lambda: False):
        pass


def test_a_spreadsheet_holds_who_is_listed_with_real_dates_and_texts_that_stay_texts(desk, briefing):
    page = text_of(desk.get(path_of(briefing)).text)
    assert "신청자 3명 조건 없음 (목록에 보이는 모두)" in page and "개인정보가 들어 있는 목록입니다" in page
    assert "그 가운데 개인정보 이름, 부서, 직급, 전자우편, 전화번호" in page

    answer = asked(desk, briefing, "xlsx")

    assert answer.headers["Content-Disposition"].endswith(quote(f"{NAME}.xlsx")) and answer.cache_control.no_store
    first, second, third = rows_of(answer.data)
    assert (first["이름"], second["이름"], third["이름"]) == ("=HYPERLINK(1)", "김나래", "박다솜")
    assert first["기관"] == "@SUM(A1)" and first["전화번호"] == "010-1234-5678" and first["부서"] == "-3"
    assert f"{first['신청한 때']:%Y-%m-%d %H:%M}" == "2026-11-01 09:00"
    assert third["대기 시작"] and not third["확정된 때"]
    assert first["관심 수요"] == briefing.slots[0].need.title and first["사전 질문"] == "첫 줄\n둘째 줄, <‘쉼표’> &"
    assert (first["지원 요청"], first["수요기관 제공 동의"], second["수요기관 제공 동의"]) == ("있음", "동의", None)
    assert "휠체어" not in str(first)
    sheet = load_workbook(BytesIO(answer.data)).active
    texts = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value and not cell.is_date]
    assert {cell.data_type for cell in texts} == {"s"} and all(cell.quotePrefix for cell in texts)
    assert sheet["M2"].is_date and not sheet.merged_cells.ranges and sheet.freeze_panes == "C2"


def test_a_csv_file_is_read_as_utf_8_and_calculates_nothing(desk, briefing):
    answer = asked(desk, briefing, "csv", "?state=confirmed&sort=-name")

    assert answer.headers["Content-Disposition"].endswith(quote(f"{NAME}.csv")) and answer.is_streamed
    second, first = rows_of(answer.data)
    assert (first["이름"], first["전자우편"], first["부서"]) == ("'=HYPERLINK(1)", "'+gaon@example.com", "'-3")
    assert first["신청한 때"] == "2026-11-01 09:00" and second["이름"] == "김나래"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_nothing_at_the_front_of_a_cell_of_a_csv_file_makes_it_a_formula(sign):
    assert plain_tables.as_text(f"{sign}1+1") == f"'{sign}1+1" and plain_tables.as_text(f"1{sign}1") == f"1{sign}1"


def test_days_numbers_and_long_texts_are_what_they_are_in_other_programs():
    zone, long = ZoneInfo("Asia/Seoul"), "🌊" * 20_000
    given = (date(2026, 11, 23), datetime(2026, 11, 23, 1, tzinfo=UTC), -3, 12.5, float("nan"), True, "_x0041_", long)
    line = [in_a_cell(value, zone) for value in given]
    columns = [(f"열 {number}", 10) for number in range(len(line))]

    book = b"".join(workbook("이름: [이] 길*고/ 긴\\ 표의 제목은 서른한 글자에서 끝난다고 한다?", columns, [line], 1))
    sheet = load_workbook(BytesIO(book)).active
    _, (day, moment, whole, part, nothing, yes, escaped, cut) = sheet.iter_rows()
    assert day.is_date and day.value.date() == date(2026, 11, 23) and day.number_format == "yyyy-mm-dd"
    assert moment.value == datetime(2026, 11, 23, 10)  # noqa: DTZ001 (spreadsheets know no zones)
    assert (whole.value, part.value, nothing.value, yes.value) == (-3, 12.5, None, "예")
    assert escaped.value == "_x005F_x0041_" and cut.value == "🌊" * (32_767 // 2) and len(sheet.title) <= 31

    text = b"".join(plain_tables.comma_separated([name for name, _ in columns], [line])).decode("utf-8-sig")
    [_, cells] = csv.reader(StringIO(text, newline=""))
    assert cells[:6] == ["2026-11-23", "2026-11-23 10:00", "-3", "12.5", "", "예"] and cells[7] == long


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_what_a_file_was_read_with_is_given_back_once_it_is_sent(desk, briefing, format, left_open):
    where = path_of(briefing)
    with left_open() as found:
        assert desk.as_served(where, method="POST", data={"format": format, "people": "with", "reason": REASON}).data
    assert not found


def test_what_no_spreadsheet_holds_is_left_to_csv_and_a_list_that_is_gone_is_said_to_be(desk, briefing, monkeypatch):
    monkeypatch.setattr(lists, "MOST_CELLS", 20)
    assert "엑셀 파일 하나에 담기에는 너무 많습니다" in asked(desk, briefing, "xlsx").text
    assert asked(desk, briefing, "csv").is_streamed and len(history_of(briefing)) == 1
    monkeypatch.setattr(making, "LONG", 2)
    asked(desk, briefing, "csv")
    task = db.session.query(Task).one()
    task.params = task.params | {"path": {"briefing_id": 2**31 - 1}}
    db.session.commit()
    work()
    assert making.GONE in desk.get(path_of(briefing)).text


def test_who_took_whom_away_and_why_is_kept_without_the_words_that_were_looked_for(desk, briefing):
    given = {"format": "xlsx", "people": "with"}
    assert "내려받는 까닭을 입력해 주세요." in desk.post(path_of(briefing), data=given).text
    assert "5자 이상으로 적어 주세요" in desk.post(path_of(briefing), data=given | {"reason": "명단"}).text
    assert not history_of(briefing)

    asked(desk, briefing, "csv", "?q=나래&kind=company")

    (entry,) = history_of(briefing)
    assert (entry.actor_name, entry.action) == ("이보람", "registrations.exported")
    assert entry.detail == {
        "reason": REASON,
        "rows": 1,
        "format": "csv",
        "personal": True,
        "filters": {"kind": "company", "q": True},
    }
    assert "신청자 내려받기" in desk.get(f"/staff/briefings/{briefing.id}").text
    nobody = text_of(desk.get(path_of(briefing, "?q=없는이름")).text)
    assert "조건에 맞는 것이 없어 내려받을 것이 없습니다." in nobody
    assert "검색어 없는이름" not in nobody and asked(desk, briefing, "csv", "?q=없는이름").mimetype == "text/html"


def test_the_page_names_the_conditions_of_the_list(desk, briefing):
    page = desk.get(path_of(briefing, "?state=confirmed&kind=company&q=가온")).text
    assert all(words in page for words in ("신청 확정", "기업", "가온"))


def test_owners_read_headings_and_words_in_their_language_and_staff_in_korean(client, now):
    organization = an_organization(kind=OrganizationKind.COMPANY)
    need = a_need(organization=organization, title="지역", offer_tags=["people", "place"])
    need.themes[0].name_en = "Carbon neutrality"
    db.session.commit()
    client.sign_in(an_owner(organization))

    def taken(address: str, **more: str) -> tuple[str, list[list[str]]]:
        answer = client.post(address, data={"format": "csv", **more})
        rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"), newline="")))
        return answer.headers["Content-Disposition"], rows

    name, (headings, row) = taken("/en/my/exports/own_needs", people="without")
    said = dict(zip(headings, row, strict=True))
    assert "My_needs_" in name
    assert (said["Need"], said["Region"], said["Theme"]) == ("지역", "Nationwide", "Carbon neutrality")
    assert said["Status"] == "Published" and "No." in said
    assert "Need" in client.get("/en/my/exports/own_needs").text
    name, (headings, row) = taken("/my/exports/own_needs", people="without")
    assert quote("내_수요_과제_") in name and dict(zip(headings, row, strict=True))["지역"] == "전국"
    client.sign_in(a_user())
    name, (headings, row) = taken("/en/staff/exports/needs", people="without")
    assert quote("수요_과제_") in name and dict(zip(headings, row, strict=True))["지역"] == "전국"


def test_only_people_who_were_ticked_are_taken(desk, briefing):
    one = db.session.query(Registration).filter_by(name="김나래").one()
    query = f"?id={one.public_id}&id=unknown1"
    assert "신청자 1명, 목록에서 고른 것만" in text_of(desk.get(path_of(briefing, query)).text)
    assert [row["이름"] for row in rows_of(asked(desk, briefing, "xlsx", query).data)] == ["김나래"]
    assert len(rows_of(asked(desk, briefing, "xlsx", query + "&all=1").data)) == 3


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_a_long_list_is_made_by_the_worker_for_one_person_and_destroyed_after_a_day(
    app, desk, briefing, monkeypatch, now, format
):
    monkeypatch.setattr(making, "LONG", 2)
    monkeypatch.setattr(making, "PIECE", 200)
    monkeypatch.setattr(lists, "AT_A_TIME", 2)
    assert "파일을 따로 만듭니다" in desk.get(path_of(briefing)).text
    assert asked(desk, briefing, format).status_code == 303
    assert "파일을 만들고 있습니다" in desk.get(path_of(briefing)).text
    assert desk.get(path_of(briefing, "/file")).status_code == 404
    assert "파일을 만들고 있습니다" in asked(desk, briefing, "xlsx", "?sort=name").text
    assert len(history_of(briefing)) == 1

    work()

    page = text_of(desk.get(path_of(briefing)).text)
    assert f"파일 {NAME}.{format}" in page and "신청자 3명" in page and "2026. 11. 24.(화) 10:00 에 지웁니다" in page
    answer = desk.get(path_of(briefing, "/file"))
    assert len(rows_of(answer.data)) == 3 and answer.headers["Content-Disposition"].endswith(quote(f"{NAME}.{format}"))
    another = app.test_client().sign_in(a_user())
    assert another.get(path_of(briefing, "/file")).status_code == 404
    assert "만들어 둔 파일" not in another.get(path_of(briefing)).text

    officer = db.session.query(User).filter_by(email="boram@example.kr").one()
    with time_machine.travel(now + timedelta(hours=24, seconds=-1), tick=False):
        jobs.destroy_files(app)
        assert desk.sign_in(officer).get(path_of(briefing, "/file")).status_code == 200
    with time_machine.travel(now + timedelta(hours=24), tick=False):
        assert desk.get(path_of(briefing, "/file")).status_code == 404
        jobs.destroy_files(app)
    assert not db.session.query(Task).count() and not db.session.query(ExportPiece).count()


def test_a_worker_that_was_killed_leaves_no_file_behind_and_a_new_file_replaces_the_earlier(
    app, desk, briefing, monkeypatch
):
    monkeypatch.setattr(making, "LONG", 2)
    asked(desk, briefing, "xlsx")
    work()
    task = db.session.query(Task).one()
    task.state, task.lease_until, task.finished_at = TaskState.RUNNING, clock.now() - timedelta(seconds=1), None
    db.session.commit()
    work()
    assert db.session.query(Task).one().state is TaskState.DONE and db.session.query(ExportPiece).count() == 1

    asked(desk, briefing, "csv")
    work()

    assert db.session.query(Task).count() == db.session.query(ExportPiece).count() == 1
    assert len(rows_of(desk.get(path_of(briefing, "/file")).data)) == 3
