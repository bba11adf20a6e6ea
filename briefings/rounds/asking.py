"""Asking organizations for needs in a round: the first letter, reminders, and what they answer by their personal links.

An organization has answered with a need that it submitted; a person who was asked, with the word that there is none.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal, or_, select

from briefings.audit.recording import Actor, record
from briefings.db import db, lock, new_public_id
from briefings.errors import N_, Refused
from briefings.needs.models import Need, NeedState, Round, RoundPhase
from briefings.outbox.models import Message
from briefings.outbox.queueing import Draft, Recipient, queue_many
from briefings.rounds.models import RoundContact

ANSWERING = (NeedState.SUBMITTED, NeedState.RETURNED, NeedState.PUBLISHED, NeedState.CLOSED)
"""A need in one of these states was handed in."""
HELD_BACK = timedelta(days=2)
"""Nobody is pressed for an answer within this time of being asked."""
LAST_CALL, LAST_CALL_UNTIL = timedelta(days=3), timedelta(days=1)
"""So long before the close the silent are reminded by themselves, and so long before it that is too late."""
MOST = 1000
"""So many reminders are queued in one transaction; whoever calls goes on until none is new."""


def has_answered() -> ColumnElement[bool]:
    """Whether a contact's organization handed in a need, or the contact said that there is none."""
    handed_in = exists().where(
        Need.round_id == RoundContact.round_id,
        Need.organization_id == RoundContact.organization_id,
        Need.state.in_(ANSWERING),
    )
    return or_(RoundContact.nothing_at.is_not(None), handed_in)


def silent() -> ColumnElement[bool]:
    """Whether a contact was asked and has not answered."""
    return RoundContact.asked_at.is_not(None) & ~has_answered()


def number_unasked(round: Round) -> int:
    """How many on the list have not been written to."""
    return _number(round, RoundContact.asked_at.is_(None))


def number_silent(round: Round) -> int:
    """How many were asked and have not answered."""
    return _number(round, silent())


def silent_organizations(round: Round) -> int:
    """Of how many organizations somebody was asked and has not answered."""
    found = select(func.count(RoundContact.organization_id.distinct()))
    return db.session.scalars(found.where(RoundContact.round_id == round.id, silent())).one()


def number_held_back(round: Round, now: datetime) -> int:
    """How many of the silent were written to a short while ago."""
    return _number(round, silent(), ~_left_in_peace(now))


def answered_by_need(contact: RoundContact) -> bool:
    """Whether the contact's organization handed in a need."""
    of_both = (Need.round_id == contact.round_id, Need.organization_id == contact.organization_id)
    return bool(db.session.scalar(select(exists().where(*of_both, Need.state.in_(ANSWERING)))))


def ask(round: Round, by: Actor, now: datetime) -> int:
    """Write to everybody on the list who has not been written to; how many."""
    lock(round)
    _refuse_unless_running(round, now)
    people = _people(round, RoundContact.asked_at.is_(None))
    if not people:
        raise Refused("명단의 모든 분께 이미 보냈습니다. 새 기관을 더한 뒤에 다시 보내 주세요.")
    for contact in people:
        contact.asked_at = now
    _queue("round_asked", people, now, lambda contact: f"round_asked:{contact.public_id}")
    record(by, "round.asked", round, now, number=len(people))
    return len(people)


def remind(round: Round, by: Actor, now: datetime, at_once: bool = False) -> int:
    """Remind those who have not answered, `at_once` also those written to a short while ago; how many."""
    lock(round)
    _refuse_unless_running(round, now)
    people = _people(round, silent() if at_once else silent() & _left_in_peace(now))
    if not people:
        raise Refused("지금 다시 알릴 분이 없습니다.")
    _remind(people, now, lambda contact: f"round_reminder:{contact.public_id}:{contact.reminders}")
    record(by, "round.reminded", round, now, number=len(people))
    return len(people)


def remind_due(now: datetime) -> int:
    """Remind the silent of every round that closes in three days, once; how many were new."""
    nearing = select(Round).where(
        Round.announced_at.is_not(None),
        Round.opens_at <= now,
        Round.closes_at <= now + LAST_CALL,
        Round.closes_at > now + LAST_CALL_UNTIL,
    )
    return sum(_last_call(round, now) for round in db.session.scalars(nearing.order_by(Round.id)).all())


def tell_of_new_dates(round: Round, now: datetime) -> int:
    """Tell those who were asked and have not answered of the dates as they are now; how many."""
    people = _people(round, silent())
    _queue("round_moved", people, now, lambda contact: f"round_moved:{contact.public_id}:{now:%Y%m%d%H%M%S%f}")
    return len(people)


