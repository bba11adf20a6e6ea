"""The staff's pages of imports, from the form to the needs that came of it."""

import re
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from briefings.db import db
from briefings.imports.spreadsheets import COLUMNS, FINDINGS_SHEET, GUIDE_SHEET, LISTS_SHEET, NEEDS_SHEET
from briefings.needs.models import Need, NeedState
from briefings.outbox.models import Message
from briefings.rounds.models import ImportState, NeedImport
from briefings.tasks.models import Task, TaskState
from tests.builders import a_need, a_round, a_theme, a_user, an_owner
from tests.imports.sheets import PLACES, a_file, a_line
from tests.imports.test_importing import work

IMPORTS = "/staff/needs/imports"


@pytest.fixture
def officer(app, client):
    """A client signed in as ministry officer."""
    return client.sign_in(a_user(name="김하늘"))


def sent(client: Any, data: bytes, name: str = "수요조사서.xlsx", query: str = "", **fields: str) -> Any:
    """The page that answers when a file is sent."""
    form = {"round": "", "file": (BytesIO(data), name)} | fields
    return client.post(f"{IMPORTS}/new{query}", data=form, follow_redirects=True)


def the_import() -> NeedImport:
    """The last one."""
    db.session.expire_all()
    return db.session.query(NeedImport).order_by(NeedImport.id.desc()).first()


def page_of(client: Any, rest: str = "") -> str:
    """What the page of the last import says."""
    return client.get(f"{IMPORTS}/{the_import().public_id}{rest}").text


def test_the_form_has_the_choices_of_this_moment_and_says_what_to_do(client, now):
    call = a_round()
    a_theme("=우주!A1")
    answer = client.get(f"/rounds/{call.public_id}/template.xlsx")
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    book = load_workbook(BytesIO(answer.data))
    sheet = book[NEEDS_SHEET]
    assert book.sheetnames == [NEEDS_SHEET, GUIDE_SHEET, LISTS_SHEET]
    headings = [cell.value for cell in sheet[1]]
    assert headings == [column.heading + " *" * column.required for column in COLUMNS]
    assert all(cell.comment for cell in sheet[1])
    assert sheet.cell(2, PLACES["협업 시작일"]).is_date
    assert sheet.column_dimensions["AB"].width > 15
    assert sheet.cell(2, PLACES["담당자 사무실 전화번호"]).number_format == "@"
    restricted = {str(each.sqref).rstrip("0123456789"): each for each in sheet.data_validations.dataValidation}
    lists = [each for each in restricted.values() if each.type == "list"]
    assert len(lists) == sum(bool(column.lists) for column in COLUMNS) == 15
    themes = next(each.formula1 for each in lists if str(each.sqref).startswith("N2"))
    column, last = re.fullmatch(rf"'{LISTS_SHEET}'!\$(\w)\$2:\$\w\$(\d+)", themes).groups()
    offered = [book[LISTS_SHEET][f"{column}{row}"] for row in range(2, int(last) + 1)]
    assert {"탄소중립", "=우주!A1"} < {cell.value for cell in offered}
    assert {cell.data_type for cell in offered} == {"s"}
    call.announced_at = None
    db.session.commit()
    assert client.get(f"/rounds/{call.public_id}/template.xlsx").status_code == 404
    client.sign_in(a_user())
    assert client.get(f"/rounds/{call.public_id}/template.xlsx").status_code == 200
    assert client.get("/rounds/nosuch/template.xlsx").status_code == 404


def test_a_file_with_mistakes_is_shown_by_row_and_kind_marked_and_replaced_by_a_corrected_one(officer, now):
    call = a_round()
    assert "아직 올린 파일이 없습니다" in officer.get(f"{IMPORTS}?round_id={call.id}").text
    assert "올릴 파일을 골라 주세요." in officer.post(f"{IMPORTS}/new", data={"round": ""}).text
    wrong = [a_line(1, 담당자_전자우편="gildong@", 단계="시번"), a_line(2, 제공_자원="=1+1"), a_line(3)]
    page = sent(officer, a_file(wrong), round=str(call.id)).text
    assert "기다리는 중" in page
    assert "중단하기" in page
    work()
    page = page_of(officer)
    for words in (
        "고칠 곳이 있어서 아무것도 등록하지 않았습니다",
        "AA3",
        "‘@’ 뒤의 주소가 빠졌습니다",
        "혹시 ‘시범’입니까?",
    ):
        assert words in page
    assert "모두 등록하기" not in page
    page = page_of(officer, "?mistake=formula")
    assert "수식이 들어 있습니다" in page
    assert "AA3" not in page
    marked = officer.get(f"{IMPORTS}/{the_import().public_id}/marked.xlsx")
    book = load_workbook(BytesIO(marked.data))
    cell = book[NEEDS_SHEET]["AA3"]
    assert (cell.value, "AA3 전자우편" in cell.comment.text, cell.fill.fgColor.rgb) == ("gildong@", True, "FFFDEFEC")
    assert (book[NEEDS_SHEET]["F4"].value, book[NEEDS_SHEET]["F4"].data_type) == ("=1+1", "s")
    assert book[FINDINGS_SHEET].max_row == 5
    first = the_import().public_id
    right = [a_line(1), a_line(2), a_line(3)]
    page = officer.get(f"{IMPORTS}/new?instead={first}").text
    assert "‘수요조사서.xlsx’ 파일은 버립니다" in page
    assert f'value="{call.id}" selected' in page or f'selected value="{call.id}"' in page
    sent(officer, a_file(right), query=f"?instead={first}", round=str(call.id))
    work()
    assert "버린 파일입니다" in officer.get(f"{IMPORTS}/{first}").text
    assert officer.get(f"{IMPORTS}/{first}/file.xlsx").status_code == 404
    assert "과제 3건을 등록할 수 있습니다" in page_of(officer)
    page = page_of(officer, "/save")
    assert "과제 3건을 등록하시겠습니까?" in page
    officer.post(f"{IMPORTS}/{the_import().public_id}/save", data={"tell": "y", "publish": "y"})
    work()
    page = page_of(officer)
    assert "과제 3건을 등록했습니다. 모두 게시되어" in page
    assert db.session.query(Message).count() == 3
    assert {need.state for need in db.session.query(Need)} == {NeedState.PUBLISHED}
    page = officer.get(f"{IMPORTS}?round_id={call.id}").text
    assert page.index("등록함") < page.index("버림")
    assert "모두 되돌리기" in page_of(officer, "/take-back")
    officer.post(f"{IMPORTS}/{the_import().public_id}/take-back")
    assert "등록을 되돌렸습니다" in page_of(officer)


