"""Workers show themselves, so that staff and whoever watches over the program see when none is there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from briefings.db import db, insert_or_update
from briefings.tasks.models import Worker

SECONDS_BETWEEN = 15
SILENCE = timedelta(minutes=2)
"""A worker that has not shown itself for so long is not there."""
FORGOTTEN = timedelta(days=7)


@dataclass(frozen=True)
class Silence:
    """No worker is there: when one last was, if ever."""

    since: datetime | None


def show(name: str, started_at: datetime, now: datetime) -> None:
    """Write down that the worker of this name is there; those not seen for a week are forgotten."""
    row = {"name": name, "started_at": started_at, "seen_at": now}
    insert_or_update(Worker.__table__, [row], ("name",))
    db.session.execute(delete(Worker).where(Worker.seen_at < now - FORGOTTEN))


def number_there(now: datetime) -> int:
    """How many workers have shown themselves in the last two minutes."""
    return db.session.scalars(select(func.count(Worker.id)).where(Worker.seen_at > now - SILENCE)).one()


def silence(now: datetime) -> Silence | None:
    """None while a worker is there."""
    last = db.session.scalar(select(func.max(Worker.seen_at)))
    return None if last and last > now - SILENCE else Silence(last)
