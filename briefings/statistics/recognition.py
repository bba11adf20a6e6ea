"""Who took part most in half a year: officers and organizations, by points that everybody can count again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select

from briefings.accounts.models import Role, User
from briefings.archive.shelf import Half, half_of
from briefings.db import db
from briefings.live.attending import was_there
from briefings.live.models import Attendance
from briefings.needs.models import Need
from briefings.organizations.models import Organization, OrganizationKind
from briefings.outbox.reach import EVERYBODY, Reach
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registration_models import Registration
from briefings.web.erased import NOBODY


class Who(StrEnum):
    """Whose part is counted."""

    ORGANIZATIONS = "organizations"
    OFFICERS = "officers"


class Deed(StrEnum):
    """What counts."""

    NEEDS = "needs"
    PRESENTED = "presented"
    ANSWERED = "answered"
    ATTENDED = "attended"
    REPLIES = "replies"
    MATCHED = "matched"


USUAL: Mapping[Deed, int] = {
    Deed.NEEDS: 3,
    Deed.PRESENTED: 5,
    Deed.ANSWERED: 2,
    Deed.ATTENDED: 1,
    Deed.REPLIES: 2,
    Deed.MATCHED: 10,
}
"""Points for each, unless staff weigh otherwise."""
MOST_POINTS = 100


def half_in_words(half: Half) -> str:
    """`2026년 하반기`."""
    return f"{half.year}년 {'상반기' if half.number == 1 else '하반기'}"


class Key(NamedTuple):
    """An organization, or an officer of one by their address."""

    organization_id: int
    address: str = ""


@dataclass
class Part:
    """What somebody did in the half-year; `name` is that of an officer."""

    key: Key
    name: str = ""
    done: dict[Deed, int] = field(default_factory=dict)

    def points(self, weights: Mapping[Deed, int]) -> int:
        """All of it, weighed."""
        return sum(weights[deed] * number for deed, number in self.done.items())


@dataclass(frozen=True)
class Ranked:
    """One line of the list: those with as many points share a place."""

    place: int
    part: Part
    points: int
    organization: str
    kind: OrganizationKind


def ranking(
    who: Who,
    half: Half,
    weights: Mapping[Deed, int],
    kind: OrganizationKind | None,
    zone: ZoneInfo,
    now: datetime,
    reach: Reach = EVERYBODY,
) -> list[tuple[int, int, Part]]:
    """Everybody with points, the most first, as (place, points, part); by a constant number of queries.

    Of officers only what they did that may be seen.
    """
    parts: dict[Key, Part] = {}
    for deed, counted in _counted(who, *half.bounds(zone), now, reach if who is Who.OFFICERS else EVERYBODY):
        for organization_id, address, name, number in db.session.execute(_of_kind(counted, kind)):
            if who is Who.OFFICERS and (not address or address.endswith(NOBODY)):
                continue  # nobody is known, or whoever it was had themselves erased
            key = Key(organization_id, address or "")
            part = parts.setdefault(key, Part(key))
            part.name = part.name or name or ""
            part.done[deed] = part.done.get(deed, 0) + number
    ordered = sorted(((part.points(weights), part) for part in parts.values()), key=lambda one: (-one[0], one[1].key))
    places = _places([points for points, _ in ordered])
    return [(place, points, part) for place, (points, part) in zip(places, ordered, strict=True) if points]


def named(ranked: Sequence[tuple[int, int, Part]]) -> list[Ranked]:
    """Some lines of the ranking with the names of the organizations."""
    ids = {part.key.organization_id for _, _, part in ranked}
    found = select(Organization.id, Organization.name, Organization.kind).where(Organization.id.in_(ids))
    known = {number: (name, kind) for number, name, kind in db.session.execute(found)}
    return [Ranked(place, part, points, *known[part.key.organization_id]) for place, points, part in ranked]


def halves(zone: ZoneInfo, now: datetime) -> list[Half]:
    """Every half-year since the first need was published, the present one first."""
    first = db.session.scalar(select(func.min(Need.published_at))) or now
    last, half = half_of(now, zone), half_of(min(first, now), zone)
    found = []
    while half <= last:
        found.append(half)
        half = Half(half.year, 2) if half.number == 1 else Half(half.year + 1, 1)
    return found[::-1]


def _places(points: Sequence[int]) -> Iterator[int]:
    place = 0
    for number, each in enumerate(points, start=1):
        if number == 1 or each != points[number - 2]:
            place = number
        yield place


def _of_kind(counted: Select[Any], kind: OrganizationKind | None) -> Select[Any]:
    if kind is None:
        return counted
    organization = counted.selected_columns[0]
    return counted.where(organization.in_(select(Organization.id).where(Organization.kind == kind)))


def _counted(
    who: Who, start: datetime, end: datetime, now: datetime, reach: Reach
) -> Iterator[tuple[Deed, Select[Any]]]:
    """For each deed the numbers by organization, address and name; both of these empty for organizations."""
    officers = who is Who.OFFICERS

    def by(organization: Any, address: Any, name: Any, number: Any = None) -> Select[Any]:
        shown = func.lower(address) if officers else literal("")
        names = func.max(name) if officers else literal("")
        counted = select(organization, shown.label("address"), names, number if number is not None else func.count())
        return counted.group_by(organization, shown) if officers else counted.group_by(organization)

    address, name = _contact()
    owned = by(Need.organization_id, address, name)
    between = _between(start, end)
    yield Deed.NEEDS, _with_author(owned.select_from(Need)).where(between(Need.published_at), reach.of_need(Need.id))
    slots = by(Need.organization_id, PresenterSlot.presenter_email, PresenterSlot.presenter_name)
    slots = slots.select_from(PresenterSlot).join(PresenterSlot.need).join(PresenterSlot.briefing)
    held = (Briefing.state == BriefingState.PUBLISHED, Briefing.ends_at <= now)
    yield Deed.PRESENTED, slots.where(*held, between(Briefing.starts_at), reach.of_briefing(Briefing.id))
    answered = _with_author(owned.select_from(ParticipationReply).join(Need, Need.id == ParticipationReply.need_id))
    in_time = ParticipationReply.acknowledged_at <= ParticipationReply.due_at
    of_need = reach.of_need(ParticipationReply.need_id)
    yield Deed.ANSWERED, answered.where(between(ParticipationReply.sent_at), in_time, of_need)
    there = by(Registration.organization_id, Registration.email, Registration.name).select_from(Registration)
    there = there.join(Attendance, Attendance.registration_id == Registration.id).join(Registration.briefing)
    yield Deed.ATTENDED, there.where(was_there(), between(Briefing.starts_at), reach.of_briefing(Briefing.id))
    sent = by(ParticipationReply.organization_id, ParticipationReply.email, ParticipationReply.name)
    stands = ParticipationReply.state != ReplyState.WITHDRAWN
    yield Deed.REPLIES, sent.where(between(ParticipationReply.sent_at), stands, of_need)
    yield from _matches(by, between, reach.of_need(Match.need_id))


def _matches(by: Any, between: Any, seen: ColumnElement[bool]) -> Iterator[tuple[Deed, Select[Any]]]:
    """Matches of the needs' owners, and of their partners, each since the day it counts for them."""
    address, name = _contact()
    owned = by(Need.organization_id, address, name).select_from(Match).join(Need, Need.id == Match.need_id)
    yield Deed.MATCHED, _with_author(owned).where(between(Match.confirmed_at), seen)
    of_it = and_(
        ParticipationReply.need_id == Match.need_id,
        ParticipationReply.organization_id == MatchOrganization.organization_id,
    )
    joined = by(MatchOrganization.organization_id, ParticipationReply.email, ParticipationReply.name)
    joined = joined.select_from(MatchOrganization).join(Match, Match.id == MatchOrganization.match_id)
    joined = joined.join(ParticipationReply, of_it)
    yield Deed.MATCHED, joined.where(between(MatchOrganization.confirmed_at), Match.confirmed_at.is_not(None), seen)


def _contact() -> tuple[Any, Any]:
    """Who stands for a need: its contact, or the account that entered it."""
    known = Need.contact_email != ""
    return case((known, Need.contact_email), else_=User.email), case((known, Need.contact_name), else_=User.name)


def _with_author(counted: Select[Any]) -> Select[Any]:
    """With the account that entered the need, staff left out: they enter needs for others."""
    return counted.outerjoin(User, and_(User.id == Need.created_by_id, User.role == Role.OWNER))


def _between(start: datetime, end: datetime) -> Any:
    def within(moment: Any) -> ColumnElement[bool]:
        return and_(moment >= start, moment < end)

    return within
