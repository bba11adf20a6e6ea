"""Signing in by the service of one's agency, signing out of it, and undoing the link."""

from hmac import compare_digest

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from briefings import clock
from briefings.accounts.agency import Agency, Errand, new_errand, person_of, way_out, way_to
from briefings.accounts.forms import SignInForm
from briefings.accounts.linking import account_of, unlink
from briefings.accounts.pages import failed, pages
from briefings.accounts.way_in import AGENCY, let_in, me
from briefings.db import unit_of_work
from briefings.errors import N_, Refused
from briefings.web.access import public, signed_in
from briefings.web.language import language
from briefings.web.limits import counting_wrong
from briefings.web.routing import own_path
from briefings.web.security import limiter

ERRAND = "errand"


@pages.get("/sign-in/agency")
@public
@limiter.limit("30/minute")
def to_agency() -> ResponseReturnValue:
    """On to the service, which asks who somebody is; only this browser is told what to be recognized by."""
    agency, errand = present_agency(), new_errand()
    try:
        address = way_to(agency, errand, url_for(".from_agency", _external=True), language())
    except Refused as error:
        return not_let_in(error)
    session[ERRAND] = [errand.state, errand.nonce, errand.verifier, own_path(request.args.get("next")) or ""]
    return redirect(address)


@pages.get("/sign-in/agency/back")
@public
@limiter.limit("30/minute", deduct_when=failed)
def from_agency() -> ResponseReturnValue:
    """Back from the service with a code, which is good once and for this browser: the protocol leaves no other way.

    The errand in the session is what a form's token is elsewhere: nobody can be sent here with somebody else's code.
    """
    agency = present_agency()
    *kept, after = session.pop(ERRAND, None) or ("", "", "", "")
    errand = Errand(*kept)
    try:
        with counting_wrong("agency"):
            code = code_of(errand)
            person = person_of(agency, errand, code, url_for(".from_agency", _external=True), clock.now())
            user = account_of(person)
        return let_in(user, AGENCY, proven=person.two_factors, after=after, subject=person.subject)
    except Refused as error:
        return not_let_in(error)


def code_of(errand: Errand) -> str:
    """The code that the service gave; Refused where it gave none, or another browser asked for it."""
    if errand.state and request.args.get("error") == "access_denied":  # not every service says then what it was asked
        raise Refused(N_("소속 기관의 로그인을 취소했습니다. 다시 시도하거나 비밀번호로 로그인해 주세요."))
    if not errand.state or not compare_digest(request.args.get("state", "").encode(), errand.state.encode()):
        raise Refused(N_("로그인을 시작한 창이 아니거나 시간이 지났습니다. 처음부터 다시 로그인해 주세요."))
    code = request.args.get("code", "")
    if not code or "error" in request.args:
        raise Refused(N_("소속 기관의 로그인 서비스가 로그인을 받아 주지 않았습니다. 비밀번호로 로그인해 주세요."))
    return code


def not_let_in(error: Refused) -> ResponseReturnValue:
    """The sign-in page, with why the way by the service led nowhere."""
    form = SignInForm(formdata=None)
    form.refuse(error)
    return render_template("accounts/sign_in.html", form=form, after=None, typed="", ended=False)


@pages.get("/signed-out")
@public
def signed_out() -> ResponseReturnValue:
    """Signed out here; at the service one may still be signed in, and may sign out by a link."""
    if not current_app.config["OIDC_ISSUER"]:
        return redirect(url_for("front.home"))
    address = way_out(present_agency(), url_for("front.home", _external=True))
    return render_template("accounts/signed_out.html", address=address)


@pages.post("/account/agency/unlink")
@signed_in
def unlink_agency() -> ResponseReturnValue:
    """Let the service open one's own account no longer."""
    with unit_of_work():
        unlink(me(), me(), clock.now())
    flash(_("소속 기관 계정과 연결을 끊었습니다. 이제 비밀번호로 로그인해 주세요."), "success")
    return redirect(url_for(".own"))


def present_agency() -> Agency:
    """The service in the settings; 404 where there is none."""
    agency = Agency.of(current_app.config)
    if not agency.issuer:
        abort(404)
    return agency
