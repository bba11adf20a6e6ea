"""내 개인정보: a link by mail, then everything known of an address, to read, put right, take along and erase."""

from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.files.sending import attachment
from briefings.privacy.models import Consent, Purpose
from briefings.registrations.cookies import forget
from briefings.rights import asking, correcting, erasing, remaining, showing, taking
from briefings.rights.forms import AskForm, CorrectForm, EraseForm
from briefings.rights.giving_up import standing_of
from briefings.rights.links import Opened, opened_by
from briefings.rights.shown import Term, Value
from briefings.schedule import agreeing
from briefings.schedule.registration_models import Registration
from briefings.web.access import by_token, public
from briefings.web.filters import day, when
from briefings.web.forms import Form
from briefings.web.labels import label
from briefings.web.language import language
from briefings.web.limits import counting_mail, with_wait

pages = Blueprint("my_data", __name__, url_prefix="/my-data")

MOST_SHOWN = 20
"""Of each kind the newest; the files hold all."""


@pages.route("", methods=["GET", "POST"])
@public
def ask() -> ResponseReturnValue:
    """Ask for the link; the answer is the same for every address."""
    form, refused = AskForm(), None
    if form.validate_on_submit():
        try:
            with counting_mail([form.email.data], about="my data"), unit_of_work():
                asking.ask(form.email.data, language(), clock.now())
        except Refused as error:
            form.refuse(error)
            refused = error
        else:
            return redirect(url_for(".sent"), 303)
    return with_wait(render_template("rights/ask.html", form=form), refused)


@pages.get("/sent")
@public
def sent() -> ResponseReturnValue:
    """What to expect now; says nothing about any address."""
    return render_template("rights/sent.html")


@pages.get("/erased")
@public
def erased() -> ResponseReturnValue:
    """What happens now that somebody wants to be erased."""
    return render_template("rights/erased.html", within=erasing.WITHIN.days, waits="account" in request.args)


@pages.get("/<token>")
@by_token
def show(token: str) -> ResponseReturnValue:
    """Everything known of the address, by what it came of."""
    opened = _opened(token)
    if not isinstance(opened, Opened):
        return opened
    sections = showing.known_about(opened.address)
    return render_template(
        "rights/show.html",
        token=token,
        opened=opened,
        sections=sections,
        most=MOST_SHOWN,
        said=taking.said,
        word=word,
        consents=_to_withdraw(opened.address),
        erasing=erasing.under_way(opened.address),
    )


@pages.get("/<token>/data.json")
@by_token
def as_json(token: str) -> ResponseReturnValue:
    """The same for programs."""
    opened = _opened(token)
    if not isinstance(opened, Opened):
        return opened
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    data = taking.as_json(opened.address, showing.known_about(opened.address), gettext, zone, clock.now())
    return _file(Response(data, mimetype="application/json"), "json")


@pages.get("/<token>/data.csv")
@by_token
def as_table(token: str) -> ResponseReturnValue:
    """The same for spreadsheets."""
    opened = _opened(token)
    if not isinstance(opened, Opened):
        return opened
    headings = [gettext("무엇"), gettext("번호"), gettext("항목"), gettext("내용")]
    lines = taking.as_table(headings, showing.known_about(opened.address), gettext, word)
    return _file(Response(b"".join(lines), mimetype="text/csv"), "csv")


@pages.route("/<token>/correct", methods=["GET", "POST"])
@by_token
def correct(token: str) -> ResponseReturnValue:
    """Put name, number and department right wherever they are kept."""
    opened = _opened(token)
    if not isinstance(opened, Opened):
        return opened
    before = correcting.said_by(opened.address)
    form, pending = CorrectForm(before), erasing.under_way(opened.address)
    if form.validate_on_submit():
        try:
            if pending:
                raise Refused(erasing.UNDER_WAY)
            with unit_of_work():
                number = correcting.correct(opened.address, before, form.said(), clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash(gettext("%(number)s곳을 고쳤습니다.", number=number), "success")
            return redirect(url_for(".show", token=token), 303)
    return render_template("rights/correct.html", form=form, token=token, opened=opened, under_way=pending)


@pages.route("/<token>/consents/<int:consent_id>/withdraw", methods=["GET", "POST"])
@by_token
def withdraw(token: str, consent_id: int) -> ResponseReturnValue:
    """What follows from taking a consent back, then that; 404 for another's."""
    opened, form = _opened(token), Form()
    if not isinstance(opened, Opened):
        return opened
    given = next((pair for pair in _given(opened.address) if pair[0].id == consent_id), None) or abort(404)
    consent, registration = given
    if not consent.stands:  # pressed twice, or gone back to
        flash(gettext("동의를 철회했습니다."), "success")
        return redirect(url_for(".show", token=token), 303)
    if form.validate_on_submit():
        with unit_of_work():
            agreeing.withdraw(registration, consent.text.purpose, clock.now())
        flash(gettext("동의를 철회했습니다."), "success")
        return redirect(url_for(".show", token=token), 303)
    return render_template(
        "rights/withdraw.html",
        form=form,
        token=token,
        consent=consent,
        briefing=registration.briefing,
        news=consent.text.purpose is Purpose.NEWS,
    )


@pages.route("/<token>/erase", methods=["GET", "POST"])
@by_token
def erase(token: str) -> ResponseReturnValue:
    """What is lost, what stays and why; then everything is given up and erased."""
    opened, form = _opened(token), EraseForm()
    if not isinstance(opened, Opened):
        return opened
    if form.validate_on_submit():
        try:
            with unit_of_work():
                erasing.ask(opened.address, language(), clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            waits = erasing.has_account(opened.address)
            return forget(redirect(url_for(".erased", account=1 if waits else None), 303))  # type: ignore[arg-type]
    now = clock.now()
    return render_template(
        "rights/erase.html",
        form=form,
        token=token,
        opened=opened,
        standing=standing_of(opened.address, now),
        files=remaining.files_of(opened.address),
        has_account=erasing.has_account(opened.address),
        under_way=erasing.under_way(opened.address),
        within=erasing.WITHIN.days,
    )


def word(value: Value) -> str:
    """A value as people read it."""
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, StrEnum):
        return label(value)
    if isinstance(value, Term):
        return gettext(value)
    return day(value) if isinstance(value, date) else str(value)


def _opened(token: str) -> Opened | tuple[str, int]:
    """Whose link it is; where its time is over, the page that says so and how to get another."""
    opened = opened_by(token)
    return opened if clock.now() < opened.until else (render_template("rights/late.html"), 410)


def _to_withdraw(address: str) -> list[tuple[Consent, Registration]]:
    """What one agreed to and may take back here, each with what it was given with, the newest first."""
    return [(consent, registration) for consent, registration in _given(address) if consent.stands]


def _given(address: str) -> list[tuple[Consent, Registration]]:
    registrations = {
        f"registration:{each.public_id}": each
        for each in db.session.scalars(select(Registration).where(Registration.email == address))
    }
    found = select(Consent).where(Consent.about.in_(registrations), Consent.given)
    return [
        (each, registrations[each.about])
        for each in db.session.scalars(found.order_by(Consent.answered_at.desc(), Consent.id.desc()))
        if each.text.purpose in agreeing.OPTIONAL
    ]


def _file(response: Response, suffix: str) -> Response:
    response.headers["Content-Disposition"] = attachment(f"my-data-{clock.now():%Y%m%d}.{suffix}")
    return response
