"""Writing and reading the audit log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import insert, select

from briefings.audit.models import AuditEntry
from briefings.db import db

SEEN = "seen:"
"""What stands before the table of a row that somebody looked at: its history is what was done to it, not who looked."""


class Actor(Protocol):
    """Whoever acts: an account by id and name, or somebody without one by the name alone."""

    @property
    def id(self) -> int | None:
        """The account's, or None."""

    @property
    def name(self) -> str:
        """As it is shown."""


def record(actor: Actor | None, action: str, about: Any, now: datetime, **detail: Any) -> None:
    """Add one entry about a flushed row, in the caller's transaction; no actor means the program itself."""
    db.session.add(
        AuditEntry(
            at=now,
            actor_id=actor.id if actor else None,
            actor_name=actor.name if actor else "",
            action=action,
            about_type=about.__tablename__,
            about_id=about.id,
            detail=detail,
        )
    )


def record_each(actor: Actor | None, action: str, about: Any, ids: Sequence[int], now: datetime, **detail: Any) -> None:
    """Add the same entry about many rows of a table (`about` is its model), in one statement."""
    common = {
        "at": now,
        "actor_id": actor.id if actor else None,
        "actor_name": actor.name if actor else "",
        "action": action,
        "about_type": about.__tablename__,
        "detail": detail,
    }
    if ids:
        rows = [common | {"about_id": number} for number in ids]
        db.session.connection().execute(insert(AuditEntry), rows)


def history_of(about: Any) -> list[AuditEntry]:
    """All entries about one row, oldest first."""
    found = select(AuditEntry).where(AuditEntry.about_type == about.__tablename__, AuditEntry.about_id == about.id)
    return list(db.session.scalars(found.order_by(AuditEntry.at, AuditEntry.id)))
