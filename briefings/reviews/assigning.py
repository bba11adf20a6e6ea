"""Who reviews which needs of a round: evenly by itself or by hand, and taken back again."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select

from briefings.accounts.models import Role, User
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.needs.models import Need, Round
from briefings.needs.review_models import REVIEWED, SET_ASIDE, Review, ReviewState, Selection
from briefings.needs.rounds import hold_needs
from briefings.organizations.models import Membership, Organization
from briefings.reviews.distributing import distribute
from briefings.reviews.nearness import is_near

MOST_PER_NEED = 9
CHANGED = "그 사이 과제나 심사위원이 바뀌어 배정이 달라졌습니다. 새로 나눈 결과를 확인하고 다시 눌러 주세요."


@dataclass(frozen=True)
class Expert:
    """Somebody who may score needs, and the organization whose needs they may not."""

    user: User
    organization_id: int | None
    organization: str

    def is_near(self, need: Need) -> bool:
        """Whether they cannot judge it: their house's, their own, or one they are the contact of."""
        return is_near(self.user, self.organization_id, need)


@dataclass(frozen=True)
class Gap:
    """A need that gets fewer reviewers than wanted, and who was kept out of it."""

    need_id: int
    title: str
    lacking: int
    own: Sequence[str]
    """Reviewers who belong to its organization, are its contact or wrote it."""
    recused: Sequence[str]


@dataclass(frozen=True)
class Share:
    """What one reviewer has in the round, and what is added."""

    expert: Expert
    has: int
    gets: int


@dataclass(frozen=True)
class Distribution:
    """An even way to give out what is wanted, and where that is impossible."""

    pairs: Sequence[tuple[int, int]]
    gaps: Sequence[Gap]
    shares: Sequence[Share]
    needs: int

    @property
    def version(self) -> str:
        """Another word for each other way, by which staff agree to this one."""
        return hashlib.sha256(repr(self.pairs).encode()).hexdigest()[:12]


def experts() -> list[Expert]:
    """Everybody who may be asked to score, by name."""
    found = select(User, Organization.id, Organization.name).outerjoin(Membership, Membership.user_id == User.id)
    found = found.outerjoin(Organization, Organization.id == Membership.organization_id)
    found = found.where(User.role == Role.EXPERT, User.active).order_by(User.name, User.id)
    return [Expert(user, number, name or "") for user, number, name in db.session.execute(found)]


def reviewers_of(round_id: int) -> set[int]:
    """The accounts that have a sheet in the round."""
    found = select(Review.reviewer_id).join(Need, Need.id == Review.need_id).where(Need.round_id == round_id)
    return set(db.session.scalars(found.distinct()))


def even_distribution(round_id: int, reviewer_ids: Collection[int], per_need: int) -> Distribution:
    """How to give each need of the round that is still open `per_need` of these reviewers, as evenly as can be.

    What is given out already stays and counts; nobody gets a need that is near to them or one they stepped back from.
    """
    chosen = [expert for expert in experts() if expert.user.id in reviewer_ids]
    needs = _open_needs(round_id)
    standing = _standing(round_id)
    wanted, able, loads = {}, {}, dict.fromkeys((expert.user.id for expert in chosen), 0)
    for need in needs:
        states = standing.get(need.id, {})
        live = [number for number, state in states.items() if state is not ReviewState.RECUSED]
        for number in live:
            if number in loads:
                loads[number] += 1
        wanted[need.id] = max(per_need - len(live), 0)
        able[need.id] = [
            expert.user.id for expert in chosen if not expert.is_near(need) and expert.user.id not in states
        ]
    given = distribute(wanted, able, loads)
    gaps = [
        _gap(need, wanted[need.id] - len(given[need.id]), chosen, standing.get(need.id, {}))
        for need in needs
        if len(given[need.id]) < wanted[need.id]
    ]
    pairs = [(need_id, number) for need_id, numbers in given.items() for number in numbers]
    shares = [
        Share(expert, loads[expert.user.id], sum(number == expert.user.id for _, number in pairs)) for expert in chosen
    ]
    return Distribution(pairs, gaps, shares, len(needs))


def assign_evenly(
    round: Round, reviewer_ids: Collection[int], per_need: int, *, agreed: str, by: User, now: datetime
) -> Distribution:
    """Give out what staff saw and agreed to; Refused if it would be something else by now."""
    lock(round)
    hold_needs(round)
    found = even_distribution(round.id, reviewer_ids, per_need)
    if found.version != agreed:
        raise Refused(CHANGED)
    if not found.pairs:
        raise Refused("새로 배정할 것이 없습니다.")
    db.session.add_all(_review(need_id, number, now) for need_id, number in found.pairs)
    db.session.flush()
    said = {"pairs": [list(pair) for pair in found.pairs], "per_need": per_need}
    record(by, "round.reviews_assigned", round, now, sheets=len(found.pairs), **said)
    return found


def eligible_for(need: Need) -> list[Expert]:
    """Whom staff may still add to a need by hand."""
    taken = set(db.session.scalars(select(Review.reviewer_id).where(Review.need_id == need.id)))
    return [expert for expert in experts() if expert.user.id not in taken and not expert.is_near(need)]


def needs_for(round_id: int, reviewer: User) -> list[Need]:
    """What staff may still give to a reviewer by hand."""
    house = db.session.scalar(select(Membership.organization_id).where(Membership.user_id == reviewer.id))
    taken = {need_id for need_id, theirs in _standing(round_id).items() if reviewer.id in theirs}
    return [need for need in _open_needs(round_id) if need.id not in taken and not is_near(reviewer, house, need)]


