"""The moderator's question desk: that of the staff, without names and without written answers."""

from flask import url_for
from flask.typing import ResponseReturnValue

from briefings import clock
from briefings.live.leading import lapsed_reason
from briefings.live.moderator_pages import leader_of, pages
from briefings.questions import desk_pages
from briefings.questions.desk_pages import Place
from briefings.web.access import by_token


@pages.get("/<token>/questions")
@by_token
def desk(token: str) -> ResponseReturnValue:
    """Every question of the briefing."""
    return desk_pages.show(_place(token))


@pages.post("/<token>/questions")
@by_token
def press_desk(token: str) -> ResponseReturnValue:
    """Press a button of the desk."""
    return desk_pages.press(_place(token))


@pages.route("/<token>/questions/<public_id>", methods=["GET", "POST"])
@by_token
def question(token: str, public_id: str) -> ResponseReturnValue:
    """One question, and what the moderator can do with it."""
    return desk_pages.show_one(_place(token), public_id)


def _place(token: str) -> Place:
    leader = leader_of(token)
    return Place(
        briefing=leader.find(),
        by=leader.by,
        run_sheet=url_for("moderator.show", token=token),
        desk=leader.desk_page,
        page_of=lambda public_id: url_for("moderator.question", token=token, public_id=public_id),
        frame=leader.frame,
        by_name=False,
        leader=leader,
        closed=lapsed_reason(leader.find(), clock.now()),
    )
