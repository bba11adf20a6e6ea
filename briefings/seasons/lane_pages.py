"""The staff's pages of one lane of a board: make, split, name, time, merge, delete, keep."""

from datetime import datetime
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from briefings import clock
from briefings.needs import finding
from briefings.seasons import board
from briefings.seasons import making as seasons
from briefings.seasons.board_forms import LaneForm, MergeForm, TimeForm
from briefings.seasons.board_pages import kept, pages, pressed, show_board, the_season
from briefings.seasons.models import BoardStep, Lane, Season
from briefings.web.access import staff
from briefings.web.filters import when
from briefings.web.routing import row_number


def ticked() -> list[int]:
    """The needs ticked on the board."""
    return request.form.getlist("need", type=row_number)


@pages.post("/lanes")
@staff
def make_lane(season_id: int) -> ResponseReturnValue:
    """A new lane of the ticked cards."""
    return pressed(season_id, lambda season, how: board.make_lane(season, ticked(), **how))


@pages.post("/split")
@staff
def split(season_id: int) -> ResponseReturnValue:
    """The ticked cards of one lane become a second one."""
    return pressed(season_id, lambda season, how: board.split(season, ticked(), **how))


@pages.post("/order")
@staff
def order(season_id: int) -> ResponseReturnValue:
    """Number the lanes by their times."""
    return pressed(season_id, lambda season, how: board.order_by_time(season, **how), "board")


@pages.route("/lanes/<int:lane_id>", methods=["GET", "POST"])
@staff
def lane(season_id: int, lane_id: int) -> ResponseReturnValue:
    """Name, topic and time of a lane; beside it merging and deleting."""
    season = the_season(season_id)
    found = next((lane for lane in season.lanes if lane.id == lane_id), None)
    if found is None and request.method == "GET":
        abort(404)
    form = LaneForm(seen=season.version, **(_values(found) if found else {}))
    form.offer(finding.themes(), finding.audiences(), _times(season, found))
    if form.validate_on_submit():
        return pressed(season_id, lambda season, how: _change(season, lane_id, form, how), f"lane-{lane_id}")
    if found is None:
        abort(404)
    merging = MergeForm(formdata=None, seen=season.version)
    merging.offer(lane for lane in season.lanes if lane is not found)
    return render_template(
        "seasons/board/lane.html",
        season=season,
        lane=found,
        cards=[card for card in season.cards if card.lane_id == lane_id],
        form=form,
        merging=merging,
        name=board.name_of(found),
        settled=seasons.settled_reason(season),
        kept=kept(),
    )


def _values(lane: Lane) -> dict[str, Any]:
    names = {name: getattr(lane, name) for name in ("title", "theme_id", "audience_id")}
    return names | {"starts_at": lane.starts_at.isoformat() if lane.starts_at else ""}


def _change(season: Season, lane_id: int, form: LaneForm, how: dict[str, Any]) -> BoardStep | None:
    return board.change_lane(
        season,
        lane_id,
        title=form.title.data,
        theme_id=form.theme_id.data,
        audience_id=form.audience_id.data,
        starts_at=form.moment(),
        **how,
    )


def _times(season: Season, lane: Lane | None) -> list[tuple[datetime, str]]:
    """The times to come, and the present one whatever it is, each with the other lanes that are then."""
    now, own = clock.now(), lane.starts_at if lane else None
    moments = {each.starts_at for each in season.times if each.starts_at > now} | ({own} if own else set())
    others = [each for each in season.lanes if each is not lane]
    taken = {
        moment: ", ".join(board.number_of(each) for each in others if each.starts_at == moment) for moment in moments
    }
    return [(moment, f" ({taken[moment]} 있음)" if taken[moment] else "") for moment in sorted(moments)]


@pages.post("/lanes/<int:lane_id>/time")
@staff
def set_time(season_id: int, lane_id: int) -> ResponseReturnValue:
    """Let a lane begin at a time of the season."""
    form = TimeForm()
    if not form.validate():
        return show_board(season_id, error=form.error_summary()[0][1], code=400)
    moment = form.moment()
    words = when(moment) if moment else ""
    return pressed(
        season_id, lambda season, how: board.set_time(season, lane_id, moment, words, **how), f"lane-{lane_id}"
    )


@pages.post("/lanes/<int:lane_id>/hold")
@staff
def hold_lane(season_id: int, lane_id: int) -> ResponseReturnValue:
    """Let the solver leave a lane as it is, or no longer."""
    on = request.form.get("on") == "1"
    return pressed(season_id, lambda season, how: board.hold_lane(season, lane_id, on, **how), f"lane-{lane_id}")


@pages.post("/lanes/<int:lane_id>/merge")
@staff
def merge(season_id: int, lane_id: int) -> ResponseReturnValue:
    """Put everything of one lane into another."""
    into = request.form.get("into", 0, type=row_number)
    return pressed(season_id, lambda season, how: board.merge(season, lane_id, into, **how), f"lane-{into}")


@pages.post("/lanes/<int:lane_id>/remove")
@staff
def remove_lane(season_id: int, lane_id: int) -> ResponseReturnValue:
    """Delete a lane; its cards have none again."""
    return pressed(season_id, lambda season, how: board.remove_lane(season, lane_id, **how), "heap")
