"""What a report over many briefings is about: half a year, a year, a round or everything, of all themes or of one."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from briefings.db import db
from briefings.needs.models import Need, Round
from briefings.schedule.models import Briefing
from briefings.statistics.naming import half_in_words
from briefings.statistics.scope import Axis, Scope, days_of

A_DAY = timedelta(days=1)
MOST_ROUNDS = 30


class SpanKind(StrEnum):
    """What marks it off."""

    HALF = "half"
    YEAR = "year"
    ROUND = "round"
    WHOLE = "whole"


@dataclass(frozen=True)
class Span:
    """Its name, what it counts, the days it takes, and where it stands in the row of its kind."""

    kind: SpanKind
    number: int
    name: str
    scope: Scope
    first: date | None
    """None: from the beginning."""
    last: date
    """Its last day, be it still to come."""

    @property
    def key(self) -> str:
        """As it stands in addresses: `half-4053`."""
        return f"{self.kind.value}-{self.number}"

    def narrowed(self, theme_id: int | None) -> "Span":
        """The same of one theme."""
        return replace(self, scope=replace(self.scope, theme_id=theme_id))


def spans(zone: ZoneInfo, now: datetime) -> list[Span]:
    """Everything that may be reported of, half-years first, the latest of each kind first."""
    today = now.astimezone(zone).date()
    bounds = select(func.min(Need.published_at)).union_all(select(func.min(Briefing.starts_at)))
    first = min([*(each.astimezone(zone).date() for each in db.session.scalars(bounds) if each), today])
    halves = [_half(number) for number in range(_number(today), _number(first) - 1, -1)]
    years = [_year(number) for number in range(today.year, first.year - 1, -1)]
    return [*halves, *years, *_rounds(zone, now), Span(SpanKind.WHOLE, 0, "처음부터 지금까지", Scope(), None, today)]


def before(span: Span, among: list[Span]) -> Span | None:
    """The one of its kind that came before it."""
    earlier = [each for each in among if each.kind is span.kind and each.last < span.last]
    return max(earlier, key=lambda each: each.last, default=None)


def _number(day: date) -> int:
    return 2 * day.year + (day.month > 6)


def _half(number: int) -> Span:
    first, last = days_of(Axis.HALF, number)
    return Span(SpanKind.HALF, number, half_in_words(number), Scope(since=first, until=last), first, last)


def _year(number: int) -> Span:
    first, last = days_of(Axis.YEAR, number)
    return Span(SpanKind.YEAR, number, f"{number}년", Scope(since=first, until=last), first, last)


def _rounds(zone: ZoneInfo, now: datetime) -> list[Span]:
    """Each from the day it takes needs up to the day before the next one does."""
    begun = select(Round).where(Round.announced_at.is_not(None), Round.opens_at <= now)
    found = list(db.session.scalars(begun.order_by(Round.opens_at.desc(), Round.id.desc()).limit(MOST_ROUNDS)))
    days = [round.opens_at.astimezone(zone).date() for round in found]
    ends = [now.astimezone(zone).date(), *(day - A_DAY for day in days)]
    return [
        Span(SpanKind.ROUND, round.id, round.name, Scope(round_id=round.id), first, max(first, last))
        for round, first, last in zip(found, days, ends, strict=False)
    ]
