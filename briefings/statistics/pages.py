"""The public figures, and what staff see of each briefing."""

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings import clock
from briefings.db import db
from briefings.schedule.models import Briefing, BriefingState
from briefings.statistics.forms import AsOf
from briefings.statistics.funnel import funnel_of
from briefings.statistics.overview import overview
from briefings.statistics.published import published_figures
from briefings.statistics.words import STEPS
from briefings.web.access import public, staff
from briefings.web.filters import local

pages = Blueprint("statistics", __name__)
staff_pages = Blueprint("staff_statistics", __name__, url_prefix="/staff/statistics")


@pages.get("/statistics")
@public
def index() -> ResponseReturnValue:
    """The cumulative figures as of a day, with how each is counted."""
    return render_template("statistics/index.html", **_figures())


@staff_pages.get("", endpoint="index")
@staff
def index_of_briefings() -> ResponseReturnValue:
    """Every published briefing in one line, and the published figures as of a day."""
    found = select(Briefing).where(Briefing.state == BriefingState.PUBLISHED, Briefing.starts_at <= clock.now())
    with_names = found.options(joinedload(Briefing.theme), joinedload(Briefing.audience))
    page = db.paginate(with_names.order_by(Briefing.starts_at.desc()), per_page=20)
    return render_template("statistics/staff_index.html", page=page, lines=overview(page.items), **_figures())


@staff_pages.get("/briefings/<int:briefing_id>")
@staff
def briefing(briefing_id: int) -> ResponseReturnValue:
    """The funnel of one briefing."""
    found = db.session.get(Briefing, briefing_id) or abort(404)
    funnel = funnel_of(found)
    return render_template("statistics/briefing.html", briefing=found, funnel=funnel, steps=STEPS, now=clock.now())


def _figures() -> dict[str, object]:
    """The form for the day to count up to, and the figures of that day, or of today where none was named."""
    today = local(clock.now()).date()
    form = AsOf(request.args, data={"as_of": today})
    day = min(form.as_of.data, today) if form.validate() and form.as_of.data else today
    return {"form": form, "figures": published_figures(day, current_app.config["TIMEZONE"])}
