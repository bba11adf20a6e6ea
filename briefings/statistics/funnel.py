"""The funnel of a briefing: from the needs it presented to the matches that came of them."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, distinct, func, select

from briefings.db import db
from briefings.live.attending import was_there
from briefings.live.models import Attendance
from briefings.organizations.models import Organization, OrganizationKind
from briefings.participation.match_models import Match
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Registration, RegistrationState


@dataclass(frozen=True)
class Funnel:
    """What one briefing led to. Replies are those on its needs, told apart by whether they came before it began."""

    needs: int
    registered: int
    registered_organizations: int
    waitlisted: int
    cancelled: int
    attended: int
    attended_organizations: int
    replies_before: int
    replies_after: int
    needs_with_new_replies: int
    answered_in_time: int
    consulting: int
    matched: int
    registered_by_kind: dict[OrganizationKind, int]

    def steps(self) -> list[tuple[str, int]]:
        """The steps in order as (name of the field, number): what a chart draws."""
        names = ("needs", "registered", "attended", "replies_after", "answered_in_time", "consulting", "matched")
        return [(name, getattr(self, name)) for name in names]


def funnel_of(briefing: Briefing) -> Funnel:
    """Counted from rows, by a constant number of queries."""
    presented = select(PresenterSlot.need_id).where(PresenterSlot.briefing_id == briefing.id)
    states = _people(briefing)
    confirmed = states.get(RegistrationState.CONFIRMED, (0, 0))
    attended = db.session.execute(
        select(func.count(), func.count(distinct(Registration.organization_id)))
        .select_from(Attendance)
        .join(Registration, Registration.id == Attendance.registration_id)
        .where(Registration.briefing_id == briefing.id, was_there())
    ).one()
    on_needs = (ParticipationReply.need_id.in_(presented), ParticipationReply.state != ReplyState.WITHDRAWN)
    new = ParticipationReply.sent_at >= briefing.starts_at
    in_time = ParticipationReply.acknowledged_at <= ParticipationReply.due_at
    begun = ParticipationReply.state.in_((ReplyState.CONSULTING, ReplyState.MATCHED, ReplyState.ENDED))
    replies = db.session.execute(
        select(
            _how_many(~new),
            _how_many(new),
            func.count(distinct(ParticipationReply.need_id)).filter(new),
            _how_many(new & in_time),
            _how_many(new & begun),
        ).where(*on_needs)
    ).one()
    return Funnel(
        needs=db.session.scalar(select(func.count()).select_from(presented.subquery())) or 0,
        registered=confirmed[0],
        registered_organizations=confirmed[1],
        waitlisted=states.get(RegistrationState.WAITLISTED, (0, 0))[0],
        cancelled=states.get(RegistrationState.CANCELLED, (0, 0))[0],
        attended=attended[0],
        attended_organizations=attended[1],
        replies_before=replies[0],
        replies_after=replies[1],
        needs_with_new_replies=replies[2],
        answered_in_time=replies[3],
        consulting=replies[4],
        matched=db.session.scalar(
            select(func.count())
            .select_from(Match)
            .where(Match.need_id.in_(presented), Match.confirmed_at >= briefing.starts_at)
        )
        or 0,
        registered_by_kind=_by_kind(briefing),
    )


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


def _people(briefing: Briefing) -> dict[RegistrationState, tuple[int, int]]:
    """People and organizations by state of their registration."""
    counted = (
        select(Registration.state, func.count(), func.count(distinct(Registration.organization_id)))
        .where(Registration.briefing_id == briefing.id)
        .group_by(Registration.state)
    )
    return {state: (people, organizations) for state, people, organizations in db.session.execute(counted)}


def _by_kind(briefing: Briefing) -> dict[OrganizationKind, int]:
    counted = (
        select(Organization.kind, func.count())
        .join(Registration, Registration.organization_id == Organization.id)
        .where(Registration.briefing_id == briefing.id, Registration.state == RegistrationState.CONFIRMED)
        .group_by(Organization.kind)
    )
    found = {kind: number for kind, number in db.session.execute(counted)}
    return {kind: found.get(kind, 0) for kind in OrganizationKind}
