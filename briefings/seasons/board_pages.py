"""The staff's pages of a season's board: look, move, undo; lanes: `lane_pages`. Every press says what it had seen."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs.models import Audience, Theme
from briefings.seasons import board, board_steps
from briefings.seasons import making as seasons
from briefings.seasons.board_forms import MoveForm
from briefings.seasons.board_view import Shown, view
from briefings.seasons.models import BoardStep, Season
from briefings.seasons.words import SEASON_TONES
from briefings.web.access import staff
from briefings.web.problems import reason
from briefings.web.routing import row_number

pages = Blueprint("board", __name__, url_prefix="/staff/seasons/<int:season_id>/board")
pages.context_processor(lambda: {"tones": SEASON_TONES})

Act = Callable[[Season, dict[str, Any]], BoardStep | None]
LATEST = 5
"""Changes shown on the board itself; all of them have a page."""
NOTHING_NEW = "바뀐 것이 없습니다."


def the_season(season_id: int) -> Season:
    """The season whole; 404 if there is none of that number."""
    return seasons.numbered(season_id) or abort(404)


def kept() -> dict[str, int]:
    """The filter of the present address, for every address that leads back to the board."""
    found = {name: request.args.get(name, type=row_number) for name in ("theme", "audience")}
    return {name: value for name, value in found.items() if value}


def pressed(season_id: int, act: Act, focus: str | None = None) -> ResponseReturnValue:
    """Take a step and show the board with what was done; or why not, with what others did meanwhile."""
    season = db.get_or_404(Season, season_id)
    seen = request.form.get("seen", type=row_number)
    if seen is None:
        abort(400)
    try:
        with unit_of_work():
            step = act(season, {"seen": seen, "by": current_user, "now": clock.now()})
    except board_steps.Stale as stale:
        return _too_late(season_id, stale.steps, stale.deed.wish)
    except board.Gone as gone:
        return _too_late(season_id, board_steps.since(season, seen), reason=reason(gone))
    except Refused as refused:
        return show_board(season_id, error=reason(refused), code=409)
    if step is None:
        flash(NOTHING_NEW, "info")
    at = focus or (anchor_of(step) if step else "board")
    said = step.version if step else None
    return redirect(url_for(".show", season_id=season_id, **kept(), said=said, at=at, _anchor=at), 303)


def anchor_of(step: BoardStep) -> str:
    """Where on the board a step can be seen: a lane it made, the first card or else the first lane it touched."""
    new = [number for number, row in step.before["lanes"].items() if row is None]
    needs, lanes = step.before["touched"]["needs"], step.before["touched"]["lanes"]
    if new and "undoes" not in step.before:
        return f"lane-{new[0]}"
    return f"need-{needs[0]}" if needs else f"lane-{lanes[0]}" if lanes else "board"


def _too_late(
    season_id: int, steps: list[BoardStep], wish: str | None = None, reason: str | None = None
) -> ResponseReturnValue:
    """What was wanted and what others did, side by side, and, unless it cannot be any more, a button that does it."""
    page = render_template(
        "seasons/board/stale.html",
        season=the_season(season_id),
        steps=steps,
        wish=wish,
        reason=reason,
        sent=[(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "seen")],
        action=url_for(str(request.endpoint), **(request.view_args or {}), **kept()),
        kept=kept(),
    )
    return page, 409


@pages.get("")
@staff
def show(season_id: int) -> ResponseReturnValue:
    """The board of a season, whole or of one theme and audience."""
    return show_board(season_id)


def show_board(season_id: int, error: str | None = None, code: int = 200) -> ResponseReturnValue:
    """The board as it stands, with what went wrong on top."""
    season, now = the_season(season_id), clock.now()
    shown = Shown(db.session.get(Theme, kept().get("theme", 0)), db.session.get(Audience, kept().get("audience", 0)))
    settled = seasons.settled_reason(season)
    history = board_steps.past(season)
    version = request.args.get("said", type=row_number)
    said = next((each for each in history if each.step.version == version and each.step.by_id == current_user.id), None)
    seen = view(season, shown, now, settled is not None)
    page = render_template(
        "seasons/board/show.html",
        season=season,
        settled=settled,
        shown=shown,
        kept=kept(),
        board=seen,
        heads=["주제", *((audience.name, "num") for audience in seen.left.audiences)],
        history=history[:LATEST],
        said=said,
        focus=request.args.get("at"),
        redoable=board_steps.to_redo(history),
        error=error,
        failed=error is not None,
        now=now,
    )
    return page, code


@pages.post("/move")
@staff
def move(season_id: int) -> ResponseReturnValue:
    """Move one card or several: the one address that list, buttons, ticks and dragging all lead to."""
    form = MoveForm()
    steps = {"up": -1, "down": 1}.get(request.form.get("do", ""))
    if steps and form.need.data:
        need = form.need.data[0]
        return pressed(season_id, lambda season, how: board.shift(season, need, steps, **how), f"need-{need}")
    if not form.validate():
        return show_board(season_id, error=form.error_summary()[0][1], code=400)

    def act(season: Season, how: dict[str, Any]) -> BoardStep | None:
        place = {"position": form.position.data, "before": form.next_one()}
        return board.move(season, form.need.data, form.to.data or None, **place, **how)

    focus = f"need-{form.need.data[0]}" if form.need.data else None
    return pressed(season_id, act, focus)


@pages.get("/needs/<int:need_id>")
@staff
def card(season_id: int, need_id: int) -> ResponseReturnValue:
    """One card and the list of lanes it may go to: on a large board instead of a list on each card."""
    season = the_season(season_id)
    found = next((card for card in season.cards if card.need_id == need_id), None) or abort(404)
    form = MoveForm(formdata=None, seen=season.version, to=found.lane_id or 0)
    form.offer(season.lanes)
    settled = seasons.settled_reason(season)
    return render_template(
        "seasons/board/card.html", season=season, card=found, form=form, settled=settled, kept=kept()
    )


@pages.post("/hold")
@staff
def hold(season_id: int) -> ResponseReturnValue:
    """Let the solver leave a card in its lane, or no longer."""
    need, on = request.form.get("need", 0, type=row_number), request.form.get("on") == "1"
    return pressed(season_id, lambda season, how: board.hold(season, need, on, **how), f"need-{need}")


@pages.route("/undo/<int:version>", methods=["GET", "POST"])
@staff
def undo(season_id: int, version: int) -> ResponseReturnValue:
    """Take a change back; first ask where somebody else made it."""
    season = the_season(season_id)
    done = next((each for each in board_steps.past(season) if each.step.version == version), None) or abort(404)
    if request.method == "GET":
        return render_template("seasons/board/undo.html", season=season, done=done, kept=kept())
    others_too = request.form.get("others") == "1"

    def act(season: Season, how: dict[str, Any]) -> BoardStep | None:
        return board_steps.undo(season, version, others_too=others_too, by=how["by"], now=how["now"])

    return pressed(season_id, act)


@pages.post("/redo/<int:version>")
@staff
def redo(season_id: int, version: int) -> ResponseReturnValue:
    """Do again what was undone last."""

    def act(season: Season, how: dict[str, Any]) -> BoardStep | None:
        return board_steps.redo(season, version, by=how["by"], now=how["now"])

    return pressed(season_id, act)


@pages.get("/history")
@staff
def history(season_id: int) -> ResponseReturnValue:
    """The last hundred changes: who, when, what; each that nothing builds on can be undone."""
    season = the_season(season_id)
    found = board_steps.past(season)
    return render_template(
        "seasons/board/history.html",
        season=season,
        settled=seasons.settled_reason(season),
        history=found,
        redoable=board_steps.to_redo(found),
        most=board_steps.REMEMBERED,
        kept=kept(),
    )
