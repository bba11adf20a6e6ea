"""A presenter's own pages: opened by a personal link, they show one slot and take the answer."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from briefings import clock
from briefings.calendar.items import published as published_calendar
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.files.forms import FilesField
from briefings.files.sending import download
from briefings.outbox.queueing import Recipient
from briefings.schedule import items, materials, presenters
from briefings.schedule.calendar_objects import item_object
from briefings.schedule.interest import interest_in
from briefings.schedule.links import slot_behind
from briefings.schedule.materials import KINDS
from briefings.schedule.models import PresenterSlot
from briefings.schedule.presenter_boxes import shown
from briefings.schedule.programme import programme_of
from briefings.schedule.public import calendar_file
from briefings.schedule.slots import materials_due
from briefings.schedule.words import SLOT_TONES
from briefings.web.access import by_token, public
from briefings.web.forms import EmailField, Form
from briefings.web.problems import reason
from briefings.web.security import limiter
from briefings.web.uploads import takes_files

pages = Blueprint("presenters", __name__)


class DeclineForm(Form):
    """Why somebody will not present; they need not say."""

    reason = TextAreaField(_l("사양하는 까닭"), [Length(max=1000)], description=_l("담당자만 봅니다."))


class HandOverForm(Form):
    """Who presents instead."""

    name = StringField(_l("동료의 이름"), [DataRequired(), Length(min=2, max=120)])
    title = StringField(_l("부서·직위"), [Length(max=120)])
    email = EmailField(_l("동료의 전자우편"), [DataRequired()], render_kw={"autocomplete": "off"})


class StandbyForm(Form):
    """Who presents if the presenter cannot."""

    name = StringField(_l("예비 발표자의 이름"), [DataRequired(), Length(min=2, max=120)])
    title = StringField(_l("부서·직위"), [Length(max=120)])
    email = EmailField(_l("예비 발표자의 전자우편"), [DataRequired()], render_kw={"autocomplete": "off"})


class MaterialsForm(Form):
    """Slides and the like."""

    files = FilesField(_l("발표자료"), only=KINDS, several=True)
    public = BooleanField(
        _l("공개해도 됩니다"),
        description=_l(
            "설명회 중에는 들어온 참가자가, 끝난 뒤에는 누구나 누리집의 ‘지난 설명회’와 자료집에서 볼 수 있습니다. "
            "고르지 않으면 공개하지 않습니다. 파일마다 나중에도 바꿀 수 있습니다."
        ),
    )


@pages.get("/present/<token>")
@by_token
def show(token: str) -> ResponseReturnValue:
    """When somebody presents, what is still open, and what they can do."""
    slot, now = slot_behind(token), clock.now()
    briefing = slot.briefing
    entries = programme_of(briefing)
    return render_template(
        "schedule/presenter/show.html",
        token=token,
        slot=slot,
        briefing=briefing,
        entry=next(entry for entry in entries if entry.slot.id == slot.id),
        programme=entries,
        settled=presenters.settled_reason(slot, now),
        tone=SLOT_TONES[slot.state],
        item=presenters.item_of(slot),
        files=materials.files_of(slot),
        due=materials_due(briefing),
        late=materials.is_late(briefing, now),
        interest=interest_in(slot),
        boxes=shown(current_app.extensions["presenter_boxes"], slot, token, now),
        now=now,
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


@pages.route("/present/<token>/stand-by", methods=["GET", "POST"])
@by_token
def stand_by(token: str) -> ResponseReturnValue:
    """Name a colleague who presents if the presenter cannot."""
    slot = slot_behind(token)
    form = StandbyForm(name=slot.standby_name, title=slot.standby_title, email=slot.standby_email)
    if form.validate_on_submit():
        given = form.name.data, form.title.data or "", form.email.data
        try:
            with unit_of_work():
                presenters.name_standby(slot_behind(token), *given, None, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash(gettext("예비 발표자를 적었습니다. 담당자도 봅니다."), "success")
            return redirect(url_for(".show", token=token), 303)
    return render_template("schedule/presenter/stand_by.html", token=token, slot=slot_behind(token), form=form)


@pages.post("/present/<token>/no-stand-by")
@by_token
def no_stand_by(token: str) -> ResponseReturnValue:
    """Nobody presents instead any more."""
    done = gettext("예비 발표자를 지웠습니다.")
    return _do(token, lambda slot, now: presenters.name_standby(slot, "", "", "", None, now), done)


@pages.route("/present/<token>/materials", methods=["GET", "POST"])
@by_token
@takes_files
@limiter.limit("20/minute;120/hour", methods=["POST"])
def hand_in(token: str) -> ResponseReturnValue:
    """What was handed in, and a form for more. What may not be taken does not hold up the rest."""
    form = MaterialsForm()
    if form.validate_on_submit():
        taken = []
        for sent in form.files.data:
            try:
                with unit_of_work():  # one by one: files of one upload are never all in memory
                    slot, now = slot_behind(token), clock.now()
                    kept = materials.hand_in(slot, sent.filename or "", sent.read(), now, public=form.public.data)
                    taken.append(kept.name)
                    if materials.is_late(slot.briefing, now):
                        materials.tell_of_late(slot, _office(), now)
            except Refused as error:
                form.refuse(error, "files")
        _say_taken(slot_behind(token), taken)
        if not form.errors:
            return redirect(url_for(".hand_in", token=token), 303)
    slot, now = slot_behind(token), clock.now()
    return render_template(
        "schedule/presenter/materials.html",
        token=token,
        slot=slot,
        form=form,
        files=materials.files_of(slot),
        most=materials.MOST,
        due=materials_due(slot.briefing),
        late=materials.is_late(slot.briefing, now),
        settled=presenters.settled_reason(slot, now),
        now=now,
    )


@pages.get("/present/<token>/materials/<public_id>")
@by_token
def file(token: str, public_id: str) -> ResponseReturnValue:
    """One of the files, to be saved."""
    return download(materials.file_of(slot_behind(token), public_id) or abort(404))


@pages.post("/present/<token>/materials/<public_id>/publish")
@by_token
def publish_file(token: str, public_id: str) -> ResponseReturnValue:
    """Let everybody have a file once the briefing is over, or not."""
    public = request.form.get("public") == "1"
    try:
        with unit_of_work():
            name = materials.let_publish(slot_behind(token), public_id, public, clock.now())
    except Refused as error:
        flash(reason(error), "error")
    else:
        yes = gettext("‘%(name)s’ 파일을 공개합니다.", name=name)
        flash(yes if public else gettext("‘%(name)s’ 파일을 공개하지 않습니다.", name=name), "success")
    return redirect(url_for(".hand_in", token=token), 303)


@pages.post("/present/<token>/materials/<public_id>/remove")
@by_token
def remove_file(token: str, public_id: str) -> ResponseReturnValue:
    """Remove a file for good."""
    try:
        with unit_of_work():
            name = materials.take_away(slot_behind(token), public_id, clock.now())
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(gettext("‘%(name)s’ 파일을 지웠습니다.", name=name), "success")
    return redirect(url_for(".hand_in", token=token), 303)


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


def _office() -> Recipient:
    return Recipient(current_app.config["CONTACT_EMAIL"], current_app.config["CONTACT_NAME"])


def _say_taken(slot: PresenterSlot, names: list[str]) -> None:
    if not names:
        return
    said = gettext("파일 %(number)s개를 받았습니다: %(names)s", number=len(names), names=", ".join(names))
    if materials.is_late(slot.briefing, clock.now()):
        said += " " + gettext("기한이 지난 뒤라 담당자에게 알렸습니다.")
    flash(said, "success")


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
