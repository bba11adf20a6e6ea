"""Lines as they were pasted: each is cut by itself and is the heading or somebody; none is left out."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal

from briefings.registrations.list_columns import NAME, by_heading, heading_row

LONGEST_CELL = 300
"""Of longer cells the beginning is kept: enough to see that they are too long."""
Row = tuple[int, list[str]]

_LINE = re.compile(r"\r\n?|\n")
_UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff]")
_NAMED = re.compile(r"([^<>]*)<([^<>]*)>")
_BRACKETED = re.compile("<[^<>]+>")
_SEMICOLON = re.compile(r'"[^"]*"|;')
_LINES_OF_A_CELL = 20


def rows_in(text: str) -> list[Row]:
    """Every line that says anything, by its number: the heading, if there is one, and people in the same columns.

    Where one line names several people (`김가온 <gaon@example.kr>; narae@example.kr`) each gets a row, and rows are
    counted instead of lines.
    """
    sign = _usual_sign(text)
    lines = [(number, _cells(line, sign)) for number, line in _records(text) if line.strip()]
    lines = [(number, cells) for number, cells in lines if any(cells)]
    place = heading_row(lines)
    if place is None:
        people = [(number, person) for number, cells in lines for person in _people(cells)]
        return _counted(_below_each_other(people))
    fields = by_heading(lines[place][1])
    return _counted(
        [
            (number, row)
            for at, (number, cells) in enumerate(lines)
            for row in ([cells] if at == place else _below_headings(cells, fields))
        ]
    )


def tidy(cell: str) -> str:
    """On one line, composed, without signs that take no room."""
    return " ".join(unicodedata.normalize("NFC", _UNSEEN.sub("", cell)).split())[:LONGEST_CELL]


def _records(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; one with those after it where a cell in quotation marks goes on there."""
    lines, at = _LINE.split(text), 0
    while at < len(lines):
        end = _end(lines, at)
        yield at + 1, "\n".join(lines[at:end])
        at = end


def _end(lines: Sequence[str], at: int) -> int:
    """Where the record that begins here ends. A mark that was only forgotten takes nobody into its cell."""
    if not lines[at].count('"') % 2:
        return at + 1
    inside = lines[at].rpartition('"')[2]
    for end in range(at + 1, min(at + _LINES_OF_A_CELL, len(lines))):
        closes = lines[end].count('"') % 2
        inside += lines[end].partition('"')[0] if closes else lines[end]
        if "@" in inside:
            break
        if closes:
            return end + 1
    return at + 1


def _usual_sign(text: str) -> str:
    """What parts the cells of most of the first lines."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    return max("\t,;", key=lambda sign: (sum(sign in line for line in lines), sign == "\t"))


def _cells(line: str, usual: str) -> list[str]:
    sign = usual if usual in line else max("\t,;", key=line.count)
    if "\t" in line:
        sign = "\t"
    elif line.count("@") > 1 or any("@" in address for address in _BRACKETED.findall(line)):
        # As mail programs write addresses: parted by either.
        line, sign = _SEMICOLON.sub(lambda found: "," if found[0] == ";" else found[0], line), ","
    quoting: Literal[0, 3] = csv.QUOTE_NONE if line.count('"') % 2 else csv.QUOTE_MINIMAL
    parted = csv.reader([line], delimiter=sign, skipinitialspace=True, quoting=quoting)
    return [tidy(cell) for row in parted for cell in row]


def _people(cells: Sequence[str]) -> list[list[str]]:
    """Whom one line names: mostly one person in several cells, or somebody in each cell."""
    said = [cell for cell in cells if cell]
    addressed = [cell for cell in said if "@" in cell]
    several = len(addressed) > 1 and (addressed == said or any(_NAMED.fullmatch(cell) for cell in said))
    if several or len(said) == 1:
        return [_name_and_address(cell) for cell in said]
    return [[part for cell in cells for part in (_name_and_address(cell) if "@" in cell else [cell])]]


def _name_and_address(cell: str) -> list[str]:
    """`김가온 <gaon@example.kr>` as two cells; whatever else it is, as one."""
    found = _NAMED.fullmatch(cell)
    if not found:
        return [cell]
    name, address = tidy(found[1].strip(" \"'")), tidy(found[2])
    return [name, address] if name else [address]


def _below_each_other(people: Sequence[Row]) -> list[Row]:
    """The same rows with all addresses in one column, and there, too, what stands alone instead of one."""
    places = [_place(cells) for _, cells in people]
    column = max((place for place in places if place is not None), default=0)
    mixed = len({place for place in places if place is not None}) > 1
    rows = []
    for (number, cells), place in zip(people, places, strict=True):
        if place is None:
            rows.append((number, [""] * column + cells if len(cells) == 1 else cells))
            continue
        if mixed and place == 0 and len(cells) > 1 and NAME.fullmatch(cells[1]):
            cells, place = [cells[1], cells[0], *cells[2:]], 1
        rows.append((number, [""] * (column - place) + cells))
    return rows


def _place(cells: Sequence[str]) -> int | None:
    return next((place for place, cell in enumerate(cells) if "@" in cell), None)


def _below_headings(cells: list[str], fields: Sequence[str]) -> list[list[str]]:
    """The cells as they stand, unless the line was written without regard to the headings."""
    people = _people(cells)
    alone = sum(map(bool, cells)) == 1 and len(fields) > 1
    if "email" not in fields or not (alone or len(people) > 1) or (len(people[0]) == 1 and not _stray(cells, fields)):
        return [cells]
    return [_in_columns(person, fields) for person in people]


def _stray(cells: Sequence[str], fields: Sequence[str]) -> bool:
    """Whether an address stands elsewhere than in its column."""
    return any("@" in cell and fields[place : place + 1] != ["email"] for place, cell in enumerate(cells))


def _in_columns(person: list[str], fields: Sequence[str]) -> list[str]:
    """Somebody's name and address where the headings want them; without a column for the name both stay together."""
    row = [""] * len(fields)
    row[fields.index("email")] = person[-1]
    if len(person) > 1 and "name" in fields:
        row[fields.index("name")] = person[0]
    elif len(person) > 1:
        row.append(person[0])
    return row


def _counted(rows: list[Row]) -> list[Row]:
    """By the numbers of their lines, or counted anew where a line gave several."""
    if len({number for number, _ in rows}) == len(rows):
        return rows
    return [(number, row) for number, (_, row) in enumerate(rows, start=1)]
