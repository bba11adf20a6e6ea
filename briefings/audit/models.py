"""The audit log's one table."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from briefings.db import Base


class AuditEntry(Base):
    """One act of one person; the actor's name is kept as it was then.

    The database itself refuses to change or delete a row: only `actor_name` and `detail` may be made empty of a person,
    each time with a later `redacted_at`, and rows older than two years may go (migration 0009).
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_about", "about_type", "about_id"),
        Index("ix_audit_entries_actor_id_at", "actor_id", "at"),
        Index("ix_audit_entries_action_at", "action", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    action: Mapped[str] = mapped_column(String(80))
    about_type: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    redacted_at: Mapped[datetime | None]
    """When somebody's name was taken out of it because they, or the law, asked for it."""
