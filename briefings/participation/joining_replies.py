"""Two replies to one need that turn out to be of one organization become one."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from briefings.db import db, lock
from briefings.organizations.belongings import Pair
from briefings.outbox.models import Message
from briefings.outbox.queueing import Recipient, queue
from briefings.participation.models import (
    Appointment,
    Consultation,
    ParticipationReply,
    ReplyColleague,
    ReplyState,
)
from briefings.participation.sending_models import EarlierSending
from briefings.privacy.models import Consent

FURTHEST_FIRST = (
    ReplyState.MATCHED,
    ReplyState.CONSULTING,
    ReplyState.ACKNOWLEDGED,
    ReplyState.SENT,
    ReplyState.DECLINED,
    ReplyState.ENDED,
    ReplyState.WITHDRAWN,
)


def join_replies(pair: Pair, now: datetime) -> None:
    """Of two replies to one need that stays which has come further, of equals the later.

    Talks and notes of the other go along; whoever sent the other is a colleague in the one that stays, with the words
    they had sent, unless they had taken it back.
    """
    theirs = select(ParticipationReply.need_id).where(ParticipationReply.organization_id == pair.gone)
    both = select(ParticipationReply).where(ParticipationReply.organization_id == pair.stays)
    for own in db.session.scalars(
        both.where(ParticipationReply.need_id.in_(theirs)).order_by(ParticipationReply.id)
    ).all():
        lock(own.need)
        of_one = (ParticipationReply.organization_id == pair.gone, ParticipationReply.need_id == own.need_id)
        other = db.session.scalars(select(ParticipationReply).where(*of_one)).one()
        kept, let = sorted((own, other), key=lambda each: (FURTHEST_FIRST.index(each.state), -each.sent_at.timestamp()))
        _join(kept, let, now)


def _join(kept: ParticipationReply, let: ParticipationReply, now: datetime) -> None:
    _keep_when_it_stood(kept, let)
    for model in (Consultation, Appointment):
        _put(update(model).where(model.reply_id == let.id).values(reply_id=kept.id))
    newcomer = None if let.state is ReplyState.WITHDRAWN else _as_colleague(kept, let, now)
    _take_along_colleagues(kept, let)
    _tell_others_number(kept, let)
    about = Consent.about == f"reply:{let.public_id}"
    if newcomer:
        _put(update(Consent).where(about).values(about=f"reply-colleague:{newcomer.public_id}"))
        person, filed = Recipient(newcomer.email, newcomer.name, newcomer.locale), f"need:{kept.need_id}"
        key = f"reply_joined:{newcomer.id}:{now:%Y%m%d%H%M%S%f}"
        queue("reply_joined", key, person, now, about=filed, reply=kept.id, colleague=newcomer.id)
    else:
        _put(delete(Consent).where(about))
    db.session.flush()
    _put(delete(ParticipationReply).where(ParticipationReply.id == let.id))
    db.session.expire_all()


def _keep_when_it_stood(kept: ParticipationReply, let: ParticipationReply) -> None:
    """Figures of days that are past count the need as replied to since the first of them was sent; never twice."""
    sendings = select(EarlierSending).where(EarlierSending.reply_id.in_((kept.id, let.id)))
    spans = [(each.sent_at, each.withdrawn_at) for each in db.session.scalars(sendings)]
    spans.append((let.sent_at, let.withdrawn_at or kept.sent_at))
    _put(delete(EarlierSending).where(EarlierSending.reply_id.in_((kept.id, let.id))))
    reached = None
    for start, end in sorted(spans):
        start, end = max(start, reached or start), min(end, kept.sent_at)
        if start < end:
            db.session.add(EarlierSending(reply_id=kept.id, sent_at=start, withdrawn_at=end))
            reached = end
    db.session.flush()


def _as_colleague(kept: ParticipationReply, let: ParticipationReply, now: datetime) -> ReplyColleague | None:
    """Whoever sent the other one, in the one that stays; None where they are in it already."""
    known = next((each for each in kept.colleagues if each.email == let.email), None)
    if let.email == kept.email or (known and known.is_in):
        return None
    colleague = known or ReplyColleague(reply_id=kept.id, email=let.email, asked_at=let.sent_at)
    colleague.name, colleague.phone, colleague.locale, colleague.offer = let.name, let.phone, let.locale, let.offer
    colleague.accepted_at, colleague.refused_at = now, None
    db.session.add(colleague)
    db.session.flush()
    return colleague


def _take_along_colleagues(kept: ParticipationReply, let: ParticipationReply) -> None:
    """Each once; a withdrawn reply has none."""
    known = select(ReplyColleague.email).where(ReplyColleague.reply_id == kept.id)
    emails = {kept.email, *db.session.scalars(known)}
    _put(
        update(ReplyColleague)
        .where(ReplyColleague.reply_id == let.id, ReplyColleague.email.not_in(emails))
        .values(reply_id=kept.id)
    )
    _put(delete(ReplyColleague).where(ReplyColleague.reply_id == let.id))


def _tell_others_number(kept: ParticipationReply, let: ParticipationReply) -> None:
    """Messages that speak of the one speak of the other: some are still to be sent, and all can be sent again."""
    for message in db.session.scalars(select(Message).where(Message.about == f"need:{kept.need_id}")).all():
        params = dict(message.params)
        if params.get("reply") == let.id:
            params["reply"] = kept.id
        if let.id in params.get("replies", ()):
            params["replies"] = [kept.id if each == let.id else each for each in params["replies"]]
        if params != message.params:
            message.params = params


def _put(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})
