"""Other briefings at one press, for whoever has an own page and so has proven the address."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.registrations.forms import KnownForm
from briefings.registrations.own_pages import pages
from briefings.registrations.remembering import agreed_before, same_person, standing_of_address
from briefings.schedule.agreeing import answers_of
from briefings.schedule.eligibility import ineligible_reason
from briefings.schedule.links import registration_behind
from briefings.schedule.models import Briefing
from briefings.schedule.programme import programme_of
from briefings.schedule.public import as_shown, the_seen
from briefings.schedule.registering import Applicant, register
from briefings.web.access import by_token
from briefings.web.labels import label
from briefings.web.language import language
from briefings.web.limits import counting_mail, with_wait
from briefings.web.problems import reason


@pages.route("/r/<token>/others/<public_id>", methods=["GET", "POST"])
@by_token
def register_other(token: str, public_id: str) -> ResponseReturnValue:
    """Register for another briefing with what was given before; asked is only what was not answered yet."""
    person, seen = registration_behind(token), the_seen(public_id)
    said = answers_of(person, language())
    agreed = agreed_before(said)
    form = KnownForm(programme_of(seen.briefing), agreed.anew)
    refused = None
    if form.validate_on_submit():
        applicant = same_person(
            person,
            locale=language(),
            consents=agreed.answers + form.answers(),
            interests=tuple(form.interests.data or ()),
            form_token=form.form_token.data,
        )
        refused = _register(seen.briefing, applicant)
        if refused is None:
            return redirect(url_for("registrations.show", token=token, _anchor="others"), 303)
        form.refuse(refused)
        person, seen = registration_behind(token), the_seen(public_id)
    row = as_shown(*seen, clock.now())
    ineligible = ineligible_reason(seen.briefing, person.organization.kind, None)
    row["closed"] = row["closed"] or (reason(ineligible) if ineligible else None)
    page = render_template(
        "registrations/other.html",
        **row,
        token=token,
        person=person,
        there=standing_of_address(seen.briefing, person.email),
        agreed=[(each.in_force, each.stands) for each in said if each.purpose in agreed.kept],
        form=None if row["closed"] else form,
    )
    return with_wait(page, refused)


def _register(briefing: Briefing, applicant: Applicant) -> Refused | None:
    now = clock.now()
    before = standing_of_address(briefing, applicant.email)
    try:
        with counting_mail(), unit_of_work():
            state = register(briefing, applicant, now).state
    except Refused as error:
        return error
    values = {"briefing": briefing.title, "state": label(state)}
    if before is None:
        done = gettext("‘%(briefing)s’ 설명회를 신청했습니다(%(state)s). 안내를 전자우편으로 보냈습니다.", **values)
        flash(done, "success")
    else:
        flash(gettext("‘%(briefing)s’ 설명회는 이미 신청하셨습니다(%(state)s).", **values), "info")
    return None
