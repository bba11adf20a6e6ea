"""Where organizations that present needs answer in writing what people ask: signed in, or by a personal link."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Select

from briefings import clock
from briefings.audit.recording import Actor
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.organizations.finding import organization_of
from briefings.organizations.models import Organization
from briefings.questions import answering
from briefings.questions.answering import Shelf
from briefings.questions.board import wanted_by
from briefings.questions.forms import AnswerForm
from briefings.questions.links import slot_to_answer_for
from briefings.questions.models import Question
from briefings.questions.writing import ByLink, mark_of, write
from briefings.web.access import by_token, member
from briefings.web.filters import local

pages = Blueprint("owner_questions", __name__, url_prefix="/my/questions")
slot_pages = Blueprint("slot_questions", __name__)
PER_PAGE = 20


@pages.get("")
@member
def index() -> ResponseReturnValue:
    """What is asked about the organization's needs, what is due first on top."""
    organization = _organization()
    numbers = answering.numbers_to(organization)
    shelf = Shelf.named(request.args.get("shelf"), numbers)
    return _list(answering.questions_to(organization, shelf), shelf, numbers, by_slot=False)


@pages.route("/<public_id>", methods=["GET", "POST"])
@member
def show(public_id: str) -> ResponseReturnValue:
    """One question, and the form for the answer in writing."""

    def find() -> Question:
        return answering.question_to(_organization(), public_id) or abort(404)

    return _answer(find, current_user, url_for(".index"))


@slot_pages.get("/present/<token>/questions")
@by_token
def index_of_slot(token: str) -> ResponseReturnValue:
    """What is asked about one presented need."""
    slot = slot_to_answer_for(token)
    numbers = answering.numbers_to_slot(slot)
    shelf = Shelf.named(request.args.get("shelf"), numbers)
    return _list(answering.questions_to_slot(slot, shelf), shelf, numbers, by_slot=True)


@slot_pages.route("/present/<token>/questions/<public_id>", methods=["GET", "POST"])
@by_token
def show_of_slot(token: str, public_id: str) -> ResponseReturnValue:
    """One question about a presented need, and the form for the answer in writing."""

    def find() -> Question:
        return answering.question_to_slot(slot_to_answer_for(token), public_id) or abort(404)

    by = ByLink(slot_to_answer_for(token).need.organization.name)
    return _answer(find, by, url_for(".index_of_slot", token=token))


def _list(found: Select[Question], shelf: Shelf, numbers: dict[Shelf, int], by_slot: bool) -> ResponseReturnValue:
    page = db.paginate(found, per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)
    return render_template(
        "questions/owner_index.html",
        page=page,
        shelf=shelf,
        numbers=numbers,
        wanted=wanted_by([question.id for question in page.items]),
        by_slot=by_slot,
        address=lambda name: url_for(request.endpoint or "", **{**(request.view_args or {}), "shelf": name}),
        page_of=lambda question: url_for(
            ".show_of_slot" if by_slot else ".show", **(request.view_args or {}), public_id=question.public_id
        ),
        today=local(clock.now()).date(),
    )


def _answer(find: Callable[[], Question], by: Actor, back: str) -> ResponseReturnValue:
    question = find()
    form = AnswerForm(answer=question.answer, seen=mark_of(question))
    if form.validate_on_submit():
        try:
            with unit_of_work():
                held, organization = answering.held(find())
                write(held, form.answer.data, by, organization, clock.now(), form.seen.data or "")
        except Refused as error:
            form.refuse(error)
            form.seen.data = mark_of(find())
        else:
            flash(gettext("답을 올리고 질문한 분께 알렸습니다."), "success")
            return redirect(back, 303)
    question = find()
    return render_template(
        "questions/owner_show.html",
        question=question,
        wanted=wanted_by([question.id]).get(question.id, 0),
        form=form,
        back=back,
        today=local(clock.now()).date(),
    )


def _organization() -> Organization:
    return organization_of(current_user) or abort(404)
