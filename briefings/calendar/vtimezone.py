"""VTIMEZONE of one or two yearly rules: the only form that every client reads the same way.

Exchange takes one STANDARD, Outlook ignores RDATE, Google garbles text behind long histories. So the rules come from
the last line of the zone's tzdata file, are compared with its full data, and are not written where they differ.
"""

import os.path
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import TZPATH, ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vDDDTypes, vRecur, vText, vUTCOffset

_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_NAME = r"(<[A-Za-z0-9+-]+>|[A-Za-z]+)"
_TIME = r"([+-]?\d{1,3}(?::\d\d){0,2})"
_RULE = rf"M(\d{{1,2}})\.([1-5])\.([0-6])(?:/{_TIME})?"
# POSIX.1 section 8.3, as RFC 9636 section 3.3.1 extends it.
_FOOTER = re.compile(rf"{_NAME}{_TIME}(?:{_NAME}{_TIME}?,{_RULE},{_RULE})?")


@dataclass(frozen=True, slots=True)
class Observance:
    """From `time` on the `week`-th (5: last) `weekday` (0: Sunday) of `month`, each year, this offset holds."""

    name: str
    offset: timedelta
    offset_before: timedelta
    month: int = 1
    week: int = 1
    weekday: int = 0
    time: timedelta = timedelta(0)

    def begins(self, year: int) -> datetime:
        """Wall clock time, before the change, at which it begins in `year`."""
        first_weekday, days = monthrange(year, self.month)
        day = 1 + (self.weekday - first_weekday - 1) % 7 + 7 * (self.week - 1)
        return datetime(year, self.month, day if day <= days else day - 7) + self.time  # noqa: DTZ001 (wall clock)


def vtimezone(key: str) -> Timezone:
    """The VTIMEZONE of a zone that `fits`; ValueError for one that no yearly rules describe."""
    observances = _observances(key)
    if not observances:
        raise ValueError(f"no yearly rules for {key}")
    return _component(key, observances)


def fits(key: str, *moments: datetime) -> bool:
    """Whether `vtimezone(key)` turns each moment, written in local time, back into itself."""
    zone = ZoneInfo(key)
    return all(
        _rules_hold(key, moment.astimezone(UTC).year)
        # The second of two equal hours in autumn has no local time of its own.
        and not moment.astimezone(zone).fold
        for moment in moments
    )


@cache
def _observances(key: str) -> tuple[Observance, ...]:
    match = _FOOTER.fullmatch(_footer(key))
    if not match:
        return ()
    name, offset, summer_name, summer_offset, *rules = match.groups()
    standard = -_seconds(offset)
    if not summer_name:
        return (Observance(name.strip("<>"), standard, standard),)
    summer = -_seconds(summer_offset) if summer_offset else standard + timedelta(hours=1)
    observances = (
        _observance(summer_name, summer, standard, rules[:4]),
        _observance(name, standard, summer, rules[4:]),
    )
    # Times below 0:00 or from 24:00 on move the day: "last Sunday" is then not the day that clients compute.
    usual = all(timedelta(0) <= each.time < timedelta(days=1) for each in observances)
    return observances if usual and summer > standard else ()


def _observance(name: str, offset: timedelta, offset_before: timedelta, rule: list[str]) -> Observance:
    month, week, weekday, time = rule
    return Observance(
        name.strip("<>"), offset, offset_before, int(month), int(week), int(weekday), _seconds(time or "2")
    )


def _seconds(time: str) -> timedelta:
    hours, minutes, seconds = (*(abs(int(part)) for part in time.split(":")), 0, 0)[:3]
    size = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -size if time.startswith("-") else size


def _footer(key: str) -> str:
    """The last line of the tzdata file that ZoneInfo itself reads: the system's, or else the package's."""
    ZoneInfo(key)  # refuses what is no zone, such as a path
    for folder in TZPATH:
        path = os.path.join(folder, key)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                data = file.read()
            break
    else:
        data = resources.files("tzdata").joinpath("zoneinfo", *key.split("/")).read_bytes()
    return data.rstrip(b"\n").rpartition(b"\n")[2].decode("ascii", "replace")


@lru_cache(maxsize=256)
def _rules_hold(key: str, year: int) -> bool:
    """Whether the rules give tzdata's offsets at every change and on every day of `year`."""
    observances = _observances(key)
    if not observances:
        return False
    zone = ZoneInfo(key)
    changes = sorted((each.begins(year).replace(tzinfo=UTC) - each.offset_before, each.offset) for each in observances)
    instants = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(367)]
    instants += [change + step for change, _ in changes for step in (timedelta(seconds=-1), timedelta(0))]
    return all(_offset(changes, instant) == instant.astimezone(zone).utcoffset() for instant in instants)


def _offset(changes: list[tuple[datetime, timedelta]], instant: datetime) -> timedelta:
    passed = [offset for change, offset in changes if change <= instant]
    return passed[-1] if passed else changes[-1][1]


def _component(key: str, observances: tuple[Observance, ...]) -> Timezone:
    zone = Timezone()
    zone["TZID"] = vText(key)
    for each in observances:
        part = TimezoneDaylight() if each.offset > each.offset_before else TimezoneStandard()
        start = each.begins(1970)
        if len(observances) == 1:
            start = datetime(1970, 1, 1)  # noqa: DTZ001 (wall clock)
        else:
            day = f"{-1 if each.week == 5 else each.week}{_WEEKDAYS[each.weekday]}"
            part["RRULE"] = vRecur(freq="YEARLY", byday=day, bymonth=each.month)
        part["DTSTART"] = vDDDTypes(start)
        part["TZNAME"] = vText(each.name)
        part["TZOFFSETFROM"] = vUTCOffset(each.offset_before)
        part["TZOFFSETTO"] = vUTCOffset(each.offset)
        zone.add_component(part)
    return zone
