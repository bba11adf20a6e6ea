"""Task, Worker."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from briefings.db import Base, new_public_id, words


class TaskState(StrEnum):
    """Where a task stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNDER_WAY = (TaskState.QUEUED, TaskState.RUNNING)
_ONE_UNDER_WAY = text("state IN ('queued', 'running')")


class Task(Base):
    """One piece of long work: how far it is, whether somebody wants it stopped, what came of it.

    Whoever works at it renews `lease_until`; when that has passed, the worker was killed and another begins anew.
    Of one kind about one thing, one is under way at a time.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint("done >= 0 AND total >= 0", name="progress_not_negative"),
        Index("ix_tasks_state_id", "state", "id"),
        Index("ix_tasks_about", "about", "kind", "id"),
        Index(
            "uq_tasks_under_way",
            "kind",
            "about",
            unique=True,
            sqlite_where=_ONE_UNDER_WAY,
            postgresql_where=_ONE_UNDER_WAY,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    kind: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(40))
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[TaskState] = mapped_column(words(TaskState), default=TaskState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(300), default="")
    """What is being done right now, for whoever watches."""
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    error: Mapped[str] = mapped_column(Text, default="")
    """Why it failed, in words for staff."""
    cancelled_by: Mapped[str] = mapped_column(String(120), default="")
    """Who wants it stopped; empty while nobody does."""
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    created_by_id: Mapped[int]
    created_by_name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    @property
    def is_under_way(self) -> bool:
        """Whether it waits for a worker or is being worked at."""
        return self.state in UNDER_WAY


class Worker(Base):
    """A worker process, as it last showed itself."""

    __tablename__ = "workers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    """The machine and the number of the process."""
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
