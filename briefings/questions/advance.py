"""Questions people wrote when they registered: on the board as long as their place and their words stand."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from briefings.db import db, lock
from briefings.questions.asking import remove
from briefings.questions.models import Question, QuestionState
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registration_models import Registration, RegistrationState, registration_interests

UNTOUCHED = (QuestionState.WAITING, QuestionState.TO_WRITE, QuestionState.MERGED, QuestionState.HIDDEN)
"""What follows the registration still; what was answered, or is being, stays as it was asked."""

_advance = aliased(Question)
_HAS_PLACE = Registration.state == RegistrationState.CONFIRMED
_IS_NEW = and_(_HAS_PLACE, Registration.question != "", _advance.id.is_(None))
_IS_CHANGED = and_(
    _advance.state.in_(UNTOUCHED),
    or_(_advance.text != Registration.question, Registration.state.not_in([RegistrationState.CONFIRMED])),
)


def briefings_to_look_at(now: datetime) -> Sequence[int]:
    """Briefings to come in which somebody wrote, changed or took back a question, or gave the place up."""
    found = select(Registration.briefing_id).join(Registration.briefing).outerjoin(_advance, _is_of_registration())
    to_come = (Briefing.state == BriefingState.PUBLISHED, Briefing.ends_at > now)
    gone = select(Question.briefing_id).join(Question.registration).join(Registration.briefing)
    gone = gone.where(*to_come, Question.state.in_(UNTOUCHED), Registration.state == RegistrationState.CANCELLED)
    return db.session.scalars(found.where(*to_come, or_(_IS_NEW, _IS_CHANGED)).union(gone)).all()


def take_up(briefing_id: int, now: datetime) -> None:
    """Put on the board what people of a briefing wrote, in the words that stand now, and take off what is gone.

    Others read it without a name: who wrote it was told that it goes to those who present. What concerns one need
    alone, as far as the person said, is assigned to its slot.
    """
    lock(db.session.get_one(Briefing, briefing_id))
    found = select(Registration, _advance).outerjoin(_advance, _is_of_registration())
    rows = db.session.execute(found.where(Registration.briefing_id == briefing_id, or_(_IS_NEW, _IS_CHANGED))).all()
    slots = _slots_ticked(briefing_id, [registration.id for registration, _ in rows])
    for registration, question in rows:
        if question is None:
            _put_up(registration, slots.get(registration.id, []), now)
        elif registration.state is RegistrationState.CONFIRMED and registration.question:
            question.text = registration.question
        else:
            remove(question)
    _take_off_of_gone(briefing_id)


def _is_of_registration() -> ColumnElement[bool]:
    return and_(_advance.registration_id == Registration.id, _advance.advance)


def _put_up(registration: Registration, slots: list[int], now: datetime) -> None:
    question = Question(
        briefing_id=registration.briefing_id,
        registration_id=registration.id,
        text=registration.question,
        slot_id=slots[0] if len(slots) == 1 else None,
        anonymous=True,
        advance=True,
        state=QuestionState.WAITING,
        asked_at=now,
    )
    db.session.add(question)


def _take_off_of_gone(briefing_id: int) -> None:
    """What people asked who will not be there, unless it was answered."""
    found = select(Question).join(Question.registration)
    gone = Registration.state == RegistrationState.CANCELLED
    for question in db.session.scalars(
        found.where(Question.briefing_id == briefing_id, Question.state.in_(UNTOUCHED), gone)
    ):
        remove(question)


def _slots_ticked(briefing_id: int, registrations: Sequence[int]) -> dict[int, list[int]]:
    """By registration, the slots whose needs the person is interested in."""
    ticked = registration_interests.c
    found = select(ticked.registration_id, PresenterSlot.id).join(
        PresenterSlot, PresenterSlot.need_id == ticked.need_id
    )
    found = found.where(PresenterSlot.briefing_id == briefing_id, ticked.registration_id.in_(registrations))
    slots: dict[int, list[int]] = {}
    for registration_id, slot_id in db.session.execute(found):
        slots.setdefault(registration_id, []).append(slot_id)
    return slots
