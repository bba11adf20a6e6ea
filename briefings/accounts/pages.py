"""Signing in and out, passwords, and everybody's own account."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_user

from briefings import clock
from briefings.accounts.forms import ChangePasswordForm, ForgottenForm, NewPasswordForm, OwnAccountForm, SignInForm
from briefings.accounts.models import User
from briefings.accounts.opening import ask_for_password, change_password, follow_link
from briefings.accounts.password_links import user_behind
from briefings.accounts.signing_in import email_key, end_sessions, note_sign_in, password_fits, user_with
from briefings.db import unit_of_work
from briefings.errors import N_, Refused
from briefings.web.access import by_token, public, signed_in
from briefings.web.language import language
from briefings.web.routing import own_path
from briefings.web.security import limiter

pages = Blueprint("accounts", __name__)


def address_asked() -> str:
    """What a limit counts by: the address typed, so that one account is not guessed at from many places."""
    return email_key(request.form.get("email", ""))


def failed(response: object) -> bool:
    """Whether a try was no success: only those count, since a whole office may share one network address."""
    return getattr(response, "status_code", 200) != 302


@pages.route("/sign-in", methods=["GET", "POST"])
@public
@limiter.limit("10/minute;50/hour", methods=["POST"], deduct_when=failed)
@limiter.limit("5/minute;30/hour", key_func=address_asked, methods=["POST"], deduct_when=failed)
def sign_in() -> ResponseReturnValue:
    """Sign in with address and password; on to the page that asked for it."""
    if current_user.is_authenticated:
        return redirect(own_path(request.args.get("next")) or first_page(current_user))
    form = SignInForm()
    if form.validate_on_submit():
        user = user_with(form.email.data)
        if password_fits(user, form.password.data) and user is not None:
            with unit_of_work():
                note_sign_in(user, form.password.data, clock.now())
            begin_session(user)
            return redirect(own_path(request.args.get("next")) or first_page(user))
        form.refuse(Refused(N_("전자우편 주소나 비밀번호가 맞지 않습니다. 다시 입력해 주세요.")))
    return render_template("accounts/sign_in.html", form=form)


def begin_session(user: User) -> None:
    """A new session for `user`: nothing of the one before lives on, its form token neither."""
    session.clear()
    login_user(user)
    session.permanent = True


def first_page(user: User) -> str:
    """Where each role begins."""
    if user.is_staff:
        return url_for("staff.today")
    if user.is_expert:
        return url_for("reviewer.index")
    return url_for("owner.needs" if user.is_member else "front.home")


@pages.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End the session, here and wherever else it was copied to."""
    with unit_of_work():
        end_sessions(current_user)
    session.clear()
    flash(_("로그아웃했습니다."), "success")
    return redirect(url_for("front.home"))


@pages.route("/forgotten-password", methods=["GET", "POST"])
@public
@limiter.limit("10/minute;50/hour", methods=["POST"])
@limiter.limit("3/minute;10/hour", key_func=address_asked, methods=["POST"])
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
            session.clear()
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
    return render_template("accounts/own.html", form=form)


@pages.route("/account/password", methods=["GET", "POST"])
@signed_in
@limiter.limit("10/minute", methods=["POST"])
def own_password() -> ResponseReturnValue:
    """Change one's own password; other browsers are signed out, this one stays."""
    form = ChangePasswordForm(current_user.email)
    if form.validate_on_submit():
        user = current_user._get_current_object()
        try:
            with unit_of_work():
                change_password(user, form.present.data, form.password.data, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            begin_session(user)
            flash(_("비밀번호를 바꿨습니다. 다른 기기에서는 로그아웃되었습니다."), "success")
            return redirect(url_for(".own"))
    return render_template("accounts/own_password.html", form=form)
