"""A problem from files: needs and times as CSV or JSON, or all of it as one JSON; says what is wrong, and where."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from briefings.planner.model import Held, PlannedNeed, Problem, Time

Row = TypeVar("Row")
MARKS = {"yes": True, "y": True, "1": True, "true": True, "o": True, "예": True, "": False}
MARKS |= {"no": False, "n": False, "0": False, "false": False, "x": False, "아니오": False}
BETWEEN = ";"
"""Between several themes, audiences or times in one cell."""
LARGEST = 20_000_000


class Unreadable(Exception):
    """Says what is wrong with a file, and where."""


@dataclass(frozen=True)
class Cells:
    """A line of a table: its cells by column, and where they stand."""

    file: str
    line: int
    columns: tuple[str, ...]
    values: Mapping[str, str]

    def wrong(self, column: str, what: str) -> Unreadable:
        """What to raise about one of them."""
        number = self.columns.index(column) + 1 if column in self.columns else 0
        place = f"line {self.line}, column {number} ({column})" if number else f"line {self.line}"
        return Unreadable(f"{self.file}, {place}: {what}")

    def text(self, column: str) -> str:
        """A cell, empty if there is no such column."""
        return self.values.get(column, "").strip()

    def needed(self, column: str) -> str:
        """A cell that must not be empty."""
        found = self.text(column)
        if not found:
            raise self.wrong(column, "is empty")
        return found

    def several(self, column: str) -> tuple[str, ...]:
        """What stands in a cell, between semicolons."""
        return tuple(dict.fromkeys(part.strip() for part in self.text(column).split(BETWEEN) if part.strip()))

    def number(self, column: str) -> int:
        """A whole number, 0 if there is none."""
        found = self.text(column)
        if not found:
            return 0
        if not (found.isascii() and found.isdigit()):
            raise self.wrong(column, f"{found!r} is no whole number of 0 or more")
        return int(found)

    def mark(self, column: str) -> bool:
        """Yes or no."""
        found = self.text(column).lower()
        if found not in MARKS:
            raise self.wrong(column, f"{found!r} is neither yes nor no")
        return MARKS[found]

    def day(self, column: str) -> str:
        """A date, as it is written in ISO; or nothing."""
        found = self.text(column)
        try:
            return date.fromisoformat(found).isoformat() if found else ""
        except ValueError:
            raise self.wrong(column, f"{found!r} is no date such as 2026-11-25") from None

    def moment(self, column: str) -> datetime:
        """A date and time."""
        found = self.needed(column)
        try:
            return datetime.fromisoformat(found)
        except ValueError:
            raise self.wrong(column, f"{found!r} is no date and time such as 2027-03-09 14:00") from None


NEEDED = {"needs": ("key", "title", "themes", "audiences"), "times": ("starts_at",)}
KNOWN = {
    "needs": (
        *NEEDED["needs"],
        "organization",
        "presenter",
        "is_key",
        "waiting_days",
        "unavailable",
        "presented_on",
        "replied",
    ),
    "times": ("key", "starts_at", "open"),
}


def read(needs: Path, times: Path | None, rules: Mapping[str, Any], held: Path | None = None) -> Problem:
    """The problem in the files, with `rules` in place of its own; Unreadable where there is none."""
    if times is None:
        problem = _whole(needs)
    else:
        starts = _times(times)
        known = {time.key: time.key for time in starts} | {f"{t.starts_at:%Y-%m-%d %H:%M}": t.key for t in starts}
        problem = Problem(_needs(needs, known), starts)
    if held is not None:
        problem = replace(problem, held=_held(held, problem))
    problem = replace(problem, rules=replace(problem.rules, **rules))
    for fault in _faults(problem):
        raise Unreadable(f"{needs.name}: {fault}")
    return problem


def _whole(path: Path) -> Problem:
    if path.suffix.lower() == ".csv":
        raise Unreadable(f"{path.name}: TIMES must be given beside needs in CSV")
    given = _json(path)
    if not isinstance(given, dict):
        raise Unreadable(f"{path.name}: is no problem: an object with needs and times is expected")
    return _made(path, lambda: Problem.from_json(given))


def _held(path: Path, problem: Problem) -> Held:
    given = {"needs": [], "times": [], "held": _json(path)}
    return _made(path, lambda: Problem.from_json(given)).held


def _made(path: Path, make: Callable[[], Problem]) -> Problem:
    try:
        return make()
    except KeyError as error:
        raise Unreadable(f"{path.name}: {error} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"{path.name}: {str(error).rpartition('__init__() ')[2]}") from error


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise Unreadable(f"{path.name}, line {error.lineno}, column {error.colno}: {error.msg}") from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"{path.name}: is larger than {LARGEST // 1_000_000} MB")
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name}: {error.strerror}") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise Unreadable(f"{path.name}, line {line}, column {column}: is not in UTF-8") from error


def _needs(path: Path, times: Mapping[str, str]) -> tuple[PlannedNeed, ...]:
    if path.suffix.lower() == ".json":
        rows = {"needs": _json(path), "times": []}
        return _made(path, lambda: Problem.from_json(rows)).needs
    return _once(path, [(cells, _need(cells, times)) for cells in _table(path, "needs")])


def _need(cells: Cells, times: Mapping[str, str]) -> PlannedNeed:
    unavailable = cells.several("unavailable")
    for time in unavailable:
        if time not in times:
            raise cells.wrong("unavailable", f"{time!r} is none of the times")
    for column in ("themes", "audiences"):
        cells.needed(column)
    return PlannedNeed(
        cells.needed("key"),
        cells.needed("title"),
        cells.several("themes"),
        cells.several("audiences"),
        cells.text("organization"),
        cells.text("presenter").lower(),
        cells.mark("is_key"),
        cells.number("waiting_days"),
        frozenset(times[time] for time in unavailable),
        cells.day("presented_on"),
        cells.mark("replied"),
    )


def _times(path: Path) -> tuple[Time, ...]:
    if path.suffix.lower() == ".json":
        rows = {"needs": [], "times": _json(path)}
        return _made(path, lambda: Problem.from_json(rows)).times
    return _once(path, [(cells, _time(cells)) for cells in _table(path, "times")])


def _time(cells: Cells) -> Time:
    starts_at = cells.moment("starts_at")
    return Time(
        cells.text("key") or f"{starts_at:%Y-%m-%d %H:%M}", starts_at, not cells.text("open") or cells.mark("open")
    )


def _once(path: Path, rows: Iterable[tuple[Cells, Row]]) -> tuple[Row, ...]:
    """The rows, no two of one key."""
    seen: dict[str, int] = {}
    found: list[Row] = []
    for cells, row in rows:
        key = str(getattr(row, "key", ""))
        if key in seen:
            raise cells.wrong("key", f"{key!r} is in line {seen[key]} already")
        seen[key] = cells.line
        found.append(row)
    if not found:
        raise Unreadable(f"{path.name}: has no rows below its heading")
    return tuple(found)


def _table(path: Path, kind: str) -> Iterable[Cells]:
    reader = csv.reader(io.StringIO(_text(path)), strict=True)
    try:
        heading = tuple(cell.strip() for cell in next(reader, []))
        _heading(path, kind, heading)
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            cells = Cells(path.name, reader.line_num, heading, dict(zip(heading, row, strict=False)))
            if len(row) > len(heading):
                raise Unreadable(f"{path.name}, line {reader.line_num}, column {len(heading) + 1}: has no heading")
            yield cells
    except csv.Error as error:
        raise Unreadable(f"{path.name}, line {reader.line_num}: {error}") from error


def _heading(path: Path, kind: str, heading: tuple[str, ...]) -> None:
    for column in NEEDED[kind]:
        if column not in heading:
            raise Unreadable(f"{path.name}, line 1: the column {column!r} is missing")
    for number, column in enumerate(heading, 1):
        if column not in KNOWN[kind] or heading.index(column) + 1 != number:
            expected = ", ".join(KNOWN[kind])
            raise Unreadable(f"{path.name}, line 1, column {number}: {column!r} is not expected; known: {expected}")


def _faults(problem: Problem) -> Iterator[str]:
    """What JSON may say and a table cannot; and moments that cannot be compared."""
    yield from _odd(problem)
    for kind, keys in (("need", [n.key for n in problem.needs]), ("time", [t.key for t in problem.times])):
        yield from (
            f"the {kind} {key!r} is there {number} times" for key, number in Counter(keys).items() if number > 1
        )
    for need in problem.needs:
        unknown = sorted(need.unavailable.difference(problem.time))
        yield from (f"need {need.key!r}: unavailable: {time!r} is none of the times" for time in unknown)
    moments = [time.starts_at for time in problem.times]
    moments += [moment for busy in problem.held.busy for moment in (busy.starts_at, busy.ends_at)]
    if len({moment.utcoffset() is None for moment in moments}) > 1:
        yield "some times have an offset from UTC and others have none"
    if any(not 1900 < moment.year < 3000 for moment in moments):
        yield "a time is in no year of use"


def _is_day(value: object) -> bool:
    try:
        return value == "" or date.fromisoformat(value).isoformat() == value  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def _odd(problem: Problem) -> Iterator[str]:
    """Values of another type than the model says."""
    for need in problem.needs:
        words = [need.key, need.title, need.organization, need.presenter]
        words += [*need.themes, *need.audiences, *need.unavailable]
        if not all(isinstance(word, str) for word in words):
            yield f"need {need.key!r}: a number or null where text is expected"
        if type(need.waiting_days) is not int or type(need.is_key) is not bool or type(need.replied) is not bool:
            yield f"need {need.key!r}: waiting_days must be a whole number, is_key and replied true or false"
        if not _is_day(need.presented_on):
            yield f"need {need.key!r}: presented_on must be a date such as 2026-11-25, or empty"
    yield from (f"time {time.key!r}: the key must be text" for time in problem.times if not isinstance(time.key, str))
    for name, value in vars(problem.rules).items():
        if name.endswith(("slots", "minutes")) and (type(value) is not int or not 0 <= value <= 1000):
            yield f"rules: {name} must be a whole number up to 1000"
    if not isinstance(problem.rules.parallel, int | None):
        yield "rules: parallel must be a whole number or null"
