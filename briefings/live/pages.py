"""The join page: waiting, open, over. Looking at it changes nothing; a button enters."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from briefings import clock
from briefings.db import unit_of_work
from briefings.live import joining
from briefings.live.days import day_of, opens_at
from briefings.live.joining import Gate
from briefings.schedule.links import registration_behind
from briefings.schedule.programme import programme_of
from briefings.web.access import by_token

pages = Blueprint("live", __name__)


@pages.get("/join/<token>")
@by_token
def join(token: str) -> ResponseReturnValue:
    """What the holder of a join link may do now."""
    now = clock.now()
    registration = registration_behind(token, "join")
    gate = joining.gate(registration, now)
    entered = gate in (Gate.OPEN, Gate.OVER) and joining.has_entered(registration)
    return render_template(
        "live/join.html",
        registration=registration,
        briefing=registration.briefing,
        programme=programme_of(registration.briefing),
        gate=gate,
        entered=entered,
        opens_at=opens_at(registration.briefing, day_of(registration.briefing)),
        now=now,
        form=FlaskForm(),
    )


@pages.post("/join/<token>")
@by_token
def enter(token: str) -> ResponseReturnValue:
    """Record that the person came; the page then shows the way into the room."""
    with unit_of_work():
        joining.enter(registration_behind(token, "join"), clock.now())
    return redirect(url_for("live.join", token=token), 303)
