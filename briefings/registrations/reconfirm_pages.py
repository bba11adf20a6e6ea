"""The page behind the link in the mail that asks whether one will come: it shows two buttons, and a button answers."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.schedule.eligibility import again_reason
from briefings.schedule.finding import places_of
from briefings.schedule.links import registration_behind
from briefings.schedule.reconfirming import reconfirm, settled_reason
from briefings.schedule.registering import cancel
from briefings.schedule.registration_models import RegistrationState
from briefings.web.access import by_token
from briefings.web.forms import Form
from briefings.web.problems import reason

pages = Blueprint("reconfirmation", __name__, url_prefix="/reconfirm")


@pages.get("/<token>")
@by_token
def show(token: str) -> ResponseReturnValue:
    """What the person registered for, and the question."""
    registration = registration_behind(token, "reconfirm")
    now = clock.now()
    settled = settled_reason(registration, now)
    gone = registration.state is RegistrationState.CANCELLED
    return render_template(
        "schedule/reconfirm.html",
        registration=registration,
        briefing=registration.briefing,
        settled=settled and reason(settled),
        somebody_waits=places_of(registration.briefing).waiting > 0,
        again=gone and again_reason(registration, now) is None,
        form=Form(),
        token=token,
    )


@pages.post("/<token>")
@by_token
def answer(token: str) -> ResponseReturnValue:
    """Note that the person will come, or give the place to the next in line."""
    comes = request.form.get("comes") != "no"
    try:
        with unit_of_work():
            (reconfirm if comes else cancel)(registration_behind(token, "reconfirm"), clock.now())
    except Refused as error:
        flash(reason(error), "error")
    else:
        done = gettext("알려 주셔서 고맙습니다. 설명회에서 뵙겠습니다.")
        freed = gettext("알려 주셔서 고맙습니다. 신청을 취소했고, 기다리는 분이 있으면 자리를 드립니다.")
        flash(done if comes else freed, "success")
    return redirect(url_for(".show", token=token), 303)
