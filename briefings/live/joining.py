"""The way into the room."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select, update

from briefings.db import db, insert_new
from briefings.errors import N_, Refused
from briefings.live.attending import was_there
from briefings.live.days import closes_at, day_of, opens_at
from briefings.live.models import Attendance, AttendanceSource, BriefingDay
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState

SOON = timedelta(seconds=20)
"""Who says to be there more often than this says nothing new."""


_UNSEEN = {"synchronize_session": False}


class Gate(StrEnum):
    """What the join page shows."""

    WAITING = "waiting"
    OPEN = "open"
    OVER = "over"
    CANCELLED = "cancelled"
    WITHOUT_PLACE = "without_place"


def gate(registration: Registration, now: datetime) -> Gate:
    """Whether this person may enter now, and if not, why."""
    has_place = registration.state is RegistrationState.CONFIRMED
    return gate_of(registration.briefing, day_of(registration.briefing), has_place, now)


def gate_of(briefing: Briefing, day: BriefingDay, has_place: bool, now: datetime) -> Gate:
    """The same for everybody who has a place, or has none."""
    if briefing.state is BriefingState.CANCELLED:
        return Gate.CANCELLED
    if now >= closes_at(briefing, day):
        return Gate.OVER
    if not has_place:
        return Gate.WITHOUT_PLACE
    return Gate.OPEN if now >= opens_at(briefing, day) else Gate.WAITING


def enter(registration: Registration, now: datetime) -> None:
    """Record that the person came (first and last time); Refused outside the window or without a place."""
    if gate(registration, now) is not Gate.OPEN:
        raise Refused(N_("지금은 입장할 수 없습니다."))
    row = {
        "registration_id": registration.id,
        "first_seen_at": now,
        "last_seen_at": now,
        "source": AttendanceSource.GATE,
        "mark_reason": "",
    }
    known = update(Attendance).where(Attendance.registration_id == registration.id)
    again = known.values(first_seen_at=func.coalesce(Attendance.first_seen_at, now), last_seen_at=now)
    again = again.returning(Attendance.registration_id)
    while not insert_new(Attendance.__table__, [row]):  # staff may take a row away at the same moment
        if db.session.scalar(again, execution_options=_UNSEEN):
            break


def stay(registration: Registration, now: datetime) -> None:
    """Note that the person is still there, who came through the gate, while it is open.

    Without the lock on the briefing, and without a new version of what the room sees: everybody does it every minute.
    """
    if gate(registration, now) is not Gate.OPEN:
        return
    there = (Attendance.registration_id == registration.id, Attendance.last_seen_at < now - SOON)
    db.session.execute(update(Attendance).where(*there).values(last_seen_at=now), execution_options=_UNSEEN)


def is_inside(registration: Registration) -> bool:
    """Whether the person has been through the gate, whatever is said of them otherwise."""
    attendance = db.session.get(Attendance, registration.id)
    return attendance is not None and attendance.first_seen_at is not None


def has_entered(registration: Registration) -> bool:
    """Whether the person was in the room, as far as it counts."""
    found = select(Attendance.registration_id).where(Attendance.registration_id == registration.id, was_there())
    return db.session.scalar(found) is not None