def test_doubtful_rows_are_shown_beside_what_they_are_like_and_decided(officer):
    there = a_need(title="섬마을 이동진료 돕기 1호", summary="먼저 올린 과제입니다.")
    a_need(title="빈집을 나눔 부엌으로 바꾸기 2호")
    sent(officer, a_file([a_line(1), a_line(2), a_line(3)]))
    work()
    page = page_of(officer)
    for words in ("100% 비슷함", f"/staff/needs/{there.id}", "먼저 올린 과제입니다.", "정하지 않은 줄 2개"):
        assert words in page
    assert officer.get(f"{IMPORTS}/{the_import().public_id}/save").status_code == 302
    address = f"{IMPORTS}/{the_import().public_id}/decide"
    page = officer.post(address, data={"row_3": "leave", "row_5": "leave"}, follow_redirects=True).text
    assert "아직 정하지 않은 줄 1개" in page
    assert re.search(r'<input checked[^>]*value="leave"', page)
    page = officer.post(address, data={"all": "take"}, follow_redirects=True).text
    assert "과제 2건을 등록할 수 있습니다" in page
    assert "1개 (3번째 줄)" in page_of(officer, "/save")


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"title,organization\n", "needs.csv", "엑셀 파일(.xlsx)이 아닙니다. 엑셀에서 [다른 이름으로 저장]"),
        (b"<html><table></table></html>", "needs.xlsx", "엑셀 파일(.xlsx)이 아닙니다."),
        (b"PK\x03\x04 and no more", "needs.xlsx", "파일이 손상되어 읽을 수 없습니다."),
        (b"", "needs.xlsx", "비어 있습니다"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_at_the_field(officer, data, name, words):
    page = sent(officer, data, name).text
    assert words in page
    assert 'href="#file"' in page
    assert the_import() is None


def test_work_that_was_stopped_can_be_begun_again_or_the_file_thrown_away(officer):
    sent(officer, a_file([a_line(1)]))
    public_id = the_import().public_id
    task = db.session.query(Task).one()
    assert "작업이 진행 중입니다" in officer.post(f"{IMPORTS}/{public_id}/discard").text
    officer.post(f"/staff/tasks/{task.public_id}/cancel")
    page = page_of(officer)
    assert "점검을 마치지 못했습니다" in page
    assert "멈춤" in officer.get(IMPORTS).text
    officer.post(f"{IMPORTS}/{public_id}/check")
    assert work().state is TaskState.DONE
    officer.post(f"{IMPORTS}/{public_id}/save", data={})
    task = db.session.query(Task).order_by(Task.id.desc()).first()
    officer.post(f"/staff/tasks/{task.public_id}/cancel")
    page = page_of(officer)
    assert "아무것도 바뀌지 않았습니다" in page
    assert "모두 등록하기" in page
    assert "이 파일을 버리시겠습니까?" in page_of(officer, "/discard")
    officer.post(f"{IMPORTS}/{public_id}/discard")
    assert the_import().state is ImportState.DISCARDED


def test_lists_cost_the_same_however_many_rows_there_are(officer, count_queries):
    sizes = []
    for _ in range(2):
        sent(officer, a_file([a_line(n, 단계="?") for n in range(1, 4)]))
        work()
        with count_queries() as queries:
            officer.get(IMPORTS)
            page_of(officer)
        sizes.append(len(queries))
    assert sizes[0] == sizes[1]


def test_others_have_no_business_here(client, officer):
    assert officer.get(f"{IMPORTS}/nosuch").status_code == 404
    assert officer.get(f"{IMPORTS}/template.xlsx").status_code == 200
    client.sign_in(an_owner())
    assert client.get(IMPORTS).status_code == 403
    assert client.get(f"{IMPORTS}/template.xlsx").status_code == 403
