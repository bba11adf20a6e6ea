"""RoundContact, NeedImport; the Round itself stands in `models`, for needs belong to it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, new_public_id, words
from briefings.files.models import StoredFile
from briefings.needs.models import Round
from briefings.organizations.models import Organization


class RoundContact(Base):
    """An organization asked for needs in a round, and the person who was asked. Answered: a need, or "nothing"."""

    __tablename__ = "round_contacts"
    __table_args__ = (
        UniqueConstraint("round_id", "email"),
        CheckConstraint("reminders >= 0", name="reminders_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    round_id: Mapped[int] = mapped_column(ForeignKey(Round.id, ondelete="CASCADE"))
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(320))
    locale: Mapped[str] = mapped_column(String(5), default="ko")
    added_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]
    nothing_at: Mapped[datetime | None]
    """When they said that they have no need to register this time."""
    nothing_reason: Mapped[str] = mapped_column(Text, default="")

    round: Mapped[Round] = relationship()
    organization: Mapped[Organization] = relationship()


class ImportState(StrEnum):
    """A file is checked whole, then saved whole, or thrown away."""

    CHECKING = "checking"
    CHECKED = "checked"
    SAVING = "saving"
    SAVED = "saved"
    DISCARDED = "discarded"


class NeedImport(Base):
    """One spreadsheet of needs: what was found in it, what staff decided about its doubtful rows, what became of it."""

    __tablename__ = "need_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    round_id: Mapped[int | None] = mapped_column(ForeignKey(Round.id), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id))
    state: Mapped[ImportState] = mapped_column(words(ImportState), default=ImportState.CHECKING)
    rows: Mapped[int] = mapped_column(default=0)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Mistakes and doubts, each with its cell."""
    decisions: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """What staff decided about suspected duplicates: row → take it or leave it out."""
    publish: Mapped[bool] = mapped_column(default=False)
    """Whether the needs are shown to everyone at once, or wait for review as submitted."""
    created_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    saved_at: Mapped[datetime | None]

    round: Mapped[Round | None] = relationship()
    file: Mapped[StoredFile] = relationship()
    created_by: Mapped[User] = relationship()
