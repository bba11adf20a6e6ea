"""Every list of the program as every kind of file: opened by other programs, harmless whatever people wrote."""

import csv
import re
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from briefings.accounts.models import Role
from briefings.app import EXPORTS
from briefings.audit.models import AuditEntry
from briefings.db import db
from briefings.exports.lists import ListFile, Readers
from briefings.needs.models import officer_themes
from briefings.schedule.list_files import OF_BRIEFING
from briefings.schedule.words import ACTIONS
from tests.builders import a_theme, a_user
from tests.exports.full import fill, make_hostile

CONDITIONS = {
    "funnel_organizations": "?step=registered",
    "funnel_people": "?step=attended",
    "funnel_rows": "?step=replies",
    "received_mails": "?shelf=all",
}
TEMPLATES = Path(__file__).parents[2] / "templates"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
ASKED = {"people": "with", "reason": "열어 보는 시험에 쓰려고"}
FILES_OF_NO_LIST = {
    "afterwards/staff/follow_up.html": "counts, of which the lists are files",
    "api/keys.html": "few, and what was done with them stands in the log, which is a file",
    "announcements/index.html": "announcements are messages, which are a file",
    "archive/staff/booklet.html": "parts of one booklet",
    "archive/staff_ask.html": "who is asked about one story",
    "front/today.html": "the next three, each of whose lists is a file",
    "front/people.html": "results of looking for a person",
    "front/person.html": "everything about one person, which is taken along in another way",
    "imports/index.html": "spreadsheets that staff brought themselves",
    "imports/over.html": "the same",
    "imports/show.html": "the same",
    "live/attendance/list.html": "a list that staff brought, being checked",
    "live/attendance/list_person.html": "the same",
    "live/attendance/mark.html": "asks before something is done",
    "live/sheet/cue_sheet.html": "printed",
    "organizations/account.html": "the course of one account",
    "organizations/organization.html": "one organization",
    "organizations/organization_choose.html": "results of looking for an organization",
    "organizations/organization_merge.html": "asks before something is done",
    "organizations/organization_names.html": "one organization",
    "outbox/texts.html": "texts, not data",
    "participation/staff_reply.html": "one reply",
    "privacy/check.html": "texts, not data",
    "privacy/texts.html": "the same",
    "registrations/support/day.html": "must be destroyed: no file",
    "registrations/support/destruction.html": "what becomes of it stands in the register",
    "reviews/assign.html": "asks before something is done",
    "reviews/criteria.html": "the rules of a round",
    "reviews/index.html": "the way to the ranking, which is a file",
    "reviews/need.html": "one need",
    "reviews/reviewer.html": "one reviewer",
    "reviews/tell.html": "asks before something is done",
    "rights/files.html": "files to look through, and to destroy",
    "rights/periods.html": "settings, not data",
    "rights/requests.html": "requests of people to be erased: no file",
    "rounds/lines.html": "pasted lines, being checked",
    "schedule/staff/candidates.html": "asks before something is done",
    "schedule/staff/copy.html": "the same",
    "schedule/staff/edit.html": "the same",
    "schedule/staff/list.html": "a list that staff brought, being checked",
    "schedule/staff/matrix.html": "counts of needs, which are a file",
    "schedule/staff/move.html": "asks before something is done",
    "schedule/staff/registrations_together.html": "the same",
    "schedule/staff/telling.html": "what one briefing sends",
    "seasons/accept.html": "asks before something is done",
    "seasons/availability.html": "who can when, of one season",
    "seasons/board/show.html": "the plan, which is a file",
    "seasons/history.html": "the course of one season",
    "seasons/index.html": "few, each with its own plan as a file",
    "statistics/briefing.html": "the counts of one briefing; the funnel is a file",
    "webhooks/index.html": "few, each with what it was told",
    "webhooks/show.html": "what one other program was told, kept shortly",
    "seasons/needs.html": "asks before something is done",
}
"""Templates of staff with a table whose rows are no list to be taken away, and why."""


@pytest.fixture
def there(app, now):
    """An installation with something in every list."""
    return fill(now)


def address(list: ListFile, there: dict[str, Any]) -> str:
    if list.readers is Readers.OWNERS:
        return f"/my/exports/{list.name}"
    if not list.of:
        return f"/staff/exports/{list.name}{CONDITIONS.get(list.name, '')}"
    [name] = list.of
    return f"/staff/{name.removesuffix('_id')}s/{there[name]}/exports/{list.name}"


def sheet_of(data: bytes) -> list[list[Any]]:
    """The rows of a spreadsheet; AssertionError where a cell could calculate, or a text is none for good."""
    sheet = load_workbook(BytesIO(data)).active
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            assert cell.data_type in ("s", "n", "d"), (cell.coordinate, cell.value)
            assert cell.data_type != "s" or cell.quotePrefix, cell.coordinate
    assert not sheet.merged_cells.ranges
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def lines_of(data: bytes) -> list[list[str]]:
    """The rows of a CSV file; AssertionError where a cell could calculate or holds what nobody sees."""
    assert data.startswith("\ufeff".encode()), "no BOM"
    rows = list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))
    for row in rows:
        for cell in row:
            assert not cell.startswith(FORMULA) or re.fullmatch(r"-?[0-9.]+", cell), cell
            assert "\u202e" not in cell and "\x07" not in cell
    return rows


