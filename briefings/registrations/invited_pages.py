"""The page behind the link in an invitation: it shows what somebody is invited to, and two buttons answer.

The link came by mail and is tied to the address it went to, so this page may say what that address has there.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.privacy.consenting import current_texts
from briefings.registrations.declining import decline
from briefings.registrations.forms import CONSENTS, InvitedForm
from briefings.registrations.links import invitee_behind
from briefings.registrations.remembering import standing_of_address
from briefings.schedule.finding import places_of
from briefings.schedule.links import token_of
from briefings.schedule.models import BriefingState
from briefings.schedule.programme import programme_of
from briefings.schedule.public import as_shown
from briefings.schedule.registering import register
from briefings.schedule.registration_models import Invitee, Registration, RegistrationState
from briefings.web.access import by_token
from briefings.web.language import language
from briefings.web.limits import counting_mail, with_wait
from briefings.web.problems import reason

pages = Blueprint("invitees", __name__, url_prefix="/i")


@pages.route("/<token>", methods=["GET", "POST"])
@by_token
def show(token: str) -> ResponseReturnValue:
    """What somebody is invited to; registering with the address the invitation went to, which leads to the own page."""
    invitee = invitee_behind(token)
    briefing = invitee.briefing
    texts = current_texts(CONSENTS.values(), language())
    form = InvitedForm(programme_of(briefing), texts, invitee)
    refused = None
    if form.validate_on_submit():
        refused = _register(token, form)
        if refused is None:
            return _to_own_page(token)
        form.refuse(refused)
        invitee = invitee_behind(token)
    row = as_shown(invitee.briefing, places_of(invitee.briefing), clock.now())
    there = _what_stands(invitee)
    page = render_template(
        "registrations/invited.html",
        **row,
        token=token,
        invitee=invitee,
        programme=programme_of(invitee.briefing),
        form=None if row["closed"] or there else form,
        there=there,
        own_token=token_of(there) if there and there.email == invitee.email else None,
        called_off=invitee.briefing.state is BriefingState.CANCELLED,
    )
    return with_wait(page, refused)


@pages.post("/<token>/decline")
@by_token
def say_no(token: str) -> ResponseReturnValue:
    """Note that the invited person will not come; they may still change their mind."""
    try:
        with unit_of_work():
            decline(invitee_behind(token), clock.now())
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(gettext("알려 주셔서 고맙습니다. 참석하지 않으시는 것으로 적어 두었습니다."), "success")
    return redirect(url_for(".show", token=token), 303)


def _what_stands(invitee: Invitee) -> Registration | None:
    """What the invited person has: under the address of the invitation, or moved to another since."""
    registered = invitee.registration
    stands = registered is not None and registered.state is not RegistrationState.CANCELLED
    return registered if stands else standing_of_address(invitee.briefing, invitee.email)


def _register(token: str, form: InvitedForm) -> Refused | None:
    now = clock.now()
    try:
        with counting_mail(), unit_of_work():
            invitee = invitee_behind(token)
            register(invitee.briefing, form.applicant(invitee), now)
    except Refused as error:
        return error
    return None


def _to_own_page(token: str) -> ResponseReturnValue:
    invitee = invitee_behind(token)
    there = standing_of_address(invitee.briefing, invitee.email)
    waits = there is not None and there.state is RegistrationState.WAITLISTED
    said = gettext("대기 신청을 받았습니다.") if waits else gettext("신청이 끝났습니다.")
    flash(said + " " + gettext("안내를 전자우편으로도 보냈습니다."), "success")
    return redirect(url_for("registrations.show", token=token_of(there)) if there else request.url, 303)
