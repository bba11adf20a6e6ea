"""The staff's pages of whom they invite to a briefing: the list with its answers, adding to it, asking, reminding."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox.finding import undeliverable_among
from briefings.outbox.forms import SendForm
from briefings.outbox.sending_pages import show_then_send
from briefings.registrations import invitees
from briefings.registrations.invitees import Answer
from briefings.registrations.listing import lists_under_way
from briefings.registrations.models import ListPurpose
from briefings.registrations.staff_forms import GuestForm
from briefings.registrations.words import ANSWER_TONES, ANSWERS
from briefings.schedule.finding import places_of
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.staff import the_briefing
from briefings.schedule.words import ELIGIBILITIES, REGISTRATION_TONES
from briefings.web.access import staff
from briefings.web.forms import Form

pages = Blueprint("staff_invitees", __name__, url_prefix="/staff/briefings/<int:briefing_id>/invitees")
pages.context_processor(
    lambda: {"answers": ANSWERS, "answer_tones": ANSWER_TONES, "registration_tones": REGISTRATION_TONES}
)

PER_PAGE = 50


@pages.route("", methods=["GET", "POST"])
@staff
def index(briefing_id: int) -> ResponseReturnValue:
    """Everybody who is invited, what came of it, and a form for one more."""
    briefing, form = the_briefing(briefing_id), GuestForm()
    if form.is_submitted():
        _refuse_closed(briefing)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                invitees.add(briefing, form.guest(), current_user, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("초대 명단에 넣었습니다. 초대하는 전자우편은 ‘초대 보내기’에서 보냅니다.", "success")
            return redirect(url_for(".index", briefing_id=briefing_id), 303)
    return _list(briefing_id, form)


@pages.route("/<public_id>/remove", methods=["GET", "POST"])
@staff
def remove(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """Ask, then take somebody off the list."""
    form, briefing = Form(), the_briefing(briefing_id)
    invitee = invitees.invitee_of(briefing, public_id) or abort(404)
    if not form.validate_on_submit():
        return render_template(
            "schedule/staff/invitee_remove.html",
            briefing=briefing,
            invitee=invitee,
            form=form,
            registered=invitees.answer_of(invitee) is Answer.REGISTERED,
        )
    with unit_of_work():
        invitees.remove(invitee, current_user, clock.now())
    flash("초대 명단에서 뺐습니다.", "success")
    return redirect(url_for(".index", briefing_id=briefing_id), 303)


@pages.route("/ask", methods=["GET", "POST"])
@staff
def ask(briefing_id: int) -> ResponseReturnValue:
    """Show the mails to those who have not been told, then send them."""
    briefing, form, now = the_briefing(briefing_id), SendForm(), clock.now()

    def write() -> int:
        return invitees.ask(briefing, current_user, now)

    return _send(briefing_id, "초대 보내기", form, write, now, "%s명에게 초대를 보냅니다.")


@pages.route("/remind", methods=["GET", "POST"])
@staff
def remind(briefing_id: int) -> ResponseReturnValue:
    """Show the mails to those who have not answered, then send them."""
    briefing, form, now = the_briefing(briefing_id), SendForm(), clock.now()

    def write() -> int:
        return invitees.remind(briefing, current_user, now, bool(form.at_once.data))

    return _send(briefing_id, "다시 알리기", form, write, now, "%s명에게 다시 알립니다.")


def _send(
    briefing_id: int, heading: str, form: SendForm, write: Callable[[], int], now: datetime, done: str
) -> ResponseReturnValue:
    number, preview, obstacle = show_then_send(form, write, now)
    if number is not None:
        flash(done % f"{number:,}", "success")
        return redirect(url_for(".index", briefing_id=briefing_id), 303)
    briefing = the_briefing(briefing_id)
    return render_template(
        "schedule/staff/invitees_tell.html",
        heading=heading,
        briefing=briefing,
        form=form,
        preview=preview,
        obstacle=obstacle,
        full=places_of(briefing).free == 0,
        numbers=invitees.numbers(briefing),
        held_back=invitees.number_held_back(briefing, now),
    )


def _list(briefing_id: int, form: GuestForm) -> str:
    briefing, now = the_briefing(briefing_id), clock.now()
    wanted = request.args.get("answer", "")
    answer = Answer(wanted) if wanted in list(Answer) else None
    page = db.paginate(invitees.invitees_of(briefing, answer), per_page=PER_PAGE, error_out=False)
    return render_template(
        "schedule/staff/invitees.html",
        briefing=briefing,
        form=form,
        page=page,
        answer=answer,
        numbers=invitees.numbers(briefing),
        rows=[(each, invitees.answer_of(each)) for each in page.items],
        returned=undeliverable_among({each.email for each in page.items}),
        obstacle=invitees.not_to_be_asked(briefing, now),
        lists=lists_under_way(briefing, ListPurpose.INVITE),
        closed=briefing.state is BriefingState.CANCELLED or briefing.is_over(now),
        eligibilities=ELIGIBILITIES,
    )


def _refuse_closed(briefing: Briefing) -> None:
    if briefing.state is BriefingState.CANCELLED or briefing.is_over(clock.now()):
        raise Refused("취소되었거나 끝난 설명회에는 초대할 수 없습니다.")
