"""What the parts of an .xlsx file say, parsed while they are unpacked and given up as soon as they grow too large.

ECMA-376 part 1, 18.2 to 18.9. Nothing is evaluated, nothing is fetched, and there are no entities.
"""

import math
import re
from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from xml.parsers import expat

from briefings.errors import Refused

LARGEST_PART = 64 * 1024 * 1024
MOST_TEXT = 10_000_000
"""Characters that are kept of one file: 2,000 rows with 5,000 each."""
MOST_STRINGS = 100_000
MOST_CELLS = 500_000
MOST_COLUMNS = 100
MOST_NOTED = 10_000
"""Hidden rows, merged ranges, formats, sheets, relations."""
MOST_STYLES = 65_536
LONGEST_TAG = 1024 * 1024
"""The parser begins a tag anew with each chunk of it."""
DEEPEST = 60

SAVE_AGAIN = "엑셀에서 [다른 이름으로 저장] → ‘Excel 통합 문서(.xlsx)’로 저장한 뒤 다시 올려 주세요."
DAMAGED = f"파일이 손상되어 읽을 수 없습니다. {SAVE_AGAIN}"
TOO_LARGE = "파일의 내용이 너무 많습니다. 쓰지 않는 시트와 줄, 그림을 지우고 다시 저장해 주세요."


class CellKind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    ERROR = "error"
    FORMULA = "formula"


class Cell(NamedTuple):
    """A cell that is not empty; `text` as people read it, `day` where it is a date that exists.

    `part` says, of a date or a time, how much of the day is over then: 0.5 at noon.
    """

    kind: CellKind
    text: str
    day: date | None = None
    part: float = 0.0


@dataclass
class Sheet:
    """The cells of a sheet by row and column, both from 1; rows and columns without any are left out."""

    name: str
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    """Ranges, such as `B3:C5`."""
    hidden_rows: set[int] = field(default_factory=set)
    complete: bool = True
    """Whether all rows were read, or there were more than wanted."""


