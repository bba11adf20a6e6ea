"""The way from needs to matches, step by step, for any scope, whole or broken down; by a constant number of queries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, and_, case, cast, distinct, func, select
from sqlalchemy.orm import aliased

from briefings.db import db
from briefings.needs.models import Need, need_audiences, need_themes
from briefings.organizations.models import Organization, OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import ParticipationReply
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.statistics.need_bits import Numbers
from briefings.statistics.needs_counted import NeedsCounted
from briefings.statistics.published import percent
from briefings.statistics.scope import (
    Axis,
    Condition,
    Scope,
    begun,
    briefings_in,
    consulted,
    days_of,
    end_of,
    in_time,
    joined_in,
    matches_in,
    needs_in,
    of_need,
    replies_in,
    was_due,
)
from briefings.statistics.tallies import EVERY, Bits, Tally, bits_of, counted, numbers_of, tallies


class Step(StrEnum):
    """The steps in order; what each counts is said in `words.STEPS`."""

    NEEDS = "needs"
    GROUPED = "grouped"
    BRIEFED = "briefed"
    REGISTERED = "registered"
    ATTENDED = "attended"
    REPLIED = "replied"
    REPLIES = "replies"
    ANSWERED = "answered"
    CONSULTED = "consulted"
    MATCHED = "matched"


class Whole(StrEnum):
    """What the share of a step is taken of where that is no step itself."""

    APPLIED = "applied"
    EXPECTED = "expected"
    DUE = "due"


Counted = Step | Whole
COUNTED: Mapping[str, Counted] = {each.value: each for each in (*Step, *Whole)}
"""By their names in addresses."""
PEOPLE = (Step.REGISTERED, Step.ATTENDED, Whole.APPLIED, Whole.EXPECTED)
REPLIES = (Step.REPLIES, Step.ANSWERED, Whole.DUE)
"""What counts people, and what replies; MATCHED counts matches, the other steps needs."""
PART_OF: Mapping[Step, Counted] = {
    Step.GROUPED: Step.NEEDS,
    Step.BRIEFED: Step.GROUPED,
    Step.REGISTERED: Whole.APPLIED,
    Step.ATTENDED: Whole.EXPECTED,
    Step.REPLIED: Step.NEEDS,
    Step.ANSWERED: Whole.DUE,
    Step.CONSULTED: Step.REPLIED,
    Step.MATCHED: Step.REPLIED,
}
"""Of what the share of a step is taken; the others have none."""


class Count(NamedTuple):
    """How many reached a step, how many organizations those are, and of how many they are (None: of nothing)."""

    step: Step
    number: int = 0
    organizations: int = 0
    of: int | None = None

    @property
    def part_of(self) -> Counted | None:
        """What `of` counts."""
        return PART_OF.get(self.step)

    @property
    def share(self) -> float | None:
        """In percent, to one decimal; None where there is nothing to be a part of."""
        return percent(self.number, self.of) if self.of is not None else None


@dataclass(frozen=True)
class Funnel:
    """Every step of a scope."""

    counts: Mapping[Step, Count]

    def __getitem__(self, step: Step) -> Count:
        return self.counts[step]

    def steps(self) -> list[Count]:
        """In order."""
        return [self.counts[step] for step in Step]


OF_NEEDS = (Step.NEEDS, Step.GROUPED, Step.BRIEFED)


def steps_by(axis: Axis | None) -> list[Step]:
    """The steps that are told of each part: what nobody registers, replies or joins in is the same for every kind."""
    return [step for step in Step if axis is not Axis.KIND or step not in OF_NEEDS]


class Funnels(NamedTuple):
    """The funnel of a scope, and those of its parts along each axis; where only some briefings were, of how many."""

    whole: Funnel
    by: Mapping[Axis, Mapping[Any, Funnel]]
    briefings: int = 0


def funnels(
    scope: Scope, axes: Sequence[Axis], zone: ZoneInfo, now: datetime, *, briefings: slice | None = None
) -> Funnels:
    """Of the whole and along each axis; the people in all of them are those of one moment.

    `briefings`: of those there is anything of, the latest first, these alone have a row, as one page shows them.
    """
    read = _Read(scope, zone, now)
    told = [] if briefings is None else read.briefings()
    some = None if briefings is None else told[briefings]
    whole, *parts = (_Counting(read, axis, some).funnels() for axis in (None, *axes))
    return Funnels(whole.get(None) or EMPTY, dict(zip(axes, parts, strict=True)), len(told))


def funnel(scope: Scope, zone: ZoneInfo, now: datetime) -> Funnel:
    """Of the whole."""
    return funnels(scope, (), zone, now).whole


def crossed(scope: Scope, axis: Axis, zone: ZoneInfo, now: datetime) -> Mapping[Any, Funnel]:
    """A funnel for each theme (by its id), kind, half-year … there is anything of; None: for needs without a round.

    The row of a value is the funnel of `scope.at(axis, value)`. A need with two themes is in the rows of both.
    """
    return _Counting(_Read(scope, zone, now), axis).funnels()


class _Read:
    """What the counts of a scope have in common, whole and broken down: read once."""

    def __init__(self, scope: Scope, zone: ZoneInfo, now: datetime) -> None:
        self.scope, self.zone, self.now = scope, zone, now
        self.people = tallies(briefings_in(scope, zone), now)

    @cached_property
    def kinds(self) -> Mapping[OrganizationKind, Bits]:
        """The organizations of the kind asked for, or of each."""
        return bits_of([self.scope.kind] if self.scope.kind else list(OrganizationKind))

    @cached_property
    def needs(self) -> Numbers:
        """Of the whole; those of every kind are the same, as needs have none."""
        if self.bits:
            return self.bits.needs(None, [])[None]
        return _numbers(db.session.execute(_Counting(self, None).needs()).mappings().one())

    @cached_property
    def bits(self) -> NeedsCounted | None:
        """None where a briefing is asked for: what counts for it depends on when it began."""
        return None if self.scope.briefing_id is not None else NeedsCounted(self.scope, self.zone, self.now)

    def briefings(self) -> list[int]:
        """Those there is anything of, the latest first."""
        found = select(PresenterSlot.briefing_id).join(Need, Need.id == PresenterSlot.need_id)
        found = found.join(Briefing, Briefing.id == PresenterSlot.briefing_id).distinct()
        found = found.where(*briefings_in(self.scope, self.zone))
        found = found.where(*needs_in(self.scope, self.zone, self.now, by_briefing=True))
        presenting = set(db.session.scalars(found))
        return [
            each.briefing_id
            for each in self.people
            if each.briefing_id in presenting or any(numbers_of([each], self.scope.kind).values())
        ]


class _Counting:
    """One reading of the database: the same statements with or without a column to break them down by."""

    def __init__(self, read: _Read, axis: Axis | None, briefings: Sequence[int] | None = None) -> None:
        self.read, self.axis = read, axis
        self.scope, self.zone, self.now, self.people = read.scope, read.zone, read.now, read.people
        self.by_briefing = axis is Axis.BRIEFING
        self.briefings = briefings if self.by_briefing else None
        self.periods = self._periods(axis) if axis in (Axis.HALF, Axis.YEAR) else []

    @cached_property
    def needs_in(self) -> list[Condition]:
        """Asked for where rows are counted only."""
        return needs_in(self.scope, self.zone, self.now, by_briefing=self.by_briefing)

    def funnels(self) -> dict[Any, Funnel]:
        """By the values of the axis."""
        found: dict[Any, Numbers] = {}
        for told in (self._people(), *self._told()):
            for value, numbers in told.items():
                self._add(value, numbers, found)
        if self.axis in (None, Axis.KIND):
            for numbers in found.values():
                numbers |= self.read.needs
        asked = self.scope.value_at(self.axis) if self.axis else None  # a need may have other themes beside
        kept = ((value, numbers) for value, numbers in found.items() if asked is None or value == asked)
        return {value: _funnel(numbers) for value, numbers in kept}

    def _told(self) -> Iterator[Mapping[Any, Numbers]]:
        """Needs, replies and matches by the values of the axis; from rows where briefings are told apart."""
        apart = self.axis not in (None, Axis.KIND)
        if not self.by_briefing and (bits := self.read.bits):
            yield from (counted(self.axis, self.periods) for counted in (bits.replies, bits.matches))
            if apart:
                yield bits.needs(self.axis, self.periods)
            return
        for rows in (self._replies(), self._repliers(), self._matches(), *([self.needs()] if apart else [])):
            yield {row.get("value"): _numbers(row) for row in db.session.execute(rows).mappings()}

    def _add(self, value: Any, numbers: Numbers, found: dict[Any, Numbers]) -> None:
        if self.axis is None or any(numbers.values()):
            found.setdefault(value, {}).update(numbers)

    def needs(self) -> Select[Any]:
        """How many there are, were given a place, and were presented."""
        in_any = select(PresenterSlot.need_id, _sum(begun(self.now)).label("begun"))
        in_any = in_any.join(Briefing, Briefing.id == PresenterSlot.briefing_id)
        in_any = in_any.where(Briefing.state != BriefingState.CANCELLED)
        if self.scope.briefing_id is not None:
            in_any = in_any.where(Briefing.id == self.scope.briefing_id)
        places = in_any.group_by(PresenterSlot.need_id).subquery()
        is_grouped: Any = places.c.need_id.is_not(None)
        is_briefed: Any = places.c.begun > 0
        if self.by_briefing:
            is_grouped, is_briefed = Briefing.state != BriefingState.CANCELLED, begun(self.now)
        rows: Any = select(Need.organization_id, func.count().label("needs"))
        rows = rows.add_columns(_sum(is_grouped).label("grouped"), _sum(is_briefed).label("briefed"))
        rows = rows.select_from(Need).outerjoin(places, places.c.need_id == Need.id).where(*self.needs_in)
        return self._by_organization(self._of_needs(rows), Need.organization_id, "needs", "grouped", "briefed")

    def _people(self) -> dict[Any, Numbers]:
        """By the values of the axis who signed up, has a place, was expected and was there."""
        if self.axis is Axis.KIND:
            return dict(zip(self.read.kinds, counted(self.people, self.read.kinds), strict=True))
        whoever = self.read.kinds if self.scope.kind else EVERY
        return {value: counted(people, whoever)[0] for value, people in self._people_by_value().items()}

    def _replies(self) -> Select[Any]:
        """By need first: how many needs have a reply, and how many replies those are."""
        need_id = ParticipationReply.need_id  # of the reply, lest SQLite go through all needs to have them in order
        rows: Any = select(need_id, Need.organization_id, func.count().label("replies"))
        rows = rows.add_columns(_sum(in_time()).label("answered"), _sum(was_due(self.now)).label("due"))
        rows = rows.add_columns(_sum(consulted()).label("talks"))
        rows = self._of_replies(rows)
        each = self._with_value(rows, need_id, Need.organization_id).subquery()
        talks = each.c.talks > 0
        counted = select(
            *([each.c.value] if self.axis else []),
            func.count().label("replied"),
            func.count(distinct(each.c.organization_id)).label("replied_organizations"),
            *(func.sum(each.c[name]).label(name) for name in ("replies", "answered", "due")),
            func.count().filter(talks).label("consulted"),
            func.count(distinct(each.c.organization_id)).filter(talks).label("consulted_organizations"),
        )
        return counted.group_by(each.c.value) if self.axis else counted

    def _repliers(self) -> Select[Any]:
        rows: Any = select(
            ParticipationReply.organization_id, func.count().label("sent"), _sum(in_time()).label("seen")
        )
        return self._by_organization(self._of_replies(rows), ParticipationReply.organization_id, "sent", "seen")

    def _matches(self) -> Select[Any]:
        joined = and_(MatchOrganization.match_id == Match.id, *joined_in(self.scope, self.zone, self.now))
        if self.axis is Axis.KIND:
            joined &= MatchOrganization.organization_id != Need.organization_id
        rows: Any = select(
            func.count(distinct(Match.id)).label("matched"),
            func.count(distinct(MatchOrganization.organization_id)).label("matched_organizations"),
        )
        rows = rows.select_from(Match).join(Need, Need.id == Match.need_id).outerjoin(MatchOrganization, joined)
        rows = rows.where(*self.needs_in, *matches_in(self.scope, self.zone, self.now))
        rows = self._of_needs(rows, since=Match.confirmed_at, organization_id=MatchOrganization.organization_id)
        return self._with_value(rows)

    def _of_replies(self, rows: Select[Any]) -> Select[Any]:
        rows = rows.select_from(ParticipationReply).join(Need, Need.id == ParticipationReply.need_id)
        rows = rows.where(*self.needs_in, *replies_in(self.scope))
        replier = ParticipationReply.organization_id
        return self._of_needs(rows, since=ParticipationReply.sent_at, organization_id=replier)

    def _of_needs(self, rows: Select[Any], since: Any = None, organization_id: Any = None) -> Select[Any]:
        """With the value of the axis, as needs have it; `since` what counts for a briefing only once it has begun."""
        axis = self.axis
        if axis in (None, Axis.KIND) and organization_id is None:
            return rows
        if axis in (Axis.THEME, Axis.AUDIENCE):
            table = need_themes if axis is Axis.THEME else need_audiences
            of_need = table.c.need_id == Need.id + 0  # the sum keeps SQLite from fetching each need by its id
            return rows.join(table, of_need).add_columns(_value(table.c[f"{axis}_id"]))
        if axis in (Axis.KIND, Axis.OWNER_KIND):
            whose = aliased(Organization)
            rows = rows.join(whose, whose.id == (organization_id if axis is Axis.KIND else Need.organization_id))
            return rows.add_columns(_value(whose.kind))
        if axis is Axis.BRIEFING:
            rows = rows.join(PresenterSlot, PresenterSlot.need_id == Need.id)
            rows = rows.join(Briefing, Briefing.id == PresenterSlot.briefing_id)
            begins = [] if since is None else [since >= Briefing.starts_at]
            some = [] if self.briefings is None else [Briefing.id.in_(self.briefings)]
            return rows.where(*briefings_in(self.scope, self.zone), *some, *begins).add_columns(_value(Briefing.id))
        columns: dict[Axis | None, Any] = {Axis.REGION: Need.region, Axis.ROUND: Need.round_id}
        return rows if axis is None else rows.add_columns(_value(self._column(columns, Need.published_at)))

    def _people_by_value(self) -> Mapping[Any, Sequence[Tally]]:
        """Those of each briefing, by the values of the axis as briefings have it."""
        if self.axis is None:
            return {None: self.people}
        of_briefing = {tally.briefing_id: tally for tally in self.people}
        if self.axis is Axis.BRIEFING:
            some = of_briefing if self.briefings is None else self.briefings
            return {number: [of_briefing[number]] for number in some}
        # A row for each value: that of each pair takes longer to fetch than to find.
        pairs = self._pairs().subquery()
        numbers = func.aggregate_strings(cast(pairs.c.id, String), ",")
        found: dict[Any, list[Tally]] = {}
        for value, written in db.session.execute(select(pairs.c.value, numbers).group_by(pairs.c.value)):
            of_value = (of_briefing.get(int(number)) for number in written.split(","))
            found[value] = [tally for tally in of_value if tally]  # the others were published since
        return found

    def _pairs(self) -> Select[Any]:
        """Every briefing of the scope with a value; several where its needs have several."""
        rows: Any = select(Briefing.id).where(*briefings_in(self.scope, self.zone))
        if self.axis in (Axis.REGION, Axis.ROUND, Axis.OWNER_KIND):
            columns = {Axis.REGION: Need.region, Axis.ROUND: Need.round_id, Axis.OWNER_KIND: Organization.kind}
            rows = rows.join(PresenterSlot, PresenterSlot.briefing_id == Briefing.id)
            rows = rows.join(Need, Need.id == PresenterSlot.need_id)
            rows = rows.join(Organization, Organization.id == Need.organization_id).where(*of_need(self.scope))
            return rows.add_columns(_value(columns[self.axis])).distinct()
        of_briefing: dict[Axis | None, Any] = {Axis.THEME: Briefing.theme_id, Axis.AUDIENCE: Briefing.audience_id}
        return rows.add_columns(_value(self._column(of_briefing, Briefing.starts_at)))

    def _column(self, columns: Mapping[Axis | None, Any], moment: Any) -> Any:
        """That of the axis, or the number of the period in which the moment lies."""
        if self.axis in columns:
            return columns[self.axis]
        return case(*((moment < end, number) for number, end in self.periods), else_=None)

    def _periods(self, axis: Axis) -> list[tuple[int, datetime]]:
        """Every half-year (or year) that anything lies in, with the moment at which it ends."""
        bounds = select(func.min(Need.published_at)).union_all(
            select(func.min(Briefing.starts_at)), select(func.max(Briefing.starts_at))
        )
        moments = [each for each in db.session.scalars(bounds) if each] + [self.now]
        halves = [_half(each.astimezone(self.zone)) for each in (min(moments), max(moments))]
        length = 2 if axis is Axis.YEAR else 1
        numbers = range(halves[0] // length, halves[1] // length + 1)
        return [(number, end_of(days_of(axis, number)[1], self.zone)) for number in numbers]

    def _with_value(self, rows: Select[Any], *keys: Any) -> Select[Any]:
        values = [column for column in rows.selected_columns if column.key == "value"]
        return rows.group_by(*values, *keys) if values or keys else rows

    def _by_organization(self, rows: Select[Any], organization_id: Any, *names: str) -> Select[Any]:
        return _summed(self._with_value(rows, organization_id).subquery(), names)


def _summed(each: Any, names: Sequence[str]) -> Select[Any]:
    """Sums of `names`, and how many organizations have any, of rows that are one for each organization.

    Databases sort a million rows for `count(DISTINCT …)`; this way they only add up.
    """
    sums = [func.sum(each.c[name]).label(name) for name in names]
    bodies = [func.count().filter(each.c[name] > 0).label(f"{name}_organizations") for name in names]
    counted = select(*([each.c.value] if "value" in each.c else []), *sums, *bodies).select_from(each)
    return counted.group_by(each.c.value) if "value" in each.c else counted


def _funnel(found: Numbers) -> Funnel:
    def of(name: str) -> int:
        return found.get(name, 0)

    def reached(step: Step) -> Count:
        who = {Step.REPLIES: "sent", Step.ANSWERED: "seen"}.get(step, step.value)
        whole = of(PART_OF[step].value) if step in PART_OF else None
        return Count(step, of(step.value), of(f"{who}_organizations"), whole)

    return Funnel({step: reached(step) for step in Step})


EMPTY = _funnel({})
"""Of nothing."""


def _numbers(row: Mapping[Any, Any]) -> Numbers:
    return {name: int(number or 0) for name, number in row.items() if name != "value"}


def _half(day: datetime) -> int:
    return 2 * day.year + (day.month > 6)


def _value(column: Any) -> Any:
    return column.label("value")


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
