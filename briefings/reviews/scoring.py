"""A reviewer's side: the sheets they were given, points saved and submitted, and stepping back from a need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.models import Need, Round
from briefings.needs.review_models import REVIEWED, Criterion, Review, ReviewState, Score, Selection
from briefings.organizations.models import Membership
from briefings.reviews.criteria import criteria_of, version_of
from briefings.reviews.nearness import is_near, near
from briefings.reviews.ranking import rounded, score_of

STALE = N_(
    "그 사이 과제나 심사 기준, 또는 이 심사표가 바뀌었습니다. 적으신 내용은 그대로 두었습니다. "
    "확인한 뒤에 다시 보내면 적으신 내용으로 바뀝니다."
)
OWN = N_("소속 기관이나 본인이 낸 과제라 심사할 수 없습니다.")
DECIDED = N_("이 과제의 심사를 마감했습니다.")
NO_CRITERIA = N_("아직 심사 기준이 정해지지 않았습니다. 담당자가 정하면 채점할 수 있습니다.")
OVER = N_("심사 기한(%(day)s)이 지났습니다. 더 필요한 시간이 있으면 담당자에게 말씀해 주세요.")
GONE = N_("지금은 심사하지 않는 과제입니다. 수요기관이 고치고 있거나 거두어들였습니다.")
RECUSED = N_("심사를 회피한 과제입니다.")
LEFT_OUT = N_("담당자가 심사에서 뺀 과제입니다.")


@dataclass(frozen=True)
class Mark:
    """Points for one criterion and why."""

    points: int
    reason: str = ""


@dataclass(frozen=True)
class Standing:
    """One sheet as its reviewer sees it in their list; `reason` says why it cannot be scored now, if so."""

    review: Review
    saved: int
    reason: Refused | None
    edited_since: bool
    """Whether the need was edited after its sheet was submitted."""

    @property
    def to_do(self) -> bool:
        """Whether it still waits for its reviewer."""
        return self.review.state is ReviewState.ASSIGNED and self.reason is None

    @property
    def counts(self) -> bool:
        """Whether it is one of those to hand in: nobody stepped back from it, it is not gone and not one's own."""
        return self.reason is None or self.reason.message not in (RECUSED, LEFT_OUT, OWN, GONE)


@dataclass(frozen=True)
class Bundle:
    """All sheets of one reviewer in one round, in the order in which they are gone through."""

    round: Round
    sheets: Sequence[Standing]

    @property
    def submitted(self) -> int:
        """How many of those to hand in were."""
        return sum(sheet.counts and sheet.review.state is ReviewState.SUBMITTED for sheet in self.sheets)

    @property
    def expected(self) -> int:
        """How many there are to hand in."""
        return sum(sheet.counts for sheet in self.sheets)

    def beside(self, review: Review) -> tuple[Review | None, Review | None]:
        """The sheets before and after one."""
        rows = [sheet.review for sheet in self.sheets]
        place = rows.index(review)
        return rows[place - 1] if place else None, rows[place + 1] if place + 1 < len(rows) else None

    def next_to_do(self, review: Review) -> Review | None:
        """The next sheet that waits, from this one on and then from the beginning."""
        rows = list(self.sheets)
        place = next(number for number, sheet in enumerate(rows) if sheet.review is review)
        return next((sheet.review for sheet in rows[place + 1 :] + rows[:place] if sheet.to_do), None)


def bundles_of(reviewer: User, today: date) -> list[Bundle]:
    """Everything a reviewer was given, the round that is due next first; by a fixed number of statements."""
    rows = list(db.session.scalars(_sheets().where(Review.reviewer_id == reviewer.id).order_by(Review.id)).unique())
    own, decided = _organization_id(reviewer), _decided({row.need_id for row in rows})
    scored = _scored_rounds({row.need.round_id for row in rows if row.need.round_id})
    rounds: dict[int, list[Standing]] = {}
    for row in rows:
        if row.need.round is None:
            continue
        ready = row.need.round.id in scored
        reason = _closed(row, today, own=is_near(reviewer, own, row.need), decided=row.need_id in decided, ready=ready)
        rounds.setdefault(row.need.round.id, []).append(_standing(row, reason))
    found = [Bundle(sheets[0].review.need.round, sheets) for sheets in rounds.values() if sheets[0].review.need.round]
    last = date.max
    return sorted(found, key=lambda each: (_is_over(each, today), each.round.reviews_due_on or last, -each.round.id))