def column_name(number: int) -> str:
    """`A` for 1, `AB` for 28."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def place_of(reference: str) -> tuple[int, int]:
    """Row and column of `AB12`; Refused if that names no cell."""
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", reference)
    if not found:
        raise Refused(DAMAGED)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


class _Enough(Exception):
    """Everything that was wanted has been read."""


class PartReader:
    """Calls `start` and `end` with names without prefix; `text` between them while `listening`."""

    listening = False
    depth = 0

    def parse(self, chunks: Iterator[bytes]) -> None:
        """Read a part, as far as it is wanted; Refused where it is larger or deeper than one should be."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._started
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._said
        parser.StartDoctypeDeclHandler = _refuse_doctype  # so there are no entities, neither nested nor from elsewhere
        size = 0
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST_PART:
                    raise Refused(TOO_LARGE)
                parser.Parse(chunk)
                if size - parser.CurrentByteIndex > LONGEST_TAG:
                    raise Refused(TOO_LARGE)
            parser.Parse(b"", True)
        except _Enough:
            return

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, words: str) -> None:
        """Some text of the element it listens to."""

    def _started(self, name: str, given: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Refused(DAMAGED)
        self.start(name.rpartition(":")[2], given)

    def _ended(self, name: str) -> None:
        self.depth -= 1
        self.end(name.rpartition(":")[2])

    def _said(self, words: str) -> None:
        if self.listening:
            self.text(words)


def _refuse_doctype(*_: object) -> None:
    raise Refused(DAMAGED)


def _refuse_more(kept: Sized, most: int) -> None:
    if len(kept) >= most:
        raise Refused(TOO_LARGE)


class RelationsReader(PartReader):
    def __init__(self) -> None:
        self.relations: list[tuple[str, str, str]] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "Relationship" and given.get("TargetMode") != "External":
            _refuse_more(self.relations, MOST_NOTED)
            self.relations.append((given.get("Id", ""), given.get("Type", ""), given.get("Target", "")))


class WorkbookReader(PartReader):
    def __init__(self) -> None:
        self.since_1904 = False
        self.sheets: list[tuple[str, str]] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "workbookPr":
            self.since_1904 = given.get("date1904", "") in ("1", "true")
        elif name == "sheet":
            _refuse_more(self.sheets, MOST_NOTED)
            relation = next((value for key, value in given.items() if key.endswith(":id")), "")
            self.sheets.append((given.get("name", ""), relation))


_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_CODE = re.compile(r'"[^"]*"|\[(?!h+\]|m+\]|s+\])[^\]]*\]|[\\_*].', re.IGNORECASE)


class StylesReader(PartReader):
    """Which styles of cells show a number as a date (18.8.30)."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._in_cells = False

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "numFmt" and len(self._codes) < MOST_NOTED:
            self._codes[int(given.get("numFmtId", "0"))] = given.get("formatCode", "")[:200]
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            _refuse_more(self._formats, MOST_STYLES)
            self._formats.append(int(given.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False

    def dates(self) -> set[int]:
        """The numbers of these styles."""
        return {number for number, format_ in enumerate(self._formats) if self._shows_date(format_)}

    def _shows_date(self, format_: int) -> bool:
        code = self._codes.get(format_)
        if code is None or not code:
            return format_ in _BUILT_IN_DATES
        return code.lower() != "general" and bool(re.search("[dmhysDMHYS]", _NOT_CODE.sub("", code)))


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def _unescaped(words: str) -> str:
    """Text with what Excel writes as `_x000D_` (22.4.2.4, bstr) put back."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), words) if "_x" in words else words


class StringsReader(PartReader):
    """The table of texts that cells refer to; without the reading aids of East Asian texts (`rPh`)."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._parts: list[str] = []
        self._aside = False
        self._size = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._aside = True
        self.listening = name == "t" and not self._aside

    def text(self, words: str) -> None:
        self._size += len(words)
        if self._size > MOST_TEXT:
            raise Refused(TOO_LARGE)
        self._parts.append(words)

    def end(self, name: str) -> None:
        self.listening = False
        if name == "rPh":
            self._aside = False
        elif name == "si":
            _refuse_more(self.strings, MOST_STRINGS)
            self.strings.append(_unescaped("".join(self._parts)))


class SheetReader(PartReader):
    def __init__(
        self,
        sheet: Sheet,
        strings: list[str],
        dates: set[int],
        since_1904: bool,
        most_rows: int,
        on_row: Callable[[int], None],
    ) -> None:
        self.sheet, self._strings, self._dates = sheet, strings, dates
        self._day_zero = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 (a day)
        self._since_1904, self._most_rows, self._on_row = since_1904, most_rows, on_row
        self._row = self._column = self._cells = self._size = 0
        self._aside = self._is_formula = False
        self._given: dict[str, str] = {}
        self._value: list[str] = []
        self._formula: list[str] = []
        self._into = self._value

    def start(self, name: str, given: dict[str, str]) -> None:
        self.listening = False
        if name == "c":
            self._begin_cell(given)
        elif name == "row":
            self._begin_row(given)
        elif name in ("v", "t", "f"):
            self._into = self._formula if name == "f" else self._value
            self._is_formula = self._is_formula or name == "f"
            self.listening = not self._aside
        elif name == "rPh":
            self._aside = True
        elif name == "mergeCell" and len(self.sheet.merged) < MOST_NOTED:
            self.sheet.merged.append(given.get("ref", "")[:50])

    def end(self, name: str) -> None:
        self.listening = False
        if name == "c":
            self._end_cell()
        elif name == "rPh":
            self._aside = False

    def text(self, words: str) -> None:
        self._size += len(words)
        if self._size > MOST_TEXT:
            raise Refused(TOO_LARGE)
        self._into.append(words)

    def _begin_row(self, given: dict[str, str]) -> None:
        self._row = int(given["r"]) if "r" in given else self._row + 1
        self._column = 0
        if not 0 < self._row <= 1_048_576:
            raise Refused(DAMAGED)
        if given.get("hidden") in ("1", "true") and len(self.sheet.hidden_rows) < MOST_NOTED:
            self.sheet.hidden_rows.add(self._row)

    def _begin_cell(self, given: dict[str, str]) -> None:
        self._cells += 1
        if self._cells > MOST_CELLS:
            raise Refused(TOO_LARGE)
        self._row, self._column = place_of(given["r"]) if "r" in given else (max(self._row, 1), self._column + 1)
        self._given, self._is_formula = given, False
        self._value.clear()
        self._formula.clear()

    def _end_cell(self) -> None:
        cell = self._cell()
        if cell is None or self._column > MOST_COLUMNS:
            return
        row = self.sheet.rows.get(self._row)
        if row is None:
            if len(self.sheet.rows) >= self._most_rows:
                self.sheet.complete = False
                raise _Enough
            row = self.sheet.rows[self._row] = {}
            self._on_row(len(self.sheet.rows))
        row[self._column] = cell

    def _cell(self) -> Cell | None:
        if self._is_formula:
            return Cell(CellKind.FORMULA, "=" + "".join(self._formula)[:200])
        value, kind = "".join(self._value), self._given.get("t", "n")
        if kind == "s":
            return _text(self._strings[_whole(value, len(self._strings))]) if value else None
        if kind in ("inlineStr", "str"):
            return _text(_unescaped(value))
        if not value.strip():
            return None
        if kind == "b":
            return Cell(CellKind.BOOLEAN, "TRUE" if value.strip() == "1" else "FALSE")
        if kind == "e":
            return Cell(CellKind.ERROR, value[:50])
        return self._iso_date(value) if kind == "d" else self._number(value)

    def _number(self, value: str) -> Cell:
        number = float(value)
        if not math.isfinite(number):
            raise Refused(DAMAGED)
        if int(self._given.get("s", "0")) in self._dates:
            day = self._day(number)
            return Cell(CellKind.DATE, day.isoformat() if day else _plain(number), day, number % 1)
        return Cell(CellKind.NUMBER, _plain(number))

    def _day(self, number: float) -> date | None:
        """The date with this serial number; None for times, for 1900-02-29 and for what lies outside the calendar."""
        if not self._since_1904 and (number < 1 or int(number) == 60):
            return None
        early = 1 if number < 60 and not self._since_1904 else 0  # before the day that never was
        try:
            return (self._day_zero + timedelta(days=int(number) + early)).date()
        except OverflowError:
            return None

    def _iso_date(self, value: str) -> Cell:
        try:
            day = datetime.fromisoformat(value.strip()).date()
        except ValueError:
            return Cell(CellKind.DATE, value[:50])
        return Cell(CellKind.DATE, day.isoformat(), day)


def _text(words: str) -> Cell | None:
    return Cell(CellKind.TEXT, words) if words else None


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _whole(value: str, below: int) -> int:
    number = int(value)
    if not 0 <= number < below:
        raise Refused(DAMAGED)
    return number
