"""Asking for an account."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from briefings import clock
from briefings.accounts.pages import address_asked, no_address
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.organizations.forms import AccountRequestForm
from briefings.organizations.models import AccountRequest, RequestState
from briefings.organizations.requesting import confirm, request_account, request_behind
from briefings.web.access import by_token, public
from briefings.web.forms import Form
from briefings.web.language import language
from briefings.web.security import limiter

pages = Blueprint("account_requests", __name__, url_prefix="/account/request")


@pages.route("", methods=["GET", "POST"])
@public
@limiter.limit("10/minute;50/hour", methods=["POST"])
@limiter.limit("3/minute;10/hour", key_func=address_asked, exempt_when=no_address, methods=["POST"])
def new() -> ResponseReturnValue:
    """Ask for an account for one's organization; the answer is the same whether or not the address has one."""
    form = AccountRequestForm()
    if form.validate_on_submit():
        asked = AccountRequest(locale=language())
        form.populate_obj(asked)
        with unit_of_work():
            request_account(asked, clock.now())
        return redirect(url_for(".sent"))
    return render_template("organizations/request.html", form=form)


@pages.get("/sent")
@public
def sent() -> ResponseReturnValue:
    """What happens next."""
    return render_template("organizations/request_sent.html")


@pages.route("/<token>", methods=["GET", "POST"])
@by_token
def confirmation(token: str) -> ResponseReturnValue:
    """The link from the mail: a button proves the address; afterwards the page shows where the request stands."""
    now = clock.now()
    asked = request_behind(token, now)
    if asked is None:
        return render_template("organizations/request_expired.html"), 410
    form = Form()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                confirm(asked, now)
        except Refused as error:
            form.refuse(error)
        else:
            return redirect(url_for(".confirmation", token=token))
    return render_template("organizations/request_state.html", form=form, asked=asked, states=RequestState)
