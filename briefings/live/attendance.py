"""Who came to a briefing, when, and how long: listed and counted for staff, from what the gate saw and staff say."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, distinct, func, literal, or_, select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.live.attending import THERE, was_there
from briefings.live.days import day_of
from briefings.live.models import Attendance, AttendanceState
from briefings.organizations.models import Organization, OrganizationKind
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState

LOOKED = timedelta(minutes=2)
"""The page of somebody in the room says so about once a minute: nobody left earlier than so long after that."""

SORTS: dict[str, tuple[Any, ...]] = {
    "organization": (Organization.name, Registration.name, Registration.id),
    "name": (Registration.name, Registration.id),
    "came": (Attendance.first_seen_at, Registration.id),
    "left": (Attendance.last_seen_at, Registration.id),
}


@dataclass(frozen=True)
class Bounds:
    """From when on somebody is late, and before when they left early; None as long as it is not over."""

    late_after: datetime
    early_before: datetime | None
    since: datetime
    until: datetime
    """What counts as taking part lies between them: the earliest beginning and the latest end."""


@dataclass(frozen=True)
class Counters:
    """Everybody with a place, or who came without one, by how they attended; kinds nobody came from are left out."""

    registered: int
    by_standing: Mapping[AttendanceState, int]
    organizations: int
    marked: int
    by_kind: list[tuple[OrganizationKind, int, int]]
    """Kind, how many are listed, how many of them came."""

    @property
    def listed(self) -> int:
        """Everybody on the list."""
        return sum(self.by_standing.values())

    @property
    def came(self) -> int:
        """Everybody who was there, however long."""
        return sum(self.by_standing[each] for each in THERE)


def bounds_of(briefing: Briefing, now: datetime) -> Bounds:
    """By the minutes set for its day; where it began later or ended earlier than planned, from that moment."""
    day = day_of(briefing)
    begins = min(max(briefing.starts_at, day.began_at or briefing.starts_at), briefing.ends_at)
    ends = max(min(briefing.ends_at, day.ended_at or briefing.ends_at), begins)
    early_before = ends - timedelta(minutes=day.early_minutes) - LOOKED
    since, until = min(briefing.starts_at, begins), max(briefing.ends_at, day.ended_at or briefing.ends_at)
    late_after = begins + timedelta(minutes=day.late_minutes)
    return Bounds(late_after, early_before if now >= ends else None, since, until)


def standing_of(attendance: Attendance | None, bounds: Bounds) -> AttendanceState:
    """How somebody attended; who came late is late, however early they left."""
    if attendance is None:
        return AttendanceState.ABSENT
    if attendance.mark is not None:
        return attendance.mark
    if attendance.first_seen_at is None or attendance.last_seen_at is None:
        return AttendanceState.ABSENT
    if attendance.first_seen_at > bounds.late_after:
        return AttendanceState.LATE
    stayed = attendance.last_seen_at > attendance.first_seen_at
    left = stayed and bounds.early_before is not None and attendance.last_seen_at < bounds.early_before
    return AttendanceState.LEFT_EARLY if left else AttendanceState.PRESENT


def standing_in(bounds: Bounds) -> ColumnElement[str]:
    """The same of a row with or without attendance, for the database."""
    left_early: ColumnElement[bool] = Attendance.last_seen_at > Attendance.first_seen_at
    before = bounds.early_before
    left_early = literal(False) if before is None else and_(left_early, Attendance.last_seen_at < before)
    return case(
        (Attendance.mark.is_not(None), Attendance.mark),
        (Attendance.first_seen_at.is_(None), literal(AttendanceState.ABSENT, Attendance.mark.type)),
        (Attendance.first_seen_at > bounds.late_after, literal(AttendanceState.LATE, Attendance.mark.type)),
        (left_early, literal(AttendanceState.LEFT_EARLY, Attendance.mark.type)),
        else_=literal(AttendanceState.PRESENT, Attendance.mark.type),
    )


def mark_of(people: Iterable[Registration]) -> str:
    """A few signs that are others as soon as these are other people."""
    return sha256(repr(sorted(each.public_id for each in people)).encode()).hexdigest()[:16]


def minutes_in(attendance: Attendance | None, bounds: Bounds) -> int | None:
    """How long somebody took part, as far as that is known: by the meeting tool, else from first to last.

    Waiting before the beginning counts for nothing, whoever saw it.
    """
    if attendance is None:
        return None
    first, last = attendance.first_seen_at, attendance.last_seen_at
    if first is None or last is None or first == last:
        longest = _minutes(bounds.until - bounds.since)
        return None if attendance.minutes is None else min(attendance.minutes, longest)
    within = _minutes(min(last, bounds.until) - max(first, bounds.since))
    return within if attendance.minutes is None else min(attendance.minutes, within)


def _minutes(span: timedelta) -> int:
    return max(0, math.ceil(span.total_seconds() / 60))


def attendees(
    briefing: Briefing,
    bounds: Bounds,
    *,
    standing: AttendanceState | None = None,
    came: bool = False,
    kind: OrganizationKind | None = None,
    marked: bool = False,
    q: str = "",
    sort: str = "organization",
    descending: bool = False,
) -> Select[Registration]:
    """Everybody with a place, and whoever came without one, with their organizations; `came`: only who was there."""
    found = _listed(select(Registration), briefing).options(joinedload(Registration.organization))
    if standing:
        found = found.where(standing_in(bounds) == standing)
    if came:
        found = found.where(was_there())
    if kind:
        found = found.where(Organization.kind == kind)
    if marked:
        found = found.where(Attendance.mark.is_not(None))
    for word in q.split():
        columns = (Registration.name, Registration.email, Organization.name)
        found = found.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    order = [column.desc() if descending else column.asc() for column in SORTS[sort]]
    return found.order_by(*(column.nulls_last() for column in order))  # whom nobody saw comes last either way


def attendances_of(people: Iterable[Registration]) -> dict[int, Attendance]:
    """What is known of these people's attendance, by the id of the registration; in one query."""
    ids = [each.id for each in people]
    found = select(Attendance).where(Attendance.registration_id.in_(ids))
    return {each.registration_id: each for each in db.session.scalars(found)} if ids else {}


