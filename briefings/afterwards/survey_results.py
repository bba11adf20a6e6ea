"""What came of a survey: means, and how answers spread, of groups so large that nobody can be told from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from briefings.afterwards.models import Survey, SurveyAnswer
from briefings.afterwards.surveys import FEWEST, POINTS, is_kept_back, number_of_takers, survey_of
from briefings.db import db
from briefings.live.attending import came
from briefings.organizations.models import Organization, OrganizationKind
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration


@dataclass(frozen=True)
class Outcome:
    """The answers to one question: how many gave each number of points, the best first."""

    question: dict[str, Any]
    counts: tuple[int, ...]

    @property
    def number(self) -> int:
        """How many answered it."""
        return sum(self.counts)

    @property
    def mean(self) -> float | None:
        """Their mean, to two digits; None of nobody."""
        total = sum(points * count for points, count in zip(POINTS, self.counts, strict=True))
        return round(total / self.number, 2) if self.number else None

    @property
    def positive(self) -> int | None:
        """The share of 5 and 4 points in percent."""
        return round(100 * sum(self.counts[:2]) / self.number) if self.number else None


@dataclass(frozen=True)
class Group:
    """The answers from one kind of organization; `means` is None where they are too few to be shown."""

    kind: OrganizationKind
    number: int | None
    means: list[float | None] | None


@dataclass(frozen=True)
class Results:
    """Everything staff see of a survey."""

    survey: Survey
    asked: int
    """How many were there."""
    answered: int
    kept_back: bool
    """Whether it is too early to see anything but how many answered."""
    outcomes: list[Outcome]
    groups: list[Group]
    comments: list[str]

    @property
    def is_shown(self) -> bool:
        """Whether so many answered, and no more will, that nobody can be told from them."""
        return self.answered >= FEWEST and not self.kept_back

    @property
    def share(self) -> int | None:
        """How many of those who were there answered, in percent."""
        return round(100 * self.answered / self.asked) if self.asked else None


def results_of(briefing: Briefing, now: datetime) -> Results:
    """By a constant number of queries; without outcomes, groups and words where they are not to be shown."""
    survey = survey_of(briefing)
    there = select(func.count()).select_from(Registration).where(Registration.briefing_id == briefing.id, came())
    answered = number_of_takers(briefing)
    asked = max(db.session.scalars(there).one(), answered)
    kept_back = is_kept_back(survey, briefing, now)
    if answered < FEWEST or kept_back:
        return Results(survey, asked, answered, kept_back, [], [], [])
    answers = answers_to(briefing)
    points = [answer.points for answer, _ in answers]
    groups = [] if survey.apart else _groups(survey, answers)
    comments = [answer.comment for answer, _ in answers if answer.comment]
    return Results(survey, asked, answered, kept_back, outcomes_of(survey, points), groups, comments)


def answers_to(briefing: Briefing) -> list[tuple[SurveyAnswer, OrganizationKind | None]]:
    """Every answer with the kind of organization it came from, if that is known; in an order that says nothing."""
    found = select(SurveyAnswer, Organization.kind)
    found = found.outerjoin(Registration, Registration.id == SurveyAnswer.registration_id)
    found = found.outerjoin(Organization, Organization.id == Registration.organization_id)
    of_briefing = found.where(SurveyAnswer.briefing_id == briefing.id).order_by(SurveyAnswer.public_id)
    return [(answer, kind) for answer, kind in db.session.execute(of_briefing)]


def outcomes_of(survey: Survey, points: Sequence[dict[str, int]]) -> list[Outcome]:
    """How the answers to each question spread."""
    return [
        Outcome(question, tuple(sum(each.get(question["key"]) == value for each in points) for value in POINTS))
        for question in survey.questions
    ]


def _groups(survey: Survey, answers: Sequence[tuple[SurveyAnswer, OrganizationKind | None]]) -> list[Group]:
    by_kind: dict[OrganizationKind, list[dict[str, int]]] = {}
    for answer, kind in answers:
        if kind is not None:
            by_kind.setdefault(kind, []).append(answer.points)
    hidden = hidden_groups({kind: len(points) for kind, points in by_kind.items()})
    return [
        Group(kind, None, None)
        if kind in hidden
        else Group(kind, len(by_kind[kind]), [each.mean for each in outcomes_of(survey, by_kind[kind])])
        for kind in OrganizationKind
        if kind in by_kind
    ]


def hidden_groups(sizes: dict[OrganizationKind, int]) -> set[OrganizationKind]:
    """Groups that are too small, and the next larger ones as long as the hidden ones together could be told by taking
    all others from the whole."""
    smallest_first = sorted(sizes, key=lambda kind: (sizes[kind], kind))
    hidden = {kind for kind in sizes if sizes[kind] < FEWEST}
    for kind in smallest_first:
        if not hidden or sum(sizes[each] for each in hidden) >= FEWEST:
            break
        hidden.add(kind)
    return hidden
