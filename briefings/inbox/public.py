"""The pages behind the links in mails that follow a no from a calendar: each shows what is at stake and one button."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import N_, Refused
from briefings.inbox.links import Question, question_behind
from briefings.schedule.calendar_models import ItemState
from briefings.schedule.eligibility import again_reason
from briefings.schedule.finding import places_of
from briefings.schedule.links import registration_behind, token_of
from briefings.schedule.registering import cancel
from briefings.schedule.registration_models import RegistrationState
from briefings.web.access import by_token
from briefings.web.forms import Form
from briefings.web.problems import reason

pages = Blueprint("answers", __name__)


@pages.get("/r/<token>/take-back")
@by_token
def take_back(token: str) -> ResponseReturnValue:
    """A place that was declined in a calendar, and the button that asks for it again."""
    registration = registration_behind(token)
    briefing = registration.briefing
    closed = again_reason(registration, clock.now())
    return render_template(
        "inbox/take_back.html",
        token=token,
        registration=registration,
        briefing=briefing,
        stands=registration.state is not RegistrationState.CANCELLED,
        closed=closed and reason(closed),
        places=places_of(briefing),
    )


@pages.route("/give-up/<token>", methods=["GET", "POST"])
@by_token
def give_up(token: str) -> ResponseReturnValue:
    """Ask whether the place shall go to the next in line; the button gives it up."""
    question = question_behind(token)
    form = Form()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                _give_up(question_behind(token))
        except Refused as error:
            flash(reason(error), "error")
            return redirect(url_for(".give_up", token=token), 303)
        flash(gettext("신청을 취소했고, 기다리는 분이 있으면 자리를 드립니다. 알려 주셔서 고맙습니다."), "success")
        return redirect(url_for("registrations.show", token=token_of(question.registration)), 303)
    refused = _settled(question)
    impossible = again_reason(question.registration, clock.now())
    return render_template(
        "inbox/give_up.html",
        form=form,
        registration=question.registration,
        briefing=question.item.briefing,
        personal_token=token_of(question.registration),
        settled=refused and reason(refused),
        no_way_back=impossible and reason(impossible),
    )


def _give_up(question: Question) -> None:
    if refused := _settled(question):
        raise refused
    cancel(question.registration, clock.now())


def _settled(question: Question) -> Refused | None:
    """Why there is nothing to give up any more, or None."""
    now = clock.now()
    if question.item.briefing.is_over(now):
        return Refused(N_("이미 끝난 설명회입니다."))
    if question.item.state is ItemState.CLOSED:
        return Refused(N_("이미 취소된 신청입니다."))
    if now >= question.expires_at:
        return Refused(N_("이 링크는 쓸 수 있는 기한이 지났습니다. 신청 내역에서 취소해 주세요."))
    return None
