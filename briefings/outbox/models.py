"""Messages queued or sent, the addresses they came back from, and the texts that staff wrote anew."""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from briefings.db import Base, words


class MessageState(StrEnum):
    """Where a message is; a deferred one is QUEUED again with an error and a later due time."""

    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    DROPPED = "dropped"


class Medium(StrEnum):
    """By which way a message goes: mail, or the gateway for text messages and 알림톡."""

    MAIL = "mail"
    TEXT = "text"


class Message(Base):
    """One message to one person. Its words are made when it is sent, from `kind` and `params`.

    `key` says what it is about (`reminder:day:17:2`): the same key is never written twice. `thread` names what must
    arrive in order even past a message that is held (`item:17`: one entry of one calendar); `about` names what it
    belongs to for staff (`briefing:4`).
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_state_due_at", "state", "due_at"),
        Index("ix_messages_recipient_state_id", "recipient", "state", "id"),
        Index("ix_messages_thread_id", "thread", "id"),
        Index("ix_messages_about_id", "about", "id"),
        Index("ix_messages_reference", "reference"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    thread: Mapped[str] = mapped_column(String(40), default="")
    about: Mapped[str] = mapped_column(String(40), default="")
    medium: Mapped[Medium] = mapped_column(words(Medium), default=Medium.MAIL)
    phone: Mapped[str] = mapped_column(String(30), default="")
    """Where a text message goes; `recipient` is its reader's mail address all the same."""
    cost: Mapped[int | None]
    """What a text message cost, in won."""
    recipient: Mapped[str] = mapped_column(String(320))
    recipient_name: Mapped[str] = mapped_column(String(120))
    locale: Mapped[str] = mapped_column(String(5))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[MessageState] = mapped_column(words(MessageState), default=MessageState.QUEUED)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    reference: Mapped[str] = mapped_column(String(40), default=lambda: secrets.token_hex(16))
    """Left side of the Message-ID: fixed when queued, so that a repeat is the same message."""
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What went out, kept only where mail stays in the program's own mailbox (SMTP_URL=mailbox:)."""


class UndeliverableAddress(Base):
    """An address that was refused for good or that mail came back from: nothing more is sent until staff clear it."""

    __tablename__ = "undeliverable_addresses"

    address: Mapped[str] = mapped_column(String(320), primary_key=True)
    since: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20), default="")
    """The enhanced status code (RFC 3463), such as 5.1.1, if one was given."""
    reason: Mapped[str] = mapped_column(Text)
    message_id: Mapped[int | None] = mapped_column(ForeignKey(Message.id))


class WrittenText(Base):
    """A text that staff wrote in place of the built-in one."""

    __tablename__ = "written_texts"
    __table_args__ = (UniqueConstraint("name", "locale"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    locale: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
