"""Personal links of a registration: `registration` to see and change it, `join` to enter the room and no more."""

from flask import abort, make_response, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.errors import N_, LinkEnded
from briefings.needs.models import Need
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Registration
from briefings.web.erased import is_marker
from briefings.web.tokens import (
    ERASED,
    fitted_before,
    public_id_in,
    refuse_of_gone,
    refuse_unless_in_force,
    token_fits,
    token_for,
)

MOVED = N_(
    "전에 쓰던 링크입니다. 신청한 주소를 바꾸었거나 신청을 지운 뒤에는 열리지 않습니다. "
    "‘신청 내역 확인’에 전자우편 주소를 적으면 지금 쓰는 링크를 다시 보내 드립니다."
)

PRESENTS_NO_MORE = N_(
    "지금은 맡고 계신 발표가 아닙니다. 발표를 다시 맡으셨으면 마지막에 받으신 전자우편의 링크를 열어 주세요. "
    "잘못된 것 같으면 아래 연락처로 알려 주세요."
)


def token_of(registration: Registration, purpose: str = "registration") -> str:
    """The current token of a registration for one purpose."""
    return token_for(purpose, registration.public_id, registration.link_version)


def personal_url(registration: Registration) -> str:
    """The full address of the person's own page, for a mail."""
    return url_for("registrations.show", token=token_of(registration), _external=True)


def join_url(registration: Registration) -> str:
    """The full address of the person's way into the room, for a mail."""
    return url_for("live.join", token=token_of(registration, "join"), _external=True)


def presenter_url(slot: PresenterSlot) -> str:
    """The full address of a presenter's own page, for a mail."""
    return url_for("presenters.show", token=presenter_token(slot), _external=True)


def presenter_token(slot: PresenterSlot) -> str:
    """The current token of a slot's presenter; another presenter has another."""
    return token_for("presenter", slot.public_id, slot.link_version)


def slot_behind(token: str) -> PresenterSlot:
    """The slot whose present presenter a token was made for, with briefing and need; 404 for what never opened it.

    Whoever had a talk that another has by now, or nobody, reads so, whatever was pressed, and nothing of it.
    """
    found = select(PresenterSlot).where(PresenterSlot.public_id == public_id_in(token))
    need = joinedload(PresenterSlot.need).joinedload(Need.organization)
    slot = db.session.scalar(found.options(need, joinedload(PresenterSlot.briefing)))
    if slot is None:
        refuse_of_gone(token, "presenter", ended=PRESENTS_NO_MORE)
    if token_fits(token, "presenter", slot.public_id, slot.link_version):
        return slot
    if not fitted_before(token, "presenter", slot.public_id, slot.link_version):
        abort(404)
    if is_marker(slot.presenter_email):
        raise LinkEnded(ERASED)
    if not slot.presenter_email:
        raise LinkEnded(PRESENTS_NO_MORE)
    abort(make_response(render_template("schedule/presenter/taken_over.html"), 410))


def registration_behind(token: str, purpose: str = "registration") -> Registration:
    """The registration a token opens, with its briefing and organization; LinkEnded for one of before, else 404."""
    found = select(Registration).where(Registration.public_id == public_id_in(token))
    registration = db.session.scalar(
        found.options(
            joinedload(Registration.organization),
            joinedload(Registration.briefing).options(joinedload(Briefing.theme), joinedload(Briefing.audience)),
        )
    )
    if registration is None:
        abort(404)
    refuse_unless_in_force(token, purpose, registration.public_id, registration.link_version, MOVED, registration.email)
    return registration
