"""Who and what is behind a number of the funnel: as many rows as it says, under the same conditions."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from briefings.accounts.models import User
from briefings.db import db
from briefings.live.attending import came, was_there
from briefings.live.models import Attendance
from briefings.needs.models import Need, need_themes
from briefings.needs.officers import themes_of
from briefings.organizations.models import Organization
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import ParticipationReply
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Registration
from briefings.statistics.funnel import PEOPLE, REPLIES, Counted, Step, Whole
from briefings.statistics.scope import (
    LATEST_FIRST,
    Scope,
    begun,
    briefings_in,
    consulted,
    grouped,
    holds_place,
    in_time,
    is_of_kind,
    joined_in,
    matches_in,
    needs_in,
    replies_in,
    was_due,
)
from briefings.statistics.tallies import numbers_of, tallies

PEOPLE_IN_ORDER = (*LATEST_FIRST, Registration.id.desc())


def behind(scope: Scope, what: Counted, zone: ZoneInfo, now: datetime) -> Select[Any]:
    """The needs, registrations, replies or matches that `what` counts, the latest first, with what names them."""
    rows = _counted(scope, what, zone, now)
    if what in PEOPLE:
        return _with_names_of_people(rows)
    if what in REPLIES:
        return _with_names_of_replies(rows)
    if what is Step.MATCHED:
        return with_names(rows).order_by(Match.matched_on.desc(), Match.id.desc())
    # Loaded and not joined: whoever counts them asks for needs alone.
    needs = rows.options(joinedload(Need.organization, innerjoin=True))
    return needs.order_by(Need.published_at.desc(), Need.id.desc())


def organizations_behind(scope: Scope, step: Step, zone: ZoneInfo, now: datetime) -> Select[Organization]:
    """The organizations that are counted beside `step`, each once, by name."""
    rows = _counted(scope, step, zone, now)
    if step in PEOPLE:
        which = rows.with_only_columns(Registration.organization_id)
    elif step in REPLIES:
        which = rows.with_only_columns(ParticipationReply.organization_id)
    elif step is Step.MATCHED:
        joined = and_(MatchOrganization.match_id == Match.id, *joined_in(scope, zone, now))
        which = rows.join(MatchOrganization, joined).with_only_columns(MatchOrganization.organization_id)
    else:
        which = rows.with_only_columns(Need.organization_id)
    return select(Organization).where(Organization.id.in_(which)).order_by(Organization.name, Organization.id)


def _counted(scope: Scope, what: Counted, zone: ZoneInfo, now: datetime) -> Select[Any]:
    if what in PEOPLE:
        of_kind = is_of_kind(scope, Registration.organization_id)
        people = select(Registration).join(Registration.briefing).join(Registration.organization)
        return people.where(*briefings_in(scope, zone), *_of_people(what, came(), now), *of_kind)
    if what in REPLIES:
        replies = select(ParticipationReply).join(ParticipationReply.need)
        seen = {Step.ANSWERED: in_time(), Whole.DUE: was_due(now)}.get(what, true())
        return replies.where(*needs_in(scope, zone, now), *replies_in(scope), seen)
    if what is Step.MATCHED:
        return select(Match).join(Match.need).where(*needs_in(scope, zone, now), *matches_in(scope, zone, now))
    return select(Need).where(*needs_in(scope, zone, now), *_of_needs(scope, what, now))


def _of_people(what: Counted, came: ColumnElement[bool], now: datetime) -> list[ColumnElement[bool]]:
    """What is asked of each registration, which was there if `came`."""
    conditions = {
        Step.REGISTERED: holds_place(),
        Step.ATTENDED: came,
        Whole.EXPECTED: or_(came, and_(begun(now), holds_place())),
    }
    return [conditions[what]] if what in conditions else []


class People:
    """The people that `what` counts, in the order of `behind`.

    How many each briefing has is counted ahead. So nobody counts a million for a page, nor goes through those on the
    pages before: only the briefings are looked through from which the page is.
    """

    def __init__(self, scope: Scope, what: Counted, zone: ZoneInfo, now: datetime) -> None:
        self._scope, self._what, self._now = scope, what, now
        people = tallies(briefings_in(scope, zone), now, organizations=False)
        self._numbers = [(each.briefing_id, numbers_of([each], scope.kind)[what.value]) for each in people]

    def __len__(self) -> int:
        return sum(number for _, number in self._numbers)

    def some(self, first: int, most: int) -> list[Registration]:
        """So many at most, from the one at this place on."""
        briefings, before, skipped = [], 0, 0
        for briefing_id, number in self._numbers:
            if before + number <= first:
                skipped = before + number
            elif before < first + most and number:
                briefings.append(briefing_id)
            before += number
        which = select(Registration.id).join(Registration.briefing).where(Briefing.id.in_(briefings))
        which = which.where(*self._asked_of_each()).order_by(*PEOPLE_IN_ORDER)
        some = which.offset(first - skipped).limit(most).subquery()
        people = select(Registration).join(Registration.briefing).join(Registration.organization)
        return list(db.session.scalars(_with_names_of_people(people).join(some, some.c.id == Registration.id)))

    def _asked_of_each(self) -> list[ColumnElement[bool]]:
        """As values, which PostgreSQL looks up for those few: of EXISTS it makes a join with everybody."""
        came = select(was_there()).where(Attendance.registration_id == Registration.id).scalar_subquery()
        whose = aliased(Organization)
        kind = select(whose.kind).where(whose.id == Registration.organization_id).scalar_subquery()
        found: list[Any] = _of_people(self._what, came, self._now)
        return found if self._scope.kind is None else [*found, kind == self._scope.kind]


def _of_needs(scope: Scope, step: Counted, now: datetime) -> list[ColumnElement[bool]]:
    in_briefing = grouped(scope)
    replied = exists().where(ParticipationReply.need_id == Need.id, *replies_in(scope)).correlate(Need)
    talked = exists().where(ParticipationReply.need_id == Need.id, *replies_in(scope), consulted()).correlate(Need)
    conditions: dict[Counted, Any] = {
        Step.GROUPED: Need.id.in_(in_briefing),
        Step.BRIEFED: Need.id.in_(in_briefing.where(begun(now))),
        Step.REPLIED: replied,
        Step.CONSULTED: talked,
    }
    return [conditions[step]] if step in conditions else []


def _with_names_of_people(rows: Select[Any]) -> Select[Any]:
    named = rows.options(contains_eager(Registration.briefing), contains_eager(Registration.organization))
    return named.order_by(*PEOPLE_IN_ORDER)


def _with_names_of_replies(rows: Select[Any]) -> Select[Any]:
    named = rows.options(
        contains_eager(ParticipationReply.need).joinedload(Need.organization),
        joinedload(ParticipationReply.organization),
    )
    return named.order_by(ParticipationReply.sent_at.desc(), ParticipationReply.id.desc())


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
