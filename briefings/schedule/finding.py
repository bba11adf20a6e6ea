"""Looking briefings and registrations up for the pages, in few statements: places are counted, never stored."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.schedule.models import Briefing, BriefingState, Registration, RegistrationState


class Places(NamedTuple):
    """How many places there are (None: no limit), how many are taken, and how many people wait."""

    capacity: int | None
    confirmed: int
    waiting: int

    @property
    def free(self) -> int | None:
        """Places a newcomer may take: none while somebody waits; None where there is no limit."""
        if self.capacity is None:
            return None
        return max(self.capacity - self.confirmed - self.waiting, 0)

    @property
    def full(self) -> bool:
        """Whether a newcomer would have to wait."""
        return self.free == 0


class Seen(NamedTuple):
    """A briefing with its places, as a list or a page shows it."""

    briefing: Briefing
    places: Places


def published(public_id: str) -> Seen | None:
    """A briefing everybody may see, with its places; None for drafts and unknown ids."""
    row = db.session.execute(_with_places().where(Briefing.public_id == public_id)).first()
    return row and _seen(row)


def coming(now: datetime, limit: int, offset: int = 0) -> list[Seen]:
    """Briefings that are not over, the next first."""
    found = _with_places().where(Briefing.ends_at > now).order_by(Briefing.starts_at, Briefing.id)
    return [_seen(row) for row in db.session.execute(found.limit(limit).offset(offset))]


def past(now: datetime, limit: int, offset: int = 0) -> list[Seen]:
    """Briefings that are over, the latest first."""
    found = _with_places().where(Briefing.ends_at <= now).order_by(Briefing.starts_at.desc(), Briefing.id.desc())
    return [_seen(row) for row in db.session.execute(found.limit(limit).offset(offset))]


def starting_between(first: datetime, last: datetime) -> list[Seen]:
    """Briefings that start from `first` on and before `last`, in order."""
    found = _with_places().where(Briefing.starts_at >= first, Briefing.starts_at < last)
    return [_seen(row) for row in db.session.execute(found.order_by(Briefing.starts_at, Briefing.id))]


def how_many(now: datetime) -> tuple[int, int]:
    """How many briefings are to come, and how many are over."""
    shown = select(func.count().filter(Briefing.ends_at > now), func.count().filter(Briefing.ends_at <= now))
    to_come, over = db.session.execute(shown.where(Briefing.state != BriefingState.DRAFT)).one()
    return to_come, over


def registration_under(public_id: str) -> Registration | None:
    """The registration of that number with its briefing, whoever's it is."""
    found = select(Registration).where(Registration.public_id == public_id)
    return db.session.scalar(found.options(joinedload(Registration.briefing)))


def place_in_line(registration: Registration) -> int:
    """1 for whoever gets the next free place, and so on; only for people on the waiting list."""
    before = or_(
        Registration.waiting_since < registration.waiting_since,
        and_(Registration.waiting_since == registration.waiting_since, Registration.id <= registration.id),
    )
    waiting = _in_state(registration.briefing_id, RegistrationState.WAITLISTED).where(before)
    return db.session.scalars(waiting).one()


def _in_state(briefing_id: int | ColumnElement[int], state: RegistrationState) -> Select[tuple[int]]:
    return select(func.count()).where(Registration.briefing_id == briefing_id, Registration.state == state)


def _with_places() -> Select[tuple[Briefing, int, int]]:
    counts = [
        _in_state(Briefing.id, state).correlate(Briefing).scalar_subquery()
        for state in (RegistrationState.CONFIRMED, RegistrationState.WAITLISTED)
    ]
    shown = select(Briefing, *counts).where(Briefing.state != BriefingState.DRAFT)
    return shown.options(joinedload(Briefing.theme), joinedload(Briefing.audience))


def _seen(row: tuple[Briefing, int, int]) -> Seen:
    briefing, confirmed, waiting = row
    return Seen(briefing, Places(briefing.capacity, confirmed, waiting))
