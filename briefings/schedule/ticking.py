"""Which needs of a briefing a registrant ticked."""

from sqlalchemy import delete, insert, literal, select

from briefings.db import db
from briefings.schedule.models import PresenterSlot
from briefings.schedule.registration_models import Registration, registration_interests

_COLUMNS = ["registration_id", "need_id"]


def tick(registration: Registration, needs: tuple[int, ...]) -> None:
    """Remember those of `needs` that are presented at the briefing, in one statement."""
    if needs:
        presented = select(literal(registration.id), PresenterSlot.need_id).where(
            PresenterSlot.briefing_id == registration.briefing_id, PresenterSlot.need_id.in_(needs)
        )
        db.session.execute(insert(registration_interests).from_select(_COLUMNS, presented))


def tick_anew(registration: Registration, needs: tuple[int, ...]) -> None:
    """The same in place of what was ticked before."""
    of_registration = registration_interests.c.registration_id == registration.id
    db.session.execute(delete(registration_interests).where(of_registration))
    tick(registration, needs)
    db.session.expire(registration, ["interests"])


def ticked(registration: Registration) -> tuple[int, ...]:
    """The ids of what was ticked."""
    of_registration = registration_interests.c.registration_id == registration.id
    return tuple(db.session.scalars(select(registration_interests.c.need_id).where(of_registration)))
