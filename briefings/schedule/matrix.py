"""The pile of open needs by theme and audience, and choosing from it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from briefings import clock
from briefings.db import db
from briefings.needs.models import Audience, Theme
from briefings.outbox.readers import readers_reach
from briefings.schedule import grouping
from briefings.schedule.forms import ChooseForm
from briefings.web.access import staff

pages = Blueprint("staff_matrix", __name__, url_prefix="/staff/matrix")


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """How many needs wait for a briefing, by theme and audience."""
    found = grouping.matrix(clock.now())
    heads = ["주제", *((audience.name, "num") for audience in found.audiences)]
    return render_template("schedule/staff/matrix.html", matrix=found, heads=heads)


@pages.get("/<int:theme_id>/<int:audience_id>")
@staff
def show(theme_id: int, audience_id: int) -> ResponseReturnValue:
    """The needs of one theme and audience, to be ticked and made a briefing of."""
    now = clock.now()
    theme, audience = db.get_or_404(Theme, theme_id), db.get_or_404(Audience, audience_id)
    planned_too = request.args.get("planned") == "1"
    candidates = grouping.open_needs(theme, audience, now, planned_too)
    theirs = grouping.theirs([candidate.need for candidate in candidates], readers_reach())
    form = ChooseForm(theme=theme.id, audience=audience.id)
    form.offer(candidate.need for candidate in candidates)
    return render_template(
        "schedule/staff/candidates.html",
        theme=theme,
        audience=audience,
        form=form,
        candidates=candidates,
        theirs=theirs,
        rows=list(zip(candidates, form.need, strict=True)),
        most=grouping.MOST_SHOWN,
        planned_too=planned_too,
        now=now,
    )
