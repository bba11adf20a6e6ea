"""설정 → API 열쇠: what programs may read beside what everybody may; made, shown once, and revoked here."""

from datetime import date, timedelta

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.api import keys
from briefings.api.key_forms import SCOPES, SCOPES_IN_WORDS, KeyForm
from briefings.api.models import ApiKey, KeyState
from briefings.audit.recording import history_of
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.web.access import administrator
from briefings.web.filters import local
from briefings.web.forms import Form

pages = Blueprint("api_keys", __name__, url_prefix="/staff/api-keys")
STATES = {
    KeyState.VALID: ("쓸 수 있음", "success"),
    KeyState.EXPIRED: ("기간 지남", "quiet"),
    KeyState.REVOKED: ("거둠", "quiet"),
}
ACTS = {"api_key.made": "만듦", "api_key.revoked": "거둠"}
SOON = timedelta(days=30)
"""So long before its last day a key is pointed out."""
pages.context_processor(lambda: {"scopes": SCOPES, "states": STATES, "acts": ACTS, "today": _today()})


@pages.get("")
@administrator
def index() -> ResponseReturnValue:
    """Every key, those in use first."""
    found = keys.all_keys()
    ending = [key for key in found if key.state(_today()) is KeyState.VALID and _ends_soon(key)]
    return render_template("api/keys.html", keys=found, ending=ending)


@pages.route("/new", methods=["GET", "POST"])
@administrator
def new() -> ResponseReturnValue:
    """Make a key; the answer shows it, this once."""
    form = KeyForm(data={"expires_on": _today() + timedelta(days=365)})
    if form.validate_on_submit():
        try:
            with unit_of_work():
                key, secret = keys.make_key(**form.wanted(), by=current_user, today=_today(), now=clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            return _shown_once(key, secret)
    return render_template(
        "api/key_new.html", form=form, hints={scope.value: said for scope, said in SCOPES_IN_WORDS.items()}
    )


@pages.get("/<public_id>")
@administrator
def show(public_id: str) -> ResponseReturnValue:
    """One key: what it opens, when it was used, what was done with it."""
    key = _key(public_id)
    return render_template("api/key.html", key=key, history=history_of(key)[::-1])


@pages.route("/<public_id>/revoke", methods=["GET", "POST"])
@administrator
def revoke(public_id: str) -> ResponseReturnValue:
    """Ask whether it is to open nothing any more, then let it."""
    key, form = _key(public_id), Form()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                keys.revoke(key, by=current_user, now=clock.now())
        except Refused as error:
            flash(error.message, "error")
        else:
            flash(f"‘{key.name}’ 열쇠를 거두었습니다. 이제 이 열쇠로는 아무것도 읽을 수 없습니다.", "success")
        return redirect(url_for(".index"), 303)
    if key.revoked_at is not None:  # which its page says; nothing is left to ask
        return redirect(url_for(".show", public_id=public_id))
    return render_template("api/key_revoke.html", key=key, form=form)


def _shown_once(key: ApiKey, secret: str) -> Response:
    response = make_response(render_template("api/key_made.html", key=key, secret=secret))
    response.headers["Cache-Control"] = "no-store"
    return response


def _key(public_id: str) -> ApiKey:
    return keys.key_called(public_id) or abort(404)


def _today() -> date:
    return local(clock.now()).date()


def _ends_soon(key: ApiKey) -> bool:
    return key.expires_on is not None and key.expires_on <= _today() + SOON
