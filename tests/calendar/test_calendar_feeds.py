"""Events that people subscribe to or download."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from briefings.calendar.items import published
from tests.calendar.lint import complaints
from tests.calendar.readers import agreed
from tests.calendar.worked import FEED, INVITED, an_item, seoul


def test_the_same_items_in_another_order_and_sent_later_are_the_same_octets() -> None:
    later = [replace(item, dtstamp=item.dtstamp + timedelta(days=1)) for item in reversed(FEED)]
    assert published(later, "일정") == published(FEED, "일정")


def test_one_changed_title_changes_the_feed() -> None:
    first, *others = FEED
    changed = replace(
        first, summary="새 제목", sequence=first.sequence + 1, modified=first.modified + timedelta(hours=1)
    )
    before, after = agreed(published(FEED)), agreed(published([changed, *others]))
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        facts for facts in after if facts.uid == first.uid
    ]


def test_all_readers_agree_on_a_feed_of_many_kinds() -> None:
    written = published(FEED, "설명회 일정, 신청·발표")
    assert complaints(written) == []
    facts = agreed(written)
    assert len(facts) == 4
    assert {each.method for each in facts} == {None}
    assert {each.attendees for each in facts} == {()}
    assert written.count(b"BEGIN:VTIMEZONE") == 2
    for personal in (b"mailto", b"ORGANIZER", b"ATTENDEE", b"METHOD", b"VALARM"):
        assert personal not in written


def test_a_time_in_new_york_is_the_same_instant_everywhere() -> None:
    (facts,) = (each for each in agreed(published(FEED)) if each.starts_at.year == 2027)
    assert facts.starts_at.timestamp() == 1804860000


def test_what_is_cancelled_says_so_and_leaves_the_time_free() -> None:
    written = published([replace(INVITED, cancelled=True)], cancelled_prefix="[Cancelled] ").decode()
    assert "SUMMARY:[Cancelled] 2026년" in written
    assert "STATUS:CANCELLED" in written and "TRANSP:TRANSPARENT" in written


def test_what_only_frames_a_slot_leaves_the_time_free() -> None:
    written = published([an_item(busy=False)])
    assert b"TRANSP:TRANSPARENT" in written and b"STATUS:CONFIRMED" in written


def test_a_download_is_no_subscription() -> None:
    item = an_item(uid="s-4h2k9@cal.briefing.example.kr", organizer=None, attendee=None)
    written = published([item])
    assert complaints(written) == []
    assert b"UID:s-4h2k9@cal.briefing.example.kr" in written
    for subscribed in (b"\r\nNAME:", b"X-WR-", b"REFRESH-INTERVAL", b"X-PUBLISHED-TTL", b"COLOR"):
        assert subscribed not in written


def test_a_feed_without_events_is_still_a_calendar() -> None:
    written = published([], "일정")
    assert written.startswith(b"BEGIN:VCALENDAR\r\n") and written.endswith(b"END:VCALENDAR\r\n")
    assert complaints(written) == []


def test_events_stand_in_the_order_of_their_start() -> None:
    starts = [seoul(26, 10), seoul(24, 14), seoul(25, 9)]
    items = [an_item(starts_at=start, ends_at=start + timedelta(hours=1)) for start in starts]
    written = published(items).decode()
    assert [line[-15:] for line in written.split("\r\n") if line.startswith("DTSTART;")] == [
        "20261124T140000",
        "20261125T090000",
        "20261126T100000",
    ]


def test_a_full_feed_stays_small() -> None:
    start = datetime(2026, 11, 24, 5, tzinfo=UTC)
    items = [
        an_item(
            description="가" * 1300, starts_at=start + timedelta(days=day), ends_at=start + timedelta(days=day, hours=1)
        )
        for day in range(500)
    ]
    assert len(published(items, "일정")) < 2_600_000
