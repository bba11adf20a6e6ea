"""The staff's page on which they register one person by hand; it belongs to the blueprint of the briefings."""

import hashlib

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.audit.recording import record
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.outbox.finding import undeliverable_among
from briefings.outbox.preview import dry_run
from briefings.registrations.staff_forms import EnterForm
from briefings.schedule.entering import enter
from briefings.schedule.registration_models import RegistrationState
from briefings.schedule.staff import pages, the_briefing
from briefings.schedule.words import told
from briefings.web.access import staff

DONE = {
    RegistrationState.CONFIRMED: "%s 님의 신청을 확정하고 %s",
    RegistrationState.WAITLISTED: "자리가 없어 %s 님을 대기 순번에 넣고 %s",
}


@pages.route("/<int:briefing_id>/registrations/enter", methods=["GET", "POST"])
@staff
def enter_registration(briefing_id: int) -> ResponseReturnValue:
    """Type who it is, see what becomes of it and the mail they get, then register them in their stead."""
    briefing, form, now = the_briefing(briefing_id), EnterForm(), clock.now()
    preview = state = None
    if form.validate_on_submit():
        applicant, source = form.applicant(), form.source.data
        said = hashlib.sha256(repr((applicant, source)).encode()).hexdigest()
        try:
            if form.agreed.data == said:
                with unit_of_work():
                    registration = enter(briefing, applicant, now, source)
                    record(current_user, "registration.entered", registration, now, briefing=briefing_id)
                    record(current_user, "briefing.people_entered", registration.briefing, now, number=1)
                flash(DONE[registration.state] % (registration.name, told(briefing.hold_mails)), "success")
                return redirect(url_for(".registrations", briefing_id=briefing_id), 303)
            with dry_run(current_app, now) as preview:
                state = enter(briefing, applicant, now, source).state
            form.agreed.data = said
        except Refused as error:
            preview = state = None
            form.refuse(error)
            form.agreed.data = ""
        briefing = the_briefing(briefing_id)
    return render_template(
        "schedule/staff/enter_registration.html",
        briefing=briefing,
        form=form,
        preview=preview,
        waits=state is RegistrationState.WAITLISTED,
        returned=bool(form.email.data and undeliverable_among({form.email.data})),
    )
