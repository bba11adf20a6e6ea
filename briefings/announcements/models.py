"""A letter of the staff to a group of a briefing."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, words
from briefings.schedule.models import Briefing


class AnnouncementState(StrEnum):
    """Written, or queued for everybody in its group."""

    DRAFT = "draft"
    QUEUED = "queued"


class Announcement(Base):
    """One letter with the group it goes to; who is in the group is looked up when it is queued, never stored."""

    __tablename__ = "announcements"

    id: Mapped[int] = mapped_column(primary_key=True)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    group: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The conditions: states, kinds of organization, attendance, replied or not."""
    state: Mapped[AnnouncementState] = mapped_column(words(AnnouncementState), default=AnnouncementState.DRAFT)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]

    briefing: Mapped[Briefing] = relationship()
    author: Mapped[User] = relationship()
