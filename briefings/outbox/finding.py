"""Looking for messages: the newest first, however many there are."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_sqlalchemy.pagination import Pagination, SelectPagination
from sqlalchemy import ColumnElement, Exists, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import defer

from briefings.db import db
from briefings.outbox.models import Medium, Message, MessageState, UndeliverableAddress
from briefings.outbox.reach import EVERYBODY, Reach

PER_PAGE = 20
MOST = 1000
"""Counted no further: what staff look for is among the newest, and a count of everything grows with the years."""


class Standing(StrEnum):
    """Where a message stands, as staff see it: a state, and whether one that waits has been tried before."""

    QUEUED = "queued"
    DEFERRED = "deferred"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Search:
    """What to look for; what is empty does not matter.

    `q` is a whole address, or part of an address or a name; `about` and `thread` as the message has them.
    """

    q: str = ""
    standing: Standing | None = None
    kind: str = ""
    about: str = ""
    thread: str = ""
    medium: Medium | None = None
    reach: Reach = EVERYBODY

    def conditions(self) -> dict[str, str]:
        """As they stand in an address; what is empty is left out."""
        said = {name: getattr(self, name) for name in ("q", "kind", "about", "thread", "medium")}
        found = {name: str(value) for name, value in said.items() if value}
        return found | ({"state": self.standing.value} if self.standing else {})


def standing_of(message: Message) -> Standing:
    """Where one message stands."""
    waits = message.state is MessageState.QUEUED and message.attempts
    return Standing.DEFERRED if waits else Standing(message.state.value)


class Newest(SelectPagination):
    """Pages of at most MOST messages."""

    def _query_count(self) -> int:
        return db.session.scalars(_count(self._query_args["select"].with_only_columns(Message.id))).one()


def find(search: Search, page: int) -> Pagination:
    """One page of messages, without the mails themselves."""
    found = matching(search, select(Message)).options(defer(Message.raw)).order_by(Message.id.desc())
    return Newest(select=found, session=db.session, page=page, per_page=PER_PAGE, error_out=False)


def matching(search: Search, found: Select[Any]) -> Select[Any]:
    """Of `found`, a selection from messages, those that meet every condition and may be seen."""
    found = found.where(search.reach.of_subject(Message.about))
    if search.q:
        whole = Message.recipient == search.q.lower()
        part = Message.recipient.icontains(search.q, autoescape=True)
        name = Message.recipient_name.icontains(search.q, autoescape=True)
        found = found.where(whole if "." in search.q.rpartition("@")[2] and "@" in search.q else part | name)
    if search.standing:
        found = found.where(_stands(search.standing))
    for column, value in (
        (Message.kind, search.kind),
        (Message.about, search.about),
        (Message.thread, search.thread),
        (Message.medium, search.medium),
    ):
        if value:
            found = found.where(column == value)
    return found


def counts(search: Search = Search()) -> dict[Standing, int]:
    """How many messages that meet the other conditions stand where; MOST at most where there are no conditions."""
    if search.reach is not EVERYBODY or set(search.conditions()) - {"state"}:
        rows = matching(replace(search, standing=None), select(_standing())).subquery()
        counted = db.session.execute(select(rows.c.standing, func.count()).group_by(rows.c.standing))
        found = {Standing(standing): number for standing, number in counted}
        return {standing: found.get(standing, 0) for standing in Standing}
    each = [_count(select(Message.id).where(_stands(standing))).scalar_subquery() for standing in Standing]
    return dict(zip(Standing, db.session.execute(select(*each)).one(), strict=True))


def counts_by_thread(threads: Collection[str]) -> dict[str, dict[Standing, int]]:
    """The same for each of some threads, without what is nowhere."""
    rows = select(Message.thread, _standing()).where(Message.thread.in_(threads)).subquery()
    counted = select(rows.c.thread, rows.c.standing, func.count()).group_by(rows.c.thread, rows.c.standing)
    found: dict[str, dict[Standing, int]] = {thread: {} for thread in threads}
    for thread, standing, number in db.session.execute(counted):
        found[thread][Standing(standing)] = number
    return found


def due_by_thread(threads: Collection[str], now: datetime) -> dict[str, datetime]:
    """When the first message goes of those threads whose turn is yet to come; none that was tried before."""
    waiting = (Message.state == MessageState.QUEUED, Message.attempts == 0, Message.due_at > now)
    first = select(Message.thread, func.min(Message.due_at)).where(Message.thread.in_(threads), *waiting)
    return {thread: due_at for thread, due_at in db.session.execute(first.group_by(Message.thread))}


def undeliverable() -> Exists:
    """Whether the address of a message takes nothing any more."""
    return exists().where(UndeliverableAddress.address == func.lower(Message.recipient), Message.medium == Medium.MAIL)


def undeliverable_addresses(reach: Reach) -> Select[UndeliverableAddress]:
    """The addresses that take nothing any more, the last first; of those that may be seen something was sent there."""
    found = select(UndeliverableAddress).order_by(UndeliverableAddress.since.desc(), UndeliverableAddress.address)
    if reach is EVERYBODY:
        return found
    sent = or_(Message.recipient == UndeliverableAddress.address, Message.id == UndeliverableAddress.message_id)
    return found.where(exists().where(sent, reach.of_subject(Message.about)))


def undeliverable_among(addresses: set[str]) -> set[str]:
    """Those of `addresses` that take nothing any more, as they are written there."""
    known = select(UndeliverableAddress.address)
    found = set(db.session.scalars(known.where(UndeliverableAddress.address.in_({a.lower() for a in addresses}))))
    return {address for address in addresses if address.lower() in found}


def _standing() -> ColumnElement[str]:
    return case(*((_stands(standing), standing.value) for standing in Standing)).label("standing")


def _stands(standing: Standing) -> ColumnElement[bool]:
    if standing is Standing.DEFERRED:
        return and_(Message.state == MessageState.QUEUED, Message.attempts > 0)
    if standing is Standing.QUEUED:
        return and_(Message.state == MessageState.QUEUED, Message.attempts == 0)
    return Message.state == MessageState(standing.value)


def _count(found: Select[Any]) -> Select[int]:
    return select(func.count()).select_from(found.order_by(None).limit(MOST).subquery())
