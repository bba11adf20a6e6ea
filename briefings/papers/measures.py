"""How wide a report is and its tables are, whatever kind of document it becomes."""

from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

WIDTH = 170.0
"""Millimetres between the margins of an A4 page."""
LETTER = 1.75
"""Millimetres of a Latin letter or a digit in a table, at most; a Korean letter takes two."""
MARGIN = 4.4
"""Millimetres that a cell keeps free, left and right together."""


def table_widths(heads: Sequence[str], rows: Sequence[Sequence[str]], wide: int) -> list[float]:
    """Millimetres of each column, by its words: heads break into lines before cells do, short columns before none.

    What the others leave is that of the `wide` one.
    """
    cells = [_longest(row[place] for row in rows) for place in range(len(heads))]
    short = [max(cell, _longest(head.split())) for cell, head in zip(cells, heads, strict=True)]
    widths = _shared(short, WIDTH)
    longer = [max(0.0, _longest([head]) - width) for head, width in zip(heads, widths, strict=True)]
    more = _shared(longer, WIDTH - sum(widths))
    widths = [width + extra for width, extra in zip(widths, more, strict=True)]
    widths[wide] += WIDTH - sum(widths)
    return widths


def _shared(wanted: Sequence[float], room: float) -> list[float]:
    """What each gets: who wants less than an equal share leaves the rest to the others."""
    given = [0.0] * len(wanted)
    for done, place in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        given[place] = min(wanted[place], room / (len(wanted) - done))
        room -= given[place]
    return given


def _longest(texts: Iterable[str]) -> float:
    """Millimetres of a cell in which none of these lines has to break."""
    return MARGIN + LETTER * max((_letters(line) for text in texts for line in text.splitlines()), default=0)


def _letters(line: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line)
