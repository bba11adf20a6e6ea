"""Time zones: written by us where every reader takes them the same way, and UTC otherwise."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from briefings.calendar.items import published, request
from briefings.calendar.vtimezone import fits, vtimezone
from tests.calendar.lint import complaints
from tests.calendar.readers import READERS, agreed
from tests.calendar.worked import INVITED, an_item

FITTING = (
    "Asia/Tokyo",
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Australia/Sydney",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "UTC",
    "Asia/Kathmandu",
    "America/Los_Angeles",
)
UNFIT = (
    "Africa/Casablanca",
    "Europe/Dublin",
    "Asia/Jerusalem",
    "America/Nuuk",
    "Africa/Cairo",
    "America/Santiago",
)


def test_the_zone_of_seoul_is_one_line_of_rules() -> None:
    assert vtimezone("Asia/Seoul").to_ical().decode().split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Seoul",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZNAME:KST",
        "TZOFFSETFROM:+0900",
        "TZOFFSETTO:+0900",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


@pytest.mark.parametrize("key", FITTING)
def test_the_rules_written_give_the_offsets_of_tzdata_all_year(key: str) -> None:
    read = tzical(StringIO(vtimezone(key).to_ical().decode())).get(key)
    zone = ZoneInfo(key)
    for hours in range(0, 365 * 24, 7):
        moment = (datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=hours)).astimezone(zone)
        if fits(key, moment):
            assert read.utcoffset(moment.replace(tzinfo=None)) == moment.utcoffset(), moment
        else:
            assert moment.fold  # the hour that comes twice


@pytest.mark.parametrize("key", UNFIT)
@pytest.mark.parametrize("month", [1, 2, 7, 10])
def test_a_zone_without_yearly_rules_is_written_in_utc(key: str, month: int) -> None:
    start = datetime(2027, month, 20, 14, tzinfo=ZoneInfo(key))
    written = request(an_item(timezone=key, starts_at=start, ends_at=start + timedelta(hours=1)))
    assert b"VTIMEZONE" not in written and b"TZID" not in written
    assert f"DTSTART:{start.astimezone(UTC):%Y%m%dT%H%M%SZ}\r\n".encode() in written
    (facts,) = agreed(written)
    assert facts.starts_at == start.astimezone(UTC)


@pytest.mark.parametrize(
    ("key", "local", "expected"),
    [
        ("America/New_York", "2027-03-12 09:00", "2027-03-12 14:00"),
        ("America/New_York", "2027-03-15 09:00", "2027-03-15 13:00"),
        ("America/New_York", "2026-11-02 09:00", "2026-11-02 14:00"),
        ("Europe/London", "2027-03-28 10:00", "2027-03-28 09:00"),
        ("Australia/Sydney", "2027-04-04 10:00", "2027-04-04 00:00"),
    ],
)
def test_all_readers_know_summer_time(key: str, local: str, expected: str) -> None:
    start = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(key))
    written = request(an_item(timezone=key, starts_at=start, ends_at=start + timedelta(hours=1)))
    assert f"DTSTART;TZID={key}:".encode() in written
    (facts,) = agreed(written)
    assert facts.starts_at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert complaints(written) == []


def test_a_zone_that_contradicts_its_name_divides_the_readers() -> None:
    wrong = request(INVITED).replace(b"+0900", b"+0800")
    assert len({reader(wrong)[0].starts_at for reader in READERS}) == 2
    assert "VTIMEZONE contradicts its name" in complaints(wrong)


def test_utc_has_no_tzid() -> None:
    written = request(an_item(timezone="UTC"))
    assert b"DTSTART:20261124T050000Z" in written and b"TZID" not in written


def test_the_second_of_two_equal_hours_is_written_in_utc() -> None:
    zone = ZoneInfo("America/New_York")
    first = datetime(2026, 11, 1, 1, 15, tzinfo=zone)
    second = first.replace(fold=1)
    item = an_item(timezone="America/New_York", starts_at=first, ends_at=second)
    written = request(item)
    assert b"DTSTART:20261101T051500Z" in written and b"DTEND:20261101T061500Z" in written
    (facts,) = agreed(written)
    assert facts.ends_at - facts.starts_at == timedelta(hours=1)


def test_a_feed_holds_each_zone_once_and_none_that_no_event_uses() -> None:
    key = "Africa/Cairo"
    start = datetime(2027, 7, 1, 9, tzinfo=ZoneInfo(key))
    cairo = an_item(timezone=key, starts_at=start, ends_at=start + timedelta(hours=1))
    written = published([an_item(), an_item(), cairo], "일정")
    assert re.findall(rb"^TZID:(.*)\r$", written, re.MULTILINE) == [b"Asia/Seoul"]
    agreed(written)


def test_without_zone_files_of_the_system_the_package_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefings.calendar.vtimezone.TZPATH", ())
    assert b"TZOFFSETTO:+0700" in vtimezone("Asia/Ho_Chi_Minh").to_ical()


def test_a_zone_without_yearly_rules_has_no_component() -> None:
    with pytest.raises(ValueError, match="no yearly rules"):
        vtimezone("Africa/Cairo")
