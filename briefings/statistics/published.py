"""The ministry's published figures as of any date, counted from rows.

A day counts whole, in the zone of the installation: "as of 2020-12-31" is everything before its midnight.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, distinct, func, select

from briefings.db import db
from briefings.needs.models import Need
from briefings.organizations.models import PUBLIC_KINDS, Organization, OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import ParticipationReply


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
    end = datetime.combine(as_of + timedelta(days=1), time(), ZoneInfo(timezone)).astimezone(UTC)
    reply_stands = (
        ParticipationReply.sent_at < end,
        (ParticipationReply.withdrawn_at.is_(None)) | (ParticipationReply.withdrawn_at >= end),
    )
    needs_replied, replying, replying_distinct = db.session.execute(
        select(
            func.count(distinct(ParticipationReply.need_id)),
            func.count(),
            func.count(distinct(ParticipationReply.organization_id)),
        ).where(*reply_stands)
    ).one()
    by_kind = _organizations_by_kind(as_of, end)
    return Figures(
        as_of=as_of,
        needs=_count(select(func.count()).select_from(Need).where(Need.published_at < end)),
        needs_replied=needs_replied,
        replying=replying,
        replying_distinct=replying_distinct,
        matches=_count(select(func.count()).select_from(Match).where(*_formed(as_of, end))),
        in_matches=sum(by_kind.values()),
        in_matches_distinct=_count(
            select(func.count(distinct(MatchOrganization.organization_id)))
            .join(Match)
            .where(*_formed(as_of, end), _in_it(end))
        ),
        in_matches_by_kind=by_kind,
        public_private=_count(select(func.count()).select_from(_mixed_matches(as_of, end).subquery())),
    )


def _formed(as_of: date, end: datetime) -> tuple[ColumnElement[bool], ...]:
    """Of a match: formed on that day or before, and confirmed by a partner until its end."""
    return Match.matched_on <= as_of, Match.confirmed_at < end


def _in_it(end: datetime) -> ColumnElement[bool]:
    """Of an organization in a match: it had said so itself by then."""
    return MatchOrganization.confirmed_at < end


def _count(query: Select[int]) -> int:
    return db.session.scalar(query) or 0


def _organizations_by_kind(as_of: date, end: datetime) -> dict[OrganizationKind, int]:
    counted = (
        select(Organization.kind, func.count())
        .join(MatchOrganization, MatchOrganization.organization_id == Organization.id)
        .join(Match)
        .where(*_formed(as_of, end), _in_it(end))
        .group_by(Organization.kind)
    )
    found = {kind: number for kind, number in db.session.execute(counted)}
    return {kind: found.get(kind, 0) for kind in OrganizationKind}


def _mixed_matches(as_of: date, end: datetime) -> Select[int]:
    """The matches that have both a public and a private organization."""
    public = func.sum(case((Organization.kind.in_(PUBLIC_KINDS), 1), else_=0))
    return (
        select(Match.id)
        .join(MatchOrganization, MatchOrganization.match_id == Match.id)
        .join(Organization, Organization.id == MatchOrganization.organization_id)
        .where(*_formed(as_of, end), _in_it(end))
        .group_by(Match.id)
        .having(public > 0, public < func.count())
    )
