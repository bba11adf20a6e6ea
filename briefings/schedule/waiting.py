"""Places and the line for them: whoever comes gets a place or stands in line, and no place stands empty that somebody
in line would fit.

Everybody counts alone but colleagues who come all together or not at all (a party): they get places only when enough
are free at once. Until then they keep their place in line, and who stands behind them and fits goes ahead.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, select, update

from briefings.db import db, dialect, id_ahead, lock, write
from briefings.errors import N_, Refused
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.invitations import KNOWN, Known, invite
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState


class Line(NamedTuple):
    """How many hold a place in a briefing, and since when whoever came last waits for one."""

    confirmed: int
    last: datetime | None

    @property
    def anybody(self) -> bool:
        """Whether anybody waits for a place."""
        return self.last is not None

    def end(self, now: datetime) -> datetime:
        """Since when a newcomer waits: of many who come at once each stands behind whom the lock let in before."""
        return now if self.last is None or now > self.last else self.last + timedelta(microseconds=1)


class Standing(NamedTuple):
    """What decides what becomes of a registration: the line, what the address has there, how it hears of a place.

    `number` is the id of a new one, where the database says so ahead.
    """

    line: Line
    registration: Registration | None
    known: Known
    number: int | None = None

    @property
    def holds(self) -> Registration | None:
        """What the address has already and keeps: a place, a place in line or a request."""
        there = self.registration
        return there if there is not None and there.state is not RegistrationState.CANCELLED else None


class Unit(NamedTuple):
    """Who get places at once or none: one person, or a `party`. In order of when they came."""

    since: datetime | None
    id: int
    size: int
    alone: Registration | None
    party: str


def standing_of(briefing: Briefing, email: str) -> Standing:
    """Everything about a briefing and an address that decides what becomes of a registration.

    One statement, and another for the registration that the address may have there already.
    """
    found = db.session.connection().execute(_standing(dialect()), {"briefing": briefing.id, "email": email})
    there, confirmed, last, number, *known = found.one()
    # Whoever calls may have seen it before the lock let them in.
    registration = None if there is None else db.session.get(Registration, there, populate_existing=True)
    return Standing(Line(confirmed, last), registration, Known(*known), number)


_OF_BRIEFING = Registration.briefing_id == bindparam("briefing")
_THERE = select(Registration.id).where(_OF_BRIEFING, Registration.email == bindparam("email"))
_CONFIRMED = select(func.count()).where(_OF_BRIEFING, Registration.state == RegistrationState.CONFIRMED)
_LAST = select(func.max(Registration.waiting_since)).where(
    _OF_BRIEFING, Registration.state == RegistrationState.WAITLISTED
)


@cache
def _standing(on: str) -> Any:
    number, item = (id_ahead(kind, on) for kind in (Registration, CalendarItem))
    return select(*(each.scalar_subquery() for each in (_THERE, _CONFIRMED, _LAST)), number, *KNOWN, item)


def seat(together: Sequence[Registration], briefing: Briefing, line: Line, now: datetime) -> None:
    """Give places to newcomers, to all of them or to none, or places at the end of the line.

    Whoever calls holds the lock and tells them which; others who get places because of it are told here.
    """
    free = None if briefing.capacity is None else briefing.capacity - line.confirmed
    fit = free is None or len(together) <= free
    for registration in together:
        if fit and not line.anybody:
            registration.confirm(now)
        else:
            registration.wait(line.end(now))
    write(together)
    if line.anybody and (free is None or free > 0):
        hand_out(briefing, now, newcomers=together)


def fill(briefing: Briefing, now: datetime) -> int:
    """Give free places to the first in line and tell them; how many got one. Also after the capacity was raised."""
    lock(briefing)
    return hand_out(briefing, now)


def hand_out(briefing: Briefing, now: datetime, newcomers: Collection[Registration] = ()) -> int:
    """The same for whoever holds the lock; `newcomers` are told by whoever calls."""
    if briefing.state is not BriefingState.PUBLISHED or briefing.is_over(now):
        return 0
    given = 0
    for unit in _fitting(briefing):
        for registration in [unit.alone] if unit.alone else _members(briefing, unit.party):
            registration.confirm(now)
            given += 1
            if registration not in newcomers:
                invite(registration, now, promoted=True)
    db.session.flush()
    return given


def take_any(registration: Registration, now: datetime) -> None:
    """Give up the wish to come all together: everybody of the party counts alone from now on, where they stand in line.

    Refused where nobody waits for that any more.
    """
    briefing = registration.briefing
    lock(briefing)
    db.session.refresh(registration)
    waits = registration.state in (RegistrationState.WAITLISTED, RegistrationState.REQUESTED)
    if not waits or not registration.party or briefing.state is BriefingState.CANCELLED or briefing.is_over(now):
        raise Refused(N_("함께 자리를 기다리는 신청이 아닙니다."))
    of_party = (Registration.briefing_id == briefing.id, Registration.party == registration.party)
    db.session.execute(update(Registration).where(*of_party).values(party=""))
    hand_out(briefing, now)


def _fitting(briefing: Briefing) -> list[Unit]:
    """Who gets the free places, in order: the first whom they suffice for, then the next, and so on."""
    free = None if briefing.capacity is None else briefing.capacity - _confirmed(briefing)
    if free is not None and free <= 0:
        return []
    units = sorted([*_singles(briefing, free), *_parties(briefing)])
    if free is None:
        return units
    fitting = []
    for unit in units:
        if unit.size <= free:
            free -= unit.size
            fitting.append(unit)
    return fitting


def _confirmed(briefing: Briefing) -> int:
    confirmed = select(func.count()).where(_in_state(briefing, RegistrationState.CONFIRMED))
    return db.session.scalars(confirmed).one()


def _singles(briefing: Briefing, free: int | None) -> list[Unit]:
    """The first who wait alone: no more of them than there are places can get one."""
    alone = _waiting(briefing).where(Registration.party == "").limit(free)
    found = db.session.scalars(alone)
    return [Unit(each.waiting_since, each.id, 1, each, "") for each in found]


def _parties(briefing: Briefing) -> list[Unit]:
    """The parties that wait; not those of whom one still waits for what staff decide."""
    waiting = _in_state(briefing, RegistrationState.WAITLISTED)
    undecided = select(Registration.party).where(_in_state(briefing, RegistrationState.REQUESTED))
    numbers = (func.min(Registration.waiting_since), func.min(Registration.id), func.count(), Registration.party)
    parties = select(*numbers).where(waiting, Registration.party != "", Registration.party.not_in(undecided))
    return [
        Unit(since, number, size, None, party)
        for since, number, size, party in db.session.execute(parties.group_by(Registration.party))
    ]


def _members(briefing: Briefing, party: str) -> Sequence[Registration]:
    return db.session.scalars(_waiting(briefing).where(Registration.party == party)).all()


def _waiting(briefing: Briefing) -> Select[Any]:
    waiting = select(Registration).where(_in_state(briefing, RegistrationState.WAITLISTED))
    return waiting.order_by(Registration.waiting_since, Registration.id)


def _in_state(briefing: Briefing, state: RegistrationState) -> ColumnElement[bool]:
    return (Registration.briefing_id == briefing.id) & (Registration.state == state)
