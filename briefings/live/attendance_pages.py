"""The staff's pages of who came to a briefing: listed, counted, marked by hand."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.live import tool_lists
from briefings.live.attendance import (
    attendances_of,
    attendees,
    bounds_of,
    by_organization,
    counters,
    mark_of,
    minutes_in,
    standing_of,
)
from briefings.live.attendance_forms import AttendeeFilters, MarkForm
from briefings.live.attendance_words import STANDINGS, TONES, sources_of
from briefings.live.days import day_of
from briefings.live.marking import MOST, chosen, mark, not_to_be_marked
from briefings.organizations.words import KINDS
from briefings.registrations.staff_forms import Ticks
from briefings.rounds.pages import Listed
from briefings.schedule.staff import the_briefing
from briefings.web.access import staff
from briefings.web.routing import row_number
from briefings.web.sorting import heads

pages = Blueprint("staff_attendance", __name__, url_prefix="/staff/briefings/<int:briefing_id>/attendance")
pages.context_processor(
    lambda: {
        "standing_tones": TONES,
        "standing_of": standing_of,
        "stayed": minutes_in,
        "sources": sources_of,
    }
)

PER_PAGE = 50
COLUMNS = (
    ("고르기", None),
    ("기관", "organization"),
    ("이름", "name"),
    ("출결", None),
    ("들어온 때", "came"),
    ("마지막으로 본 때", "left"),
    ("머문 시간", None),
    ("알게 된 곳", None),
)


@pages.get("")
@staff
def index(briefing_id: int) -> ResponseReturnValue:
    """Everybody with a place, how they attended, and the figures."""
    briefing, now = the_briefing(briefing_id), clock.now()
    bounds, filters = bounds_of(briefing, now), AttendeeFilters(request.args)
    conditions = filters.conditions()
    page = db.paginate(attendees(briefing, bounds, **conditions), per_page=PER_PAGE)
    ticks = Ticks.of(page.items)
    return render_template(
        "live/attendance/index.html",
        briefing=briefing,
        now=now,
        day=day_of(briefing),
        bounds=bounds,
        counters=counters(briefing, bounds),
        filters=filters,
        conditions=conditions,
        chips=_chips(conditions),
        kept={name: value for name, value in request.args.items() if name not in ("page", "id", "all")},
        rows=list(zip(page.items, ticks.id, strict=True)),
        known=attendances_of(page.items),
        heads=heads(COLUMNS, conditions, lambda by: _here(sort=by)),
        page=page,
        obstacle=not_to_be_marked(briefing, now),
        lists=tool_lists.lists_under_way(briefing),
    )


@pages.get("/organizations")
@staff
def organizations(briefing_id: int) -> ResponseReturnValue:
    """Each organization with how many of its people came."""
    briefing = the_briefing(briefing_id)
    rows = by_organization(briefing)
    page = Listed(page=request.args.get("page", 1, row_number), per_page=PER_PAGE, error_out=False, rows=rows)
    there = sum(bool(row.came) for row in rows)
    return render_template(
        "live/attendance/organizations.html", briefing=briefing, page=page, there=there, now=clock.now()
    )


@pages.route("/mark", methods=["GET", "POST"])
@staff
def mark_people(briefing_id: int) -> ResponseReturnValue:
    """Say of those ticked, or of all that meet the conditions, how they attended, and why."""
    briefing, now = the_briefing(briefing_id), clock.now()
    people = _people(briefing)
    form, bounds = MarkForm(), bounds_of(briefing, now)
    if people and form.validate_on_submit() and _still_meant(form, people):
        try:
            with unit_of_work():
                number = mark(briefing, people, form.state(), form.reason.data or "", current_user, now)
        except Refused as error:
            form.refuse(error)
            briefing = the_briefing(briefing_id)
            people = _people(briefing)
        else:
            _say_marked(form, number)
            return redirect(_back(briefing_id), 303)
    form.agreed.data = mark_of(people)
    return render_template(
        "live/attendance/mark.html",
        briefing=briefing,
        form=form,
        people=people,
        known=attendances_of(people),
        bounds=bounds,
        all="all" in request.args,
        most=MOST,
        obstacle=not_to_be_marked(briefing, now),
        back=_back(briefing_id),
    )


def _people(briefing: Any) -> list[Any]:
    """Those ticked, or all that the list shows."""
    if "all" not in request.args:
        return chosen(briefing, request.args.getlist("id"))
    found = attendees(briefing, bounds_of(briefing, clock.now()), **AttendeeFilters(request.args).conditions())
    return list(db.session.scalars(found.limit(MOST)))


def _still_meant(form: MarkForm, people: list[Any]) -> bool:
    """Whether the very people meet the conditions that were shown."""
    if "all" not in request.args or form.agreed.data == mark_of(people):
        return True
    form.form_errors.append("그사이 조건에 맞는 사람이 바뀌었습니다. 아래를 다시 확인하고 한 번 더 눌러 주세요.")
    return False


def _say_marked(form: MarkForm, number: int) -> None:
    if not number:
        flash("이미 그렇게 표시되어 있어 바뀐 것이 없습니다.", "info")
    elif (state := form.state()) is None:
        flash(f"{number:,}명의 표시를 지웠습니다. 이제 기록된 시각대로 보입니다.", "success")
    else:
        flash(f"{number:,}명의 출결을 표시했습니다: {STANDINGS[state]}", "success")


def _chips(conditions: dict[str, Any]) -> list[tuple[str, str]]:
    """Each condition in words, with the address without it."""
    standing = conditions["standing"]
    in_force = {
        "q": conditions["q"] and f"검색어: {conditions['q']}",
        "standing": (standing and f"출결: {STANDINGS[standing]}") or (conditions["came"] and "온 사람 모두"),
        "kind": conditions["kind"] and f"기관 유형: {KINDS[conditions['kind']]}",
        "marked": conditions["marked"] and "담당자가 표시한 사람만",
    }
    return [(words, _here(**{name: None})) for name, words in in_force.items() if words]


def _here(**changed: str | None) -> str:
    """This list with some conditions changed, from its first page."""
    kept = {**request.args.to_dict(), "page": None, **changed}
    return url_for(".index", **{**(request.view_args or {}), **kept})


def _back(briefing_id: int) -> str:
    kept = {name: value for name, value in request.args.items() if name not in ("all", "id", "page")}
    return url_for(".index", briefing_id=briefing_id, **kept)
