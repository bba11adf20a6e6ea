"""The join page: waiting, open, over. Looking at it changes nothing; buttons enter, and say that one is still there."""

from datetime import datetime

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from markupsafe import Markup

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.live import joining
from briefings.live.joining import Gate
from briefings.live.links import Holder, holder_behind
from briefings.live.room import room_now
from briefings.schedule.links import registration_behind
from briefings.schedule.registration_models import Registration
from briefings.web.access import by_token
from briefings.web.fragments import Fragment, answer_with, fragment
from briefings.web.language import language

pages = Blueprint("live", __name__)


@pages.get("/join/<token>")
@by_token
def join(token: str) -> ResponseReturnValue:
    """What the holder of a join link may do now."""
    now = clock.now()
    shown = _shown(holder_behind(token), now)
    registration = registration_behind(token, "join")
    gate = joining.gate(registration, now)
    return render_template(
        "live/join.html",
        registration=registration,
        briefing=registration.briefing,
        gate=gate,
        inside=gate is Gate.OPEN and joining.is_inside(registration),
        shown=Markup(shown.text),  # noqa: S704 (a page of ours)
        tag=shown.tag,
        now=now,
        token=token,
        boxes=_boxes(registration, token, now),
        form=FlaskForm(),
    )


@pages.get("/join/<token>/now")
@by_token
def now(token: str) -> ResponseReturnValue:
    """What everybody in the room sees alike, for the page to ask every few seconds: 304 while nothing has changed."""
    return answer_with(_shown(holder_behind(token), clock.now()))


@pages.post("/join/<token>")
@by_token
def enter(token: str) -> ResponseReturnValue:
    """Record that the person came; the page then shows the way into the room."""
    with unit_of_work():
        joining.enter(registration_behind(token, "join"), clock.now())
    return redirect(url_for("live.join", token=token), 303)


@pages.post("/join/<token>/seen")
@by_token
def seen(token: str) -> ResponseReturnValue:
    """Record that the person is still there, and show the page as it is now; to a script nothing."""
    with unit_of_work():
        joining.stay(registration_behind(token, "join"), clock.now())
    return Response(status=204) if "quiet" in request.form else redirect(url_for("live.join", token=token), 303)


def _shown(holder: Holder, now: datetime) -> Fragment:
    key = ("room", holder.briefing_id, holder.has_place, holder.has_entered, language())

    def make() -> tuple[str, datetime | None]:
        db.session.commit()  # what the session saw before may be older than the version
        room = room_now(holder.briefing_id, holder.has_place, holder.has_entered, now)
        return render_template("live/now.html", room=room), room.flips_at

    return fragment(key, holder.version, now, make)


def _boxes(registration: Registration, token: str, now: datetime) -> list[Markup]:
    """What others have to say on this page."""
    made = [make(registration, now) for make in current_app.extensions["join_boxes"]]
    common = {"registration": registration, "briefing": registration.briefing, "token": token}
    return [Markup(render_template(box.template, **common, **box.values)) for box in made if box]  # noqa: S704 (ours)
