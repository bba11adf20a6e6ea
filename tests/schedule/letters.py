"""The worker's round, and what it handed over, read as mail programs read it."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache

from flask import Flask
from sqlalchemy import select

from briefings.db import db
from briefings.jobs import deliver
from briefings.outbox.models import Message, MessageState
from tests.calendar.lint import complaints
from tests.calendar.readers import Facts, agreed


@dataclass(frozen=True)
class Letter:
    """One mail that left."""

    kind: str
    raw: bytes

    @property
    def parsed(self) -> EmailMessage:
        """As a mail program reads it; only of those that somebody opens."""
        return _parsed(self.raw)

    @property
    def subject(self) -> str:
        """What the inbox shows."""
        return str(self.parsed["Subject"])

    @property
    def text(self) -> str:
        """The words."""
        part = self.parsed.get_body(("plain",))
        assert part is not None
        return part.get_content().replace("\r\n", "\n")

    @property
    def calendar(self) -> bytes | None:
        """The calendar object it carries, if any."""
        return _calendar_in(self.raw)

    @property
    def facts(self) -> Facts:
        """What every calendar program reads out of it: sound, and the same for all readers."""
        assert self.calendar is not None, f"no calendar part: {self.subject}"
        return _facts_in(self.calendar)


# Tests look into one mailbox again and again; a mail that has left stays as it is.
@lru_cache(maxsize=200)
def _parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


@lru_cache(maxsize=200)
def _calendar_in(raw: bytes) -> bytes | None:
    parts = [part for part in _parsed(raw).walk() if part.get_content_type() == "text/calendar"]
    return parts[0].get_payload(decode=True) if parts else None


@lru_cache(maxsize=200)
def _facts_in(calendar: bytes) -> Facts:
    assert complaints(calendar) == []
    (found,) = agreed(calendar)
    return found


def delivered(app: Flask, address: str) -> list[Letter]:
    """Let the worker do its round; everything that ever left for `address`, in order."""
    deliver(app)
    sent = select(Message).where(Message.recipient == address, Message.state == MessageState.SENT)
    found = db.session.scalars(sent.order_by(Message.sent_at, Message.id))
    letters = [Letter(message.kind, message.raw or b"") for message in found]
    db.session.commit()
    return letters


def dropped(address: str) -> list[tuple[str, str]]:
    """Kind and reason of what was not sent to `address` because it no longer concerned anybody."""
    found = select(Message.kind, Message.error).where(
        Message.recipient == address, Message.state == MessageState.DROPPED
    )
    return [(kind, reason) for kind, reason in db.session.execute(found.order_by(Message.id))]
