"""What somebody showed interest in during a briefing, on their join page."""

from datetime import datetime

from briefings.live.boxes import Box
from briefings.live.interests import interests_of
from briefings.live.joining import Gate, gate
from briefings.schedule.registration_models import Registration


def box(registration: Registration, now: datetime) -> Box | None:
    """The form that the buttons beside the talks name, and what was said so far, with the way to a reply."""
    at = gate(registration, now)
    if at not in (Gate.OPEN, Gate.OVER):
        return None
    return Box("participation/interest_box.html", {"interests": interests_of(registration), "over": at is Gate.OVER})
