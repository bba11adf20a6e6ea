"""Our own rules for what we emit, checked on the bytes: an independent reading of lines, no library."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Line = tuple[str, str, str]  # the component it stands in, its name, its value
_MESSAGES = ("REQUEST", "CANCEL")


def complaints(data: bytes) -> list[str]:
    """What is wrong with a calendar object of ours; empty if nothing is."""
    lines = _lines(data)
    methods = [value for _, name, value in lines if name == "METHOD"]
    method = methods[0] if methods else None
    found = [*_bytes(data), *_order(data, lines), *_zones(lines)]
    for event in _events(lines):
        found += [*_numbers(event), *_people(event, method), *_status(event, method), *_times(event)]
    addressed = any(name in ("ORGANIZER", "ATTENDEE") for _, name, _ in lines)
    if method not in _MESSAGES and (method is not None or addressed):
        found.append("a feed has no METHOD and no addresses")
    return found


def _bytes(data: bytes) -> Iterator[str]:
    if b"\n" in data.replace(b"\r\n", b"") or b"\r" in data.replace(b"\r\n", b""):
        yield "bare line end"
    for line in data.split(b"\r\n"):
        if len(line) > 75:
            yield "line longer than 75 octets"
        try:
            line.decode()
        except UnicodeDecodeError:
            yield "line folded inside a character"
    if re.search(rb"(?<!\\)(?:\\\\)*\\\r\n [nN,;]", data):
        yield "escape folded apart"
    if re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", data):
        yield "control character"


def _order(data: bytes, lines: list[Line]) -> Iterator[str]:
    first = re.search(rb"^BEGIN:V(?!CALENDAR)", data, re.MULTILINE)
    method = re.search(rb"^METHOD:", data, re.MULTILINE)
    if first and method and method.start() > first.start():
        yield "METHOD after a component"
    if data.find(b"BEGIN:VEVENT") > 4096:
        yield "more than 4 kB before the first event"
    if [name for component, name, _ in lines if component == ""] != ["BEGIN"]:
        yield "not one calendar"


def _zones(lines: list[Line]) -> Iterator[str]:
    zones = [value for component, name, value in lines if (component, name) == ("VTIMEZONE", "TZID")]
    used = {name.partition("TZID=")[2] for component, name, _ in lines if component == "VEVENT" and "TZID=" in name}
    if used != set(zones) or len(zones) != len(set(zones)):
        yield "VTIMEZONE and TZID do not match"
    kinds = [value for component, name, value in lines if (component, name) == ("VTIMEZONE", "BEGIN")]
    if kinds.count("STANDARD") != len(zones) or kinds.count("DAYLIGHT") > len(zones):
        yield "a VTIMEZONE has one STANDARD and at most one DAYLIGHT"
    offsets = {
        value for component, name, value in lines if component in ("STANDARD", "DAYLIGHT") and name == "TZOFFSETTO"
    }
    for zone in zones:
        seasons = [datetime(2026, month, 1, tzinfo=UTC).astimezone(ZoneInfo(zone)) for month in (1, 7)]
        if not {f"{season:%z}" for season in seasons} <= offsets:
            yield "VTIMEZONE contradicts its name"
    if any(name in ("RDATE", "COMMENT") for _, name, _ in lines):
        yield "RDATE or COMMENT"


def _numbers(event: list[Line]) -> Iterator[str]:
    sequences = _values(event, "SEQUENCE")
    if len(sequences) != 1:
        yield "no SEQUENCE"
    elif not 0 <= int(sequences[0]) < 2**31:
        yield "SEQUENCE out of range"
    for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CREATED", "LAST-MODIFIED", "STATUS", "TRANSP"):
        if len(_values(event, name)) != 1:
            yield f"not one {name}"
    if not all(re.fullmatch(r"[a-z0-9.@-]{1,100}", uid) for uid in _values(event, "UID")):
        yield "UID not plain"
    if _values(event, "RRULE") or _values(event, "RECURRENCE-ID") or _values(event, "DURATION"):
        yield "series or DURATION"


def _people(event: list[Line], method: str | None) -> Iterator[str]:
    organizers, attendees = _values(event, "ORGANIZER"), _values(event, "ATTENDEE")
    if method in _MESSAGES:
        if len(organizers) != 1:
            yield f"{method} without ORGANIZER"
        if len(attendees) != 1:
            yield "not one ATTENDEE"
        if set(organizers) & set(attendees):
            yield "organizer invited"
    elif organizers or attendees:
        yield "people in a feed"


def _status(event: list[Line], method: str | None) -> Iterator[str]:
    status = _values(event, "STATUS")
    if method in _MESSAGES and status != ["CANCELLED" if method == "CANCEL" else "CONFIRMED"]:
        yield f"STATUS:{''.join(status)} in {method}"
    alarms = [line for line in event if line[0] == "VALARM"]
    if alarms and method != "REQUEST":
        yield "VALARM outside REQUEST"
    if method is None and _values(event, "DTSTAMP") != _values(event, "LAST-MODIFIED"):
        yield "DTSTAMP of a feed is not LAST-MODIFIED"


def _times(event: list[Line]) -> Iterator[str]:
    for component, name, value in event:
        if component == "VEVENT" and name.partition(";")[0] in ("DTSTART", "DTEND"):
            local = "TZID=" in name
            if not re.fullmatch(r"\d{8}T\d{6}" if local else r"\d{8}T\d{6}Z", value):
                yield "floating time"
    if not all(stamp.endswith("Z") for stamp in _values(event, "DTSTAMP")):
        yield "DTSTAMP not UTC"


def _values(event: list[Line], wanted: str) -> list[str]:
    return [value for component, name, value in event if component == "VEVENT" and name.partition(";")[0] == wanted]


def _events(lines: list[Line]) -> Iterator[list[Line]]:
    event: list[Line] | None = None
    for line in lines:
        if line[1:] == ("BEGIN", "VEVENT"):
            event = []
        elif line[1:] == ("END", "VEVENT") and event is not None:
            yield event
            event = None
        elif event is not None:
            event.append(line)


def _lines(data: bytes) -> list[Line]:
    text = re.sub("\r?\n[ \t]", "", data.decode("utf-8", "replace"))
    path = [""]
    lines = []
    for line in filter(None, re.split("\r?\n", text)):
        name, _, value = re.sub(r'"[^"]*"', "", line).partition(":")
        if name == "END" and len(path) > 1:
            path.pop()
        lines.append((path[-1], name, value))
        if name == "BEGIN":
            path.append(value)
    return [line for line in lines if line != ("", "END", "VCALENDAR")]
