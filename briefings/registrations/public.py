"""Signing up for a briefing, on one page; the views belong to the blueprint of the briefings."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError

from briefings import clock
from briefings.db import db, detached, unit_of_work
from briefings.errors import Refused
from briefings.privacy.consenting import current_texts
from briefings.privacy.models import ConsentText, Purpose
from briefings.registrations.cookies import forget, remembered
from briefings.registrations.done_pages import keep_done
from briefings.registrations.forms import CONSENTS, MOST_COLLEAGUES, KnownForm, RegistrationForm, rearranged
from briefings.registrations.pressing import number_of
from briefings.registrations.remembering import Agreed, agreed_before, same_person, standing_of_address
from briefings.schedule import registering
from briefings.schedule.agreeing import answers_of
from briefings.schedule.eligibility import ineligible_reason
from briefings.schedule.finding import Places, Seen, places_of
from briefings.schedule.models import Briefing, Eligibility
from briefings.schedule.programme import programme_of
from briefings.schedule.public import as_shown, pages, the_seen
from briefings.schedule.registering import Applicant, Colleague
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.web.access import public
from briefings.web.content import while_content_stands
from briefings.web.language import language
from briefings.web.limits import counting_mail, with_wait
from briefings.web.page_cache import kept
from briefings.web.problems import reason
from briefings.web.routing import own_path

REARRANGING = ("add", "remove")


@pages.route("/briefings/<public_id>/register", methods=["GET", "POST"])
@public
@kept
def register(public_id: str) -> ResponseReturnValue:
    """Take a place or a place in line, on one page, for colleagues too; or why nobody can now.

    Whoever is remembered presses one button. Two buttons of the form only add and take away rows for colleagues.
    """
    asked = _asked(public_id)
    act, _, row = request.form.get("do", "").partition("-")
    person = remembered()
    if person and act in ("", "known") and "form" not in request.args:
        return _known(asked, person)
    if act == "known":
        flash(gettext("이 브라우저에서 더는 기억하지 않습니다. 아래에 다시 적어 주세요."), "info")
    return _form(asked, person, act, row)


@pages.post("/registrations/forget")
@public
def forget_person() -> ResponseReturnValue:
    """Somebody else sits here, or the person wants to be forgotten."""
    flash(gettext("이 브라우저에서 더는 기억하지 않습니다."), "success")
    return forget(make_response(redirect(own_path(request.form.get("back")) or url_for("briefings.index"), 303)))


class Asked(NamedTuple):
    """What the form is for: its briefing, and what has been looked up along with it."""

    briefing: Briefing
    places: Places | None
    texts: Mapping[Purpose, ConsentText] | None


def _asked(public_id: str) -> Asked:
    """A press, which shows no page if all goes well, gets from memory what the form was made of."""
    if request.method == "GET":
        return Asked(*the_seen(public_id), None)
    briefing, texts = _in_memory(public_id, language())
    return Asked(db.session.merge(briefing, load=False), None, texts)


@while_content_stands
def _in_memory(public_id: str, of_language: str) -> tuple[Briefing, dict[Purpose, ConsentText]]:
    texts = current_texts(CONSENTS.values(), of_language)
    return detached(the_seen(public_id).briefing), {purpose: detached(text) for purpose, text in texts.items()}


def _form(asked: Asked, person: Registration | None, act: str, row: str) -> ResponseReturnValue:
    briefing = asked.briefing
    posted = request.method == "POST" and act != "known"
    texts = asked.texts or current_texts(CONSENTS.values(), language())
    chosen_from = not posted or "interests" in request.form
    form = RegistrationForm(
        programme_of(briefing) if chosen_from else (),
        texts,
        formdata=rearranged(request.form, act, row) if posted else None,
        data=_as_before(person) if person and not posted else None,
    )
    if briefing.eligibility is Eligibility.KINDS:
        form.only_for(briefing.eligible_kinds)
    refused = None
    if posted and act not in REARRANGING and form.validate():
        refused = _press(briefing, form.applicant(), form.named())
        if refused is None:
            return _to_done()
        form.refuse(refused)
    if not chosen_from:
        form.offer(programme_of(briefing))
    return _page(asked, refused, ineligible_reason(briefing, None, None), form=form, person=person)


def _known(asked: Asked, person: Registration) -> ResponseReturnValue:
    """One press for somebody who is remembered; asked is only what they have not answered yet."""
    briefing = asked.briefing
    said = answers_of(person, language())
    agreed = agreed_before(said)
    form = KnownForm(programme_of(briefing), agreed.anew)
    refused = None
    if form.validate_on_submit():
        refused = _press(briefing, _applicant(person, form, agreed), [], proven=True)
        if refused is None:
            return _to_done()
        form.refuse(refused)
    return _page(
        asked,
        refused,
        ineligible_reason(briefing, person.organization.kind, None),
        form=form,
        person=person,
        known=True,
        there=standing_of_address(briefing, person.email),
        agreed=[(each.in_force, each.stands) for each in said if each.purpose in agreed.kept],
    )


def _page(asked: Asked, refused: Refused | None, ineligible: Refused | None, **shown: Any) -> ResponseReturnValue:
    """The page with its form; without one where nobody, or not this person, can register."""
    briefing, places, _ = asked
    seen = Seen(briefing, places) if places and not refused else the_seen(briefing.public_id)
    row = as_shown(*seen, clock.now())
    if row["closed"] is None and ineligible is not None:
        row["closed"] = reason(ineligible)
    if row["closed"]:
        shown["form"] = None
    page = render_template(
        "schedule/register.html",
        **row,
        **{"known": False, "there": None, "agreed": []} | shown,
        most_colleagues=MOST_COLLEAGUES,
    )
    answer = make_response(with_wait(page, refused))
    if shown["person"]:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _press(
    briefing: Briefing, applicant: Applicant, colleagues: Sequence[Colleague], proven: bool = False
) -> Refused | None:
    """Register, and keep for the page that follows what it may say; or why not."""
    now, public_id = clock.now(), briefing.public_id
    typed = [] if proven else [applicant.email, *(colleague.email for colleague in colleagues)]
    try:
        with counting_mail(typed):
            try:
                outcomes = _register(briefing, applicant, colleagues, now)
            except IntegrityError:
                # What this very form made went to another address since, and kept its number.
                outcomes = _register(briefing, replace(applicant, number=""), colleagues, now)
    except Refused as error:
        return error
    keep_done(public_id, applicant, colleagues, outcomes, now, proven=proven)
    return None


def _register(briefing: Briefing, applicant: Applicant, colleagues: Sequence[Colleague], now: datetime) -> list[str]:
    with unit_of_work():
        together = registering.register_together(briefing, applicant, colleagues, now)
        return _outcomes(briefing, applicant, together, now)


def _to_done() -> ResponseReturnValue:
    return redirect(url_for("briefings.registered", **(request.view_args or {})), 303)


def _outcomes(briefing: Briefing, applicant: Applicant, together: Sequence[Registration], now: datetime) -> list[str]:
    """What each registration comes to where none of the addresses was known before.

    Of several people that may be another state than they came to: a known address takes no place from the others.
    """
    made = [each.state.value for each in together if registering.is_new(each, now, applicant.form_token)]
    if len(together) == 1 and made:
        return made
    free, size = _free_before(briefing, made), len(together)
    return [_expected(briefing, free, size if applicant.together else place) for place in range(1, size + 1)]


def _free_before(briefing: Briefing, made: Sequence[str]) -> int | None:
    """How many places were free before a press that made registrations in these states."""
    capacity, confirmed, waiting = places_of(briefing)
    return Places(capacity, confirmed - made.count(RegistrationState.CONFIRMED), waiting).free


def _expected(briefing: Briefing, free: int | None, wanted: int) -> str:
    if briefing.approval:
        return RegistrationState.REQUESTED.value
    fits = free is None or free >= wanted
    return (RegistrationState.CONFIRMED if fits else RegistrationState.WAITLISTED).value


def _applicant(person: Registration, form: KnownForm, agreed: Agreed) -> Applicant:
    return same_person(
        person,
        locale=language(),
        consents=agreed.answers + form.answers(),
        interests=tuple(form.interests.data or ()),
        form_token=form.form_token.data,
        number=number_of(form.form_token.data, person.email),
    )


def _as_before(person: Registration) -> dict[str, Any]:
    """What the form begins with for somebody who is remembered."""
    organization = person.organization
    who = {"name": person.name, "email": person.email}
    return who | {"kind": organization.kind.value, "organization": organization.name}
