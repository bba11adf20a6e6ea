"""What is left when a briefing is over is answered in writing, and who is to write is reminded of the day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from briefings.audit.recording import record
from briefings.calendar.holidays import is_working_day, working_days_from
from briefings.db import db, lock
from briefings.needs.models import Need
from briefings.outbox.reach import Reach
from briefings.questions.board import WRITTEN_AFTER
from briefings.questions.models import Question, QuestionState
from briefings.questions.writing import ask_in_writing, due_day, tell_writers
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot

LIVE = (QuestionState.WAITING, QuestionState.ON_AIR)
_STANDS = Briefing.state == BriefingState.PUBLISHED
CHASED_FOR = timedelta(days=14)
"""So long after their day questions are mailed about; then they only stand on the list of staff."""


def briefings_to_settle(now: datetime) -> Sequence[int]:
    """Briefings that are over for so long that nobody answers by word of mouth any more, with questions left."""
    found = select(Question.briefing_id).join(Question.briefing).where(Question.state.in_(LIVE))
    over = (_STANDS, Briefing.ends_at <= now - WRITTEN_AFTER)
    return db.session.scalars(found.where(*over).distinct()).all()


def settle(briefing_id: int, today: date, now: datetime) -> None:
    """Let what is left be answered in writing; what was being answered last counts as answered."""
    lock(db.session.get_one(Briefing, briefing_id))
    found = select(Question).where(Question.briefing_id == briefing_id, Question.state.in_(LIVE)).order_by(Question.id)
    left = db.session.scalars(found.options(joinedload(Question.slot))).all()
    for question in left:
        if question.state is QuestionState.ON_AIR:
            question.answer_live(now)
            record(None, "question.answered", question, now)
    waiting = [question for question in left if question.state is QuestionState.WAITING]
    ask_in_writing(waiting, due_day(today), now)
    for question in waiting:
        record(None, "question.to_write", question, now)


def remind_due(now: datetime, zone: tzinfo) -> int:
    """Remind whoever is to write a working day before the day, and once after it; how many mails."""
    today = now.astimezone(zone).date()
    if not is_working_day(today):
        return 0
    new = 0
    for slot, due_on in _slots_due(working_days_from(today, 1), today - CHASED_FOR):
        kind = "questions_due" if due_on >= today else "questions_late"
        new += tell_writers(kind, slot, due_on.isoformat(), now, due_on=due_on.isoformat())
    return new


def number_late(today: date, reach: Reach) -> int:
    """How many questions wait for a written answer past their day, of those that may be seen."""
    late = (Question.state == QuestionState.TO_WRITE, Question.due_on < today, _STANDS)
    found = select(func.count(Question.id)).join(Question.briefing)
    return db.session.scalars(found.where(*late, reach.of_briefing(Question.briefing_id))).one()


def _slots_due(last: date, first: date) -> list[tuple[PresenterSlot, date]]:
    found = select(Question.slot_id, Question.due_on).join(Question.briefing)
    found = found.where(
        _STANDS,
        Question.state == QuestionState.TO_WRITE,
        Question.due_on.between(first, last),
        Question.slot_id.is_not(None),
    )
    due = db.session.execute(found.distinct().order_by(Question.due_on, Question.slot_id)).all()
    need = joinedload(PresenterSlot.need).joinedload(Need.organization)
    slots = select(PresenterSlot).where(PresenterSlot.id.in_({slot_id for slot_id, _ in due}))
    known = {slot.id: slot for slot in db.session.scalars(slots.options(need, joinedload(PresenterSlot.briefing)))}
    return [(known[slot_id], due_on) for slot_id, due_on in due if slot_id and due_on]
