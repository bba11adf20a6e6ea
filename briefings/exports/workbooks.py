"""A spreadsheet that is sent while it is written: XlsxWriter makes the book, its rows are put in one by one.

XlsxWriter packs the file when its last row is known; whoever waits for a long list would see nothing until then.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from itertools import islice
from typing import NamedTuple
from xml.sax.saxutils import escape

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from briefings.exports.values import Value, cleaned

SHEET = "xl/worksheets/sheet1.xml"
LONGEST_CELL = 32_767
"""Signs that one cell holds, as UTF-16 counts them."""
MOST_ROWS = 1_048_575
"""Rows that a sheet holds below its heading."""
MOST_CELLS = 5_000_000
"""A larger sheet needs a kind of archive that spreadsheet programs do not open, and none of them works with it."""
PIECE = 200
"""Rows that are sent together."""
LONGEST_NAME = 31
_ILL_NAMED = re.compile(r"[\[\]:*?/\\']")
"""Signs that no sheet may have in its name."""
_FONT = {"font_name": "맑은 고딕", "font_size": 10}
_ROW = re.compile(r'<row r="2".*?</row>', re.DOTALL)
_STYLES = re.compile(r'<c r="[A-Z]+2" s="(\d+)"')
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What spreadsheet programs would take for one sign written in another way (ECMA-376 part 1, 22.9.2.19)."""
_DAY_ONE = datetime(1899, 12, 30)  # noqa: DTZ001 (spreadsheets know no zones)


class _Sent:
    """A file that is never looked back into: what was written is taken out and sent."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """What has been written since it was asked for last."""
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)


class _Frame(NamedTuple):
    """An empty book: its other parts, the sheet around its rows, the styles of texts, of moments and of days."""

    parts: dict[str, bytes]
    before: bytes
    after: bytes
    text: str
    moment: str
    day: str


def workbook(
    title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Value]], number: int
) -> Iterator[bytes]:
    """The file piece by piece, its first before any row is asked for; `columns` are headings with their widths.

    Texts stay texts whatever they begin with, numbers are numbers; moments (on the clock of the readers, without a
    zone) and days are dates. `number` is how many rows there will be: what can be filtered.
    """
    frame, out = _frame(title, columns, number), _Sent()
    names = [xl_col_to_name(place) for place in range(len(columns))]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, data in frame.parts.items():
            archive.writestr(name, data)
        with archive.open(SHEET, "w") as sheet:
            sheet.write(frame.before)
            yield out.taken()
            rest = enumerate(rows, start=2)
            while some := list(islice(rest, PIECE)):
                sheet.write("".join(_row(at, row, names, frame) for at, row in some).encode())
                yield out.taken()
            sheet.write(frame.after)
    yield out.taken()


def _frame(title: str, columns: Sequence[tuple[str, int]], number: int) -> _Frame:
    file = BytesIO()
    book = Workbook(file, {"in_memory": True})
    # An apostrophe that is not part of the text (quotePrefix) keeps it a text when somebody edits the cell, too.
    text = book.add_format({**_FONT, "num_format": "@", "quote_prefix": True, "valign": "top"})
    moment = book.add_format({**_FONT, "num_format": "yyyy-mm-dd hh:mm", "align": "left", "valign": "top"})
    day = book.add_format({**_FONT, "num_format": "yyyy-mm-dd", "align": "left", "valign": "top"})
    head = book.add_format({**_FONT, "bold": True, "bottom": 1})
    sheet = book.add_worksheet(_ILL_NAMED.sub(" ", title)[:LONGEST_NAME])
    sheet.freeze_panes(1, 1 if len(columns) < 3 else 2)
    for place, (heading, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, head)
    sheet.write_blank(1, 0, None, text)
    sheet.write_blank(1, 1, None, moment)
    sheet.write_blank(1, 2, None, day)
    sheet.autofilter(0, 0, max(number, 1), len(columns) - 1)
    book.close()
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    whole = re.sub(r"<dimension [^>]*/>", "", parts.pop(SHEET).decode())
    sample = _ROW.search(whole)
    if sample is None:
        raise LookupError("the sheet has no second row")
    styles = _STYLES.findall(sample[0])
    before, after = whole[: sample.start()], whole[sample.end() :]
    return _Frame(parts, before.encode(), after.encode(), *styles)


def _row(at: int, row: Sequence[Value], names: Sequence[str], frame: _Frame) -> str:
    said = ((name, value) for name, value in zip(names, row, strict=True) if value not in (None, ""))
    cells = (_cell(f"{name}{at}", value, frame) for name, value in said)
    return f'<row r="{at}">{"".join(cells)}</row>'


def _cell(place: str, value: Value, frame: _Frame) -> str:
    if isinstance(value, datetime):
        days = (value - _DAY_ONE).total_seconds() / 86_400
        return f'<c r="{place}" s="{frame.moment}"><v>{days:.8f}</v></c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="{frame.day}"><v>{(value - _DAY_ONE.date()).days}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    words = escape(_ESCAPED.sub("_x005F_", _shortened(cleaned(str(value)))))
    return f'<c r="{place}" s="{frame.text}" t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'


def _shortened(text: str) -> str:
    """What one cell holds of it; signs outside the first plane count twice."""
    if len(text) <= LONGEST_CELL // 2:
        return text
    return text.encode("utf-16-le")[: 2 * LONGEST_CELL].decode("utf-16-le", "ignore")
