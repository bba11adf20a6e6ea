"""Putting messages in line, in the same transaction as the change they speak of."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from briefings.db import db, insert_new
from briefings.outbox.models import Message


class Recipient(NamedTuple):
    """Whom a message goes to, and in which language (`ko`, `en`)."""

    address: str
    name: str
    locale: str = "ko"


def queue(kind: str, key: str, to: Recipient, now: datetime, due_at: datetime | None = None, **params: Any) -> bool:
    """Queue one message, due now or later; False if one under this key exists already. `params` must be JSON."""
    return bool(queue_many(kind, [(key, to, params)], now, due_at))


def queue_many(
    kind: str, messages: list[tuple[str, Recipient, dict[str, Any]]], now: datetime, due_at: datetime | None = None
) -> int:
    """Queue (key, recipient, params) for each, in one statement; how many were new."""
    rows = [
        {
            "kind": kind,
            "key": key,
            "recipient": to.address,
            "recipient_name": to.name,
            "locale": to.locale,
            "params": params,
            "created_at": now,
            "due_at": due_at or now,
        }
        for key, to, params in messages
    ]
    return insert_new(Message.__table__, rows)


def queued_lately(kind: str, address: str, now: datetime) -> int:
    """How many messages of a kind were queued for `address` within an hour: what a limit is measured by."""
    lately = Message.created_at > now - timedelta(hours=1)
    found = select(func.count()).where(Message.recipient == address, Message.kind == kind, lately)
    return db.session.scalars(found).one()
