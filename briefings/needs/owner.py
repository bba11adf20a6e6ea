"""Pages of need owners: their needs, writing them, withdrawing, closing and opening them again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import N_, Refused
from briefings.needs import attaching, finding, registering, writing_pages
from briefings.needs.boxes import shown
from briefings.needs.history import steps_of
from briefings.needs.models import Need
from briefings.needs.parts import Part
from briefings.needs.rounds import open_rounds
from briefings.needs.words import NEED_TONES, NEXT_STEPS
from briefings.needs.writing_pages import WRITTEN, Desk
from briefings.organizations.finding import organization_of
from briefings.web.access import member
from briefings.web.filters import local
from briefings.web.forms import Form
from briefings.web.uploads import takes_files

pages = Blueprint("owner", __name__, url_prefix="/my/needs")
pages.context_processor(
    lambda: {"tones": NEED_TONES, "next_steps": NEXT_STEPS, "today": local(clock.now()).date()},
)
DESK = Desk(
    frame="public.html", blueprint="owner", list_endpoint="needs", list_name=N_("내 수요 과제"), home="front.home"
)


@pages.get("")
@member
def needs() -> ResponseReturnValue:
    """All needs of the person's organization, whoever registered them."""
    organization = organization_of(current_user)
    own = finding.needs_of(organization) if organization else []
    taking = open_rounds(clock.now())
    return render_template("needs/owner_index.html", organization=organization, needs=own, rounds=taking)


@pages.route("/new", methods=["GET", "POST"])
@member
def new() -> ResponseReturnValue:
    """Begin a need; it is a draft as soon as it has a name."""
    organization = organization_of(current_user)
    return writing_pages.begin(DESK, organization) if organization else redirect(url_for(".needs"))


@pages.get("/<int:need_id>")
@member
def show(need_id: int) -> ResponseReturnValue:
    """Where the need stands, what to do next, and what it says."""
    need = _own(need_id)
    return render_template(
        "needs/owner_show.html",
        need=need,
        desk=DESK,
        steps=steps_of(need),
        files=attaching.files_of(need),
        boxes=shown(current_app.extensions["boxes_of_owner"], need, clock.now()),
        **writing_pages.missing_in(need),
    )


@pages.get("/<int:need_id>/edit")
@member
def edit(need_id: int) -> ResponseReturnValue:
    """Go on writing where something is lacking."""
    return writing_pages.go_on(DESK, _own(need_id))


@pages.route(f"/<int:need_id>/edit/{WRITTEN}", methods=["GET", "POST"])
@member
def write(need_id: int, part: str) -> ResponseReturnValue:
    """One part of what the need says."""
    return writing_pages.write(DESK, _own(need_id), Part(part))


@pages.route("/<int:need_id>/edit/files", methods=["GET", "POST"])
@member
@takes_files
def attach(need_id: int) -> ResponseReturnValue:
    """The files of the need, and a form for more."""
    return writing_pages.attach(DESK, _own(need_id))


@pages.route("/<int:need_id>/edit/files/<public_id>/remove", methods=["GET", "POST"])
@member
def remove_file(need_id: int, public_id: str) -> ResponseReturnValue:
    """Take a file away."""
    return writing_pages.remove_file(DESK, _own(need_id), public_id)


@pages.post("/<int:need_id>/edit/files/<public_id>/up")
@member
def move_file(need_id: int, public_id: str) -> ResponseReturnValue:
    """Move a file one place up."""
    return writing_pages.move_file(DESK, _own(need_id), public_id)


@pages.get("/<int:need_id>/files/<public_id>")
@member
def file(need_id: int, public_id: str) -> ResponseReturnValue:
    """Download a file of the need."""
    return writing_pages.send_file(_own(need_id), public_id)


@pages.route("/<int:need_id>/edit/check", methods=["GET", "POST"])
@member
def check(need_id: int) -> ResponseReturnValue:
    """Everything as it will read, and handing it in."""
    return writing_pages.check(DESK, _own(need_id))


@pages.route("/<int:need_id>/withdraw", methods=["GET", "POST"])
@member
def withdraw(need_id: int) -> ResponseReturnValue:
    """Ask, then take the need back."""
    need = _own(need_id)
    if need.not_withdrawable:
        raise Refused(need.not_withdrawable)
    done = gettext("과제를 철회했습니다. 이제 공개되지 않습니다.")
    return _confirm(need, "needs/withdraw.html", registering.withdraw, done)


@pages.post("/<int:need_id>/reopen")
@member
def reopen(need_id: int) -> ResponseReturnValue:
    """Take replies again."""
    with unit_of_work():
        registering.reopen(_own(need_id), current_user, clock.now())
    flash(gettext("과제를 다시 열었습니다. 답글을 다시 받습니다."), "success")
    return redirect(url_for(".show", need_id=need_id))


@pages.route("/<int:need_id>/close", methods=["GET", "POST"])
@member
def close(need_id: int) -> ResponseReturnValue:
    """Ask, then take no more replies."""
    need = _own(need_id)
    if need.not_closable:
        raise Refused(need.not_closable)
    done = gettext("과제를 마감했습니다. 답글을 더 받지 않습니다.")
    return _confirm(need, "needs/close.html", registering.close, done)


def _own(need_id: int) -> Need:
    organization = organization_of(current_user)
    need = finding.need_of(organization, need_id) if organization else None
    return need or abort(404)


def _confirm(need: Need, template: str, act: Callable[[Need, Any, datetime], None], done: str) -> ResponseReturnValue:
    form = Form()
    if not form.validate_on_submit():
        return render_template(template, need=need, form=form, back=url_for(".show", need_id=need.id))
    with unit_of_work():
        act(need, current_user, clock.now())
    flash(done, "success")
    return redirect(url_for(".show", need_id=need.id))
