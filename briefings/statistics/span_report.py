"""The report over many briefings: its funnel, the published figures on its last day, and what came before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.needs.models import Theme
from briefings.participation.match_models import Match
from briefings.schedule.models import Briefing
from briefings.statistics.behind import behind, with_names
from briefings.statistics.comparing import Values, measured
from briefings.statistics.funnel import Funnel, Step, funnel, funnels
from briefings.statistics.naming import Line, in_order
from briefings.statistics.published import Figures, ThemeFigures, figures_by_theme, published_figures, series
from briefings.statistics.scope import Axis, Scope, begun, briefings_in, end_of, formed, needs_in
from briefings.statistics.spans import Span, SpanKind, before

MOST_LINES = 200
"""So many briefings, and so many matches, are named one by one."""
Published = Figures | ThemeFigures
"""The published figures; of one theme only some are."""


@dataclass(frozen=True)
class Told:
    """One span in numbers."""

    span: Span
    funnel: Funnel
    held: int
    """Briefings that were held, or are being held."""


@dataclass(frozen=True)
class SpanReport:
    """What is reported of a span as of `now`; what came before it is None where nothing did."""

    told: Told
    theme: Theme | None
    now: datetime
    over: bool
    last: date
    """The day up to which figures are published: the last of the span, or today."""
    earlier: Told | None
    briefings: Sequence[tuple[Briefing, Values]]
    """The latest MOST_LINES of those that have begun, the first of them first."""
    to_come: int
    parts: Mapping[Axis, list[Line]]
    matches: list[Match]
    """The latest MOST_LINES of `matched`."""
    matched: int
    """How many were formed in its days, or of needs of its round."""
    figures: Published
    before: Published | None
    over_time: list[Figures]

    @property
    def span(self) -> Span:
        """What it is about."""
        return self.told.span


def report_over(span: Span, among: list[Span], theme: Theme | None, zone: ZoneInfo, now: datetime) -> SpanReport:
    """By a constant number of queries."""
    today, previous = now.astimezone(zone).date(), before(span, among)
    last, span = min(span.last, today), span.narrowed(theme.id if theme else None)
    axes = _axes(span, theme)
    found = funnels(span.scope, axes, zone, now)
    matched = _matched(span, last, zone, now)
    shown = matched.order_by(None).order_by(Match.matched_on.desc(), Match.id.desc()).limit(MOST_LINES)
    return SpanReport(
        told=_told(span, found.whole, zone, now),
        theme=theme,
        now=now,
        over=span.kind is not SpanKind.WHOLE and span.last < today,
        last=last,
        earlier=_earlier(previous.narrowed(span.scope.theme_id), zone, now) if previous else None,
        briefings=_briefings(span.scope, zone, now),
        to_come=_number_of(span.scope, zone, ~begun(now)),
        parts={axis: in_order(axis, found.by[axis]) for axis in axes},
        matches=list(db.session.scalars(shown)),
        matched=db.session.scalar(select(func.count()).select_from(matched.order_by(None).options().subquery())) or 0,
        figures=_published(theme, last, zone),
        before=_published(theme, span.first - timedelta(days=1), zone) if span.first else None,
        over_time=[] if theme else series(zone, last),
    )


def _told(span: Span, whole: Funnel, zone: ZoneInfo, now: datetime) -> Told:
    return Told(span, whole, _number_of(span.scope, zone, begun(now)))


def _earlier(span: Span, zone: ZoneInfo, now: datetime) -> Told:
    return _told(span, funnel(span.scope, zone, now), zone, now)


def _number_of(scope: Scope, zone: ZoneInfo, condition: ColumnElement[bool]) -> int:
    found = select(func.count()).select_from(Briefing).where(*briefings_in(scope, zone), condition)
    return db.session.scalar(found) or 0


def _axes(span: Span, theme: Theme | None) -> list[Axis]:
    """By theme where it is about all of them, by time where it has no end, and by who took part."""
    by_theme = [] if theme else [Axis.THEME]
    return [*by_theme, *([Axis.HALF] if span.kind is SpanKind.WHOLE else []), Axis.KIND]


def _briefings(scope: Scope, zone: ZoneInfo, now: datetime) -> list[tuple[Briefing, Values]]:
    found = select(Briefing).where(*briefings_in(scope, zone), begun(now))
    named = found.options(joinedload(Briefing.theme), joinedload(Briefing.audience))
    latest = db.session.scalars(named.order_by(Briefing.starts_at.desc(), Briefing.id.desc()).limit(MOST_LINES))
    rows = list(latest)[::-1]
    values = measured(scope, [row.id for row in rows], zone, now)
    return [(row, values[row.id]) for row in rows]


def _matched(span: Span, last: date, zone: ZoneInfo, now: datetime) -> Select[Any]:
    """Formed in its days, as the published figures count; where a round marks it off, of the needs of that round."""
    if span.kind is SpanKind.ROUND:
        return behind(span.scope, Step.MATCHED, zone, now)
    theme = Scope(theme_id=span.scope.theme_id)
    found = select(Match).join(Match.need).where(*needs_in(theme, zone, now), *formed(last, end_of(last, zone)))
    if span.first:
        day = span.first - timedelta(days=1)
        found = found.where(or_(Match.matched_on > day, Match.confirmed_at >= end_of(day, zone)))
    return with_names(found)


def _published(theme: Theme | None, day: date, zone: ZoneInfo) -> Published:
    if theme is None:
        return published_figures(day, zone.key)
    found = {each.theme.id: each for each in figures_by_theme(day, zone.key)}
    return found.get(theme.id) or ThemeFigures(theme, 0, 0, 0)
