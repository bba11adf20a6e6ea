"""A stranger's calendar object, read for a card in the staff's mailbox or as an answer: nothing in it is trusted,
fetched or expanded.

Not with `Calendar.from_ical`: it expands the time zones of the file, whose rules may run without end, and keeps them
for the whole process.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar.parser import Contentline, Contentlines, Parameters
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from briefings.calendar.addresses import Mailbox
from briefings.calendar.text import one_line, plain_text

LARGEST = 64 * 1024
COMMENT_LENGTH = 1000
_ATTENDEES = 50
_VALUE_LENGTH = 4000
_NAMES = (
    "BEGIN",
    "END",
    "METHOD",
    "UID",
    "SEQUENCE",
    "DTSTAMP",
    "COMMENT",
    "SUMMARY",
    "DTSTART",
    "DTEND",
    "STATUS",
    "LOCATION",
    "ORGANIZER",
    "ATTENDEE",
    "RECURRENCE-ID",
)
_WANTED = re.compile(rf"(?:{'|'.join(_NAMES)})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Invited:
    """An ATTENDEE and the answer (`PARTSTAT`, upper case) that stands with it."""

    mailbox: Mailbox
    partstat: str


@dataclass(frozen=True, slots=True)
class CalendarSummary:
    """What a calendar object says of itself: clean, short text, unproven. Times are None when not exact moments."""

    method: str
    uid: str
    sequence: int | None
    summary: str
    starts_at: datetime | None
    ends_at: datetime | None
    status: str
    location: str
    organizer: Mailbox | None
    attendees: tuple[Invited, ...]


@dataclass(frozen=True, slots=True)
class Answering:
    """An ATTENDEE of an answer, the PARTSTAT (upper case, may be empty), and who gave it in their stead, if anyone."""

    address: str
    partstat: str
    sent_by: str


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """What a calendar object says as an answer: clean, short text, unproven. `dtstamp` counts only in UTC."""

    method: str
    uid: str
    sequence: int | None
    dtstamp: datetime | None
    comment: str
    attendees: tuple[Answering, ...]


def read_calendar(data: bytes) -> CalendarSummary | None:
    """What `data` says of its event (that without RECURRENCE-ID, if there are several); never raises.

    None if it is longer than 64 KiB or not one calendar object with an event. Broken lines are passed over.
    """
    found = _one_calendar(data)
    if found is None:
        return None
    calendar, events = found
    event = _main(events)
    organizer = event.get("ORGANIZER")
    return CalendarSummary(
        method=_text(calendar, "METHOD").upper(),
        uid=_text(event, "UID").lower(),
        sequence=_number(_text(event, "SEQUENCE")),
        summary=_text(event, "SUMMARY"),
        starts_at=_moment(event, "DTSTART"),
        ends_at=_moment(event, "DTEND"),
        status=_text(event, "STATUS").upper(),
        location=_text(event, "LOCATION"),
        organizer=_mailbox(organizer[0]) if organizer else None,
        attendees=tuple(
            Invited(_mailbox(line), _param(line, "PARTSTAT").upper() or "NEEDS-ACTION")
            for line in event.get("ATTENDEE", [])[:_ATTENDEES]
        ),
    )


def read_answer(data: bytes) -> CalendarAnswer | None:
    """The same for what an answer is dealt with by; None also where the events are not all about one UID."""
    found = _one_calendar(data)
    if found is None:
        return None
    calendar, events = found
    event = _main(events)
    uids = {_text(each, "UID").lower() for each in events}
    if len(uids) > 1 or "" in uids:
        return None
    comments = [plain_text(line.value).strip() for line in event.get("COMMENT", [])]
    stamped_in_utc = "DTSTAMP" in event and event["DTSTAMP"][0].value.endswith("Z")
    return CalendarAnswer(
        method=_text(calendar, "METHOD").upper(),
        uid=uids.pop(),
        sequence=_number(_text(event, "SEQUENCE")),
        dtstamp=_moment(event, "DTSTAMP") if stamped_in_utc else None,
        comment=plain_text("\n".join(filter(None, comments)), COMMENT_LENGTH),
        attendees=tuple(_answering(line) for line in event.get("ATTENDEE", [])[:_ATTENDEES]),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    params: Parameters
    value: str


_Component = dict[str, list[_Line]]


def _one_calendar(data: bytes) -> tuple[_Component, list[_Component]] | None:
    """The calendar object in `data` and its events; None if there is not exactly one, or nothing in it."""
    if len(data) > LARGEST:
        return None
    calendars, events = _components(data.decode("utf-8-sig", "replace"))
    return (calendars[0], events) if len(calendars) == 1 and events else None


def _main(events: list[_Component]) -> _Component:
    return next((each for each in events if "RECURRENCE-ID" not in each), events[0])


def _components(text: str) -> tuple[list[_Component], list[_Component]]:
    """The wanted lines of each VCALENDAR, and of each VEVENT directly inside one."""
    found: dict[tuple[str, ...], list[_Component]] = {("VCALENDAR",): [], ("VCALENDAR", "VEVENT"): []}
    path: list[str] = []
    for name, line in _lines(text):
        if name == "BEGIN":
            path.append(line.value.strip().upper())
            found.get(tuple(path[:3]), []).append({})
        elif name == "END":
            del path[-1:]
        elif here := found.get(tuple(path[:3])):
            here[-1].setdefault(name, []).append(line)
    return found[("VCALENDAR",)], found[("VCALENDAR", "VEVENT")]


def _lines(text: str) -> Iterator[tuple[str, _Line]]:
    for line in Contentlines.from_ical(text):
        if not _WANTED.match(line):
            continue
        try:
            name, params, value = Contentline(line).parts()
        except ValueError:
            continue
        yield name.upper(), _Line(params, value[:_VALUE_LENGTH])


def _text(component: _Component, name: str) -> str:
    return one_line(component[name][0].value) if name in component else ""


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,10}", text) else None


def _param(line: _Line, name: str) -> str:
    value = line.params.get(name, "")
    return one_line((value if isinstance(value, str) else ", ".join(value))[:_VALUE_LENGTH])


def _mailbox(line: _Line) -> Mailbox:
    return Mailbox(_param(line, "CN"), _address(line.value))


def _answering(line: _Line) -> Answering:
    """Some calendars name a person by an address of their own making, and the mail address beside it."""
    named_otherwise = not line.value.lower().startswith("mailto:")
    address = (named_otherwise and _param(line, "EMAIL")) or _address(line.value)
    return Answering(address, _param(line, "PARTSTAT").upper(), _address(_param(line, "SENT-BY")))


def _address(text: str) -> str:
    address = one_line(text, 320)
    return address[7:] if address.lower().startswith("mailto:") else address


def _moment(component: _Component, name: str) -> datetime | None:
    """The exact moment in UTC; None for a day, a floating time, or a zone without a known name."""
    if name not in component:
        return None
    line = component[name][0]
    key = _param(line, "TZID")
    try:
        zone = ZoneInfo("UTC" if line.value.endswith("Z") else WINDOWS_TO_OLSON.get(key, key))
        local = datetime.strptime(line.value.removesuffix("Z"), "%Y%m%dT%H%M%S").replace(tzinfo=zone)
        return local.astimezone(UTC)
    except (ZoneInfoNotFoundError, ValueError, OverflowError, OSError):
        return None
