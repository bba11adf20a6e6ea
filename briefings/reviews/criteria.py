"""What needs of a round are scored by, and how much each counts; fixed once somebody has been scored."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from sqlalchemy import exists, func, select

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.needs.models import Round
from briefings.needs.review_models import Criterion, Review, ReviewState, Score

MOST_POINTS = 5
MOST_WEIGHT = 100
PROPOSAL = (
    ("협업 필요성", "한 기관의 힘만으로는 풀기 어려워 함께해야 하는 과제입니까?", 30),
    ("실현 가능성", "내놓는 자원과 협업 기간으로 실제로 해낼 수 있습니까?", 25),
    ("파급 효과", "혜택을 받는 사람이 많고, 다른 지역이나 기관으로 퍼질 수 있습니까?", 25),
    ("주고받음의 균형", "내놓는 것과 찾는 것이 걸맞아 상대 기관에도 이롭습니까?", 20),
)
"""A beginning for staff who have no criteria yet: name, what it asks, weight."""
FIXED = "이미 제출한 점수가 있어 심사 기준을 바꿀 수 없습니다. 기준이 달라지면 낸 점수를 서로 견줄 수 없기 때문입니다."
TAKEN = "같은 이름의 기준이 이미 있습니다."
STALE = (
    "그 사이 다른 사람이, 또는 다른 창에서 심사 기준을 바꾸었습니다. 적으신 내용은 그대로 두었습니다. "
    "확인한 뒤에 다시 저장해 주세요."
)


def criteria_of(round_id: int) -> list[Criterion]:
    """The criteria of a round in their order."""
    found = select(Criterion).where(Criterion.round_id == round_id)
    return list(db.session.scalars(found.order_by(Criterion.position, Criterion.id)))


def shares(criteria: Sequence[Criterion]) -> dict[int, Fraction]:
    """How many of a hundred each criterion counts for, by its id."""
    whole = sum(criterion.weight for criterion in criteria)
    return {criterion.id: Fraction(100 * criterion.weight, whole) for criterion in criteria}


def version_of(criteria: Sequence[Criterion]) -> str:
    """Another word for each other list of criteria, by which a form that was opened before a change is known."""
    said = repr([(each.id, each.name, each.description, each.weight) for each in criteria])
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def fixed_reason(round_id: int) -> str | None:
    """Why the criteria may not be changed any more, if so."""
    scored = select(Score.review_id).join(Review, Review.id == Score.review_id)
    scored = scored.join(Criterion, Criterion.id == Score.criterion_id)
    scored = scored.where(Criterion.round_id == round_id, Review.state == ReviewState.SUBMITTED)
    return FIXED if db.session.scalar(select(exists(scored))) else None


def sources_for(round: Round) -> list[Round]:
    """Other rounds that have criteria to copy, the latest first."""
    has_some = exists().where(Criterion.round_id == Round.id)
    found = select(Round).where(Round.id != round.id, has_some)
    return list(db.session.scalars(found.order_by(Round.opens_at.desc(), Round.id.desc())))


def saved_for(criterion: Criterion) -> int:
    """How many reviewers have points for it, which would be lost with it."""
    found = select(func.count()).where(Score.criterion_id == criterion.id)
    return db.session.scalars(found).one()


def add(round: Round, name: str, description: str, weight: int, by: User, now: datetime) -> Criterion:
    """One more at the end; flushed."""
    known = _changeable(round)
    _refuse_taken(name, known)
    last = max((each.position for each in known), default=0)
    criterion = Criterion(round_id=round.id, name=name, description=description, weight=weight, position=last + 1)
    db.session.add(criterion)
    db.session.flush()
    record(by, "round.criterion_added", round, now, criterion=name, weight=weight)
    return criterion


def change(
    criterion: Criterion, name: str, description: str, weight: int, *, seen: str, by: User, now: datetime
) -> bool:
    """Other words or another weight; whether anything is new. Refused if the list is not the one that was `seen`."""
    round = db.session.get_one(Round, criterion.round_id)
    known = _changeable(round)
    _refuse_gone(criterion, known)
    if version_of(known) != seen:
        raise Refused(STALE)
    _refuse_taken(name, [each for each in known if each is not criterion])
    before = (criterion.name, criterion.description, criterion.weight)
    if before == (name, description, weight):
        return False
    criterion.name, criterion.description, criterion.weight = name, description, weight
    was = {"was": before[0], "weight_was": before[2]}
    record(by, "round.criterion_changed", round, now, criterion=name, weight=weight, **was)
    return True


def remove(criterion: Criterion, by: User, now: datetime) -> None:
    """Take it away, with the points that were saved for it and not yet submitted."""
    round = db.session.get_one(Round, criterion.round_id)
    _refuse_gone(criterion, _changeable(round))
    record(by, "round.criterion_removed", round, now, criterion=criterion.name, weight=criterion.weight)
    db.session.delete(criterion)
    db.session.flush()


def move_up(criterion: Criterion, by: User, now: datetime) -> None:
    """Change places with the one before it; the first stays where it is. Positions become 1, 2, 3, …"""
    round = db.session.get_one(Round, criterion.round_id)
    rows = _changeable(round)
    _refuse_gone(criterion, rows)
    place = rows.index(criterion)
    rows.insert(max(place - 1, 0), rows.pop(place))
    for position, row in enumerate(rows, start=1):
        row.position = position
    record(by, "round.criteria_ordered", round, now, order=[row.name for row in rows])


def propose(round: Round, by: User, now: datetime) -> None:
    """Begin with the proposal; Refused where there are criteria already."""
    _fill(round, PROPOSAL)
    record(by, "round.criteria_proposed", round, now, order=[name for name, _, _ in PROPOSAL])


def copy_from(source: Round, round: Round, by: User, now: datetime) -> None:
    """Begin with the criteria of another round; Refused where there are criteria already."""
    rows = [(each.name, each.description, each.weight) for each in criteria_of(source.id)]
    _fill(round, rows)
    record(by, "round.criteria_copied", round, now, source=source.name, order=[name for name, _, _ in rows])


def _fill(round: Round, rows: Sequence[tuple[str, str, int]]) -> None:
    if _changeable(round):
        raise Refused("이미 심사 기준이 있습니다. 처음부터 다시 정하려면 먼저 있는 기준을 지워 주세요.")
    for position, (name, description, weight) in enumerate(rows, start=1):
        values = {"name": name, "description": description, "weight": weight}
        db.session.add(Criterion(round_id=round.id, position=position, **values))
    db.session.flush()


def _changeable(round: Round) -> list[Criterion]:
    lock(round)  # whoever submits a score holds it too
    if reason := fixed_reason(round.id):
        raise Refused(reason)
    return criteria_of(round.id)


def _refuse_gone(criterion: Criterion, known: Sequence[Criterion]) -> None:
    if criterion not in known:
        raise Refused("그 사이 다른 사람이, 또는 다른 창에서 이 심사 기준을 지웠습니다.")


def _refuse_taken(name: str, others: Sequence[Criterion]) -> None:
    if any(each.name.casefold() == name.casefold() for each in others):
        raise Refused(TAKEN, field="name")
