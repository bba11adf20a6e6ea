"""The way into the room."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from briefings.db import db, insert_new
from briefings.errors import N_, Refused
from briefings.live.attending import was_there
from briefings.live.days import day_of, opens_at
from briefings.live.models import Attendance, AttendanceSource
from briefings.schedule.models import BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState


class Gate(StrEnum):
    """What the join page shows."""

    WAITING = "waiting"
    OPEN = "open"
    OVER = "over"
    CANCELLED = "cancelled"
    WITHOUT_PLACE = "without_place"


def gate(registration: Registration, now: datetime) -> Gate:
    """Whether this person may enter now, and if not, why."""
    briefing = registration.briefing
    if briefing.state is BriefingState.CANCELLED:
        return Gate.CANCELLED
    if briefing.is_over(now):
        return Gate.OVER
    if registration.state is not RegistrationState.CONFIRMED:
        return Gate.WITHOUT_PLACE
    return Gate.OPEN if now >= opens_at(briefing, day_of(briefing)) else Gate.WAITING


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
    if not insert_new(Attendance.__table__, [row]):
        known = db.session.get_one(Attendance, registration.id)
        known.first_seen_at, known.last_seen_at = known.first_seen_at or now, now


def has_entered(registration: Registration) -> bool:
    """Whether the person has been through the gate."""
    found = select(Attendance.registration_id).where(Attendance.registration_id == registration.id, was_there())
    return db.session.scalar(found) is not None
