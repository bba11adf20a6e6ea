"""The page by which the contact of a need takes it over from staff, reached by the link in a mail."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.needs import attaching, claiming
from briefings.needs.models import Need
from briefings.web.access import by_token
from briefings.web.forms import Form
from briefings.web.language import language

pages = Blueprint("claims", __name__, url_prefix="/needs/claim")


@pages.route("/<token>", methods=["GET", "POST"])
@by_token
def show(token: str) -> ResponseReturnValue:
    """What the need says and what taking it over means; a button does it."""
    need, now, form = claiming.need_behind(token) or abort(404), clock.now(), Form()
    if form.validate_on_submit() and not need.claimed_at:
        try:
            with unit_of_work():
                claiming.take_over(need, token, language(), now)
        except Refused as error:
            form.refuse(error)
            with unit_of_work():
                claiming.tell_staff(need, now)
    return _page(need, form, claiming.closed_reason(need, now))


def _page(need: Need, form: Form, closed: str | None) -> ResponseReturnValue:
    page = render_template(
        "needs/claim.html",
        need=need,
        form=form,
        closed=closed if closed and not need.claimed_at else None,
        new_account=claiming.account_of(need) is None,
        files=attaching.files_of(need),
        until=claiming.good_until(need),
    )
    return page, 410 if closed and not need.claimed_at else 200
