"""The staff's pages of who signed up; they belong to the blueprint of the briefings."""

from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from briefings import clock
from briefings.audit.recording import record
from briefings.db import db, unit_of_work
from briefings.organizations.words import KINDS
from briefings.outbox.finding import undeliverable_among
from briefings.registrations.deciding import POSSIBLE, Act
from briefings.registrations.listing import lists_under_way
from briefings.registrations.models import ListPurpose
from briefings.registrations.staff_forms import RegistrantFilters, Ticks
from briefings.schedule import planning
from briefings.schedule.answers import answered_item, is_about_earlier_time
from briefings.schedule.finding import place_in_line
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registrants import Counters, counters, places_in_line, registrants
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.staff import pages, the_briefing
from briefings.schedule.words import PARTSTATS, REGISTRATION_STATES, REGISTRATION_TONES
from briefings.web.access import staff
from briefings.web.forms import Form
from briefings.web.sorting import heads

PER_PAGE = 50
COLUMNS = (
    ("고르기", None),
    ("기관", "organization"),
    ("이름", "name"),
    ("연락처", None),
    ("상태", "state"),
    ("남긴 말", None),
    ("신청한 때", "registered_at"),
)


@pages.get("/<int:briefing_id>/registrations")
@staff
def registrations(briefing_id: int) -> ResponseReturnValue:
    """Who signed up, counted and listed."""
    briefing = the_briefing(briefing_id)
    filters = RegistrantFilters(request.args)
    conditions = filters.conditions()
    page = db.paginate(registrants(briefing, **conditions), per_page=PER_PAGE)
    counted = counters(briefing)
    line = places_in_line(briefing) if counted.waiting else {}
    ticks, over = Ticks.of(page.items), planning.settled_reason(briefing, clock.now())
    return render_template(
        "schedule/staff/registrants.html",
        briefing=briefing,
        counters=counted,
        filters=filters,
        conditions=conditions,
        chips=_chips(filters, conditions),
        kept={name: value for name, value in request.args.items() if name not in ("page", "id", "all")},
        rows=list(zip(page.items, ticks.id, strict=True)),
        over=over,
        line=line,
        acts=_left(briefing, _possible(conditions["state"], counted)),
        lists=lists_under_way(briefing, ListPurpose.REGISTER),
        heads=heads(COLUMNS, conditions, lambda by: _here(sort=by)),
        page=page,
        undeliverable=undeliverable_among({registration.email for registration in page.items}),
        registration_tones=REGISTRATION_TONES,
    )


@pages.route("/<int:briefing_id>/registrations/<public_id>", methods=["GET", "POST"])
@staff
def registration(briefing_id: int, public_id: str) -> ResponseReturnValue:
    """What one person gave; the whole phone number only at the press of a button, which is logged."""
    found = _registration(briefing_id, public_id)
    form = Form()
    reveal = form.validate_on_submit()
    if reveal:
        with unit_of_work():
            record(current_user, "registration.phone_seen", found, clock.now())
        found = _registration(briefing_id, public_id)
    waiting = found.state is RegistrationState.WAITLISTED
    item = answered_item(found)
    return render_template(
        "schedule/staff/registrant.html",
        item=item,
        answer=PARTSTATS.get(item.answer_partstat, item.answer_partstat) if item else None,
        outdated=item is not None and is_about_earlier_time(item),
        registration=found,
        acts=_left(found.briefing, [act for act in Act if found.state in POSSIBLE[act]]),
        undeliverable=undeliverable_among({found.email}),
        briefing=found.briefing,
        place=place_in_line(found) if waiting else None,
        reveal=reveal,
        form=form,
        registration_tones=REGISTRATION_TONES,
    )


def _left(briefing: Briefing, acts: list[Act]) -> list[Act]:
    """Those of the acts that are left: none once the briefing is over, only to move people where it was called off."""
    if briefing.is_over(clock.now()):
        return []
    called_off = briefing.state is BriefingState.CANCELLED
    return [act for act in acts if act is Act.MOVE or not called_off]


def _possible(state: RegistrationState | None, counted: Counters) -> list[Act]:
    """What can be done with some of those who are listed."""
    there = {
        RegistrationState.REQUESTED: counted.requested,
        RegistrationState.CONFIRMED: counted.confirmed,
        RegistrationState.WAITLISTED: counted.waiting,
        RegistrationState.CANCELLED: 0,
    }
    listed = [each for each, number in there.items() if number and state in (None, each)]
    return [act for act in Act if set(POSSIBLE[act]) & set(listed)]


def _chips(filters: RegistrantFilters, conditions: dict[str, Any]) -> list[tuple[str, str]]:
    """Each condition in words, with the address without it."""
    in_force = {
        "q": conditions["q"] and f"검색어: {conditions['q']}",
        "state": conditions["state"] and f"상태: {REGISTRATION_STATES[conditions['state']]}",
        "kind": conditions["kind"] and f"기관 유형: {KINDS[conditions['kind']]}",
        "support": conditions["support"] and filters.support.label.text,
    }
    return [(words, _here(**{name: None})) for name, words in in_force.items() if words]


def _here(**changed: str | None) -> str:
    """This list with some conditions changed, from its first page."""
    kept = {**request.args.to_dict(), "page": None, **changed}
    return url_for(".registrations", **{**request.view_args, **kept})


def _registration(briefing_id: int, public_id: str) -> Registration:
    found = select(Registration).where(Registration.briefing_id == briefing_id, Registration.public_id == public_id)
    together = (
        joinedload(Registration.organization),
        joinedload(Registration.briefing),
        selectinload(Registration.interests),
    )
    return db.session.scalar(found.options(*together)) or abort(404)
