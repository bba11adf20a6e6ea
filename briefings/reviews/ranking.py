"""What the scores of a round say: means, spread, disagreement, ties, and how reviewers lean.

Everything is counted exactly, as fractions, and rounded only where it is shown; two needs tie if their means are equal
to the last digit. Five statements, however many needs and reviewers there are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from itertools import groupby

from sqlalchemy import select

from briefings.accounts.models import User
from briefings.db import db
from briefings.needs.models import Need, NeedState
from briefings.needs.review_models import REVIEWED, Criterion, Outcome, Review, ReviewState, Score, Selection
from briefings.organizations.models import Membership, Organization
from briefings.reviews.criteria import MOST_POINTS, criteria_of
from briefings.reviews.nearness import near

DISPUTED_FROM = 3
"""Reviewers disagree about a need if their points for one criterion lie so far apart."""
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Sheet:
    """One reviewer's view of one need; `score` 0 to 100 once it is submitted, complete, and may count."""

    review_id: int
    reviewer_id: int
    state: ReviewState
    points: Mapping[int, int]
    score: Fraction | None
    conflict: bool
    """Whether the reviewer is too near to the need now, as somebody of its organization, so that it does not count."""
    stale: bool
    """Whether the need was edited after the sheet was submitted."""


@dataclass(frozen=True)
class Decision:
    """What was decided about a need, and whether its owner was told."""

    outcome: Outcome
    reason: str
    decided_at: datetime
    told_at: datetime | None


@dataclass
class Ranked:
    """One need among those of its round; what cannot be said yet is None."""

    need_id: int
    title: str
    organization: str
    state: NeedState
    sheets: list[Sheet]
    disputed: list[str]
    """The criteria about which its reviewers disagree."""
    decision: Decision | None
    rank: int | None = None
    tied: bool = False

    @cached_property
    def scores(self) -> list[Fraction]:
        """The scores that count."""
        return [sheet.score for sheet in self.sheets if sheet.score is not None]

    @cached_property
    def total(self) -> Fraction:
        """The sum of the scores."""
        return sum(self.scores, Fraction(0))

    @cached_property
    def mean(self) -> Fraction | None:
        """The mean of the scores, each reviewer counting the same."""
        return self.total / len(self.scores) if self.scores else None

    @property
    def spread(self) -> Fraction:
        """From the lowest to the highest score."""
        return max(self.scores) - min(self.scores) if self.scores else Fraction(0)

    @cached_property
    def deviation(self) -> Decimal | None:
        """The standard deviation of the scores as a sample (n−1); None for fewer than two."""
        if len(self.scores) < 2 or self.mean is None:
            return None
        variance = sum(((score - self.mean) ** 2 for score in self.scores), Fraction(0)) / (len(self.scores) - 1)
        return tenth((Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt())

    def beside(self, sheet: Sheet) -> Fraction | None:
        """How much higher (or lower) a score is than the mean of the others; None where there is nothing to compare."""
        if sheet.score is None or len(self.scores) < 2:
            return None
        return sheet.score - (self.total - sheet.score) / (len(self.scores) - 1)

    @property
    def missing(self) -> int:
        """How many sheets are still to come: none any more once it is decided."""
        return sum(sheet.state is ReviewState.ASSIGNED for sheet in self.sheets) if self.decision is None else 0

    @property
    def recused(self) -> int:
        """How many reviewers stepped back."""
        return sum(sheet.state is ReviewState.RECUSED for sheet in self.sheets)


@dataclass(frozen=True)
class Leaning:
    """One reviewer of a round: how far they are, and how they score beside others.

    `lean` is the mean difference to the mean of the other reviewers, over the needs both they and others scored.
    """

    user: User
    organization: str
    able: bool
    """Whether the account may still score: switched on, and an expert's."""
    submitted: int
    waiting: int
    recused: int
    begun: int
    mean: Fraction | None
    lean: Fraction | None
    compared: int


@dataclass(frozen=True)
class Ranking:
    """Everything about the review of one round."""

    criteria: Sequence[Criterion]
    rows: Sequence[Ranked]
    reviewers: Sequence[Leaning]

    def row(self, need_id: int) -> Ranked | None:
        """The need of that number, if it is among them."""
        return next((row for row in self.rows if row.need_id == need_id), None)


def score_of(criteria: Sequence[Criterion], points: Mapping[int, int]) -> Fraction | None:
    """The weighted mean of the points, from 0 to 100; None while a criterion has none."""
    if not criteria or any(each.id not in points for each in criteria):
        return None
    weighted = sum(each.weight * points[each.id] for each in criteria)
    return Fraction(100 * weighted, MOST_POINTS * sum(each.weight for each in criteria))


def mean_of(values: Sequence[Fraction]) -> Fraction | None:
    """The mean, if there are any."""
    return sum(values, Fraction(0)) / len(values) if values else None


def rounded(value: Fraction) -> Decimal:
    """To one decimal, halves away from zero."""
    return tenth(Decimal(value.numerator) / Decimal(value.denominator))


def tenth(value: Decimal) -> Decimal:
    """To one decimal, halves away from zero; never −0.0."""
    return value.quantize(TENTH, ROUND_HALF_UP) + 0


def ranking_of(round_id: int) -> Ranking:
    """The needs of a round that are reviewed, the best first, those without a score last; and its reviewers."""
    criteria = criteria_of(round_id)
    sheets = _sheets(round_id, criteria)
    found = select(Need.id, Need.title, Organization.name, Need.state, Selection).join(Need.organization)
    found = found.outerjoin(Selection, Selection.need_id == Need.id)
    found = found.where(Need.round_id == round_id, Need.state.in_(REVIEWED)).order_by(Need.id)
    rows = [
        Ranked(
            number, title, organization, state, mine := sheets.get(number, []), _disputed(criteria, mine), _said(made)
        )
        for number, title, organization, state, made in db.session.execute(found)
    ]
    _rank(rows)
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.need_id))
    return Ranking(criteria, rows, _reviewers(rows))


