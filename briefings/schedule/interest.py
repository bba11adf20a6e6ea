"""What a presenter may know beforehand of those who come: how many of which kind, and what they ask. No names."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select

from briefings.db import db
from briefings.organizations.models import Organization, OrganizationKind
from briefings.schedule.models import PresenterSlot
from briefings.schedule.registrants import counters
from briefings.schedule.registration_models import Registration, RegistrationState, registration_interests


@dataclass(frozen=True)
class Asked:
    """One advance question, and the kind of organization it comes from."""

    words: str
    kind: OrganizationKind


@dataclass(frozen=True)
class Interest:
    """How many signed up, of which kinds, how many ticked this need, and the questions that may concern it."""

    people: int
    by_kind: list[tuple[OrganizationKind, int]]
    ticked: int
    questions: list[Asked]


def interest_in(slot: PresenterSlot) -> Interest:
    """What is known of those who signed up for the briefing of a slot."""
    counted = counters(slot.briefing)
    standing = (Registration.briefing_id == slot.briefing_id, Registration.state != RegistrationState.CANCELLED)
    of_person = registration_interests.c.registration_id == Registration.id
    ticked = exists().where(of_person, registration_interests.c.need_id == slot.need_id)
    number = db.session.scalars(select(func.count()).select_from(Registration).where(*standing, ticked)).one()
    # Who ticked nothing may mean every need.
    concerned = ticked | ~exists().where(of_person)
    asked = select(Registration.question, Organization.kind).join(Registration.organization)
    asked = asked.where(*standing, Registration.question != "", concerned)
    found = db.session.execute(asked.order_by(Registration.registered_at, Registration.id))
    return Interest(counted.people, counted.by_kind, number, [Asked(words, kind) for words, kind in found])
