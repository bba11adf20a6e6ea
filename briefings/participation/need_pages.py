"""The public pages of needs. They show briefings and replies beside the need, so they live where both are known."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from briefings import clock
from briefings.files.sending import download
from briefings.mentoring.advising import public_advices
from briefings.needs import finding
from briefings.needs.attaching import file_of, files_of
from briefings.needs.forms import PublicNeedFilters
from briefings.needs.models import Need
from briefings.needs.ways_on import WayOn, ways_on
from briefings.needs.words import STATUS_TONES
from briefings.participation.matching import public_match_of
from briefings.participation.need_course import (
    briefings_presenting,
    life_of,
    next_briefings,
    public_replies,
    replies_to,
)
from briefings.participation.progressing import progress_of
from briefings.participation.retrospect import presentations_of
from briefings.questions.publishing import published_about
from briefings.schedule.models import Phase
from briefings.web.access import public
from briefings.web.highlighting import highlighted

pages = Blueprint("needs", __name__, url_prefix="/needs")
pages.context_processor(lambda: {"status_tones": STATUS_TONES})
pages.add_app_template_filter(highlighted)


@pages.get("")
@public
def index() -> ResponseReturnValue:
    """The needs anyone may read, by words, theme, audience, region and status."""
    filters = PublicNeedFilters(request.args)
    search = filters.search()
    page = finding.public_needs(search)
    return render_template(
        "needs/index.html",
        filters=filters,
        search=search,
        chips=[(words, _address(name)) for words, name in filters.conditions()],
        page=page,
        ways=[] if page.total else _ways_on(filters, search),
        briefings=next_briefings(page.items, clock.now()),
        address=_address,
    )


@pages.get("/<int:need_id>")
@public
def show(need_id: int) -> ResponseReturnValue:
    """One need: the exchange at a glance, its life so far and to come, its files, and how to answer."""
    need, now = _public(need_id), clock.now()
    presented, replies, match = briefings_presenting(need), replies_to(need), public_match_of(need)
    return render_template(
        "needs/show.html",
        need=need,
        coming=[briefing for briefing in presented if not briefing.is_over(now)],
        open_for_registration=next((b for b in presented if b.phase(now) is Phase.OPEN), None),
        replies=replies.number,
        presentations=presentations_of(need, now, listed_only=True),
        public_replies=public_replies(need),
        advices=public_advices(need),
        questions=published_about(need),
        match=match,
        progress=progress_of(match, public_only=True),
        life=life_of(need, presented, replies, match, now),
        files=files_of(need),
    )


@pages.get("/<int:need_id>/files/<public_id>")
@public
def file(need_id: int, public_id: str) -> ResponseReturnValue:
    """Download a file of a need that anyone may read."""
    return download(file_of(_public(need_id), public_id) or abort(404))


def _public(need_id: int) -> Need:
    return finding.public_need(need_id) or abort(404)


def _ways_on(filters: PublicNeedFilters, search: finding.Search) -> list[tuple[str, str, WayOn]]:
    """Where nothing was found: the words of another search, its address, and what it finds."""
    conditions = {name: words for words, name in filters.conditions()}
    return [
        (conditions.get(way.lifted, way.q), _address(way.lifted) if way.lifted else _address(q=way.q), way)
        for way in ways_on(search)
    ]


def _address(without: str = "", **changed: Any) -> str:
    """This list's address with other conditions: one of them lifted, some changed; always from the first page on."""
    kept = {name: value for name, value in request.args.items() if value and name not in (without, "page")}
    return url_for("needs.index", **{**kept, **changed})
