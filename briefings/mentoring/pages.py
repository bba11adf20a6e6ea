"""A mentor's own pages: the needs they were asked about, and what they advise."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.files.sending import download
from briefings.mentoring import advising
from briefings.mentoring.forms import AdviceForm, GiveBackForm
from briefings.mentoring.models import Advice, Readers
from briefings.web.access import expert

pages = Blueprint("advice", __name__, url_prefix="/advice")


@pages.get("")
@expert
def index() -> ResponseReturnValue:
    """Every need the person was asked about, those that wait first."""
    advices = advising.advices_of(current_user)
    return render_template("mentoring/index.html", advices=advices, readable=advising.readable)


@pages.route("/<int:advice_id>", methods=["GET", "POST"])
@expert
def write(advice_id: int) -> ResponseReturnValue:
    """One need as it reads, and what one advises on it."""
    advice = _own(advice_id)
    form = AdviceForm(obj=advice) if advice.written_at else AdviceForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                advising.write(advice, form.text.data, Readers(form.readers.data), clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash(gettext("조언을 저장하고 수요기관에 알렸습니다. 언제든 고칠 수 있습니다."), "success")
            return redirect(url_for(".index"), 303)
    return render_template(
        "mentoring/write.html", advice=_own(advice_id), form=form, readable=advising.readable(advice)
    )


@pages.route("/<int:advice_id>/decline", methods=["GET", "POST"])
@expert
def give_back(advice_id: int) -> ResponseReturnValue:
    """Ask for the reason, then give the need back to staff."""
    advice, form = _own(advice_id), GiveBackForm()
    if advice.written_at:
        return redirect(url_for(".write", advice_id=advice_id))
    if form.validate_on_submit():
        try:
            with unit_of_work():
                advising.give_back(advice, form.reason.data, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash(gettext("맡기 어렵다고 담당자에게 알렸습니다."), "success")
            return redirect(url_for(".index"), 303)
    return render_template("mentoring/give_back.html", advice=_own(advice_id), form=form)


@pages.get("/<int:advice_id>/files/<public_id>")
@expert
def file(advice_id: int, public_id: str) -> ResponseReturnValue:
    """A file attached to a need that the person was asked about."""
    advice = _own(advice_id)
    found = (each.file for each in advice.need.files if each.file.public_id == public_id)
    wanted = next(found, None) if advising.readable(advice) else None
    return download(wanted) if wanted else abort(404)


def _own(advice_id: int) -> Advice:
    return advising.advice_of(current_user, advice_id) or abort(404)
