"""Briefings that are over, for everybody: by half-year, theme and words, each with what is left of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import contains_eager

from briefings.archive.models import Booklet
from briefings.db import db
from briefings.needs.models import Need, Theme
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.schedule.coming import speaks_of
from briefings.schedule.finding import LISTED
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot

PER_PAGE = 20


class Half(NamedTuple):
    """Half a year: the first or the second."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its beginning and its end."""
        first = datetime(self.year, 6 * self.number - 5, 1, tzinfo=zone)
        year, month = (self.year, 7) if self.number == 1 else (self.year + 1, 1)
        return first.astimezone(UTC), datetime(year, month, 1, tzinfo=zone).astimezone(UTC)


def half_of(moment: datetime, zone: ZoneInfo) -> Half:
    """The half-year in which a moment lies."""
    day = moment.astimezone(zone)
    return Half(day.year, 1 if day.month < 7 else 2)


@dataclass(frozen=True)
class Search:
    """Which briefings to list; what is None or empty does not matter."""

    half: Half | None = None
    theme_id: int | None = None
    words: tuple[str, ...] = ()


class Left(NamedTuple):
    """What is left of a briefing: needs presented, how many of them matched, replies that stand, a booklet."""

    needs: int
    matched: int
    replies: int
    booklet: bool


def found(search: Search, zone: ZoneInfo, now: datetime, page: int, per_page: int = PER_PAGE) -> Pagination:
    """A page of listed briefings that are over and were held, the latest first."""
    wanted = select(Briefing).join(Briefing.theme).join(Briefing.audience).where(*_over(now))
    if search.half:
        first, end = search.half.bounds(zone)
        wanted = wanted.where(Briefing.starts_at >= first, Briefing.starts_at < end)
    if search.theme_id:
        wanted = wanted.where(Briefing.theme_id == search.theme_id)
    if search.words:
        wanted = wanted.where(speaks_of(list(search.words)))
    wanted = wanted.options(contains_eager(Briefing.theme), contains_eager(Briefing.audience))
    order = Briefing.starts_at.desc(), Briefing.id.desc()
    return db.paginate(wanted.order_by(*order), page=page, per_page=per_page, error_out=False)


def left_of(briefings: Sequence[Briefing], now: datetime) -> dict[int, Left]:
    """By the id of each briefing what is left of it, in three statements."""
    ids = [briefing.id for briefing in briefings]
    slots = select(PresenterSlot.briefing_id, func.count(), func.count(Need.matched_at)).join(PresenterSlot.need)
    slots = slots.where(PresenterSlot.briefing_id.in_(ids)).group_by(PresenterSlot.briefing_id)
    needs = {number: (presented, matched) for number, presented, matched in db.session.execute(slots)}
    answered = select(PresenterSlot.briefing_id, func.count(ParticipationReply.id))
    answered = answered.join(ParticipationReply, ParticipationReply.need_id == PresenterSlot.need_id)
    answered = answered.where(PresenterSlot.briefing_id.in_(ids), ParticipationReply.state != ReplyState.WITHDRAWN)
    replies = {number: count for number, count in db.session.execute(answered.group_by(PresenterSlot.briefing_id))}
    bound = select(Booklet.briefing_id).where(Booklet.briefing_id.in_(ids), Booklet.published_at.is_not(None))
    booklets = set(db.session.scalars(bound))
    return {number: Left(*needs.get(number, (0, 0)), replies.get(number, 0), number in booklets) for number in ids}


def halves(zone: ZoneInfo, now: datetime) -> list[Half]:
    """From the half-year of the latest briefing that is over back to that of the first."""
    first, last = db.session.execute(
        select(func.min(Briefing.starts_at), func.max(Briefing.starts_at)).where(*_over(now))
    ).one()
    if first is None:
        return []
    half, end, several = half_of(last, zone), half_of(first, zone), []
    while half >= end:
        several.append(half)
        half = Half(half.year, 1) if half.number == 2 else Half(half.year - 1, 2)
    return several


def themes(now: datetime) -> list[Theme]:
    """The themes of briefings that are over, in the order staff gave them."""
    of_these = exists().where(Briefing.theme_id == Theme.id, *_over(now))
    return list(db.session.scalars(select(Theme).where(of_these).order_by(Theme.position)))


def replies_by_need(needs: Sequence[int]) -> dict[int, int]:
    """How many replies stand on each of these needs that has any."""
    counted = select(ParticipationReply.need_id, func.count()).where(ParticipationReply.need_id.in_(needs))
    counted = counted.where(ParticipationReply.state != ReplyState.WITHDRAWN).group_by(ParticipationReply.need_id)
    return {need_id: count for need_id, count in db.session.execute(counted)}


def _over(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return LISTED, Briefing.state == BriefingState.PUBLISHED, Briefing.ends_at <= now
