"""Written answers: asked for with a day, told to whoever is to write, written, told to whoever asked."""

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from briefings.audit.recording import Actor, record
from briefings.calendar.holidays import working_days_from
from briefings.db import db
from briefings.errors import N_, Refused
from briefings.needs.registering import owners_of
from briefings.outbox.queueing import Recipient, queue
from briefings.questions.models import Question, QuestionState
from briefings.schedule.invitations import recipient_of
from briefings.schedule.items import concerning
from briefings.schedule.models import PresenterSlot
from briefings.schedule.registration_models import Registration, RegistrationState

WORKING_DAYS_TO_WRITE = 3


class ByLink(NamedTuple):
    """Whoever answers by a personal link: an organization by its name, without an account."""

    name: str
    id: None = None


def due_day(today: date) -> date:
    """By when a question is to be answered that is sent to whoever writes `today`."""
    return working_days_from(today, WORKING_DAYS_TO_WRITE)


def ask_in_writing(questions: Iterable[Question], due_on: date, now: datetime) -> None:
    """Let questions be answered in writing by `due_on`; whoever presents what they are about is told, once each.

    What is about no need staff answer. The caller holds the lock on the briefing.
    """
    by_slot: dict[PresenterSlot, list[int]] = {}
    for question in questions:
        question.ask_in_writing(due_on)
        if question.slot is not None:
            by_slot.setdefault(question.slot, []).append(question.id)
    for slot, ids in by_slot.items():
        tell_writers("questions_to_write", slot, f"{now:%Y%m%d%H%M%S%f}", now, questions=ids)


def tell_writers(kind: str, slot: PresenterSlot, which: str, now: datetime, **params: Any) -> int:
    """Queue a mail of `kind` to everybody who may write answers for a slot, once for `which`; how many were new."""
    new = 0
    for person in writers_of(slot):
        key = f"{kind}:{slot.id}:{which}:{person.address}"
        new += queue(kind, key, person, now, slot=slot.id, **params, **concerning(slot.briefing))
    return new


def writers_of(slot: PresenterSlot) -> list[Recipient]:
    """Who hears of questions about what a slot presents: the need's owners, and whoever presents it."""
    people = owners_of(slot.need)
    presenter = slot.presenter_email.lower()
    if presenter and presenter not in (person.address.lower() for person in people):
        people.append(Recipient(presenter, slot.presenter_name or slot.need.organization.name))
    return people


def write(
    question: Question, answer: str, by: Actor | None, organization: str, now: datetime, seen: str | None = None
) -> None:
    """Answer a question in writing, or put the answer better: everybody reads it; who asked is told the first time.

    `organization` is who answers; empty for staff. `seen` is the mark of the answer that the page showed: Refused where
    somebody else wrote another one meanwhile. The caller holds the lock on the briefing.
    """
    known = question.state is QuestionState.WRITTEN
    if known and question.answer == answer:
        return
    if seen is not None and seen != mark_of(question):
        raise Refused(
            N_("그사이 다른 분이, 또는 다른 창에서 답을 올렸습니다. 올라 있는 답을 읽고, 고치려면 다시 눌러 주세요."),
            field="answer",
        )
    question.write(answer, organization, now)
    record(by, "question.corrected" if known else "question.written", question, now)
    tell_askers(question, now)


def mark_of(question: Question) -> str:
    """A few signs that are others as soon as the answer is another; empty while there is none."""
    return sha256(question.answer.encode()).hexdigest()[:16] if question.answer else ""


def tell_askers(question: Question, now: datetime) -> None:
    """Everybody who asked it, or the same, reads the answer; once."""
    for asker in askers_of(question):
        key = f"question-answered:{question.id}:{asker.id}"
        about = concerning(question.briefing)
        queue("question_answered", key, recipient_of(asker), now, question=question.id, registration=asker.id, **about)


def askers_of(question: Question) -> list[Registration]:
    """Whoever asked it, and whoever asked what was merged into it; not those who cancelled."""
    among = select(Question.registration_id).where(
        or_(Question.id == question.id, Question.merged_into_id == question.id)
    )
    stand = Registration.state != RegistrationState.CANCELLED
    found = select(Registration).where(Registration.id.in_(among), stand).options(joinedload(Registration.briefing))
    return list(db.session.scalars(found.order_by(Registration.id)))
