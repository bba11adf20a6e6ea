"""Files that are no filled-in form, or that mean harm: refused in words, before they cost anything."""

import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from briefings.errors import Refused
from briefings.imports.workbook_parts import DAMAGED, TOO_LARGE, CellKind, column_name, place_of
from briefings.imports.workbooks import BINARY, ENCRYPTED, LINKED, NOT_XLSX, Book
from tests.imports.sheets import saved_as_bytes

MIB = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def a_book() -> bytes:
    """A small workbook with a table of shared texts."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet().write_string(0, 0, "과제 이름")
    return stream.getvalue()


def with_parts(changed: dict[str, bytes], data: bytes | None = None, repeat: int = 0) -> bytes:
    """A workbook some parts of which are others; `repeat` adds as many parts of no use."""
    stream = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data or a_book())) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, content in changed.items():
            new.writestr(name, content)
        for number in range(repeat):
            new.writestr(f"xl/media/{number}.png", b"")
    return stream.getvalue()


def sheet_of(rows: str) -> bytes:
    """The part of a sheet with these rows."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def read(data: bytes, most_rows: int = 2000) -> Any:
    """The first sheet."""
    with Book(data) as book:
        return book.read(book.sheet_names[0], most_rows)


NESTED = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY e0 "ha">%s]>' % NESTED + sheet_of("<row><c><v>&e9;</v></c></row>")
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + sheet_of("")
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nested entities": (lambda: with_parts({SHEET: LAUGHS}), DAMAGED),
    "an entity from elsewhere": (lambda: with_parts({SHEET: OUTSIDE}), DAMAGED),
    "a sheet that unpacks to much": (lambda: with_parts({SHEET: sheet_of(" " * 65 * MIB)}), TOO_LARGE),
    "parts that unpack to more": (lambda: said_to_unpack_to_much(a_book()), TOO_LARGE),
    "very many parts": (lambda: with_parts({}, repeat=1100), TOO_LARGE),
    "very many relations": (lambda: with_parts({"_rels/.rels": relations(b"<Relationship/>" * 100_000)}), TOO_LARGE),
    "very many sheets": (lambda: with_parts({"xl/workbook.xml": b"<w>" + b"<sheet/>" * 100_000 + b"</w>"}), TOO_LARGE),
    "very many styles": (lambda: with_parts({"xl/styles.xml": styles(b"<xf/>" * 100_000)}), TOO_LARGE),
    "a tag without an end": (lambda: with_parts({SHEET: sheet_of(f'<row r="{"1" * 40 * MIB}"/>')}), TOO_LARGE),
    "parts that say much of themselves": (lambda: talkative(a_book()), TOO_LARGE),
    "elements very deep": (lambda: with_parts({SHEET: sheet_of("<x>" * 500_000)}), DAMAGED),
    "very much shared text": (lambda: with_parts({STRINGS: strings_of("가" * 11_000_000)}), TOO_LARGE),
    "very many shared texts": (lambda: with_parts({STRINGS: strings_of(*(["가"] * 100_001))}), TOO_LARGE),
    "a cell that is nowhere": (lambda: with_parts({SHEET: sheet_of('<row><c r="A0"><v>1</v></c></row>')}), DAMAGED),
    "a row that is nowhere": (lambda: with_parts({SHEET: sheet_of('<row r="99999999"/>')}), DAMAGED),
    "a text that is nowhere": (lambda: with_parts({SHEET: sheet_of('<row><c t="s"><v>7</v></c></row>')}), DAMAGED),
    "a number that is none": (lambda: with_parts({SHEET: sheet_of("<row><c><v>NaN</v></c></row>")}), DAMAGED),
    "half a sheet": (lambda: with_parts({SHEET: sheet_of("")[:-20]}), DAMAGED),
    "no sheet": (lambda: with_parts({"xl/_rels/workbook.xml.rels": b"<Relationships/>"}), DAMAGED),
    "half a file": (lambda: a_book()[: len(a_book()) // 2], DAMAGED),
    "a broken part": (lambda: a_book().replace(b"\x50\x4b\x03\x04", b"\x50\x4b\x03\x05", 3), NOT_XLSX),
    "links to other files": (lambda: with_parts({"xl/externalLinks/externalLink1.xml": b"<x/>"}), LINKED),
    "the binary kind": (lambda: with_parts({"xl/workbook.bin": b"\x83\x01"}), BINARY),
    "an archive of pictures": (lambda: archive_of({"picture.png": b"x"}), NOT_XLSX),
    "a locked archive": (lambda: locked(a_book()), ENCRYPTED),
    "a page of the web": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", NOT_XLSX),
    "the kind of before 2007": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), NOT_XLSX),
    "nothing": (lambda: b"", NOT_XLSX),
}


def strings_of(*texts: str) -> bytes:
    """The table of shared texts."""
    return f'<sst xmlns="{MAIN}">{"".join(f"<si><t>{text}</t></si>" for text in texts)}</sst>'.encode()


