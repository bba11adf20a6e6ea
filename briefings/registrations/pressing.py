"""What one press of the form made: completed, and sent elsewhere where the address was wrong, by whoever pressed.

They must not learn whether the address was known before. So a press has a number of its own, made of the mark of its
form and the address, and everything here ends in the same way whatever became of it.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import exists, select, update

from briefings.db import PUBLIC_ID_ALPHABET, db, lock, new_public_id
from briefings.errors import N_, Refused
from briefings.organizations.finding import number_named
from briefings.privacy.consenting import consents_with
from briefings.privacy.models import Consent
from briefings.schedule import new_address
from briefings.schedule.eligibility import closed_reason
from briefings.schedule.invitations import open_item
from briefings.schedule.models import Briefing
from briefings.schedule.registering import Applicant, More, add_details, cancel, consents_of, register
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.ticking import ticked

GOOD_FOR = timedelta(minutes=30)
"""So long whoever pressed may still add to what they made, or correct its address."""


class Press(NamedTuple):
    """A press of the form of a briefing: its mark, the address it was for, when it was, what was added to it since.

    Of what was added only marks are kept (`marks_of`).
    """

    form_token: str
    email: str
    at: datetime
    more: Mapping[str, str]


def number_of(form_token: str, email: str) -> str:
    """The number of a press, in the shape of the public id that a registration which comes of it gets."""
    digest = sha256(f"{form_token}|{email.lower()}".encode()).digest()
    return "".join(PUBLIC_ID_ALPHABET[byte % len(PUBLIC_ID_ALPHABET)] for byte in digest[:8])


def marks_of(more: More) -> dict[str, str]:
    """What tells words from any others without being them, for everything that was said."""
    return {name: sha256(said.encode()).hexdigest()[:32] for name, said in asdict(more).items() if said}


def complete(briefing: Briefing, press: Press, more: More, now: datetime) -> None:
    """Add to the registration that a press made; nothing happens to one that stood before."""
    made = _made_by(briefing, press, now)
    if made is not None:
        add_details(made, more, now)


def correct(briefing: Briefing, press: Press, applicant: Applicant, now: datetime) -> None:
    """Have the press count for the address of `applicant` instead; Refused once registration is closed.

    What it made moves there with its place, unless somebody has used it meanwhile. Where nothing came of it, or the
    other address has something of its own here, that address is registered as by any press.
    """
    organization = number_named(
        applicant.organization, applicant.kind, now
    )  # before the lock, in the order of everybody
    lock(briefing)
    if refused := closed_reason(briefing, now):
        raise refused
    if applicant.email.lower() == press.email.lower():
        raise Refused(N_("지금 적혀 있는 주소와 같습니다. 바른 주소를 적어 주세요."), field="right")
    number = _number_for(press, applicant.email)
    made = _made_by(briefing, press, now)
    if made is not None:
        lock(made)  # whoever writes something into it just now is waited for
    as_given = made is not None and _is_as_given(made, press, applicant, organization)
    unused = made if made is not None and as_given and _is_unused(made, now) else None
    if unused is not None and _is_of(unused, press) and not _is_known(briefing, applicant.email):
        new_address.move_to(unused, applicant.email.lower(), now)
        _renumber(unused, number)
        return
    if unused is not None:
        applicant = replace(applicant, **asdict(_more_of(unused)))
        cancel(unused, now)
    register(briefing, replace(applicant, form_token=press.form_token, number=number), now)


def _made_by(briefing: Briefing, press: Press, now: datetime) -> Registration | None:
    """What a press made or took up again, while it stands; None where the address was known or time is up."""
    if now - press.at > GOOD_FOR:
        return None
    of_address = (Registration.briefing_id == briefing.id, Registration.email == press.email.lower())
    stands = (Registration.form_token == press.form_token, Registration.state != RegistrationState.CANCELLED)
    return db.session.scalar(select(Registration).where(*of_address, *stands))


def _is_of(registration: Registration, press: Press) -> bool:
    """Whether the row itself came of the press: one that was taken up again keeps what others said with it before."""
    return registration.public_id == number_of(press.form_token, press.email)


def _number_for(press: Press, email: str) -> str:
    """The number of the press for an address; any other where that is taken by what its owner moved away since."""
    number = number_of(press.form_token, email)
    taken = db.session.scalar(select(exists().where(Registration.public_id == number)))
    return new_public_id() if taken else number


def _renumber(registration: Registration, number: str) -> None:
    """Give it another number, and the consents given with it too: no number tells what was there before."""
    before = consents_of(registration)
    registration.public_id = number
    given = update(Consent).where(Consent.about == before)
    db.session.execute(given.values(about=consents_of(registration)))


def _is_unused(registration: Registration, now: datetime) -> bool:
    """Whether nobody has done anything with what was mailed, as far as can be seen."""
    item = open_item(registration)
    answered = item is not None and item.answered_at is not None
    return not answered and registration.reconfirmed_at is None and now < registration.briefing.starts_at


def _is_as_given(registration: Registration, press: Press, applicant: Applicant, organization: int) -> bool:
    """Whether all that is said with it came of the press: what its owner said since goes to no other address."""
    who = (registration.organization_id, registration.name) == (organization, applicant.name)
    interested = set(ticked(registration)) <= set(applicant.interests)
    # Nothing, where it went to an address that had something of its own before.
    more = marks_of(_more_of(registration)) in ({}, press.more)
    return who and interested and more and not _has_answered_since(registration)


def _more_of(registration: Registration) -> More:
    return More(**{field.name: getattr(registration, field.name) for field in fields(More)})


def _has_answered_since(registration: Registration) -> bool:
    """Whether anything was agreed to or taken back after registering."""
    answers = consents_with(consents_of(registration))
    moments = [moment for each in answers for moment in (each.answered_at, each.withdrawn_at) if moment]
    return any(moment > registration.registered_at for moment in moments)


def _is_known(briefing: Briefing, email: str) -> bool:
    of_address = (Registration.briefing_id == briefing.id, Registration.email == email.lower())
    return bool(db.session.scalar(select(exists().where(*of_address))))
