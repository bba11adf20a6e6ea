"""The staff's pages of the funnel: any scope, broken down, and who and what is behind each number."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination

from briefings import clock
from briefings.db import db
from briefings.exports.forms import in_words
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration
from briefings.schedule.staff import zone
from briefings.statistics.behind import Known, People, behind, organizations_behind
from briefings.statistics.forms import ScopeFilters
from briefings.statistics.funnel import COUNTED, PEOPLE, REPLIES, Counted, Funnels, Step, funnels, steps_by
from briefings.statistics.naming import Line, in_order
from briefings.statistics.scope import Axis, Scope, query_of
from briefings.statistics.words import AXES, STEPS, WORDS
from briefings.web.access import staff

pages = Blueprint("staff_funnel", __name__, url_prefix="/staff/statistics/funnel")
PER_PAGE = 30


class Lines(Pagination):
    """One page of a breakdown; of a thousand briefings only those of the page are counted each by itself."""

    found: Funnels

    def _query_items(self) -> list[Line]:
        scope, axis, now = (self._query_args[name] for name in ("scope", "axis", "now"))
        first, last = self._query_offset, self._query_offset + self.per_page
        some = slice(first, last) if axis is Axis.BRIEFING else None
        self.found = funnels(scope, [axis] if axis else [], zone(), now, briefings=some)
        lines = in_order(axis, self.found.by[axis]) if axis else []
        self.number = self.found.briefings if some else len(lines)
        return lines if some else lines[first:last]

    def _query_count(self) -> int:
        return self.number


class PeopleBehind(Pagination):
    """One page of the people behind a number."""

    def _query_items(self) -> list[Registration]:
        return self._people.some(self._query_offset, self.per_page)

    def _query_count(self) -> int:
        return len(self._people)

    @property
    def _people(self) -> People:
        people: People = self._query_args["people"]
        return people


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """The funnel of what is asked for, and of each part of it."""
    filters, now = ScopeFilters(request.args), clock.now()
    scope, axis = filters.scope(), filters.axis()
    page = Lines(per_page=PER_PAGE, max_per_page=PER_PAGE, scope=scope, axis=axis, now=now)
    steps = steps_by(axis)
    return render_template(
        "statistics/funnel.html",
        filters=filters,
        briefing=_briefing(scope),
        funnel=page.found.whole,
        axis=axis,
        page=page,
        words=STEPS,
        people=PEOPLE,
        axes=AXES,
        steps=steps,
        heads=[(f"{STEPS[step].name} ({STEPS[step].unit})", "num") for step in steps],
        query=query_of(scope),
        narrowed={line.value: query_of(scope.at(axis, line.value)) for line in page if axis and line.value},
    )


@pages.get("/<any(needs, grouped, briefed, replied, replies, answered, due, consulted, matched):step>")
@staff
def names(step: str) -> ResponseReturnValue:
    """Which needs, replies or matches are behind one number."""
    return _behind(COUNTED[step], _page_behind, _kind_of_rows(COUNTED[step]))


@pages.get("/<any(applied, registered, expected, attended):step>")
@staff
def people(step: str) -> ResponseReturnValue:
    """Who is behind one number; people of other themes than one's own are not named in full."""
    return _behind(COUNTED[step], _page_behind, "people", known=Known(current_user))


@pages.get(f"/<any({', '.join(Step)}):step>/organizations")
@staff
def organizations(step: str) -> ResponseReturnValue:
    """Which organizations are counted beside one number."""
    return _behind(Step(step), _page_of_organizations, "organizations")


def _behind(what: Counted, page_of: Callable[[Scope, Any, datetime], Pagination], of: str, **shown: Any) -> str:
    filters, now = ScopeFilters(request.args), clock.now()
    scope = filters.scope()
    return render_template(
        "statistics/behind.html",
        step=what,
        said=WORDS[what],
        words=STEPS,
        conditions=in_words(filters),
        briefing=_briefing(scope),
        page=page_of(scope, what, now),
        query=query_of(scope),
        by=filters.by.data or None,
        kind_of_rows=of,
        people=PEOPLE,
        **shown,
    )


def _page_behind(scope: Scope, what: Counted, now: datetime) -> Pagination:
    if what in PEOPLE:
        return PeopleBehind(per_page=PER_PAGE, people=People(scope, what, zone(), now))
    return db.paginate(behind(scope, what, zone(), now), per_page=PER_PAGE)


def _page_of_organizations(scope: Scope, step: Step, now: datetime) -> Pagination:
    return db.paginate(organizations_behind(scope, step, zone(), now), per_page=PER_PAGE)


def _kind_of_rows(what: Counted) -> str:
    if what in REPLIES:
        return "replies"
    return "matches" if what is Step.MATCHED else "needs"


def _briefing(scope: Scope) -> Briefing | None:
    if scope.briefing_id is None:
        return None
    return db.session.get(Briefing, scope.briefing_id) or abort(404)
