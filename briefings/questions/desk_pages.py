"""The question desk as staff and the moderator use it: whoever has checked who comes calls these."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings import clock
from briefings.audit.recording import Actor, history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.questions import board, desk, writing
from briefings.questions.board import Asked
from briefings.questions.desk_forms import AssignForm, DeskFilters, HideForm, MergeForm
from briefings.questions.desk_lists import Tab, askers_of, listed
from briefings.questions.forms import AnswerForm
from briefings.questions.models import OPEN, Question
from briefings.questions.words import ACTIONS, STATES
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.programme import programme_of
from briefings.web.filters import day, local
from briefings.web.forms import Form
from briefings.web.problems import reason

MOST_TO_MERGE = 40
"""So many others are offered to be merged at once."""


@dataclass(frozen=True)
class Place:
    """Where somebody sits at the desk of a briefing: who acts, which addresses the pages have, and their frame.

    `by_name`: whether who sits there may know who asked, and write answers.
    """

    briefing: Briefing
    by: Actor
    run_sheet: str
    desk: str
    page_of: Callable[[str], str]
    frame: str
    by_name: bool
    leader: Any = None
    """What the moderator's frame shows."""
    closed: str | None = None
    """Why nothing can be done there any more, or None."""


def show(place: Place) -> ResponseReturnValue:
    """Every question of the briefing, those that wait first."""
    programme = programme_of(place.briefing)
    filters, tab = DeskFilters(programme, request.args), Tab.named(request.args.get("tab"))
    numbers, page = listed(place.briefing, tab, filters.slot.data, request.args.get("page", 1, int))
    return render_template(
        "questions/desk_all.html",
        place=place,
        leader=place.leader,
        briefing=place.briefing,
        filters=filters,
        tab=tab,
        numbers=numbers,
        page=page,
        live=desk.live_now(place.briefing),
        askers=askers_of([each.id for each in page.items]) if place.by_name else {},
        now=clock.now(),
    )


def press(place: Place) -> ResponseReturnValue:
    """Do what a button of the desk says; where it says it of what is no more so, say that instead."""
    now = clock.now()
    try:
        with unit_of_work():
            done = _press(place, request.form.get("press", "").replace("\0", ""), now)
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(done, "success")
    back = place.run_sheet if request.form.get("back") == "day" else place.desk
    return redirect(f"{back}#question-desk", 303)


def show_one(place: Place, public_id: str) -> ResponseReturnValue:
    """One question, and all that can be done with it."""
    question = _question(place.briefing, public_id)
    forms = _forms(place, question)
    what = request.form.get("do", "")
    if what in forms and forms[what].validate_on_submit():
        try:
            with unit_of_work():
                done = _do(place, what, public_id, forms[what], clock.now())
        except Refused as error:
            forms[what].refuse(error)
            if isinstance(form := forms[what], AnswerForm):
                form.seen.data = writing.mark_of(_question(place.briefing, public_id))
        else:
            flash(done, "success")
            return redirect(place.page_of(public_id), 303)
    question = _question(place.briefing, public_id)
    return render_template(
        "questions/desk_one.html",
        place=place,
        leader=place.leader,
        briefing=place.briefing,
        question=question,
        live=desk.live_now(place.briefing),
        asker=askers_of([question.id]).get(question.id) if place.by_name else None,
        others=_others(question),
        merged=desk.merged_into(question),
        forms=forms,
        failed=next((form for form in forms.values() if form.errors), None),
        history=history_of(question),
        acts=ACTIONS,
        now=clock.now(),
    )


