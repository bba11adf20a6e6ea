"""개인정보 for administrators: periods and what goes when, the destruction register, erasing for somebody who asked."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.errors import NotAllowed, Refused
from briefings.needs.officers import themes_of
from briefings.privacy.models import Erasure
from briefings.rights import erasing, remaining, retention
from briefings.rights.forms import PeriodForm, RemoveFilesForm, StaffEraseForm, TurnDownForm
from briefings.rights.giving_up import standing_of
from briefings.rights.kinds import BY_NAME, PROMISED
from briefings.rights.showing import is_known, name_of
from briefings.rights.words import KINDS, UNKNOWN
from briefings.web.access import administrator, staff
from briefings.web.forms import Form

pages = Blueprint("rights", __name__, url_prefix="/staff/privacy")
people_pages = Blueprint("staff_erasing", __name__, url_prefix="/staff/people")
PER_PAGE = 30
STEPS = (retention.SOON.days, retention.AHEAD)
ANY_THEME = (
    "한 사람의 정보는 모든 주제의 설명회와 답글에서 지워집니다. ‘%(themes)s’ 주제만 맡은 담당자는 할 수 없으니 "
    "관리자나 모든 주제를 맡은 담당자에게 부탁해 주세요."
)


@pages.get("")
@administrator
def index() -> ResponseReturnValue:
    """Every kind of data: how long it is kept and why, what stays, and how much goes in a week and in ninety days."""
    found = retention.forecast(clock.now(), STEPS)
    personal = [each for each in found if each.kind.personal]
    return render_template(
        "rights/periods.html",
        found=found,
        kinds=KINDS,
        steps=STEPS,
        together=[sum(each.now for each in personal), *(sum(each.ahead[step] for each in personal) for step in STEPS)],
        promised=PROMISED,
        waiting=erasing.number_waiting(),
    )


@pages.route("/periods/<kind>", methods=["GET", "POST"])
@administrator
def period(kind: str) -> ResponseReturnValue:
    """Keep one kind shorter or longer."""
    found = BY_NAME.get(kind) or abort(404)
    days = retention.periods()[kind]
    form = PeriodForm(data={"days": days})
    if form.validate_on_submit():
        try:
            with unit_of_work():
                agreed = form.agreed.data or 0
                retention.change_period(found, form.days.data or 0, by=current_user, now=clock.now(), agreed=agreed)
        except retention.DestroysAtOnce as more:
            form.refuse(more)
            form.agreed.raw_data, form.agreed.data = None, more.number
        except Refused as error:
            form.refuse(error)
        else:
            flash(f"‘{KINDS[kind].title}’의 보유 기간을 {form.days.data}일로 정했습니다.", "success")
            return redirect(url_for(".index"), 303)
    return render_template("rights/period.html", form=form, kind=found, about=KINDS[kind], days=days)


@pages.get("/register")
@administrator
def register() -> ResponseReturnValue:
    """파기대장: what was destroyed, when, how much, why, by whom."""
    kind = request.args.get("kind", "")
    found = retention.register(request.args.get("page", 1, int), PER_PAGE, kind if kind in KINDS else "")
    names = {line.by_id for line in found.items if line.by_id}
    people = {user.id: user.name for user in db.session.query(User).where(User.id.in_(names))} if names else {}
    return render_template("rights/register.html", found=found, kinds=KINDS, unknown=UNKNOWN, kind=kind, people=people)


@pages.get("/requests")
@administrator
def requests() -> ResponseReturnValue:
    """People with an account who want to be erased, the oldest first."""
    found = erasing.waiting_for_account()
    accounts = {each.id: db.session.get(User, each.account_id) for each in found}
    return render_template("rights/requests.html", found=found, accounts=accounts, within=erasing.WITHIN)


@pages.route("/requests/<int:erasure_id>/close", methods=["GET", "POST"])
@administrator
def close(erasure_id: int) -> ResponseReturnValue:
    """What hangs on an account, then it is closed and everything of the person erased."""
    erasure, form = _waiting(erasure_id), Form()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                erasing.close_account(_waiting(erasure_id), by=current_user, now=clock.now())
        except Refused as error:
            flash(error.message, "error")
        else:
            flash("계정을 닫았습니다. 나머지 개인정보는 곧 지워집니다.", "success")
            return redirect(url_for(".requests"), 303)
    return render_template(
        "rights/close.html",
        form=form,
        account=db.session.get(User, erasure.account_id),
        standing=standing_of(erasure.address or "", clock.now()),
        files=remaining.files_of(erasure.address or ""),
    )


@pages.route("/requests/<int:erasure_id>/turn-down", methods=["GET", "POST"])
@administrator
def turn_down(erasure_id: int) -> ResponseReturnValue:
    """The account stays: why, as the person reads it."""
    erasure, form = _waiting(erasure_id), TurnDownForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                erasing.turn_down(_waiting(erasure_id), form.reason.data or "", by=current_user, now=clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("지우지 못하는 까닭을 전자우편으로 보냈습니다.", "success")
            return redirect(url_for(".requests"), 303)
    return render_template("rights/turn_down.html", form=form, account=db.session.get(User, erasure.account_id))


@pages.route("/files", methods=["GET", "POST"])
@administrator
def files() -> ResponseReturnValue:
    """Files of talks and needs whose person is gone: looked into by a human being, and deleted here."""
    form = RemoveFilesForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                number = remaining.remove(request.form.getlist("files"), by=current_user, now=clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash(f"파일 {number}개를 지웠습니다.", "success")
            return redirect(url_for(".files"), 303)
    page, found = remaining.files_of_those_gone(request.args.get("page", 1, int))
    return render_template("rights/files.html", form=form, page=page, found=found)


@people_pages.route("/erase", methods=["GET", "POST"])
@staff
def erase() -> ResponseReturnValue:
    """Erase somebody who wrote or called: what they lose, how they asked, then as if they had done it themselves."""
    email = request.args.get("email", "").lower()
    if "@" not in email:
        abort(404)
    if themes := themes_of(current_user):
        raise NotAllowed(ANY_THEME, themes=", ".join(theme.name for theme in themes))
    form = StaffEraseForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                _, locale = name_of(email)
                erasing.ask(email, locale, clock.now(), by=current_user, reason=form.reason.data or "")
        except Refused as error:
            form.refuse(error)
        else:
            flash("지우기 시작했습니다. 끝나면 본인에게 마지막 전자우편이 갑니다.", "success")
            return redirect(url_for("staff.person"), 303)
    return render_template(
        "rights/staff_erase.html",
        form=form,
        email=email,
        known=is_known(email),
        standing=standing_of(email, clock.now()),
        files=remaining.files_of(email),
        has_account=erasing.has_account(email),
        under_way=erasing.under_way(email),
        before=erasing.erased_before(email),
    )


def _waiting(erasure_id: int) -> Erasure:
    found = db.session.get(Erasure, erasure_id)
    if found is None or found.account_id is None:  # turned down it is gone
        raise Refused("이미 처리한 요청이거나 없는 요청입니다.")
    return found
