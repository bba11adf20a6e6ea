"""What people need in order to take part (수어·문자 통역 and the like): asked for, answered, destroyed afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import contains_eager

from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.outbox.queueing import queue
from briefings.outbox.reach import Reach
from briefings.schedule.invitations import recipient_of
from briefings.schedule.items import concerning
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import SUPPORT_BEFORE, Registration, RegistrationState, SupportState

KEPT_FOR = timedelta(days=14)
"""So long after the end the words are kept: to pay interpreters and to answer complaints; nothing needs them later."""

_STANDS = Registration.state != RegistrationState.CANCELLED
_HAS_WORDS = or_(Registration.support != "", Registration.support_answer != "")


class Pending(StrEnum):
    """What waits for staff: an answer past its day, one that still has time, an arrangement nobody needs any more."""

    LATE = "late"
    AHEAD = "ahead"
    NEEDLESS = "needless"


@dataclass(frozen=True)
class Waiting:
    """How many requests wait for an answer, how many of them past their day, and until when the next is due.

    `needless` is how many arrangements are for people who cancelled since.
    """

    number: int
    overdue: int
    next_due: datetime | None
    needless: int


@dataclass(frozen=True)
class Doomed:
    """The words of one briefing that are to be destroyed, how many people's, and when."""

    briefing: Briefing
    people: int
    at: datetime


def due_at(briefing: Briefing) -> datetime:
    """Until when support should be asked for and answered."""
    return briefing.starts_at - SUPPORT_BEFORE


def asked_until(briefing: Briefing, now: datetime) -> datetime | None:
    """Until when somebody may still ask in time; None once that is past."""
    due = due_at(briefing)
    return due if due > now else None


def ask(registration: Registration, text: str, now: datetime) -> None:
    """Write down what somebody needs; other words than before are a new question, none at all take it back.

    The caller holds the lock on the registration, or has just made it.
    """
    if text != (registration.support or ""):
        registration.support = text
        ask_again(registration, now)


def ask_again(registration: Registration, now: datetime) -> None:
    """What was answered holds no longer: what somebody needs, if anything, waits for an answer."""
    registration.support_answer = ""
    registration.support_state = SupportState.ASKED if registration.support else None
    registration.support_changed_at = now


def answer(registration: Registration, state: SupportState, words: str, seen: datetime | None, now: datetime) -> None:
    """Say what was arranged, or what is offered instead, and tell the person by mail.

    Refused if the request is not the one that was `seen` (its `support_changed_at`), or nothing is left to prepare.
    """
    lock(registration)
    if registration.support_state is None or registration.state is RegistrationState.CANCELLED:
        raise Refused("그사이 본인이 요청을 거두었거나 신청을 취소했습니다.")
    if registration.support_changed_at != seen:
        raise Refused("그사이 요청이나 답이 바뀌었습니다. 지금 내용을 읽고 다시 답해 주세요.")
    if registration.briefing.is_over(now):
        raise Refused("이미 끝난 설명회입니다.")
    if (state, words) == (registration.support_state, registration.support_answer):
        return
    registration.support_state, registration.support_answer = state, words
    registration.support_changed_at = now
    at = now.isoformat()
    about = concerning(registration.briefing)
    key = f"support:{registration.id}:{at}"
    queue("support_answered", key, recipient_of(registration), now, registration=registration.id, at=at, **about)


def requests(
    now: datetime,
    reach: Reach,
    state: SupportState | Pending | None = None,
    briefing_id: int | None = None,
    over: bool = False,
) -> Select[Registration]:
    """Requests of briefings to come, or of those that are over; what waits first, and of that what is due first."""
    found = select(Registration).join(Registration.briefing).join(Registration.organization)
    found = found.where(*_asked(now, over), reach.of_briefing(Registration.briefing_id))
    if isinstance(state, Pending):
        found = found.where(*_pending(now)[state])
    elif state:
        found = found.where(Registration.support_state == state)
    if briefing_id:
        found = found.where(Registration.briefing_id == briefing_id)
    unanswered = Registration.support_state == SupportState.ASKED
    at = (Briefing.starts_at.desc(),) if over else (unanswered.desc(), Briefing.starts_at)
    together = (contains_eager(Registration.briefing), contains_eager(Registration.organization))
    return found.options(*together).order_by(*at, Registration.support_changed_at, Registration.id)


