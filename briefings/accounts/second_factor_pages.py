"""The second proof: asked for while signing in, set up and looked after on one's own account."""

from collections.abc import Sequence

import segno
from flask import current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from briefings import clock
from briefings.accounts.forms import CodeForm, OtherAppForm, OwnSetUpForm, RecoveryForm, SetUpForm
from briefings.accounts.models import User
from briefings.accounts.pages import failed, own_account, pages
from briefings.accounts.second_factor import (
    app_address,
    codes_left,
    grouped,
    new_secret,
    prove,
    renew_codes,
    set_up,
    switch_off,
)
from briefings.accounts.signing_in import note_failure, password_fits
from briefings.accounts.way_in import (
    HALF,
    ask_again,
    begin_session,
    empty_session,
    first_page,
    go_in,
    half,
    me,
    wants_second_factor,
)
from briefings.db import unit_of_work
from briefings.errors import N_, Refused
from briefings.web.access import public, signed_in
from briefings.web.sealing import seal, unseal
from briefings.web.security import limiter, network

SETTING_UP = "totp-being-set-up"


def account_asked() -> str:
    """Whose codes are being tried: by account, from wherever."""
    return f"code-of-{(session.get(HALF) or ['nobody'])[0]}"


@pages.route("/sign-in/code", methods=["GET", "POST"])
@public
@limiter.limit("5/minute;20/hour", key_func=account_asked, methods=["POST"], deduct_when=failed)
def code() -> ResponseReturnValue:
    """The second proof of somebody who gave the first."""
    known, by_recovery, typed = half(), "recovery" in request.args, request.form.get("typed", "")
    if known is None or not known.user.has_second_factor:
        return begin_anew(typed)
    turning = "turn" in request.form  # from the app to a recovery code or back: nothing was tried
    form = (RecoveryForm if by_recovery else CodeForm)()
    if turning:
        g.proven = True
    elif form.validate_on_submit():
        try:
            with unit_of_work():
                prove(known.user, form.code.data, clock.now())
        except Refused as error:
            with unit_of_work():
                note_failure(known.user, clock.now(), proof="second", network=network())
            form.refuse(error)
        else:
            return go_in(known.user, known.way, known.next, typed, known.subject)
    return private("accounts/code.html", form=form, typed=typed, by_recovery=by_recovery)


