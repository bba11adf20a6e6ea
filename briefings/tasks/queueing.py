"""Asking for long work, looking for it, asking for its end."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from briefings.audit.recording import Actor
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.tasks.models import UNDER_WAY, Task, TaskState


def start(kind: str, about: str, params: dict[str, Any], by: Actor, now: datetime) -> Task:
    """A task that a worker takes up in a moment; Refused while one of that kind about that thing is under way."""
    if db.session.scalar(select(Task.id).where(*_of(kind, about), Task.state.in_(UNDER_WAY))):
        raise Refused("이미 진행하고 있는 작업이 있습니다. 끝난 뒤에 다시 해 주세요.")
    task = Task(
        kind=kind, about=about, params=params, created_by_id=by.id, created_by_name=by.name, created_at=now, note=""
    )
    db.session.add(task)
    db.session.flush()
    return task


def latest(kind: str, about: str) -> Task | None:
    """The last task of a kind about a thing, whatever became of it."""
    return db.session.scalar(select(Task).where(*_of(kind, about)).order_by(Task.id.desc()).limit(1))


def known_as(public_id: str) -> Task | None:
    """The task with this name in addresses."""
    return db.session.scalar(select(Task).where(Task.public_id == public_id))


def cancel(task: Task, by: Actor, now: datetime) -> None:
    """End it: at once if nobody works at it yet, otherwise at the worker's next step; what has ended stays as it is."""
    lock(task)
    if task.state is TaskState.QUEUED:
        task.state, task.finished_at = TaskState.CANCELLED, now
    if task.is_under_way or task.state is TaskState.CANCELLED:
        task.cancelled_by = task.cancelled_by or by.name


def _of(kind: str, about: str) -> tuple[Any, ...]:
    return (Task.kind == kind, Task.about == about)
