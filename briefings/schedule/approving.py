"""What staff decide about people who asked for a place where each is approved first."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from briefings.db import db, lock
from briefings.errors import Refused
from briefings.schedule.invitations import tell, tell_standing
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.waiting import hand_out


def approve(registration: Registration, now: datetime) -> None:
    """Give a place or a place in line, and tell them; Refused where nothing is to be decided any more.

    In line they stand as of when they registered: how long staff took to decide must cost nobody their turn. Whoever
    was approved before them and registered after them moves back for it. Everybody of a party stands in line until
    staff have decided about the last of them.
    """
    _lock_requested(registration, now)
    _take_in([registration], registration.briefing, now)


def approve_all(briefing: Briefing, now: datetime) -> int:
    """The same for everybody who waits for it, first come first served; how many. Also once staff approve no longer."""
    lock(briefing)
    if briefing.state is not BriefingState.PUBLISHED or briefing.is_over(now):
        return 0
    requested = select(Registration).where(
        Registration.briefing_id == briefing.id, Registration.state == RegistrationState.REQUESTED
    )
    found = db.session.scalars(requested.order_by(Registration.registered_at, Registration.id)).all()
    _take_in(found, briefing, now)
    return len(found)


def refuse(registration: Registration, reason: str, now: datetime) -> None:
    """Do not approve it, and tell them why; Refused where nothing is to be decided any more."""
    _lock_requested(registration, now)
    registration.refuse(reason, now)
    db.session.flush()
    tell(registration, "refused", now)
    hand_out(registration.briefing, now)  # the rest of a party may have waited for this


def _lock_requested(registration: Registration, now: datetime) -> None:
    briefing = registration.briefing
    lock(briefing)
    db.session.refresh(registration)
    if registration.state is not RegistrationState.REQUESTED:
        raise Refused("승인을 기다리는 신청이 아닙니다. 그사이 처리했거나 본인이 취소했습니다.")
    if briefing.state is not BriefingState.PUBLISHED or briefing.is_over(now):
        raise Refused("취소되었거나 끝난 설명회의 신청은 처리할 수 없습니다.")


def _take_in(requested: Sequence[Registration], briefing: Briefing, now: datetime) -> None:
    """All of them stand in line before anybody gets a place: so a party is complete when its turn comes."""
    for registration in requested:
        registration.wait(registration.registered_at)
    db.session.flush()
    hand_out(briefing, now, newcomers=requested)
    for registration in requested:
        tell_standing(registration, now, news="approved")
