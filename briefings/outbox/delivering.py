"""Handing over what is due: claimed and composed a few at a time, sent and recorded one by one, by many workers."""

import logging
import random
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    exists,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from briefings.db import db, insert_new, trouble_of, unit_of_work
from briefings.outbox.channels import Deferred, Receipt, Rejected, Send, Unreachable, whereto
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Medium, Message, MessageState, UndeliverableAddress

log = logging.getLogger(__name__)

BATCH = 25
LEASE = timedelta(minutes=4)
"""After this a claim is void: its worker was killed, and another takes the message up."""
MARGIN = timedelta(minutes=1)
"""No message is begun with less of the lease left; longer than the slowest server may take over one."""
FRESH = timedelta(seconds=5)
"""What was composed longer ago is composed anew: its reader is told what is true when it leaves."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
SECONDS_UNTIL_WRITTEN_AGAIN = 1
ATTEMPTS = 25
"""With the pauses doubling from 1 minute to 4 hours: given up after about three days."""
ATTEMPTS_TO_COMPOSE = 4
NEVER = datetime.min.replace(tzinfo=UTC)
TAKES_NOTHING = "전자우편이 되돌아온 주소입니다."
"""Why a message to an undeliverable address was dropped."""


class Letter(NamedTuple):
    """A message composed: what staff see in the list, and the bytes that go out."""

    subject: str
    data: bytes


Said = Letter | Dropped | Exception
"""What a message says, or why that cannot be said."""
Compose = Callable[[Sequence[Message], datetime], Mapping[int, Said]]
"""Gives what each of several messages says now, by its number."""
Clock = Callable[[], datetime]


def deliver_due(
    send: Send,
    compose: Compose,
    clock: Clock,
    stopping: Callable[[], bool] = lambda: False,
    medium: Medium = Medium.MAIL,
) -> int:
    """Deal with the next few due messages of one medium; how many there were, 0 when nothing is due.

    First in, first out for each recipient: none goes while an earlier one waits. No transaction is open while `send` is
    at work. Unreachable is passed on, after everything not yet handed over went back into the line. What became of a
    message is written down even if the database is away for a while: otherwise it would go out once more.
    """
    lease = clock() + LEASE

    def too_late() -> bool:
        return stopping() or clock() >= lease

    waiting, undeliverable = _claim(clock(), lease, medium, too_late)
    found = len(waiting) + undeliverable
    letters: Mapping[int, Said] = {}
    composed_at = NEVER
    try:
        while waiting and not stopping() and (now := clock()) < lease - MARGIN:
            if not composed_at <= now < composed_at + FRESH:
                letters, composed_at = compose(waiting, now), now
            outcome = _attempt(waiting[0], letters[waiting[0].id], send, now)
            _insist(partial(_record, waiting[0], lease, outcome), too_late)
            waiting.pop(0)
    except Unreachable as error:
        _insist(partial(_give_back, waiting, lease, str(error)), too_late)
        raise
    except DBAPIError:
        _insist(partial(_give_back, waiting, lease), too_late)
        raise
    _give_back(waiting, lease)
    return found


def _insist(write: Callable[[], None], too_late: Callable[[], bool]) -> None:
    """Do it even if the database is away for a moment."""
    while True:
        db.session.rollback()
        try:
            return write()
        except DBAPIError as error:
            if trouble_of(error) is None or too_late():
                raise
        time.sleep(SECONDS_UNTIL_WRITTEN_AGAIN)


def _claim(now: datetime, lease: datetime, medium: Medium, too_late: Callable[[], bool]) -> tuple[list[Message], int]:
    """Up to BATCH messages, in order, that nobody else will touch until `lease`; detached from any session.

    And how many were dropped because mail to their addresses comes back.
    """
    given = {"now": now, "of_medium": medium}
    if not db.session.scalar(_looking(), given):
        return [], 0  # looking takes no lock, and this is looked at every other second
    try:
        with unit_of_work() as session:
            session.execute(_freeing(), given)
            whole = {"populate_existing": True}
            claimed = set(session.scalars(_claiming(), given | {"lease": lease}, execution_options=whole))
            for message in claimed:
                session.expunge(message)
            undeliverable = _drop_undeliverable(claimed)
    except DBAPIError:
        _insist(partial(_give_back_all, lease), too_late)  # whether it was written nobody knows
        raise
    return sorted(claimed - undeliverable, key=lambda message: message.id), len(undeliverable)


def _drop_undeliverable(claimed: set[Message]) -> set[Message]:
    """Those of `claimed` whose addresses take nothing; the database knows them as dropped."""
    addresses = [message.recipient.lower() for message in claimed]
    known = set(
        db.session.scalars(select(UndeliverableAddress.address).where(UndeliverableAddress.address.in_(addresses)))
    )
    found = {message for message in claimed if message.recipient.lower() in known and message.medium is Medium.MAIL}
    if found:
        dropped = update(Message).where(Message.id.in_([message.id for message in found]))
        values = {"state": MessageState.DROPPED, "claimed_until": None, "error": TAKES_NOTHING}
        db.session.execute(dropped.values(values), execution_options={"synchronize_session": False})
    return found


# Statements are put together once: a worker asks the same some ten thousand times.
_NOW = bindparam("now", type_=Message.due_at.type)
_MEDIUM = bindparam("of_medium", type_=Message.medium.type)


@cache
def _looking() -> Any:
    """Whether there is anything to do."""
    return select(or_(exists(_line(_is_next())), exists(_line(_is_abandoned()))))


@cache
def _freeing() -> Any:
    """Messages of workers that were killed go into the line again."""
    again = case((Message.attempts + 1 >= ATTEMPTS, MessageState.FAILED.value), else_=MessageState.QUEUED.value)
    return _change(_line(_is_abandoned())).values(
        state=again, claimed_until=None, attempts=Message.attempts + 1, error="보내는 도중에 중단되었습니다."
    )


@cache
def _claiming() -> Any:
    lease = bindparam("lease", type_=Message.claimed_until.type)
    return _change(_line(_is_next())).values(state=MessageState.SENDING, claimed_until=lease).returning(Message)


def _is_abandoned() -> ColumnElement[bool]:
    return and_(Message.state == MessageState.SENDING, Message.claimed_until < _NOW)


def _is_next() -> ColumnElement[bool]:
    """Due, and no earlier message of the medium to the same recipient is under way, due, or put off after a failure.

    One queued for a later day holds nobody up until its time has come; one that staff hold, only its own thread.
    """
    earlier, kept = aliased(Message), aliased(Message)
    of_medium = (earlier.recipient == Message.recipient, earlier.medium == Message.medium)
    unsent = earlier.state.in_((MessageState.SENDING, MessageState.QUEUED, MessageState.HELD))  # for the index
    # Never by the index of states: who is held may be ten thousand others, and this is asked for each message.
    held = type_coerce(kept.state, String).concat("") == MessageState.HELD.value
    is_kept = (held, kept.recipient == earlier.recipient, kept.id < earlier.id)
    # Nor where there is no thread: all messages without one are of none together.
    waits_for_nobody = or_(earlier.thread == "", ~exists().where(*is_kept, kept.thread == earlier.thread))
    in_line = or_(
        earlier.state == MessageState.SENDING,
        and_(
            earlier.state == MessageState.QUEUED,
            or_(earlier.due_at <= _NOW, earlier.attempts > 0),
            waits_for_nobody,
        ),
        and_(earlier.state == MessageState.HELD, earlier.thread == Message.thread, earlier.thread != ""),
    )
    held_up = exists().where(*of_medium, unsent, earlier.id < Message.id, in_line)
    return and_(Message.state == MessageState.QUEUED, Message.medium == _MEDIUM, Message.due_at <= _NOW, ~held_up)


def _line(condition: ColumnElement[bool]) -> Select[int]:
    """The first few ids; rows another worker is just claiming are passed over (SQLite has one writer at a time).

    Ordered as the index is and no further: ten thousand may be due at one moment, and must not be sorted each time.
    """
    found = select(Message.id).where(condition).order_by(Message.due_at).limit(BATCH)
    return found.with_for_update(skip_locked=True, of=Message)


def _change(line: Select[int]) -> Any:
    # A CTE, because PostgreSQL may run a subquery with LIMIT more than once.
    ids = line.cte("line")
    return update(Message).where(Message.id.in_(select(ids.c.id))).execution_options(synchronize_session=False)


def _attempt(message: Message, letter: Said, send: Send, now: datetime) -> dict[str, Any]:
    """What is to be written on the message after one attempt; Unreachable if none could be made."""
    attempts = message.attempts + 1
    try:
        to = whereto(message)
    except ValueError as error:
        return {"state": MessageState.FAILED, "attempts": attempts, "error": str(error)}
    if isinstance(letter, Exception):
        # Where it happened, without the words of the error: they may hold what people wrote.
        frames = "".join(traceback.format_tb(letter.__traceback__))
        what = type(letter).__name__
        log.error("message=%s kind=%s cannot be composed: %s\n%s", message.id, message.kind, what, frames)
        return _put_off(message, now, f"내용을 만들지 못했습니다: {what}", ATTEMPTS_TO_COMPOSE)
    if isinstance(letter, Dropped):
        return {"state": MessageState.DROPPED, "error": letter.reason}
    try:
        receipt = send(to, letter.data) or Receipt()
    except Deferred as error:
        return {"subject": letter.subject, **_put_off(message, now, str(error), ATTEMPTS)}
    except Rejected as error:
        if error.address:
            with unit_of_work():
                mark_undeliverable(message.recipient, now, str(error), error.status, message.id)
        return {"state": MessageState.FAILED, "attempts": attempts, "error": str(error), "subject": letter.subject}
    sent = {"state": MessageState.SENT, "attempts": attempts, "sent_at": now, "subject": letter.subject}
    return sent | receipt._asdict()


def mark_undeliverable(address: str, now: datetime, reason: str, status: str = "", message: int | None = None) -> None:
    """Send nothing more to an address until staff clear it; the first mark stays."""
    row = {"address": address.lower(), "since": now, "reason": reason, "status": status, "message_id": message}
    insert_new(UndeliverableAddress.__table__, [row])


def _put_off(message: Message, now: datetime, error: str, most: int) -> dict[str, Any]:
    attempts = message.attempts + 1
    if attempts >= most:
        return {"state": MessageState.FAILED, "attempts": attempts, "error": error}
    pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    due_at = now + pause * random.uniform(0.8, 1.2)  # noqa: S311 (so that not all come back at once)
    return {"state": MessageState.QUEUED, "attempts": attempts, "due_at": due_at, "error": error}


def _record(message: Message, lease: datetime, outcome: dict[str, Any]) -> None:
    with unit_of_work() as session:
        session.connection().execute(_recording(), _claim_of(message, lease) | outcome)
    log.info("message=%s kind=%s state=%s", message.id, message.kind, outcome["state"].value)


def _give_back(messages: list[Message], lease: datetime, error: str | None = None) -> None:
    """Into the line again as they were, with a word why they still wait."""
    if messages:
        outcome = {"state": MessageState.QUEUED} | ({} if error is None else {"error": error})
        with unit_of_work() as session:
            rows = [_claim_of(message, lease) | outcome for message in messages]
            session.connection().execute(_recording(), rows)


def _give_back_all(lease: datetime) -> None:
    """Into the line again, whatever was claimed until then."""
    claimed = update(Message).where(Message.state == MessageState.SENDING, Message.claimed_until == lease)
    with unit_of_work() as session:
        session.execute(claimed.values(state=MessageState.QUEUED, claimed_until=None))


@cache
def _recording() -> Any:
    """Whoever came too late, when another had taken the message up, writes nothing."""
    of_ours = {"message": Message.id, "lease": Message.claimed_until}
    ours = (column == bindparam(name, type_=column.type) for name, column in of_ours.items())
    return update(Message).where(Message.state == MessageState.SENDING, *ours)


def _claim_of(message: Message, lease: datetime) -> dict[str, Any]:
    return {"message": message.id, "lease": lease, "claimed_until": None}
