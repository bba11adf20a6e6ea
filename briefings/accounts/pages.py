"""Signing in and out, passwords, and everybody's own account."""

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user

from briefings import clock
from briefings.accounts.forms import ChangePasswordForm, ForgottenForm, NewPasswordForm, OwnAccountForm, SignInForm
from briefings.accounts.opening import ask_for_password, change_password, follow_link
from briefings.accounts.password_links import user_behind
from briefings.accounts.sessions import end, sessions_of
from briefings.accounts.signing_in import email_key, note_failure, password_fits, renew_hash, user_with
from briefings.accounts.way_in import (
    AGENCY,
    PASSWORD,
    SESSION,
    begin_session,
    empty_session,
    first_page,
    let_in,
    me,
    present_session,
    way_of_session,
)
from briefings.db import unit_of_work
from briefings.errors import N_, Refused
from briefings.web.access import by_token, public, signed_in
from briefings.web.language import language
from briefings.web.routing import own_path
from briefings.web.security import limiter, network

pages = Blueprint("accounts", __name__)


def address_asked() -> str:
    """What a limit counts by: the address typed, so that one account is not guessed at from many places."""
    return email_key(request.form.get("email", ""))


def no_address() -> bool:
    """Whether none was typed: then there is nothing to count by, and nothing is sent or tried."""
    return not address_asked()


def own_account() -> str:
    """Whose password or code is tried by whoever is signed in: a stolen session guesses from many places, too."""
    return f"proofs-of-{me().id}" if current_user.is_authenticated else network()


def failed(response: object) -> bool:
    """Whether a try was no success: only those count, since a whole office may share one network address."""
    return getattr(response, "status_code", 200) != 302 and not g.get("proven")


@pages.route("/sign-in", methods=["GET", "POST"])
@public
@limiter.limit("10/minute;50/hour", methods=["POST"], deduct_when=failed)
@limiter.limit("5/minute;30/hour", key_func=address_asked, exempt_when=no_address, methods=["POST"], deduct_when=failed)
def sign_in() -> ResponseReturnValue:
    """Sign in with address and password; on to the page that asked for it."""
    after = own_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(after or first_page(current_user))
    form, typed = SignInForm(), request.form.get("typed", "")
    if form.validate_on_submit():
        user = user_with(form.email.data)
        if password_fits(user, form.password.data) and user is not None:
            with unit_of_work():
                renew_hash(user, form.password.data)
            return let_in(user, PASSWORD, after or "", typed=typed)
        with unit_of_work():
            note_failure(user, clock.now(), network=network())
        form.refuse(Refused(N_("전자우편 주소나 비밀번호가 맞지 않습니다. 다시 입력해 주세요.")))
    return render_template("accounts/sign_in.html", form=form, after=after, typed=typed, ended=SESSION in session)


@pages.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End the session of this browser, also for whoever copied it; others go on."""
    by_agency = way_of_session() == AGENCY
    with unit_of_work():
        end(me(), present_session(), clock.now())
    empty_session()
    if by_agency:
        return redirect(url_for(".signed_out"))
    flash(_("로그아웃했습니다."), "success")
    return redirect(url_for("front.home"))


@pages.route("/forgotten-password", methods=["GET", "POST"])
@public
@limiter.limit("10/minute;50/hour", methods=["POST"])
@limiter.limit("3/minute;10/hour", key_func=address_asked, exempt_when=no_address, methods=["POST"])
def forgotten() -> ResponseReturnValue:
    """Ask for a link to set a new password; the answer is the same whether or not there is an account."""
    form = ForgottenForm()
    if form.validate_on_submit():
        with unit_of_work():
            ask_for_password(form.email.data, language(), clock.now())
        return redirect(url_for(".forgotten_sent"))
    return render_template("accounts/forgotten.html", form=form)


@pages.get("/forgotten-password/sent")
@public
def forgotten_sent() -> ResponseReturnValue:
    """What happens next."""
    return render_template("accounts/forgotten_sent.html")


@pages.route("/new-password/<token>", methods=["GET", "POST"])
@by_token
@limiter.limit("30/minute", key_func=get_remote_address)
def new_password(token: str) -> ResponseReturnValue:
    """Set a password by the link in a mail; opening the page uses nothing up."""
    now = clock.now()
    user = user_behind(token, now)
    if user is None:
        return render_template("accounts/link_expired.html"), 410
    form = NewPasswordForm(user.email)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                follow_link(token, form.password.data, now)
        except Refused as error:
            form.refuse(error)
        else:
            empty_session()
            flash(_("비밀번호를 정했습니다. 새 비밀번호로 로그인해 주세요."), "success")
            return redirect(url_for(".sign_in"))
    return render_template("accounts/new_password.html", form=form)


@pages.route("/account", methods=["GET", "POST"])
@signed_in
def own() -> ResponseReturnValue:
    """One's own name, telephone number and language."""
    form = OwnAccountForm(obj=current_user)
    if form.validate_on_submit():
        with unit_of_work():
            form.populate_obj(current_user)
        flash(_("계정 정보를 저장했습니다."), "success")
        return redirect(url_for(".own"))
    return render_template("accounts/own.html", form=form, devices=len(sessions_of(me(), clock.now())))


@pages.route("/account/password", methods=["GET", "POST"])
@signed_in
@limiter.limit("10/minute;50/hour", key_func=own_account, methods=["POST"])
def own_password() -> ResponseReturnValue:
    """Change one's own password; other browsers are signed out, this one stays."""
    form = ChangePasswordForm(current_user.email)
    if form.validate_on_submit():
        user, way = me(), way_of_session()
        try:
            with unit_of_work():
                change_password(user, form.present.data, form.password.data, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            begin_session(user, way)
            flash(_("비밀번호를 바꿨습니다. 다른 기기에서는 로그아웃되었습니다."), "success")
            return redirect(url_for(".own"))
    return render_template("accounts/own_password.html", form=form)
