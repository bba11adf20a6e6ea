"""What everybody sees of rounds, and the page of somebody who was asked, by their personal link."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.needs import rounds
from briefings.needs.words import ROUND_TONES
from briefings.organizations.forms import AccountRequestForm
from briefings.rounds import asking
from briefings.rounds.forms import ColleagueForm, NothingForm
from briefings.rounds.links import contact_behind
from briefings.rounds.models import RoundContact
from briefings.web.access import by_token, public
from briefings.web.problems import reason
from briefings.web.security import limiter

pages = Blueprint("rounds", __name__, url_prefix="/rounds")
pages.context_processor(lambda: {"round_tones": ROUND_TONES})


@pages.get("")
@public
def index() -> ResponseReturnValue:
    """The rounds that take needs now, and those that will."""
    now = clock.now()
    return render_template("rounds/public_index.html", rounds=rounds.announced_rounds(now), now=now)


@pages.get("/<public_id>")
@public
def show(public_id: str) -> ResponseReturnValue:
    """What a round is about, until when, and how to take part."""
    round, now = rounds.announced_round(public_id) or abort(404), clock.now()
    return render_template(
        "rounds/public_show.html",
        round=round,
        phase=round.phase(now),
        now=now,
        others=[each for each in rounds.open_rounds(now) if each.id != round.id],
    )


@pages.get("/for/<token>")
@by_token
def intake(token: str) -> ResponseReturnValue:
    """Where somebody who was asked answers."""
    contact, now = contact_behind(token), clock.now()
    return render_template(
        "rounds/intake.html",
        token=token,
        contact=contact,
        round=contact.round,
        phase=contact.round.phase(now),
        now=now,
        handed_in=asking.answered_by_need(contact),
    )


@pages.route("/for/<token>/nothing", methods=["GET", "POST"])
@by_token
def nothing(token: str) -> ResponseReturnValue:
    """Ask whether there really is no need, and why, then note it."""
    contact, form = contact_behind(token), NothingForm()
    if form.validate_on_submit():
        done = gettext("이번에는 등록할 과제가 없다고 적었습니다. 알려 주셔서 고맙습니다. 더 알리지 않겠습니다.")
        return _do(token, lambda held, now: asking.say_nothing(held, form.reason.data or "", now), done)
    if not form.is_submitted():
        form.reason.data = contact.nothing_reason
    return render_template("rounds/nothing.html", token=token, contact=contact, round=contact.round, form=form)


@pages.post("/for/<token>/something")
@by_token
def something(token: str) -> ResponseReturnValue:
    """Take back that there is no need."""
    return _do(token, asking.take_back_nothing, gettext("답을 거두었습니다. 마감 전에 과제를 등록해 주세요."))


@pages.get("/for/<token>/account")
@by_token
def account(token: str) -> ResponseReturnValue:
    """The form by which an account is asked for, with what is known of whoever was asked for needs."""
    contact = contact_behind(token)
    form = AccountRequestForm(
        organization_kind=contact.organization.kind,
        organization_name=contact.organization.name,
        name=contact.name,
        email=contact.email,
    )
    return render_template("organizations/request.html", form=form, action=url_for("account_requests.new"))


@pages.route("/for/<token>/colleague", methods=["GET", "POST"])
@by_token
@limiter.limit("10/minute;60/hour", methods=["POST"])
def colleague(token: str) -> ResponseReturnValue:
    """Name a colleague who answers instead."""
    contact, form = contact_behind(token), ColleagueForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                asking.hand_over(contact_behind(token), form.name.data, form.email.data, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            return redirect(url_for(".handed_over"), 303)
    return render_template("rounds/colleague.html", token=token, contact=contact, round=contact.round, form=form)


@pages.get("/handed-over")
@public
def handed_over() -> ResponseReturnValue:
    """What was done; the link that led there opens nothing any more."""
    return render_template("rounds/handed_over.html")


def _do(token: str, act: Callable[[RoundContact, datetime], None], done: str) -> ResponseReturnValue:
    try:
        with unit_of_work():
            act(contact_behind(token), clock.now())
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(done, "success")
    return redirect(url_for(".intake", token=token), 303)
