"""What owners may know of those who come: how many of which kind; names only of who agrees to that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import contains_eager

from briefings.db import db
from briefings.needs.models import Need
from briefings.organizations.models import Organization, OrganizationKind
from briefings.privacy.models import Purpose
from briefings.schedule.agreeing import agrees
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import STANDING, Registration, registration_interests

PROVIDED_FOR = timedelta(days=365)
"""So long after a briefing owners see who agreed to be known to them: what the consent text promises at most."""
MOST_NAMED = 500


class Ticked(NamedTuple):
    """One briefing, how many there ticked a need, and how many of them agree to be known to its owner."""

    briefing: Briefing
    people: int
    agreeing: int


@dataclass(frozen=True)
class Interest:
    """How many signed up, of which kinds, and how many ticked this need."""

    people: int
    by_kind: list[tuple[OrganizationKind, int]]
    ticked: int


def interest_in(slot: PresenterSlot) -> Interest:
    """What is known of those who signed up for the briefing of a slot."""
    standing = (Registration.briefing_id == slot.briefing_id, Registration.state.in_(STANDING))
    by_kind = select(Organization.kind, func.count()).join(Registration.organization).where(*standing)
    counted = dict(db.session.execute(by_kind.group_by(Organization.kind)).all())
    kinds = [(kind, counted[kind]) for kind in OrganizationKind if kind in counted]
    of_person = registration_interests.c.registration_id == Registration.id
    ticked = exists().where(of_person, registration_interests.c.need_id == slot.need_id)
    number = db.session.scalars(select(func.count()).select_from(Registration).where(*standing, ticked)).one()
    return Interest(sum(counted.values()), kinds, number)


def ticked_by_briefing(need: Need) -> list[Ticked]:
    """How many people of each briefing are interested in a need, the latest briefing first; no names."""
    agreeing = func.count().filter(agrees(Purpose.PROVISION))
    found = select(Briefing, func.count(), agreeing).select_from(Registration).join(Registration.briefing)
    found = found.join(registration_interests, registration_interests.c.registration_id == Registration.id)
    of_need = (registration_interests.c.need_id == need.id, Registration.state.in_(STANDING))
    rows = db.session.execute(found.where(*of_need).group_by(Briefing.id).order_by(Briefing.starts_at.desc()))
    return [Ticked(*row) for row in rows]


def who_may_be_known(need: Need, now: datetime) -> Sequence[Registration]:
    """Those interested in a need who agree today that its owner knows them, each with organization and briefing."""
    found = select(Registration).join(Registration.briefing).join(Registration.organization)
    found = found.join(registration_interests, registration_interests.c.registration_id == Registration.id)
    found = found.where(
        registration_interests.c.need_id == need.id,
        Registration.state.in_(STANDING),
        Briefing.ends_at > now - PROVIDED_FOR,
        agrees(Purpose.PROVISION),
    )
    found = found.options(contains_eager(Registration.briefing), contains_eager(Registration.organization))
    in_order = found.order_by(Briefing.starts_at.desc(), Organization.name, Registration.id)
    return db.session.scalars(in_order.limit(MOST_NAMED)).all()
