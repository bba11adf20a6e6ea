"""Calendars to subscribe to: what anybody sees of briefings, and what one person has in theirs."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from briefings.db import db, unit_of_work
from briefings.schedule import calendar_settings, editing, feeds, planning, presenters
from briefings.schedule.calendar_models import CalendarItem, CalendarSetting, ItemKind
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.slots import plan_of
from tests.builders import BEFORE, a_briefing, a_user
from tests.calendar.lint import complaints
from tests.calendar.readers import Facts, agreed
from tests.schedule.steps import details_of
from tests.schedule.test_registering import cancel, register

GAON = "gaon@example.com"
DAY = timedelta(days=1)
PERSONAL = (b"mailto", b"ORGANIZER", b"ATTENDEE", b"METHOD", b"VALARM", GAON.encode(), "이가온".encode())


@pytest.fixture
def feed(app, now) -> str:
    """The address of one person's feed."""
    with unit_of_work():
        return f"/cal/f/{calendar_settings.make_feed(GAON.upper(), now)}.ics"


@pytest.fixture
def at():
    """Look at another moment: `at(now + DAY)`."""
    with time_machine.travel(datetime.fromisoformat("2026-11-23T01:00:00+00:00"), tick=False) as traveller:

        def move(moment: datetime) -> datetime:
            traveller.move_to(moment)
            return moment

        yield move


def long_ago(starts_at: datetime, **given) -> Briefing:
    return a_briefing(starts_at=starts_at, registration_opens_at=starts_at - 30 * DAY, **given)


def read(client, address: str) -> list[Facts]:
    """What every calendar program reads there, in the order of the file."""
    body = client.get(address).data
    assert complaints(body) == []
    in_order = [str(each["UID"]) for each in Calendar.from_ical(body).walk("VEVENT")]
    return sorted(agreed(body), key=lambda facts: in_order.index(facts.uid))


def events(client, address: str) -> dict[str, tuple[str, str]]:
    """SUMMARY → STATUS and TRANSP."""
    found = Calendar.from_ical(client.get(address).data).walk("VEVENT")
    return {str(each["SUMMARY"]): (str(each["STATUS"]), str(each["TRANSP"])) for each in found}


def edit_title(briefing: Briefing, title: str, now: datetime) -> None:
    details, slots = details_of(briefing, title=title), plan_of(briefing).slots
    with unit_of_work():
        editing.edit(briefing, details, slots, seen=briefing.changed_at, by=a_user(), now=now)


