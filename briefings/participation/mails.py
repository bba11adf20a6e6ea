"""The words of mails about replies."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.needs.models import Need
from briefings.outbox.mail import Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import render
from briefings.participation.links import reply_url
from briefings.participation.models import ParticipationReply, ReplyState


def _replies(ids: list[int]) -> list[ParticipationReply]:
    found = select(ParticipationReply).where(ParticipationReply.id.in_(ids)).order_by(ParticipationReply.id)
    with_names = (
        joinedload(ParticipationReply.need).joinedload(Need.organization),
        joinedload(ParticipationReply.organization),
    )
    return list(db.session.scalars(found.options(*with_names)))


def _one(message: Message) -> ParticipationReply:
    return _replies([message.params["reply"]])[0]


def to_owner_received(message: Message, now: datetime) -> Mail | Dropped:
    """The need's owner hears of a new reply."""
    made = _one(message)
    if made.state is ReplyState.WITHDRAWN:
        return Dropped("답글을 거두어들임")
    address = url_for("owner_replies.show", public_id=made.public_id, _external=True)
    text = render("reply_received", name=message.recipient_name, reply=made, address=address)
    return Mail(_("[협업이음] 새 참여 답글: %(organization)s", organization=made.organization.name), text)


def to_owner_withdrawn(message: Message, now: datetime) -> Mail | Dropped:
    """The need's owner hears that a reply was taken back."""
    made = _one(message)
    text = render("reply_withdrawn", name=message.recipient_name, reply=made)
    return Mail(_("[협업이음] 거두어들인 참여 답글: %(organization)s", organization=made.organization.name), text)


def to_sender_sent(message: Message, now: datetime) -> Mail | Dropped:
    """Who replied gets the link to each reply, which proves the address."""
    sent = [(made, reply_url(made)) for made in _replies(message.params["replies"])]
    text = render("reply_sent", name=message.recipient_name, sent=sent)
    return Mail(_("[협업이음] 참여 답글 %(number)s건을 보냈습니다", number=len(sent)), text)


def to_sender_exists(message: Message, now: datetime) -> Mail | Dropped:
    """Somebody of the same organization replied again: the first sender gets the link to change it."""
    made = _one(message)
    text = render("reply_exists", name=message.recipient_name, reply=made, address=reply_url(made))
    return Mail(_("[협업이음] 이미 보낸 참여 답글이 있습니다: %(title)s", title=made.need.title), text)


def to_sender_acknowledged(message: Message, now: datetime) -> Mail | Dropped:
    """The owner has read it."""
    made = _one(message)
    text = render("reply_acknowledged", name=message.recipient_name, reply=made, address=reply_url(made))
    return Mail(_("[협업이음] 수요기관이 답글을 확인했습니다: %(title)s", title=made.need.title), text)


def to_sender_declined(message: Message, now: datetime) -> Mail | Dropped:
    """The owner says no, and why."""
    made = _one(message)
    text = render("reply_declined", name=message.recipient_name, reply=made)
    return Mail(_("[협업이음] 답글에 대한 수요기관의 답: %(title)s", title=made.need.title), text)


def to_sender_matched(message: Message, now: datetime) -> Mail | Dropped:
    """Joint work was recorded."""
    made = _one(message)
    address = url_for("needs.show", need_id=made.need_id, _external=True)
    text = render("reply_matched", name=message.recipient_name, reply=made, address=address)
    return Mail(_("[협업이음] 협업이 성사되었습니다: %(title)s", title=made.need.title), text)


COMPOSERS = {
    "reply_received": to_owner_received,
    "reply_withdrawn": to_owner_withdrawn,
    "reply_sent": to_sender_sent,
    "reply_exists": to_sender_exists,
    "reply_acknowledged": to_sender_acknowledged,
    "reply_declined": to_sender_declined,
    "reply_matched": to_sender_matched,
}
