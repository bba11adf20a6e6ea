"""Accounts and requests for them, as staff see them; only administrators change accounts."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.accounts.invitations import invitations_of, withdraw
from briefings.accounts.linking import unlink
from briefings.accounts.models import Role, User
from briefings.accounts.opening import send_password_link
from briefings.accounts.roles import sign_out_everywhere, switch_off, switch_on
from briefings.accounts.second_factor import reset
from briefings.accounts.sessions import sessions_of
from briefings.audit.about import names_of
from briefings.audit.pages import who_did
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.organizations.finding import members_of, organization_named
from briefings.organizations.forms import AccountFilters, ApproveForm, DeclineForm, NewAccountForm, RoleForm
from briefings.organizations.managing import accounts_found, add_account, as_read, assign, organizations_of
from briefings.organizations.models import AccountRequest
from briefings.organizations.requesting import approve, decline, pending_requests
from briefings.organizations.words import said
from briefings.web.access import administrator, staff

pages = Blueprint("staff_accounts", __name__, url_prefix="/staff/accounts")
PER_PAGE = 30
SHOWN = 30  # acts of an account's history


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """Requests that wait, then every account."""
    filters = AccountFilters(request.args)
    role = Role(filters.role.data) if filters.role.data in set(Role) else None
    number = request.args.get("page", 1, int)
    page = db.paginate(accounts_found(filters.q.data or "", role), page=number, per_page=PER_PAGE, error_out=False)
    return render_template(
        "organizations/accounts.html",
        filters=filters,
        page=page,
        organizations=organizations_of(page.items),
        invitations=invitations_of(page.items, clock.now()),
        themes=current_app.extensions["themes_of_each"](page.items),
        requests=pending_requests(),
    )


@pages.route("/new", methods=["GET", "POST"])
@administrator
def new() -> ResponseReturnValue:
    """Add an account and mail its password link."""
    form = NewAccountForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                given = (form.email.data, form.name.data, form.role.data, form.named_organization())
                user = add_account(*given, me(), clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash(f"{user.name} 님의 계정을 추가하고 비밀번호를 정하는 링크를 보냈습니다.", "success")
            return redirect(url_for(".show", user_id=user.id))
    return render_template("organizations/new_account.html", form=form)


@pages.route("/<int:user_id>", methods=["GET", "POST"])
@administrator
def show(user_id: int) -> ResponseReturnValue:
    """One account: its state and history, and a form for its role and organization."""
    user = db.get_or_404(User, user_id)
    organization = organizations_of([user]).get(user.id)
    known = {"organization": organization.name, "kind": organization.kind} if organization else {}
    form = RoleForm(role=user.role, seen=as_read(user), **known)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                assign(user, form.role.data, form.named_organization(), me(), clock.now(), form.seen.data)
        except Refused as error:
            form.refuse(error)
            form.seen.data = as_read(user)
        else:
            flash("역할을 저장했습니다.", "success")
            return redirect(url_for(".show", user_id=user_id))
    now, acts = clock.now(), history_of(user)[::-1]
    names = names_of([act.actor_id for act in acts if act.actor_id and not act.actor_name])
    return render_template(
        "organizations/account.html",
        form=form,
        user=user,
        organization=organization,
        invitation=invitations_of([user], now).get(user.id),
        devices=len(sessions_of(user, now)),
        themes=current_app.extensions["themes_of_each"]([user]).get(user.id, []),
        history=[(act.at, who_did(act, names), said(act)) for act in acts][:SHOWN],
    )


@pages.post("/<int:user_id>/link")
@administrator
def send_link(user_id: int) -> ResponseReturnValue:
    """Send the link that sets a password once more."""
    user = db.get_or_404(User, user_id)
    with unit_of_work():
        send_password_link(user, clock.now())
    flash(f"{user.email} 주소로 비밀번호를 정하는 링크를 보냈습니다. 7일 동안 쓸 수 있습니다.", "success")
    return redirect(url_for(".show", user_id=user_id))


@pages.post("/<int:user_id>/withdraw")
@administrator
def withdraw_invitation(user_id: int) -> ResponseReturnValue:
    """Take the invitation back before it is taken up."""
    user = db.get_or_404(User, user_id)
    with unit_of_work():
        withdraw(user, me(), clock.now())
    flash("초대를 거뒀습니다. 보낸 링크로는 이제 비밀번호를 정할 수 없습니다.", "success")
    return redirect(url_for(".show", user_id=user_id))


@pages.post("/<int:user_id>/second-factor/reset")
@administrator
def reset_second_factor(user_id: int) -> ResponseReturnValue:
    """Let somebody who lost their telephone set the second factor up anew."""
    user = db.get_or_404(User, user_id)
    with unit_of_work():
        reset(user, me(), clock.now())
    flash(
        f"{user.name} 님의 2단계 인증을 풀고 모든 기기에서 로그아웃한 뒤 전자우편으로 알렸습니다. "
        "다음에 로그인할 때 다시 설정합니다.",
        "success",
    )
    return redirect(url_for(".show", user_id=user_id))


@pages.post("/<int:user_id>/sessions/end")
@administrator
def end_sessions(user_id: int) -> ResponseReturnValue:
    """Sign somebody out everywhere."""
    user = db.get_or_404(User, user_id)
    with unit_of_work():
        sign_out_everywhere(user, me(), clock.now())
    flash("모든 기기에서 로그아웃했습니다.", "success")
    return redirect(url_for(".show", user_id=user_id))


@pages.post("/<int:user_id>/agency/unlink")
@administrator
def unlink_agency(user_id: int) -> ResponseReturnValue:
    """Undo the link to somebody's account at their agency."""
    user = db.get_or_404(User, user_id)
    with unit_of_work():
        unlink(user, me(), clock.now())
    flash("소속 기관 계정과 연결을 끊었습니다.", "success")
    return redirect(url_for(".show", user_id=user_id))


