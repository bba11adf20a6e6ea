"""The destruction register (파기대장): a line for each kind of data and day, written by whoever destroys."""

from datetime import datetime

from sqlalchemy import select

from briefings.audit.recording import Actor
from briefings.db import db, lock
from briefings.privacy.models import Destruction

OVER = "보유 기간이 지남(개인정보 보호법 제21조)"
"""Why something goes whose time is over, as the register says."""


def write_down(
    kind: str, number: int, reason: str, now: datetime, until: datetime | None = None, by: Actor | None = None
) -> None:
    """Note that so many of a kind are gone, and why; what the program itself destroys on one day is one line.

    `until` is the moment the youngest of them stems from. Nothing is noted of nothing.
    """
    if not number:
        return
    line = None if by else _line_of_today(kind, reason, now)
    if line is None:
        by_id = by.id if by else None
        db.session.add(Destruction(at=now, kind=kind, number=number, reason=reason, until=until, by_id=by_id))
        db.session.flush()
        return
    lock(line)
    line.number, line.at = line.number + number, now
    line.until = max(filter(None, (line.until, until)), default=None)


def _line_of_today(kind: str, reason: str, now: datetime) -> Destruction | None:
    morning = now.replace(hour=0, minute=0, second=0, microsecond=0)
    same = (Destruction.kind == kind, Destruction.reason == reason, Destruction.by_id.is_(None))
    found = select(Destruction).where(*same, Destruction.at >= morning).order_by(Destruction.id.desc())
    return db.session.scalars(found.limit(1)).first()
