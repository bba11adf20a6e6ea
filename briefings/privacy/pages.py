"""Where administrators read every version of the consent texts and write new ones."""

from collections.abc import Mapping

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.outbox.rendering import as_reader
from briefings.privacy import writing
from briefings.privacy.forms import ConsentTextForm, PreviewForm
from briefings.privacy.models import Basis, ConsentText, Purpose
from briefings.privacy.words import LANGUAGES, PARTS, PURPOSES
from briefings.privacy.writing import MAY_TELL, REQUIRED, Version
from briefings.web.access import administrator

pages = Blueprint("consents", __name__, url_prefix="/staff/consents")
pages.context_processor(lambda: {"languages": LANGUAGES, "parts": PARTS, "purposes": PURPOSES})
NAMED = "<any(registration, provision, news, reply):purpose>"
NOT_KEPT = ("csrf_token", "do")


@pages.get("")
@administrator
def index() -> ResponseReturnValue:
    """What is in force for each purpose, and since when."""
    return render_template("privacy/texts.html", texts={each: writing.versions_of(each) for each in Purpose})


@pages.get(f"/{NAMED}")
@administrator
def show(purpose: str) -> ResponseReturnValue:
    """Every version in both languages, the one in force first as it looks on a form."""
    found = Purpose(purpose)
    versions = writing.versions_of(found)
    return render_template(
        "privacy/text.html", purpose=found, versions=versions, previews=_previews(found, versions[0].texts)
    )


@pages.route(f"/{NAMED}/new", methods=["GET", "POST"])
@administrator
def new(purpose: str) -> ResponseReturnValue:
    """Write a new version, see what differs and what it looks like, then put it in force."""
    found = Purpose(purpose)
    in_force = writing.versions_of(found)[0]
    form, act = ConsentTextForm(found, in_force), request.form.get("do", "look")
    if act != "edit" and form.validate_on_submit():
        try:
            return _go_on(found, in_force, form, agreed=act == "write")
        except Refused as error:
            form.refuse(error)
            form.seen.data = str(writing.versions_of(found)[0].number)
    return render_template(
        "privacy/write.html", purpose=found, in_force=writing.versions_of(found)[0], form=form, may_tell=MAY_TELL
    )


def _go_on(purpose: Purpose, in_force: Version, form: ConsentTextForm, agreed: bool) -> ResponseReturnValue:
    """Put it in force once that was `agreed` to; before that what differs and what it looks like."""
    words, basis, seen = form.words(), form.chosen_basis(), form.version_seen()
    if agreed:
        with unit_of_work():
            writing.write(purpose, basis, words, seen, by=current_user, now=clock.now())
        flash(f"‘{PURPOSES[purpose]}’의 제{seen + 1}판을 씁니다.", "success")
        return redirect(url_for(".show", purpose=purpose), 303)
    writing.refuse_unless_new(purpose, in_force, basis, words, seen)
    texts = {locale: words[locale].text(purpose, seen + 1, locale, basis) for locale in writing.LANGUAGES}
    return render_template(
        "privacy/check.html",
        purpose=purpose,
        in_force=in_force,
        basis=basis,
        changes=writing.changes(in_force, words),
        still_asks=basis is Basis.NOTICE and any("동의" in part for part in words["ko"]),
        previews=_previews(purpose, texts),
        typed={name: value for name, value in request.form.items() if name not in NOT_KEPT},
    )


def _previews(purpose: Purpose, texts: Mapping[str, ConsentText]) -> dict[str, str]:
    """By language the block exactly as a form shows it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    shown = {}
    for locale, text in texts.items():
        with as_reader(app, locale):
            form = PreviewForm(text, must=purpose in REQUIRED)
            shown[locale] = render_template("privacy/preview.html", field=form.consent, text=text)
    return shown
