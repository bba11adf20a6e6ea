"""What stands in calendars: one recipient × one thing, as an invitation, a withdrawal, or an event of a feed.

The properties follow RFC 5545, RFC 5546 3.2 and RFC 7986, narrowed to what the usual calendar programs read alike.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Alarm, Calendar, Event
from icalendar.parser import Contentline
from icalendar.prop import vCalAddress, vDDDTypes, vDuration, vText, vUri

from briefings.calendar.addresses import Mailbox, calendar_address
from briefings.calendar.text import display_name, one_line, plain_text
from briefings.calendar.vtimezone import fits, vtimezone

ORGANISATION = "Ieum"
_OWN = ("UID", "SEQUENCE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "ATTENDEE")
"""What differs from recipient to recipient of messages about one thing."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_LINE_LENGTH = 75
_UID = re.compile(r"(?=.{3,100}\Z)[a-z0-9._-]+@[a-z0-9.-]+")
_URL = re.compile(r"https?://[!#-;=?-\[\]_a-z~]{1,2000}")


class PartStat(StrEnum):
    """An answer, as RFC 5545 3.2.12 spells it."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarObject:
    """One thing in one person's calendar; ValueError when it could not stand there.

    Texts may be any: they are cleaned when written. `url` is the landing page, never a personal link. `organizer`,
    `attendee` and `partstat` are for messages; feeds leave them out. `related_to` is the UID of the briefing a slot
    is part of. `busy=False` leaves the time free in the calendar.
    """

    uid: str
    sequence: int
    dtstamp: datetime
    created: datetime
    modified: datetime
    starts_at: datetime
    ends_at: datetime
    timezone: str
    summary: str
    description: str
    url: str
    conference_label: str
    organizer: Mailbox | None = None
    attendee: Mailbox | None = None
    partstat: PartStat = PartStat.NEEDS_ACTION
    alarm_minutes: int | None = None
    related_to: str | None = None
    busy: bool = True
    cancelled: bool = False

    def __post_init__(self) -> None:
        _require(_is_uid(self.uid) and (self.related_to is None or _is_uid(self.related_to)), "uid", self.uid)
        _require(0 <= self.sequence < 2**31, "sequence", self.sequence)
        for moment in (self.dtstamp, self.created, self.modified, self.starts_at, self.ends_at):
            _require(moment.tzinfo is not None, "time without zone", moment)
        # In UTC, because Python compares times of one zone by their wall clock, wrongly across a change.
        _require(_utc(self.ends_at) > _utc(self.starts_at), "end", self.ends_at)
        _require(_is_zone(self.timezone), "timezone", self.timezone)
        _require(bool(_URL.fullmatch(self.url)), "url", self.url)
        _require(self.alarm_minutes is None or self.alarm_minutes >= 0, "alarm", self.alarm_minutes)


_ANYBODYS: dict[str, Any] = {
    "uid": "nobody@nowhere",
    "sequence": 0,
    "dtstamp": _NEVER,
    "created": _NEVER,
    "modified": _NEVER,
    "attendee": Mailbox("", "anybody@example.com"),
    "partstat": PartStat.NEEDS_ACTION,
}
_SHARED = [each.name for each in fields(CalendarObject) if each.name not in _ANYBODYS]
_shared_by = attrgetter(*_SHARED)


def request(item: CalendarObject, *, organisation: str = ORGANISATION) -> bytes:
    """METHOD:REQUEST, an invitation or its change; ValueError if `item` is cancelled or lacks a person."""
    _require(not item.cancelled, "item for REQUEST, it is cancelled", item.uid)
    return _message("REQUEST", item, organisation)


def cancel(item: CalendarObject, *, organisation: str = ORGANISATION) -> bytes:
    """METHOD:CANCEL for a cancelled `item`, with the time and words last sent; ValueError if it is still open."""
    _require(item.cancelled, "item for CANCEL, it is open", item.uid)
    return _message("CANCEL", item, organisation)


def published(
    items: Iterable[CalendarObject],
    name: str | None = None,
    *,
    timezone: str = "Asia/Seoul",
    cancelled_prefix: str = "[취소] ",
    organisation: str = ORGANISATION,
) -> bytes:
    """Events without METHOD and people: a feed called `name`, or without name a copy to import.

    The same items give the same bytes in any order. A copy must not name a calendar: Outlook would make a new one of it
    (MS-OXCICAL 2.1.3.1.1.17).
    """
    listed = sorted(items, key=lambda item: (_utc(item.starts_at), item.uid))
    calendar = _calendar(organisation)
    if name is not None:
        calendar["NAME"] = calendar["X-WR-CALNAME"] = _Text(one_line(name))
        calendar["COLOR"] = vText("seagreen")
        calendar["REFRESH-INTERVAL"] = vDuration(timedelta(hours=1), params={"VALUE": "DURATION"})
        calendar["X-PUBLISHED-TTL"] = vDuration(timedelta(hours=1))
        calendar["X-WR-TIMEZONE"] = vText(timezone)
    for zone in sorted({item.timezone for item in listed if _is_local(item)}):
        calendar.add_component(vtimezone(zone))
    for item in listed:
        calendar.add_component(_published_event(item, cancelled_prefix))
    return calendar.to_ical()


class _Text(vText):
    """TEXT written as RFC 5545 3.3.11 says; vText takes a backslash before a capital N for a line end."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def _published_event(item: CalendarObject, cancelled_prefix: str) -> Event:
    event = _event(item)
    event["DTSTAMP"] = event["LAST-MODIFIED"]
    event["STATUS"] = vText("CANCELLED" if item.cancelled else "CONFIRMED")
    event["TRANSP"] = vText("OPAQUE" if item.busy and not item.cancelled else "TRANSPARENT")
    if item.cancelled:
        event["SUMMARY"] = _Text(one_line(cancelled_prefix + item.summary))
    return event


