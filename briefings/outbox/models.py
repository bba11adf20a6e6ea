"""One queued or sent message."""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from briefings.db import Base, words
from briefings.errors import N_, Refused


class MessageState(StrEnum):
    """Where a message is; a deferred one is QUEUED again with an error and a later due time."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class Message(Base):
    """One message to one person. Its words are made when it is sent, from `kind` and `params`.

    `key` says what it is about (`reminder:day-before:17:2`): the same key is never written twice.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_state_due_at", "state", "due_at"),
        Index("ix_messages_recipient_id", "recipient", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
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

    def queue_again(self, now: datetime) -> None:
        """Put a failed message back into the line, as if it had never been tried; Refused for any other."""
        if self.state is not MessageState.FAILED:
            raise Refused(N_("보내지 못한 전자우편만 다시 보낼 수 있습니다."))
        self.state, self.attempts, self.due_at = MessageState.QUEUED, 0, now
