"""Pages of a talk for whoever replied, by personal link: choose a time, ask for another, call it off."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.organizations.finding import acts_for
from briefings.participation import appointments
from briefings.participation.appointment_pages import file_of
from briefings.participation.desk import done
from briefings.participation.desk_forms import CallOffForm, TimesForm, choose_form
from briefings.participation.links import Replier, replier_behind, token_of
from briefings.participation.models import Appointment, AppointmentState, Side
from briefings.participation.talk_times import free_times
from briefings.participation.words import APPOINTMENT_TONES
from briefings.web.access import by_token, public
from briefings.web.forms import Form
from briefings.web.problems import reason
from briefings.web.security import limiter

OFTEN = "6/minute;30/hour"
pages = Blueprint("talks", __name__, url_prefix="/talks")
pages.context_processor(lambda: {"talk_tones": APPOINTMENT_TONES})


@pages.route("/<token>", methods=["GET", "POST"])
@by_token
def show(token: str) -> ResponseReturnValue:
    """Where the talk stands: the times to choose among, or the one agreed on."""
    replier = _replier(token)
    made, now = replier.reply, clock.now()
    talk = made.talk
    if request.method == "POST" and not (talk and talk.waits and talk.stands(now)):  # from a page of before
        flash(gettext("이미 정해졌거나 그사이 바뀐 협의입니다. 지금은 아래와 같습니다."), "info")
        return redirect(url_for(".show", token=token), 303)
    free = free_times(talk, appointments.host_of(talk).address, now) if talk and talk.waits else {}
    form = choose_form(moment for moment, is_free in free.items() if is_free)
    by = appointments.one_of_repliers(made, replier.email)
    if talk and done(form, lambda: appointments.choose(talk, form.moment(), by, clock.now())):
        flash(gettext("협의 시간을 정했습니다. 양쪽에 일정 초대를 보냅니다."), "success")
        return redirect(url_for(".show", token=token), 303)
    return render_template(
        "participation/choosing.html",
        token=token,
        reply_token=token_of(made, replier.email),
        reply=made,
        talk=talk,
        form=form,
        free=free,
        now=now,
        over=talk is not None and talk.is_over(now),
        stands=talk is not None and talk.stands(now),
        own=talk is not None and talk.replier_item is not None and talk.replier_item.email == replier.email,
    )


@pages.route("/<token>/other-times", methods=["GET", "POST"])
@by_token
def other_times(token: str) -> ResponseReturnValue:
    """None of the times suits, or another one than the one agreed on would: say what would."""
    talk = _standing(token)
    agreed = talk.state is AppointmentState.AGREED
    form = TimesForm()
    act = appointments.find_none_fitting if talk.waits else appointments.ask_other_time
    if done(form, lambda: act(talk, form.words.data, clock.now())):
        flash(gettext("수요기관에 알렸습니다. 다른 시간을 제안하면 전자우편으로 알려 드립니다."), "success")
        return redirect(url_for(".show", token=token), 303)
    return render_template("participation/choosing_others.html", token=token, talk=talk, form=form, agreed=agreed)


@pages.route("/<token>/cancel", methods=["GET", "POST"])
@by_token
def cancel(token: str) -> ResponseReturnValue:
    """Call the talk off, with a reason the owner reads."""
    talk = _standing(token)
    if talk.state is not AppointmentState.AGREED:
        return redirect(url_for(".other_times", token=token), 303)
    form = CallOffForm()
    if done(form, lambda: appointments.call_off(talk, Side.REPLIER, form.reason.data, clock.now())):
        flash(gettext("협의를 취소하고 수요기관에 알렸습니다."), "success")
        return redirect(url_for(".show", token=token), 303)
    return render_template("participation/choosing_cancel.html", token=token, talk=talk, form=form)


@pages.post("/<token>/again")
@by_token
def send_again(token: str) -> ResponseReturnValue:
    """Send the invitation once more."""
    talk = _standing(token)
    _said(lambda: appointments.resend(talk, Side.REPLIER, clock.now()))
    return redirect(url_for(".show", token=token), 303)


@pages.get("/<token>/talk.ics")
@by_token
def ics(token: str) -> ResponseReturnValue:
    """The talk as a file for a calendar, under the same UID as in the invitation."""
    talk = _replier(token).reply.talk
    return file_of(talk.replier_item if talk else None)


@pages.route("/at/<public_id>", methods=["GET", "POST"])
@public
@limiter.limit(OFTEN, methods=["POST"])
def door(public_id: str) -> ResponseReturnValue:
    """Where the entry in a calendar leads: the owner's account goes on, whoever replied has the link sent once more."""
    talk = db.session.scalar(select(Appointment).where(Appointment.public_id == public_id)) or abort(404)
    if current_user.is_authenticated and acts_for(current_user, talk.reply.need.organization):
        return redirect(url_for("owner_talks.show", public_id=public_id), 303)
    form = Form()
    if form.validate_on_submit():
        _said(lambda: appointments.resend(talk, Side.REPLIER, clock.now()))
        return redirect(url_for(".door", public_id=public_id), 303)
    return render_template("participation/talk_door.html", form=form, talk=talk, over=talk.is_over(clock.now()))


def _said(act: Callable[[], None]) -> None:
    try:
        with unit_of_work():
            act()
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(gettext("일정 초대를 보냈습니다. 전자우편을 확인해 주세요."), "success")


def _replier(token: str) -> Replier:
    return replier_behind(token, "talk")


def _standing(token: str) -> Appointment:
    """The talk behind a token that is still to come; 404 where there is none."""
    talk = _replier(token).reply.talk
    if talk is None or not talk.stands(clock.now()):
        abort(404)
    return talk
