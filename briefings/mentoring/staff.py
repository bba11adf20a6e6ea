"""The staff's pages of advice: who was asked about which needs, asking more, reminding, taking back."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.mentoring import advising
from briefings.mentoring.forms import AskForm, HideForm
from briefings.mentoring.models import Advice
from briefings.reviews.assigning import experts
from briefings.web.access import staff

pages = Blueprint("staff_advice", __name__, url_prefix="/staff/advice")
MOST_NEEDS = 50
SHELVES = {"waiting": True, "written": False}


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """Every advice that was asked for."""
    shelf = request.args.get("shelf", "")
    reach = current_app.extensions["narrowed_reach"]()
    page = db.paginate(advising.all_advices(SHELVES.get(shelf), reach), per_page=20)
    return render_template("mentoring/staff_index.html", page=page, shelf=shelf if shelf in SHELVES else "")


@pages.route("/ask", methods=["GET", "POST"])
@staff
def ask() -> ResponseReturnValue:
    """Choose experts for the needs named in the address: one, or all that a briefing presents."""
    ids = [number for number in request.args.getlist("need", type=int) if 0 < number < 2**31][:MOST_NEEDS]
    needs, found = advising.needs_to_advise_on(ids), experts()
    form = AskForm(data={"needs": [need.id for need in needs]})
    form.offer(needs, found)
    if form.validate_on_submit():
        chosen = [need for need in needs if need.id in form.needs.data]
        try:
            with unit_of_work():
                mentors = advising.mentors_named(form.mentors.data)
                number = advising.ask(chosen, mentors, current_user, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash(f"조언 {number:,}건을 부탁하고 전문가에게 알렸습니다.", "success")
            return redirect(_after_asking(ids), 303)
    return render_template("mentoring/ask.html", form=form, needs=needs, experts=found)


@pages.post("/<int:advice_id>/remind")
@staff
def remind(advice_id: int) -> ResponseReturnValue:
    """Ask the mentor once more."""
    advice = _advice(advice_id)
    with unit_of_work():
        sent = advising.remind(advice, clock.now())
    said = f"{advice.mentor.name} 님에게 다시 알렸습니다." if sent else "오늘 이미 다시 알렸습니다."
    flash(said, "success" if sent else "info")
    return redirect(_back(advice), 303)


@pages.post("/<int:advice_id>/take-back")
@staff
def take_back(advice_id: int) -> ResponseReturnValue:
    """Ask for it no longer."""
    advice = _advice(advice_id)
    to = _back(advice)
    with unit_of_work():
        advising.take_back(advice, current_user, clock.now())
    flash("부탁한 조언을 거두었습니다.", "success")
    return redirect(to, 303)


@pages.route("/<int:advice_id>/hide", methods=["GET", "POST"])
@staff
def hide(advice_id: int) -> ResponseReturnValue:
    """Ask for the reason, then take a public advice off the need's page."""
    advice, form = _advice(advice_id), HideForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                advising.hide(advice, form.reason.data, current_user, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("이제 수요기관만 이 조언을 읽습니다.", "success")
            return redirect(_back(advice), 303)
    return render_template("mentoring/hide.html", advice=_advice(advice_id), form=form)


def _advice(advice_id: int) -> Advice:
    return advising.advice_numbered(advice_id) or abort(404)


def _back(advice: Advice) -> str:
    return url_for("staff_needs.show", need_id=advice.need_id) + "#advice"


def _after_asking(ids: list[int]) -> str:
    one = len(ids) == 1
    return url_for("staff_needs.show", need_id=ids[0]) + "#advice" if one else url_for(".index", shelf="waiting")
