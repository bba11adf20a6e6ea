"""The staff's pages of a list of people: handed in, put right, looked through, its people invited or registered."""

import hashlib
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.outbox.preview import Preview, dry_run
from briefings.registrations import listing
from briefings.registrations.list_checking import Checked, Level, check
from briefings.registrations.list_columns import FIELDS
from briefings.registrations.list_forms import NEEDED, ListForm, TakeForm, columns_form, columns_in, row_form
from briefings.registrations.list_reading import read_file, read_text
from briefings.registrations.models import ListPurpose, ListState, PeopleList
from briefings.registrations.words import PURPOSES
from briefings.rounds.pages import Listed
from briefings.schedule.entering import enter
from briefings.schedule.finding import places_of
from briefings.schedule.staff import the_briefing
from briefings.web.access import staff
from briefings.web.forms import Form
from briefings.web.problems import reason
from briefings.web.routing import row_number
from briefings.web.uploads import takes_files

pages = Blueprint("staff_lists", __name__, url_prefix="/staff/briefings/<int:briefing_id>/lists")
pages.context_processor(
    lambda: {"fields": FIELDS, "purposes": PURPOSES, "levels": Level, "level_words": LEVELS, "level_tones": TONES}
)

PER_PAGE = 50
SHOWN = 3
"""So many people of a list are shown what they would get."""
LEVELS = {Level.ERROR: "고칠 곳", Level.SKIPPED: "건너뜀", Level.NOTE: "살펴볼 것"}
TONES = {Level.ERROR: "error", Level.SKIPPED: "quiet", Level.NOTE: "warning"}


@pages.route("/new", methods=["GET", "POST"])
@staff
@takes_files
def new(briefing_id: int) -> ResponseReturnValue:
    """Choose a file or paste lines; it is read and checked, and nobody is invited or registered by it."""
    briefing, purpose, form, now = the_briefing(briefing_id), _purpose(), ListForm(), clock.now()
    if form.validate_on_submit():
        try:
            file = form.file.data[0] if form.file.data else None
            table = read_file(file.filename, file.read()) if file else read_text(form.lines.data)
            with unit_of_work():
                name = file.filename[-255:] if file else ""
                made = listing.take_in(briefing, purpose, table, name, current_user, now)
        except Refused as error:
            form.refuse(error, "file" if form.file.data else "lines")
            briefing = the_briefing(briefing_id)
        else:
            return redirect(url_for(".show", briefing_id=briefing_id, public_id=made.public_id), 303)
    return render_template(
        "schedule/staff/list_new.html", briefing=briefing, purpose=purpose, form=form, needed=NEEDED[purpose]
    )