def relations(inside: bytes) -> bytes:
    """The part that names what belongs to what."""
    return b"<Relationships>" + inside + b"</Relationships>"


def styles(inside: bytes) -> bytes:
    """The part that says how cells look."""
    return b"<styleSheet><cellXfs>" + inside + b"</cellXfs></styleSheet>"


def talkative(data: bytes) -> bytes:
    """The same archive with further entries in its list, each with as much beside its name as there may be."""
    entry = b"PK\x01\x02" + bytes(26) + b"\xfc\xff" + bytes(14) + bytes(65_532)
    at = data.index(b"PK\x01\x02")
    return data[:at] + entry * 50 + data[at:]


def archive_of(parts: dict[str, bytes]) -> bytes:
    """Any ZIP."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def locked(data: bytes) -> bytes:
    """The same archive, said to be encrypted (APPNOTE 4.4.4, bit 0) in its list of parts."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 8] + b"\x01\x00" + data[at + 10 :]


def said_to_unpack_to_much(data: bytes) -> bytes:
    """The same archive, whose list of parts gives one of them almost four gigabytes (APPNOTE 4.4.9)."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 24] + b"\x00\x00\x00\xf0" + data[at + 28 :]


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_form_is_refused_in_words_and_costs_little(what):
    make, words = HOSTILE[what]
    data = make()
    tracemalloc.start()
    with pytest.raises(Refused) as refused:
        read(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.message == words
    assert peak < 50 * MIB


def test_a_sheet_as_wide_as_it_can_be_is_read_as_far_as_a_form_goes():
    cells = "".join(f'<c r="{column_name(n)}1"><v>1</v></c>' for n in range(1, 16_385))
    sheet = read(with_parts({SHEET: sheet_of(f'<row r="1">{cells}</row>')}))
    assert set(sheet.rows[1]) == set(range(1, 101))


def test_no_more_rows_are_read_than_are_wanted():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 50_000))
    sheet = read(with_parts({SHEET: sheet_of(rows)}), most_rows=10)
    assert (list(sheet.rows), sheet.complete) == (list(range(1, 11)), False)


def test_what_programs_write_in_their_own_ways_is_understood():
    rich = "<si><r><t>폐</t></r><r><t>어망</t></r><rPh><t>pye</t></rPh></si>"
    plain = "<x:si><x:t>줄_x000D_바꿈</x:t></x:si>"
    cells = (
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="inlineStr"><is><t>안에</t></is></c>'
        '<c t="str"><v>글</v></c>'
        '<c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2027-03-01T00:00:00</v></c><c><v>1.5</v></c>'
        '<c><f>SUM(A1)</f><v>3</v></c><c/><c r="AB1" t="n"><v>7</v></c></row>'
    )
    found = read(
        with_parts({SHEET: sheet_of(cells), STRINGS: f'<x:sst xmlns:x="{MAIN}">{plain}{rich}</x:sst>'.encode()})
    )
    row = found.rows[1]
    assert [row[n].text for n in range(1, 7)] == ["줄\r바꿈", "폐어망", "안에", "글", "TRUE", "#N/A"]
    assert (row[7].day, row[8].text, row[28].text) == (date(2027, 3, 1), "1.5", "7")
    assert (row[9].kind, row[9].text, 10 in row) == (CellKind.FORMULA, "=SUM(A1)", False)


@pytest.mark.parametrize(("epoch", "first"), [(WINDOWS_EPOCH, 45_000), (MAC_EPOCH, 43_538)])
def test_dates_count_from_either_beginning(epoch, first):
    book = Workbook()
    book.epoch = epoch
    formats = ('yyyy"년" m"월"', "m/d", "[h]:mm", "0.00", '"m"0')
    for row, (number, number_format) in enumerate(zip((first, first + 0.75, 5, 5, 5), formats, strict=True), start=1):
        book.active.cell(row, 1).value = number
        book.active.cell(row, 1).number_format = number_format
    rows = read(saved_as_bytes(book)).rows
    assert [rows[n][1].day for n in (1, 2)] == [date(2023, 3, 15)] * 2
    assert [rows[n][1].kind for n in (3, 4, 5)] == [CellKind.DATE, CellKind.NUMBER, CellKind.NUMBER]


def test_the_day_that_never_was_is_no_date():
    book = Workbook()
    for row, number in enumerate((1, 59, 60, 61, 0.5, 3_000_000), start=1):
        book.active.cell(row, 1).value = number
        book.active.cell(row, 1).number_format = "yyyy-mm-dd"
    rows = read(saved_as_bytes(book)).rows
    days = [rows[n][1].day for n in range(1, 7)]
    assert days == [date(1900, 1, 1), date(1900, 2, 28), None, date(1900, 3, 1), None, None]


def test_cells_have_names():
    assert [column_name(n) for n in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert place_of("$AB$12") == (12, 28)
