"""The personal link of somebody who was asked for needs in a round."""

from flask import abort, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.errors import N_, LinkEnded
from briefings.rounds.models import RoundContact
from briefings.web.tokens import public_id_in, token_fits, token_for

PURPOSE = "round"
HANDED_ON = N_(
    "동료에게 넘겼거나, 담당자가 부탁을 거두었거나 주소를 바로잡은 링크입니다. "
    "아직 답하실 일이 있으면 아래 연락처로 알려 주세요."
)


def contact_token(contact: RoundContact) -> str:
    """The token of somebody who was asked; whoever answers in their stead has another."""
    return token_for(PURPOSE, contact.public_id, 0)


def contact_url(contact: RoundContact) -> str:
    """The full address of their own page, for a mail."""
    return url_for("rounds.intake", token=contact_token(contact), _external=True)


def contact_behind(token: str) -> RoundContact:
    """Whom a token was made for, with round and organization; LinkEnded where nobody has it now, 404 for any other."""
    public_id = public_id_in(token)
    if not token_fits(token, PURPOSE, public_id, 0):
        abort(404)
    both = joinedload(RoundContact.round), joinedload(RoundContact.organization)
    contact = db.session.scalar(select(RoundContact).where(RoundContact.public_id == public_id).options(*both))
    if contact is None:
        raise LinkEnded(HANDED_ON)
    return contact
