"""What reviewers are written: that they have needs to score, and that some still wait for them."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import func, select

from briefings.accounts.models import Role, User
from briefings.accounts.opening import recipient
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.needs.models import Need, Round
from briefings.needs.review_models import Review, ReviewState
from briefings.outbox.models import Message
from briefings.outbox.queueing import queue
from briefings.reviews.scoring import open_sheets

REMINDED_BEFORE = timedelta(days=2)
"""So long before the last day those who have sheets left are reminded by themselves."""


def waiting(round_id: int) -> dict[User, int]:
    """Reviewer → how many sheets they have still to hand in, of those who can; by name."""
    numbers: Mapping[int, int] = dict(db.session.execute(open_sheets(round_id)).all())
    able = select(User).where(User.id.in_(numbers), User.active, User.role == Role.EXPERT)
    return {user: numbers[user.id] for user in db.session.scalars(able.order_by(User.name, User.id))}


def untold(round_id: int) -> dict[User, int]:
    """Those of `waiting` who were given a sheet that no mail has told them of yet."""
    told, newest = _told(round_id), _newest(round_id)
    return {user: number for user, number in waiting(round_id).items() if told.get(user.id, 0) < newest[user.id]}


def ask(round: Round, by: User, today: date, now: datetime) -> int:
    """Tell each of `untold` what waits for them, one mail each; how many."""
    lock(round)
    _refuse_without_time(round, today)
    people, newest = untold(round.id), _newest(round.id)
    if not people:
        raise Refused("새로 알릴 심사위원이 없습니다.")
    for user in people:
        key = f"review-assigned:{round.id}:{user.id}:{newest[user.id]}"
        up_to = newest[user.id]
        queue(
            "review_assigned", key, recipient(user), now, about=about(round), round=round.id, user=user.id, up_to=up_to
        )
    record(by, "round.reviewers_asked", round, now, number=len(people))
    return len(people)


def remind(round: Round, by: User, today: date, now: datetime) -> int:
    """Remind everybody with sheets left who was told of them; how many. Not twice within a minute."""
    lock(round)
    _refuse_without_time(round, today)
    people = _told_and_silent(round.id)
    if not people:
        raise Refused("다시 알릴 심사위원이 없습니다. 모두 점수를 보냈거나 아직 심사를 부탁하지 않았습니다.")
    number = sum(_remind(round, user, f"{now:%Y%m%d%H%M}", now) for user in people)
    if number:
        record(by, "round.reviewers_reminded", round, now, number=number)
    return number


def remind_due(now: datetime, zone: tzinfo) -> int:
    """Remind those with sheets left of the rounds whose last day is near, once; how many.

    Whoever was asked or reminded within that span knows already.
    """
    today = now.astimezone(zone).date()
    near = Round.reviews_due_on.between(today, today + REMINDED_BEFORE)
    number = 0
    for round in db.session.scalars(select(Round).where(near).order_by(Round.id)):
        due = round.reviews_due_on
        assert due is not None  # noqa: S101 (near)
        since = datetime.combine(due - REMINDED_BEFORE, time.min, zone)
        lately = _written_since(round, since)
        people = [user for user in _told_and_silent(round.id) if user.id not in lately]
        sent = sum(_remind(round, user, f"due-{due}", now) for user in people)
        if sent:
            record(None, "round.reviewers_reminded", round, now, number=sent)
        number += sent
    return number


def about(round: Round) -> str:
    """What messages about a round are filed under."""
    return f"round:{round.id}"


def _remind(round: Round, user: User, when: str, now: datetime) -> bool:
    key = f"review-reminder:{round.id}:{user.id}:{when}"
    return queue("review_reminder", key, recipient(user), now, about=about(round), round=round.id, user=user.id)


def _told_and_silent(round_id: int) -> list[User]:
    told = _told(round_id)
    return [user for user in waiting(round_id) if user.id in told]


def _told(round_id: int) -> dict[int, int]:
    """Reviewer → the newest of their sheets that a mail told them of."""
    params = select(Message.params).where(Message.kind == "review_assigned", Message.about == f"round:{round_id}")
    told: dict[int, int] = {}
    for said in db.session.scalars(params):
        told[said["user"]] = max(told.get(said["user"], 0), said["up_to"])
    return told


def _newest(round_id: int) -> dict[int, int]:
    """Reviewer → the newest sheet that waits for them."""
    found = select(Review.reviewer_id, func.max(Review.id)).join(Need, Need.id == Review.need_id)
    found = found.where(Need.round_id == round_id, Review.state == ReviewState.ASSIGNED).group_by(Review.reviewer_id)
    return {reviewer_id: newest for reviewer_id, newest in db.session.execute(found)}


def _written_since(round: Round, since: datetime) -> set[int]:
    kinds = Message.kind.in_(("review_assigned", "review_reminder"))
    found = select(Message.params).where(kinds, Message.about == about(round), Message.created_at >= since)
    return {said["user"] for said in db.session.scalars(found)}


def _refuse_without_time(round: Round, today: date) -> None:
    if round.reviews_due_on is None:
        raise Refused("심사 기한을 먼저 정해 주세요. 심사위원에게 보내는 전자우편에 적힙니다.")
    if round.reviews_due_on < today:
        raise Refused("심사 기한이 지났습니다. 새 기한을 정한 뒤에 알려 주세요.")
