"""Availability: when people who present can and cannot."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from briefings.db import Base


class Availability(Base):
    """Whether somebody can present at a time: what they said last. Of times nobody asked about, nothing is known."""

    __tablename__ = "availabilities"
    __table_args__ = (
        UniqueConstraint("email", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    possible: Mapped[bool]
    said_at: Mapped[datetime]
