"""How many of those who have a place are in the room, by kind of organization."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, func, select

from briefings.db import db
from briefings.live.attending import was_there
from briefings.live.models import Attendance
from briefings.organizations.models import Organization, OrganizationKind
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState

IN_ROOM = timedelta(minutes=3)
"""Who was seen within this time is in the room: their page says so about once a minute while it is open."""


class Headcount(NamedTuple):
    """People who have a place, those of them who came, and those who are in the room."""

    registered: int
    entered: int
    present: int


def headcount_of(briefing: Briefing, now: datetime) -> dict[OrganizationKind, Headcount]:
    """By kind, in the ministry's order; kinds that nobody came from are left out."""
    there = was_there()
    seen = and_(there, Attendance.last_seen_at > now - IN_ROOM)
    counted = (
        select(Organization.kind, func.count(), func.count().filter(there), func.count().filter(seen))
        .select_from(Registration)
        .join(Registration.organization)
        .outerjoin(Attendance, Attendance.registration_id == Registration.id)
        .where(Registration.briefing_id == briefing.id, Registration.state == RegistrationState.CONFIRMED)
        .group_by(Organization.kind)
    )
    found = {kind: Headcount(*numbers) for kind, *numbers in db.session.execute(counted)}
    return {kind: found[kind] for kind in OrganizationKind if kind in found}


def total_of(counts: dict[OrganizationKind, Headcount]) -> Headcount:
    """All kinds together."""
    return Headcount(*map(sum, zip(*counts.values(), strict=True))) if counts else Headcount(0, 0, 0)