def _message(method: str, item: CalendarObject, organisation: str) -> bytes:
    """The calendar object of a message: what is the same for all recipients is written once for all of them."""
    own = _own_lines(item, method)
    common = _common(method, _shared_by(item), organisation)
    return b"".join(own[part] if isinstance(part, str) else part for part in common)


def _own_lines(item: CalendarObject, method: str) -> dict[str, bytes]:
    """Name → content line of what only this recipient has."""
    organizer, attendee = _people(item)
    is_another = calendar_address(attendee.address).lower() != calendar_address(organizer.address).lower()
    _require(is_another, "attendee, who is the organizer", attendee)
    lines = {name: _line(f"{name}:{value}") for name, value in _numbers(item).items()}
    asked = {"RSVP": "TRUE"} if method == "REQUEST" else {}
    return lines | {"ATTENDEE": _line(Event().content_line("ATTENDEE", _attendee(item, **asked)))}


def _line(content: str) -> bytes:
    """Folded only where it has to be (RFC 5545 3.1)."""
    line = content.encode()
    return (line if len(line) < _LINE_LENGTH else Contentline(content).to_ical()) + b"\r\n"


@lru_cache(maxsize=64)
def _common(method: str, shared: tuple[Any, ...], organisation: str) -> tuple[bytes | str, ...]:
    """The lines of a message to anybody, in order; a name stands where each recipient has a line of their own."""
    item = CalendarObject(**dict(zip(_SHARED, shared, strict=True)), **_ANYBODYS)
    calendar = _calendar(organisation)
    calendar["METHOD"] = vText(method)
    if _is_local(item):
        calendar.add_component(vtimezone(item.timezone))
    calendar.add_component(_event_for(method, item))
    lines = re.findall(rb"[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*", calendar.to_ical())
    names = (re.split(rb"[;:]", line, maxsplit=1)[0].decode() for line in lines)
    return tuple(name if name in _OWN else line for name, line in zip(names, lines, strict=True))


