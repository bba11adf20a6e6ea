"""What somebody showed interest in during a briefing, on their join page."""

from datetime import datetime

from briefings.live.boxes import Box
from briefings.live.interests import interests_of
from briefings.live.joining import Gate, gate
from briefings.participation.replying import answered_by
from briefings.schedule.programme import programme_of
from briefings.schedule.registration_models import Registration


def box(registration: Registration, now: datetime) -> Box | None:
    """The form that the buttons beside the talks name, what was said so far and answered, with the way to a reply."""
    at = gate(registration, now)
    if at not in (Gate.OPEN, Gate.OVER):
        return None
    needs = [entry.need for entry in programme_of(registration.briefing)]
    done = answered_by(registration.email, needs)
    values = {
        "interests": [said for said in interests_of(registration) if said.need.id not in done],
        "answered": [need for need in needs if need.id in done],
        "over": at is Gate.OVER,
    }
    return Box("participation/interest_box.html", values)
