"""The personal link of somebody staff invited, tied to the address it was mailed to."""

from flask import abort, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Invitee
from briefings.web.tokens import public_id_in, refuse_unless_in_force, token_for


def invitee_token(invitee: Invitee) -> str:
    """The current token of an invited person."""
    return token_for("invitee", invitee.public_id, invitee.link_version)


def invitee_url(invitee: Invitee) -> str:
    """The full address of the page on which they register or say no, for a mail."""
    return url_for("invitees.show", token=invitee_token(invitee), _external=True)


def invitee_behind(token: str) -> Invitee:
    """Whom a token was made for, with briefing and registration; LinkEnded for one of before, else 404."""
    together = (
        joinedload(Invitee.briefing).options(joinedload(Briefing.theme), joinedload(Briefing.audience)),
        joinedload(Invitee.registration),
    )
    found = select(Invitee).where(Invitee.public_id == public_id_in(token)).options(*together)
    invitee = db.session.scalar(found)
    if invitee is None:
        abort(404)
    refuse_unless_in_force(token, "invitee", invitee.public_id, invitee.link_version)
    return invitee