@pages.route("/sign-in/second-factor", methods=["GET", "POST"])
@public
@limiter.limit("10/minute;50/hour", key_func=account_asked, methods=["POST"], deduct_when=failed)
def first_set_up() -> ResponseReturnValue:
    """Set the second factor up, without which this account is let in nowhere; then in."""
    known = half()
    if known is None or known.user.has_second_factor or not wants_second_factor(known.user):
        return begin_anew()
    form = SetUpForm()
    secret = secret_in(form, known.user)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                codes = set_up(known.user, secret, form.code.data, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            begin_session(known.user, known.way, known.subject)
            return show_codes(codes, known.next or first_page(known.user))
    return private("accounts/first_set_up.html", form=form, **to_scan(secret, known.user))


def begin_anew(typed: str = "") -> ResponseReturnValue:
    """Back to the first proof, which was too long ago or none, with what was typed before."""
    if typed:
        empty_session()
        return ask_again(typed)
    if session.get(HALF):
        empty_session()
        flash(_("시간이 지나 처음부터 다시 로그인해야 합니다."), "info")
    return redirect(url_for(".sign_in"))


@pages.route("/account/second-factor", methods=["GET", "POST"])
@signed_in
@limiter.limit("10/minute;50/hour", key_func=own_account, methods=["POST"])
def second_factor() -> ResponseReturnValue:
    """Whether an app is asked for besides the password; how to set it up, or to look after it."""
    return own_page() if me().has_second_factor else own_set_up()


@pages.route("/account/second-factor/another", methods=["GET", "POST"])
@signed_in
@limiter.limit("10/minute;50/hour", key_func=own_account, methods=["POST"])
def another_app() -> ResponseReturnValue:
    """Put an app on another telephone in the place of the one there is."""
    return own_set_up(anew=True) if me().has_second_factor else redirect(url_for(".second_factor"))


def own_set_up(anew: bool = False) -> ResponseReturnValue:
    """The page by which somebody who is signed in sets an app up."""
    user = me()
    form = (OwnSetUpForm if user.has_password else OtherAppForm if anew else SetUpForm)()
    secret = secret_in(form, user)
    if form.validate_on_submit():
        try:
            if isinstance(form, OwnSetUpForm) and not password_fits(user, form.present.data):
                raise Refused(N_("지금 비밀번호가 맞지 않습니다."), field="present")
            with unit_of_work():
                if isinstance(form, OtherAppForm):
                    prove_by_present_app(user, form.proof.data)
                codes = set_up(user, secret, form.code.data, clock.now(), anew)
        except Refused as error:
            form.refuse(error)
        else:
            return show_codes(codes, url_for(".second_factor"))
    return private("accounts/own_set_up.html", form=form, **to_scan(secret, user))


def prove_by_present_app(user: User, typed: str) -> None:
    """What a password proves elsewhere, of somebody who has none; Refused at its field."""
    try:
        prove(user, typed, clock.now())
    except Refused as error:
        error.field = "proof"
        raise


@pages.post("/account/second-factor/codes")
@signed_in
@limiter.limit("5/minute;20/hour", key_func=own_account)
def new_codes() -> ResponseReturnValue:
    """Ten new recovery codes, shown once."""
    form = CodeForm(prefix="renew-")
    if form.validate_on_submit():
        try:
            with unit_of_work():
                codes = renew_codes(me(), form.code.data, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            return show_codes(codes, url_for(".second_factor"))
    return own_page(renewing=form)


@pages.post("/account/second-factor/off")
@signed_in
@limiter.limit("5/minute;20/hour", key_func=own_account)
def second_factor_off() -> ResponseReturnValue:
    """Ask for the password alone from now on, where that is allowed."""
    if wants_second_factor(me()):
        raise Refused(
            N_("직원 계정은 2단계 인증을 끌 수 없습니다. 휴대전화를 바꿨으면 ‘다른 기기로 바꾸기’를 눌러 주세요.")
        )
    form = CodeForm(prefix="off-")
    if form.validate_on_submit():
        try:
            with unit_of_work():
                switch_off(me(), form.code.data, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("2단계 인증을 껐습니다. 이제 비밀번호만 묻습니다."), "success")
            return redirect(url_for(".own"))
    return own_page(ending=form)


def own_page(renewing: CodeForm | None = None, ending: CodeForm | None = None) -> ResponseReturnValue:
    """The page of a second factor there is, perhaps with a form that was refused; else that of setting one up."""
    user = me()
    if not user.has_second_factor:
        return redirect(url_for(".second_factor"))
    return render_template(
        "accounts/second_factor.html",
        renewing=renewing or CodeForm(prefix="renew-", formdata=None),
        ending=ending or CodeForm(prefix="off-", formdata=None),
        left=codes_left(user),
        needed=wants_second_factor(user),
        failed=bool(renewing or ending),
    )


def secret_in(form: SetUpForm, user: User) -> str:
    """The secret that was on the page, or a new one: nothing is stored before a code proves that an app has it."""
    purpose = f"{SETTING_UP}-{user.id}"
    secret = unseal(form.secret.data or "", purpose) if form.is_submitted() else None
    secret = secret or new_secret()
    form.secret.data = seal(secret, purpose)
    return secret


def to_scan(secret: str, user: User) -> dict[str, str]:
    """What the page of setting up shows: a QR code, and the same in letters for whoever cannot scan."""
    name = current_app.config["SITE_NAME"]
    address = app_address(secret, user, _(name))
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=4)
    return {"picture": picture, "address": address, "secret": grouped(secret)}


def show_codes(codes: Sequence[str], after: str) -> ResponseReturnValue:
    """The recovery codes, which nobody can show again."""
    return private("accounts/recovery_codes.html", codes=codes, after=after)


def private(template: str, **values: object) -> ResponseReturnValue:
    """A page that no cache may keep, though its view is open to whoever has not signed in yet."""
    response = make_response(render_template(template, **values))
    response.headers["Cache-Control"] = "no-store"
    return response
