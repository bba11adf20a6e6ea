"""The pile of open needs by theme and audience, and choosing from it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from briefings import clock
from briefings.db import db
from briefings.needs.models import Audience, Theme
from briefings.schedule import grouping
from briefings.web.access import staff

pages = Blueprint("staff_matrix", __name__, url_prefix="/staff/matrix")


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """How many needs wait for a briefing, by theme and audience."""
    return render_template("schedule/matrix.html", matrix=grouping.matrix(clock.now()))


@pages.get("/<int:theme_id>/<int:audience_id>")
@staff
def show(theme_id: int, audience_id: int) -> ResponseReturnValue:
    """The needs of one theme and audience, to be ticked and made a briefing of."""
    now = clock.now()
    theme, audience = db.get_or_404(Theme, theme_id), db.get_or_404(Audience, audience_id)
    planned_too = request.args.get("planned") == "1"
    return render_template(
        "schedule/candidates.html",
        theme=theme,
        audience=audience,
        candidates=grouping.open_needs(theme, audience, now, planned_too),
        most=grouping.MOST_SHOWN,
        planned_too=planned_too,
        now=now,
    )
