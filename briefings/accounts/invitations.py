"""Invitations: the links by which new people set a password; how far each of them came."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select

from briefings.accounts.models import User
from briefings.accounts.password_links import INVITED_FOR
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.outbox.models import Message, MessageState


class Invited(StrEnum):
    """How far somebody came on the way to their first sign-in."""

    ON_ITS_WAY = "on_its_way"
    SENT = "sent"
    NOT_DELIVERED = "not_delivered"
    EXPIRED = "expired"
    NOT_INVITED = "not_invited"
    WITHDRAWN = "withdrawn"
    NEVER_SIGNED_IN = "never_signed_in"


class Invitation(NamedTuple):
    """Where the invitation of one account stands; `until` is the end of its link while that is good."""

    state: Invited
    until: datetime | None = None


def invitations_of(users: Iterable[User], now: datetime) -> dict[int, Invitation]:
    """The invitation of each account whose person has not signed in yet, by the account's id."""
    new = [user for user in users if user.signed_in_at is None]
    links = _last_links([user for user in new if not user.has_password])
    return {user.id: _stands(user, links.get(user.email), now) for user in new}


def withdraw(user: User, by: User, now: datetime) -> None:
    """Take an invitation back: its link opens nothing any more and the account is off; Refused once it was taken up."""
    lock(user)
    if user.has_password or user.signed_in_at is not None:
        raise Refused(N_("이미 비밀번호를 정했거나 로그인한 계정입니다. 쓰지 못하게 하려면 계정을 꺼 주세요."))
    if not user.active:
        raise Refused(N_("이미 거둔 초대입니다."))
    user.active = False
    user.session_version += 1
    record(by, "account.invitation_withdrawn", user, now)


def _last_links(users: Iterable[User]) -> dict[str, Message]:
    addresses = [user.email for user in users]
    found = select(Message).where(Message.kind == "set_password", Message.recipient.in_(addresses))
    return {message.recipient: message for message in db.session.scalars(found.order_by(Message.id))}


def _stands(user: User, link: Message | None, now: datetime) -> Invitation:
    if user.has_password:
        return Invitation(Invited.NEVER_SIGNED_IN)
    if not user.active:
        return Invitation(Invited.WITHDRAWN)
    if link is None:
        return Invitation(Invited.NOT_INVITED)
    if link.state is MessageState.DROPPED:
        return Invitation(Invited.EXPIRED)
    if link.state in (MessageState.FAILED, MessageState.BOUNCED):
        return Invitation(Invited.NOT_DELIVERED)
    if link.sent_at is None:
        return Invitation(Invited.ON_ITS_WAY)
    until = link.sent_at + INVITED_FOR
    return Invitation(Invited.SENT, until) if now < until else Invitation(Invited.EXPIRED)
