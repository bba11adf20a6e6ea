"""Choosing the few key needs of a round: decided with a reason, told to the owners later, changed only with another."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import joinedload

from briefings.accounts.models import User
from briefings.audit.models import AuditEntry
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.needs.models import Need, NeedState, Round
from briefings.needs.registering import owners_of
from briefings.needs.review_models import REVIEWED, Outcome, Selection
from briefings.needs.rounds import hold_needs
from briefings.outbox.queueing import Draft as Mail
from briefings.outbox.queueing import queue_many
from briefings.reviews.asking_reviewers import about
from briefings.reviews.ranking import ranking_of, rounded
from briefings.webhooks.announcing import announce
from briefings.webhooks.events import Event

TOLD = "need.decision_told"
READERS = (*REVIEWED, NeedState.CLOSED)
"""Owners of needs that stand so hear of the decision; what was withdrawn or is being put right is left out."""
CHANGED = (
    "그 사이 다른 사람이, 또는 다른 창에서 이 과제들의 선정 여부를 바꾸었습니다. 적으신 내용은 그대로 두었습니다. "
    "지금 결정을 확인한 뒤에 다시 저장하면 적으신 내용으로 바뀝니다."
)


@dataclass(frozen=True)
class Draft:
    """A decision that its owner was not told of; `before` is what they were told last, if anything."""

    selection: Selection
    before: Outcome | None

    @property
    def reaches(self) -> bool:
        """Whether telling writes to its owner now."""
        return self.selection.need.state in READERS

    @property
    def obstacle(self) -> bool:
        """Whether it can be told of at all: a key need is one that everyone may read."""
        return self.selection.outcome is Outcome.SELECTED and self.selection.need.state not in REVIEWED


def candidates(round_id: int, need_ids: Collection[int]) -> list[Need]:
    """Those needs of the round that may be decided on, in the order of their numbers."""
    found = _candidates(round_id).where(Need.id.in_(need_ids))
    return list(db.session.scalars(found.order_by(Need.id)))


def undecided(round_id: int) -> list[Need]:
    """The needs of the round about which nothing is decided yet."""
    without = ~exists().where(Selection.need_id == Need.id)
    return list(db.session.scalars(_candidates(round_id).where(without, Need.state.in_(REVIEWED)).order_by(Need.id)))


def version_of(needs: Iterable[Need]) -> str:
    """Another word for each other state of the decisions about these needs."""
    numbers = [need.id for need in needs]
    found = select(Selection.need_id, Selection.outcome, Selection.decided_at).where(Selection.need_id.in_(numbers))
    rows = [(number, outcome.value, at.isoformat()) for number, outcome, at in db.session.execute(found)]
    return hashlib.sha256(repr((sorted(numbers), sorted(rows))).encode()).hexdigest()[:12]


def decide(
    round: Round, needs: Sequence[Need], outcome: Outcome, reason: str, *, seen: str, by: User, now: datetime
) -> int:
    """Decide the same about each, for the same reason; how many decisions are new.

    Nobody but staff sees them until they are told. What was told already is to be told again. The log keeps the place
    and the score that each need had at that moment.
    """
    lock(round)
    if not needs:
        raise Refused("과제를 하나 이상 골라 주세요.")
    if not reason.strip():
        raise Refused("까닭을 적어 주세요.", field="reason")
    if version_of(needs) != seen or not {need.id for need in needs} <= hold_needs(round):
        raise Refused(CHANGED)
    known = {each.need_id: each for each in _selections(round.id)}
    ranking, number = ranking_of(round.id), 0
    for need in needs:
        if outcome is Outcome.SELECTED and need.state not in REVIEWED:
            raise Refused(
                "‘%(title)s’ 과제는 제출되었거나 게시 중인 상태가 아니어서 선정할 수 없습니다.", title=need.title
            )
        selection, row = known.get(need.id), ranking.row(need.id)
        if selection and (selection.outcome, selection.reason) == (outcome, reason.strip()):
            continue
        standing = {"rank": row.rank, "score": str(rounded(row.mean))} if row and row.mean is not None else {}
        was = selection.outcome.value if selection else ""
        _write(selection or Selection(need_id=need.id), outcome, reason.strip(), by, now)
        record(by, "need.decided", need, now, outcome=outcome.value, reason=reason.strip(), was=was, **standing)
        number += 1
    db.session.flush()
    return number


def undecide(round: Round, need: Need, by: User, now: datetime) -> None:
    """Take a decision back to none; Refused once its owner was told of one."""
    lock(round)
    selection = db.session.get(Selection, need.id)
    if selection is None:
        raise Refused("아직 아무것도 정하지 않은 과제입니다.")
    if need.id in told_before([need.id]):
        raise Refused("이미 알린 결과는 없던 일로 할 수 없습니다. 다른 결과로 바꾸고 다시 알려 주세요.")
    record(by, "need.undecided", need, now, was=selection.outcome.value)
    db.session.delete(selection)
    db.session.flush()


def drafts(round_id: int) -> list[Draft]:
    """The decisions that are still to be told, selected ones first."""
    found = [each for each in _selections(round_id) if each.told_at is None]
    before, order = told_before([each.need_id for each in found]), list(Outcome)
    found.sort(key=lambda each: (order.index(each.outcome), each.need_id))
    return [Draft(each, before.get(each.need_id)) for each in found]


def agreed_version(found: Sequence[Draft]) -> str:
    """Another word for each other list of decisions to be told."""
    said = [
        (each.selection.need_id, each.selection.outcome.value, each.selection.decided_at.isoformat()) for each in found
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def told_before(need_ids: Collection[int]) -> dict[int, Outcome]:
    """What the owners of these needs were told last."""
    ours = (AuditEntry.about_type == Need.__tablename__, AuditEntry.action == TOLD, AuditEntry.about_id.in_(need_ids))
    found = select(AuditEntry.about_id, AuditEntry.detail).where(*ours).order_by(AuditEntry.id)
    return {number: Outcome(detail["outcome"]) for number, detail in db.session.execute(found)}


def tell(round: Round, *, agreed: str, by: User, now: datetime) -> dict[Outcome, int]:
    """Tell every owner what was decided and not told yet; how many needs of each outcome.

    Selected needs become key needs for everyone, and are published if they were not; Refused where one cannot be.
    """
    lock(round)
    found = drafts(round.id)
    if not found:
        raise Refused("새로 알릴 결과가 없습니다.")
    if agreed_version(found) != agreed:
        raise Refused("그 사이 결정이 바뀌었습니다. 바뀐 내용을 확인하고 다시 눌러 주세요.")
    numbers = dict.fromkeys(Outcome, 0)
    for draft in found:
        _refuse_unreadable(draft)
    reached = [draft for draft in found if draft.reaches]
    if not reached:
        raise Refused("알릴 과제가 모두 철회되었거나 고치는 중입니다.")
    for draft in reached:
        _settle(draft, by, now)
        numbers[draft.selection.outcome] += 1
    for outcome in Outcome:
        mails = [mail for draft in reached if draft.selection.outcome is outcome for mail in _mails(draft, now)]
        queue_many(f"selection_{outcome.value}", mails, now, about=about(round))
    counted = {outcome.value: number for outcome, number in numbers.items()}
    record(by, "round.decisions_told", round, now, **counted)
    return numbers


def _settle(draft: Draft, by: User, now: datetime) -> None:
    """What telling makes of the need and of the decision."""
    selection, need = draft.selection, draft.selection.need
    is_key = selection.outcome is Outcome.SELECTED
    if is_key or need.key_since:
        lock(need)
        _refuse_unreadable(draft)  # withdrawn at this very moment
        if is_key and need.state is NeedState.SUBMITTED:
            need.publish(now)
            record(by, "need.published", need, now)
            announce(Event.NEED_PUBLISHED, need, now)
        need.key_since = (need.key_since or now) if is_key else None
    selection.told_at = now
    said = {"outcome": selection.outcome.value, "reason": selection.reason}
    record(by, TOLD, need, now, **said)


def _refuse_unreadable(draft: Draft) -> None:
    if draft.obstacle:
        raise Refused(
            "‘%(title)s’ 과제는 제출되었거나 게시 중인 상태가 아니어서 선정 결과를 알릴 수 없습니다. "
            "과제를 먼저 바로잡거나 결정을 바꿔 주세요.",
            title=draft.selection.need.title,
        )


def _mails(draft: Draft, now: datetime) -> Iterator[Mail]:
    """One to each owner; with what they were told before, if it was something else."""
    need, outcome = draft.selection.need, draft.selection.outcome
    before = draft.before.value if draft.before and draft.before is not outcome else ""
    for place, person in enumerate(owners_of(need)):
        key = f"selection_{outcome.value}:{need.id}:{now:%Y%m%d%H%M%S%f}:{place}"
        yield Mail(key, person, {"need": need.id, "before": before})


def _write(selection: Selection, outcome: Outcome, reason: str, by: User, now: datetime) -> None:
    selection.outcome, selection.reason = outcome, reason
    # Two decisions never bear the same moment, or the second of them would not be seen to be another.
    earlier = selection.decided_at
    selection.decided_at = max(now, earlier + timedelta(microseconds=1)) if earlier else now
    selection.decided_by_id, selection.told_at = by.id, None
    db.session.add(selection)


def _candidates(round_id: int) -> Select[Need]:
    """What stands in the review, and what was decided before it left it."""
    decided = exists().where(Selection.need_id == Need.id)
    found = select(Need).where(Need.round_id == round_id, Need.state.in_(REVIEWED) | decided)
    return found.options(joinedload(Need.organization))


def _selections(round_id: int) -> list[Selection]:
    found = select(Selection).join(Need, Need.id == Selection.need_id).where(Need.round_id == round_id)
    need = joinedload(Selection.need)
    found = found.options(need.joinedload(Need.organization), need.joinedload(Need.created_by))
    return list(db.session.scalars(found.order_by(Selection.need_id)))


def counts(round_id: int) -> dict[Outcome, tuple[int, int]]:
    """Of each outcome how many needs there are, and how many of them are still to be told."""
    waits = func.count().filter(Selection.told_at.is_(None))
    found = select(Selection.outcome, func.count(), waits).join(Need, Need.id == Selection.need_id)
    rows = db.session.execute(found.where(Need.round_id == round_id).group_by(Selection.outcome))
    counted = {outcome: (number, waiting) for outcome, number, waiting in rows}
    return {outcome: counted.get(outcome, (0, 0)) for outcome in Outcome}
