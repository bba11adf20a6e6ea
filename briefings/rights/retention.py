"""How long data is kept here, what goes when, and destroying what is due: a little at a time, by many workers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import db, insert_or_update
from briefings.errors import Refused
from briefings.privacy.models import Destruction, RetentionPeriod
from briefings.privacy.register import OVER, write_down
from briefings.rights.kinds import KINDS, Kind

AT_ONCE = "이렇게 줄이면 %(number)s건이 한 시간 안에 파기되고 되돌릴 수 없습니다. 알고도 줄이려면 한 번 더 눌러 주세요."
BATCH = 500
"""So many rows go in one transaction: nobody waits long for any of them."""
AHEAD = 90
SOON = timedelta(days=7)
OVERDUE = timedelta(days=3)
"""Longer than this nothing due lies about where a worker runs."""


@dataclass(frozen=True)
class Forecast:
    """How many rows of a kind are to go now, and how many more within so many days; when the first of them goes."""

    kind: Kind
    days: int
    now: int
    ahead: Mapping[int, int]
    first_at: datetime | None


def periods() -> dict[str, int]:
    """Days by kind, as they hold now."""
    changed = {row.kind: row.days for row in db.session.scalars(select(RetentionPeriod))}
    return {kind.name: changed.get(kind.name, kind.days) for kind in KINDS}


class DestroysAtOnce(Refused):
    """So many rows would go for good within the hour, more than whoever shortens the time was told of."""

    def __init__(self, number: int) -> None:
        super().__init__(AT_ONCE, field="days", number=f"{number:,}")
        self.number = number


def change_period(kind: Kind, days: int, by: User, now: datetime, agreed: int | None = None) -> None:
    """Keep a kind shorter or longer from now on; Refused outside of its bounds.

    Where `agreed` says how many rows may go at once because of it, refused with DestroysAtOnce if they are more.
    """
    least, most = kind.bounds
    if not least <= days <= most:
        raise Refused("%(least)s일 이상 %(most)s일 이하로 정해 주세요.", field="days", least=least, most=most)
    before = periods()[kind.name]
    if days == before:
        return
    if agreed is not None and days < before and (number := _forecast(kind, days, now, ()).now) > agreed:
        raise DestroysAtOnce(number)
    row = {"kind": kind.name, "days": days, "changed_at": now, "changed_by_id": by.id}
    insert_or_update(RetentionPeriod.__table__, [row], key=("kind",))
    record(by, "retention.changed", by, now, kind=kind.name, before=before, days=days)


def forecast(now: datetime, steps: tuple[int, ...] = (30, 60, AHEAD)) -> list[Forecast]:
    """For each kind what goes when, by a statement each: a dry run."""
    known = periods()
    return [_forecast(kind, known[kind.name], now, steps) for kind in KINDS]


def number_due_soon(now: datetime) -> int:
    """How many rows about people go within a week, or should have gone: one statement, for the first page of staff."""
    known = periods()
    counted = []
    for kind in (kind for kind in KINDS if kind.personal):
        since = kind.rows.selected_columns.since
        until = now - timedelta(days=known[kind.name])
        within = kind.rows.where(since > until - OVERDUE, since <= until + SOON).subquery()
        counted.append(select(func.count().label("number")).select_from(within))
    together = union_all(*counted).subquery()
    return db.session.scalars(select(func.coalesce(func.sum(together.c.number), 0))).one()


def is_due(kind: Kind, now: datetime) -> bool:
    """Whether anything of a kind is to go: looked at before anybody has to wait for a lock."""
    return db.session.scalars(_due(kind, now).limit(1)).first() is not None


def destroy_due(kind: Kind, now: datetime) -> int:
    """Destroy some of what is due of a kind and write it into the register; how many, 0 once there is nothing."""
    rows = db.session.execute(_claimed(kind, now)).all()
    if not rows:
        return 0
    number = kind.destroy([row.key for row in rows], now)
    write_down(kind.name, number, OVER, now, until=max(row.since for row in rows))
    return len(rows)


def register(page: int, per_page: int, kind: str = "") -> Any:
    """The destruction register, the latest first."""
    found = select(Destruction).order_by(Destruction.at.desc(), Destruction.id.desc())
    if kind:
        found = found.where(Destruction.kind == kind)
    return db.paginate(found, page=page, per_page=per_page, error_out=False)


def _due(kind: Kind, now: datetime) -> Select[Any]:
    since = kind.rows.selected_columns.since
    return kind.rows.where(since <= now - timedelta(days=periods()[kind.name]))


def _claimed(kind: Kind, now: datetime) -> Select[Any]:
    """Some of them, which no other worker is at."""
    some = _due(kind, now).order_by(kind.rows.selected_columns.key).limit(BATCH)
    return some.with_for_update(skip_locked=True, of=kind.rows.selected_columns.key.table)


def _forecast(kind: Kind, days: int, now: datetime, steps: tuple[int, ...]) -> Forecast:
    rows = kind.rows.subquery()
    until = now - timedelta(days=days)
    moments = [literal(until + timedelta(days=step), rows.c.since.type) for step in (0, *steps)]
    within = select(*(func.count().filter(rows.c.since <= moment) for moment in moments), func.min(rows.c.since))
    due, *counts, first = db.session.execute(within.select_from(rows).where(rows.c.since <= moments[-1])).one()
    ahead = {step: number - due for step, number in zip(steps, counts, strict=True)}
    return Forecast(kind, days, due, ahead, first + timedelta(days=days) if first else None)
