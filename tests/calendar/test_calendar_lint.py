"""Our own check finds what clients would choke on, so that its silence elsewhere means something."""

import re
from collections.abc import Callable

import pytest

from briefings.calendar.items import cancel, published, request
from tests.calendar.lint import complaints
from tests.calendar.worked import CANCELLED, FEED, INVITED

ZONE = re.compile(rb"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", re.DOTALL)
ATTENDEE = re.compile(rb"ATTENDEE;.*?\r\n(?! )", re.DOTALL)


def without(pattern: bytes) -> Callable[[bytes], bytes]:
    return lambda data: re.sub(pattern + rb".*?\r\n(?! )", b"", data, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda data: ZONE.sub(b"", data), "VTIMEZONE and TZID do not match"),
        (
            lambda data: data.replace(b"METHOD:REQUEST\r\n", b"").replace(
                b"END:VEVENT\r\n", b"END:VEVENT\r\nMETHOD:REQUEST\r\n"
            ),
            "METHOD after a component",
        ),
        (lambda data: data.replace(b"SEQUENCE:0", b"SEQUENCE:1793600000123"), "SEQUENCE out of range"),
        (lambda data: data.replace(b"\r\n", b"\n"), "bare line end"),
        (lambda data: ATTENDEE.sub(lambda match: match[0] * 2, data), "not one ATTENDEE"),
        (without(b"SEQUENCE:"), "no SEQUENCE"),
        (lambda data: data.replace(b"STATUS:CONFIRMED", b"STATUS:CANCELLED"), "STATUS:CANCELLED in REQUEST"),
        (without(b"ORGANIZER;"), "REQUEST without ORGANIZER"),
        (lambda data: data.replace(b"+0900", b"+0800"), "VTIMEZONE contradicts its name"),
        (lambda data: data.replace(b"\r\n ", b""), "line longer than 75 octets"),
        (
            lambda data: data.replace("가".encode()[:1], "가".encode()[:1] + b"\r\n ", 1),
            "line folded inside a character",
        ),
        (lambda data: data.replace(b"\\n", b"\\\r\n n", 1), "escape folded apart"),
        (lambda data: data.replace(b"SUMMARY:", b"SUMMARY:\x07"), "control character"),
        (lambda data: re.sub(rb"DTSTART;TZID=[^:]*", b"DTSTART", data), "floating time"),
        (lambda data: data.replace(b"METHOD:REQUEST\r\n", b""), "people in a feed"),
        (lambda data: data.replace(b"STATUS:", b"RRULE:FREQ=DAILY\r\nSTATUS:"), "series or DURATION"),
    ],
)
def test_each_fault_is_named(spoil: Callable[[bytes], bytes], complaint: str) -> None:
    assert complaint in complaints(spoil(request(INVITED)))


def test_a_withdrawal_with_an_alarm_is_named() -> None:
    alarm = b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT10M\r\nEND:VALARM\r\nEND:VEVENT"
    assert "VALARM outside REQUEST" in complaints(cancel(CANCELLED).replace(b"END:VEVENT", alarm))


def test_a_feed_that_gives_the_time_of_the_answer_is_named() -> None:
    spoiled = re.sub(rb"DTSTAMP:\d+T", b"DTSTAMP:20300101T", published(FEED))
    assert "DTSTAMP of a feed is not LAST-MODIFIED" in complaints(spoiled)
