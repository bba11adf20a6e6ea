"""One mail that came to our mailbox, and what became of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.db import Base, words
from briefings.outbox.models import Message
from briefings.schedule.calendar_models import CalendarItem


class Outcome(StrEnum):
    """What a received mail led to."""

    ANSWERED = "answered"
    STALE = "stale"
    DUPLICATE = "duplicate"
    BOUNCED = "bounced"
    RESENT = "resent"
    PROPOSED = "proposed"
    REVIEW = "review"
    LETTER = "letter"
    DROPPED = "dropped"


class ReceivedMail(Base):
    """A mail as it came; `raw` is kept for thirty days. What needs a person has no `handled_at` yet."""

    __tablename__ = "received_mails"
    __table_args__ = (
        Index("ix_received_mails_outcome_handled_at", "outcome", "handled_at"),
        Index("ix_received_mails_received_at", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of its Message-ID, or of the whole where it has none: the same mail is dealt with once."""
    received_at: Mapped[datetime]
    sender: Mapped[str] = mapped_column(String(320), default="")
    subject: Mapped[str] = mapped_column(String(250), default="")
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why, in Korean, for staff."""
    note: Mapped[str] = mapped_column(Text, default="")
    """What the sender wrote along with the answer."""
    item_id: Mapped[int | None] = mapped_column(ForeignKey(CalendarItem.id), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey(Message.id))
    handled_at: Mapped[datetime | None]

    item: Mapped[CalendarItem | None] = relationship()
    message: Mapped[Message | None] = relationship()
