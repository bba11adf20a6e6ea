"""Who and what is behind a number of the funnel: as many rows as it says, under the same conditions."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from briefings.accounts.models import User
from briefings.db import db
from briefings.live.attending import came
from briefings.needs.models import Need, need_themes
from briefings.needs.officers import themes_of
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import ParticipationReply
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Registration
from briefings.statistics.funnel import PEOPLE, Step
from briefings.statistics.scope import (
    Scope,
    begun,
    briefings_in,
    consulted,
    grouped,
    holds_place,
    in_time,
    is_of_kind,
    matches_in,
    needs_in,
    replies_in,
)


def behind(scope: Scope, step: Step, zone: ZoneInfo, now: datetime) -> Select[Any]:
    """The needs, registrations, replies or matches that `step` counts, the latest first, with what names them."""
    if step in PEOPLE:
        return _people(scope, step, zone)
    if step in (Step.REPLIES, Step.ANSWERED):
        return _replies(scope, step, zone, now)
    return _matches(scope, zone, now) if step is Step.MATCHED else _needs(scope, step, zone, now)


def _needs(scope: Scope, step: Step, zone: ZoneInfo, now: datetime) -> Select[Any]:
    found = select(Need).join(Need.organization).where(*needs_in(scope, zone, now))
    in_briefing = grouped(scope)
    replied = exists().where(ParticipationReply.need_id == Need.id, *replies_in(scope)).correlate(Need)
    talked = exists().where(ParticipationReply.need_id == Need.id, *replies_in(scope), consulted()).correlate(Need)
    conditions: dict[Step, Any] = {
        Step.GROUPED: Need.id.in_(in_briefing),
        Step.BRIEFED: Need.id.in_(in_briefing.where(begun(now))),
        Step.REPLIED: replied,
        Step.CONSULTED: talked,
    }
    if step in conditions:
        found = found.where(conditions[step])
    return found.options(contains_eager(Need.organization)).order_by(Need.published_at.desc(), Need.id.desc())


def _people(scope: Scope, step: Step, zone: ZoneInfo) -> Select[Any]:
    found = select(Registration).join(Registration.briefing).join(Registration.organization)
    found = found.where(*briefings_in(scope, zone), *is_of_kind(scope, Registration.organization_id))
    found = found.where(came() if step is Step.ATTENDED else holds_place())
    found = found.options(contains_eager(Registration.briefing), contains_eager(Registration.organization))
    return found.order_by(Briefing.starts_at.desc(), Briefing.id, Registration.id.desc())


def _replies(scope: Scope, step: Step, zone: ZoneInfo, now: datetime) -> Select[Any]:
    found = select(ParticipationReply).join(ParticipationReply.need)
    found = found.where(*needs_in(scope, zone, now), *replies_in(scope))
    if step is Step.ANSWERED:
        found = found.where(in_time())
    found = found.options(
        contains_eager(ParticipationReply.need).joinedload(Need.organization),
        joinedload(ParticipationReply.organization),
    )
    return found.order_by(ParticipationReply.sent_at.desc(), ParticipationReply.id.desc())


def _matches(scope: Scope, zone: ZoneInfo, now: datetime) -> Select[Any]:
    found = select(Match).join(Match.need).where(*needs_in(scope, zone, now), *matches_in(scope, zone, now))
    return with_names(found).order_by(Match.matched_on.desc(), Match.id.desc())


def with_names(matches: Select[Any]) -> Select[Any]:
    """Matches joined with their needs, with what names them and who is in them."""
    return matches.options(
        contains_eager(Match.need).joinedload(Need.organization),
        selectinload(Match.organizations).joinedload(MatchOrganization.organization),
    )


class Known:
    """Whom an officer may name: people of briefings they answer for, by the theme of it or of a need in it."""

    def __init__(self, officer: User | None) -> None:
        own = {theme.id for theme in themes_of(officer)} if officer else set()
        presents = select(PresenterSlot.briefing_id).join(need_themes, need_themes.c.need_id == PresenterSlot.need_id)
        of_it = select(Briefing.id).where(Briefing.theme_id.in_(own))
        mine = of_it.union(presents.where(need_themes.c.theme_id.in_(own)))
        self._briefings = set(db.session.scalars(mine)) if own else None

    def __contains__(self, person: Registration) -> bool:
        return self._briefings is None or person.briefing_id in self._briefings
