"""What staff say of somebody's attendance where the gate does not know it: with a reason, for one or for many."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.accounts.models import User
from briefings.audit.recording import record_each
from briefings.db import db, insert_new, lock
from briefings.errors import Refused
from briefings.live.models import Attendance, AttendanceSource, AttendanceState
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Registration

MOST = 2_000
"""So many people are marked at once."""


def not_to_be_marked(briefing: Briefing, now: datetime) -> str | None:
    """Why nothing can be said of anybody's attendance, or None."""
    if briefing.state is not BriefingState.PUBLISHED:
        return "공개되어 있는 설명회에만 출결을 표시할 수 있습니다."
    return "설명회가 시작한 뒤에 출결을 표시할 수 있습니다." if now < briefing.starts_at else None


def chosen(briefing: Briefing, public_ids: Sequence[str]) -> list[Registration]:
    """Those of a briefing, by name; others' are left out."""
    found = select(Registration).where(Registration.briefing_id == briefing.id)
    found = found.where(Registration.public_id.in_(public_ids[:MOST])).options(joinedload(Registration.organization))
    return list(db.session.scalars(found.order_by(Registration.name, Registration.id)))


def mark(
    briefing: Briefing,
    people: Sequence[Registration],
    as_: AttendanceState | None,
    reason: str,
    by: User,
    now: datetime,
) -> int:
    """Say how each of them attended, or (None) that what was seen counts; of how many that is news."""
    lock(briefing)
    if refused := not_to_be_marked(briefing, now):
        raise Refused(refused)
    if as_ is not None:
        _know(people, as_, reason)
    changed = [each.registration_id for each in _held(people) if _set(each, as_, reason, by, now)]
    db.session.flush()
    record_each(by, "attendance.marked", Registration, changed, now, as_=as_.value if as_ else "", of=len(changed))
    return len(changed)


def _know(people: Sequence[Registration], as_: AttendanceState, reason: str) -> None:
    """A row for everybody who has none; the gate may write one at the same moment."""
    seen_by_staff = {"source": AttendanceSource.STAFF, "mark": as_, "mark_reason": reason}
    insert_new(Attendance.__table__, [{"registration_id": person.id} | seen_by_staff for person in people])


def _held(people: Sequence[Registration]) -> Sequence[Attendance]:
    """What is known of them now; the gate waits until it is changed."""
    found = select(Attendance).where(Attendance.registration_id.in_([person.id for person in people]))
    in_order = found.order_by(Attendance.registration_id).with_for_update()
    return db.session.scalars(in_order.execution_options(populate_existing=True)).all()


def _set(attendance: Attendance, as_: AttendanceState | None, reason: str, by: User, now: datetime) -> bool:
    """Whether that is news."""
    is_new = attendance.mark is not None and attendance.marked_at is None
    if not is_new and (attendance.mark, attendance.mark_reason) == (as_, reason if as_ else ""):
        return False
    if as_ is None and attendance.first_seen_at is None:
        db.session.delete(attendance)  # nothing is known any more
        return True
    attendance.mark, attendance.mark_reason = as_, reason if as_ else ""
    attendance.marked_by_id, attendance.marked_at = (by.id, now) if as_ else (None, None)
    return True
