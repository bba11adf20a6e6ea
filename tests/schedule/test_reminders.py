"""Reminders: derived from the clock, told once, never stale, only to whom they concern."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.jobs import queue_reminders
from briefings.outbox.mail import Dropped, Mail, ShortText
from briefings.outbox.models import Medium, Message, MessageState
from briefings.schedule import planning, presenters, reminders
from briefings.schedule.ladder import QuietHours
from briefings.schedule.models import Briefing, BriefingState, SlotState, Step
from briefings.schedule.registration_models import RegistrationState
from tests.builders import a_briefing, a_registration, a_user
from tests.mails import mails_to

pytestmark = pytest.mark.usefixtures("app")

ANY_HOUR = QuietHours(ZoneInfo("Asia/Seoul"), 0, 0)
NIGHT = QuietHours(ZoneInfo("Asia/Seoul"), 21, 8)
EVERYTHING = [step.value for step in Step]


def queue_due(now: datetime, quiet: QuietHours = ANY_HOUR, by_text: bool = False) -> int:
    with unit_of_work():
        return reminders.queue_due(now, quiet, by_text)


def keys() -> list[str]:
    return list(db.session.scalars(select(Message.key).order_by(Message.id)))


def starting_in(now: datetime, hours: float, **given) -> Briefing:
    return a_briefing(starts_at=now + timedelta(hours=hours), **given)


@pytest.mark.parametrize(("hours", "due"), [(24.1, 0), (24, 1), (4.1, 1), (4, 0), (-1, 0)])
def test_is_due_from_a_day_until_four_hours_before(now, hours, due):
    a_registration(starting_in(now, hours))
    assert queue_due(now) == due


def test_a_registrant_climbs_the_whole_ladder_hearing_each_step_once(now):
    start = now + timedelta(days=10)
    registration = a_registration(a_briefing(starts_at=start, reminders=EVERYTHING))
    heard: list[tuple[int, str]] = []
    for hours in (169, 168, 100, 73, 72, 49, 48, 25, 24, 3, 2, 1):
        queue_due(start - timedelta(hours=hours))
        heard += [(hours, key) for key in keys()[len(heard) :]]
    steps = {"week": 168, "three_days": 72, "reconfirm": 48, "day": 24, "two_hours": 2}
    assert heard == [(hours, f"reminder:{step}:{registration.id}:0") for step, hours in steps.items()]


def test_only_what_staff_ticked_is_sent(now):
    a_registration(starting_in(now, 20, reminders=["week", "two_hours"]))
    assert queue_due(now) == 0


def test_is_queued_once_however_often_one_looks(now):
    registration = a_registration(starting_in(now, 20))
    assert [queue_due(now + timedelta(minutes=n)) for n in range(3)] == [1, 0, 0]
    assert keys() == [f"reminder:day:{registration.id}:0"]


def test_goes_only_to_those_with_a_place_in_what_takes_place(now):
    briefing = starting_in(now, 20)
    for state in (RegistrationState.WAITLISTED, RegistrationState.CANCELLED):
        a_registration(briefing, state=state)
    a_registration(starting_in(now, 20, state=BriefingState.CANCELLED))
    assert queue_due(now) == 0


def test_spares_whoever_was_told_within_that_day(now):
    a_registration(starting_in(now, 20), confirmed_at=now - timedelta(hours=1))
    assert queue_due(now) == 0


def test_moves_with_the_briefing(now):
    briefing = starting_in(now, 20)
    registration = a_registration(briefing)
    queue_due(now)
    with unit_of_work():
        briefing.move(briefing.starts_at + timedelta(days=3), briefing.ends_at + timedelta(days=3), now)
    assert queue_due(now) == 0
    assert queue_due(now + timedelta(days=3)) == 1
    assert keys()[-1] == f"reminder:day:{registration.id}:1"


def test_who_has_just_been_told_of_a_new_time_is_not_reminded_of_it(app, now):
    briefing = starting_in(now, 200, reminders=["week", "three_days", "day"])
    registration = a_registration(briefing)
    with unit_of_work():
        times = (now + timedelta(hours=30), now + timedelta(hours=31))
        planning.reschedule(briefing, times, seen=briefing.changed_at, by=a_user(), now=now)
    assert queue_due(now) == 0
    assert queue_due(now + timedelta(hours=6)) == 1
    assert keys()[-1] == f"reminder:day:{registration.id}:1"


def test_waits_for_the_morning(now):
    """The day before at 23:00, at night nobody is disturbed: it goes at 8 in the morning."""
    a_registration(starting_in(now, 13 + 24))
    evening = now + timedelta(hours=13)
    assert [queue_due(evening + timedelta(hours=n), NIGHT) for n in range(10)] == [0] * 9 + [1]


def test_many_are_queued_in_few_statements_however_many_briefings(now, count_queries, monkeypatch):
    def statements(briefings: int) -> int:
        for _ in range(briefings):
            briefing = starting_in(now, 20)
            a_registration(briefing), a_registration(briefing)
        with count_queries() as sent:
            assert queue_due(now) == 2 * briefings
        return len([each for each in sent if each.lstrip().startswith("SELECT")])

    assert statements(1) == statements(4)
    monkeypatch.setattr(reminders, "MOST", 3)
    briefing = starting_in(now, 20)
    for _ in range(4):
        a_registration(briefing)
    assert [queue_due(now) for _ in range(3)] == [3, 1, 0]


def test_waits_where_staff_hold_everything_about_the_briefing(now):
    briefing = starting_in(now, 20, hold_mails=True)
    a_registration(briefing)
    queue_due(now)
    [message] = db.session.scalars(select(Message))
    assert (message.state, message.about) == (MessageState.HELD, f"briefing:{briefing.id}")


def composed(app, now, **later) -> list:
    with time_machine.travel(now + timedelta(**later), tick=False):
        return [each for registration in people(app) for each in mails_to(app, registration)]


def people(app) -> list[str]:
    return list(dict.fromkeys(db.session.scalars(select(Message.recipient).order_by(Message.id))))


def test_what_changed_since_it_was_queued_is_looked_at_again(app, now):
    changes = {
        "cancelled": lambda r: r.cancel(now),
        "moved": lambda r: r.briefing.move(r.briefing.starts_at, r.briefing.ends_at + timedelta(hours=1), now),
        "called off": lambda r: r.briefing.cancel("비", now),
        "unticked": lambda r: setattr(r.briefing, "reminders", ["week"]),
        "nothing": lambda r: None,
    }
    registrations = [a_registration(starting_in(now, 20)) for _ in changes]
    queue_due(now)
    for registration, change in zip(registrations, changes.values(), strict=True):
        with unit_of_work():
            change(registration)
    found = [each.reason if isinstance(each, Dropped) else each.subject[:22] for each in composed(app, now)]
    moved = "그사이 상황이 바뀌었습니다."
    assert found == [moved, moved, moved, "담당자가 이 알림을 껐습니다.", "[협업이음] 설명회가 곧 열립니다: 탄소"]
    assert {each.reason for each in composed(app, now, hours=16)} >= {"알리기에 너무 늦었습니다."}


def test_asks_to_reconfirm_whoever_has_not_yet_and_again_after_a_move(app, now):
    briefing = starting_in(now, 47, reminders=["reconfirm"])
    silent = a_registration(briefing)
    a_registration(briefing, reconfirmed_at=now - timedelta(days=1))
    assert queue_due(now) == 1
    [mail] = mails_to(app, silent.email)
    assert "/reconfirm/" in mail.text
    with unit_of_work():
        silent.reconfirmed_at = now
    assert mails_to(app, silent.email) == [Dropped("그사이 참가한다고 알려 왔습니다.")]
    with unit_of_work():
        times = (briefing.starts_at + timedelta(days=5), briefing.ends_at + timedelta(days=5))
        planning.reschedule(briefing, times, seen=briefing.changed_at, by=a_user(), now=now + timedelta(hours=1))
    assert queue_due(now + timedelta(days=5)) == 2


def test_texts_go_to_mobile_numbers_where_ticked_beside_the_mail(app, now):
    briefing = starting_in(now, 20, reminders=["day", "day:text"], room_note="044-000-0000")
    mobile = a_registration(briefing, phone="010-1234-5678", locale="en")
    (
        a_registration(briefing, phone="02-123-4567"),
        a_registration(briefing),
        a_registration(briefing, phone="+81 3-1234-5678"),
    )
    a_registration(starting_in(now, 20), phone="010-1234-5678")
    assert queue_due(now) == 5
    assert queue_due(now, by_text=True) == 1
    text = db.session.scalar(select(Message).where(Message.medium == Medium.TEXT))
    assert (text.phone, text.key) == ("010-1234-5678", f"reminder:day:text:{mobile.id}:0")
    mail, short = mails_to(app, mobile.email)
    assert isinstance(mail, Mail) and isinstance(short, ShortText)
    assert briefing.title in short.text and "/en/join/" in short.text
    assert short.values["설명회"] == briefing.title


class TestChase:
    """Presenters who stayed silent are asked again, those only."""

    @pytest.fixture
    def briefing(self, now) -> Briefing:
        """Published and told of, in twelve days."""
        briefing = starting_in(now, 12 * 24, needs=2)
        for number, slot in enumerate(briefing.slots):
            slot.presenter_email = f"presenter{number}@example.kr"
        with unit_of_work():
            presenters.keep_calendars(briefing, now)
        return briefing

    def chases(self, briefing: Briefing, until: datetime) -> list[tuple[int, str]]:
        """Days before the start and the key, of everything queued until then, looked for every six hours."""
        found, moment = [], briefing.starts_at - timedelta(days=12)
        while moment < until:
            before = set(keys())
            queue_due(moment)
            days = (briefing.starts_at - moment).days
            found += [(days, key) for key in keys() if key not in before and key.startswith("presenter_chase")]
            moment += timedelta(hours=6)
        return found

    def test_asks_the_silent_at_ten_five_and_two_days(self, app, now, briefing):
        first, second = briefing.slots
        with unit_of_work():
            presenters.accept(second, now)
        expected = [(days, f"presenter_chase:{first.public_id}:1:{days}:0") for days in (10, 5, 2)]
        assert self.chases(briefing, briefing.starts_at) == expected
        params = db.session.scalars(select(Message.params).where(Message.kind == "presenter_chase")).first()
        assert params == {"briefing": briefing.id, "need": first.need_id, "days": 10}
        with time_machine.travel(briefing.starts_at - timedelta(days=10), tick=False):
            assert isinstance(mails_to(app, "presenter0@example.kr")[-1], Mail)
        with unit_of_work():
            first.state = SlotState.ACCEPTED
        assert isinstance(mails_to(app, "presenter0@example.kr")[-1], Dropped)

    def test_reminds_those_who_accepted_once_on_the_day_before(self, app, now, briefing):
        first, second = briefing.slots
        day_before = briefing.starts_at - timedelta(days=1)
        with unit_of_work():
            presenters.accept(first, now)
            presenters.accept(second, day_before + timedelta(hours=1))  # who has read it just now needs no reminder
        queue_due(day_before - timedelta(minutes=1))
        assert "presenter_reminder" not in " ".join(keys())
        assert queue_due(day_before + timedelta(hours=1), NIGHT) == queue_due(day_before + timedelta(hours=2)) + 1 == 1
        assert keys()[-1] == f"presenter_reminder:{first.public_id}:1:0"
        with time_machine.travel(day_before + timedelta(hours=2), tick=False):
            mail = mails_to(app, "presenter0@example.kr")[-1]
            assert isinstance(mail, Mail) and briefing.room_url in mail.text and "/present/" in mail.text
            with unit_of_work():
                presenters.decline(first, day_before + timedelta(hours=2))
            assert isinstance(mails_to(app, "presenter0@example.kr")[-1], Dropped)

    def test_reminds_nobody_who_was_told_of_another_time_since(self, now, briefing, monkeypatch):
        with unit_of_work():
            presenters.accept(briefing.slots[0], now)
        told = briefing.starts_at - timedelta(days=1)
        for moved, expected in ((told + timedelta(minutes=1), 0), (told - timedelta(minutes=1), 1)):
            monkeypatch.setattr(reminders, "last_moves", lambda ids, at=moved: dict.fromkeys(ids, at))
            assert queue_due(told + timedelta(hours=2)) == expected

    def test_presses_nobody_asked_within_two_days_and_nobody_at_night(self, now, briefing):
        later = now + timedelta(days=1.5)
        with unit_of_work():
            presenters.hand_over(briefing.slots[0], "이새", "", "new@example.kr", later)
        asked = [key for _, key in self.chases(briefing, briefing.starts_at - timedelta(days=9, hours=20))]
        assert asked == [f"presenter_chase:{briefing.slots[1].public_id}:1:10:0"]
        assert queue_due(now + timedelta(days=2, hours=13), NIGHT) == 0


def test_the_worker_goes_on_until_everything_due_is_in_line(app, now, monkeypatch):
    monkeypatch.setattr(reminders, "MOST", 2)
    briefing = starting_in(now, 20)
    for _ in range(5):
        a_registration(briefing)
    queue_reminders(app)
    assert len(keys()) == 5
