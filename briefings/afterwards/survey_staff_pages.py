"""The staff's pages of a survey: what came of it, and what is asked."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.afterwards.survey_forms import SCALE, settings_form, wanted_in
from briefings.afterwards.survey_results import results_of
from briefings.afterwards.surveys import (
    FEWEST,
    KEPT_BACK,
    LOCKED,
    NOT_YET,
    USUAL,
    Wanted,
    change,
    closed_reason,
    closes_at,
    number_of_takers,
    opens_at,
    survey_of,
)
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.rounds.pages import Listed
from briefings.schedule.models import BriefingState
from briefings.schedule.staff import the_briefing
from briefings.web.access import staff
from briefings.web.routing import row_number

pages = Blueprint("staff_survey", __name__, url_prefix="/staff/briefings/<int:briefing_id>/survey")

PER_PAGE = 30


@pages.get("")
@staff
def index(briefing_id: int) -> ResponseReturnValue:
    """How many answered, and what: means and spread of each question, by kind of organization, in words."""
    briefing, now = the_briefing(briefing_id), clock.now()
    results = results_of(briefing, now)
    comments = Listed(
        page=request.args.get("page", 1, row_number), per_page=PER_PAGE, error_out=False, rows=results.comments
    )
    return render_template(
        "afterwards/staff/survey.html",
        briefing=briefing,
        results=results,
        survey=results.survey,
        comments=comments,
        closed=closed_reason(results.survey, briefing, now),
        not_yet=NOT_YET,
        opens_at=opens_at(briefing),
        closes_at=closes_at(results.survey, briefing),
        scale=SCALE,
        fewest=FEWEST,
        kept_back=KEPT_BACK,
    )


@pages.route("/edit", methods=["GET", "POST"])
@staff
def edit(briefing_id: int) -> ResponseReturnValue:
    """What is asked and how long; the questions only as long as nobody has answered."""
    briefing, now = the_briefing(briefing_id), clock.now()
    survey, locked = survey_of(briefing), bool(number_of_takers(briefing))
    form = settings_form(survey, locked)
    if form.validate_on_submit():
        wanted = wanted_in(form, survey)
        if request.form.get("do") == "usual":
            wanted = Wanted(wanted.offered, USUAL, wanted.apart, wanted.closes_at)
        try:
            with unit_of_work():
                changed = change(briefing, wanted, form.seen_at(), current_user, now)
        except Refused as error:
            form.refuse(error)
            briefing = the_briefing(briefing_id)
        else:
            flash(*(("만족도 조사를 저장했습니다.", "success") if changed else ("바뀐 내용이 없습니다.", "info")))
            return redirect(url_for(".edit" if request.form.get("do") else ".index", briefing_id=briefing_id), 303)
    return render_template(
        "afterwards/staff/survey_edit.html",
        briefing=briefing,
        survey=survey,
        form=form,
        locked=LOCKED if locked else None,
        called_off=briefing.state is BriefingState.CANCELLED,
    )
