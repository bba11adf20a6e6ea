"""The owner's pages of talks: times offered, where one meets, what was said."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.calendar.items import published as published_calendar
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.participation import answering, appointments
from briefings.participation.desk import account, done, own_organization, own_reply, own_talk, texts_offered
from briefings.participation.desk_forms import CallOffForm, ConsultationForm, OfferForm, TermsForm, offer_form, value_of
from briefings.participation.models import (
    Appointment,
    AppointmentState,
    ParticipationReply,
    Side,
    TemplatePurpose,
)
from briefings.participation.talk_times import FEWEST, MOST, days_to_offer
from briefings.participation.words import APPOINTMENT_TONES, CALENDAR_ANSWERS
from briefings.schedule.calendar_models import CalendarItem, ItemState
from briefings.schedule.calendar_objects import item_object
from briefings.schedule.public import calendar_file
from briefings.web.access import member
from briefings.web.filters import local
from briefings.web.problems import reason

pages = Blueprint("owner_talks", __name__, url_prefix="/my")
pages.context_processor(lambda: {"talk_tones": APPOINTMENT_TONES, "calendar_answers": CALENDAR_ANSWERS})


@pages.get("/talks")
@member
def index() -> ResponseReturnValue:
    """The talks of the organization: those to come, or those past."""
    now, past = clock.now(), request.args.get("past") == "1"
    page = answering.talks_of(own_organization(), past, request.args.get("page", 1, int), now)
    return render_template("participation/talks.html", page=page, past=past, now=now)


@pages.route("/replies/<public_id>/talk", methods=["GET", "POST"])
@member
def offer(public_id: str) -> ResponseReturnValue:
    """Offer times to whoever replied."""
    made, now, zone = own_reply(public_id), clock.now(), _zone()
    if made.talk is not None and made.talk.stands(now):
        return redirect(url_for(".show", public_id=made.talk.public_id), 303)
    days = days_to_offer(account().email, now, zone)
    texts = texts_offered(made, TemplatePurpose.CONSULT)
    form = offer_form(days, data={"note": texts.words, "place": _place_before(made)})

    def act() -> None:
        times, terms, meant = form.moments(), form.terms(), form.out_of_hours.data
        appointments.offer(made, times, terms, account(), zone, now, meant)

    if done(form, act):
        flash(
            gettext("협의 시간을 제안했습니다. 답글을 보낸 기관이 시간을 고르면 양쪽에 일정 초대를 보냅니다."),
            "success",
        )
        return redirect(url_for("owner_replies.show", public_id=public_id), 303)
    return _offering(form, days, made, None, texts)


@pages.get("/talks/<public_id>")
@member
def show(public_id: str) -> ResponseReturnValue:
    """One talk: when, where, with whom, what the calendars answered, what was said."""
    appointment = own_talk(public_id)
    return _show(appointment, ConsultationForm(held_on=_day_of(appointment)))


@pages.route("/talks/<public_id>/times", methods=["GET", "POST"])
@member
def offer_others(public_id: str) -> ResponseReturnValue:
    """Offer other times; a time agreed on stands until another is chosen."""
    appointment, now, zone = own_talk(public_id), clock.now(), _zone()
    days = days_to_offer((appointment.offered_by or account()).email, now, zone)
    coming = [each.starts_at for each in appointment.times if each.starts_at > now]
    laid_out = {place.starts_at for each in days for place in each.places}
    ticked = [value_of(moment) for moment in coming if moment in laid_out]
    typed = dict(zip(OfferForm.others, (moment for moment in coming if moment not in laid_out), strict=False))
    form = offer_form(days, data={"place": appointment.place, "note": appointment.note, "times": ticked, **typed})

    def act() -> None:
        times, terms, meant = form.moments(), form.terms(), form.out_of_hours.data
        appointments.offer_others(appointment, times, terms, account(), zone, now, meant)

    if done(form, act):
        flash(gettext("다른 시간을 제안했습니다. 답글을 보낸 기관이 고르면 알려 드립니다."), "success")
        return redirect(url_for(".show", public_id=public_id), 303)
    return _offering(form, days, appointment.reply, appointment, None)


@pages.route("/talks/<public_id>/terms", methods=["GET", "POST"])
@member
def change_terms(public_id: str) -> ResponseReturnValue:
    """Another place, or other words about it."""
    appointment = own_talk(public_id)
    form = TermsForm(obj=appointment)
    if done(form, lambda: appointments.change_terms(appointment, form.terms(), clock.now())):
        flash(gettext("고쳤습니다. 만나는 곳이 바뀌면 양쪽에 새 일정 초대를 보냅니다."), "success")
        return redirect(url_for(".show", public_id=public_id), 303)
    return render_template("participation/talk_terms.html", form=form, talk=appointment)


@pages.route("/talks/<public_id>/cancel", methods=["GET", "POST"])
@member
def cancel(public_id: str) -> ResponseReturnValue:
    """Call it off, with a reason the other side reads."""
    appointment = own_talk(public_id)
    form = CallOffForm()
    if done(form, lambda: appointments.call_off(appointment, Side.OWNER, form.reason.data, clock.now())):
        flash(gettext("협의를 취소하고 답글을 보낸 기관에 알렸습니다."), "success")
        return redirect(url_for(".show", public_id=public_id), 303)
    return render_template("participation/talk_cancel.html", form=form, talk=appointment)


@pages.post("/talks/<public_id>/again")
@member
def send_again(public_id: str) -> ResponseReturnValue:
    """Send the invitation once more to whoever comes for the organization."""
    try:
        with unit_of_work():
            appointments.resend(own_talk(public_id), Side.OWNER, clock.now())
        flash(gettext("일정 초대를 보냈습니다. 전자우편을 확인해 주세요."), "success")
    except Refused as error:
        flash(reason(error), "error")
    return redirect(url_for(".show", public_id=public_id), 303)


@pages.get("/talks/<public_id>/talk.ics")
@member
def ics(public_id: str) -> ResponseReturnValue:
    """The talk as a file for a calendar, under the same UID as in the invitation."""
    return file_of(own_talk(public_id).owner_item)


@pages.post("/talks/<public_id>/consultations")
@member
def note(public_id: str) -> ResponseReturnValue:
    """Keep what was said at the talk."""
    appointment, form, now = own_talk(public_id), ConsultationForm(), clock.now()

    def act() -> None:
        said = (form.held_on.data, form.notes.data, form.next_step.data, account(), local(now).date(), now)
        answering.note_consultation(appointment.reply, *said, form.next_on.data, appointment)

    if done(form, act):
        flash(gettext("협의 내용을 적었습니다."), "success")
        return redirect(url_for(".show", public_id=public_id), 303)
    return _show(appointment, form)


def file_of(item: CalendarItem | None) -> ResponseReturnValue:
    """What stands in one side's calendar, as a file; where nothing does, 404."""
    if item is None or item.state is ItemState.CLOSED:
        abort(404)
    return calendar_file(published_calendar([item_object(item, item.sequence)]))


