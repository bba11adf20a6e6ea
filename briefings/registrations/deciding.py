"""What staff decide about people who registered, about one or about many at once: approve, refuse, remove, move."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from briefings.audit.recording import Actor, record, record_each
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.schedule.approving import approve, refuse
from briefings.schedule.entering import move_to
from briefings.schedule.finding import place_in_line
from briefings.schedule.models import Briefing
from briefings.schedule.registering import cancel
from briefings.schedule.registrants import registrants
from briefings.schedule.registration_models import Registration, RegistrationState

MOST_AT_ONCE = 500
"""So many people are decided about in one transaction."""


class Act(StrEnum):
    """What can be done with people who registered."""

    APPROVE = "approve"
    REFUSE = "refuse"
    REMOVE = "remove"
    MOVE = "move"


STANDING = (RegistrationState.REQUESTED, RegistrationState.CONFIRMED, RegistrationState.WAITLISTED)
POSSIBLE = {
    Act.APPROVE: (RegistrationState.REQUESTED,),
    Act.REFUSE: (RegistrationState.REQUESTED,),
    Act.REMOVE: STANDING,
    Act.MOVE: STANDING,
}
RECORDED = {
    Act.APPROVE: "registration.approved",
    Act.REFUSE: "registration.refused",
    Act.REMOVE: "registration.cancelled",
    Act.MOVE: "registration.moved",
}
ON_BRIEFING = {
    Act.APPROVE: "briefing.people_approved",
    Act.REFUSE: "briefing.people_refused",
    Act.REMOVE: "briefing.people_removed",
    Act.MOVE: "briefing.people_moved",
}
"""The same in the course of the briefing."""


@dataclass(frozen=True)
class Terms:
    """What staff say beside the act: why, and where to."""

    reason: str = ""
    destination: Briefing | None = None


@dataclass(frozen=True)
class Outcome:
    """What becomes of one person: where they stand afterwards, or why nothing can be done."""

    number: int
    name: str
    organization: str
    email: str
    before: RegistrationState
    after: RegistrationState
    place: int | None = None
    """Which place in line."""
    refused: Refused | None = None


def chosen(briefing: Briefing, act: Act, public_ids: Iterable[str] = (), **conditions: Any) -> list[Registration]:
    """Those named, or all that meet the conditions of the list, as far as the act is possible; first come, first."""
    if conditions:
        found = registrants(briefing, **conditions | {"sort": "registered_at", "descending": False})
    else:
        found = _with_names(briefing).where(Registration.public_id.in_(list(public_ids)))
    found = found.where(Registration.state.in_(POSSIBLE[act]))
    # Whoever waits goes before whoever has a place: nobody gets one from the first and loses it to the next.
    return sorted(db.session.scalars(found.limit(MOST_AT_ONCE)), key=_has_place)


def numbered(briefing: Briefing, numbers: Sequence[int]) -> list[Registration]:
    """These registrations again, in the same order."""
    return sorted(db.session.scalars(_with_names(briefing).where(Registration.id.in_(numbers))), key=_has_place)


def decide(
    act: Act, briefing: Briefing, people: Sequence[Registration], terms: Terms, *, by: Actor, now: datetime
) -> list[Outcome]:
    """Do it for each in turn; what became of each. One about whom it cannot be done holds up nobody else."""
    for each in _in_one_order(briefing, terms.destination):
        lock(each)
    do = _doing(act, terms, now)
    decided = [_decided(registration, do) for registration in people]
    outcomes = [_placed(*each) for each in decided]  # once nobody's place in line changes any more
    done = [outcome.number for outcome in outcomes if outcome.refused is None]
    detail = {"to": terms.destination.id} if terms.destination else {}
    record_each(by, RECORDED[act], Registration, done, now, together=len(done), **detail)
    if done:
        record(by, ON_BRIEFING[act], briefing, now, number=len(done), **detail)
    return outcomes


def _decided(registration: Registration, do: Callable[[Registration], Registration]) -> tuple[Outcome, Registration]:
    who = (registration.id, registration.name, registration.organization.name, registration.email)
    before = registration.state
    try:
        became = do(registration)
    except Refused as error:
        return Outcome(*who, before, before, refused=error), registration
    return Outcome(*who, before, became.state), became


def _placed(outcome: Outcome, became: Registration) -> Outcome:
    """With where they stand now."""
    waits = became.state is RegistrationState.WAITLISTED and outcome.refused is None
    place = place_in_line(became) if waits else None
    return outcome if outcome.refused else replace(outcome, after=became.state, place=place)


def _doing(act: Act, terms: Terms, now: datetime) -> Callable[[Registration], Registration]:
    """How one person is dealt with; the registration they have afterwards."""

    def moved(registration: Registration) -> Registration:
        if terms.destination is None:
            raise Refused(N_("어느 설명회로 옮길지 골라 주세요."), field="destination")
        return move_to(registration, terms.destination, now)

    def approved(registration: Registration) -> Registration:
        approve(registration, now)
        return registration

    def refused(registration: Registration) -> Registration:
        refuse(registration, terms.reason, now)
        return registration

    def removed(registration: Registration) -> Registration:
        cancel(registration, now, by_staff=True, reason=terms.reason)
        return registration

    return {Act.APPROVE: approved, Act.REFUSE: refused, Act.REMOVE: removed, Act.MOVE: moved}[act]


def _in_one_order(briefing: Briefing, destination: Briefing | None) -> list[Briefing]:
    """Two who move people between the same briefings wait for each other one way."""
    return sorted([briefing, destination], key=lambda each: each.id) if destination else [briefing]


def _with_names(briefing: Briefing) -> Select[Registration]:
    found = select(Registration).join(Registration.organization).where(Registration.briefing_id == briefing.id)
    in_order = found.order_by(Registration.registered_at, Registration.id)
    return in_order.options(contains_eager(Registration.organization))


def _has_place(registration: Registration) -> bool:
    return registration.state is RegistrationState.CONFIRMED
