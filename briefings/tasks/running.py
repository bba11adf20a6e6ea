"""Doing what was asked for: claimed by one worker, begun anew by another if that one is killed."""

import logging
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update

from briefings import logs
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.tasks.models import Task, TaskState

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""Work that says nothing for so long counts as abandoned."""
SECONDS_BETWEEN_WORDS = 0.5
"""Nobody reads faster, and each word is a transaction."""
SECONDS_BETWEEN_LOOKS = 2
ATTEMPTS = 3
KILLED = "작업을 하던 프로그램이 여러 번 멈추었습니다. 담당자에게 알려 주세요."
BROKEN = "작업 도중에 문제가 생겼습니다. 아무것도 바뀌지 않았습니다. 다시 해 보고, 또 그러면 담당자에게 알려 주세요."


class Interrupted(Exception):
    """The work must end here, with whatever it has not committed undone."""


class Cancelled(Interrupted):
    """Staff want it to end."""


class Stopping(Interrupted):
    """The worker ends, or lost the task to another: somebody begins it anew."""


@dataclass
class Work:
    """What a task's function gets: what to do, and how to say how far it is."""

    task_id: int
    about: str
    params: dict[str, Any]
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]
    lease: datetime
    _told_at: float = field(default=0.0, init=False)
    _looked_at: float = field(default=0.0, init=False)

    def tell(self, done: int, total: int, note: str = "") -> None:
        """Show how far it is, in a transaction of its own; Cancelled or Stopping if it must end.

        Cheap to call often: most words are left unsaid. None may be open on the caller's side (SQLite has one writer).
        """
        moment = time.monotonic()
        if moment - self._told_at >= SECONDS_BETWEEN_WORDS or done == total:
            self._told_at = moment
            self._say(done=done, total=total, note=note[:300])

    def wanted(self) -> bool:
        """Whether it should go on; keeps the task claimed, so that long steps may ask it every now and then."""
        moment = time.monotonic()
        if moment - self._looked_at >= SECONDS_BETWEEN_LOOKS:
            self._looked_at = moment
            try:
                self._say()
            except Interrupted:
                self._looked_at = 0.0  # whoever asks again hears the same
                return False
        return not self.stopping()

    def _say(self, **progress: Any) -> None:
        if self.stopping():
            raise Stopping
        lease = self.clock() + LEASE
        with unit_of_work():
            ours = _held(self.task_id, self.lease).values(lease_until=lease, **progress).returning(Task.cancelled_by)
            cancelled_by = db.session.scalar(ours)
        if cancelled_by is None:
            raise Stopping
        self.lease = lease
        if cancelled_by:
            raise Cancelled


Function = Callable[[Work], dict[str, Any]]


def do_next(functions: Mapping[str, Function], clock: Callable[[], datetime], stopping: Callable[[], bool]) -> bool:
    """Do the oldest task that waits, or was abandoned; whether there was one."""
    claimed = _claim(tuple(functions), clock())
    if claimed is None:
        return False
    kind, work = claimed
    work.clock, work.stopping = clock, stopping
    with logs.noting(task=work.task_id, kind=kind):
        outcome = _attempt(functions[kind], work)
    db.session.rollback()  # whatever it left open when it was interrupted
    with unit_of_work():
        db.session.execute(_held(work.task_id, work.lease).values(lease_until=None, **outcome))
    log.info("task=%s kind=%s state=%s", work.task_id, kind, outcome["state"].value)
    return True


def _claim(kinds: tuple[str, ...], now: datetime) -> tuple[str, Work] | None:
    abandoned = and_(Task.state == TaskState.RUNNING, Task.lease_until < now)
    waiting = select(Task).where(Task.kind.in_(kinds), or_(Task.state == TaskState.QUEUED, abandoned))
    if not db.session.scalar(select(waiting.exists())):
        return None  # looking takes no lock, and this is looked at every other second
    with unit_of_work():
        task = db.session.scalar(waiting.order_by(Task.id).limit(1).with_for_update(skip_locked=True))
        if task is None:
            return None
        if task.attempts >= ATTEMPTS:
            task.state, task.error, task.finished_at, task.lease_until = TaskState.FAILED, KILLED, now, None
            return None
        task.state, task.attempts, task.lease_until = TaskState.RUNNING, task.attempts + 1, now + LEASE
        task.started_at = task.started_at or now
        return task.kind, Work(task.id, task.about, dict(task.params), lambda: now, lambda: False, now + LEASE)


def _attempt(function: Function, work: Work) -> dict[str, Any]:
    """What is to be written on the task after one attempt."""
    try:
        result = function(work)
    except Stopping:
        return {"state": TaskState.QUEUED, "attempts": Task.attempts - 1}
    except Cancelled:
        return {"state": TaskState.CANCELLED, "finished_at": work.clock()}
    except Refused as error:
        return {"state": TaskState.FAILED, "error": str(error), "finished_at": work.clock()}
    except Exception as error:
        # Where it happened, without the words of the error: they may hold what people wrote.
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("task=%s failed: %s\n%s", work.task_id, type(error).__name__, frames)
        return {"state": TaskState.FAILED, "error": BROKEN, "finished_at": work.clock()}
    return {"state": TaskState.DONE, "result": result, "finished_at": work.clock()}


def _held(task_id: int, lease: datetime) -> Any:
    """Whoever comes too late, when another has taken the task up, writes nothing."""
    ours = (Task.id == task_id, Task.state == TaskState.RUNNING, Task.lease_until == lease)
    return update(Task).where(*ours).execution_options(synchronize_session=False)
