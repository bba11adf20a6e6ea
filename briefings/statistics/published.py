"""The ministry's published figures as of any date, counted from rows.

A day counts whole, in the zone of the installation: "as of 2020-12-31" is everything before its midnight.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Subquery,
    and_,
    case,
    distinct,
    func,
    literal,
    or_,
    select,
    union_all,
)

from briefings.db import UtcDateTime, db
from briefings.needs.models import Need, Theme, need_themes
from briefings.organizations.models import PUBLIC_KINDS, Organization, OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import ParticipationReply
from briefings.participation.sending_models import EarlierSending
from briefings.statistics.scope import end_of, formed, in_it


@dataclass(frozen=True)
class Figures:
    """Cumulative totals as of a day.

    Organizations are counted both ways: once per need they answered (or match they are in), and once altogether.
    """

    as_of: date
    needs: int
    needs_replied: int
    replying: int
    replying_distinct: int
    matches: int
    in_matches: int
    in_matches_distinct: int
    in_matches_by_kind: dict[OrganizationKind, int]
    public_private: int

    @property
    def public_in_matches(self) -> int:
        """Public organizations in matches, counted once per match; the others are private."""
        return sum(number for kind, number in self.in_matches_by_kind.items() if kind.is_public)

    @property
    def reply_rate(self) -> float | None:
        """Share of the needs that have a reply, in percent; None without needs."""
        return percent(self.needs_replied, self.needs)

    @property
    def match_rate(self) -> float | None:
        """Share of the needs with a reply that are matched, in percent."""
        return percent(self.matches, self.needs_replied)

    @property
    def public_private_share(self) -> float | None:
        """Share of the matches that have a public and a private side, in percent."""
        return percent(self.public_private, self.matches)


def percent(part: int, whole: int) -> float | None:
    """`part` of `whole` in percent, to one decimal; None where there is no whole."""
    return round(100 * part / whole, 1) if whole else None


def published_figures(as_of: date, timezone: str) -> Figures:
    """The figures at the end of `as_of`: a need counts from publication, a reply from its sending until withdrawn."""
    return figures_at([as_of], timezone)[0]


def figures_at(days: Sequence[date], timezone: str) -> list[Figures]:
    """The figures at the end of each of these days, by as many queries as for one."""
    ends = _ends(days, timezone)
    needs = _by_day(_needs(ends))
    replies = _by_day(_replies(ends))
    matches = _by_day(_matches(ends))
    mixed = _by_day(_mixed_matches(ends))
    kinds: dict[int, dict[OrganizationKind, tuple[int, int]]] = {}
    for place, kind, number, bodies in db.session.execute(_organizations(ends)):
        kinds.setdefault(place, {})[kind] = number, bodies
    return [
        Figures(
            as_of=day,
            needs=_first(needs, place),
            needs_replied=replies.get(place, (0, 0, 0))[0],
            replying=replies.get(place, (0, 0, 0))[1],
            replying_distinct=replies.get(place, (0, 0, 0))[2],
            matches=_first(matches, place),
            in_matches=sum(number for number, _ in kinds.get(place, {}).values()),
            in_matches_distinct=sum(bodies for _, bodies in kinds.get(place, {}).values()),
            in_matches_by_kind={kind: kinds.get(place, {}).get(kind, (0, 0))[0] for kind in OrganizationKind},
            public_private=_first(mixed, place),
        )
        for place, day in enumerate(days)
    ]


def series(zone: ZoneInfo, today: date, by_year: bool = False) -> list[Figures]:
    """The figures at the end of every year or half-year since the first need, and those of today as the last."""
    first = db.session.scalar(select(func.min(Need.published_at)))
    if first is None:
        return []
    day, days = first.astimezone(zone).date(), []
    while day <= today:
        end = date(day.year, 6, 30) if day.month < 7 and not by_year else date(day.year, 12, 31)
        days.append(min(end, today))
        day = end + timedelta(days=1)
    return figures_at(days, zone.key) if days else []


@dataclass(frozen=True)
class ThemeFigures:
    """The published figures of one theme; a need with two themes counts for both."""

    theme: Theme
    needs: int
    needs_replied: int
    matches: int


def figures_by_theme(as_of: date, timezone: str) -> list[ThemeFigures]:
    """At the end of `as_of`, in the order of the themes; those without needs are left out."""
    end = end_of(as_of, ZoneInfo(timezone))
    counted = select(need_themes.c.theme_id, func.count()).join(Need, Need.id == need_themes.c.need_id)
    needs = counted.where(Need.published_at < end)
    sendings = _sendings()
    replied = counted.where(Need.id.in_(select(sendings.c.need_id).where(*_stood(sendings, end))))
    matched = counted.where(Need.id.in_(select(Match.need_id).where(*formed(as_of, end))))
    numbers: list[dict[int, int]] = [
        {theme_id: number for theme_id, number in db.session.execute(each.group_by(need_themes.c.theme_id))}
        for each in (needs, replied, matched)
    ]
    themes = db.session.scalars(select(Theme).where(Theme.id.in_(numbers[0])).order_by(Theme.position))
    return [ThemeFigures(theme, *(each.get(theme.id, 0) for each in numbers)) for theme in themes]


def _ends(days: Sequence[date], timezone: str) -> Subquery:
    """The days as rows: which in order, the day, and the moment at which it is over."""
    zone = ZoneInfo(timezone)
    rows = [
        select(
            literal(place).label("place"),
            literal(day, Date).label("day"),
            literal(end_of(day, zone), UtcDateTime).label("end_at"),
        )
        for place, day in enumerate(days)
    ]
    return union_all(*rows).subquery("ends")


def _by_day(counted: Select[Any]) -> dict[int, tuple[int, ...]]:
    return {place: tuple(numbers) for place, *numbers in db.session.execute(counted)}


def _first(found: dict[int, tuple[int, ...]], place: int) -> int:
    return found.get(place, (0,))[0]


def _needs(ends: Subquery) -> Select[Any]:
    counted = select(ends.c.place, func.count()).select_from(ends)
    return counted.join(Need, Need.published_at < ends.c.end_at).group_by(ends.c.place)


def _sendings() -> Subquery:
    """Every time a reply stood: since it was sent last, and before it was taken back and sent again."""
    what = (ParticipationReply.need_id, ParticipationReply.organization_id)
    last = select(*what, ParticipationReply.sent_at, ParticipationReply.withdrawn_at)
    earlier = select(*what, EarlierSending.sent_at, EarlierSending.withdrawn_at).join(EarlierSending.reply)
    return union_all(last, earlier).subquery("sendings")


def _stood(sendings: Subquery, end: Any) -> tuple[ColumnElement[bool], ...]:
    """It was sent by then, and not taken back until later; at any moment a reply stands once."""
    return sendings.c.sent_at < end, or_(sendings.c.withdrawn_at.is_(None), sendings.c.withdrawn_at >= end)


def _replies(ends: Subquery) -> Select[Any]:
    """Needs replied to, replies, and organizations that sent them."""
    sendings = _sendings()
    needs, bodies = distinct(sendings.c.need_id), distinct(sendings.c.organization_id)
    counted = select(ends.c.place, func.count(needs), func.count(), func.count(bodies)).select_from(ends)
    return counted.join(sendings, and_(*_stood(sendings, ends.c.end_at))).group_by(ends.c.place)


def _matches(ends: Subquery) -> Select[Any]:
    counted = select(ends.c.place, func.count()).select_from(ends)
    return counted.join(Match, and_(*formed(ends.c.day, ends.c.end_at))).group_by(ends.c.place)


def _organizations(ends: Subquery) -> Select[Any]:
    """Organizations in matches by kind, once per match and once altogether."""
    bodies = func.count(distinct(MatchOrganization.organization_id))
    counted = _joined(select(ends.c.place, Organization.kind, func.count(), bodies), ends)
    return counted.group_by(ends.c.place, Organization.kind)


def _mixed_matches(ends: Subquery) -> Select[Any]:
    """The matches that have both a public and a private organization."""
    public = func.sum(case((Organization.kind.in_(PUBLIC_KINDS), 1), else_=0))
    mixed = _joined(select(ends.c.place), ends).group_by(ends.c.place, Match.id)
    each = mixed.having(public > 0, public < func.count()).subquery()
    return select(each.c.place, func.count()).group_by(each.c.place)


def _joined(counted: Select[Any], ends: Subquery) -> Select[Any]:
    """With every organization in a match by each of the days."""
    counted = counted.select_from(ends).join(Match, and_(*formed(ends.c.day, ends.c.end_at)))
    of_it = and_(MatchOrganization.match_id == Match.id, in_it(ends.c.end_at))
    return counted.join(MatchOrganization, of_it).join(
        Organization, Organization.id == MatchOrganization.organization_id
    )
