"""The join page: waiting, open, over. Looking at it changes nothing; buttons enter, and say that one is still there."""

from datetime import datetime
from io import BytesIO
from typing import NamedTuple

import segno
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.files.sending import download
from briefings.live import joining
from briefings.live.joining import Gate
from briefings.live.links import Holder, code_of, entry_number, holder_behind, takes_numbers
from briefings.live.players import from_second, player_from_second, player_of
from briefings.live.room import RoomNow, room_now, slides_of
from briefings.questions.board import board_of
from briefings.questions.forms import asking_values
from briefings.schedule.links import join_url, registration_behind
from briefings.schedule.registration_models import Registration
from briefings.web.access import by_token
from briefings.web.fragments import Fragment, answer_with, fragment
from briefings.web.language import language
from briefings.web.security import let_play

pages = Blueprint("live", __name__)


REPLAY = "replay"
"""What is played where no room is: the recording."""


class Player(NamedTuple):
    """What plays inside the page: its address there, and what it is called."""

    address: str
    title: str


@pages.get("/join/<token>")
@by_token
def join(token: str) -> ResponseReturnValue:
    """What the holder of a join link may do now; what they chose to watch plays inside the page."""
    now, holder = clock.now(), holder_behind(token)
    registration, shown = registration_behind(token, "join"), _shown(holder, now)
    room = room_now(holder.briefing_id, holder.has_place, holder.has_entered, now)
    player = _player(room)
    response = make_response(
        render_template(
            "live/join.html",
            registration=registration,
            briefing=registration.briefing,
            room=room,
            shown=Markup(shown.text),  # noqa: S704 (a page of ours)
            tag=shown.tag,
            now=now,
            token=token,
            player=player,
            code=code_of(registration.briefing),
            number=entry_number(registration) if takes_numbers(registration.briefing, now) else None,
            boxes=_boxes(registration, token, now),
            **_asking(registration, room, now),
        )
    )
    return let_play(response, player.address) if player else response


@pages.get("/join/<token>/now")
@by_token
def now(token: str) -> ResponseReturnValue:
    """What everybody in the room sees alike, for the page to ask every few seconds: 304 while nothing has changed."""
    return answer_with(_shown(holder_behind(token), clock.now(), patient=True))


@pages.post("/join/<token>")
@by_token
def enter(token: str) -> ResponseReturnValue:
    """Record that the person came; the page then shows the way into the room."""
    with unit_of_work():
        joining.enter(registration_behind(token, "join"), clock.now())
    flash(gettext("출석이 기록되었습니다."), "success")
    return redirect(url_for("live.join", token=token), 303)


@pages.post("/join/<token>/seen")
@by_token
def seen(token: str) -> ResponseReturnValue:
    """Record that the person is still there, and show the page as it is now; to a script nothing."""
    with unit_of_work():
        joining.stay(registration_behind(token, "join"), clock.now())
    return Response(status=204) if "quiet" in request.form else redirect(url_for("live.join", token=token), 303)


@pages.get("/join/<token>/qr.svg")
@by_token
def qr(token: str) -> ResponseReturnValue:
    """The personal link as a picture for the camera of another device."""
    picture = BytesIO()
    address = join_url(registration_behind(token, "join"))
    segno.make_qr(address, error="m").save(picture, kind="svg", xmldecl=False, scale=4, light="#fff")
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@pages.get("/join/<token>/slides")
@by_token
def slides(token: str) -> ResponseReturnValue:
    """A file of a presenter, to take away, for whoever is in the room or was to be."""
    holder = holder_behind(token)
    room = room_now(holder.briefing_id, holder.has_place, holder.has_entered, clock.now())
    return download(slides_of(room, request.args.get("file", "")) or abort(404))


def _shown(holder: Holder, now: datetime, patient: bool = False) -> Fragment:
    key = ("room", holder.briefing_id, holder.has_place, holder.has_entered, language())

    def make() -> tuple[str, datetime | None]:
        db.session.commit()  # what the session saw before may be older than the version
        room = room_now(holder.briefing_id, holder.has_place, holder.has_entered, now)
        board = board_of(room.briefing, now)
        return render_template("live/now.html", room=room, board=board, **_addresses(room)), room.flips_at

    return fragment(key, holder.version, now, make, patient)


def _addresses(room: RoomNow) -> dict[str, object]:
    """What plays inside the page, by the key of its way in; where each chapter of the recording begins."""
    hosts, replay = current_app.config["EMBED_HOSTS"], room.replay
    chapters = [chapter.seconds for chapter in replay.chapters] if replay else []
    return {
        "plays": {way.key for way in room.ways if player_of(way.address, hosts)},
        "replay_plays": replay is not None and player_of(replay.address, hosts) is not None,
        "chapters": {seconds: from_second(replay.address, seconds) for seconds in chapters} if replay else {},
    }


def _player(room: RoomNow) -> Player | None:
    """What the address names, where it may be seen and its host lets it play here."""
    wanted, hosts = request.args.get("room"), current_app.config["EMBED_HOSTS"]
    if wanted == REPLAY and room.replay:
        address = player_of(room.replay.address, hosts)
        seconds = min(request.args.get("at", 0, type=int), 86_400)
        return (
            Player(player_from_second(address, seconds) if seconds > 0 else address, gettext("다시보기"))
            if address
            else None
        )
    way = next((way for way in room.ways if way.key == wanted), None)
    address = player_of(way.address, hosts) if way else None
    return Player(address, way.name or gettext("설명회 방송")) if way and address else None


def _asking(registration: Registration, room: RoomNow, now: datetime) -> dict[str, object]:
    """The part of the page in which one asks; about the talk that is on, unless one chooses."""
    if room.gate is Gate.CANCELLED:
        return {}
    talk = room.state.now.slot.id if room.state.now else None
    return asking_values(registration, now, [slot.entry for slot in room.state.slots], talk)


def _boxes(registration: Registration, token: str, now: datetime) -> list[Markup]:
    """What others have to say on this page."""
    made = [make(registration, now) for make in current_app.extensions["join_boxes"]]
    common = {"registration": registration, "briefing": registration.briefing, "token": token}
    return [Markup(render_template(box.template, **common, **box.values)) for box in made if box]  # noqa: S704 (ours)
