"""The questions of a briefing as everybody in the room reads them: nobody's name, and how many want each answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, union
from sqlalchemy.orm import aliased

from briefings.db import db
from briefings.needs.models import Need
from briefings.organizations.models import Organization, OrganizationKind
from briefings.questions.models import OPEN, SHOWN, Question, QuestionState, QuestionVote
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registration_models import Registration

ASKED_FOR = timedelta(days=7)
"""So long after the end people may ask, and say what they want to know too."""
WRITTEN_AFTER = timedelta(hours=1)
"""So long after the planned end nobody answers by word of mouth any more: what is asked is answered in writing."""
MOST_WAITING = 15
"""So many of those that wait stand on the board, the most wanted ones; a list of its own has them all."""
MOST_SETTLED = 5


class Asked(NamedTuple):
    """One question as others read it: `organization` and `kind` are empty where it was asked anonymously.

    `wanted` is how many others want it answered too, whoever asked the same among them.
    """

    id: int
    public_id: str
    text: str
    state: QuestionState
    slot_id: int | None
    need_id: int | None
    need: str | None
    organization: str | None
    kind: OrganizationKind | None
    merged: int
    asked_at: datetime
    due_on: date | None
    answer: str
    answered_by: str
    answered_at: datetime | None
    wanted: int


@dataclass(frozen=True)
class Board:
    """What the room sees: the questions being answered, the most wanted of those that wait, the latest settled."""

    on_air: list[Asked]
    waiting: list[Asked]
    settled: list[Asked]
    number: int
    """How many there are in all."""
    open_number: int
    """How many still want an answer."""
    takes_votes: bool

    @property
    def unseen(self) -> int:
        """How many stand only in the list of all."""
        return self.number - len(self.on_air) - len(self.waiting) - len(self.settled)


def takes_questions(briefing: Briefing, now: datetime) -> bool:
    """Whether anybody may ask at `now`, before, during or after it."""
    return briefing.state is BriefingState.PUBLISHED and now < briefing.ends_at + ASKED_FOR


def board_of(briefing: Briefing, now: datetime) -> Board:
    """What everybody in the room reads."""
    asked = questions_of(briefing)
    on_air = [each for each in asked if each.state is QuestionState.ON_AIR]
    waiting = [each for each in asked if each.state is QuestionState.WAITING]
    settled = [each for each in asked if each.state not in (QuestionState.ON_AIR, QuestionState.WAITING)]
    return Board(
        on_air=on_air,
        waiting=waiting[:MOST_WAITING],
        settled=settled[:MOST_SETTLED],
        number=len(asked),
        open_number=sum(each.state in OPEN for each in asked),
        takes_votes=takes_questions(briefing, now),
    )


def questions_of(briefing: Briefing, slot_id: int | None = None) -> list[Asked]:
    """Every question others may read, the most wanted of those that wait first, then the latest settled."""
    which = [Question.briefing_id == briefing.id, Question.state.in_(SHOWN)]
    if slot_id is not None:
        which.append(Question.slot_id == slot_id)
    return sorted(asked_where(*which), key=in_order)


def asked_where(*conditions: ColumnElement[bool]) -> list[Asked]:
    """The questions for which all `conditions` hold (on Question, PresenterSlot, Need), as others read them."""
    same = aliased(Question)
    merged = select(func.count(same.id)).where(same.merged_into_id == Question.id).scalar_subquery()
    found = (
        select(
            Question.id,
            Question.public_id,
            Question.text,
            Question.state,
            Question.slot_id,
            Need.id,
            Need.title,
            Organization.name,
            Organization.kind,
            merged,
            Question.asked_at,
            Question.due_on,
            Question.answer,
            Question.answered_by,
            Question.answered_at,
        )
        .outerjoin(Question.slot)
        .outerjoin(PresenterSlot.need)
        .outerjoin(Question.registration.and_(Question.anonymous.is_(False)))
        .outerjoin(Registration.organization)
        .where(*conditions)
    )
    rows = db.session.execute(found).all()
    wanted = wanted_by([row[0] for row in rows])
    return [Asked._make((*row, wanted.get(row[0], 0))) for row in rows]


def wanted_by(ids: Sequence[int]) -> dict[int, int]:
    """Of each question somebody wants to know too, how many people do, other than who asked it.

    Whoever asked or voted for what was merged into it counts, each person once.
    """
    if not ids:
        return {}
    voted_for, merged, head = aliased(Question), aliased(Question), aliased(Question)
    stands_for = func.coalesce(voted_for.merged_into_id, voted_for.id).label("question_id")
    votes = select(stands_for, QuestionVote.registration_id).join(voted_for, voted_for.id == QuestionVote.question_id)
    votes = votes.where(or_(voted_for.id.in_(ids), voted_for.merged_into_id.in_(ids)))
    askers = select(merged.merged_into_id, merged.registration_id)
    askers = askers.where(merged.merged_into_id.in_(ids), merged.registration_id.is_not(None))
    people = union(votes, askers).subquery()
    counted = select(people.c.question_id, func.count()).join(head, head.id == people.c.question_id)
    others = or_(head.registration_id.is_(None), head.registration_id != people.c.registration_id)
    return dict(db.session.execute(counted.where(others).group_by(people.c.question_id)).all())


def in_order(asked: Asked) -> tuple[Any, ...]:
    """Sorts what is being answered first, then what waits, the most wanted first, then the rest, the latest first."""
    if asked.state is QuestionState.ON_AIR:
        return 0, asked.asked_at, asked.id
    if asked.state is QuestionState.WAITING:
        return 1, -asked.wanted, asked.asked_at, asked.id
    return 2, -(asked.answered_at or asked.asked_at).timestamp(), asked.id