def sheet_of(reviewer: User, review_id: int) -> Review | None:
    """One sheet of this reviewer; None for another's."""
    found = _sheets().where(Review.id == review_id, Review.reviewer_id == reviewer.id, Need.round_id.is_not(None))
    return db.session.scalars(found).unique().one_or_none()


def closed_reason(review: Review, today: date) -> Refused | None:
    """Why a sheet cannot be scored or changed at all now, if so."""
    decided = bool(_decided({review.need_id}))
    ready = bool(_scored_rounds({review.need.round_id} if review.need.round_id else set()))
    own = is_near(review.reviewer, _organization_id(review.reviewer), review.need)
    return _closed(review, today, own=own, decided=decided, ready=ready)


def version_seen(review: Review, criteria: Sequence[Criterion]) -> str:
    """What a form carries along to be known as opened before somebody changed the need, the sheet or the criteria."""
    return f"{review.need.changed_at.isoformat()} {review.changed_at.isoformat()} {version_of(criteria)}"


def save(review: Review, marks: Mapping[int, Mark], comment: str, *, seen: str, today: date, now: datetime) -> None:
    """Keep what there is so far, to go on later; nobody but the reviewer sees it."""
    _open(review, seen, today)
    if review.state is ReviewState.SUBMITTED:
        raise Refused(N_("이미 보낸 심사표입니다. 고친 점수를 다시 보내 주세요."))
    _write(review, marks, comment, now)


def submit(review: Review, marks: Mapping[int, Mark], comment: str, *, seen: str, today: date, now: datetime) -> None:
    """Hand the sheet in, or what was changed in it; Refused while a criterion has no points."""
    criteria = _open(review, seen, today)
    for criterion in criteria:
        if criterion.id not in marks:
            raise Refused(N_("점수를 골라 주세요."), field=f"points_{criterion.id}")
    before = score_of(criteria, {score.criterion_id: score.points for score in review.scores})
    again = review.state is ReviewState.SUBMITTED
    _write(review, marks, comment, now)
    review.state, review.submitted_at = ReviewState.SUBMITTED, now
    score = score_of(criteria, {number: mark.points for number, mark in marks.items()})
    said = {
        name: str(rounded(value))
        for name, value in (("score", score), ("score_was", before if again else None))
        if value is not None
    }
    record(review.reviewer, "need.review_changed" if again else "need.reviewed", review.need, now, **said)


def recuse(review: Review, reason: str, *, today: date, now: datetime) -> None:
    """Step back from a need one is too near to; what was saved for it is forgotten."""
    if not reason.strip():
        raise Refused(N_("회피하는 까닭을 적어 주세요."), field="reason")
    lock(review)
    if why := not_recusable(review, today):
        raise why
    review.state, review.recusal_reason = ReviewState.RECUSED, reason.strip()
    review.submitted_at, review.comment, review.scores = None, "", []
    review.changed_at = _later(review, now)
    record(review.reviewer, "need.review_recused", review.need, now, reason=review.recusal_reason)


def not_recusable(review: Review, today: date) -> Refused | None:
    """Why nobody can step back from it any more, if so; whoever belongs to its organization always can."""
    if review.state is ReviewState.RECUSED:
        return Refused(N_("이미 회피한 과제입니다."))
    if _decided({review.need_id}):
        return Refused(DECIDED)
    return None


def _sheets() -> Select[Review]:
    """With everything a list or a sheet shows, in a fixed number of statements."""
    found = select(Review).join(Need, Need.id == Review.need_id)
    return found.options(
        joinedload(Review.need).joinedload(Need.organization),
        joinedload(Review.need).joinedload(Need.round),
        joinedload(Review.reviewer),
        selectinload(Review.scores),
    )