ORDERS: dict[str, Callable[[Ranked], tuple[object, ...]]] = {
    "rank": lambda row: (),
    "spread": lambda row: (-row.spread,),
    "deviation": lambda row: (-(row.deviation or 0),),
    "missing": lambda row: (-row.missing, len(row.scores)),
    "organization": lambda row: (row.organization, row.title),
    "title": lambda row: (row.title,),
}
"""The ways in which staff look through the list; in each, what is equal stands by rank."""


def _rank(rows: Iterable[Ranked]) -> None:
    """1, 2, 2, 4: equal means share a place."""
    scored = sorted((row for row in rows if row.mean is not None), key=lambda row: row.mean or 0, reverse=True)
    place = 1
    for _, equal in groupby(scored, key=lambda row: row.mean):
        together = list(equal)
        for row in together:
            row.rank, row.tied = place, len(together) > 1
        place += len(together)


def _sheets(round_id: int, criteria: Sequence[Criterion]) -> dict[int, list[Sheet]]:
    """Need → its sheets, in the order in which they were given out."""
    points: dict[int, dict[int, int]] = {}
    scores = select(Score.review_id, Score.criterion_id, Score.points).join(Criterion)
    for review_id, criterion_id, given in db.session.execute(scores.where(Criterion.round_id == round_id)):
        points.setdefault(review_id, {})[criterion_id] = given
    columns = (Review.id, Review.need_id, Review.reviewer_id, Review.state, Review.submitted_at)
    found = select(*columns, Need.changed_at, near().label("conflict")).join(Need, Need.id == Review.need_id)
    found = found.join(User, User.id == Review.reviewer_id).outerjoin(Membership, Membership.user_id == User.id)
    by_need: dict[int, list[Sheet]] = {}
    for row in db.session.execute(found.where(Need.round_id == round_id).order_by(Review.id)):
        mine = points.get(row.id, {})
        counts = row.state is ReviewState.SUBMITTED and not row.conflict
        score = score_of(criteria, mine) if counts else None
        stale = row.submitted_at is not None and row.changed_at > row.submitted_at
        sheet = Sheet(row.id, row.reviewer_id, row.state, mine, score, bool(row.conflict), stale)
        by_need.setdefault(row.need_id, []).append(sheet)
    return by_need


def _disputed(criteria: Sequence[Criterion], sheets: Sequence[Sheet]) -> list[str]:
    counted = [sheet.points for sheet in sheets if sheet.score is not None]
    apart = {
        each.name: max(points[each.id] for points in counted) - min(points[each.id] for points in counted)
        for each in criteria
        if counted
    }
    return [name for name, distance in apart.items() if distance >= DISPUTED_FROM]


def _said(made: Selection | None) -> Decision | None:
    return Decision(made.outcome, made.reason, made.decided_at, made.told_at) if made else None


def _reviewers(rows: Sequence[Ranked]) -> list[Leaning]:
    """Everybody who was given a sheet, by name."""
    theirs: dict[int, list[tuple[Ranked, Sheet]]] = {}
    for row in rows:
        for sheet in row.sheets:
            theirs.setdefault(sheet.reviewer_id, []).append((row, sheet))
    found = select(User, Organization.name).outerjoin(Membership, Membership.user_id == User.id)
    found = found.outerjoin(Organization, Organization.id == Membership.organization_id)
    people = db.session.execute(found.where(User.id.in_(theirs)).order_by(User.name, User.id))
    return [_leaning(user, house or "", theirs[user.id]) for user, house in people]


def _leaning(user: User, house: str, mine: Sequence[tuple[Ranked, Sheet]]) -> Leaning:
    states = [sheet.state for _, sheet in mine]
    open_ = [sheet for row, sheet in mine if sheet.state is ReviewState.ASSIGNED and row.decision is None]
    apart = [apart for row, sheet in mine if (apart := row.beside(sheet)) is not None]
    return Leaning(
        user=user,
        organization=house,
        able=user.active and user.is_expert,
        submitted=states.count(ReviewState.SUBMITTED),
        waiting=len(open_),
        recused=states.count(ReviewState.RECUSED),
        begun=sum(bool(sheet.points) for sheet in open_),
        mean=mean_of([sheet.score for _, sheet in mine if sheet.score is not None]),
        lean=mean_of(apart),
        compared=len(apart),
    )
