"""Putting messages in line, in the same transaction as the change they speak of."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from briefings.db import db, insert_new
from briefings.outbox.models import Medium, Message, MessageState
from briefings.web.erased import NOBODY


class Recipient(NamedTuple):
    """Whom a message goes to, and in which language (`ko`, `en`)."""

    address: str
    name: str
    locale: str = "ko"


class Draft(NamedTuple):
    """One message to be queued, under its key; `params` must be JSON. With a `phone` it is a text message."""

    key: str
    to: Recipient
    params: dict[str, Any]
    thread: str = ""
    phone: str = ""


def queue(
    kind: str,
    key: str,
    to: Recipient,
    now: datetime,
    due_at: datetime | None = None,
    *,
    thread: str = "",
    about: str = "",
    held: bool = False,
    **params: Any,
) -> bool:
    """Queue one message, due now or later; False if one under this key exists already. `params` must be JSON."""
    return bool(queue_many(kind, [Draft(key, to, params, thread)], now, due_at, about=about, held=held))


def queue_many(
    kind: str,
    drafts: Sequence[Draft],
    now: datetime,
    due_at: datetime | None = None,
    *,
    about: str = "",
    held: bool = False,
) -> int:
    """Queue each draft, in one statement; how many were new. Those `held` wait until staff release them."""
    rows = [
        {
            "kind": kind,
            "key": draft.key,
            "thread": draft.thread,
            "about": about,
            "medium": Medium.TEXT if draft.phone else Medium.MAIL,
            "phone": draft.phone,
            "recipient": draft.to.address,
            "recipient_name": draft.to.name,
            "locale": draft.to.locale,
            "params": draft.params,
            "state": MessageState.HELD if held else MessageState.QUEUED,
            "created_at": now,
            "due_at": due_at or now,
        }
        for draft in drafts
        if not draft.to.address.endswith(NOBODY)
    ]
    return insert_new(Message.__table__, rows)


def queued_lately(kind: str, address: str, now: datetime, key: str = "") -> int:
    """How many messages of a kind were queued for `address` within an hour: what a limit is measured by.

    `key`: only those whose keys begin like that, where each thing they are about has a limit of its own.
    """
    lately = (Message.created_at > now - timedelta(hours=1)) & Message.key.startswith(key, autoescape=True)
    found = select(func.count()).where(Message.recipient == address, Message.kind == kind, lately)
    return db.session.scalars(found).one()
