"""The first page of staff, and the page of one person."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.front.forms import PersonForm
from briefings.front.own_themes import own_themes
from briefings.front.people import is_address, people_called
from briefings.front.people import person as everything_about
from briefings.front.today import today as what_waits
from briefings.inbox.words import OUTCOME_TONES
from briefings.needs.officers import themes_of
from briefings.outbox.finding import standing_of
from briefings.outbox.readers import readers_reach
from briefings.outbox.words import KINDS, STANDING_TONES
from briefings.participation.words import REPLY_TONES
from briefings.schedule.words import REGISTRATION_TONES, SLOT_TONES, status_of
from briefings.tasks.showing import silence
from briefings.web.access import staff

pages = Blueprint("staff", __name__, url_prefix="/staff")


@pages.get("/")
@staff
def today() -> ResponseReturnValue:
    """What waits, and the next briefings."""
    now = clock.now()
    return render_template(
        "front/today.html",
        shown=what_waits(now, current_user.is_administrator, readers_reach()),
        themes=own_themes(current_user, now),
        silence=silence(now),
        now=now,
        form=PersonForm(formdata=None),
        status_of=status_of,
    )


@pages.get("/guide")
@staff
def guide() -> ResponseReturnValue:
    """The whole way, for whoever is new at it."""
    return render_template("front/staff_guide.html")


@pages.get("/people")
@staff
def person() -> ResponseReturnValue:
    """Everything about the address named in `email`: registrations, presentations, calendar, replies, messages.

    Of a name, or the beginning of an address, whoever is called so.
    """
    form = PersonForm(request.args)
    words = form.email.data or ""
    reach = current_app.extensions["narrowed_reach"]()
    if not is_address(words):
        called = people_called(words, reach)
        if len(called.people) == 1 and not called.more:
            return redirect(url_for(".person", email=called.people[0].email))
        return render_template("front/people.html", form=form, found=called)
    found = everything_about(words, request.args.get("page", 1, int), reach)
    return render_template(
        "front/person.html",
        form=form,
        person=found,
        may_erase=not themes_of(current_user),
        subjects=current_app.extensions["subjects"]([message.about for message in found.messages.items]),
        kinds=KINDS,
        standing_of=standing_of,
        standing_tones=STANDING_TONES,
        registration_tones=REGISTRATION_TONES,
        slot_tones=SLOT_TONES,
        reply_tones=REPLY_TONES,
        outcome_tones=OUTCOME_TONES,
    )
