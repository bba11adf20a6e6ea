"""Finding rounds, and whether they take needs."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import case, select

from briefings.db import db
from briefings.errors import N_
from briefings.needs.models import Need, Round, RoundPhase

HIGHEST_ID = 2**31 - 1
LATEST = 30
"""So many rounds are offered where staff choose one."""


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


def hold_needs(round: Round) -> set[int]:
    """The numbers of its needs, none of which leaves it before the transaction ends; `round` is held already."""
    found = select(Need.id).where(Need.round_id == round.id).order_by(Need.id)
    return set(db.session.scalars(found.with_for_update(key_share=True)))
