"""Talks that end without a match: by either side, with the reason why."""

from datetime import datetime

from sqlalchemy import exists, func, select

from briefings.accounts.models import User
from briefings.db import db, lock
from briefings.needs.models import Need
from briefings.needs.registering import close, owners_of
from briefings.outbox.queueing import queue
from briefings.participation.leaving import leave_match
from briefings.participation.models import EndReason, ParticipationReply, ReplyState, Side
from briefings.participation.telling import tell_repliers


def end_by_owner(
    made: ParticipationReply, reason: EndReason, said: str, stays_open: bool, by: User, now: datetime
) -> None:
    """The owner ends the talks; the replying side hears why. The need goes on taking replies, or is closed."""
    _end(made, Side.OWNER, reason, said, now)
    tell_repliers(made, "reply_ended", now)
    if not stays_open and not made.need.not_closable:
        close(made.need, by, now)


def end_by_replier(made: ParticipationReply, reason: EndReason, said: str, now: datetime) -> None:
    """The replying side ends the talks; the owner hears why, and is asked whether the need stays open."""
    _end(made, Side.REPLIER, reason, said, now)
    for place, to in enumerate(owners_of(made.need)):
        queue(
            "reply_ended_by_replier",
            f"reply_ended_by_replier:{made.id}:{now:%Y%m%d%H%M%S%f}:{place}",
            to,
            now,
            about=f"need:{made.need_id}",
            reply=made.id,
        )


def others_talking(made: ParticipationReply) -> int:
    """How many other organizations the owner still talks to about the same need."""
    talking = (ReplyState.SENT, ReplyState.ACKNOWLEDGED, ReplyState.CONSULTING, ReplyState.MATCHED)
    found = select(func.count(ParticipationReply.id)).where(
        ParticipationReply.need_id == made.need_id,
        ParticipationReply.id != made.id,
        ParticipationReply.state.in_(talking),
    )
    return db.session.scalars(found).one()


def _end(made: ParticipationReply, by: Side, reason: EndReason, said: str, now: datetime) -> None:
    lock(made.need)
    lock(made)
    made.end(by, reason, said, now)
    leave_match(made.need, made.organization_id)
    db.session.flush()
    if not _is_talked_about(made.need):
        made.need.consulting_since = None


def _is_talked_about(need: Need) -> bool:
    talking = exists().where(
        ParticipationReply.need_id == need.id,
        ParticipationReply.state.in_((ReplyState.CONSULTING, ReplyState.MATCHED)),
    )
    return bool(db.session.scalar(select(talking)))
