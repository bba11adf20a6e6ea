"""Where staff see what support people ask for and answer it; whoever reads a request is written down."""

from datetime import datetime

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings import clock
from briefings.audit.recording import history_of, record
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.registrations.support_forms import AnswerForm, SupportFilters
from briefings.schedule import support
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState, SupportState
from briefings.schedule.words import REGISTRATION_TONES, SUPPORT_STATES, SUPPORT_TONES
from briefings.web.access import staff
from briefings.web.filters import local
from briefings.web.forms import Form

pages = Blueprint("support", __name__, url_prefix="/staff/support")
PER_PAGE = 30
ACTS = {"support.seen": "요청을 읽음", "support.answered": "답함"}


@pages.context_processor
def _words() -> dict[str, object]:
    return {"support_tones": SUPPORT_TONES, "due_words": due_words, "due_at": support.due_at}


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """Requests of all briefings, the one due first on top; what they say is read one by one."""
    now, over = clock.now(), bool(request.args.get("over"))
    reach = current_app.extensions["narrowed_reach"]()
    filters = SupportFilters(support.briefings_asked_about(now, reach, over), request.args)
    conditions = filters.conditions()
    if not filters.state.data:
        filters.state.data = conditions["state"] or "all"
    number = request.args.get("page", 1, int)
    page = db.paginate(support.requests(now, reach, **conditions), page=number, per_page=PER_PAGE, error_out=False)
    return render_template(
        "registrations/support/index.html",
        filters=filters,
        conditions=conditions,
        page=page,
        waiting=support.waiting(now, reach),
        days=support.KEPT_FOR.days,
        now=now,
    )


@pages.route("/<public_id>", methods=["GET", "POST"])
@staff
def show(public_id: str) -> ResponseReturnValue:
    """Whose request it is; what it says at the press of a button, which is logged, and then the answer to it."""
    found, now, reveal = _registration(public_id), clock.now(), request.method == "POST"
    answers = request.form.get("do") == "answer"
    form = AnswerForm(found) if answers else AnswerForm(found, formdata=None)
    if answers and form.validate_on_submit():
        try:
            with unit_of_work():
                _answer(_registration(public_id), form, now)
        except Refused as error:
            form.refuse(error)
        else:
            flash(f"{found.name} 님께 답하고 전자우편으로 알렸습니다.", "success")
            return redirect(url_for(".index"), 303)
    if reveal:
        with unit_of_work():
            record(current_user, "support.seen", _registration(public_id), now)
    found = _registration(public_id)
    form.see(found)
    return render_template(
        "registrations/support/show.html",
        registration=found,
        briefing=found.briefing,
        form=form,
        reveal=reveal,
        settled=_settled(found, now),
        history=[entry for entry in history_of(found) if entry.action in ACTS],
        acts=ACTS,
        states=SUPPORT_STATES,
        registration_tones=REGISTRATION_TONES,
        now=now,
    )


@pages.route("/briefings/<int:briefing_id>", methods=["GET", "POST"])
@staff
def day(briefing_id: int) -> ResponseReturnValue:
    """For whoever runs a briefing: what was arranged for whom, at the press of a button, which is logged."""
    briefing = db.session.get(Briefing, briefing_id) or abort(404)
    form = Form()
    reveal = form.validate_on_submit()
    if reveal:
        with unit_of_work():
            record(current_user, "support.day_seen", briefing, clock.now())
    return render_template(
        "registrations/support/day.html",
        briefing=briefing,
        counts=support.counts(briefing),
        people=support.on_the_day(briefing),
        reveal=reveal,
        form=form,
        now=clock.now(),
    )


@pages.get("/destruction")
@staff
def destruction() -> ResponseReturnValue:
    """What words of briefings that are over will be destroyed, and when: what the worker would do."""
    now = clock.now()
    return render_template(
        "registrations/support/destruction.html", doomed=support.doomed(now), days=support.KEPT_FOR.days, now=now
    )


def due_words(due: datetime, now: datetime) -> str:
    """`기한까지 3일`, `오늘까지`, `기한이 2일 지남`."""
    days = (local(due).date() - local(now).date()).days
    if due < now:
        return f"기한이 {-days}일 지남" if days else "기한이 조금 전에 지남"
    return f"기한까지 {days}일" if days else "오늘까지"


def _answer(found: Registration, form: AnswerForm, now: datetime) -> None:
    support.answer(found, SupportState(form.state.data), form.words.data, form.seen_at(), now)
    record(current_user, "support.answered", found, now, state=form.state.data)


def _settled(found: Registration, now: datetime) -> str | None:
    """Why nothing is to be answered any more, or None."""
    if found.briefing.is_over(now):
        return "이미 끝난 설명회입니다."
    if found.state is RegistrationState.CANCELLED:
        return "신청을 취소한 분입니다."
    return None if found.support_state else "요청한 지원이 없습니다. 그사이 본인이 거두었을 수 있습니다."


def _registration(public_id: str) -> Registration:
    found = select(Registration).where(Registration.public_id == public_id)
    together = (joinedload(Registration.briefing), joinedload(Registration.organization))
    return db.session.scalar(found.options(*together)) or abort(404)
