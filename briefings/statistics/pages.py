"""The public figures, and what staff see of them and of each briefing."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings import clock
from briefings.db import db
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.staff import zone
from briefings.statistics.forms import AsOf
from briefings.statistics.funnel import PEOPLE
from briefings.statistics.hiding import hidden, hidden_kinds, plain_kinds
from briefings.statistics.outcome import outcome_of
from briefings.statistics.overview import overview
from briefings.statistics.published import figures_by_theme, published_figures, series
from briefings.statistics.words import STEPS
from briefings.web.access import public, staff
from briefings.web.filters import local

pages = Blueprint("statistics", __name__)
staff_pages = Blueprint("staff_statistics", __name__, url_prefix="/staff/statistics")


@pages.get("/statistics")
@public
def index() -> ResponseReturnValue:
    """The cumulative figures as of a day with how each is counted; small groups are hidden."""
    form, day = _day()
    figures, themes = published_figures(day, zone().key), figures_by_theme(day, zone().key)
    columns = [
        hidden({each.theme.id: getattr(each, name) for each in themes})
        for name in ("needs", "needs_replied", "matches")
    ]
    return render_template(
        "statistics/index.html",
        form=form,
        figures=figures,
        kinds=hidden_kinds(figures.in_matches_by_kind),
        themes=[(each.theme, *(column[each.theme.id] for column in columns)) for each in themes],
        themes_hide=any(None in column.values() for column in columns),
        series=_series(day),
        by_year=_by_year(),
    )


@staff_pages.get("", endpoint="index")
@staff
def index_of_briefings() -> ResponseReturnValue:
    """The published figures as of a day, nothing hidden, and every published briefing in one line."""
    found = select(Briefing).where(Briefing.state == BriefingState.PUBLISHED, Briefing.starts_at <= clock.now())
    with_names = found.options(joinedload(Briefing.theme), joinedload(Briefing.audience))
    page = db.paginate(with_names.order_by(Briefing.starts_at.desc(), Briefing.id.desc()), per_page=20)
    form, day = _day()
    figures = published_figures(day, zone().key)
    themes = figures_by_theme(day, zone().key)
    return render_template(
        "statistics/staff_index.html",
        page=page,
        lines=overview(page.items),
        form=form,
        figures=figures,
        kinds=plain_kinds(figures.in_matches_by_kind),
        themes=[(each.theme, each.needs, each.needs_replied, each.matches) for each in themes],
        series=_series(day),
        by_year=_by_year(),
    )


@staff_pages.get("/briefings/<int:briefing_id>")
@staff
def briefing(briefing_id: int) -> ResponseReturnValue:
    """What one briefing led to."""
    found, now = db.session.get(Briefing, briefing_id) or abort(404), clock.now()
    outcome = outcome_of(found, zone(), now)
    return render_template(
        "statistics/briefing.html", briefing=found, outcome=outcome, words=STEPS, people=PEOPLE, now=now
    )


def _day() -> tuple[AsOf, date]:
    """The form for the day to count up to, and that day."""
    form = AsOf(request.args, local(clock.now()).date())
    return form, form.day


def _by_year() -> bool:
    return request.args.get("step") == "year"


def _series(day: date) -> list[Any]:
    """The figures at the end of each half-year, or year, until `day`."""
    return series(zone(), day, _by_year())
