"""The public pages: which briefings there are, and one of them; signing up: `registrations.public`."""

import calendar
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    get_template_attribute,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from briefings import clock
from briefings.calendar.adding import Subscription, copies_of, subscription_to
from briefings.calendar.items import published as published_calendar
from briefings.schedule import finding, registering
from briefings.schedule.calendar_objects import public_object
from briefings.schedule.finding import Places, Search, Seen
from briefings.schedule.models import Briefing, Phase, places_version_row
from briefings.schedule.programme import programme_of
from briefings.schedule.support import asked_until, due_at
from briefings.schedule.words import status_of
from briefings.web.access import public
from briefings.web.filters import day as day_in_words
from briefings.web.filters import local
from briefings.web.forms import Filters
from briefings.web.labels import label
from briefings.web.page_cache import Kind, Live, changes_at, kept
from briefings.web.problems import reason
from briefings.web.routing import row_number

pages = Blueprint("briefings", __name__)

MOST_YEARS_AWAY = 20
OUR_TIME = range(2000, 2201)


class BriefingFilters(Filters):
    """Conditions of the list; only themes and audiences that have briefings, or are asked for."""

    theme = SelectField(_l("주제"), [Optional()])
    audience = SelectField(_l("대상"), [Optional()])
    since = DateField(_l("언제부터"), [Optional()])
    until = DateField(_l("언제까지"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [request.args.get(name, type=row_number) for name in ("theme", "audience")]
        for field, rows in zip((self.theme, self.audience), finding.topics(*asked), strict=True):
            field.choices = [SelectChoice("", _l("전체"))] + [SelectChoice(str(row.id), label(row)) for row in rows]

    def search(self) -> Search:
        """What to look for; what is not in the lists, or no day of our time, is left out."""
        since, until = (
            _midnight(field.data) if field.data and field.data.year in OUR_TIME else None
            for field in (self.since, self.until)
        )
        if since and until and until < since:
            self.until.errors = (gettext("끝나는 날이 시작하는 날보다 앞섭니다. 두 날을 바꾸어 적어 주세요."),)
        theme, audience = (
            int(field.data) if field.data and field.validate(self) else None for field in (self.theme, self.audience)
        )
        return Search(
            theme_id=theme,
            audience_id=audience,
            since=since,
            until=until and until + timedelta(days=1),
        )

    def conditions(self, search: Search) -> list[tuple[str, str]]:
        """Each condition in force in words, with the address without it."""
        words = {
            "theme": _chosen(self.theme) if search.theme_id else "",
            "audience": _chosen(self.audience) if search.audience_id else "",
            "since": f"{self.since.label.text}: {day_in_words(search.since)}" if search.since else "",
            "until": f"{self.until.label.text}: {day_in_words(self.until.data)}" if search.until else "",
        }
        kept = {name: value for name, value in request.args.items() if value and name in words}
        return [
            (str(said), url_for("briefings.index", **{key: value for key, value in kept.items() if key != name}))
            for name, said in words.items()
            if said
        ]


@pages.get("/briefings")
@public
@kept
def index() -> ResponseReturnValue:
    """Briefings to come, by month; the archive has those that are over."""
    if request.args.get("past"):
        return redirect(url_for("archive.index", theme=request.args.get("theme")), 301)
    now = clock.now()
    filters = BriefingFilters(request.args)
    search = filters.search()
    page = finding.listed(search, now, request.args.get("page", 1, type=int))
    rows = [as_shown(*seen, now) for seen in page.items]
    months = [(month, list(of_month)) for month, of_month in groupby(rows, key=lambda row: _month_of(row["briefing"]))]
    return render_template(
        "schedule/index.html",
        filters=filters,
        search=search,
        chips=filters.conditions(search),
        page=page,
        months=months,
        now=now,
        subscriptions=_subscriptions(filters, search),
    )


@pages.get("/briefings/calendar")
@public
@kept
def month() -> ResponseReturnValue:
    """One month as a table; the present one unless the address names another."""
    now = clock.now()
    first = _first_day(request.args.get("month", ""), local(now).date())
    following = (first + timedelta(days=31)).replace(day=1)
    found = finding.starting_between(_midnight(first), _midnight(following))
    of_day = {day: list(rows) for day, rows in groupby(found, key=lambda briefing: local(briefing.starts_at).date())}
    places = finding.places_of_each(found)
    weeks = calendar.Calendar(calendar.SUNDAY).monthdatescalendar(first.year, first.month)
    return render_template(
        "schedule/month.html",
        first=first,
        before=(first - timedelta(days=1)).replace(day=1),
        after=following,
        weeks=weeks,
        of_day=of_day,
        today=local(now).date(),
        statuses={each.id: gettext(status_of(each, places[each.id].full, now).word) for each in found},
        full_or_not={number: Live(WHETHER_FULL, number, each) for number, each in places.items()},
    )


@pages.get("/b/<public_id>")
@public
def short(public_id: str) -> ResponseReturnValue:
    """The short address of a briefing, as it stands in calendars."""
    return redirect(url_for("briefings.show", public_id=public_id))


@pages.get("/briefings/<public_id>")
@public
@kept
def show(public_id: str) -> ResponseReturnValue:
    """One briefing: when, what is presented, how to take part; afterwards what is left of it."""
    now = clock.now()
    briefing, places = the_seen(public_id)
    row = as_shown(briefing, places, now) | {"places_line": Live(PLACES_OF_EVENT, briefing.id, places)}
    return render_template(
        "schedule/briefing.html",
        **row,
        programme=programme_of(briefing),
        copies=copies_of(public_object(briefing)),
        before=finding.start_before(briefing),
    )


@pages.get("/briefings/<public_id>/briefing.ics")
@public
@kept
def ics(public_id: str) -> ResponseReturnValue:
    """The briefing as a file for a calendar, for anyone; nothing personal in it, and later changes do not follow."""
    briefing, _ = the_seen(public_id)
    return _calendar_file(published_calendar([public_object(briefing)]))


def calendar_file(body: bytes) -> Response:
    """An answer with a calendar in it, conditional on its bytes."""
    response = _calendar_file(body)
    response.add_etag()
    return response.make_conditional(request)


def _calendar_file(body: bytes) -> Response:
    response = Response(body, mimetype="text/calendar", content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="briefing.ics"'
    return response


def _places_line(places: Places) -> str:
    return get_template_attribute("schedule/parts.html", "places_line")(places)


def _places_of_event(places: Places) -> str:
    return get_template_attribute("schedule/event.html", "places_of_event")(places)


PLACES = Kind(places_version_row, finding.places_numbered, show=_places_line, decides=lambda places: places.full)
"""Places as public pages show them, looked up for each answer; whether none is free decides what else a page says."""
WHETHER_FULL = PLACES._replace(show=lambda places: "")
"""The same on pages that show no places, and say only whether newcomers would wait."""
PLACES_OF_EVENT = PLACES._replace(show=_places_of_event)
"""The same on the page of a briefing, which tells machines too how many are left."""


def the_seen(public_id: str) -> Seen:
    """A briefing everybody may see, with its places; 404 otherwise."""
    return finding.published(public_id) or abort(404)


def as_shown(briefing: Briefing, places: Places, now: datetime) -> dict[str, Any]:
    """What every page shows of a briefing; `closed` says why nobody can register, `ended` that it is over."""
    phase = briefing.phase(now)
    closed = registering.closed_reason(briefing, now)
    status = status_of(briefing, places.full, now)
    window = briefing.registration_opens_at, briefing.registration_closes_at
    changes_at(*window, briefing.starts_at, briefing.ends_at, due_at(briefing))
    return {
        "briefing": briefing,
        "places": places,
        "places_line": Live(PLACES, briefing.id, places),
        "phase": phase,
        "status": gettext(status.word),
        "tone": status.tone,
        "closed": reason(closed) if closed else None,
        "ended": phase is Phase.ENDED,
        "support_until": asked_until(briefing, now),
    }


def _subscriptions(filters: BriefingFilters, search: Search) -> list[tuple[str, Subscription]]:
    """The feeds of what the list was narrowed down to, each with its name; of everything where it was not."""
    addresses = []
    if search.theme_id is not None:
        addresses.append((_chosen(filters.theme), url_for("feeds.of_theme", theme_id=search.theme_id, _external=True)))
    if search.audience_id is not None:
        address = url_for("feeds.of_audience", audience_id=search.audience_id, _external=True)
        addresses.append((_chosen(filters.audience), address))
    everything = [(gettext("모든 설명회"), url_for("feeds.briefings", _external=True))]
    return [(name, subscription_to(address)) for name, address in addresses or everything]


def _chosen(field: SelectField) -> str:
    return next(choice.label for choice in field.choices if choice.value == field.data)


def _month_of(briefing: Briefing) -> date:
    return local(briefing.starts_at).date().replace(day=1)


def _first_day(text: str, today: date) -> date:
    """The first day of the month written as 2026-11; of `today`'s where it cannot be read."""
    try:
        first = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 (a month has no zone)
    except ValueError:
        first = today.replace(day=1)
    return first if abs(first.year - today.year) < MOST_YEARS_AWAY else today.replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(current_app.config["TIMEZONE"]))