def _show(appointment: Appointment, consultation: ConsultationForm) -> ResponseReturnValue:
    now = clock.now()
    noted = [each for each in appointment.reply.consultations if each.appointment_id == appointment.id]
    return render_template(
        "participation/talk.html",
        talk=appointment,
        reply=appointment.reply,
        now=now,
        over=appointment.is_over(now),
        stands=appointment.stands(now),
        noted=noted,
        consultation=consultation,
        failed=bool(consultation.errors),
    )


def _offering(form: OfferForm, days: object, made: ParticipationReply, talk: Appointment | None, texts: object) -> str:
    return render_template(
        "participation/talk_offer.html",
        form=form,
        days=days,
        reply=made,
        talk=talk,
        texts=texts,
        ticks={option.data: option for option in form.times},
        value_of=value_of,
        fewest=1 if talk else FEWEST,
        most=MOST,
        agreed=talk is not None and talk.state is AppointmentState.AGREED,
    )


def _place_before(made: ParticipationReply) -> str:
    """Where the last talk about this reply was to be."""
    return made.talk.place if made.talk else ""


def _day_of(appointment: Appointment) -> object:
    moment: datetime = appointment.starts_at or clock.now()
    return min(local(moment).date(), local(clock.now()).date())


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["TIMEZONE"])
