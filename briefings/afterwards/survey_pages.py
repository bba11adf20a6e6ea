"""The survey as whoever was there answers it: by the personal link, without an account, once."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from briefings import clock
from briefings.afterwards.survey_forms import answers_form, points_in
from briefings.afterwards.surveys import ALREADY, answer, closes_at, has_answered, not_for, survey_of
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.outbox.quiet import QuietHours
from briefings.schedule.links import registration_behind
from briefings.web.access import by_token
from briefings.web.language import language

pages = Blueprint("survey", __name__)


@pages.route("/join/<token>/survey", methods=["GET", "POST"])
@by_token
def take(token: str) -> ResponseReturnValue:
    """The questions, once; then thanks and the way on."""
    registration, now = registration_behind(token, "join"), clock.now()
    survey = survey_of(registration.briefing)
    form = answers_form(survey, language())
    if form.validate_on_submit():
        zone = QuietHours.of(current_app.config).zone
        try:
            with unit_of_work():
                seen = form.seen_at() or survey.changed_at
                answer(registration, points_in(form, survey), form.comment.data or "", seen, zone, now)
        except Refused as error:
            form.refuse(error)
            registration = registration_behind(token, "join")
            survey = survey_of(registration.briefing)
        else:
            return redirect(url_for(".take", token=token), 303)
    why_not = not_for(registration, survey, now)
    if form.is_submitted() and why_not is None and form.seen.data != survey.changed_at.isoformat():
        form.seen.data = survey.changed_at.isoformat()
    return render_template(
        "afterwards/survey.html",
        registration=registration,
        briefing=registration.briefing,
        survey=survey,
        form=form,
        why_not=_(why_not) if why_not else None,
        answered=has_answered(registration),
        already=why_not == ALREADY,
        closes_at=closes_at(survey, registration.briefing),
        token=token,
    )