def _organization_id(reviewer: User) -> int | None:
    return db.session.scalar(select(Membership.organization_id).where(Membership.user_id == reviewer.id))


def _decided(need_ids: set[int]) -> set[int]:
    return (
        set(db.session.scalars(select(Selection.need_id).where(Selection.need_id.in_(need_ids)))) if need_ids else set()
    )


def _scored_rounds(round_ids: set[int]) -> set[int]:
    """Those that have criteria."""
    return set(db.session.scalars(select(Criterion.round_id).where(Criterion.round_id.in_(round_ids)).distinct()))


def _closed(review: Review, today: date, *, own: bool, decided: bool, ready: bool) -> Refused | None:
    need = review.need
    due = need.round.reviews_due_on if need.round else None
    reasons = (
        (review.is_set_aside, Refused(LEFT_OUT)),
        (review.state is ReviewState.RECUSED, Refused(RECUSED)),
        (own, Refused(OWN)),
        (need.state not in REVIEWED, Refused(GONE)),
        (decided, Refused(DECIDED)),
        (due is not None and today > due, Refused(OVER, day=due)),
        (not ready, Refused(NO_CRITERIA)),
    )
    return next((refused for true, refused in reasons if true), None)


def _standing(review: Review, reason: Refused | None) -> Standing:
    edited = review.submitted_at is not None and review.need.changed_at > review.submitted_at
    return Standing(review, len(review.scores), reason, edited)


def _is_over(bundle: Bundle, today: date) -> bool:
    due = bundle.round.reviews_due_on
    return due is not None and due < today


def _open(review: Review, seen: str, today: date) -> list[Criterion]:
    """The criteria, with round and sheet held; Refused where it may not be scored or was changed since."""
    round = review.need.round
    assert round is not None  # noqa: S101 (sheets are found by their round)
    lock(round)  # of somebody who submits and somebody who changes the criteria, the second sees the first
    lock(review.need)  # what is scored is what was read: nobody changes it before the score is there
    lock(review)
    if reason := closed_reason(review, today):
        raise reason
    criteria = criteria_of(round.id)
    if seen != version_seen(review, criteria):
        raise Refused(STALE)
    return criteria


def _write(review: Review, marks: Mapping[int, Mark], comment: str, now: datetime) -> None:
    """Points for exactly these criteria; a 0 says why."""
    for number, mark in marks.items():
        if mark.points == 0 and not mark.reason.strip():
            raise Refused(N_("0점을 준 까닭을 적어 주세요."), field=f"reason_{number}")
    known = {score.criterion_id: score for score in review.scores}
    for number in known.keys() - marks.keys():
        review.scores.remove(known[number])
    for number, mark in marks.items():
        if number in known:
            known[number].points, known[number].reason = mark.points, mark.reason.strip()
        else:
            review.scores.append(Score(criterion_id=number, points=mark.points, reason=mark.reason.strip()))
    review.comment = comment
    review.changed_at = _later(review, now)
    db.session.flush()


def _later(review: Review, now: datetime) -> datetime:
    """Two changes never bear the same moment, or the second of them would not be seen to be stale."""
    return max(now, review.changed_at + timedelta(microseconds=1))


def open_sheets(round_id: int) -> Select[int, int]:
    """Reviewer → how many sheets of a round they have still to hand in, as far as they can be scored."""
    decided = exists().where(Selection.need_id == Need.id)
    waits = (
        Need.round_id == round_id,
        Need.state.in_(REVIEWED),
        Review.state == ReviewState.ASSIGNED,
        ~near(),
        ~decided,
    )
    found = select(Review.reviewer_id, func.count()).join(Need, Need.id == Review.need_id)
    found = found.join(User, User.id == Review.reviewer_id).outerjoin(Membership, Membership.user_id == User.id)
    return found.where(*waits).group_by(Review.reviewer_id)
