"""Where staff sort the questions of a briefing, and see which written answers are due."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from briefings import clock
from briefings.db import db
from briefings.needs.models import Need
from briefings.outbox.reach import Reach
from briefings.questions import desk_pages
from briefings.questions.desk_pages import Place
from briefings.questions.models import Question, QuestionState
from briefings.questions.settling import number_late
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.web.access import staff
from briefings.web.filters import local

pages = Blueprint("staff_questions", __name__, url_prefix="/staff")
PER_PAGE = 30


@pages.get("/questions")
@staff
def index() -> ResponseReturnValue:
    """Written answers that are owed, of all briefings, what is due first on top, or late; or those that were given."""
    today, reach = local(clock.now()).date(), current_app.extensions["narrowed_reach"]()
    shelf = shelf_of(request.args)
    return render_template(
        "questions/staff_index.html",
        page=db.paginate(on_shelf(shelf, today, reach), per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False),
        shelf=shelf,
        shelves=SHELVES,
        written=shelf is Shelf.WRITTEN,
        late=number_late(today, reach),
        today=today,
    )


@pages.get("/briefings/<int:briefing_id>/questions")
@staff
def desk(briefing_id: int) -> ResponseReturnValue:
    """The question desk of a briefing."""
    return desk_pages.show(_place(briefing_id))


@pages.post("/briefings/<int:briefing_id>/questions")
@staff
def press(briefing_id: int) -> ResponseReturnValue:
    """Press a button of the desk."""
    return desk_pages.press(_place(briefing_id))


@pages.route("/briefings/<int:briefing_id>/questions/<public_id>", methods=["GET", "POST"])
@staff
def show(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """One question, and all that can be done with it."""
    return desk_pages.show_one(_place(briefing_id), public_id)


def _place(briefing_id: int) -> Place:
    briefing = db.session.get(Briefing, briefing_id) or abort(404)
    return Place(
        briefing=briefing,
        by=current_user,
        run_sheet=url_for("staff_day.show", briefing_id=briefing_id),
        desk=url_for("staff_questions.desk", briefing_id=briefing_id),
        page_of=lambda public_id: url_for("staff_questions.show", briefing_id=briefing_id, public_id=public_id),
        frame="staff.html",
        by_name=True,
    )


class Shelf(StrEnum):
    """Which of the questions that are answered in writing: to answer, late, answered."""

    OWED = "owed"
    LATE = "late"
    WRITTEN = "written"


SHELVES = {Shelf.OWED: "답할 질문", Shelf.LATE: "기한이 지난 질문", Shelf.WRITTEN: "답한 질문"}


def shelf_of(args: Mapping[str, str]) -> Shelf:
    """The shelf that an address names, or the first."""
    said = args.get("state")
    return Shelf(said) if said in set(Shelf) else Shelf.OWED


def on_shelf(shelf: Shelf, today: date, reach: Reach) -> Select[Question]:
    """The questions on it, as far as they may be seen, with what the list shows."""
    written = shelf is Shelf.WRITTEN
    state = QuestionState.WRITTEN if written else QuestionState.TO_WRITE
    found = select(Question).join(Question.briefing)
    if shelf is Shelf.LATE:
        found = found.where(Question.due_on < today)
    found = found.where(Question.state == state, Briefing.state == BriefingState.PUBLISHED)
    found = found.where(reach.of_briefing(Question.briefing_id))
    need = joinedload(Question.slot).joinedload(PresenterSlot.need).joinedload(Need.organization)
    order = (Question.answered_at.desc(), Question.id.desc()) if written else (Question.due_on, Question.id)
    return found.options(contains_eager(Question.briefing), need).order_by(*order)
