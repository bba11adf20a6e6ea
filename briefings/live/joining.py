"""The way into the room."""

from datetime import datetime, timedelta
from enum import StrEnum

from briefings.db import db, insert_new
from briefings.errors import N_, Refused
from briefings.live.models import Attendance
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState

OPENS_BEFORE = timedelta(minutes=30)


class Gate(StrEnum):
    """What the join page shows."""

    WAITING = "waiting"
    OPEN = "open"
    OVER = "over"
    CANCELLED = "cancelled"
    WITHOUT_PLACE = "without_place"


def opens_at(briefing: Briefing) -> datetime:
    """From when the room may be entered."""
    return briefing.starts_at - OPENS_BEFORE


def gate(registration: Registration, now: datetime) -> Gate:
    """Whether this person may enter now, and if not, why."""
    briefing = registration.briefing
    if briefing.state is BriefingState.CANCELLED:
        return Gate.CANCELLED
    if briefing.is_over(now):
        return Gate.OVER
    if registration.state is not RegistrationState.CONFIRMED:
        return Gate.WITHOUT_PLACE
    return Gate.OPEN if now >= opens_at(briefing) else Gate.WAITING


def enter(registration: Registration, now: datetime) -> None:
    """Record that the person came (first and last time); Refused outside the window or without a place."""
    if gate(registration, now) is not Gate.OPEN:
        raise Refused(N_("지금은 입장할 수 없습니다."))
    row = {"registration_id": registration.id, "first_seen_at": now, "last_seen_at": now}
    if not insert_new(Attendance.__table__, [row]):
        db.session.get_one(Attendance, registration.id).last_seen_at = now


def has_entered(registration: Registration) -> bool:
    """Whether the person has been through the gate."""
    return db.session.get(Attendance, registration.id) is not None
