"""Rounds as staff run them: make, change, announce, move, throw away."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select

from briefings.accounts.models import User
from briefings.audit.models import AuditEntry
from briefings.audit.recording import history_of, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.needs.models import Need, Round
from briefings.rounds import asking
from briefings.rounds.models import NeedImport

STALE = (
    "그 사이 다른 사람이, 또는 다른 창에서 이 수요조사를 바꾸었습니다(%(at)s). 적으신 내용은 그대로 두었습니다. "
    "다시 저장하면 적으신 내용으로 바뀝니다."
)


@dataclass(frozen=True)
class Plan:
    """What a round says of itself and when it runs."""

    name: str
    description: str
    opens_at: datetime
    closes_at: datetime
    reviews_due_on: date | None


def course_of(round: Round) -> list[AuditEntry]:
    """What was done with it, newest first."""
    return history_of(round)[::-1]


def make(plan: Plan, by: User, now: datetime) -> Round:
    """A new round that nobody but staff sees yet; flushed."""
    _refuse_taken_name(plan.name, None)
    _refuse_disorder(plan.opens_at, plan.closes_at)
    made = Round(**asdict(plan), created_by_id=by.id, created_at=now, changed_at=now)
    db.session.add(made)
    db.session.flush()
    record(by, "round.made", made, now)
    return made


def edit(round: Round, plan: Plan, seen: datetime | None, by: User, now: datetime) -> bool:
    """Change what it says; whether anything is new. The dates of an announced round change by `move` alone."""
    _hold(round, seen)
    values = asdict(plan)
    if round.announced_at:
        values |= {"opens_at": round.opens_at, "closes_at": round.closes_at}
    _refuse_taken_name(plan.name, round)
    _refuse_disorder(values["opens_at"], values["closes_at"])
    return _write_down(round, values, "round.edited", by, now)


def announce(round: Round, by: User, now: datetime) -> None:
    """Show it to everyone; nobody is written to by that. Refused once it would be over."""
    lock(round)
    if round.announced_at:
        raise Refused("이미 예고한 수요조사입니다.")
    if round.closes_at <= now:
        raise Refused("마감 일시가 지났습니다. 일시를 먼저 고쳐 주세요.")
    round.announced_at = round.changed_at = now
    record(by, "round.announced", round, now)


def move(
    round: Round, opens_at: datetime, closes_at: datetime, *, tell: bool, seen: datetime | None, by: User, now: datetime
) -> bool:
    """Give an announced round other dates, also after its close; whether they are new.

    `tell` those who were asked and have not answered. What has opened keeps its opening.
    """
    _hold(round, seen)
    if round.announced_at is None:
        raise Refused("아직 예고하지 않은 수요조사입니다. ‘고치기’에서 일시를 바꿔 주세요.")
    if round.opens_at <= now:
        opens_at = round.opens_at
    _refuse_disorder(opens_at, closes_at)
    if closes_at <= now:
        raise Refused("마감 일시가 이미 지났습니다. 앞으로의 일시를 넣어 주세요.", field="closes_at")
    changed = _write_down(round, {"opens_at": opens_at, "closes_at": closes_at}, "round.moved", by, now)
    if changed and tell:
        asking.tell_of_new_dates(round, now)
    return changed


def discard(round: Round, by: User, now: datetime) -> None:
    """Delete a round that was never announced and holds nothing; Refused for any other."""
    lock(round)
    if round.announced_at:
        raise Refused("이미 예고한 수요조사는 지울 수 없습니다.")
    holds = exists().where(Need.round_id == round.id) | exists().where(NeedImport.round_id == round.id)
    if db.session.scalar(select(holds)):
        raise Refused("과제나 올린 파일이 있는 수요조사는 지울 수 없습니다.")
    record(by, "round.discarded", round, now, name=round.name)
    db.session.delete(round)


def _hold(round: Round, seen: datetime | None) -> None:
    lock(round)
    if seen != round.changed_at:
        raise Refused(STALE, at=round.changed_at)


def _refuse_taken_name(name: str, round: Round | None) -> None:
    taken = select(Round.id).where(func.lower(Round.name) == name.lower(), Round.id != (round.id if round else 0))
    if db.session.scalar(taken.limit(1)):
        raise Refused("같은 이름의 수요조사가 이미 있습니다. 연도나 차수를 넣어 구별해 주세요.", field="name")


def _refuse_disorder(opens_at: datetime, closes_at: datetime) -> None:
    if closes_at <= opens_at:
        raise Refused("마감은 시작보다 뒤여야 합니다.", field="closes_at")


def _write_down(round: Round, values: dict[str, Any], action: str, by: User, now: datetime) -> bool:
    changed = {
        name: [_plain(getattr(round, name)), _plain(value)]
        for name, value in values.items()
        if getattr(round, name) != value
    }
    if not changed:
        return False
    for name, value in values.items():
        setattr(round, name, value)
    # Two changes never bear the same moment, or the second of them would not be seen to be stale.
    round.changed_at = max(now, round.changed_at + timedelta(microseconds=1))
    record(by, action, round, now, changed=changed)
    return True


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
