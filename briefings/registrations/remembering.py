"""Registering somebody whose address is proven with what they gave before, so that nothing need be typed again."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from briefings.db import db
from briefings.privacy.models import Basis, Consent, ConsentText, Purpose
from briefings.schedule.agreeing import OPTIONAL, Answer
from briefings.schedule.eligibility import closed_reason, ineligible_reason
from briefings.schedule.finding import LISTED, Seen, places_of_each
from briefings.schedule.models import Briefing
from briefings.schedule.registering import Applicant
from briefings.schedule.registration_models import Registration, RegistrationState

MOST_OTHERS = 5
"""So many other briefings are offered on a registrant's own page."""


class Agreed(NamedTuple):
    """What somebody answered that holds for the texts in force, and the texts they have still to be asked about."""

    kept: dict[Purpose, bool]
    answers: tuple[tuple[int, bool], ...]
    anew: dict[Purpose, ConsentText]


class Offer(NamedTuple):
    """Another briefing somebody may register for, and the state of what they have there."""

    seen: Seen
    state: RegistrationState | None
    form_token: str = ""


def agreed_before(said: Sequence[Answer]) -> Agreed:
    """Of what was answered with a registration, whatever holds for the texts in force: an answer is for one version.

    Without a required consent that stands today the person is asked anew; what need not be answered and was left open
    when the required one was given is not.
    """
    kept = [each for each in said if each.given is not None and _holds(each.given, each.in_force)]
    answered = any(each.purpose is Purpose.REGISTRATION and each.given is not None for each in said)
    left_open = [each for each in said if answered and each.given is None and each.purpose in OPTIONAL]
    return Agreed(
        kept={each.purpose: each.stands for each in kept},
        answers=tuple((each.in_force.id, each.stands) for each in kept),
        anew={each.purpose: each.in_force for each in said if each not in kept + left_open},
    )


def same_person(
    registration: Registration,
    *,
    locale: str,
    consents: tuple[tuple[int, bool], ...],
    interests: tuple[int, ...] = (),
    form_token: str = "",
    number: str = "",
) -> Applicant:
    """Whoever registered, as an applicant for another briefing; what they need and asked there is left behind."""
    return Applicant(
        kind=registration.organization.kind,
        organization=registration.organization.name,
        name=registration.name,
        email=registration.email,
        department=registration.department,
        rank=registration.rank,
        phone=registration.phone,
        interests=interests,
        locale=locale,
        consents=consents,
        form_token=form_token,
        number=number,
    )


def standing_of_address(briefing: Briefing, email: str) -> Registration | None:
    """What an address has at a briefing and has not given up; only for whoever has proven that it is theirs."""
    of_address = (Registration.briefing_id == briefing.id, Registration.email == email)
    return db.session.scalar(select(Registration).where(*of_address, Registration.state != RegistrationState.CANCELLED))


def offers_for(registration: Registration, now: datetime) -> list[Offer]:
    """Other listed briefings that take registrations from this person now, the next first, in two statements."""
    theirs = (Registration.briefing_id == Briefing.id) & (Registration.email == registration.email)
    stands = theirs & (Registration.state != RegistrationState.CANCELLED)
    found = (
        select(Briefing, Registration.state)
        .outerjoin(Registration, stands)
        .where(
            LISTED,
            Briefing.id != registration.briefing_id,
            Briefing.ends_at > now,
            Briefing.registration_opens_at <= now,
            Briefing.registration_closes_at > now,
        )
    )
    rows = db.session.execute(found.order_by(Briefing.starts_at, Briefing.id).limit(4 * MOST_OTHERS)).all()
    kind = registration.organization.kind
    open_ones = [
        (briefing, state)
        for briefing, state in rows
        if not (closed_reason(briefing, now) or ineligible_reason(briefing, kind, None))
    ][:MOST_OTHERS]
    places = places_of_each([briefing for briefing, _ in open_ones]) if open_ones else {}
    return [Offer(Seen(briefing, places[briefing.id]), state) for briefing, state in open_ones]


def _holds(given: Consent, text: ConsentText) -> bool:
    """Whether an answer need not be asked for again."""
    must = text.purpose is Purpose.REGISTRATION and text.basis is Basis.CONSENT
    return given.text.version == text.version and given.text.basis is text.basis and (given.stands or not must)
