"""The public pages: which briefings there are, one of them, and signing up."""

import calendar
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from briefings import clock
from briefings.calendar.adding import Subscription, copies_of, subscription_to
from briefings.calendar.items import published as published_calendar
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.privacy.consenting import current_texts
from briefings.schedule import finding, registering
from briefings.schedule.calendar_objects import public_object
from briefings.schedule.finding import Places, Search, Seen
from briefings.schedule.models import Briefing, Phase
from briefings.schedule.programme import programme_of
from briefings.schedule.registering import Applicant, Colleague
from briefings.schedule.registration_forms import CONSENTS, MOST_COLLEAGUES, RegistrationForm, rearranged
from briefings.schedule.words import PHASE_TONES
from briefings.web.access import public
from briefings.web.filters import local
from briefings.web.forms import Filters
from briefings.web.labels import label
from briefings.web.language import language
from briefings.web.problems import reason
from briefings.web.security import limiter

pages = Blueprint("briefings", __name__)

SUPPORT_BEFORE = timedelta(days=7)
"""Interpreters and the like are promised to whoever asks this long before (장애인차별금지법 시행령 제14조)."""
MOST_YEARS_AWAY = 20
DONE_SHOWN_FOR = timedelta(minutes=30)
NAME_SHOWN = 40
"""Of a colleague's name so much is kept for the page that follows: nine must fit into a cookie."""
REARRANGING = ("add", "remove")


