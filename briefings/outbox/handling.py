"""What staff do with messages: hold them, let them go, send them again, try them out, and trust an address again."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Select, case, delete, func, literal, select, update

from briefings.audit.recording import Actor, record_each
from briefings.db import db
from briefings.errors import Refused
from briefings.outbox.delivering import TAKES_NOTHING
from briefings.outbox.finding import Search, matching, undeliverable
from briefings.outbox.models import Message, MessageState, UndeliverableAddress
from briefings.outbox.queueing import Recipient, queue
from briefings.outbox.received import Received

MOST_AT_ONCE = 20_000
NO_SYNC = {"synchronize_session": False}


class Act(StrEnum):
    """What can be done with many messages at once."""

    HOLD = "hold"
    RELEASE = "release"
    AGAIN = "again"


POSSIBLE = {
    Act.HOLD: (MessageState.QUEUED,),
    Act.RELEASE: (MessageState.HELD,),
    Act.AGAIN: (MessageState.FAILED, MessageState.BOUNCED),
}
"""In which states a message must be for an act."""
ACTIONS = {Act.HOLD: "message.held", Act.RELEASE: "message.released", Act.AGAIN: "message.queued_again"}


class Chosen(NamedTuple):
    """How many messages an act would concern, how many are to addresses that take nothing, the id of the last one."""

    number: int
    undeliverable: int
    last: int


def chosen(act: Act, search: Search, ids: Sequence[int] | None, up_to: int | None = None) -> Select[int]:
    """The ids of the messages an act would concern, oldest first: those ticked, or (None) all that `search` finds.

    `up_to`, the last that was there when they were counted, leaves out whatever came since. What is for an address that
    takes nothing is not queued again: it would be dropped.
    """
    found = _possible(act, search, ids)
    if act is Act.AGAIN:
        found = found.where(~undeliverable())
    if up_to is not None:
        found = found.where(Message.id <= up_to)
    return found.order_by(Message.id).limit(MOST_AT_ONCE)


def count(act: Act, search: Search, ids: Sequence[int] | None) -> Chosen:
    """What is to be said before an act; a message to an address that takes nothing can be released, not sent again."""
    among = chosen(act, search, ids).subquery()
    number, last = db.session.execute(select(func.count(), func.coalesce(func.max(among.c.id), 0))).one()
    lost = select(func.count()).select_from(_possible(act, search, ids).where(undeliverable()).subquery())
    return Chosen(number, db.session.scalars(lost).one(), last)


def _possible(act: Act, search: Search, ids: Sequence[int] | None) -> Select[int]:
    found = select(Message.id).where(Message.state.in_(POSSIBLE[act]))
    if ids is None:
        return matching(search, found)
    return found.where(Message.id.in_(ids), search.reach.of_subject(Message.about))


def do(act: Act, found: Select[int], by: Actor, now: datetime) -> int:
    """Hold, release or queue again whatever of the chosen still can be, in one statement; how many it were."""
    values: dict[Act, dict[str, Any]] = {
        Act.HOLD: {"state": MessageState.HELD},
        Act.RELEASE: {"state": MessageState.QUEUED, "due_at": _not_before(now)},
        Act.AGAIN: {"state": MessageState.QUEUED, "attempts": 0, "due_at": now},
    }
    ids = found.cte("chosen")
    # The state is asked for once more: the worker may have taken a message up since.
    changed = update(Message).where(Message.id.in_(select(ids.c.id)), Message.state.in_(POSSIBLE[act]))
    done = list(db.session.scalars(changed.values(values[act]).returning(Message.id), execution_options=NO_SYNC))
    record_each(by, ACTIONS[act], Message, done, now, together=len(done))
    return len(done)


def _not_before(now: datetime) -> Any:
    moment = literal(now, Message.due_at.type)
    return case((Message.due_at < moment, moment), else_=Message.due_at)


def trust(address: str, by: Actor, now: datetime) -> None:
    """Send to an address again that mail came back from; Refused where it is not marked.

    What was dropped meanwhile counts as failed, so that staff can send it again.
    """
    marked = delete(UndeliverableAddress).where(UndeliverableAddress.address == address.lower())
    found = db.session.execute(marked.returning(UndeliverableAddress.since, UndeliverableAddress.message_id)).first()
    if found is None:
        raise Refused("이미 풀었거나, 되돌아온 적이 없는 주소입니다.")
    kept_back = (func.lower(Message.recipient) == address.lower(), Message.error == TAKES_NOTHING)
    failed = update(Message).where(*kept_back, Message.state == MessageState.DROPPED).values(state=MessageState.FAILED)
    db.session.execute(failed, execution_options=NO_SYNC)
    detail = {"address": address.lower(), "since": found.since.isoformat()}
    record_each(by, "address.trusted", Message, [found.message_id or 0], now, **detail)


def send_test(mail: Received, to: Recipient, now: datetime, about: str = "") -> None:
    """Queue the words of a mail for a colleague as they stand in a preview: links hidden, nothing for a calendar."""
    key = f"test:{secrets.token_hex(8)}"
    queue("test", key, to, now, about=about, subject=mail.subject, words=mail.text)
