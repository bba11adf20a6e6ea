"""What is counted: needs, briefings, people, replies and matches of a scope, as conditions every count is made of.

Said once here, used by the funnel, its lists of names, its files and the API, so that no two of them can differ.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from briefings.needs.models import Need, Region, need_audiences, need_themes
from briefings.organizations.models import Organization, OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import Consultation, ParticipationReply, ReplyState
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registration_models import Registration, RegistrationState

Condition = ColumnElement[bool]
EARLIEST, LATEST = date(1900, 1, 1), date(2900, 1, 1)
"""Days before and after these bound nothing."""
LATEST_FIRST = Briefing.starts_at.desc(), Briefing.id.desc()
BEGUN = (ReplyState.CONSULTING, ReplyState.MATCHED, ReplyState.ENDED)


class Axis(StrEnum):
    """By what a funnel is broken down: one row for each theme, and so on."""

    THEME = "theme"
    AUDIENCE = "audience"
    KIND = "kind"
    OWNER_KIND = "owner_kind"
    REGION = "region"
    ROUND = "round"
    BRIEFING = "briefing"
    HALF = "half"
    YEAR = "year"


FIELDS = {
    Axis.THEME: "theme_id",
    Axis.AUDIENCE: "audience_id",
    Axis.ROUND: "round_id",
    Axis.BRIEFING: "briefing_id",
}
"""What of a scope is narrowed along an axis, where it is not called as that."""


@dataclass(frozen=True)
class Scope:
    """What to count; what is None does not matter.

    A period is about the day a need was published and the day a briefing begins; where briefings are told apart, about
    the briefings alone. `kind` is that of those who register, reply and join; `owner_kind` that of the needs' owners.
    """

    theme_id: int | None = None
    audience_id: int | None = None
    region: Region | None = None
    round_id: int | None = None
    briefing_id: int | None = None
    owner_kind: OrganizationKind | None = None
    kind: OrganizationKind | None = None
    since: date | None = None
    until: date | None = None
    """This day included."""

    def at(self, axis: Axis, value: Any) -> "Scope":
        """The same, narrowed to one row of a breakdown."""
        if axis in (Axis.HALF, Axis.YEAR):
            first, last = days_of(axis, value)
            return replace(self, since=max(first, self.since or first), until=min(last, self.until or last))
        return replace(self, **{FIELDS.get(axis, axis.value): value})

    def value_at(self, axis: Axis) -> Any:
        """What it asks for along the axis already, if anything; of a period only its parts are known."""
        return None if axis in (Axis.HALF, Axis.YEAR) else getattr(self, FIELDS.get(axis, axis.value))

    @property
    def is_of_needs(self) -> bool:
        """Whether it asks for something that only needs have, so that briefings follow from the needs they present."""
        return bool(self.region or self.round_id or self.owner_kind)


def query_of(scope: Scope) -> dict[str, Any]:
    """The conditions as they stand in an address; what does not matter is left out."""
    said = {
        "theme": scope.theme_id,
        "audience": scope.audience_id,
        "region": scope.region and scope.region.value,
        "round": scope.round_id,
        "briefing": scope.briefing_id,
        "owner_kind": scope.owner_kind and scope.owner_kind.value,
        "kind": scope.kind and scope.kind.value,
        "since": scope.since and scope.since.isoformat(),
        "until": scope.until and scope.until.isoformat(),
    }
    return {name: value for name, value in said.items() if value is not None}


def days_of(axis: Axis, number: int) -> tuple[date, date]:
    """First and last day of the year, or of the half-year (twice the year, and one more for the second half)."""
    if axis is Axis.YEAR:
        return date(number, 1, 1), date(number, 12, 31)
    year, second = divmod(number, 2)
    return (date(year, 7, 1), date(year, 12, 31)) if second else (date(year, 1, 1), date(year, 6, 30))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which `day` begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which `day` is over."""
    return midnight(day + timedelta(days=1), zone)