def say_nothing(contact: RoundContact, reason: str, now: datetime) -> None:
    """There is no need to register this time; saying so again replaces the reason."""
    _hold(contact, now)
    contact.nothing_at, contact.nothing_reason = now, reason.strip()
    _note("round.nothing", contact, now)


def take_back_nothing(contact: RoundContact, now: datetime) -> None:
    """There may be a need after all."""
    _hold(contact, now)
    if contact.nothing_at is None:
        return
    contact.nothing_at, contact.nothing_reason = None, ""
    _note("round.nothing_taken_back", contact, now)


def hand_over(contact: RoundContact, name: str, email: str, now: datetime) -> None:
    """A colleague answers instead: asked at once, by a link of their own; the old one opens nothing any more."""
    _hold(contact, now)
    taken = select(RoundContact.id).where(
        RoundContact.round_id == contact.round_id, RoundContact.email == email.lower()
    )
    if db.session.scalar(taken):
        raise Refused(N_("이 수요조사의 안내를 이미 받는 주소입니다. 다른 동료를 적어 주세요."), field="email")
    before = contact.name
    contact.public_id, contact.name, contact.email = new_public_id(), name, email.lower()
    contact.asked_at, contact.reminders, contact.reminded_at = now, 0, None
    contact.nothing_at, contact.nothing_reason = None, ""
    _queue("round_asked", [contact], now, lambda each: f"round_asked:{each.public_id}", by=before)
    _note("round.handed_over", contact, now)


def _last_call(round: Round, now: datetime) -> int:
    lock(round)
    key = literal(f"round_last_call:{round.closes_at:%Y%m%d%H%M}:") + RoundContact.public_id
    people = _people(round, silent() & _left_in_peace(now) & ~exists().where(Message.key == key))[:MOST]
    return _remind(people, now, lambda contact: f"round_last_call:{round.closes_at:%Y%m%d%H%M}:{contact.public_id}")


def _left_in_peace(now: datetime) -> ColumnElement[bool]:
    """Whether a contact was not written to a short while ago."""
    last = func.coalesce(RoundContact.reminded_at, RoundContact.asked_at)
    return last <= now - HELD_BACK


def _remind(people: Sequence[RoundContact], now: datetime, key: Any) -> int:
    queued = _queue("round_reminder", people, now, key)
    for contact in people:
        contact.reminders, contact.reminded_at = contact.reminders + 1, now
    db.session.flush()
    return queued


def _queue(kind: str, people: Sequence[RoundContact], now: datetime, key: Any, **more: str) -> int:
    if not people:
        return 0
    db.session.flush()
    drafts = [
        Draft(key(each), Recipient(each.email, each.name, each.locale), {"contact": each.public_id, **more})
        for each in people
    ]
    return queue_many(kind, drafts, now, about=f"round:{people[0].round_id}")


def _people(round: Round, condition: ColumnElement[bool]) -> list[RoundContact]:
    found = select(RoundContact).where(RoundContact.round_id == round.id, condition)
    return list(db.session.scalars(found.order_by(RoundContact.id)))


def _number(round: Round, *conditions: ColumnElement[bool]) -> int:
    found = select(func.count()).select_from(RoundContact)
    return db.session.scalars(found.where(RoundContact.round_id == round.id, *conditions)).one()


def _refuse_unless_running(round: Round, now: datetime) -> None:
    phase = round.phase(now)
    if phase is RoundPhase.DRAFT:
        raise Refused("아직 예고하지 않은 수요조사입니다. 먼저 예고해 주세요.")
    if phase is RoundPhase.CLOSED:
        raise Refused("접수가 끝난 수요조사입니다. 더 받으려면 마감을 먼저 늦춰 주세요.")


def _hold(contact: RoundContact, now: datetime) -> None:
    """Hold it; Refused where the round takes no answers any more, or where the colleague answers by now."""
    asked = contact.public_id
    lock(contact.round)
    lock(contact)
    if contact.public_id != asked:
        raise Refused(N_("그사이 동료에게 넘긴 안내입니다."))
    if contact.round.phase(now) is RoundPhase.CLOSED:
        raise Refused(N_("접수가 끝난 수요조사입니다."))


def _note(action: str, contact: RoundContact, now: datetime) -> None:
    """In the course of the round; without an actor it was the person asked, whose name has no place there."""
    record(None, action, contact.round, now, organization=contact.organization.name)