@pages.post("/<int:user_id>/off")
@administrator
def off(user_id: int) -> ResponseReturnValue:
    """Switch the account off."""
    user = db.get_or_404(User, user_id)
    with unit_of_work():
        switch_off(user, me(), clock.now())
    flash("계정을 껐습니다. 이제 로그인할 수 없습니다.", "success")
    return redirect(url_for(".show", user_id=user_id))


@pages.post("/<int:user_id>/on")
@administrator
def on(user_id: int) -> ResponseReturnValue:
    """Switch the account on again."""
    user = db.get_or_404(User, user_id)
    with unit_of_work():
        switch_on(user, me(), clock.now())
    flash("계정을 켰습니다. 전에 쓰던 비밀번호로 로그인할 수 있습니다.", "success")
    return redirect(url_for(".show", user_id=user_id))


@pages.get("/requests/<int:request_id>")
@staff
def account_request(request_id: int) -> ResponseReturnValue:
    """One request, with both ways to decide it."""
    return _request_page(db.get_or_404(AccountRequest, request_id))


@pages.post("/requests/<int:request_id>/approve")
@staff
def approve_request(request_id: int) -> ResponseReturnValue:
    """Open the account."""
    asked, form = db.get_or_404(AccountRequest, request_id), ApproveForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                user = approve(asked, form.organization.data, form.kind.data, me(), clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash(f"{user.name} 님의 계정을 만들고 비밀번호를 정하는 링크를 보냈습니다.", "success")
            return redirect(url_for(".index"))
    return _request_page(asked, approving=form)


@pages.post("/requests/<int:request_id>/decline")
@staff
def decline_request(request_id: int) -> ResponseReturnValue:
    """Say no, with the reason."""
    asked, form = db.get_or_404(AccountRequest, request_id), DeclineForm(prefix="decline-")
    if form.validate_on_submit():
        try:
            with unit_of_work():
                decline(asked, form.reason.data, me(), clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("거절하고 까닭을 전자우편으로 알렸습니다.", "success")
            return redirect(url_for(".index"))
    return _request_page(asked, declining=form)


def _request_page(
    asked: AccountRequest, approving: ApproveForm | None = None, declining: DeclineForm | None = None
) -> ResponseReturnValue:
    known = organization_named(asked.organization_name, asked.organization_kind)
    return render_template(
        "organizations/account_request.html",
        asked=asked,
        approving=approving or ApproveForm(organization=asked.organization_name, kind=asked.organization_kind),
        declining=declining or DeclineForm(prefix="decline-"),
        known=known,
        members=members_of(known) if known else [],
    )


def me() -> User:
    """The account that acts."""
    return current_user._get_current_object()
