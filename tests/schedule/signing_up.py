"""What tests of registering share: short words for what people do, and for what they were told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.organizations.models import OrganizationKind
from briefings.outbox.models import Message
from briefings.schedule import approving, registering
from briefings.schedule.models import Briefing
from briefings.schedule.registering import Applicant, Colleague
from briefings.schedule.registration_models import Registration, RegistrationState

REQUESTED, CONFIRMED, WAITLISTED, CANCELLED = tuple(RegistrationState)


def an_applicant(email: str = "gaon@example.com", **given: Any) -> Applicant:
    """Somebody of a company."""
    values: dict[str, Any] = {
        "kind": OrganizationKind.COMPANY,
        "organization": "가온재활용",
        "name": "이가온",
        "email": email,
        "locale": "ko",
    }
    return Applicant(**values | given)


def register(briefing: Briefing, now: datetime, email: str = "gaon@example.com", **given: Any) -> Registration:
    """One person registers."""
    with unit_of_work():
        return registering.register(briefing, an_applicant(email, **given), now)


def register_all(briefing: Briefing, now: datetime, *emails: str, **given: Any) -> list[Registration]:
    """The first of these registers the others too; `together=True`: all of them or none."""
    colleagues = [Colleague(f"동료 {email}", email) for email in emails[1:]]
    with unit_of_work():
        return registering.register_together(briefing, an_applicant(emails[0], **given), colleagues, now)


def cancel(registration: Registration, now: datetime, **given: Any) -> None:
    """A place is given up."""
    with unit_of_work():
        registering.cancel(registration, now, **given)


def approve(registration: Registration, now: datetime) -> None:
    """Staff approve."""
    with unit_of_work():
        approving.approve(registration, now)


def states(registrations: Sequence[Registration]) -> list[RegistrationState]:
    """Of each in order."""
    return [each.state for each in registrations]


def told(email: str) -> list[str]:
    """The kinds of everything an address was sent, in order."""
    found = select(Message.kind).where(Message.recipient == email)
    return list(db.session.scalars(found.order_by(Message.id)))
