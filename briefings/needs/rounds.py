"""Rounds as staff run them: make, change, announce, move, throw away; and finding them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, exists, func, select

from briefings.accounts.models import User
from briefings.audit.models import AuditEntry
from briefings.audit.recording import history_of, record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs import asking
from briefings.needs.models import Need, Round, RoundPhase
from briefings.needs.round_models import NeedImport

HIGHEST_ID = 2**31 - 1
LATEST = 30
"""So many rounds are offered where staff choose one."""
STALE = (
    "그 사이 다른 사람이 이 수요조사를 바꾸었습니다(%(at)s). 적으신 내용은 그대로 두었습니다. "
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


def all_rounds() -> list[Round]:
    """Every round: what is not announced first, then the latest to close."""
    draft_first = case((Round.announced_at.is_(None), 0), else_=1)
    return list(db.session.scalars(select(Round).order_by(draft_first, Round.closes_at.desc(), Round.id.desc())))


def latest_rounds() -> list[Round]:
    """The rounds among which staff choose, the latest first."""
    return list(db.session.scalars(select(Round).order_by(Round.opens_at.desc(), Round.id.desc()).limit(LATEST)))


def round_numbered(round_id: int) -> Round | None:
    """Any round, for staff."""
    return db.session.get(Round, round_id)


def announced_round(public_id: str) -> Round | None:
    """A round that anyone may read about; None for any other."""
    return db.session.scalar(select(Round).where(Round.public_id == public_id, Round.announced_at.is_not(None)))


def announced_rounds(now: datetime) -> list[Round]:
    """The rounds that are announced or open, the first to close first."""
    found = select(Round).where(Round.announced_at.is_not(None), Round.closes_at > now)
    return list(db.session.scalars(found.order_by(Round.closes_at, Round.id)))


def open_rounds(now: datetime) -> list[Round]:
    """The rounds that take needs at `now`, the first to close first."""
    return [each for each in announced_rounds(now) if each.phase(now) is RoundPhase.OPEN]


def closing_soon(now: datetime, within: timedelta) -> list[Round]:
    """The open rounds that close within a span, the first to close first."""
    return [each for each in open_rounds(now) if each.closes_at <= now + within]


def not_open_reason(round: Round, now: datetime) -> str | None:
    """Why no need can join the round from outside at `now`, if so."""
    return {
        RoundPhase.DRAFT: N_("아직 시작하지 않은 수요조사입니다."),
        RoundPhase.ANNOUNCED: N_("아직 접수를 시작하지 않은 수요조사입니다."),
        RoundPhase.CLOSED: N_("접수가 끝난 수요조사입니다."),
    }.get(round.phase(now))


def titles(about: Iterable[str] | None = None) -> dict[str, str]:
    """Rounds as messages name them (`round:4`) with their names: those named, or else the latest there are."""
    found = select(Round.id, Round.name).order_by(Round.opens_at.desc(), Round.id.desc())
    if about is None:
        found = found.where(Round.announced_at.is_not(None)).limit(LATEST)
    else:
        parted = (each.partition(":") for each in about)
        numbers = {int(number) for kind, _, number in parted if kind == "round" and number.isdecimal()}
        if not numbers:
            return {}
        found = found.where(Round.id.in_({number for number in numbers if number <= HIGHEST_ID}))
    return {f"round:{number}": name for number, name in db.session.execute(found)}


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
