"""The staff's pages of the funnel: any scope, broken down, and who and what is behind each number."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select

from briefings import clock
from briefings.db import db
from briefings.exports.forms import in_words
from briefings.needs.models import need_themes
from briefings.needs.officers import themes_of
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.staff import zone
from briefings.statistics.behind import behind
from briefings.statistics.forms import ScopeFilters, query_of
from briefings.statistics.funnel import PEOPLE, Step, crossed, funnel
from briefings.statistics.naming import Line, in_order
from briefings.statistics.scope import Axis, Scope
from briefings.statistics.words import AXES, STEPS
from briefings.web.access import staff

pages = Blueprint("staff_funnel", __name__, url_prefix="/staff/statistics/funnel")
PER_PAGE = 30
OF_NEEDS = (Step.NEEDS, Step.GROUPED, Step.BRIEFED)
"""The steps that nobody registers, replies or joins in: the same however those are told apart."""


class Lines(Pagination):
    """One page of a breakdown."""

    def _query_items(self) -> list[Line]:
        first = (self.page - 1) * self.per_page
        return list(self._query_args["lines"][first : first + self.per_page])

    def _query_count(self) -> int:
        return len(self._query_args["lines"])


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """The funnel of what is asked for, and of each part of it."""
    filters, now = ScopeFilters(request.args), clock.now()
    scope, axis = filters.scope(), filters.axis()
    lines = in_order(axis, crossed(scope, axis, zone(), now)) if axis else []
    steps = [step for step in Step if axis is not Axis.KIND or step not in OF_NEEDS]
    return render_template(
        "statistics/funnel.html",
        filters=filters,
        briefing=_briefing(scope),
        funnel=funnel(scope, zone(), now),
        axis=axis,
        page=Lines(per_page=PER_PAGE, max_per_page=PER_PAGE, lines=lines),
        words=STEPS,
        axes=AXES,
        steps=steps,
        heads=[(f"{STEPS[step].name} ({STEPS[step].unit})", "num") for step in steps],
        query=query_of(scope),
        narrowed={line.value: query_of(scope.at(axis, line.value)) for line in lines if axis and line.value},
    )


@pages.get("/<any(needs, grouped, briefed, registered, attended, replied, replies, answered, consulted, matched):step>")
@staff
def names(step: str) -> ResponseReturnValue:
    """Who and what is behind one number; people of other themes than one's own are not named in full."""
    filters, now, chosen = ScopeFilters(request.args), clock.now(), Step(step)
    scope = filters.scope()
    page = db.paginate(behind(scope, chosen, zone(), now), per_page=PER_PAGE)
    people = page.items if chosen in PEOPLE else []
    return render_template(
        "statistics/behind.html",
        step=chosen,
        words=STEPS,
        conditions=in_words(filters),
        briefing=_briefing(scope),
        page=page,
        named=_open_to(current_user, {each.briefing_id for each in people}),
        query=query_of(scope),
        by=filters.by.data or None,
        kind_of_rows=_kind_of_rows(chosen),
    )


def _kind_of_rows(step: Step) -> str:
    if step in PEOPLE:
        return "people"
    if step in (Step.REPLIES, Step.ANSWERED):
        return "replies"
    return "matches" if step is Step.MATCHED else "needs"


def _briefing(scope: Scope) -> Briefing | None:
    if scope.briefing_id is None:
        return None
    return db.session.get(Briefing, scope.briefing_id) or abort(404)


def _open_to(user: Any, briefings: Iterable[int]) -> set[int]:
    """Of these briefings those whose people the officer answers for: by the theme of it, or of a need in it."""
    ids, own = set(briefings), {theme.id for theme in themes_of(user)}
    if not own or not ids:
        return ids
    presents = select(PresenterSlot.briefing_id).join(need_themes, need_themes.c.need_id == PresenterSlot.need_id)
    in_needs = presents.where(PresenterSlot.briefing_id.in_(ids), need_themes.c.theme_id.in_(own))
    of_it = select(Briefing.id).where(Briefing.id.in_(ids), Briefing.theme_id.in_(own))
    return set(db.session.scalars(of_it.union(in_needs)))
