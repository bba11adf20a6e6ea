"""The question desk: what staff and the moderator do with what people ask."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.questions.board import Asked, questions_of
from briefings.questions.models import Question, QuestionState
from briefings.questions.writing import ask_in_writing, due_day, tell_askers
from briefings.schedule.models import Briefing, PresenterSlot


@dataclass(frozen=True)
class Desk:
    """The questions of a briefing as the desk sorts them."""

    on_air: list[Asked]
    waiting: list[Asked]
    to_write: list[Asked]
    answered: int
    """How many were answered, by word of mouth or in writing."""


def desk_of(briefing: Briefing) -> Desk:
    """What is being answered, what waits, the most wanted first, and what is to be answered in writing."""
    asked = questions_of(briefing)

    def those(state: QuestionState) -> list[Asked]:
        return [each for each in asked if each.state is state]

    on_air, waiting = those(QuestionState.ON_AIR), those(QuestionState.WAITING)
    to_write = those(QuestionState.TO_WRITE)
    return Desk(on_air, waiting, to_write, len(asked) - len(on_air) - len(waiting) - len(to_write))


def waiting_questions(briefing: Briefing) -> Sequence[Question]:
    """What waits, with the lock on the briefing."""
    lock(briefing)
    found = select(Question).where(Question.briefing_id == briefing.id, Question.state == QuestionState.WAITING)
    return db.session.scalars(found.order_by(Question.id).execution_options(populate_existing=True)).all()


def question_to_change(briefing: Briefing, public_id: str) -> Question | None:
    """A question of a briefing, with the lock on it: what is changed shows to everybody in the room."""
    lock(briefing)
    found = select(Question).where(Question.briefing_id == briefing.id, Question.public_id == public_id)
    return db.session.scalar(found.execution_options(populate_existing=True))


def live_now(briefing: Briefing) -> str:
    """The public id of what is being answered by word of mouth, or empty."""
    on_air = (Question.briefing_id == briefing.id, Question.state == QuestionState.ON_AIR)
    return db.session.scalar(select(Question.public_id).where(*on_air).order_by(Question.id).limit(1)) or ""


def take_live(question: Question, by: Actor | None, now: datetime) -> int:
    """Answer it by word of mouth now; what was being answered before counts as answered: how many those were."""
    before = select(Question).where(
        Question.briefing_id == question.briefing_id,
        Question.state == QuestionState.ON_AIR,
        Question.id != question.id,
    )
    others = db.session.scalars(before).all()
    for other in others:
        answer_live(other, by, now)
    question.take_live()
    record(by, "question.taken_live", question, now)
    return len(others)


def answer_live(question: Question, by: Actor | None, now: datetime) -> None:
    """It was answered by word of mouth."""
    question.answer_live(now)
    record(by, "question.answered", question, now)


def send_to_write(questions: Sequence[Question], by: Actor | None, today: date, now: datetime) -> date:
    """Let them be answered in writing; by when."""
    due_on = due_day(today)
    ask_in_writing(questions, due_on, now)
    for question in questions:
        record(by, "question.to_write", question, now, due_on=due_on.isoformat())
    return due_on


def wait_again(question: Question, by: Actor | None, now: datetime) -> None:
    """Nothing was done about it after all."""
    question.wait_again()
    record(by, "question.waiting", question, now)


def assign(question: Question, slot: PresenterSlot | None, by: Actor | None, now: datetime) -> None:
    """Say which need it is about; None: the briefing as a whole."""
    if slot is not None and slot.briefing_id != question.briefing_id:
        raise Refused("이 설명회에서 발표하는 과제를 골라 주세요.", field="slot")
    if question.slot is not slot:
        question.slot = slot
        record(by, "question.assigned", question, now, slot=slot.id if slot else None)


def hide(question: Question, reason: str, by: Actor | None, now: datetime) -> None:
    """Show it to nobody but staff, who read why."""
    question.hide(reason)
    record(by, "question.hidden", question, now)


def show(question: Question, by: Actor | None, now: datetime) -> None:
    """Show it again."""
    question.show()
    record(by, "question.shown", question, now)


def merge(question: Question, same: Iterable[Question], by: Actor | None, now: datetime) -> None:
    """Let `question` stand for others that ask the same, and for what those stood for; each person counts once."""
    if not question.is_shown:
        raise Refused("숨겼거나 다른 질문에 합친 질문에는 합칠 수 없습니다.")
    for other in same:
        if other.briefing_id != question.briefing_id or other is question:
            raise Refused("이 설명회의 다른 질문을 골라 주세요.", field="same")
        for merged in merged_into(other):
            merged.merged_into = question
        other.merge(question)
        record(by, "question.merged", other, now, into=question.id)
    if question.state is QuestionState.WRITTEN:
        db.session.flush()
        tell_askers(question, now)


def separate(question: Question, by: Actor | None, now: datetime) -> None:
    """Let a merged question stand for itself again."""
    question.separate()
    record(by, "question.separated", question, now)


def merged_into(question: Question) -> Sequence[Question]:
    """The questions it stands for, the oldest first."""
    found = select(Question).where(Question.merged_into_id == question.id)
    return db.session.scalars(found.order_by(Question.asked_at, Question.id)).all()
