"""The way to the questions about what a slot presents, for who has no account: the presenter, or the need's contact."""

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.accounts.signing_in import user_with
from briefings.db import db
from briefings.needs.models import Need
from briefings.organizations.finding import acts_for
from briefings.schedule.links import PRESENTS_NO_MORE, presenter_token
from briefings.schedule.models import PresenterSlot
from briefings.web.tokens import fitted_before, public_id_in, refuse_of_gone, refuse_unless_in_force, token_for


def answering_url(slot: PresenterSlot, address: str) -> str:
    """The full address where the owner of `address` answers: signed in, as who presents, or as the need's contact."""
    user = user_with(address)
    if user is not None and acts_for(user, slot.need.organization):
        return url_for("owner_questions.index", _external=True)
    presents = address.lower() == slot.presenter_email.lower()
    token = presenter_token(slot) if presents else token_for("questions", slot.public_id, slot.link_version)
    return url_for("slot_questions.index_of_slot", token=token, _external=True)


def slot_to_answer_for(token: str) -> PresenterSlot:
    """The slot whose questions a token opens, with briefing and need; LinkEnded for one of before, else 404."""
    found = select(PresenterSlot).where(PresenterSlot.public_id == public_id_in(token))
    need = joinedload(PresenterSlot.need).joinedload(Need.organization)
    slot = db.session.scalar(found.options(need, joinedload(PresenterSlot.briefing)))
    if slot is None:
        refuse_of_gone(token, "presenter", "questions", ended=PRESENTS_NO_MORE)
    presents = fitted_before(token, "presenter", slot.public_id, slot.link_version + 1)
    purpose = "presenter" if presents else "questions"
    refuse_unless_in_force(token, purpose, slot.public_id, slot.link_version, of=slot.presenter_email)
    return slot
