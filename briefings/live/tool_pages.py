"""The staff's pages of a meeting tool's list: handed in, its columns and people settled, taken into the attendance."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.live import tool_lists
from briefings.live.marking import not_to_be_marked
from briefings.live.models import AttendanceList, AttendanceListState
from briefings.live.tool_columns import FIELDS, tool_named
from briefings.live.tool_forms import (
    AgreeForm,
    PersonSearch,
    ToolListForm,
    columns_form,
    columns_in,
    in_words,
    people_form,
    people_in,
)
from briefings.live.tool_people import Certainty, Directory, Found, found_on, people_on
from briefings.live.tool_reading import read_file
from briefings.rounds.pages import Listed
from briefings.schedule.staff import the_briefing, zone
from briefings.web.access import staff
from briefings.web.forms import Form
from briefings.web.problems import reason
from briefings.web.routing import row_number
from briefings.web.uploads import takes_files

pages = Blueprint("staff_tool_lists", __name__, url_prefix="/staff/briefings/<int:briefing_id>/attendance/lists")
pages.context_processor(lambda: {"fields": FIELDS, "certainties": Certainty, "words": WORDS, "in_words": in_words})

PER_PAGE = 50
SHOWN = 3
MOST_FOUND = 20
WORDS = {
    Certainty.SURE: ("알아본 사람", "success"),
    Certainty.CHOSEN: ("골라 준 사람", "success"),
    Certainty.DOUBTFUL: ("확실하지 않은 사람", "warning"),
    Certainty.UNKNOWN: ("찾지 못한 사람", "error"),
    Certainty.LEFT_OUT: ("반영하지 않을 사람", "quiet"),
}


@pages.route("/new", methods=["GET", "POST"])
@staff
@takes_files
def new(briefing_id: int) -> ResponseReturnValue:
    """Choose the file; it is read and people are looked for, and nothing is recorded by it."""
    briefing, form, now = the_briefing(briefing_id), ToolListForm(), clock.now()
    if form.validate_on_submit():
        try:
            file = form.file.data[0]
            table = read_file(file.filename, file.read(), tool_lists.known_headings())
            with unit_of_work():
                made = tool_lists.take_in(briefing, table, file.filename, current_user, now)
        except Refused as error:
            form.refuse(error, "file")
            briefing = the_briefing(briefing_id)
        else:
            return redirect(url_for(".show", briefing_id=briefing_id, public_id=made.public_id), 303)
    obstacle = not_to_be_marked(briefing, now)
    return render_template("live/attendance/list_new.html", briefing=briefing, form=form, obstacle=obstacle)


@pages.route("/<public_id>", methods=["GET", "POST"])
@staff
def show(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """What was read: the columns, to be put right, and who everybody is; those who are not known are chosen here."""
    list_ = _list(briefing_id, public_id)
    if list_.state is not AttendanceListState.CHECKED:
        return render_template("live/attendance/list_over.html", list=list_, briefing=list_.briefing)
    reading = people_on(list_, zone())
    found = found_on(list_, reading)
    wanted = request.args.get("who", "")
    who = Certainty(wanted) if wanted in list(Certainty) else None
    listed = [each for each in found if who in (None, each.certainty)]
    page = Listed(page=request.args.get("page", 1, row_number), per_page=PER_PAGE, error_out=False, rows=listed)
    doubtful = [each for each in page.items if each.certainty is Certainty.DOUBTFUL]
    form = people_form(doubtful)
    if form.validate_on_submit():
        with unit_of_work():
            tool_lists.choose(list_, people_in(form, doubtful))
        flash("고른 대로 저장했습니다. 아직 출석부에는 반영하지 않았습니다.", "success")
        return redirect(_here(list_, who=who.value if who else None), 303)
    return render_template(
        "live/attendance/list.html",
        list=list_,
        briefing=list_.briefing,
        form=form,
        page=page,
        doubtful=doubtful,
        who=who,
        counts={each: sum(one.certainty is each for one in found) for each in Certainty},
        people=len({one.registration.id for one in found if _is_taken(one) and one.registration}),
        likely=sum(one.certainty is Certainty.DOUBTFUL and len(one.candidates) == 1 for one in found),
        reading=reading,
        zone=zone(),
        columns=_columns_form(list_),
        samples=[_samples(list_, place) for place in range(len(list_.headings))],
    )


@pages.post("/<public_id>/columns")
@staff
def columns(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """Say what each column holds, for this list and those with the same headings."""
    list_ = _open(briefing_id, public_id)
    form = _columns_form(list_)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                tool_lists.choose_columns(list_, columns_in(form, list_), form.tool.data or "", clock.now())
        except Refused as error:
            flash(reason(error), "error")
        else:
            flash("칸을 다시 읽었습니다. 머리글이 같은 명단은 다음에도 이렇게 읽습니다.", "success")
    return redirect(_here(list_), 303)


@pages.post("/<public_id>/likely")
@staff
def likely(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """Take everybody of whom only one person can be meant for that person."""
    list_ = _open(briefing_id, public_id)
    with unit_of_work():
        number = tool_lists.choose_likely(list_, zone())
    flash(f"짐작한 {number:,}명을 그대로 골랐습니다. 아직 출석부에는 반영하지 않았습니다.", "success")
    return redirect(_here(list_), 303)


@pages.route("/<public_id>/people/<int:row>", methods=["GET", "POST"])
@staff
def person(briefing_id: int, public_id: str, row: int) -> ResponseReturnValue:
    """Choose by hand who somebody is, among all who registered."""
    list_ = _open(briefing_id, public_id)
    found = next((each for each in found_on(list_, people_on(list_, zone())) if each.participant.row == row), None)
    if found is None:
        abort(404)
    search, form = PersonSearch(request.args), Form()
    if form.validate_on_submit():
        said = request.form.get("who", "")
        with unit_of_work():
            tool_lists.choose(list_, {row: {"nobody": "", "open": None}.get(said, said)})
        flash("저장했습니다. 아직 출석부에는 반영하지 않았습니다.", "success")
        return redirect(_here(list_), 303)
    directory = Directory(list_.briefing)
    return render_template(
        "live/attendance/list_person.html",
        list=list_,
        briefing=list_.briefing,
        found=found,
        form=form,
        search=search,
        people=directory.near(found, search.q.data or "")[:MOST_FOUND],
        most=MOST_FOUND,
    )


@pages.route("/<public_id>/take", methods=["GET", "POST"])
@staff
def take(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """Say how many people are recorded and who is not; then write them into the attendance."""
    list_, form = _open(briefing_id, public_id), AgreeForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                number = tool_lists.take(list_, form.agreed.data or "", zone(), current_user, clock.now())
        except Refused as error:
            flash(reason(error), "error")
            return redirect(url_for(".show", briefing_id=briefing_id, public_id=public_id), 303)
        flash(f"{number:,}명을 출석부에 반영했습니다. 올린 명단은 지웠습니다.", "success")
        return redirect(url_for("staff_attendance.index", briefing_id=briefing_id), 303)
    people = tool_lists.to_be_taken(list_, zone())
    found = found_on(list_, people_on(list_, zone()))
    form.agreed.data = tool_lists.mark_of(people)
    return render_template(
        "live/attendance/list_take.html",
        list=list_,
        briefing=list_.briefing,
        form=form,
        people=people,
        left_out=[each for each in found if not _is_taken(each)],
        most=PER_PAGE,
    )


@pages.route("/<public_id>/discard", methods=["GET", "POST"])
@staff
def discard(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """Ask, then throw the list away."""
    list_, form = _open(briefing_id, public_id), Form()
    if not form.validate_on_submit():
        return render_template("live/attendance/list_discard.html", list=list_, briefing=list_.briefing, form=form)
    with unit_of_work():
        tool_lists.discard(list_, current_user, clock.now())
    flash("명단을 버렸습니다. 출석부는 바뀌지 않았습니다.", "success")
    return redirect(url_for("staff_attendance.index", briefing_id=briefing_id), 303)


def _columns_form(list_: AttendanceList) -> Any:
    tool = tool_lists.tool_of(list_.headings)
    return columns_form(list_, tool.name if tool else tool_named(list_.headings))


def _is_taken(found: Found) -> bool:
    return found.certainty in (Certainty.SURE, Certainty.CHOSEN)


def _samples(list_: AttendanceList, place: int) -> list[str]:
    return list(dict.fromkeys(row[place] for row in list_.rows[:200] if row[place]))[:SHOWN]


def _here(list_: AttendanceList, **more: Any) -> str:
    return url_for(".show", briefing_id=list_.briefing_id, public_id=list_.public_id, **more)


def _list(briefing_id: int, public_id: str) -> AttendanceList:
    return tool_lists.list_known_as(the_briefing(briefing_id), public_id) or abort(404)


def _open(briefing_id: int, public_id: str) -> AttendanceList:
    list_ = _list(briefing_id, public_id)
    if list_.state is not AttendanceListState.CHECKED:
        raise Refused(tool_lists.SETTLED)
    return list_
