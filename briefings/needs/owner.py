"""Pages of need owners: their needs, the form, withdrawing and closing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.needs import finding, registering
from briefings.needs.forms import NeedForm
from briefings.needs.history import steps_of
from briefings.needs.models import Need
from briefings.needs.rounds import open_rounds
from briefings.needs.words import NEED_TONES, NEXT_STEPS
from briefings.organizations.finding import organization_of
from briefings.web.access import member
from briefings.web.forms import Form

pages = Blueprint("owner", __name__, url_prefix="/my/needs")
pages.context_processor(lambda: {"tones": NEED_TONES, "next_steps": NEXT_STEPS})


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
    """Write a need; it is saved with whatever is there, or submitted when it is complete."""
    organization = organization_of(current_user)
    if organization is None:
        return redirect(url_for(".needs"))
    form = NeedForm.for_new(current_user)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                now = clock.now()
                need = registering.register(form.entry(), organization, current_user, now)
                if form.submit.data:
                    registering.submit(need, current_user, now)
        except Refused as error:
            form.refuse(error)
        else:
            _say_saved(form)
            return redirect(url_for(".show", need_id=need.id))
    return render_template("needs/edit.html", form=form, need=None, organization=organization)


@pages.get("/<int:need_id>")
@member
def show(need_id: int) -> ResponseReturnValue:
    """Where the need stands, what to do next, and what it says."""
    need = _own(need_id)
    return render_template("needs/owner_show.html", need=need, steps=steps_of(need))


@pages.route("/<int:need_id>/edit", methods=["GET", "POST"])
@member
def edit(need_id: int) -> ResponseReturnValue:
    """Change what the need says; submit it if it was not yet, or was returned."""
    need = _own(need_id)
    if need.not_editable:
        raise Refused(need.not_editable)
    form = NeedForm.of(need)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                now = clock.now()
                registering.edit(need, form.entry(), form.version_seen(), current_user, now)
                if form.submit.data:
                    registering.submit(need, current_user, now)
        except Refused as error:
            form.refuse(error)
            form.overwrite(need)
        else:
            _say_saved(form)
            return redirect(url_for(".show", need_id=need.id))
    return render_template("needs/edit.html", form=form, need=need, organization=need.organization)


@pages.route("/<int:need_id>/withdraw", methods=["GET", "POST"])
@member
def withdraw(need_id: int) -> ResponseReturnValue:
    """Ask, then take the need back."""
    need = _own(need_id)
    if need.not_withdrawable:
        raise Refused(need.not_withdrawable)
    done = gettext("과제를 철회했습니다. 이제 공개되지 않습니다.")
    return _confirm(need, "needs/withdraw.html", registering.withdraw, done)


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


def _say_saved(form: NeedForm) -> None:
    submitted = gettext(
        "과제를 제출했습니다. 확인 전자우편을 보냈습니다. 담당자가 검토한 결과도 전자우편으로 알려 드립니다."
    )
    flash(submitted if form.submit.data else gettext("저장했습니다."), "success")
