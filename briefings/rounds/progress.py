"""How a round is going: what each organization did, the same by kind, and beside earlier rounds."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, case, func, literal, or_, select

from briefings.db import UtcDateTime, db
from briefings.needs.models import Need, NeedState, Round, RoundPhase
from briefings.organizations.models import Organization, OrganizationKind
from briefings.rounds.asking import ANSWERING
from briefings.rounds.models import RoundContact

EARLIER = 3
"""So many earlier rounds stand beside one."""
PUBLIC = (NeedState.PUBLISHED, NeedState.CLOSED)


class Answer(StrEnum):
    """What came of asking an organization, the most pressing first."""

    SILENT = "silent"
    DRAFTING = "drafting"
    UNASKED = "unasked"
    NOTHING = "nothing"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Standing:
    """One organization in a round: how many people were asked, how many needs stand in which state."""

    organization: Organization
    asked: int
    needs: Counter[NeedState]
    answer: Answer

    @property
    def submitted(self) -> int:
        """How many needs it handed in."""
        return sum(self.needs[state] for state in ANSWERING)

    @property
    def published(self) -> int:
        """How many of them everyone can read."""
        return sum(self.needs[state] for state in PUBLIC)


@dataclass(frozen=True)
class Sums:
    """The same for many organizations."""

    asked: int
    answers: Counter[Answer]
    needs: Counter[NeedState]
    submitted: int
    published: int


@dataclass(frozen=True)
class Figures:
    """What one round brought: organizations asked and answering, needs handed in, published, chosen as key needs.

    `so_far` counts what had been handed in when as much time was left as another round has now.
    """

    asked: int = 0
    organizations: int = 0
    submitted: int = 0
    published: int = 0
    key: int = 0
    so_far: int = 0


def standings(round: Round) -> list[Standing]:
    """Every organization that is asked or has a need in the round, the most pressing first, by three statements."""
    asked = _contacts(round)
    needs: dict[int, Counter[NeedState]] = {}
    counted = select(Need.organization_id, Need.state, func.count()).where(Need.round_id == round.id)
    for organization_id, state, number in db.session.execute(counted.group_by(Need.organization_id, Need.state)):
        needs.setdefault(organization_id, Counter())[state] = number
    in_round = select(RoundContact.organization_id).where(RoundContact.round_id == round.id)
    with_need = select(Need.organization_id).where(Need.round_id == round.id)
    found = select(Organization).where(or_(Organization.id.in_(in_round), Organization.id.in_(with_need)))
    bodies = db.session.scalars(found)
    rows = [_standing(each, asked.get(each.id, (0, 0)), needs.get(each.id, Counter())) for each in bodies]
    turn = list(Answer)
    return sorted(rows, key=lambda row: (turn.index(row.answer), row.organization.name, row.organization.id))


def sums(rows: Iterable[Standing]) -> Sums:
    """The sums over organizations."""
    rows = list(rows)
    needs: Counter[NeedState] = Counter()
    for row in rows:
        needs.update(row.needs)
    return Sums(
        asked=sum(1 for row in rows if row.asked),
        answers=Counter(row.answer for row in rows),
        needs=needs,
        submitted=sum(row.submitted for row in rows),
        published=sum(row.published for row in rows),
    )


def by_kind(rows: Iterable[Standing]) -> list[tuple[OrganizationKind, Sums]]:
    """The sums for each kind of organization that there is any of."""
    groups: dict[OrganizationKind, list[Standing]] = {kind: [] for kind in OrganizationKind}
    for row in rows:
        groups[row.organization.kind].append(row)
    return [(kind, sums(group)) for kind, group in groups.items() if group]


def earlier_rounds(round: Round) -> list[Round]:
    """The announced rounds that opened before this one, the latest first."""
    found = select(Round).where(Round.announced_at.is_not(None), Round.opens_at < round.opens_at, Round.id != round.id)
    return list(db.session.scalars(found.order_by(Round.opens_at.desc(), Round.id.desc()).limit(EARLIER)))


def figures_of(rounds: Sequence[Round], beside: Round | None = None, now: datetime | None = None) -> dict[int, Figures]:
    """What each round brought, by its id; `so_far` measured at the distance to the close that `beside` has `now`."""
    ids = [each.id for each in rounds]
    asked = select(RoundContact.round_id, func.count(RoundContact.organization_id.distinct()))
    asked = asked.where(RoundContact.round_id.in_(ids), RoundContact.asked_at.is_not(None))
    number_asked = {number: count for number, count in db.session.execute(asked.group_by(RoundContact.round_id))}
    handed_in = Need.state.in_(ANSWERING)
    counted = select(
        Need.round_id,
        func.count(Need.organization_id.distinct()),
        func.count(),
        func.count().filter(Need.state.in_(PUBLIC)),
        func.count().filter(Need.key_since.is_not(None)),
        func.count().filter(Need.submitted_at <= _as_far(rounds, beside, now)),
    ).where(Need.round_id.in_(ids), handed_in)
    rows = {number: rest for number, *rest in db.session.execute(counted.group_by(Need.round_id))}
    return {number: Figures(number_asked.get(number, 0), *rows.get(number, ())) for number in ids}


def _as_far(rounds: Sequence[Round], beside: Round | None, now: datetime | None) -> ColumnElement[datetime]:
    """For each round the moment that is as far from its close as `now` is from that of `beside`."""
    if beside is None or now is None or beside.phase(now) is not RoundPhase.OPEN:
        moments = {each.id: each.closes_at for each in rounds}
    else:
        moments = {each.id: each.closes_at - (beside.closes_at - now) for each in rounds}
    typed = {number: literal(moment, UtcDateTime()) for number, moment in moments.items()}
    return case(typed, value=Need.round_id) if typed else literal(now, UtcDateTime())


def _contacts(round: Round) -> dict[int, tuple[int, int]]:
    """For each organization how many people were asked, and how many of them said that there is nothing."""
    nothing = func.count().filter(RoundContact.nothing_at.is_not(None))
    found = select(RoundContact.organization_id, func.count(RoundContact.asked_at), nothing)
    rows = db.session.execute(found.where(RoundContact.round_id == round.id).group_by(RoundContact.organization_id))
    return {number: (asked, said_nothing) for number, asked, said_nothing in rows}


def _standing(organization: Organization, contacts: tuple[int, int], needs: Counter[NeedState]) -> Standing:
    asked, nothing = contacts
    if any(needs[state] for state in ANSWERING):
        answer = Answer.ANSWERED
    elif needs[NeedState.DRAFT]:
        answer = Answer.DRAFTING
    elif not asked:
        answer = Answer.UNASKED
    else:
        answer = Answer.NOTHING if nothing >= asked else Answer.SILENT
    return Standing(organization, asked, needs, answer)