def test_every_list_opens_in_other_programs_and_nothing_in_it_calculates(app, there):
    make_hostile()
    clients = {
        Readers.OWNERS: app.test_client().sign_in(there["owner"]),
        Readers.STAFF: app.test_client().sign_in(a_user(Role.ADMINISTRATOR)),
    }
    seen = 0
    for each in EXPORTS.values():
        client = clients.get(each.readers, clients[Readers.STAFF])
        where = address(each, there)
        answers = {
            kind: client.as_served(where, method="POST", data={"format": kind, **ASKED}) for kind in ("xlsx", "csv")
        }
        assert {answer.status_code for answer in answers.values()} == {200}, each.name
        assert "attachment" in answers["xlsx"].headers.get("Content-Disposition", ""), f"{each.name}: no rows"
        head, *rows = sheet_of(answers["xlsx"].data)
        names, *lines = lines_of(answers["csv"].data)
        assert rows and len(rows) + (each.name == "audit") == len(lines), each.name  # the first file is in the second
        assert len(set(head)) == len(head) and all(re.search("[가-힣]", name) for name in head), head
        assert [name.lstrip("'") for name in names] == head
        seen += sum("HYPERLINK" in str(cell) for row in rows for cell in row)
    assert seen > 50


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
def test_without_what_is_about_persons_no_reason_is_asked_and_none_of_it_leaves(app, there):
    officer = app.test_client().sign_in(a_user())
    where = f"/staff/briefings/{there['briefing_id']}/exports/registrations"
    answer = officer.post(where, data={"format": "csv", "people": "without"}, buffered=True)
    head, *rows = lines_of(answer.data)
    assert head[:3] == ["상태", "기관", "기관 유형"] and len(rows) == 5
    assert not {"이름", "전자우편", "전화번호"} & set(head)
    entry = db.session.query(AuditEntry).filter_by(action="registrations.exported").one()
    assert entry.detail["personal"] is False and "reason" not in entry.detail and entry.detail["rows"] == 5


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
def test_officers_of_some_themes_take_lists_of_all_themes_without_people(app, there):
    officer = a_user()
    db.session.execute(officer_themes.insert().values(user_id=officer.id, theme_id=a_theme().id))
    db.session.commit()
    client = app.test_client().sign_in(officer)
    people = "/staff/exports/funnel_people?step=registered"  # the page names those of other themes in part only
    assert "여러 주제가 섞인 이 목록은 개인정보를 빼고 받습니다" in client.get(people).text
    head, *rows = lines_of(client.post(people, data={"format": "csv"}, buffered=True).data)
    assert rows and "기관" in head and not {"이름", "전자우편"} & set(head)
    assert client.get(f"/staff/briefings/{there['briefing_id']}/exports/registrations").status_code == 403


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # no database decides it
def test_who_may_take_which_list_away(app, there):
    officer, owner = app.test_client().sign_in(a_user()), app.test_client().sign_in(there["owner"])
    for each in EXPORTS.values():
        mine = {Readers.OWNERS: owner, Readers.STAFF: officer}.get(each.readers)
        for client in (officer, owner):
            expected = {200} if client is mine else {403, 404}
            assert client.get(address(each, there)).status_code in expected, each.name
    for strange in (
        "/staff/exports/registrations",
        "/staff/exports/nothing",
        f"/staff/briefings/{there['briefing_id']}/exports/needs",
        "/staff/briefings/2147483647/exports/registrations",
        "/staff/exports/own_needs",
    ):
        assert officer.get(strange).status_code == 404, strange
    assert owner.get("/my/exports/needs").status_code == 404
    nobody = app.test_client().sign_in(a_user(Role.OWNER))
    assert nobody.get("/my/exports/own_replies").status_code == 404


@pytest.mark.parametrize("migrated_app", ["postgresql"], indirect=True)  # it is the stricter one
def test_conditions_that_make_no_sense_break_no_file(app, there):
    administrator = app.test_client().sign_in(a_user(Role.ADMINISTRATOR))
    names = ("state", "shelf", "step", "half", "sort", "only", "page", "theme", "as_of", "id", "answer", "since")
    nonsense = {"q": "%", "need": "9" * 30, "briefing": "9" * 30, **dict.fromkeys(names, "x")}
    for each in EXPORTS.values():
        if each.readers is not Readers.OWNERS:
            answer = administrator.get(address(each, there).partition("?")[0], query_string=nonsense)
            assert answer.status_code in (200, 404), each.name


def test_every_list_that_staff_see_is_a_file_or_named_as_none():
    linked = set()
    for template in TEMPLATES.rglob("*.html"):
        text, name = template.read_text(), str(template.relative_to(TEMPLATES))
        linked |= set(re.findall(r'ui\.export_link\("(\w+)"', text))
        if 'extends "staff.html"' in text and re.search(r"ui\.(table|pagination)\(", text):
            assert ("export_link(" in text) != (name in FILES_OF_NO_LIST), name
    assert linked == set(EXPORTS)


def test_the_course_of_a_briefing_says_what_was_taken_away():
    assert {each.action for each in EXPORTS.values() if each.of == OF_BRIEFING} <= set(ACTIONS)
