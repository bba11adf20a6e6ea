"""The first page of staff."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from briefings import clock
from briefings.front.today import today as what_waits
from briefings.schedule.words import PHASE_TONES
from briefings.web.access import staff

pages = Blueprint("staff", __name__, url_prefix="/staff")


@pages.get("/")
@staff
def today() -> ResponseReturnValue:
    """What waits, and the next briefings."""
    now = clock.now()
    return render_template("front/today.html", shown=what_waits(now), now=now, phase_tones=PHASE_TONES)
