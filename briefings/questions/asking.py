"""What people with a place ask, want to know too, and take back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import joinedload

from briefings.db import db, insert_new, lock
from briefings.errors import N_, Refused
from briefings.questions.board import ASKED_FOR, WRITTEN_AFTER
from briefings.questions.models import SHOWN, Question, QuestionState, QuestionVote
from briefings.questions.writing import ask_in_writing, due_day
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registration_models import STANDING, Registration, RegistrationState

LONGEST = 500
"""So many characters of one question: more than that nobody reads aloud."""
MOST = 20
"""So many questions of one person in one briefing."""
MOST_IN_A_MINUTE = 3


@dataclass(frozen=True)
class Own:
    """What one person asked, the latest first, and the public ids of what they want to know too."""

    asked: Sequence[Question]
    wanted: frozenset[str]


def closed_reason(registration: Registration, now: datetime) -> str | None:
    """Why this person may neither ask nor vote, or None."""
    briefing = registration.briefing
    if briefing.state is not BriefingState.PUBLISHED:
        return N_("취소되었거나 공개되지 않은 설명회입니다.")
    if now >= briefing.ends_at + ASKED_FOR:
        return N_("질문은 설명회가 끝나고 7일 동안 받았습니다. 더 궁금한 것은 담당자에게 물어 주세요.")
    places = STANDING if briefing.is_over(now) else (RegistrationState.CONFIRMED,)
    return None if registration.state in places else N_("자리가 확정된 분이 질문할 수 있습니다.")


def ask(
    registration: Registration, text: str, slot_id: int | None, anonymous: bool, today: date, now: datetime
) -> Question:
    """Put a question on the board; the same words twice are one. Once it is over it is to be answered in writing.

    Refused where the person may not ask, or has asked too much.
    """
    briefing = _open(registration, now)
    slot = None if slot_id is None else db.session.get(PresenterSlot, slot_id)
    if slot_id is not None and (slot is None or slot.briefing_id != briefing.id):
        raise Refused(N_("목록에 있는 것 가운데 골라 주세요."), field="slot")
    asked = db.session.scalars(select(Question).where(Question.registration_id == registration.id)).all()
    if same := next((each for each in asked if each.text == text and each.state in SHOWN), None):
        return same
    if sum(each.asked_at > now - timedelta(minutes=1) for each in asked) >= MOST_IN_A_MINUTE:
        raise Refused(N_("질문을 잇달아 보내셨습니다. 적은 내용은 그대로이니 1분 뒤에 다시 눌러 주세요."))
    if len(asked) >= MOST:
        raise Refused(
            N_("한 분이 %(number)s건까지 질문할 수 있습니다. 더 궁금한 것은 담당자에게 물어 주세요."), number=MOST
        )
    question = Question(
        briefing_id=briefing.id,
        registration_id=registration.id,
        text=text,
        slot=slot,
        anonymous=anonymous,
        asked_at=now,
        state=QuestionState.WAITING,
    )
    db.session.add(question)
    db.session.flush()
    if now >= briefing.ends_at + WRITTEN_AFTER:
        ask_in_writing([question], due_day(today), now)
    return question


def vote(registration: Registration, public_id: str, now: datetime) -> None:
    """Want a question answered too; once, however often it is pressed. Refused for one's own."""
    briefing = _open(registration, now)
    question = stands_for(briefing, public_id)
    if question is None:
        raise Refused(N_("담당자가 숨기거나 물은 분이 거둔 질문입니다."))
    if question.registration_id == registration.id:
        raise Refused(N_("본인이 한 질문입니다. 다른 분이 궁금하다고 누르면 수가 늘어납니다."))
    row = {"question_id": question.id, "registration_id": registration.id, "voted_at": now}
    insert_new(QuestionVote.__table__, [row])


def take_vote_back(registration: Registration, public_id: str, now: datetime) -> None:
    """Want it no longer, nor what was merged into it."""
    briefing = _open(registration, now)
    question = stands_for(briefing, public_id)
    if question is not None:
        together = select(Question.id).where(or_(Question.id == question.id, Question.merged_into_id == question.id))
        own = QuestionVote.registration_id == registration.id
        db.session.execute(delete(QuestionVote).where(own, QuestionVote.question_id.in_(together)))


def withdraw(registration: Registration, public_id: str) -> None:
    """Take one's own question back before it is answered; whoever asked the same still asks."""
    lock(registration.briefing)
    found = select(Question).where(Question.public_id == public_id, Question.registration_id == registration.id)
    question = db.session.scalar(found.execution_options(populate_existing=True))
    if question is None:
        raise Refused(N_("그사이 거두었거나 없는 질문입니다."))
    if question.advance:
        raise Refused(N_("신청할 때 적은 질문은 ‘신청 내역’에서 고치거나 지울 수 있습니다."))
    if question.state not in (QuestionState.WAITING, QuestionState.TO_WRITE, QuestionState.MERGED):
        raise Refused(N_("이미 답했거나 답하는 중인 질문은 거둘 수 없습니다."))
    remove(question)


def remove(question: Question) -> None:
    """Delete a question; the first of those merged into it takes its place, with the votes of both.

    The caller holds the lock on the briefing.
    """
    merged = select(Question).where(Question.merged_into_id == question.id).order_by(Question.asked_at, Question.id)
    same = db.session.scalars(merged).all()
    if same:
        heir, *others = same
        heir.state, heir.slot, heir.due_on, heir.merged_into = question.state, question.slot, question.due_on, None
        for other in others:
            other.merged_into = heir
        db.session.flush()
        _hand_votes_on(question, heir)
    db.session.delete(question)
    db.session.flush()


def own(registration: Registration) -> Own:
    """What this person asked and voted for."""
    asked = select(Question).where(Question.registration_id == registration.id)
    asked = asked.options(joinedload(Question.merged_into)).order_by(Question.asked_at.desc(), Question.id.desc())
    latest = db.session.scalars(asked).all()
    head = func.coalesce(Question.merged_into_id, Question.id)
    voted = select(head).join(QuestionVote, QuestionVote.question_id == Question.id)
    heads = voted.where(QuestionVote.registration_id == registration.id)
    return Own(latest, frozenset(db.session.scalars(select(Question.public_id).where(Question.id.in_(heads)))))


def stands_for(briefing: Briefing, public_id: str) -> Question | None:
    """The question others read under this name, or the one it was merged into; None where nobody may read it."""
    found = select(Question).where(Question.briefing_id == briefing.id, Question.public_id == public_id)
    question = db.session.scalar(found.execution_options(populate_existing=True))
    if question is not None and question.merged_into is not None:
        question = question.merged_into
    return question if question is not None and question.state in SHOWN else None


def _open(registration: Registration, now: datetime) -> Briefing:
    """The briefing of a person who may ask, with the lock on it: what changes shows to everybody in the room."""
    lock(registration.briefing)
    db.session.refresh(registration)
    if closed := closed_reason(registration, now):
        raise Refused(closed)
    return registration.briefing


def _hand_votes_on(question: Question, heir: Question) -> None:
    known = select(QuestionVote.registration_id).where(QuestionVote.question_id == heir.id)
    votes = QuestionVote.question_id == question.id
    db.session.execute(
        update(QuestionVote)
        .where(votes, QuestionVote.registration_id.not_in(known))
        .values(question_id=heir.id)
        .execution_options(synchronize_session=False)
    )
