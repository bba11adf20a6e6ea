"""The personal link of somebody staff invited, tied to the address it was mailed to."""

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.errors import N_
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Invitee
from briefings.web.tokens import public_id_in, refuse_of_gone, refuse_unless_in_force, token_for

TAKEN_OFF = N_(
    "담당자가 초대를 거둔 링크입니다. 이미 신청하셨으면 신청은 그대로 있습니다. "
    "‘신청 내역 확인’에 신청할 때 적은 전자우편 주소를 적으면 볼 수 있는 링크를 보내 드립니다."
)


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
        refuse_of_gone(token, "invitee", ended=TAKEN_OFF)
    refuse_unless_in_force(token, "invitee", invitee.public_id, invitee.link_version, of=invitee.email)
    return invitee
