"""Owners who let a reply wait: asked after two and after five working days, then shown to staff, who may ask too."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.calendar.holidays import is_working_day, working_days_from
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.needs.models import Need
from briefings.needs.registering import owners_of
from briefings.outbox.models import Message, MessageState
from briefings.outbox.queueing import queue
from briefings.outbox.quiet import QuietHours
from briefings.participation.models import ParticipationReply, ReplyState

FIRST, LAST = 2, 5
"""Working days after which an owner is asked."""
MORNING = time(9)
GIVEN_UP = timedelta(days=3)
"""So long after the last day nobody is asked by itself any more: staff see it."""
BY_STAFF = 0
"""The step of what staff send."""
PAUSE = timedelta(days=1)


class Chase(NamedTuple):
    """One mail that asked an owner to look at a reply: after how many working days (0: by staff), what became of it."""

    step: int
    at: datetime
    to: str
    state: MessageState
    message_id: int


def chase_due(now: datetime, quiet: QuietHours) -> int:
    """Ask owners on the second and the fifth working day, one mail for all replies to a need; how many were new."""
    local = now.astimezone(quiet.zone)
    if quiet.cover(now) or local.time() < MORNING or not is_working_day(local.date()):
        return 0
    waiting = _waiting(now)
    asked = {(reply, chase.step) for reply, chases in chases_of(waiting).items() for chase in chases}
    new = 0
    for _, replies in groupby(waiting, key=lambda made: made.need_id):
        by_step: dict[int, list[ParticipationReply]] = defaultdict(list)
        for made in replies:
            step = _step(made.sent_at.astimezone(quiet.zone).date(), local.date())
            if step and (made.id, step) not in asked:
                by_step[step].append(made)
        new += sum(_ask(found, step, now, f"{local.date()}") for step, found in by_step.items())
    return new


def remind_owners(replies: Iterable[ParticipationReply], words: str, by: User, now: datetime) -> int:
    """Staff ask the owners of these replies once more, in their own words; how many mails.

    Refused where nothing waits any more, or everything was asked for within a day.
    """
    listed = sorted(replies, key=lambda made: (made.need_id, made.id))
    for made in listed:
        lock(made)
    waiting = [made for made in listed if made.state is ReplyState.SENT]
    if not waiting:
        raise Refused("고른 답글은 그사이 모두 확인되었습니다.")
    chases = chases_of(waiting)
    fresh = [made for made in waiting if not any(_lately(chase, now) for chase in chases[made.id])]
    if not fresh:
        raise Refused("고른 답글의 수요기관에는 하루 안에 이미 알렸습니다. 내일 다시 알리거나 전화해 주세요.")
    new = 0
    for _, group in groupby(fresh, key=lambda made: made.need_id):
        new += _ask(list(group), BY_STAFF, now, f"{now:%Y%m%d%H%M%S%f}", words)
    for made in fresh:
        record(by, "reply.owner_reminded", made, now, words=words)
    return new


def chases_of(replies: Sequence[ParticipationReply]) -> dict[int, list[Chase]]:
    """By reply, the mails that asked its owner to look at it since it was sent, oldest first."""
    found: dict[int, list[Chase]] = {made.id: [] for made in replies}
    if not replies:
        return found
    about = {_about(made.need_id) for made in replies}
    messages = select(Message).where(Message.about.in_(about), Message.kind == "reply_chase").order_by(Message.id)
    sent_at = {made.id: made.sent_at for made in replies}
    for message in db.session.scalars(messages):
        chase = Chase(
            message.params["step"], message.sent_at or message.created_at, message.recipient, message.state, message.id
        )
        for reply in message.params["replies"]:
            if reply in found and message.created_at >= sent_at[reply]:
                found[reply].append(chase)
    return found


def _waiting(now: datetime) -> list[ParticipationReply]:
    found = select(ParticipationReply).where(
        ParticipationReply.state == ReplyState.SENT, ParticipationReply.due_at > now - GIVEN_UP
    )
    together = joinedload(ParticipationReply.need).options(joinedload(Need.organization), joinedload(Need.created_by))
    return list(db.session.scalars(found.options(together).order_by(ParticipationReply.need_id, ParticipationReply.id)))


def _step(sent_on: date, today: date) -> int | None:
    """After how many working days the owner is to be asked today, if at all."""
    last = working_days_from(sent_on, LAST)
    if today >= last:
        return LAST
    return FIRST if today >= working_days_from(sent_on, FIRST) else None


def _ask(replies: Sequence[ParticipationReply], step: int, now: datetime, mark: str, words: str = "") -> int:
    need = replies[0].need
    said: dict[str, Any] = {"need": need.id, "replies": [made.id for made in replies], "step": step, "words": words}
    key = f"reply_chase:{need.id}:{step}:{mark}"
    return sum(
        queue("reply_chase", f"{key}:{place}", to, now, about=_about(need.id), **said)
        for place, to in enumerate(owners_of(need))
    )


def _lately(chase: Chase, now: datetime) -> bool:
    return chase.step == BY_STAFF and chase.at > now - PAUSE


def _about(need_id: int) -> str:
    return f"need:{need_id}"
