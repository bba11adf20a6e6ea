"""A list of people as a table of texts: out of a spreadsheet (.xlsx), a CSV file, or lines that were pasted."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field

from briefings.errors import Refused
from briefings.imports.workbook_parts import CellKind, Sheet
from briefings.imports.workbooks import Book
from briefings.registrations.list_lines import rows_in, tidy

MOST_ROWS = 2_000
MOST_COLUMNS = 30
LARGEST_FILE = 5 * 1024 * 1024
LONGEST_TEXT = 1_000_000

_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
NOTHING = "읽을 줄을 찾지 못했습니다. 한 줄에 한 사람씩 적어 주세요."
UNREADABLE = (
    "글자를 읽을 수 없는 파일입니다. 엑셀에서 [다른 이름으로 저장] → ‘Excel 통합 문서(.xlsx)’나 "
    "‘CSV UTF-8’로 저장한 뒤 다시 올려 주세요."
)
TOO_MANY = f"한 번에 {MOST_ROWS:,}명까지 넣을 수 있습니다. 나누어 넣어 주세요."
TOO_LARGE = "파일이 너무 큽니다. 5MB까지 올릴 수 있습니다. 필요 없는 칸과 그림을 지우고 다시 올려 주세요."


@dataclass
class Table:
    """Rows with the number a person finds them by, all cells as texts; `odd`: cells that hold no value of their own."""

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    odd: dict[tuple[int, int], str] = field(default_factory=dict)
    """(row, column from 0) → what stands there instead."""
    sheet: str = ""


def read_file(name: str, data: bytes) -> Table:
    """What stands in a file, whatever it calls itself; Refused where it cannot be read."""
    if not data:
        raise Refused("빈 파일입니다. 명단이 든 파일을 골라 주세요.")
    if len(data) > LARGEST_FILE:
        raise Refused(TOO_LARGE)
    if data.startswith(_SPREADSHEETS) or name.lower().endswith((".xlsx", ".xlsm")):
        return _read_workbook(data)
    return read_text(decoded(data))


def read_text(text: str) -> Table:
    """What stands in CSV or in pasted lines: parted by tabs, commas or semicolons, or addresses as mail programs write
    them; no line is left out."""
    if len(text) > LONGEST_TEXT:
        raise Refused(TOO_LARGE)
    try:
        return _bounded(rows_in(text))
    except csv.Error:
        raise Refused(UNREADABLE) from None


def _read_workbook(data: bytes) -> Table:
    with Book(data) as book:
        for name in book.sheet_names:
            sheet = book.read(name, MOST_ROWS + 20)
            if sheet.rows:
                if not sheet.complete:
                    raise Refused(TOO_MANY)
                return _table_of(sheet)
    raise Refused("시트에 적힌 것이 없습니다. 명단이 든 파일을 골라 주세요.")


def _table_of(sheet: Sheet) -> Table:
    width = min(max(max(cells) for cells in sheet.rows.values()), MOST_COLUMNS)
    rows = []
    odd = {}
    for number, cells in sorted(sheet.rows.items()):
        row = [""] * width
        for column, cell in cells.items():
            if column > width:
                continue
            if cell.kind in (CellKind.FORMULA, CellKind.ERROR):
                odd[number, column - 1] = cell.text[:80]
            row[column - 1] = tidy(cell.text)
        rows.append((number, row))
    table = _bounded(rows)
    table.odd, table.sheet = odd, sheet.name
    return table


def _bounded(rows: Iterable[tuple[int, list[str]]]) -> Table:
    """Rows that say anything, all of one width; Refused where there are none or too many."""
    kept = [(number, row[:MOST_COLUMNS]) for number, row in rows if any(row)]
    if not kept:
        raise Refused(NOTHING)
    if len(kept) > MOST_ROWS + 10:  # and a few above them: a title, the headings
        raise Refused(TOO_MANY)
    width = max(len(row) for _, row in kept)
    return Table([(number, row + [""] * (width - len(row))) for number, row in kept])


def decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16, or CP949 as Excel writes CSV in Korea; Refused if it is none of them."""
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refused(UNREADABLE)


def _encodings(data: bytes) -> list[str]:
    """What it may be written in; UTF-16 without its mark shows by every other byte of its first letters being 0."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    odd, even = data[1:64:2].count(0), data[0:64:2].count(0)
    if max(odd, even) > 8:
        return ["utf-16-le" if odd > even else "utf-16-be"]
    return ["utf-8-sig", "cp949"]