@pages.route("/<public_id>", methods=["GET", "POST"])
@staff
def show(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """What was read: the columns, to be put right, what was found in which cell, and who would be taken in."""
    list_ = _list(briefing_id, public_id)
    if list_.state is not ListState.CHECKED:
        return render_template("schedule/staff/list_over.html", list=list_, briefing=list_.briefing)
    form = columns_form(list_)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                listing.choose_columns(list_, *columns_in(form, list_))
        except Refused as error:
            form.refuse(error)
            list_ = _list(briefing_id, public_id)
        else:
            flash("칸을 다시 읽고 모든 줄을 다시 확인했습니다.", "success")
            return redirect(url_for(".show", briefing_id=briefing_id, public_id=public_id), 303)
    return _show(list_, form)


@pages.route("/<public_id>/rows/<int:row>", methods=["GET", "POST"])
@staff
def mend(briefing_id: int, public_id: str, row: int) -> ResponseReturnValue:
    """One row, to be corrected or left out."""
    list_ = _open(briefing_id, public_id)
    found = next((each for each in list_.people_rows if each["row"] == row), None) or abort(404)
    cells = dict(zip(list_.fields, found["cells"], strict=False))
    form = row_form(list_, {name: cells.get(name, "") for name in NEEDED[list_.purpose]})
    if form.validate_on_submit():
        with unit_of_work():
            if request.form.get("do") == "leave":
                listing.leave_out(list_, row)
            else:
                listing.mend(list_, row, {name: form[name].data or "" for name in NEEDED[list_.purpose]})
        if any(each["row"] == row and each["level"] == Level.ERROR for each in _list(briefing_id, public_id).faults):
            return redirect(url_for(".mend", briefing_id=briefing_id, public_id=public_id, row=row), 303)
        flash(f"{row}번째 줄을 {'뺐습니다' if request.form.get('do') == 'leave' else '고쳤습니다'}.", "success")
        return redirect(url_for(".show", briefing_id=briefing_id, public_id=public_id, _anchor="found"), 303)
    if not form.is_submitted():
        for each in list_.faults:
            if each["row"] == row and each["field"] in form:
                form[each["field"]].errors = [each["says"]]
    return render_template("schedule/staff/list_row.html", list=list_, briefing=list_.briefing, row=row, form=form)


@pages.post("/<public_id>/check")
@staff
def look_again(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """Check everything anew; or take all rows out that would have to be mended."""
    with unit_of_work():
        list_ = _open(briefing_id, public_id)
        left = listing.leave_out_wrong(list_) if "leave" in request.form else listing.look_again(list_)
    flash(f"고칠 줄 {left:,}개를 뺐습니다." if left else "모든 줄을 다시 확인했습니다.", "success")
    return redirect(url_for(".show", briefing_id=briefing_id, public_id=public_id), 303)


@pages.route("/<public_id>/take", methods=["GET", "POST"])
@staff
def take(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """Say what becomes of how many, and show some of the mails; then take everybody in, or have it done."""
    list_, now, form = _open(briefing_id, public_id), clock.now(), TakeForm()
    if list_.purpose is ListPurpose.INVITE:
        del form.source
    found = check(list_)
    obstacle = listing.not_to_be_taken(list_, found.people, now)
    said = _said(found, _source(form))
    if form.validate_on_submit() and not obstacle and form.agreed.data == said:
        try:
            with unit_of_work():
                done = listing.take_or_start(list_, _source(form), current_user, now)
        except Refused as error:
            with unit_of_work():
                listing.look_again(_list(briefing_id, public_id))
            flash(reason(error), "error")
        else:
            _say_taken(done)
        return redirect(url_for(".show", briefing_id=briefing_id, public_id=public_id), 303)
    if obstacle:
        flash(obstacle, "warning")
        return redirect(url_for(".show", briefing_id=briefing_id, public_id=public_id), 303)
    places = places_of(list_.briefing)
    preview = _preview(list_, found, _source(form), now) if list_.purpose is ListPurpose.REGISTER else Preview()
    form.agreed.data = said if not form.errors else ""
    list_ = _list(briefing_id, public_id)
    return render_template(
        "schedule/staff/list_take.html",
        list=list_,
        briefing=list_.briefing,
        form=form,
        number=len(found.people),
        skipped=len(list_.people_rows) - len(found.people),
        returned=sum(each.level is Level.NOTE for each in found.found),
        confirmed=len(found.people) if places.free is None else min(places.free, len(found.people)),
        preview=preview,
        at_once=len(list_.people_rows) <= listing.AT_ONCE,
        shown=SHOWN,
    )


@pages.route("/<public_id>/discard", methods=["GET", "POST"])
@staff
def discard(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """Ask, then throw the list away."""
    list_, form = _open(briefing_id, public_id), Form()
    if not form.validate_on_submit():
        return render_template("schedule/staff/list_discard.html", list=list_, briefing=list_.briefing, form=form)
    with unit_of_work():
        listing.discard(list_, current_user, clock.now())
    flash("명단을 버렸습니다. 아무도 넣지 않았습니다.", "success")
    return redirect(_home(list_.purpose, briefing_id), 303)


def _show(list_: PeopleList, form: Any) -> str:
    work = listing.work_of(list_)
    people = check(list_).people
    level = Level(request.args["level"]) if request.args.get("level") in list(Level) else None
    faults = [each for each in list_.faults if level in (None, each["level"])]
    page = Listed(page=request.args.get("page", 1, row_number), per_page=PER_PAGE, error_out=False, rows=faults)
    return render_template(
        "schedule/staff/list.html",
        list=list_,
        briefing=list_.briefing,
        form=form,
        work=work,
        page=page,
        level=level,
        rows_at={each: len(list_.rows_at(each)) for each in Level},
        people=people[:PER_PAGE],
        number=len(people),
        needed=[name for name in NEEDED[list_.purpose] if name in list_.fields],
        samples=[_samples(list_, place) for place in range(len(list_.fields))],
        obstacle=listing.not_to_be_taken(list_, people, clock.now()),
        home=_home(list_.purpose, list_.briefing_id),
    )


def _samples(list_: PeopleList, place: int) -> list[str]:
    cells = (row["cells"][place] for row in list_.people_rows if place < len(row["cells"]))
    return [cell for cell in cells if cell][:SHOWN]


def _preview(list_: PeopleList, found: Checked, source: str, now: datetime) -> Preview:
    """What the first people would get; they are registered and it is undone."""
    briefing, first = list_.briefing, [listing.applicant(each) for each in found.people[:SHOWN]]
    with dry_run(current_app, now) as preview:
        for applicant in first:
            enter(briefing, applicant, now, source)
    return preview


def _said(found: Checked, source: str) -> str:
    """A mark of who would be taken in and what they are told: another one as soon as anything differs."""
    return hashlib.sha256(repr((found.people, source)).encode()).hexdigest()


def _source(form: TakeForm) -> str:
    return (form.source.data or "") if "source" in form else ""


def _say_taken(done: bool) -> None:
    if done:
        flash("명단의 사람을 모두 넣었습니다.", "success")
    else:
        flash("넣기 시작했습니다. 이 화면을 떠나도 계속됩니다.", "info")


def _purpose() -> ListPurpose:
    wanted = request.args.get("purpose", "")
    return ListPurpose(wanted) if wanted in list(ListPurpose) else ListPurpose.REGISTER


def _home(purpose: ListPurpose, briefing_id: int) -> str:
    endpoint = "staff_invitees.index" if purpose is ListPurpose.INVITE else "staff_briefings.registrations"
    return url_for(endpoint, briefing_id=briefing_id)


def _list(briefing_id: int, public_id: str) -> PeopleList:
    return listing.list_known_as(the_briefing(briefing_id), public_id) or abort(404)


def _open(briefing_id: int, public_id: str) -> PeopleList:
    list_ = _list(briefing_id, public_id)
    if list_.state is not ListState.CHECKED:
        raise Refused("이미 넣었거나 버린 명단입니다.")
    return list_
