"""The personal link of somebody who was asked for needs in a round."""

from flask import abort, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.rounds.models import RoundContact
from briefings.web.tokens import public_id_in, token_fits, token_for

PURPOSE = "round"


def contact_token(contact: RoundContact) -> str:
    """The token of somebody who was asked; whoever answers in their stead has another."""
    return token_for(PURPOSE, contact.public_id, 0)


def contact_url(contact: RoundContact) -> str:
    """The full address of their own page, for a mail."""
    return url_for("rounds.intake", token=contact_token(contact), _external=True)


def contact_behind(token: str) -> RoundContact:
    """Whom a token was made for, with round and organization; 404 for any other token."""
    found = select(RoundContact).where(RoundContact.public_id == public_id_in(token))
    both = joinedload(RoundContact.round), joinedload(RoundContact.organization)
    contact = db.session.scalar(found.options(*both))
    if contact is None or not token_fits(token, PURPOSE, contact.public_id, 0):
        abort(404)
    return contact