def _press(place: Place, pressed: str, now: datetime) -> str:
    _must_be_open(place)
    what, public_id, seen, live = (*pressed.split(":"), "", "", "")[:4]
    today = local(now).date()
    if what == "write_rest":
        left = desk.waiting_questions(place.briefing)
        due_on = desk.send_to_write(left, place.by, today, now)
        return f"남은 질문 {len(left)}건을 서면 답변으로 돌렸습니다. 기한은 {day(due_on)}입니다."
    question = _to_change(place.briefing, public_id)
    if seen and seen != question.state:
        raise Refused(
            f"그사이 다른 사람이, 또는 다른 창에서 이 질문을 ‘{STATES[question.state]}’(으)로 바꾸었습니다. "
            "보고 다시 눌러 주세요."
        )
    if what == "live":
        if seen and live != desk.live_now(place.briefing):
            raise Refused(
                "그사이 다른 사람이, 또는 다른 창에서 지금 답하는 질문을 바꾸었습니다. 보고 다시 눌러 주세요."
            )
        before = desk.take_live(question, place.by, now)
        return "지금 답하는 질문으로 올렸습니다." + (" 앞의 질문은 답한 것으로 옮겼습니다." if before else "")
    if what == "write":
        return f"서면 답변으로 돌렸습니다. 기한은 {day(desk.send_to_write([question], place.by, today, now))}입니다."
    act, done = _PRESSES.get(what) or abort(400)
    act(question, place.by, now)
    return done


def _must_be_open(place: Place) -> None:
    if place.closed:
        raise Refused(place.closed)


_PRESSES: dict[str, tuple[Callable[[Question, Actor, datetime], None], str]] = {
    "answered": (desk.answer_live, "설명회에서 답한 질문으로 옮겼습니다."),
    "wait": (desk.wait_again, "답을 기다리는 질문으로 되돌렸습니다."),
    "show": (desk.show, "질문을 다시 보입니다."),
    "separate": (desk.separate, "합친 질문을 나누었습니다."),
}


def _do(place: Place, what: str, public_id: str, form: Form, now: datetime) -> str:
    _must_be_open(place)
    question = _to_change(place.briefing, public_id)
    if isinstance(form, AssignForm):
        slot = db.session.get(PresenterSlot, form.slot.data) if form.slot.data else None
        desk.assign(question, slot, place.by, now)
        return "질문을 과제에 배정했습니다." if slot else "설명회 전체에 대한 질문으로 두었습니다."
    if isinstance(form, MergeForm):
        same = [_to_change(place.briefing, other) for other in form.same.data]
        desk.merge(question, same, place.by, now)
        return f"질문 {len(same)}건을 이 질문에 합쳤습니다."
    if isinstance(form, HideForm):
        desk.hide(question, form.reason(), place.by, now)
        return "질문을 숨겼습니다."
    assert isinstance(form, AnswerForm)  # noqa: S101
    writing.write(question, form.answer.data, place.by, "", now, form.seen.data or "")
    return "답을 올리고 질문한 분께 알렸습니다."


def _forms(place: Place, question: Question) -> dict[str, Form]:
    """The forms of the page of one question, each filled in where it is the one that was sent."""
    sent = request.form.get("do", "")

    def of(kind: type[Form], name: str, **values: object) -> Form:
        return kind(**values) if name == sent else kind(formdata=None, **values)

    forms: dict[str, Form] = {
        "assign": of(AssignForm, "assign", slot=question.slot_id),
        "merge": of(MergeForm, "merge"),
        "hide": of(HideForm, "hide"),
    }
    forms["assign"].about(programme_of(place.briefing))
    forms["merge"].offer(_others(question))
    if place.by_name:
        forms["answer"] = of(AnswerForm, "answer", answer=question.answer, seen=writing.mark_of(question))
    return forms


def _others(question: Question) -> list[Asked]:
    """What may be merged into a question: what still waits, about the same need first."""
    waiting = [each for each in board.questions_of(question.briefing) if each.state in OPEN and each.id != question.id]
    return sorted(waiting, key=lambda each: each.slot_id != question.slot_id)[:MOST_TO_MERGE]


def _question(briefing: Briefing, public_id: str) -> Question:
    found = select(Question).where(Question.briefing_id == briefing.id, Question.public_id == public_id)
    return db.session.scalar(found.options(joinedload(Question.slot), joinedload(Question.merged_into))) or abort(404)


def _to_change(briefing: Briefing, public_id: str) -> Question:
    question = desk.question_to_change(briefing, public_id)
    if question is None:
        raise Refused("그사이 물은 분이 거둔 질문입니다.")
    return question
