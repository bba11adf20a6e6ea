"""The survey on somebody's join page, from shortly before the end until it closes."""

from datetime import datetime

from briefings.afterwards.surveys import closed_reason, closes_at, has_answered, survey_of
from briefings.live.boxes import Box
from briefings.live.joining import has_entered
from briefings.schedule.registration_models import Registration


def survey_box(registration: Registration, now: datetime) -> Box | None:
    """The way to it for whoever was there, or that they have answered; nothing where it is not open."""
    survey = survey_of(registration.briefing)
    if closed_reason(survey, registration.briefing, now) or not has_entered(registration):
        return None
    values = {"answered": has_answered(registration), "number": len(survey.questions)}
    return Box("afterwards/survey_box.html", values | {"closes_at": closes_at(survey, registration.briefing)})
