"""Four calendar readers that share no code with each other: what they agree on, clients can be expected to read."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import ics
import vobject
from ical.calendar_stream import CalendarStream
from icalendar import Calendar
from ics.grammar.parse import ContentLine

# One of them takes a line apart in a millisecond, and most lines of a calendar stand in all others too.
_line_of_ics = cache(ContentLine.parse)
ContentLine.parse = lambda line, number=-1: _line_of_ics(line).clone()


class Facts(NamedTuple):
    """What every reader must find."""

    method: str | None
    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    attendees: tuple[str, ...]
    summary: str


Reader = Callable[[bytes], list[Facts]]


def agreed(data: bytes, readers: tuple[Reader, ...] | None = None) -> list[Facts]:
    """What all readers find in `data`, by UID; AssertionError where they differ."""
    return list(_agreed(data, readers or READERS))


@cache  # tests on both databases make the same, and reading takes longer than making
def _agreed(data: bytes, readers: tuple[Reader, ...]) -> list[Facts]:
    first, *others = (reader(data) for reader in readers)
    for other in others:
        assert other == first
    return first


def with_icalendar(data: bytes) -> list[Facts]:
    calendar = Calendar.from_ical(data)
    method = calendar.get("METHOD")
    return sorted(
        Facts(
            str(method) if method else None,
            str(event["UID"]),
            int(event["SEQUENCE"]),
            event["DTSTART"].dt.astimezone(UTC),
            event["DTEND"].dt.astimezone(UTC),
            _addresses([event["ATTENDEE"]] if "ATTENDEE" in event else []),
            str(event["SUMMARY"]),
        )
        for event in calendar.walk("VEVENT")
    )


def with_vobject(data: bytes) -> list[Facts]:
    # It keeps each TZID it has ever read for the whole process, and would not look at this file's own.
    zones = vars(vobject.icalendar)["__tzidMap"]
    kept = dict(zones)
    zones.clear()
    zones["UTC"] = kept["UTC"]
    calendar = vobject.readOne(data.decode())
    return sorted(
        Facts(
            calendar.method.value if "method" in calendar.contents else None,
            event.uid.value,
            int(event.sequence.value),
            event.dtstart.value.astimezone(UTC),
            event.dtend.value.astimezone(UTC),
            _addresses(line.value for line in event.contents.get("attendee", [])),
            event.summary.value,
        )
        for event in calendar.contents.get("vevent", [])
    )


def with_ical(data: bytes) -> list[Facts]:
    (calendar,) = CalendarStream.from_ics(data.decode()).calendars
    return sorted(
        Facts(
            calendar.method,
            event.uid,
            event.sequence,
            event.dtstart.astimezone(UTC),
            event.dtend.astimezone(UTC),
            _addresses(attendee.uri for attendee in event.attendees),
            event.summary,
        )
        for event in calendar.events
    )


def with_ics(data: bytes) -> list[Facts]:
    calendar = ics.Calendar(data.decode())
    return sorted(
        Facts(
            calendar.method,
            event.uid,
            next(int(line.value) for line in event.extra if line.name == "SEQUENCE"),
            event.begin.datetime.astimezone(UTC),
            event.end.datetime.astimezone(UTC),
            _addresses(attendee.email for attendee in event.attendees),
            event.name,
        )
        for event in calendar.events
    )


# The last takes an escaped backslash before an n for a line end.
READERS: tuple[Reader, ...] = (with_icalendar, with_vobject, with_ical, with_ics)


def _addresses(values: Any) -> tuple[str, ...]:
    return tuple(sorted(str(value).lower().removeprefix("mailto:") for value in values))
