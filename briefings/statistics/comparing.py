"""One briefing beside earlier ones: of the same theme, for the same audience, and all of the year before it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from briefings.afterwards.models import Survey, SurveyAnswer
from briefings.afterwards.surveys import FEWEST, OPEN_FOR, USUAL
from briefings.db import db
from briefings.questions.models import Question, QuestionState
from briefings.schedule.models import Briefing, BriefingState
from briefings.statistics.funnel import EMPTY, Funnel, Step, crossed
from briefings.statistics.scope import Axis, Scope

A_YEAR = timedelta(days=365)


class Measure(StrEnum):
    """What is compared."""

    ORGANIZATIONS = "organizations"
    REGISTERED = "registered"
    ATTENDED = "attended"
    SHARE = "share"
    QUESTIONS = "questions"
    SATISFACTION = "satisfaction"
    REPLIES = "replies"
    MATCHES = "matches"


class Group(StrEnum):
    """With which briefings."""

    THEME = "theme"
    AUDIENCE = "audience"
    YEAR = "year"


class Place(NamedTuple):
    """The median of the earlier briefings, and the place among them and this one, 1 being the highest value."""

    median: float
    place: int
    of: int


@dataclass(frozen=True)
class Compared:
    """One measure: its own value (None where there is none), and beside each group that has any."""

    measure: Measure
    own: float | None
    places: Mapping[Group, Place | None]


@dataclass(frozen=True)
class Comparison:
    """Every measure, and how many earlier briefings each group has."""

    measures: list[Compared]
    sizes: Mapping[Group, int]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be compared with."""
        return not any(self.sizes.values())


Values = Mapping[Measure, float | None]


def compared(briefing: Briefing, own: Funnel, zone: ZoneInfo, now: datetime) -> Comparison:
    """With briefings that began before it; by a constant number of queries."""
    last = briefing.starts_at.astimezone(zone).date()
    scopes = {
        Group.THEME: Scope(theme_id=briefing.theme_id, until=last),
        Group.AUDIENCE: Scope(audience_id=briefing.audience_id, until=last),
        Group.YEAR: Scope(since=(briefing.starts_at - A_YEAR).astimezone(zone).date(), until=last),
    }
    funnels = {group: crossed(scope, Axis.BRIEFING, zone, now) for group, scope in scopes.items()}
    earlier = _before(briefing, {number for found in funnels.values() for number in found})
    asked, satisfied = _questions([briefing.id, *earlier]), _satisfaction([briefing.id, *earlier], now)
    mine = _values(own, asked.get(briefing.id, 0), satisfied.get(briefing.id))
    others = {
        group: [
            _values(found, asked.get(number, 0), satisfied.get(number))
            for number, found in of_group.items()
            if number in earlier
        ]
        for group, of_group in funnels.items()
    }
    measures = [
        Compared(measure, mine[measure], {group: _place(measure, mine, rows) for group, rows in others.items()})
        for measure in Measure
    ]
    return Comparison(measures, {group: len(rows) for group, rows in others.items()})


def measured(scope: Scope, numbers: Sequence[int], zone: ZoneInfo, now: datetime) -> dict[int, Values]:
    """Of each of these briefings in the scope what is compared; by a constant number of queries."""
    funnels = crossed(scope, Axis.BRIEFING, zone, now)
    asked, satisfied = _questions(numbers), _satisfaction(numbers, now)
    return {
        number: _values(funnels.get(number, EMPTY), asked.get(number, 0), satisfied.get(number)) for number in numbers
    }


def _values(found: Funnel, questions: int, satisfaction: float | None) -> Values:
    registered, attended = found[Step.REGISTERED], found[Step.ATTENDED]
    return {
        Measure.ORGANIZATIONS: registered.organizations,
        Measure.REGISTERED: registered.number,
        Measure.ATTENDED: attended.number,
        Measure.SHARE: attended.share,
        Measure.QUESTIONS: questions,
        Measure.SATISFACTION: satisfaction,
        Measure.REPLIES: found[Step.REPLIES].number,
        Measure.MATCHES: found[Step.MATCHED].number,
    }


def _place(measure: Measure, mine: Values, others: Iterable[Values]) -> Place | None:
    own, values = mine[measure], [value for each in others if (value := each[measure]) is not None]
    if own is None or not values:
        return None
    return Place(round(median(values), 2), 1 + sum(value > own for value in values), len(values) + 1)


def _before(briefing: Briefing, numbers: set[int]) -> set[int]:
    began = (Briefing.starts_at < briefing.starts_at, Briefing.state == BriefingState.PUBLISHED)
    return set(db.session.scalars(select(Briefing.id).where(*began, Briefing.id != briefing.id))) & numbers


def _questions(numbers: Iterable[int]) -> dict[int, int]:
    """How many stand of each, what others ask too counted once."""
    gone = (QuestionState.MERGED, QuestionState.HIDDEN)
    counted = select(Question.briefing_id, func.count()).where(Question.state.not_in(gone))
    grouped = counted.where(Question.briefing_id.in_(list(numbers))).group_by(Question.briefing_id)
    return {number: asked for number, asked in db.session.execute(grouped)}


def _satisfaction(numbers: Iterable[int], now: datetime) -> dict[int, float]:
    """The mean answer to the first usual question, of briefings whose answers may be seen."""
    points = SurveyAnswer.points[USUAL[0]["key"]].as_integer()
    found = select(SurveyAnswer.briefing_id, func.avg(points)).join(Briefing, Briefing.id == SurveyAnswer.briefing_id)
    found = found.outerjoin(Survey, Survey.briefing_id == SurveyAnswer.briefing_id)
    by_itself = (Survey.closes_at.is_(None), Briefing.ends_at <= now - OPEN_FOR)
    closed = or_(Survey.apart.is_not(True), Survey.closes_at <= now, by_itself[0] & by_itself[1])
    found = found.where(SurveyAnswer.briefing_id.in_(list(numbers)), points.is_not(None), closed)
    shown = found.group_by(SurveyAnswer.briefing_id).having(func.count() >= FEWEST)
    return {number: round(float(mean), 2) for number, mean in db.session.execute(shown)}
