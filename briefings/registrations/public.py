"""Signing up for a briefing, on one page; the views belong to the blueprint of the briefings."""

from datetime import timedelta

from flask import Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.privacy.consenting import current_texts
from briefings.registrations.forms import CONSENTS, MOST_COLLEAGUES, RegistrationForm, rearranged
from briefings.schedule import registering
from briefings.schedule.finding import Seen
from briefings.schedule.programme import programme_of
from briefings.schedule.public import as_shown, pages, the_seen
from briefings.schedule.registering import Applicant, Colleague
from briefings.web.access import public
from briefings.web.language import language
from briefings.web.security import limiter

DONE_SHOWN_FOR = timedelta(minutes=30)
REARRANGING = ("add", "remove")
NAME_SHOWN = 40
"""Of a colleague's name so much is kept for the page that follows: nine must fit into a cookie."""


def _people() -> int:
    """How many a press registers: each counts for the limit."""
    if request.form.get("do", "").partition("-")[0] in REARRANGING:
        return 1
    return 1 + sum(bool(value) for name, value in request.form.items() if name.endswith("-email"))


@pages.route("/briefings/<public_id>/register", methods=["GET", "POST"])
@public
@limiter.limit("60/minute;600/hour", methods=["POST"], cost=_people)
def register(public_id: str) -> ResponseReturnValue:
    """Take a place or a place in line, on one page, for colleagues too; or why nobody can now.

    Two buttons only add and take away rows for colleagues.
    """
    seen = the_seen(public_id)
    act, _, row = request.form.get("do", "").partition("-")
    typed = rearranged(request.form, act, row) if request.method == "POST" else None
    texts = current_texts(CONSENTS.values(), language())
    form = RegistrationForm(programme_of(seen.briefing), texts, formdata=typed)
    if act not in REARRANGING and form.validate_on_submit():
        try:
            _register(seen, form.applicant(), form.named())
        except Refused as error:
            form.refuse(error)
            seen = the_seen(public_id)
        else:
            return redirect(url_for("briefings.registered", public_id=public_id), 303)
    row = as_shown(*seen, clock.now())
    shown = None if row["closed"] else form
    return render_template("schedule/register.html", **row, form=shown, most_colleagues=MOST_COLLEAGUES)


def _register(seen: Seen, applicant: Applicant, colleagues: list[Colleague]) -> None:
    now, free = clock.now(), seen.places.free
    with unit_of_work():
        together = registering.register_together(seen.briefing, applicant, colleagues, now)
        # Of an address that is known already the page says what it would say of any other.
        waits = [
            each.waiting_since is not None if registering.is_new(each, now) else free is not None and place >= free
            for place, each in enumerate(together)
        ]
        session["registered"] = {
            "briefing": seen.briefing.public_id,
            "number": together[0].public_id,
            "email": applicant.email,
            "waits": waits[0],
            "colleagues": [
                (colleague.name[:NAME_SHOWN], waiting) for colleague, waiting in zip(colleagues, waits[1:], strict=True)
            ],
            "at": now.timestamp(),
        }


@pages.get("/briefings/<public_id>/registered")
@public
def registered(public_id: str) -> ResponseReturnValue:
    """What was done and what comes next, for a while and only in the browser that did it."""
    now = clock.now()
    done = session.get("registered", {})
    if done.get("briefing") != public_id or now.timestamp() - done["at"] > DONE_SHOWN_FOR.total_seconds():
        return redirect(url_for("briefings.show", public_id=public_id))
    briefing, _ = the_seen(public_id)
    page = render_template("schedule/registered.html", briefing=briefing, done=done, programme=programme_of(briefing))
    return Response(page, headers={"Cache-Control": "no-store"})
