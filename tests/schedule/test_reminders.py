"""The reminder of the day before: derived from the clock, told once, never stale."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.outbox.models import Message
from briefings.schedule import reminders
from briefings.schedule.models import Briefing, BriefingState, RegistrationState
from tests.builders import a_briefing, a_registration

pytestmark = pytest.mark.usefixtures("app")


def queue_due(now: datetime) -> int:
    with unit_of_work():
        return reminders.queue_due(now)


def keys() -> list[str]:
    return list(db.session.scalars(select(Message.key)))


def starting_in(now: datetime, hours: float, **given) -> Briefing:
    return a_briefing(starts_at=now + timedelta(hours=hours), **given)


@pytest.mark.parametrize(("hours", "due"), [(24.1, 0), (24, 1), (2.1, 1), (2, 0), (-1, 0)])
def test_is_due_from_a_day_until_two_hours_before(now, hours, due):
    a_registration(starting_in(now, hours))
    assert queue_due(now) == due


def test_is_queued_once_however_often_one_looks(now):
    registration = a_registration(starting_in(now, 20))
    assert [queue_due(now + timedelta(minutes=n)) for n in range(3)] == [1, 0, 0]
    assert keys() == [f"reminder:day-before:{registration.id}:0"]


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
    assert keys()[-1] == f"reminder:day-before:{registration.id}:1"
