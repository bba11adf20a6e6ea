"""Looking for messages: the newest first, however many there are."""

from dataclasses import dataclass
from typing import Any

from flask_sqlalchemy.pagination import Pagination, SelectPagination
from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer

from briefings.db import db
from briefings.outbox.models import Message, MessageState

PER_PAGE = 20
MOST = 1000
"""Counted no further: what staff look for is among the newest, and a count of everything grows with the years."""


@dataclass(frozen=True)
class Search:
    """What to look for; what is empty does not matter. `q` is a whole address, or part of an address or a name."""

    q: str = ""
    state: MessageState | None = None
    kind: str = ""


class Newest(SelectPagination):
    """Pages of at most MOST messages."""

    def _query_count(self) -> int:
        return db.session.scalars(_count(self._query_args["select"].with_only_columns(Message.id))).one()


def find(search: Search, page: int) -> Pagination:
    """One page of messages, without the mails themselves."""
    found = select(Message).options(defer(Message.raw)).order_by(Message.id.desc())
    if search.q:
        whole = Message.recipient == search.q.lower()
        part = Message.recipient.icontains(search.q, autoescape=True)
        name = Message.recipient_name.icontains(search.q, autoescape=True)
        found = found.where(whole if "." in search.q.rpartition("@")[2] and "@" in search.q else part | name)
    if search.state:
        found = found.where(Message.state == search.state)
    if search.kind:
        found = found.where(Message.kind == search.kind)
    return Newest(select=found, session=db.session, page=page, per_page=PER_PAGE, error_out=False)


def counts() -> dict[MessageState, int]:
    """How many messages stand in each state, MOST at most."""
    each = [_count(select(Message.id).where(Message.state == state)).scalar_subquery() for state in MessageState]
    return dict(zip(MessageState, db.session.execute(select(*each)).one(), strict=True))


def _count(found: Select[Any]) -> Select[int]:
    return select(func.count()).select_from(found.order_by(None).limit(MOST).subquery())
