"""The staff's pages of who signed up; they belong to the blueprint of the briefings."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from briefings import clock
from briefings.audit.recording import record
from briefings.db import db, unit_of_work
from briefings.schedule.finding import place_in_line
from briefings.schedule.forms import RegistrantFilters
from briefings.schedule.models import Registration, RegistrationState
from briefings.schedule.registering import cancel
from briefings.schedule.registrants import counters, registrants
from briefings.schedule.staff import pages, the_briefing
from briefings.schedule.words import REGISTRATION_TONES
from briefings.web.access import staff
from briefings.web.forms import Form

PER_PAGE = 50


@pages.get("/<int:briefing_id>/registrations")
@staff
def registrations(briefing_id: int) -> ResponseReturnValue:
    """Who signed up, counted and listed."""
    briefing = the_briefing(briefing_id)
    filters = RegistrantFilters(request.args)
    conditions = filters.conditions()
    return render_template(
        "schedule/registrants.html",
        briefing=briefing,
        counters=counters(briefing),
        filters=filters,
        conditions=conditions,
        page=db.paginate(registrants(briefing, **conditions), per_page=PER_PAGE),
        registration_tones=REGISTRATION_TONES,
    )


@pages.route("/<int:briefing_id>/registrations/<public_id>", methods=["GET", "POST"])
@staff
def registration(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """What one person gave; the whole phone number only at the press of a button, which is logged."""
    found = _registration(briefing_id, public_id)
    form = Form()
    reveal = form.validate_on_submit()
    if reveal:
        with unit_of_work():
            record(current_user, "registration.phone_seen", found, clock.now())
        found = _registration(briefing_id, public_id)
    waiting = found.state is RegistrationState.WAITLISTED
    return render_template(
        "schedule/registrant.html",
        registration=found,
        briefing=found.briefing,
        place=place_in_line(found) if waiting else None,
        reveal=reveal,
        form=form,
        over=found.briefing.is_over(clock.now()),
        registration_tones=REGISTRATION_TONES,
    )


@pages.route("/<int:briefing_id>/registrations/<public_id>/cancel", methods=["GET", "POST"])
@staff
def cancel_registration(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """Ask, then cancel in the person's stead; they are told, and the next in line gets the place."""
    found = _registration(briefing_id, public_id)
    form = Form()
    if not form.validate_on_submit():
        return render_template("schedule/cancel_registration.html", registration=found, form=form)
    with unit_of_work():
        cancel(found, clock.now(), by_staff=True)
        record(current_user, "registration.cancelled", found, clock.now())
    flash(f"{found.name} 님의 신청을 취소하고 알렸습니다.", "success")
    return redirect(url_for(".registrations", briefing_id=briefing_id))


def _registration(briefing_id: int, public_id: str) -> Registration:
    found = select(Registration).where(Registration.briefing_id == briefing_id, Registration.public_id == public_id)
    together = (
        joinedload(Registration.organization),
        joinedload(Registration.briefing),
        selectinload(Registration.interests),
    )
    return db.session.scalar(found.options(*together)) or abort(404)
