"""What one briefing led to: its funnel, and what the pages about it say beside."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import distinct, func, select

from briefings.db import db
from briefings.organizations.models import Organization, OrganizationKind
from briefings.participation.models import ParticipationReply
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.statistics.funnel import Funnel, funnel
from briefings.statistics.scope import Scope, holds_place, stands


@dataclass(frozen=True)
class Outcome:
    """Replies of the funnel are those since the briefing began; `replies_before` is what its needs had until then."""

    funnel: Funnel
    waitlisted: int
    cancelled: int
    replies_before: int
    registered_by_kind: dict[OrganizationKind, int]
    organizations_by_kind: dict[OrganizationKind, int]


def outcome_of(briefing: Briefing, zone: ZoneInfo, now: datetime) -> Outcome:
    """Counted from rows, by a constant number of queries."""
    counted = select(Registration.state, func.count()).where(Registration.briefing_id == briefing.id)
    states = {state: number for state, number in db.session.execute(counted.group_by(Registration.state))}
    presented = select(PresenterSlot.need_id).where(PresenterSlot.briefing_id == briefing.id)
    before = select(func.count()).where(ParticipationReply.need_id.in_(presented), stands())
    kinds = select(Organization.kind, func.count(), func.count(distinct(Organization.id)))
    kinds = kinds.join(Registration, Registration.organization_id == Organization.id)
    kinds = kinds.where(Registration.briefing_id == briefing.id, holds_place()).group_by(Organization.kind)
    found = {kind: (people, bodies) for kind, people, bodies in db.session.execute(kinds)}
    return Outcome(
        funnel=funnel(Scope(briefing_id=briefing.id), zone, now),
        waitlisted=states.get(RegistrationState.WAITLISTED, 0),
        cancelled=states.get(RegistrationState.CANCELLED, 0),
        replies_before=db.session.scalar(before.where(ParticipationReply.sent_at < briefing.starts_at)) or 0,
        registered_by_kind={kind: found.get(kind, (0, 0))[0] for kind in OrganizationKind},
        organizations_by_kind={kind: found.get(kind, (0, 0))[1] for kind in OrganizationKind},
    )