class TestOfBriefings:
    def test_holds_what_is_published_and_for_a_while_what_was_called_off(self, client, now):
        called_off = {"state": BriefingState.CANCELLED}
        a_briefing(title="열흘 뒤")
        a_briefing(title="초안", state=BriefingState.DRAFT)
        long_ago(now - 89 * DAY, title="석 달 전")
        long_ago(now - 91 * DAY, title="더 오래전")
        a_briefing(title="먼 뒷날", starts_at=now + 401 * DAY)
        a_briefing(title="못 여는 것", starts_at=now + 11 * DAY, **called_off)
        long_ago(now - 29 * DAY, title="얼마 전에 못 연 것", **called_off)
        long_ago(now - 31 * DAY, title="오래전에 못 연 것", **called_off)

        assert [facts.summary for facts in read(client, "/cal/briefings.ics")] == [
            "석 달 전",
            "[취소] 얼마 전에 못 연 것",
            "열흘 뒤",
            "[취소] 못 여는 것",
        ]
        found = events(client, "/cal/briefings.ics")
        assert found["열흘 뒤"] == ("CONFIRMED", "OPAQUE") and found["[취소] 못 여는 것"] == (
            "CANCELLED",
            "TRANSPARENT",
        )
        assert "[Cancelled] 못 여는 것" in events(client, "/en/cal/briefings.ics")

    def test_is_there_for_each_theme_and_audience(self, client):
        one, other = a_briefing(title="하나"), a_briefing(title="다른 하나")
        for address in (f"/cal/themes/{one.theme_id}.ics", f"/cal/audiences/{one.audience_id}.ics"):
            assert [facts.summary for facts in read(client, address)] == ["하나"]
            assert [facts.uid for facts in read(client, address)] == [f"s-{one.public_id}@cal.briefings.example.kr"]
        assert f"NAME:협업이음 설명회: {other.theme.name}" in client.get(f"/cal/themes/{other.theme_id}.ics").text
        for address in ("/cal/themes/999999.ics", "/cal/audiences/999999.ics"):
            assert client.get(address).status_code == 404

    def test_says_that_a_briefing_has_another_title(self, client, now, at):
        briefing = a_briefing(title="탄소중립 설명회")
        before, (old,) = client.get("/cal/briefings.ics"), read(client, "/cal/briefings.ics")
        edit_title(briefing, "탄소중립과 바다 설명회", at(now + timedelta(hours=1)))
        at(now + timedelta(hours=2))
        after, (new,) = client.get("/cal/briefings.ics"), read(client, "/cal/briefings.ics")
        assert (old.uid, old.starts_at) == (new.uid, new.starts_at) and new.sequence > old.sequence
        assert after.headers["ETag"] != before.headers["ETag"] and after.last_modified == now + timedelta(hours=1)
        assert b"LAST-MODIFIED:20261123T020000Z" in after.data

    def test_is_dated_by_what_time_alone_does_too(self, client, now, at):
        long_ago(now - 89 * DAY)
        a_briefing(title="먼 뒷날", starts_at=now + 401 * DAY)
        long_ago(now - 28 * DAY, state=BriefingState.CANCELLED)
        dates = [client.get("/cal/briefings.ics", headers={"If-Modified-Since": "Mon, 23 Nov 2026 01:00:00 GMT"})]
        for days in (1.5, 2.5, 3.5):
            at(now + days * DAY)
            dates.append(client.get("/cal/briefings.ics"))
        assert [answer.last_modified for answer in dates[1:]] == [now + DAY, now + 2 * DAY, now + 2 * DAY]
        assert dates[0].status_code == 304

    def test_of_nothing_is_an_empty_calendar_without_a_date(self, client):
        answer = client.get("/cal/briefings.ics")
        assert read(client, "/cal/briefings.ics") == [] and answer.last_modified is None

    def test_costs_the_same_for_one_briefing_and_for_three(self, client, count_queries):
        counts = []
        for more in (1, 2):
            for _ in range(more):
                a_briefing()
            with count_queries() as sent:
                client.get("/cal/briefings.ics")
            counts.append(len(sent))
        assert counts == [2, 2]


