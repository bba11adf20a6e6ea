"""Certificates for those who were there, by their personal link, and for whoever checks a number."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from briefings import clock
from briefings.afterwards.certificate_forms import NumberForm
from briefings.afterwards.certificate_papers import addresses, certificate_file, qr_of, words_of
from briefings.afterwards.certifying import (
    certificate_numbered,
    certificate_of,
    issue,
    presence_of,
    rule_of,
    why_not,
)
from briefings.afterwards.numbers import read_number
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.schedule.links import registration_behind
from briefings.schedule.staff import zone
from briefings.web.access import by_token, public
from briefings.web.forms import Form
from briefings.web.problems import reason
from briefings.web.security import limiter, personal_link

pages = Blueprint("certificates", __name__)


@pages.get("/join/<token>/certificate")
@by_token
def own(token: str) -> ResponseReturnValue:
    """The certificate of whoever was there, or what is still missing."""
    registration, now = registration_behind(token, "join"), clock.now()
    certificate = certificate_of(registration)
    briefing, missing = registration.briefing, None
    if certificate is None:
        missing = why_not(briefing, rule_of(briefing), presence_of(registration, now), now)
    words = words_of(certificate) if certificate else None
    return render_template(
        "afterwards/certificate.html",
        registration=registration,
        briefing=briefing,
        token=token,
        certificate=certificate,
        words=words,
        qr=qr_of(words["address"]) if words else None,
        files=addresses(".file", token=token),
        missing=missing,
        why=reason(Refused(missing.words, **missing.values)) if missing else None,
        form=Form(),
    )


@pages.post("/join/<token>/certificate")
@by_token
@limiter.limit("10/minute", key_func=personal_link)
def take(token: str) -> ResponseReturnValue:
    """Issue it, once; pressed again it is the same one."""
    registration = registration_behind(token, "join")
    with unit_of_work():
        issue(registration, zone(), clock.now())
    flash(gettext("참가 확인증을 발급했습니다. PDF로 내려받을 수 있습니다."), "success")
    return redirect(url_for(".own", token=token), 303)


@pages.get("/join/<token>/certificate.pdf")
@by_token
@limiter.limit("30/minute", key_func=personal_link)
def file(token: str) -> ResponseReturnValue:
    """The PDF in the language of the address; 404 while there is none, or once it was taken back."""
    certificate = certificate_of(registration_behind(token, "join"))
    if certificate is None or certificate.revoked_at is not None:
        raise NotFound
    return certificate_file(certificate)


@pages.get("/certificates")
@public
def check() -> ResponseReturnValue:
    """Ask for a number; one that was typed leads to its page, however it was written."""
    form = NumberForm(request.args)
    typed = (form.number.data or "").strip()
    if number := read_number(typed):
        return redirect(url_for(".show", number=number))
    if typed:
        words = gettext("발급 번호를 다시 확인해 주세요. 번호는 2026-K7M3-9QXD처럼 연도와 네 글자씩 두 묶음입니다.")
        form.number.errors = [words]
    return render_template("afterwards/check.html", form=form, typed=typed), 404 if typed else 200


@pages.get("/certificates/<number>")
@public
@limiter.limit("30/minute;300/hour")
def show(number: str) -> ResponseReturnValue:
    """Whether a certificate holds, and for whom, the name masked."""
    known = read_number(number)
    if known is not None and known != number:
        return redirect(url_for(".show", number=known))
    certificate = certificate_numbered(known) if known else None
    page = render_template("afterwards/verified.html", number=number, certificate=certificate, now=clock.now())
    return page, 200 if certificate else 404
