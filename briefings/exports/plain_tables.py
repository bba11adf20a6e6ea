"""A table as a file of comma-separated lines that spreadsheet programs open as it is, and as texts only."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice

from briefings.exports.values import Value, cleaned

AT_A_TIME = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def comma_separated(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """The file piece by piece: with a BOM, by which spreadsheet programs know UTF-8, and without formulas."""
    yield "\ufeff".encode() + _as_lines([headings])
    rest = iter(rows)
    while some := list(islice(rest, AT_A_TIME)):
        yield _as_lines([[as_text(value) for value in row] for row in some])


def as_text(value: Value) -> str:
    """One cell; an apostrophe stands before what would be calculated (OWASP, CSV injection)."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if value is None or isinstance(value, int | float | date):
        return "" if value is None else str(value)
    words = cleaned(value)
    return f"'{words}" if words.startswith(_FORMULA) else words


def _as_lines(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