def briefings_asked_about(now: datetime, reach: Reach, over: bool = False) -> list[Briefing]:
    """Briefings for which somebody asked, the next first."""
    asked = select(Registration.briefing_id).join(Registration.briefing).where(*_asked(now, over))
    found = select(Briefing).where(Briefing.id.in_(asked), reach.of_briefing(Briefing.id))
    found = found.order_by(Briefing.starts_at, Briefing.id)
    return list(db.session.scalars(found))


def waiting(now: datetime, reach: Reach) -> Waiting:
    """What waits for staff who may see so much, by one statement."""
    each = _pending(now)
    counted = select(
        func.count().filter(Registration.support_state == SupportState.ASKED),
        func.count().filter(*each[Pending.LATE]),
        func.min(Briefing.starts_at).filter(*each[Pending.AHEAD]),
        func.count().filter(*each[Pending.NEEDLESS]),
    )
    of_all = counted.select_from(Registration).join(Registration.briefing).where(*_asked(now))
    of_all = of_all.where(reach.of_briefing(Registration.briefing_id))
    number, late, starts_at, needless = db.session.execute(of_all).one()
    return Waiting(number, late, starts_at and starts_at - SUPPORT_BEFORE, needless)


def _pending(now: datetime) -> dict[Pending, tuple[ColumnElement[bool], ...]]:
    """Conditions on Registration and Briefing."""
    asked, overdue = Registration.support_state == SupportState.ASKED, Briefing.starts_at < now + SUPPORT_BEFORE
    return {Pending.LATE: (asked, overdue), Pending.AHEAD: (asked, ~overdue), Pending.NEEDLESS: (~_STANDS,)}


def counts(briefing: Briefing) -> dict[SupportState, int]:
    """How many requests of those who stand there are, by what became of them."""
    found = select(Registration.support_state, func.count()).where(
        Registration.briefing_id == briefing.id, Registration.support_state.is_not(None), _STANDS
    )
    rows = db.session.execute(found.group_by(Registration.support_state))
    return {state: number for state, number in rows if state}


def on_the_day(briefing: Briefing) -> Sequence[Registration]:
    """Everybody with a place who asked for something, with what was arranged first."""
    found = select(Registration).where(
        Registration.briefing_id == briefing.id,
        Registration.support_state.is_not(None),
        Registration.state == RegistrationState.CONFIRMED,
    )
    return db.session.scalars(found.order_by(Registration.support_state, Registration.name, Registration.id)).all()


def doomed(now: datetime, due: bool = False) -> list[Doomed]:
    """Of briefings that are over what words are to be destroyed, the first to go first; `due`: what may go now."""
    people = func.count(Registration.id)
    found = select(Briefing, people).join(Registration, Registration.briefing_id == Briefing.id)
    found = found.where(Briefing.ends_at <= (now - KEPT_FOR if due else now), _HAS_WORDS)
    rows = db.session.execute(found.group_by(Briefing.id).order_by(Briefing.ends_at, Briefing.id))
    return [Doomed(briefing, number, briefing.ends_at + KEPT_FOR) for briefing, number in rows]


def destroy_due(now: datetime) -> int:
    """Empty requests and answers whose time is over; their state stays, to be counted; of how many people."""
    return sum(_destroy(each.briefing, now) for each in doomed(now, due=True))


def _destroy(briefing: Briefing, now: datetime) -> int:
    lock(briefing)  # two workers destroy once, and write it down once
    words = (Registration.briefing_id == briefing.id, _HAS_WORDS)
    emptied = update(Registration).where(*words).values(support="", support_answer="")
    without_loading = {"synchronize_session": False}
    states = db.session.scalars(emptied.returning(Registration.support_state), execution_options=without_loading).all()
    if states:
        by_state = {state.value: states.count(state) for state in SupportState if state in states}
        record(None, "support.destroyed", briefing, now, people=len(states), **by_state)
    return len(states)


def _asked(now: datetime, over: bool = False) -> tuple[ColumnElement[bool], ...]:
    """Conditions on Registration and Briefing; of briefings that are over only what still says something.

    What was arranged for somebody who cancelled has to be called off.
    """
    concerns = or_(_STANDS, Registration.support_state == SupportState.ARRANGED)
    there = (Registration.support_state.is_not(None), concerns, Briefing.state == BriefingState.PUBLISHED)
    return (*there, Briefing.ends_at <= now, _HAS_WORDS) if over else (*there, Briefing.ends_at > now)
