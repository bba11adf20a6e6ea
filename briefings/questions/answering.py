"""What the organization of a need, or who presents it, reads and answers of what people ask about it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.models import Need
from briefings.organizations.models import Organization
from briefings.questions.models import Question, QuestionState
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registration_models import Registration


class Shelf(StrEnum):
    """What an owner is to do about questions."""

    TO_WRITE = "to_write"
    LIVE = "live"
    DONE = "done"

    @classmethod
    def named(cls, name: str | None, numbers: Mapping["Shelf", int]) -> "Shelf":
        """The shelf of that name; for any other what is to be written, or where that is nothing, what waits."""
        if name in set(cls):
            return cls(name)
        return cls.TO_WRITE if numbers[cls.TO_WRITE] or not numbers[cls.LIVE] else cls.LIVE


STATES = {
    Shelf.TO_WRITE: (QuestionState.TO_WRITE,),
    Shelf.LIVE: (QuestionState.WAITING, QuestionState.ON_AIR),
    Shelf.DONE: (QuestionState.WRITTEN, QuestionState.ANSWERED),
}
_ORDER = {
    Shelf.TO_WRITE: (Question.due_on, Question.id),
    Shelf.LIVE: (Briefing.starts_at, Question.asked_at, Question.id),
    Shelf.DONE: (Question.answered_at.desc(), Question.id.desc()),
}


def questions_to(organization: Organization, shelf: Shelf) -> Select[Question]:
    """The questions about what an organization presents, each with its need and briefing."""
    return _of(shelf, Need.organization_id == organization.id)


def questions_to_slot(slot: PresenterSlot, shelf: Shelf) -> Select[Question]:
    """The questions about what a slot presents."""
    return _of(shelf, Question.slot_id == slot.id)


def numbers_to(organization: Organization) -> dict[Shelf, int]:
    """How many questions are on each shelf of an organization."""
    return _numbers(Need.organization_id == organization.id)


def numbers_to_slot(slot: PresenterSlot) -> dict[Shelf, int]:
    """How many questions are on each shelf of a slot."""
    return _numbers(Question.slot_id == slot.id)


def question_to(organization: Organization, public_id: str) -> Question | None:
    """One question about what an organization presents."""
    return db.session.scalar(_found(Need.organization_id == organization.id, Question.public_id == public_id))


def question_to_slot(slot: PresenterSlot, public_id: str) -> Question | None:
    """One question about what a slot presents."""
    return db.session.scalar(_found(Question.slot_id == slot.id, Question.public_id == public_id))


def held(question: Question) -> tuple[Question, str]:
    """The question as it is now, and who answers; with the lock on its briefing: everybody in the room reads it.

    Refused where it was taken back meanwhile, or staff said that it is about another need.
    """
    asked_about = question.slot
    lock(question.briefing)
    found = select(Question).where(Question.id == question.id).execution_options(populate_existing=True)
    if db.session.scalar(found) is None:
        raise Refused(N_("그사이 물은 분이 거둔 질문입니다."))
    if asked_about is None or question.slot is not asked_about:
        raise Refused(N_("그사이 담당자가 다른 과제에 대한 질문으로 옮겼습니다."))
    return question, asked_about.need.organization.name


def _of(shelf: Shelf, whose: ColumnElement[bool]) -> Select[Question]:
    return _found(whose, Question.state.in_(STATES[shelf])).order_by(*_ORDER[shelf])


def _found(*conditions: ColumnElement[bool]) -> Select[Question]:
    together = contains_eager(Question.slot).contains_eager(PresenterSlot.need).joinedload(Need.organization)
    asker = joinedload(Question.registration).joinedload(Registration.organization)
    return _among(select(Question), *conditions).options(together, contains_eager(Question.briefing), asker)


def _numbers(whose: ColumnElement[bool]) -> dict[Shelf, int]:
    found = _among(select(Question.state, func.count()), whose).group_by(Question.state)
    counted: dict[QuestionState, int] = dict(db.session.execute(found).all())
    return {shelf: sum(counted.get(state, 0) for state in states) for shelf, states in STATES.items()}


def _among(found: Any, *conditions: ColumnElement[bool]) -> Any:
    shown = [state for states in STATES.values() for state in states]
    found = found.select_from(Question).join(Question.slot).join(PresenterSlot.need).join(Question.briefing)
    return found.where(Briefing.state == BriefingState.PUBLISHED, Question.state.in_(shown), *conditions)
