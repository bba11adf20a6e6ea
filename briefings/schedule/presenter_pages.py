"""A presenter's own pages: opened by a personal link, they show one slot and take the answer."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from briefings import clock
from briefings.calendar.items import published as published_calendar
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.schedule import items, presenters
from briefings.schedule.calendar_objects import item_object
from briefings.schedule.links import slot_behind
from briefings.schedule.models import PresenterSlot
from briefings.schedule.programme import programme_of
from briefings.schedule.public import calendar_file
from briefings.schedule.words import SLOT_TONES
from briefings.web.access import by_token, public
from briefings.web.forms import EmailField, Form
from briefings.web.problems import reason

pages = Blueprint("presenters", __name__)


class DeclineForm(Form):
    """Why somebody will not present; they need not say."""

    reason = TextAreaField(_l("사양하는 까닭"), [Length(max=1000)], description=_l("담당자만 봅니다."))


class HandOverForm(Form):
    """Who presents instead."""

    name = StringField(_l("동료의 이름"), [DataRequired(), Length(min=2, max=120)])
    title = StringField(_l("직위"), [Length(max=120)])
    email = EmailField(_l("동료의 전자우편"), [DataRequired()], render_kw={"autocomplete": "off"})


@pages.get("/present/<token>")
@by_token
def show(token: str) -> ResponseReturnValue:
    """When somebody presents, what is still open, and what they can do."""
    slot = slot_behind(token)
    briefing = slot.briefing
    entries = programme_of(briefing)
    return render_template(
        "schedule/presenter/show.html",
        token=token,
        slot=slot,
        briefing=briefing,
        entry=next(entry for entry in entries if entry.slot.id == slot.id),
        programme=entries,
        settled=presenters.settled_reason(slot, clock.now()),
        tone=SLOT_TONES[slot.state],
        item=presenters.item_of(slot),
    )


@pages.post("/present/<token>/accept")
@by_token
def accept(token: str) -> ResponseReturnValue:
    """Say yes."""
    return _do(token, presenters.accept, gettext("수락하셨습니다. 고맙습니다. 발표 전에 다시 알려 드립니다."))


@pages.route("/present/<token>/decline", methods=["GET", "POST"])
@by_token
def decline(token: str) -> ResponseReturnValue:
    """Ask whether somebody really will not present, and why; then let the stand-by do it."""
    slot, form = slot_behind(token), DeclineForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                presenters.decline(slot_behind(token), clock.now(), form.reason.data or "")
        except Refused as error:
            form.refuse(error)
        else:
            return redirect(url_for(".done", what="declined"), 303)
    return render_template("schedule/presenter/decline.html", token=token, slot=slot, form=form)


@pages.route("/present/<token>/hand-over", methods=["GET", "POST"])
@by_token
def hand_over(token: str) -> ResponseReturnValue:
    """Name a colleague who presents instead."""
    slot, form = slot_behind(token), HandOverForm()
    if form.validate_on_submit():
        given = form.name.data, form.title.data or "", form.email.data
        try:
            with unit_of_work():
                presenters.hand_over(slot_behind(token), *given, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            return redirect(url_for(".done", what="handed-over"), 303)
    return render_template("schedule/presenter/hand_over.html", token=token, slot=slot, form=form)


@pages.get("/present/done/<any('declined', 'handed-over'):what>")
@public
def done(what: str) -> ResponseReturnValue:
    """What was done; the link that led there opens nothing any more."""
    return render_template("schedule/presenter/done.html", what=what)


@pages.post("/present/<token>/invitation")
@by_token
def invite_again(token: str) -> ResponseReturnValue:
    """Send the entry for the calendar once more."""
    again = gettext("일정 초대를 다시 보냈습니다. 전자우편을 확인해 주세요.")
    return _do(token, lambda slot, now: items.resend(presenters.item_of(slot), now), again)


@pages.get("/present/<token>/talk.ics")
@by_token
def ics(token: str) -> ResponseReturnValue:
    """The slot as a file for a calendar, under the same UID as in the invitation."""
    item = presenters.item_of(slot_behind(token)) or abort(404)
    return calendar_file(published_calendar([item_object(item, item.sequence)]))


def _do(token: str, act: Callable[[PresenterSlot, datetime], object], done: str) -> ResponseReturnValue:
    """Do something with the slot and say so on its page, or why not."""
    try:
        with unit_of_work():
            act(slot_behind(token), clock.now())
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(done, "success")
    return redirect(url_for(".show", token=token), 303)
