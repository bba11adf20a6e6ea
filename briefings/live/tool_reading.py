"""A meeting tool's list of participants as a table of texts: of everything in the file the part that lists people."""

import csv
import re
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from briefings.errors import Refused
from briefings.imports.cells import FORBIDDEN
from briefings.imports.workbook_parts import Cell, CellKind
from briefings.imports.workbooks import Book
from briefings.live.tool_columns import hash_of, is_heading, recognised
from briefings.registrations.list_lines import tidy
from briefings.registrations.list_reading import LARGEST_FILE, TOO_LARGE, UNREADABLE, decoded

MOST_ROWS = 10_000
MOST_COLUMNS = 30
LOOKED_AT = 80
"""So far below the top the headings are looked for: tools write a summary above them."""
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SECTION = re.compile(r"\d+\.\s")
TOO_MANY = f"줄이 너무 많습니다. {MOST_ROWS:,}줄까지 읽습니다. 설명회 하나의 참가자 명단인지 확인해 주세요."
NOTHING = (
    "참가자 명단을 찾지 못했습니다. 회의 도구에서 내려받은 참가자 보고서를 고치지 않고 그대로 올려 주세요. "
    "이름이나 전자우편 칸의 머리글이 있어야 합니다."
)


class Table(NamedTuple):
    """The headings, and what stands below them; every row as wide as the headings."""

    headings: list[str]
    rows: list[list[str]]


def read_file(name: str, data: bytes, known: Container[str]) -> Table:
    """The list of people in a file; Refused where there is none. `known` are headings staff have explained (hashes)."""
    if not data:
        raise Refused("빈 파일입니다. 회의 도구에서 내려받은 참가자 명단을 골라 주세요.")
    if len(data) > LARGEST_FILE:
        raise Refused(TOO_LARGE)
    if data.startswith(_SPREADSHEETS) or name.lower().endswith((".xlsx", ".xlsm")):
        return _of_people(list(_rows_of_book(data)), known)
    try:
        return _of_people(list(_rows_of_text(decoded(data))), known)
    except csv.Error:
        raise Refused(UNREADABLE) from None


def _of_people(rows: Sequence[list[str]], known: Container[str]) -> Table:
    head = _heading_row(rows, known)
    if head is None:
        raise Refused(NOTHING)
    headings = rows[head][:MOST_COLUMNS]
    while headings and not headings[-1]:
        headings.pop()
    found = []
    for cells in rows[head + 1 :]:
        if _begins_another_part(cells):
            break
        if any(cells):
            found.append((cells + [""] * len(headings))[: len(headings)])
    if not found:
        raise Refused("머리글 아래에 참가한 사람이 없습니다. 설명회가 끝난 뒤에 내려받은 명단인지 확인해 주세요.")
    return Table(headings, found)


def _heading_row(rows: Sequence[list[str]], known: Container[str]) -> int | None:
    """The one that staff explained before, else the one of which most is known, else the first that may be one."""
    first = range(min(len(rows), LOOKED_AT))
    told = next((place for place in first if any(rows[place]) and hash_of(_trimmed(rows[place])) in known), None)
    if told is not None:
        return told
    sure = [place for place in first if is_heading(rows[place])]
    if sure:
        return max(sure, key=lambda place: (len(set(recognised(rows[place]))), -place))
    wide = (place for place in first if sum(map(bool, rows[place])) > 1)
    return next((place for place in wide if not any("@" in cell for cell in rows[place])), None)


def _trimmed(cells: Sequence[str]) -> list[str]:
    cells = list(cells[:MOST_COLUMNS])
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _begins_another_part(cells: Sequence[str]) -> bool:
    said = [cell for cell in cells if cell]
    return is_heading(cells) or (len(said) == 1 and bool(_SECTION.match(said[0])))


def _rows_of_text(text: str) -> Iterator[list[str]]:
    lines = text.splitlines()[:LOOKED_AT]
    sign = max("\t,;", key=lambda each: (sum(line.count(each) for line in lines), each == "\t"))
    for number, row in enumerate(csv.reader(text.splitlines(keepends=True), delimiter=sign)):
        if number > MOST_ROWS + LOOKED_AT:
            raise Refused(TOO_MANY)
        yield [_said(cell) for cell in row[:MOST_COLUMNS]]


def _rows_of_book(data: bytes) -> Iterator[list[str]]:
    """Of the first sheet with anything in it, without the rows that are empty: the last may be the millionth."""
    with Book(data) as book:
        for name in book.sheet_names:
            sheet = book.read(name, MOST_ROWS + LOOKED_AT)
            if not sheet.rows:
                continue
            if not sheet.complete:
                raise Refused(TOO_MANY)
            for _, cells in sorted(sheet.rows.items()):
                width = min(max(cells, default=0), MOST_COLUMNS)
                yield [_text(cells[place]) if place in cells else "" for place in range(1, width + 1)]
            return


def _text(cell: Cell) -> str:
    """As people read it; of a moment the time of day, too."""
    if cell.kind is CellKind.FORMULA:
        return ""
    if cell.kind is not CellKind.DATE or not (cell.part or not cell.day):
        return _said(cell.text)
    hours, seconds = divmod(round(cell.part * 86_400), 3600)
    time = f"{hours:02}:{seconds // 60:02}:{seconds % 60:02}"
    return f"{cell.day.isoformat()} {time}" if cell.day else time


def _said(words: str) -> str:
    """Names as people gave them to the tool, without signs that turn the direction of writing or cannot be kept."""
    return tidy(FORBIDDEN.sub("", words))
