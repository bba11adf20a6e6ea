"""When somebody came and went, as meeting tools write it: in many shapes, and not always by the clock of the reader."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import permutations

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?|(\d{1,2})시\s*(\d{1,2})분(?:\s*(\d{1,2})초)?")
_MORNING = re.compile(r"오전|\bam\b|a\.m\.", re.IGNORECASE)
_EVENING = re.compile(r"오후|\bpm\b|p\.m\.", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PARTS = re.compile(
    r"(\d+(?:\.\d+)?)\s*(시간|hours?|hrs?|hr|h|분|minutes?|mins?|min|m|초|seconds?|secs?|sec|s)",
    re.IGNORECASE | re.ASCII,
)
_IN_MINUTES = {"시": 60.0, "h": 60.0, "분": 1.0, "m": 1.0, "초": 1 / 60, "s": 1 / 60}
LONGEST = 24 * 60
"""No meeting lasts longer, in minutes."""
FAR_AWAY = timedelta(days=3650)
"""A moment so far from the briefing is a slip of the pen, or the end of the calendar, after which nothing can be."""


def moment(words: str, near: date) -> datetime | None:
    """A date and time; of several readings (11/12) the nearest to a day. Without a zone unless it names one."""
    words = words.strip()
    clock = _CLOCK.search(words)
    if clock is None:
        return None
    found = _as_one(words)
    if found is None:
        at = _time(clock, words)
        day = _day(words[: clock.start()] + " " + words[clock.end() :], near)
        found = datetime.combine(day, at) if at and day else None
    return found if found and abs(found.date() - near) < FAR_AWAY else None


def _as_one(words: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(words)
    return None


def minutes(words: str) -> int | None:
    """A duration in whole minutes: `95`, `95 mins`, `1h 30m 5s`, `1시간 30분`, `01:30:05`, `1:30`."""
    words = words.strip()
    if found := _PARTS.findall(words):
        return _bounded(sum(float(number) * _IN_MINUTES[unit[0].lower()] for number, unit in found))
    if re.fullmatch(r"\d+(\.\d+)?", words):
        return _bounded(float(words))
    parts = words.split(":")
    if not all(part.isascii() and part.isdigit() for part in parts) or len(parts) not in (2, 3):
        return None
    first, second, third = ([int(part[:6]) for part in parts] + [0])[:3]
    if len(parts) == 2 and first >= 24:  # minutes and seconds
        return _bounded(first)
    return _bounded(first * 60 + second + third / 60)


def clock_of(moments: Sequence[datetime], begins: datetime, ends: datetime, zone: tzinfo) -> tzinfo:
    """By which clock a list without zones was written, that of the installation or UTC: where more of it fits."""

    def fitting(clock: tzinfo) -> int:
        return sum(begins <= on(each, clock) <= ends for each in moments)

    return max((zone, UTC), key=fitting)


def on(moment: datetime, clock: tzinfo) -> datetime:
    """`moment` by that clock, unless it names its zone itself."""
    return moment if moment.tzinfo else moment.replace(tzinfo=clock)


def _bounded(found: float) -> int | None:
    return round(found) if 0 <= found <= LONGEST else None


def _time(found: re.Match[str], words: str) -> time | None:
    hour, minute, second = (int(each or 0) for each in (found.groups()[:3] if found[1] else found.groups()[3:]))
    if _EVENING.search(words) and hour < 12:
        hour += 12
    if _MORNING.search(words) and hour == 12:
        hour = 0
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _day(words: str, near: date) -> date | None:
    """The day that is written, `near` itself where none is."""
    numbers = [int(each) for each in re.findall(r"\d{1,4}", words)][:3]
    named = next((place for place, month in enumerate(_MONTHS, start=1) if month in words.lower()), None)
    if not numbers:
        return near
    return min(_readings(numbers, named, near), key=lambda day: abs(day - near), default=None)


def _readings(numbers: Sequence[int], month: int | None, near: date) -> Iterator[date]:
    """Every day these numbers may mean; the year is the one with four digits, the last, or none."""
    year = next((each for each in numbers if each > 999), None)
    rest = [each for each in numbers if each != year]
    if year is None and len(rest) == 3:
        year, rest = 2000 + rest[-1], rest[:2]
    orders = list(permutations(rest[:2], 2)) if month is None else [(month, each) for each in rest[:1]]
    for each in orders:
        try:
            yield date(year or near.year, *each)
        except ValueError:
            continue


def around(begins: datetime, ends: datetime) -> tuple[datetime, datetime]:
    """The time in which somebody may have been in the room of a briefing."""
    return begins - timedelta(hours=2), ends + timedelta(hours=2)
