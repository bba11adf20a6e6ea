"""The owner's desk: replies to one's needs, answered and talked about."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.db import unit_of_work
from briefings.participation import answering
from briefings.participation.answering import Noted, Shelf
from briefings.participation.desk import account, done, own_organization, own_reply, texts_offered
from briefings.participation.desk_forms import AcknowledgeForm, ConsultationForm, DeclineForm
from briefings.participation.matching import match_of
from briefings.participation.models import Appointment, ParticipationReply, TemplatePurpose
from briefings.participation.words import APPOINTMENT_TONES, REPLY_TONES, SHELVES
from briefings.web.access import member
from briefings.web.filters import local
from briefings.web.routing import row_number

pages = Blueprint("owner_replies", __name__, url_prefix="/my/replies")
pages.context_processor(lambda: {"reply_tones": REPLY_TONES, "talk_tones": APPOINTMENT_TONES})


@pages.get("")
@member
def index() -> ResponseReturnValue:
    """The replies to the organization's needs by where they stand, those to acknowledge first."""
    organization, need_id = own_organization(), request.args.get("need", type=row_number)
    counts = answering.how_many(organization, need_id)
    wanted = request.args.get("shelf", "")
    shelf = Shelf(wanted) if wanted in list(Shelf) else Shelf.WAITING if counts[Shelf.WAITING] else Shelf.ALL
    page = answering.replies_on(organization, shelf, request.args.get("page", 1, int), need_id)
    return render_template(
        "participation/owner_index.html",
        page=page,
        shelf=shelf,
        shelves=SHELVES,
        counts=counts,
        need=page.items[0].need if need_id and page.items else None,
        need_id=need_id,
        now=clock.now(),
    )


@pages.get("/<public_id>")
@member
def show(public_id: str) -> ResponseReturnValue:
    """One reply: offer first, then who, then what can be done with it."""
    return _show(own_reply(public_id), ConsultationForm(held_on=local(clock.now()).date()))


@pages.route("/<public_id>/acknowledge", methods=["GET", "POST"])
@member
def acknowledge(public_id: str) -> ResponseReturnValue:
    """Say that it was read, with a word if the owner likes; without one a button on the reply's page does it."""
    made = own_reply(public_id)
    texts = texts_offered(made, TemplatePurpose.ACKNOWLEDGE)
    form = AcknowledgeForm(data={"words": texts.words})
    if request.method == "POST" and "words" not in request.form:
        with unit_of_work():
            answering.acknowledge(own_reply(public_id), clock.now())
        return _acknowledged(public_id)
    if done(form, lambda: answering.acknowledge(made, clock.now(), form.words.data)):
        return _acknowledged(public_id)
    return render_template("participation/acknowledge.html", form=form, reply=made, texts=texts)


@pages.route("/<public_id>/decline", methods=["GET", "POST"])
@member
def decline(public_id: str) -> ResponseReturnValue:
    """Say no, with a reason."""
    made = own_reply(public_id)
    texts = texts_offered(made, TemplatePurpose.DECLINE)
    form = DeclineForm(data={"reason": texts.words})
    if done(form, lambda: answering.decline(made, form.reason.data, clock.now())):
        flash(gettext("함께하기 어렵다고 답글을 보낸 기관에 알렸습니다."), "success")
        return redirect(url_for("owner_replies.show", public_id=public_id), 303)
    talk = made.talk if made.talk and made.talk.stands(clock.now()) else None
    return render_template("participation/decline.html", form=form, reply=made, texts=texts, talk=talk)


@pages.post("/<public_id>/consultations")
@member
def note_consultation(public_id: str) -> ResponseReturnValue:
    """Keep what was talked about; the page shows the form again where something is wrong."""
    made = own_reply(public_id)
    form = ConsultationForm()
    now = clock.now()

    def note() -> None:
        answering.note_consultation(
            made,
            form.held_on.data,
            form.notes.data,
            form.next_step.data,
            account(),
            local(now).date(),
            now,
            form.next_on.data,
        )

    if done(form, note):
        flash(gettext("협의 내용을 적었습니다."), "success")
        return redirect(url_for("owner_replies.show", public_id=public_id), 303)
    return _show(made, form)


@pages.route("/<public_id>/consultations/<int:number>", methods=["GET", "POST"])
@member
def change_consultation(public_id: str, number: int) -> ResponseReturnValue:
    """Put right what was noted."""
    made = own_reply(public_id)
    noted = next((each for each in made.consultations if each.id == number), None) or abort(404)
    form = ConsultationForm(obj=noted)
    now = clock.now()

    def change() -> None:
        other = Noted(form.held_on.data, form.notes.data, form.next_step.data, form.next_on.data)
        answering.change_consultation(noted, other, account(), local(now).date(), now)

    if done(form, change):
        flash(gettext("협의 내용을 고쳤습니다."), "success")
        return redirect(url_for("owner_replies.show", public_id=public_id), 303)
    return render_template("participation/consultation.html", form=form, reply=made)


def _acknowledged(public_id: str) -> ResponseReturnValue:
    flash(gettext("답글을 보낸 기관에 확인했다고 알렸습니다."), "success")
    return redirect(url_for("owner_replies.show", public_id=public_id), 303)


def _show(made: ParticipationReply, consultation: ConsultationForm) -> ResponseReturnValue:
    now = clock.now()
    return render_template(
        "participation/owner_reply.html",
        reply=made,
        match=match_of(made.need),
        now=now,
        consultation=consultation,
        failed=bool(consultation.errors),
        talk=made.talk if made.talk and made.talk.stands(now) else None,
        unnoted=_unnoted(made),
    )


def _unnoted(made: ParticipationReply) -> list[Appointment]:
    noted = {each.appointment_id for each in made.consultations}
    return [each for each in made.appointments if each.is_over(clock.now()) and each.id not in noted]