def bounds(since: date | None, until: date | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """The first moment of these days, both included, and the first one after them; None where nothing bounds them."""
    first = midnight(since, zone) if since and since > EARLIEST else None
    return first, end_of(until, zone) if until and until < LATEST else None


def within(moment: Any, since: date | None, until: date | None, zone: ZoneInfo) -> list[Condition]:
    """Of a moment: on these days, both included."""
    first, end = bounds(since, until, zone)
    return ([] if first is None else [moment >= first]) + ([] if end is None else [moment < end])


def published(now: datetime) -> Condition:
    """Of a need: everybody could read it by `now`, whatever became of it since."""
    return Need.published_at <= now


def of_need(scope: Scope) -> list[Condition]:
    """Of a need: what only needs have."""
    wanted: list[tuple[Any, Condition]] = [
        (scope.region, Need.region == scope.region),
        (scope.round_id, Need.round_id == scope.round_id),
        (scope.owner_kind, _of_kind(Need.organization_id, scope.owner_kind)),
    ]
    return [condition for value, condition in wanted if value is not None]


def needs_in(scope: Scope, zone: ZoneInfo, now: datetime, *, by_briefing: bool = False) -> list[Condition]:
    """Of a need: it is in the scope. `by_briefing`: briefings are told apart, so a period is not about needs."""
    found = [published(now), *of_need(scope)]
    for value, table, column in (
        (scope.theme_id, need_themes, need_themes.c.theme_id),
        (scope.audience_id, need_audiences, need_audiences.c.audience_id),
    ):
        if value is not None:
            found.append(Need.id.in_(select(table.c.need_id).where(column == value)))
    if scope.briefing_id is not None:
        found.append(Need.id.in_(select(PresenterSlot.need_id).where(PresenterSlot.briefing_id == scope.briefing_id)))
    elif not by_briefing:
        found += within(Need.published_at, scope.since, scope.until, zone)
    return found


def briefings_in(scope: Scope, zone: ZoneInfo) -> list[Condition]:
    """Of a briefing: it is published and in the scope; where that asks for needs, it presents one of them."""
    wanted: list[tuple[Any, Condition]] = [
        (scope.theme_id, Briefing.theme_id == scope.theme_id),
        (scope.audience_id, Briefing.audience_id == scope.audience_id),
        (scope.briefing_id, Briefing.id == scope.briefing_id),
    ]
    found = [Briefing.state == BriefingState.PUBLISHED]
    found += [condition for value, condition in wanted if value is not None]
    found += within(Briefing.starts_at, scope.since, scope.until, zone)
    if scope.is_of_needs:
        presents = select(PresenterSlot.briefing_id).join(Need, Need.id == PresenterSlot.need_id)
        found.append(Briefing.id.in_(presents.where(*of_need(scope))))
    return found


def is_of_kind(scope: Scope, organization_id: Any) -> list[Condition]:
    """Of whoever registers, replies or joins: their organization is of the kind asked for."""
    if scope.kind is None:
        return []
    return [_of_kind(organization_id, scope.kind)]


def _of_kind(organization_id: Any, kind: OrganizationKind | None) -> Condition:
    """Asked of each organization: of IN, SQLite makes a list of all of the kind first, however few are asked of."""
    whose = aliased(Organization)
    return exists().where(whose.id == organization_id, whose.kind == kind).correlate_except(whose)


def grouped(scope: Scope) -> Select[int]:
    """The needs that have a place in a briefing that was not called off, be it a draft; in that of the scope."""
    found = select(PresenterSlot.need_id).join(Briefing, Briefing.id == PresenterSlot.briefing_id)
    of_it = [] if scope.briefing_id is None else [Briefing.id == scope.briefing_id]
    return found.where(Briefing.state != BriefingState.CANCELLED, *of_it)


def begun(now: datetime) -> Condition:
    """Of a briefing: it was held, or is being held."""
    return and_(Briefing.state == BriefingState.PUBLISHED, Briefing.starts_at <= now)


def holds_place() -> Condition:
    """Of a registration: the person has a place."""
    return Registration.state == RegistrationState.CONFIRMED


def stands() -> Condition:
    """Of a reply: it was not taken back."""
    return ParticipationReply.withdrawn_at.is_(None)


def in_time() -> Condition:
    """Of a reply: its need's owner acknowledged it by the day it was due."""
    return ParticipationReply.acknowledged_at <= ParticipationReply.due_at


def was_due(now: datetime) -> Condition:
    """Of a reply: its owner has answered, or should have by now."""
    return or_(ParticipationReply.acknowledged_at.is_not(None), ParticipationReply.due_at < now)


def consulted() -> Condition:
    """Of a reply: both sides talk, have noted a talk, or did until they agreed or parted."""
    return or_(ParticipationReply.state.in_(BEGUN), ParticipationReply.id.in_(select(Consultation.reply_id)))


def replies_in(scope: Scope) -> list[Condition]:
    """Of a reply on a need of the scope: it counts there. Of a briefing only what came since it began does."""
    found = [stands(), *is_of_kind(scope, ParticipationReply.organization_id)]
    if scope.briefing_id is not None:
        found.append(ParticipationReply.sent_at >= _start_of(scope.briefing_id))
    return found


def formed(day: Any, end: Any) -> tuple[Condition, ...]:
    """Of a match: formed on that day or before, and confirmed by a partner until its end."""
    return Match.matched_on <= day, Match.confirmed_at < end


def in_it(end: Any) -> Condition:
    """Of an organization in a match: it had said so itself by then."""
    return MatchOrganization.confirmed_at < end


def matches_in(scope: Scope, zone: ZoneInfo, now: datetime) -> list[Condition]:
    """Of a match on a need of the scope: it counts there. Of a briefing only what was confirmed since it began does."""
    day = now.astimezone(zone).date()
    found = list(formed(day, end_of(day, zone)))
    if scope.kind is not None:
        partner = exists().where(MatchOrganization.match_id == Match.id, *joined_in(scope, zone, now))
        found.append(partner.correlate(Match, Need))
    if scope.briefing_id is not None:
        found.append(Match.confirmed_at >= _start_of(scope.briefing_id))
    return found


def joined_in(scope: Scope, zone: ZoneInfo, now: datetime) -> list[Condition]:
    """Of an organization in a match: it counts; where a kind is asked for, as a partner of that kind."""
    found = [in_it(end_of(now.astimezone(zone).date(), zone))]
    if scope.kind is not None:
        of_kind = is_of_kind(scope, MatchOrganization.organization_id)
        found += [MatchOrganization.organization_id != Need.organization_id, *of_kind]
    return found


def _start_of(briefing_id: int) -> Any:
    return select(Briefing.starts_at).where(Briefing.id == briefing_id).scalar_subquery()
