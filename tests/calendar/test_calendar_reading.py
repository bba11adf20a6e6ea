"""What the card in the staff's mailbox shows of a calendar object, ours or a stranger's."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from briefings.calendar.addresses import Mailbox
from briefings.calendar.items import cancel, published, request
from briefings.calendar.reading import CalendarSummary, Invited, read_calendar
from tests.calendar.worked import CANCELLED, HANEUL, INVITED, OFFICE

EXCHANGE_ACCEPTS = """BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Korea Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=ACCEPTED;CN="김하늘":MAILTO:Haneul.Kim@agency.example.kr
COMMENT;LANGUAGE=ko-KR:\\n
UID:9F1C4B7AE02D4E53B8A6D0C7F3E915A2@cal.briefing.example.kr
SUMMARY;LANGUAGE=ko-KR:수락: 사업설명회
DTSTART;TZID=Korea Standard Time:20261124T140000
DTEND;TZID="Asia/Seoul":20261124T153000
SEQUENCE:0
STATUS:confirmed
BEGIN:VALARM
UID:alarm
SUMMARY:not this
END:VALARM
END:VEVENT
END:VCALENDAR
"""
ENDLESS_ZONE = EXCHANGE_ACCEPTS.replace("END:STANDARD", "RRULE:FREQ=SECONDLY\nEND:STANDARD").replace(
    "Korea Standard Time", "Nowhere"
)


def read(text: str) -> CalendarSummary:
    summary = read_calendar(text.encode())
    assert summary is not None
    return summary


def test_our_own_invitation_reads_as_it_was_meant() -> None:
    assert read_calendar(request(INVITED)) == CalendarSummary(
        method="REQUEST",
        uid=INVITED.uid,
        sequence=0,
        summary=INVITED.summary,
        starts_at=datetime(2026, 11, 24, 5, tzinfo=UTC),
        ends_at=datetime(2026, 11, 24, 6, 30, tzinfo=UTC),
        status="CONFIRMED",
        location=INVITED.url,
        organizer=OFFICE,
        attendees=(Invited(HANEUL, "ACCEPTED"),),
    )


def test_a_withdrawal_and_a_download_read_as_such() -> None:
    withdrawal, download = read_calendar(cancel(CANCELLED)), read_calendar(published([INVITED]))
    assert withdrawal and (withdrawal.method, withdrawal.status, withdrawal.sequence) == ("CANCEL", "CANCELLED", 2)
    assert download and (download.method, download.organizer, download.attendees) == ("", None, ())


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_answer_from_exchange_reads_without_organizer(end: str) -> None:
    summary = read(EXCHANGE_ACCEPTS.replace("\n", end))
    assert (summary.method, summary.uid, summary.organizer) == ("REPLY", INVITED.uid, None)
    assert summary.attendees == (Invited(Mailbox("김하늘", "Haneul.Kim@agency.example.kr"), "ACCEPTED"),)
    assert summary.starts_at == datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert summary.ends_at == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    assert summary.summary == "수락: 사업설명회"
    assert summary.status == "CONFIRMED"


def test_a_zone_of_endless_rules_is_not_expanded() -> None:
    summary = read(ENDLESS_ZONE)
    assert summary.starts_at is None
    assert summary.ends_at == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    ["DTSTART:20261124T140000", "DTSTART;VALUE=DATE:20261124", "DTSTART:99991332T256199Z", "DTSTART;TZID=../x:1"],
)
def test_a_time_that_is_no_moment_is_none(value: str) -> None:
    broken = EXCHANGE_ACCEPTS.replace("DTSTART;TZID=Korea Standard Time:20261124T140000", value)
    assert read(broken).starts_at is None


def test_of_several_events_the_one_without_recurrence_id_counts() -> None:
    start = EXCHANGE_ACCEPTS.index("BEGIN:VEVENT")
    event = EXCHANGE_ACCEPTS[start : EXCHANGE_ACCEPTS.index("END:VCALENDAR")]
    one = event.replace("SEQUENCE:0", "RECURRENCE-ID:20261124T050000Z\nSEQUENCE:7")
    assert read(EXCHANGE_ACCEPTS.replace(event, one + event)).sequence == 0
    assert read(EXCHANGE_ACCEPTS.replace(event, one)).sequence == 7


def test_broken_lines_are_passed_over() -> None:
    summary = read(EXCHANGE_ACCEPTS.replace("SEQUENCE:0", 'SEQUENCE:many\nATTENDEE;CN="x:y\nORGANIZER;;:\nnonsense'))
    assert (summary.sequence, len(summary.attendees)) == (None, 1)


def test_what_is_read_is_clean() -> None:
    summary = read(EXCHANGE_ACCEPTS.replace("수락: 사업설명회", "a\\nb\x07\u202ec"))
    assert summary.summary == "a bc"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\x00\xff\xfe" * 100,
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR",
        b"BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT",
        b"BEGIN:VEVENT\r\n" * 4000,
        b"END:VCALENDAR\r\n" * 4000,
        EXCHANGE_ACCEPTS.encode() * 2,
        EXCHANGE_ACCEPTS.encode() + b" " * 64 * 1024,
        b"\r\n" * 32_000,
    ],
)
def test_what_is_no_calendar_object_is_none(data: bytes) -> None:
    assert read_calendar(data) is None


@settings(deadline=None)
@given(st.binary(max_size=400), st.integers(0, len(EXCHANGE_ACCEPTS)), st.integers(0, 40))
@example(b'ATTENDEE;CN="', 300, 0)
def test_nothing_that_is_spoiled_raises(noise: bytes, start: int, length: int) -> None:
    data = EXCHANGE_ACCEPTS.encode()
    read_calendar(noise)
    read_calendar(data[:start] + noise + data[start + length :])


@settings(deadline=None)
@given(st.text(alphabet='BEGIN:VCALDEVT;=",\\^\n\r\t ATENDOZU0129', max_size=200))
def test_nothing_that_looks_like_a_calendar_raises(text: str) -> None:
    read_calendar(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{text}\nEND:VEVENT\nEND:VCALENDAR".encode())
