"""Questions and answers that anybody may read once a briefing was announced: nobody's organization, only its kind."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from briefings.db import db
from briefings.needs.models import Need
from briefings.organizations.models import Organization, OrganizationKind
from briefings.questions.models import OPEN, Question, QuestionState
from briefings.schedule.finding import LISTED
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registration_models import Registration

ANSWERED = (QuestionState.WRITTEN, QuestionState.ANSWERED)


@dataclass(frozen=True)
class Published:
    """A question with its answer; without words where it was answered in the briefing itself.

    `kind` is what kind of organization asks; None where it was asked anonymously. `answered_by` is empty for staff.
    """

    public_id: str
    text: str
    kind: OrganizationKind | None
    slot_id: int | None
    need_id: int | None
    need: str | None
    briefing: str
    briefing_public_id: str
    answer: str
    answered_by: str
    answered_at: datetime


@dataclass(frozen=True)
class Counts:
    """How many questions a briefing had: in all (each merged one counts), and what became of them."""

    asked: int
    advance: int
    answered_live: int
    written: int
    open: int
    hidden: int

    @property
    def set_aside(self) -> int:
        """How many nobody reads any more: hidden, or put together with another."""
        return self.asked - self.answered_live - self.written - self.open


def published_of(briefing: Briefing) -> list[Published]:
    """What was answered in a briefing, in the order of its talks; what is about all of it comes last."""
    return _published(Question.briefing_id == briefing.id, Question.state.in_(ANSWERED))


def published_about(need: Need) -> list[Published]:
    """What was answered in writing about a need, in any listed briefing, the latest briefing first."""
    return _published(
        PresenterSlot.need_id == need.id,
        Question.state == QuestionState.WRITTEN,
        LISTED,
        Briefing.state == BriefingState.PUBLISHED,
    )


def counts_of(briefing: Briefing) -> Counts:
    """What became of the questions of a briefing."""
    found = select(Question.state, Question.advance, func.count()).where(Question.briefing_id == briefing.id)
    rows = db.session.execute(found.group_by(Question.state, Question.advance)).all()

    def those(*states: QuestionState) -> int:
        return sum(number for state, _, number in rows if state in states)

    return Counts(
        asked=sum(number for _, _, number in rows),
        advance=sum(number for _, advance, number in rows if advance),
        answered_live=those(QuestionState.ANSWERED),
        written=those(QuestionState.WRITTEN),
        open=those(*OPEN),
        hidden=those(QuestionState.HIDDEN),
    )


def _published(*conditions: ColumnElement[bool]) -> list[Published]:
    found = (
        select(
            Question.public_id,
            Question.text,
            Organization.kind,
            Question.slot_id,
            Need.id,
            Need.title,
            Briefing.title,
            Briefing.public_id,
            Question.answer,
            Question.answered_by,
            Question.answered_at,
        )
        .join(Question.briefing)
        .outerjoin(Question.slot)
        .outerjoin(PresenterSlot.need)
        .outerjoin(Question.registration.and_(Question.anonymous.is_(False)))
        .outerjoin(Registration.organization)
        .where(*conditions)
        .order_by(
            Briefing.starts_at.desc(),
            PresenterSlot.position.is_(None),
            PresenterSlot.position,
            Question.asked_at,
            Question.id,
        )
    )
    return [Published(*row) for row in db.session.execute(found)]
