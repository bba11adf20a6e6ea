"""What we write into calendars: the worked examples, hostile words, and what no calendar could take."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from briefings.calendar.addresses import Mailbox
from briefings.calendar.items import cancel, published, request
from tests.calendar.lint import complaints
from tests.calendar.readers import READERS, agreed
from tests.calendar.worked import (
    CANCELLED,
    FEED,
    HANEUL,
    INSTITUTE,
    INVITED,
    MOVED,
    OFFICE,
    PRESENTER,
    REGISTERED_AGAIN,
    an_item,
)

SNAPSHOTS = Path(__file__).parent / "snapshots"
WRITTEN = {
    "01-request": lambda: request(INVITED, organisation=INSTITUTE),
    "02-update": lambda: request(MOVED, organisation=INSTITUTE),
    "03-cancel": lambda: cancel(CANCELLED, organisation=INSTITUTE),
    "04-presenter": lambda: request(PRESENTER, organisation=INSTITUTE),
    "05-registered-again": lambda: request(REGISTERED_AGAIN, organisation=INSTITUTE),
    "06-feed": lambda: published(FEED, "설명회 일정, 신청·발표", organisation=INSTITUTE),
}
HOSTILE = (
    "설명회\r\nATTENDEE:mailto:evil@example.com",
    "설명회\rATTENDEE:mailto:evil@example.com",
    "END:VEVENT\nBEGIN:VEVENT\nEND:VEVENT",
    "a\x00b\x07c\u2028d\x85e\u202ef\ufeffg",
    '"q" ^n ;X=1:mailto:evil@example.com',
    "C:\\NEW\\new\\",
    "\ud800 half a pair",
    "\t\r\n",
)


@pytest.mark.parametrize("name", WRITTEN)
def test_the_worked_examples_are_written_octet_for_octet(name: str) -> None:
    written = WRITTEN[name]()
    snapshot = (SNAPSHOTS / f"{name}.ics").read_text()
    assert written.decode() == snapshot.replace("\n", "\r\n")
    assert complaints(written) == []
    agreed(written)


def test_all_readers_find_the_invitation() -> None:
    (facts,) = agreed(request(INVITED))
    assert facts.method == "REQUEST"
    assert (facts.uid, facts.sequence) == (INVITED.uid, 0)
    assert facts.starts_at == datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert facts.ends_at == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    assert facts.attendees == ("haneul.kim@agency.example.kr",)


def test_all_readers_find_the_withdrawal() -> None:
    (facts,) = agreed(cancel(CANCELLED))
    assert (facts.method, facts.sequence, facts.uid) == ("CANCEL", 2, INVITED.uid)


def test_a_withdrawal_frees_the_time_and_rings_no_more() -> None:
    written = cancel(CANCELLED)
    assert b"STATUS:CANCELLED" in written and b"TRANSP:TRANSPARENT" in written
    assert b"VALARM" not in written and b"RSVP" not in written and b"DISALLOW-COUNTER" not in written


def test_an_alarm_can_be_left_out() -> None:
    assert b"VALARM" not in request(replace(INVITED, alarm_minutes=None))


@pytest.mark.parametrize("length", range(1, 90))
def test_a_title_survives_folding_at_every_octet(length: int) -> None:
    title = "가" * length + "👩🏽‍💻, ;\\" + "나" * 60
    written = request(an_item(summary=title))
    assert complaints(written) == []
    assert Calendar.from_ical(written).walk("VEVENT")[0]["SUMMARY"] == title


def test_a_comma_is_not_folded_away_from_its_escape() -> None:
    lines = request(INVITED).decode().split("\r\n")
    start = next(index for index, line in enumerate(lines) if line.startswith("SUMMARY:"))
    assert [line.startswith(" ") for line in lines[start : start + 4]] == [False, True, True, False]
    assert "(1차\\, 수도권" in "".join(lines[start : start + 3]).replace(" 수", " 수")


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(words: str) -> None:
    _stays_one_event(words)


@settings(deadline=None)  # the first one reads the zone
@given(st.text(max_size=300))
def test_any_words_stay_words(words: str) -> None:
    _stays_one_event(words)


def _stays_one_event(words: str) -> None:
    item = an_item(
        summary=f"제목 {words}",
        description=words,
        conference_label=words,
        organizer=replace(OFFICE, name=words),
        attendee=replace(HANEUL, name=words),
    )
    withdrawal = cancel(replace(item, cancelled=True), organisation=words)
    for written in (request(item, organisation=words), withdrawal, published([item], words, cancelled_prefix=words)):
        assert complaints(written) == []
        assert len(re.findall(rb"^BEGIN:VEVENT\r$", written, re.MULTILINE)) == 1
        assert len(re.findall(rb"^ATTENDEE[;:]", written, re.MULTILINE)) <= 1
        assert not re.search("[\u0080-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]", written.decode())
    if words in HOSTILE:
        (facts,) = agreed(request(item), READERS[:3])
        assert facts.attendees == (HANEUL.address,)


def test_a_backslash_before_a_capital_n_is_no_line_end() -> None:
    (facts,) = agreed(request(an_item(summary="공유 폴더 D:\\Notes 안내")), READERS[:3])
    assert facts.summary == "공유 폴더 D:\\Notes 안내"


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": -1},
        {"sequence": 2**31},
        {"ends_at": INVITED.starts_at},
        {"starts_at": datetime(2026, 11, 24, 14)},  # noqa: DTZ001 (refused for this)
        {"timezone": "Asia/Nowhere"},
        {"timezone": "../etc/passwd"},
        {"timezone": ""},
        {"uid": "With Capitals@cal.example.kr"},
        {"uid": "x" * 90 + "@cal.example.kr"},
        {"related_to": "a\r\nb@cal.example.kr"},
        {"url": "javascript:alert(1)"},
        {"url": "https://briefing.example.kr/\r\nATTENDEE:mailto:evil@example.com"},
        {"alarm_minutes": -10},
    ],
)
def test_what_no_calendar_could_take_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no calendar takes"):
        an_item(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"attendee": OFFICE},
        {"attendee": Mailbox("사무국", "Invite@Briefing.example.kr")},
        {"attendee": Mailbox("김하늘", "하늘@agency.example.kr")},
        {"attendee": None},
        {"organizer": None},
        {"partstat": "PERHAPS"},
        {"cancelled": True},
    ],
)
def test_what_could_not_be_an_invitation_is_refused(changes: dict[str, object]) -> None:
    item = an_item(**changes)
    with pytest.raises(ValueError):
        request(item)


def test_an_open_item_cannot_be_withdrawn() -> None:
    with pytest.raises(ValueError, match="open"):
        cancel(INVITED)


def test_an_address_in_hangul_goes_out_in_punycode() -> None:
    item = an_item(attendee=Mailbox("김", "kim@한국.kr"))
    assert b":mailto:kim@xn--3e0b707e.kr" in request(item).replace(b"\r\n ", b"")


def test_the_same_item_gives_the_same_octets() -> None:
    assert request(INVITED) == request(replace(INVITED))
