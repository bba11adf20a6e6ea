"""Where staff sort the questions of a briefing, and see which written answers are due."""

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
    """Written answers that are owed, of all briefings, what is due first on top; or those that were given."""
    written, today = request.args.get("state") == "written", local(clock.now()).date()
    reach = current_app.extensions["narrowed_reach"]()
    return render_template(
        "questions/staff_index.html",
        page=db.paginate(to_write(written, reach), per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False),
        written=written,
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


def to_write(written: bool, reach: Reach) -> Select[Question]:
    """The written answers that are owed, or that were given, as far as they may be seen, with what the list shows."""
    state = QuestionState.WRITTEN if written else QuestionState.TO_WRITE
    found = select(Question).join(Question.briefing)
    found = found.where(Question.state == state, Briefing.state == BriefingState.PUBLISHED)
    found = found.where(reach.of_briefing(Question.briefing_id))
    need = joinedload(Question.slot).joinedload(PresenterSlot.need).joinedload(Need.organization)
    order = (Question.answered_at.desc(), Question.id.desc()) if written else (Question.due_on, Question.id)
    return found.options(contains_eager(Question.briefing), need).order_by(*order)