def counters(briefing: Briefing, bounds: Bounds) -> Counters:
    """The figures above the list, by three queries."""
    standing = standing_in(bounds).label("standing")
    counted = _listed(select(standing, func.count()), briefing).group_by(standing)
    found: dict[AttendanceState, int] = dict(db.session.execute(counted).all())
    totals = select(
        func.count().filter(Registration.state == RegistrationState.CONFIRMED),
        func.count(distinct(Registration.organization_id)).filter(was_there()),
        func.count(Attendance.mark),
    )
    registered, organizations, marked = db.session.execute(_listed(totals, briefing)).one()
    kinds = select(Organization.kind, func.count(), func.count().filter(was_there()))
    by_kind = {row[0]: row for row in db.session.execute(_listed(kinds, briefing).group_by(Organization.kind))}
    return Counters(
        registered=registered,
        by_standing={each: found.get(each, 0) for each in AttendanceState},
        organizations=organizations,
        marked=marked,
        by_kind=[(kind, by_kind[kind][1], by_kind[kind][2]) for kind in OrganizationKind if kind in by_kind],
    )


def by_organization(briefing: Briefing) -> list[Row[Any]]:
    """Each organization with how many are listed and how many came, those with most people there first."""
    there = func.count().filter(was_there())
    columns = select(Organization.name, Organization.kind, func.count().label("listed"), there.label("came"))
    found = _listed(columns, briefing).group_by(Organization.id, Organization.name, Organization.kind)
    return list(db.session.execute(found.order_by(there.desc(), func.count().desc(), Organization.name)))


def _listed(found: Any, briefing: Briefing) -> Any:
    """Of one briefing, with organization and, where there is any, attendance."""
    found = found.select_from(Registration).join(Organization, Organization.id == Registration.organization_id)
    found = found.outerjoin(Attendance, Attendance.registration_id == Registration.id)
    has_place = Registration.state == RegistrationState.CONFIRMED
    return found.where(Registration.briefing_id == briefing.id, has_place | Attendance.registration_id.is_not(None))
