"""The pile of open needs, by theme and audience: what briefings are made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.needs.models import Audience, Need, NeedState, Theme, need_audiences, need_themes
from briefings.outbox.reach import EVERYBODY, Reach
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.slots import COMING

MOST_SHOWN = 100


@dataclass(frozen=True)
class Matrix:
    """How many open needs there are for each theme and audience; a need may count in several cells."""

    themes: list[Theme]
    audiences: list[Audience]
    counts: dict[tuple[int, int], int]
    needs: int
    """How many different needs."""


@dataclass(frozen=True)
class Candidate:
    """A need that could be presented: since when it waits, how often it was presented, where it is already planned."""

    need: Need
    appearances: int
    planned: list[Briefing]


def matrix(now: datetime) -> Matrix:
    """Open needs counted by theme × audience."""
    counted = (
        select(need_themes.c.theme_id, need_audiences.c.audience_id, func.count())
        .select_from(Need)
        .join(need_themes, need_themes.c.need_id == Need.id)
        .join(need_audiences, need_audiences.c.need_id == Need.id)
        .where(*is_open(now))
        .group_by(need_themes.c.theme_id, need_audiences.c.audience_id)
    )
    return Matrix(
        list(db.session.scalars(select(Theme).order_by(Theme.position))),
        list(db.session.scalars(select(Audience).order_by(Audience.position))),
        {(theme, audience): count for theme, audience, count in db.session.execute(counted)},
        number_of_open_needs(now),
    )


def number_of_open_needs(now: datetime, reach: Reach = EVERYBODY) -> int:
    """How many needs wait for a briefing, of those that are theirs who ask."""
    return db.session.scalars(select(func.count(Need.id)).where(*is_open(now), reach.of_need(Need.id))).one()


def open_needs(theme: Theme, audience: Audience, now: datetime, planned_too: bool = False) -> list[Candidate]:
    """Needs of a theme and audience that wait for a briefing, the longest waiting first, at most a hundred.

    `planned_too`: also those that are matched or already in a coming briefing.
    """
    found = select(Need).where(
        *([Need.state == NeedState.PUBLISHED] if planned_too else is_open(now)),
        Need.themes.any(Theme.id == theme.id),
        Need.audiences.any(Audience.id == audience.id),
    )
    in_order = found.order_by(Need.published_at, Need.id).limit(MOST_SHOWN)
    return _candidates(list(db.session.scalars(in_order.options(joinedload(Need.organization)))), now)


def theirs(needs: Iterable[Need], reach: Reach) -> set[int]:
    """The numbers of those needs that are theirs who may see so much."""
    found = select(Need.id).where(Need.id.in_([need.id for need in needs]), reach.of_need(Need.id))
    return set(db.session.scalars(found))


def addable_needs(briefing: Briefing, now: datetime, reach: Reach) -> list[Need]:
    """Open needs of the briefing's theme, those for its audience first: what its order may take up by whoever answers
    for so many."""
    fits = Need.audiences.any(Audience.id == briefing.audience_id)
    found = select(Need).where(*is_open(now), Need.themes.any(Theme.id == briefing.theme_id), reach.of_need(Need.id))
    in_order = found.order_by(fits.desc(), Need.published_at, Need.id).limit(MOST_SHOWN)
    return list(db.session.scalars(in_order.options(joinedload(Need.organization))))


def is_open(now: datetime) -> list[ColumnElement[bool]]:
    """Conditions that a need waits for a briefing: published, not matched, in no coming briefing."""
    planned = select(PresenterSlot.need_id).join(PresenterSlot.briefing)
    coming = planned.where(Briefing.state.in_(COMING), Briefing.ends_at > now)
    return [Need.state == NeedState.PUBLISHED, Need.matched_at.is_(None), Need.id.not_in(coming)]


def last_presented(ids: Iterable[int], now: datetime) -> dict[int, datetime]:
    """When each of these needs was last presented in a briefing that is over, by its id; by one statement."""
    over = (Briefing.state == BriefingState.PUBLISHED, Briefing.ends_at <= now)
    found = select(PresenterSlot.need_id, func.max(Briefing.starts_at)).join(PresenterSlot.briefing)
    found = found.where(PresenterSlot.need_id.in_(list(ids)), *over).group_by(PresenterSlot.need_id)
    return {need_id: starts_at for need_id, starts_at in db.session.execute(found)}


def _candidates(needs: list[Need], now: datetime) -> list[Candidate]:
    seen: dict[int, list[Briefing]] = {need.id: [] for need in needs}
    found = select(PresenterSlot.need_id, Briefing).join(PresenterSlot.briefing).where(PresenterSlot.need_id.in_(seen))
    for need_id, briefing in db.session.execute(found.order_by(Briefing.starts_at)):
        seen[need_id].append(briefing)
    return [
        Candidate(
            need,
            sum(b.state is BriefingState.PUBLISHED and b.is_over(now) for b in seen[need.id]),
            [b for b in seen[need.id] if b.state in COMING and not b.is_over(now)],
        )
        for need in needs
    ]
