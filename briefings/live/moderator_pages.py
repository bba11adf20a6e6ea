"""The moderator's pages: the run sheet and the cue sheet of one briefing, by a personal link, without an account."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from briefings.live import sheet_pages
from briefings.live.moderating import moderator_of
from briefings.live.moderator_links import briefing_moderated
from briefings.live.sheet_pages import Leader
from briefings.web.access import by_token

pages = Blueprint("moderator", __name__, url_prefix="/moderate")


def leader_of(token: str) -> Leader:
    """Who leads the briefing a token was made for; 404 for any other token."""
    return Leader(
        find=lambda: briefing_moderated(token),
        by=moderator_of(briefing_moderated(token)),
        frame="live/moderator.html",
        address={"token": token},
        questions="moderator.desk",
        is_staff=False,
    )


@pages.get("/<token>")
@by_token
def show(token: str) -> ResponseReturnValue:
    """The run sheet."""
    return sheet_pages.show(leader_of(token))


@pages.get("/<token>/now")
@by_token
def parts(token: str) -> ResponseReturnValue:
    """What changes by itself on the run sheet."""
    return sheet_pages.parts(leader_of(token))


@pages.post("/<token>")
@by_token
def press(token: str) -> ResponseReturnValue:
    """A press on the run sheet."""
    return sheet_pages.press(leader_of(token))


@pages.post("/<token>/line")
@by_token
def say(token: str) -> ResponseReturnValue:
    """Tell everybody in the room something."""
    return sheet_pages.say(leader_of(token))


@pages.post("/<token>/room")
@by_token
def change_room(token: str) -> ResponseReturnValue:
    """Lead everybody to another room at once."""
    return sheet_pages.change_room(leader_of(token))


@pages.get("/<token>/cue-sheet")
@by_token
def cue_sheet(token: str) -> ResponseReturnValue:
    """The cue sheet."""
    return sheet_pages.cue_sheet(leader_of(token))


@pages.route("/<token>/cue-sheet/notes", methods=["GET", "POST"])
@by_token
def notes(token: str) -> ResponseReturnValue:
    """Write what is to be thought of in each part."""
    return sheet_pages.notes(leader_of(token))
