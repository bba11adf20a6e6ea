"""What need owners see of who is interested in a need: numbers, and whoever agreed to be known to them."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.audit.recording import record
from briefings.db import unit_of_work
from briefings.needs.finding import need_of
from briefings.organizations.finding import organization_of
from briefings.schedule.interest import MOST_NAMED, ticked_by_briefing, who_may_be_known
from briefings.web.access import member
from briefings.web.forms import Form

pages = Blueprint("owner_interest", __name__, url_prefix="/my/needs")


@pages.route("/<int:need_id>/interested", methods=["GET", "POST"])
@member
def show(need_id: int) -> ResponseReturnValue:
    """How many people of which briefing; names and addresses at the press of a button, which is logged."""
    organization = organization_of(current_user)
    need = (need_of(organization, need_id) if organization else None) or abort(404)
    now, form, ticked, people = clock.now(), Form(), ticked_by_briefing(need), None
    if form.validate_on_submit():
        with unit_of_work():
            record(current_user, "need.interested_seen", need, now, people=sum(each.agreeing for each in ticked))
        ticked, people = ticked_by_briefing(need), who_may_be_known(need, now)
    return render_template("registrations/interested.html", need=need, ticked=ticked, people=people, most=MOST_NAMED)