class TestOfOnePerson:
    def test_holds_places_talks_and_what_is_around_them(self, app, client, now, feed):
        registered, left = a_briefing(title="바다 설명회"), a_briefing(title="숲 설명회", starts_at=now + 12 * DAY)
        register(registered, now, GAON)
        cancel(register(left, now, GAON), now)
        register(a_briefing(title="남의 설명회"), now, "somebody@example.com")
        presented = a_briefing(
            title="농촌 설명회",
            needs=2,
            state=BriefingState.DRAFT,
            starts_at=now + 14 * DAY,
            rehearsal_starts_at=now + 13 * DAY,
            rehearsal_ends_at=now + 13 * DAY + timedelta(minutes=30),
        )
        presented.slots[1].presenter_email, presented.slots[1].need.title = "Gaon@Example.com", "마을 부엌"
        db.session.commit()
        with unit_of_work():
            planning.publish(presented, seen=presented.changed_at, by=a_user(), now=now)

        assert events(client, feed) == {
            "바다 설명회": ("CONFIRMED", "OPAQUE"),
            "[취소] 숲 설명회": ("CANCELLED", "TRANSPARENT"),
            "[리허설] 농촌 설명회": ("CONFIRMED", "OPAQUE"),
            "농촌 설명회": ("CONFIRMED", "TRANSPARENT"),
            "[발표] 마을 부엌": ("CONFIRMED", "OPAQUE"),
        }
        facts = read(client, feed)
        assert [each.summary for each in facts][-2:] == ["농촌 설명회", "[발표] 마을 부엌"], "by start"
        items = {f"{item.uid}@cal.briefings.example.kr" for item in db.session.scalars(select(CalendarItem))}
        assert {each.uid for each in facts} - items == {f"s-{presented.public_id}@cal.briefings.example.kr"}
        body = client.get(feed).data
        assert not [word for word in PERSONAL if word in body]
        assert f"RELATED-TO;RELTYPE=PARENT:s-{presented.public_id}@" in body.decode().replace("\r\n ", "")
        assert "NAME:설명회 일정\\, 신청·발표\r\n" in body.decode() and b"SOURCE" not in body

    def test_says_of_a_talk_that_moves_or_goes_what_the_invitation_says(self, client, now, feed):
        briefing = a_briefing(needs=2, state=BriefingState.DRAFT, title="농촌 설명회")
        for slot in briefing.slots:
            slot.presenter_email = GAON
        first, second = (slot.need.title for slot in briefing.slots)
        db.session.commit()
        with unit_of_work():
            planning.publish(briefing, seen=briefing.changed_at, by=a_user(), now=now)
        before = {facts.summary: facts for facts in read(client, feed)}
        with unit_of_work():
            briefing.slots[0].talk_minutes += 5
            db.session.flush()
            presenters.keep_calendars(briefing, now)
        after = {facts.summary: facts for facts in read(client, feed)}
        assert after[f"[발표] {first}"].sequence == 1 and after[f"[발표] {second}"].sequence == 1
        assert after[f"[발표] {second}"].starts_at == before[f"[발표] {second}"].starts_at + timedelta(minutes=5)
        assert {facts.uid for facts in after.values()} == {facts.uid for facts in before.values()}
        with unit_of_work():
            presenters.decline(briefing.slots[0], now)
        assert events(client, feed)[f"[취소] [발표] {first}"] == ("CANCELLED", "TRANSPARENT")
        with unit_of_work():
            planning.cancel(briefing, "발표 기관의 사정", by=a_user(), now=now)
        assert "농촌 설명회" not in events(client, feed), "what is around goes with the last talk"

    def test_forgets_what_was_cancelled_in_time_or_taken_up_again(self, client, now, feed, at):
        again, gone = a_briefing(title="다시 신청"), a_briefing(title="그만둔 것")
        for briefing in (again, gone):
            cancel(register(briefing, now, GAON), now)
        register(again, at(now + timedelta(minutes=1)), GAON)
        assert set(events(client, feed)) == {"다시 신청", "[취소] 그만둔 것"}
        at(gone.starts_at + 30 * DAY)
        assert set(events(client, feed)) == {"다시 신청"}
        at(gone.starts_at + 91 * DAY)
        assert read(client, feed) == [], "an empty calendar"

    def test_who_comes_to_present_has_no_cancelled_place_beside_it(self, client, now, feed):
        briefing = a_briefing(title="농촌 설명회")
        register(briefing, now, GAON)
        with unit_of_work():
            briefing.slots[0].hand_over("이가온", "", GAON)
            db.session.flush()
            presenters.keep_calendars(briefing, now)
        assert set(events(client, feed)) == {"농촌 설명회", f"[발표] {briefing.slots[0].need.title}"}

    def test_is_the_same_octets_while_nothing_changes_and_dated_when_something_does(self, client, now, feed, at):
        briefing = a_briefing(title="바다 설명회")
        register(briefing, now, GAON)
        first = client.get(feed)
        at(now + timedelta(hours=3))
        later = client.get(feed)
        assert (later.data, later.headers["ETag"], later.last_modified) == (first.data, first.headers["ETag"], now)
        edit_title(briefing, "바다와 숲 설명회", at(now + timedelta(hours=4)))
        changed = client.get(feed)
        assert changed.headers["ETag"] != first.headers["ETag"] and changed.last_modified == now + timedelta(hours=4)
        assert b"SEQUENCE:1\r\n" in changed.data and b"LAST-MODIFIED:20261123T050000Z" in changed.data
        register(a_briefing(), now + timedelta(hours=4), GAON)
        assert client.get(feed).last_modified == now + timedelta(hours=4, seconds=1), "twice within a second"
        at(briefing.starts_at + 91 * DAY)
        assert client.get(feed).last_modified == briefing.starts_at + 91 * DAY, "what leaves moves it too"

    def test_answers_as_calendars_ask(self, client, now, feed):
        register(a_briefing(), now, GAON)
        answer = client.get(feed)
        headers = dict(answer.headers)
        assert answer.content_type == "text/calendar; charset=utf-8"
        assert headers["ETag"].startswith('"') and headers["Last-Modified"] == "Mon, 23 Nov 2026 01:00:00 GMT"
        assert headers["Cache-Control"] == "private, no-cache" and headers["X-Robots-Tag"] == "noindex"
        assert headers["Content-Disposition"] == 'inline; filename="briefings.ics"'
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in headers and "Location" not in headers

        assert client.get(feed, headers={"If-None-Match": headers["ETag"]}).status_code == 304
        assert client.get(feed, headers={"If-Modified-Since": headers["Last-Modified"]}).status_code == 304
        for earlier in ({"If-None-Match": '"x"'}, {"If-Modified-Since": "Sun, 22 Nov 2026 01:00:00 GMT"}):
            assert client.get(feed, headers=earlier).status_code == 200
        head = client.head(feed)
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", headers["ETag"])
        assert int(head.headers["Content-Length"]) == len(answer.data)
        packed = client.get(feed, headers={"Accept-Encoding": "gzip, br"})
        assert packed.status_code == 200 and "Content-Encoding" not in packed.headers
        environ = client.get(feed).request.environ
        assert "HTTP_ACCEPT" not in environ and "HTTP_COOKIE" not in environ
        assert not [line for line in client.get("/robots.txt").text.splitlines() if "/cal" in line]

    def test_is_the_same_instant_wherever_the_installation_is(self, app, client, now, feed, monkeypatch):
        winter = register(a_briefing(), now, GAON).briefing.starts_at
        summer = register(a_briefing(starts_at=now + 250 * DAY), now, GAON).briefing.starts_at
        for zone in ("America/New_York", "Africa/Casablanca", "UTC"):
            monkeypatch.setitem(app.config, "TIMEZONE", zone)
            assert [facts.starts_at for facts in read(client, feed)] == [winter, summer]

    def test_opens_to_the_secret_in_force_alone(self, app, client, now, feed):
        with unit_of_work():
            other = f"/cal/f/{calendar_settings.make_feed('other@example.com', now)}.ics"
        assert client.get(feed).status_code == client.get(other).status_code == 200
        with unit_of_work():
            rotated = f"/cal/f/{calendar_settings.make_feed(GAON, now)}.ics"
            calendar_settings.end_feed("other@example.com", now)
        assert client.get(rotated).status_code == 200
        unknown = "/cal/f/" + "A" * 43 + ".ics"
        answers = [client.get(address) for address in (feed, other, unknown)]
        own = [
            (address, answer.headers["X-Request-ID"])
            for address, answer in zip((feed, other, unknown), answers, strict=True)
        ]
        pages = {
            re.sub("|".join(map(re.escape, words)), "", answer.text) for answer, words in zip(answers, own, strict=True)
        }
        assert [answer.status_code for answer in answers] == [404] * 3 and len(pages) == 1
        kept = db.session.scalars(select(CalendarSetting.feed_hash)).all()
        assert not [each for each in kept if each and (each in rotated or rotated[7:-4] in each)]
        assert len(rotated[7:-4]) == 43, "256 bits"

    def test_writes_only_what_is_new_and_never_fails_over_it(
        self, app, client, now, feed, count_queries, monkeypatch, caplog
    ):
        register(a_briefing(), now, GAON)

        def refuse(*_: object) -> None:
            raise OperationalError("UPDATE", {}, Exception("database is locked"))

        with monkeypatch.context() as patched:
            patched.setattr(feeds, "lock", refuse)
            undated = client.get(feed)
        assert undated.status_code == 200 and undated.last_modified is None
        assert "feed=not-dated OperationalError" in caplog.text and feed[7:30] not in caplog.text
        assert client.get(feed).last_modified == now
        with count_queries() as sent:
            client.get(feed)
        assert len(sent) == 2 and all(statement.startswith("SELECT") for statement in sent)

    def test_of_five_hundred_entries_is_quick_and_small(self, app, client, now, feed):
        briefing = a_briefing(title="가" * 120)
        for n in range(505):
            item = CalendarItem(
                kind=ItemKind.REHEARSAL,
                briefing=briefing,
                name="이가온",
                email=GAON,
                state="closed",
                starts_at=now + n * timedelta(hours=1),
                ends_at=now + (n + 1) * timedelta(hours=1),
                created_at=BEFORE,
                modified_at=BEFORE,
                dtstamp=BEFORE,
            )
            db.session.add(item)
        db.session.commit()
        answer = client.get(feed)
        assert answer.data.count(b"BEGIN:VEVENT") == 500 and len(answer.data) < 2_600_000
        assert b"DTSTART;TZID=Asia/Seoul:20261214T100000" in answer.data, "the latest stay"