def _event_for(method: str, item: CalendarObject) -> Event:
    event = _event(item)
    is_request = method == "REQUEST"
    event["STATUS"] = vText("CONFIRMED" if is_request else "CANCELLED")
    event["TRANSP"] = vText("OPAQUE" if is_request and item.busy else "TRANSPARENT")
    event["ORGANIZER"], event["ATTENDEE"] = _cal_address(_people(item)[0]), _attendee(item)
    if is_request:
        event["X-MICROSOFT-DISALLOW-COUNTER"] = vText("TRUE")
        if item.alarm_minutes is not None:
            event.add_component(_alarm(item))
    return event


def _calendar(organisation: str) -> Calendar:
    calendar = Calendar()
    calendar["VERSION"] = vText("2.0")
    calendar["PRODID"] = _Text(f"-//{display_name(organisation)}//Briefing Calendar 1.0//KO")
    calendar["CALSCALE"] = vText("GREGORIAN")
    return calendar


def _numbers(item: CalendarObject) -> dict[str, str]:
    """The numbers of one entry in one calendar (RFC 5546 2.1.4)."""
    stamps = {"DTSTAMP": item.dtstamp, "CREATED": item.created, "LAST-MODIFIED": item.modified}
    return {"UID": item.uid, "SEQUENCE": str(item.sequence)} | {
        name: f"{_utc(moment):%Y%m%dT%H%M%SZ}" for name, moment in stamps.items()
    }


def _event(item: CalendarObject) -> Event:
    event = Event()
    for name, value in _numbers(item).items():
        event[name] = vText(value)
    event["DTSTART"], event["DTEND"] = _time(item, item.starts_at), _time(item, item.ends_at)
    event["SUMMARY"] = _Text(one_line(item.summary))
    event["DESCRIPTION"] = _Text(plain_text(item.description))
    event["LOCATION"] = _Text(item.url)
    event["URL"] = vUri(item.url)
    label = {"FEATURE": "VIDEO", "LABEL": display_name(item.conference_label), "VALUE": "URI"}
    event["CONFERENCE"] = vUri(item.url, params=label)
    if item.related_to:
        event["RELATED-TO"] = vText(item.related_to, params={"RELTYPE": "PARENT"})
    return event


def _people(item: CalendarObject) -> tuple[Mailbox, Mailbox]:
    """ORGANIZER and ATTENDEE."""
    if item.organizer is None or item.attendee is None:
        raise ValueError("a message needs organizer and attendee")
    return item.organizer, item.attendee


def _attendee(item: CalendarObject, **more: str) -> vCalAddress:
    given = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": PartStat(item.partstat).value}
    return _cal_address(_people(item)[1], **given, **more)


def _cal_address(mailbox: Mailbox, **params: str) -> vCalAddress:
    name = display_name(mailbox.name)
    return vCalAddress(f"mailto:{calendar_address(mailbox.address)}", params=({"CN": name} if name else {}) | params)


def _alarm(item: CalendarObject) -> Alarm:
    alarm = Alarm()
    alarm["ACTION"] = vText("DISPLAY")
    alarm["DESCRIPTION"] = _Text(one_line(item.summary))
    alarm["TRIGGER"] = vDuration(-timedelta(minutes=item.alarm_minutes or 0))
    return alarm


def _time(item: CalendarObject, moment: datetime) -> vDDDTypes:
    if not _is_local(item):
        return vDDDTypes(_utc(moment))
    value = vDDDTypes(moment.astimezone(ZoneInfo(item.timezone)).replace(tzinfo=None))
    value.params["TZID"] = item.timezone
    return value


def _is_local(item: CalendarObject) -> bool:
    """Whether both ends can be written in local time; UTC has no TZID (RFC 5545 3.2.19)."""
    return item.timezone != "UTC" and fits(item.timezone, item.starts_at, item.ends_at)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _is_uid(uid: str) -> bool:
    return bool(_UID.fullmatch(uid))


def _is_zone(key: str) -> bool:
    try:
        ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _require(true: bool, what: str, value: object) -> None:
    if not true:
        raise ValueError(f"no calendar takes this {what}: {value!r}")
