"""The owner's desk: replies to one's needs, consultations."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.participation import answering
from briefings.participation.desk import done, own_organization, own_reply
from briefings.participation.desk_forms import ConsultationForm, DeclineForm
from briefings.participation.matching import match_of
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.participation.words import REPLY_TONES
from briefings.web.access import member
from briefings.web.filters import local

pages = Blueprint("owner_replies", __name__, url_prefix="/my/replies")
pages.context_processor(lambda: {"reply_tones": REPLY_TONES})


@pages.get("")
@member
def index() -> ResponseReturnValue:
    """Every reply to the organization's needs, those that wait first."""
    replies = answering.replies_to(own_organization())
    waiting = sum(made.state is ReplyState.SENT for made in replies)
    return render_template("participation/owner_index.html", replies=replies, waiting=waiting, now=clock.now())


@pages.get("/<public_id>")
@member
def show(public_id: str) -> ResponseReturnValue:
    """One reply: offer first, then who, then what can be done with it."""
    return _show(own_reply(public_id), ConsultationForm(held_on=local(clock.now()).date()))


@pages.post("/<public_id>/acknowledge")
@member
def acknowledge(public_id: str) -> ResponseReturnValue:
    """Say that it was read."""
    with unit_of_work():
        answering.acknowledge(own_reply(public_id), clock.now())
    flash(gettext("확인했다고 답글을 보낸 기관에 알렸습니다."), "success")
    return redirect(url_for("owner_replies.show", public_id=public_id), 303)


@pages.route("/<public_id>/decline", methods=["GET", "POST"])
@member
def decline(public_id: str) -> ResponseReturnValue:
    """Say no, with a reason."""
    made = own_reply(public_id)
    form = DeclineForm()
    if done(form, lambda: answering.decline(made, form.reason.data, clock.now())):
        flash(gettext("함께하기 어렵다고 답글을 보낸 기관에 알렸습니다."), "success")
        return redirect(url_for("owner_replies.show", public_id=public_id), 303)
    return render_template("participation/decline.html", form=form, reply=made)


@pages.post("/<public_id>/consultations")
@member
def note_consultation(public_id: str) -> ResponseReturnValue:
    """Keep what was talked about; the page shows the form again where something is wrong."""
    made = own_reply(public_id)
    form = ConsultationForm()
    now = clock.now()
    today = local(now).date()

    def note() -> None:
        answering.note_consultation(
            made, form.held_on.data, form.notes.data, form.next_step.data, current_user, today, now
        )

    if done(form, note):
        flash(gettext("협의 내용을 적었습니다."), "success")
        return redirect(url_for("owner_replies.show", public_id=public_id), 303)
    return _show(made, form)


def _show(made: ParticipationReply, consultation: ConsultationForm) -> ResponseReturnValue:
    return render_template(
        "participation/owner_reply.html",
        reply=made,
        match=match_of(made.need),
        now=clock.now(),
        consultation=consultation,
        failed=bool(consultation.errors),
    )