def assign(need: Need, reviewer_id: int, by: User, now: datetime) -> Review:
    """Give one need to one reviewer; Refused where it is near to them, or decided."""
    round_id = need.round_id
    if need.round:
        lock(need.round)  # whoever gives out many at once holds it too
    lock(need)
    if need.state not in REVIEWED or need.round_id != round_id:
        raise Refused("제출되었거나 게시 중인 과제만 심사할 수 있습니다.")
    if db.session.get(Selection, need.id):
        raise Refused("이미 선정 여부를 정한 과제입니다.")
    expert = next((each for each in eligible_for(need) if each.user.id == reviewer_id), None)
    if expert is None:
        raise Refused("이 과제를 맡길 수 없는 심사위원입니다. 목록에서 골라 주세요.", field="reviewer")
    review = _review(need.id, reviewer_id, now)
    db.session.add(review)
    db.session.flush()
    record(by, "need.review_assigned", need, now, reviewer=reviewer_id)
    return review


def take_back(review: Review, by: User, now: datetime) -> None:
    """The need is no longer theirs to score; what they saved is forgotten. Refused once it is submitted."""
    lock(review)
    if review.state is not ReviewState.ASSIGNED:
        raise Refused("이미 점수를 보냈거나 회피한 배정은 거두어들일 수 없습니다.")
    record(by, "need.review_taken_back", review.need, now, reviewer=review.reviewer_id)
    db.session.delete(review)
    db.session.flush()


def set_aside(review: Review, reason: str, by: User, now: datetime) -> None:
    """What somebody too near to the need submitted counts no more; it is kept and can be taken up again."""
    lock(review)
    if why := not_to_be_set_aside(review):
        raise why
    if not reason.strip():
        raise Refused("점수를 빼는 까닭을 적어 주세요.", field="reason")
    review.state, review.submitted_at = ReviewState.RECUSED, None
    review.recusal_reason = f"{SET_ASIDE}{reason.strip()}"
    review.changed_at = max(now, review.changed_at + timedelta(microseconds=1))
    record(by, "need.review_set_aside", review.need, now, reviewer=review.reviewer_id, reason=reason.strip())
    db.session.flush()


def not_to_be_set_aside(review: Review) -> Refused | None:
    """Why a sheet cannot be set aside, if so: only what was submitted, until the need is decided."""
    if review.state is not ReviewState.SUBMITTED:
        return Refused("보낸 점수만 뺄 수 있습니다.")
    if db.session.get(Selection, review.need_id):
        return Refused("이미 선정 여부를 정한 과제의 점수는 뺄 수 없습니다. 결정을 없던 일로 한 뒤에 빼 주세요.")
    return None


def undo_recusal(review: Review, by: User, now: datetime) -> None:
    """Ask somebody who stepped back by mistake, or was left out by mistake, to score after all."""
    lock(review)
    if review.state is not ReviewState.RECUSED:
        raise Refused("회피한 배정이 아닙니다.")
    review.state, review.recusal_reason, review.changed_at = ReviewState.ASSIGNED, "", now
    record(by, "need.recusal_undone", review.need, now, reviewer=review.reviewer_id)


def set_due(round: Round, due_on: date, *, today: date, by: User, now: datetime) -> None:
    """Until when reviewers score, this day included; also to give them more time, or to open it again."""
    lock(round)
    if due_on < today:
        raise Refused("이미 지난 날입니다. 오늘이나 앞으로의 날을 적어 주세요.", field="due_on")
    if due_on == round.reviews_due_on:
        return
    before = round.reviews_due_on.isoformat() if round.reviews_due_on else ""
    record(by, "round.reviews_due", round, now, before=before, after=due_on.isoformat())
    round.reviews_due_on = due_on
    # Two changes never bear the same moment, or the second of them would not be seen to be stale.
    round.changed_at = max(now, round.changed_at + timedelta(microseconds=1))


def _open_needs(round_id: int) -> list[Need]:
    undecided = ~exists().where(Selection.need_id == Need.id)
    found = select(Need).where(Need.round_id == round_id, Need.state.in_(REVIEWED), undecided)
    return list(db.session.scalars(found.order_by(Need.id)))


def _standing(round_id: int) -> dict[int, dict[int, ReviewState]]:
    """Need → its reviewers and how far they are."""
    found = select(Review.need_id, Review.reviewer_id, Review.state).join(Need, Need.id == Review.need_id)
    standing: dict[int, dict[int, ReviewState]] = {}
    for need_id, reviewer_id, state in db.session.execute(found.where(Need.round_id == round_id)):
        standing.setdefault(need_id, {})[reviewer_id] = state
    return standing


def _gap(need: Need, lacking: int, chosen: Sequence[Expert], states: Mapping[int, ReviewState]) -> Gap:
    own = [expert.user.name for expert in chosen if expert.is_near(need)]
    stepped = [expert.user.name for expert in chosen if states.get(expert.user.id) is ReviewState.RECUSED]
    return Gap(need.id, need.title, lacking, own, stepped)


def _review(need_id: int, reviewer_id: int, now: datetime) -> Review:
    return Review(need_id=need_id, reviewer_id=reviewer_id, assigned_at=now, changed_at=now)
