"""Who was there: what the gate saw, unless staff say otherwise."""

from sqlalchemy import ColumnElement, exists

from briefings.live.models import Attendance, AttendanceState
from briefings.schedule.registration_models import Registration

THERE = (AttendanceState.PRESENT, AttendanceState.LATE, AttendanceState.LEFT_EARLY)


def was_there() -> ColumnElement[bool]:
    """Of a row of attendance: whether the person was in the room, however long."""
    return Attendance.mark.in_(THERE) | (Attendance.mark.is_(None) & Attendance.first_seen_at.is_not(None))


def came() -> ColumnElement[bool]:
    """Of a registration: whether its person was in the room, however long."""
    return exists().where(Attendance.registration_id == Registration.id, was_there())