class BriefingFilters(Filters):
    """Conditions of the list; only themes and audiences that have briefings."""

    past = HiddenField()
    theme = SelectField(_l("주제"), [Optional()])
    audience = SelectField(_l("대상"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, rows in zip((self.theme, self.audience), finding.topics(), strict=True):
            field.choices = [SelectChoice("", _l("전체"))] + [SelectChoice(str(row.id), label(row)) for row in rows]

    def search(self) -> Search:
        """What to look for; what is not in the lists is left out."""
        theme, audience = (
            int(field.data) if field.data and field.validate(self) else None for field in (self.theme, self.audience)
        )
        return Search(past=bool(self.past.data), theme_id=theme, audience_id=audience)


def _people() -> int:
    """How many a press registers: each counts for the limit."""
    if request.form.get("do", "").partition("-")[0] in REARRANGING:
        return 1
    return 1 + sum(bool(value) for name, value in request.form.items() if name.endswith("-email"))


@pages.get("/briefings")
@public
def index() -> ResponseReturnValue:
    """Briefings to come, or those that are over, by month."""
    now = clock.now()
    filters = BriefingFilters(request.args)
    search = filters.search()
    page = finding.listed(search, now, request.args.get("page", 1, type=int))
    places = finding.places_of_each(page.items)
    rows = [as_shown(briefing, places[briefing.id], now) for briefing in page.items]
    months = [(month, list(of_month)) for month, of_month in groupby(rows, key=lambda row: _month_of(row["briefing"]))]
    return render_template(
        "schedule/index.html",
        filters=filters,
        search=search,
        page=page,
        months=months,
        now=now,
        subscriptions=[] if search.past else _subscriptions(filters, search),
    )


@pages.get("/briefings/calendar")
@public
def month() -> ResponseReturnValue:
    """One month as a table; the present one unless the address names another."""
    now = clock.now()
    first = _first_day(request.args.get("month", ""), local(now).date())
    following = (first + timedelta(days=31)).replace(day=1)
    found = finding.starting_between(_midnight(first), _midnight(following))
    of_day = {day: list(rows) for day, rows in groupby(found, key=lambda briefing: local(briefing.starts_at).date())}
    weeks = calendar.Calendar(calendar.SUNDAY).monthdatescalendar(first.year, first.month)
    return render_template(
        "schedule/month.html",
        first=first,
        before=(first - timedelta(days=1)).replace(day=1),
        after=following,
        weeks=weeks,
        of_day=of_day,
        today=local(now).date(),
        phases={briefing.id: briefing.phase(now) for briefing in found},
    )


@pages.get("/b/<public_id>")
@public
def short(public_id: str) -> ResponseReturnValue:
    """The short address of a briefing, as it stands in calendars."""
    return redirect(url_for("briefings.show", public_id=public_id))


@pages.get("/briefings/<public_id>")
@public
def show(public_id: str) -> ResponseReturnValue:
    """One briefing: when, what is presented, how to take part; afterwards what is left of it."""
    now = clock.now()
    briefing, places = _seen(public_id)
    row = as_shown(briefing, places, now)
    copies = copies_of(public_object(briefing))
    return render_template("schedule/briefing.html", **row, programme=programme_of(briefing), copies=copies)


@pages.get("/briefings/<public_id>/briefing.ics")
@public
def ics(public_id: str) -> ResponseReturnValue:
    """The briefing as a file for a calendar, for anyone; nothing personal in it, and later changes do not follow."""
    briefing, _ = _seen(public_id)
    return calendar_file(published_calendar([public_object(briefing)]))


@pages.route("/briefings/<public_id>/register", methods=["GET", "POST"])
@public
@limiter.limit("60/minute;600/hour", methods=["POST"], cost=_people)
def register(public_id: str) -> ResponseReturnValue:
    """Take a place or a place in line, on one page, for colleagues too; or why nobody can now.

    Two buttons only add and take away rows for colleagues.
    """
    seen = _seen(public_id)
    act, _, row = request.form.get("do", "").partition("-")
    typed = rearranged(request.form, act, row) if request.method == "POST" else None
    texts = current_texts(CONSENTS.values(), language())
    form = RegistrationForm(programme_of(seen.briefing), texts, formdata=typed)
    if act not in REARRANGING and form.validate_on_submit():
        try:
            _register(seen, form.applicant(), form.named())
        except Refused as error:
            form.refuse(error)
            seen = _seen(public_id)
        else:
            return redirect(url_for("briefings.registered", public_id=public_id), 303)
    row = as_shown(*seen, clock.now())
    shown = None if row["closed"] else form
    return render_template("schedule/register.html", **row, form=shown, most_colleagues=MOST_COLLEAGUES)


def _register(seen: Seen, applicant: Applicant, colleagues: list[Colleague]) -> None:
    now, free = clock.now(), seen.places.free
    with unit_of_work():
        together = registering.register_together(seen.briefing, applicant, colleagues, now)
        # Of an address that is known already the page says what it would say of any other.
        waits = [
            each.waiting_since is not None if registering.is_new(each, now) else free is not None and place >= free
            for place, each in enumerate(together)
        ]
        session["registered"] = {
            "briefing": seen.briefing.public_id,
            "number": together[0].public_id,
            "email": applicant.email,
            "waits": waits[0],
            "colleagues": [
                (colleague.name[:NAME_SHOWN], waiting) for colleague, waiting in zip(colleagues, waits[1:], strict=True)
            ],
            "at": now.timestamp(),
        }


@pages.get("/briefings/<public_id>/registered")
@public
def registered(public_id: str) -> ResponseReturnValue:
    """What was done and what comes next, for a while and only in the browser that did it."""
    now = clock.now()
    done = session.get("registered", {})
    if done.get("briefing") != public_id or now.timestamp() - done["at"] > DONE_SHOWN_FOR.total_seconds():
        return redirect(url_for("briefings.show", public_id=public_id))
    briefing, _ = _seen(public_id)
    page = render_template("schedule/registered.html", briefing=briefing, done=done, programme=programme_of(briefing))
    return Response(page, headers={"Cache-Control": "no-store"})


def calendar_file(body: bytes) -> Response:
    """An answer with a calendar in it, conditional on its bytes."""
    response = Response(body, mimetype="text/calendar", content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="briefing.ics"'
    response.add_etag()
    return response.make_conditional(request)


def _seen(public_id: str) -> Seen:
    return finding.published(public_id) or abort(404)


def as_shown(briefing: Briefing, places: Places, now: datetime) -> dict[str, Any]:
    """What every page shows of a briefing; `closed` says why nobody can register, `ended` that it is over."""
    phase = briefing.phase(now)
    closed = registering.closed_reason(briefing, now)
    waits = phase is Phase.OPEN and places.full
    support_until = briefing.starts_at - SUPPORT_BEFORE
    return {
        "briefing": briefing,
        "places": places,
        "phase": phase,
        "status": gettext("대기 신청 받는 중") if waits else label(phase),
        "tone": "warning" if waits else PHASE_TONES[phase],
        "closed": reason(closed) if closed else None,
        "ended": phase is Phase.ENDED,
        "support_until": support_until if support_until > now else None,
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
