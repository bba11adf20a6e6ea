"""Who signed up: counted and listed for staff."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, func, or_, select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.organizations.models import Organization, OrganizationKind
from briefings.outbox.reach import Reach
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState

SORTS: dict[str, tuple[Any, ...]] = {
    "organization": (Organization.name, Registration.name, Registration.id),
    "name": (Registration.name, Registration.id),
    "state": (Registration.state, Registration.waiting_since, Registration.id),
    "registered_at": (Registration.registered_at, Registration.id),
}


@dataclass(frozen=True)
class Counters:
    """Everyone who holds a place, waits or asked for one, counted; `by_kind` leaves out kinds nobody came from."""

    organizations: int
    people: int
    requested: int
    confirmed: int
    waiting: int
    cancelled: int
    support: int
    reconfirmed: int
    by_kind: list[tuple[OrganizationKind, int]]


def counters(briefing: Briefing) -> Counters:
    """The figures above the list of registrants."""
    return counters_of_each([briefing.id])[briefing.id]


def counters_of_each(ids: Collection[int]) -> dict[int, Counters]:
    """The same for each of several briefings, by three statements for all."""
    of_these = Registration.briefing_id.in_(ids)
    standing = (of_these, Registration.state != RegistrationState.CANCELLED)
    totals = select(
        Registration.briefing_id,
        func.count(distinct(Registration.organization_id)),
        func.count(Registration.support_state),
        func.count().filter(Registration.reconfirmed_at.is_not(None)),
    ).where(*standing)
    found = {number: row for number, *row in db.session.execute(totals.group_by(Registration.briefing_id))}
    states, kinds = _counted(Registration.state, of_these), _counted(Organization.kind, *standing)
    return {number: _counters(found.get(number, [0, 0, 0]), states[number], kinds[number]) for number in ids}


def _counters(
    totals: Sequence[int], by_state: Mapping[RegistrationState, int], by_kind: Mapping[OrganizationKind, int]
) -> Counters:
    organizations, support, reconfirmed = totals
    requested, confirmed, waiting, cancelled = (by_state.get(state, 0) for state in RegistrationState)
    return Counters(
        organizations=organizations,
        people=requested + confirmed + waiting,
        requested=requested,
        confirmed=confirmed,
        waiting=waiting,
        cancelled=cancelled,
        support=support,
        reconfirmed=reconfirmed,
        by_kind=[(kind, by_kind[kind]) for kind in OrganizationKind if kind in by_kind],
    )


def registrants(
    briefing: Briefing,
    *,
    state: RegistrationState | None = None,
    kind: OrganizationKind | None = None,
    support: bool = False,
    q: str = "",
    sort: str = "registered_at",
    descending: bool = False,
) -> Select[Registration]:
    """Registrations to be listed, with their organizations; those who cancelled only when asked for."""
    found = select(Registration).join(Registration.organization).where(Registration.briefing_id == briefing.id)
    found = found.where(Registration.state == state if state else Registration.state != RegistrationState.CANCELLED)
    if kind:
        found = found.where(Organization.kind == kind)
    if support:
        found = found.where(Registration.support_state.is_not(None))
    for word in q.split():
        columns = (Registration.name, Registration.email, Organization.name)
        found = found.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    order = SORTS[sort]
    return found.options(joinedload(Registration.organization)).order_by(
        *([column.desc() for column in order] if descending else order)
    )


def places_in_line(briefing: Briefing) -> dict[int, int]:
    """Which place in line everybody has who waits, by the id of the registration."""
    waiting = (Registration.briefing_id == briefing.id, Registration.state == RegistrationState.WAITLISTED)
    found = select(Registration.id).where(*waiting).order_by(Registration.waiting_since, Registration.id)
    return {number: place for place, number in enumerate(db.session.scalars(found), start=1)}


def _counted(column: Any, *conditions: ColumnElement[bool]) -> dict[int, dict[Any, int]]:
    """How many registrations of each briefing have which value in a column of theirs or of their organization."""
    counted = select(Registration.briefing_id, column, func.count()).join(Registration.organization)
    counted = counted.where(*conditions).group_by(Registration.briefing_id, column)
    found = defaultdict[int, dict[Any, int]](dict)
    for briefing_id, value, number in db.session.execute(counted):
        found[briefing_id][value] = number
    return found


def requests_waiting(now: datetime, reach: Reach) -> dict[int, int]:
    """How many registrations there are to decide about, by the id of each briefing to come that may be seen."""
    found = select(Registration.briefing_id, func.count()).join(Registration.briefing)
    to_come = (Briefing.state == BriefingState.PUBLISHED, Briefing.ends_at > now, reach.of_briefing(Briefing.id))
    found = found.where(Registration.state == RegistrationState.REQUESTED, *to_come)
    return dict(db.session.execute(found.group_by(Registration.briefing_id)).all())
