"""What stands in a sheet of needs, however people typed it and whatever they did to the form."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from briefings.errors import Refused
from briefings.imports import importing
from briefings.imports import rows as import_rows
from briefings.imports.rows import Reading, read
from briefings.imports.spreadsheets import NEEDS_SHEET, lists_now, marked
from briefings.imports.words import Mistake
from briefings.imports.workbook_parts import Cell, CellKind, Sheet
from briefings.imports.workbooks import Book
from briefings.needs.models import Region, Stage
from tests.builders import a_user
from tests.imports.sheets import MADE, PLACES, a_file, a_line, saved_as_bytes

pytestmark = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)


def said(reading: Reading) -> list[tuple[str, Mistake]]:
    """Cell and mistake of all that was found, but for the example."""
    return [(each.cell, each.mistake) for each in reading.all_findings() if each.mistake is not Mistake.EXAMPLE]


def read_line(**given: Any) -> Any:
    """The entry made of one line."""
    reading = read(a_file([a_line(1, **given)]), lists_now())
    assert not said(reading), [each.says for each in reading.all_findings()]
    return reading.rows[0].entry


def wrong_in(**given: Any) -> list[str]:
    """What is said about one line."""
    return [each.says for row in read(a_file([a_line(1, **given)]), lists_now()).rows for each in row.findings]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("전국 ", Region.NATIONWIDE),
        ("서울", Region.SEOUL),
        ("서울시", Region.SEOUL),
        ("충북", Region.CHUNGBUK),
        ("강원도", Region.GANGWON),
        ("제주", Region.JEJU),
        ("경기 도", Region.GYEONGGI),
    ],
)
def test_provinces_are_understood_by_their_usual_names(app, typed, meant):
    assert read_line(지역=typed).region is meant


def test_what_is_typed_harmlessly_otherwise_is_taken(app):
    entry = read_line(
        단계="시 범",
        기관_유형="협회 단체",
        과제_이름="  여러   칸\u200b을\n띄운 이름 ",
        배경과_필요성="첫째 줄\r\n둘째 줄",
        찾는_기관_1="민간기업/교육청",
        담당_부서=" \t",
        담당자_사무실_전화번호="+82 44 205 1234",
        협업_시작일=20270301,
        협업_종료일="2027년12월31일",
    )
    assert (entry.stage, entry.title, entry.background) == (Stage.PILOT, "여러 칸을 띄운 이름", "첫째 줄\n둘째 줄")
    assert [audience.name for audience in entry.audiences] == ["민간 기업", "교육청"]
    assert (entry.department, entry.contact_phone) == ("", "044-205-1234")
    assert entry.period == "2027. 3. 1.~2027. 12. 31."


def test_a_period_may_be_open_at_either_end(app):
    assert read_line(협업_종료일=None).period == "2027. 3. 1.부터"
    assert read_line(협업_시작일=None, 협업_종료일="2027/12/31(금)").period == "2027. 12. 31.까지"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"지역": "충청도"}, "혹시 ‘충청"),
        ({"지역": "서울, 부산"}, "하나만 골라 주세요."),
        ({"지역": " , "}, "쓸 수 있는 말: 전국"),
        ({"주제_1": "탄소중립, 우주"}, "‘우주’: 주제 목록에 없는 말입니다."),
        ({"협업_시작일": 46082}, "날짜가 아니라 숫자(46082)입니다."),
        ({"협업_시작일": "20270230"}, "날짜를 읽을 수 없습니다."),
        ({"협업_시작일": date(1999, 1, 1)}, "2000년부터 2099년까지"),
        ({"협업_종료일": True}, "참·거짓"),
        ({"담당자_전자우편": "gildong.example.kr"}, "‘@’가 빠졌습니다."),
        ({"담당자_전자우편": "@example.kr"}, "‘@’ 앞의 이름이 빠졌습니다."),
        ({"담당자_전자우편": "gil dong@@example"}, "모양이 맞지 않습니다."),
        ({"담당자_사무실_전화번호": "119"}, "전화번호를 다시 확인해 주세요."),
        ({"담당자_사무실_전화번호": "02-1234-5678;ext=1234567890123"}, "전화번호를 다시 확인해 주세요."),
        ({"과제_이름": 2027}, "숫자(2027)만 들어 있습니다. 과제 이름을 글로 적어 주세요."),
    ],
)
def test_what_cannot_be_meant_is_explained(app, given, words):
    [says] = wrong_in(**given)
    assert words in says


def test_a_title_above_the_headings_and_columns_in_another_order_do_no_harm(app):
    book = Workbook()
    sheet = book.active
    sheet["B1"] = "우리 기관의 수요조사"
    headings = list(reversed(PLACES))
    sheet.append(headings)
    line = a_line(1)
    sheet.append([line.get(heading) for heading in headings])
    reading = read(saved_as_bytes(book), lists_now())
    assert not said(reading)
    assert reading.rows[0].entry.title == line["과제 이름"]


def test_the_sheet_is_found_by_its_name_among_others(app):
    book = load_workbook(BytesIO(a_file([a_line(1)])))
    book.move_sheet(NEEDS_SHEET, 2)
    assert len(read(saved_as_bytes(book), lists_now()).rows) == 1
    book[NEEDS_SHEET].title = "과제들"
    [finding] = read(saved_as_bytes(book), lists_now()).findings
    assert finding.mistake is Mistake.NO_SHEET
    assert "있는 시트: ‘작성 안내’, ‘목록’, ‘과제들’" in finding.says


def test_forms_without_headings_or_needs_are_named(app):
    empty = Workbook()
    assert said(read(saved_as_bytes(empty), lists_now())) == [("", Mistake.NO_ROWS)]
    empty.active["C4"] = "아무 글"
    assert said(read(saved_as_bytes(empty), lists_now())) == [("C4", Mistake.NO_HEADING)]
    assert said(read(a_file([]), lists_now())) == [("", Mistake.NO_ROWS)]


def test_a_required_column_that_is_gone_is_missed_once(app):
    def drop(sheet: Any) -> None:
        sheet.delete_cols(PLACES["담당자 이름"])
        sheet.delete_cols(PLACES["담당 부서"])

    reading = read(a_file([a_line(1), a_line(2)], drop), lists_now())
    assert [(each.mistake, each.heading) for each in reading.findings if each.row] == [
        (Mistake.NO_HEADING, "담당자 이름")
    ]
    assert [row.entry for row in reading.rows] == [None, None]


def test_a_column_that_is_unknown_is_said_and_not_read(app):
    def add(sheet: Any) -> None:
        sheet.cell(1, 40).value = "내부 번호"
        sheet.cell(3, 40).value = "A-1"

    reading = read(a_file([a_line(1)], add), lists_now())
    assert said(reading) == [("AN1", Mistake.UNKNOWN_HEADING)]
    assert reading.rows[0].entry


def test_halves_of_signs_do_not_keep_the_marked_copy_from_being_made(app):
    cells = {1: Cell(CellKind.TEXT, "과제 이름"), 2: Cell(CellKind.TEXT, "\ud800이름\uffff\x01")}
    copy = marked(Sheet(NEEDS_SHEET, {1: cells}), [], {}, lists_now(), MADE)
    with Book(copy) as book:
        assert book.read(NEEDS_SHEET, 10).rows[1][2].text == "\ufffd이름\uffff\x01"


def test_lines_of_blanks_are_no_lines(app):
    reading = read(a_file([a_line(1), {"과제 이름": "  ", "지역": "\u3000"}]), lists_now())
    assert (len(reading.rows), said(reading)) == (1, [])


def test_longer_files_are_to_be_parted(app, monkeypatch):
    monkeypatch.setattr(import_rows, "MOST_ROWS", 3)
    assert not said(read(a_file([a_line(n) for n in range(3)]), lists_now()))
    reading = read(a_file([a_line(n) for n in range(4)]), lists_now())
    assert said(reading) == [("", Mistake.TOO_MANY_ROWS)]
    assert len(reading.rows) == 3


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "비어 있습니다"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "손상되어"),
        (b"%PDF-1.7\n%%EOF", "엑셀 파일"),
    ],
)
def test_nothing_is_kept_of_what_is_no_spreadsheet(app, now, data, words):
    with pytest.raises(Refused) as refused:
        importing.take_in("needs.xlsx", data, None, a_user(), now)
    assert words in str(refused.value)
