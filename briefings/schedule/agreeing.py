"""What registrants agree to: their latest answers, taken back and given later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, literal, select

from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.privacy import consenting
from briefings.privacy.models import Consent, ConsentText, Purpose
from briefings.schedule.registering import consents_of
from briefings.schedule.registration_models import Registration

OPTIONAL = (Purpose.PROVISION, Purpose.NEWS)
"""What one may refuse and register all the same, take back, and agree to later."""


@dataclass(frozen=True)
class Answer:
    """What one registrant said about one purpose, the latest last, and the text in force now.

    Nothing was answered by whoever a colleague or staff entered.
    """

    purpose: Purpose
    in_force: ConsentText
    said: tuple[Consent, ...]

    @property
    def given(self) -> Consent | None:
        """What counts: the latest answer."""
        return self.said[-1] if self.said else None

    @property
    def stands(self) -> bool:
        """Whether the person agrees today."""
        return self.given is not None and self.given.stands

    @property
    def outdated(self) -> bool:
        """Whether there is a newer version than the one answered to."""
        return self.given is not None and self.given.text.version < self.in_force.version


def agrees(purpose: Purpose) -> ColumnElement[bool]:
    """Whether a registrant agrees to `purpose` today: a condition on Registration."""
    return consenting.agrees(purpose, literal("registration:").concat(Registration.public_id))


def answers_of(registration: Registration, locale: str) -> list[Answer]:
    """For each purpose asked about at registration what the person said, in two statements."""
    purposes = (Purpose.REGISTRATION, *OPTIONAL)
    in_force = consenting.current_texts(purposes, locale)
    said: Mapping[Purpose, list[Consent]] = {purpose: [] for purpose in purposes}
    for consent in consenting.consents_with(consents_of(registration)):
        said.get(consent.text.purpose, []).append(consent)
    return [Answer(purpose, in_force[purpose], tuple(said[purpose])) for purpose in purposes]


def agree(registration: Registration, text: ConsentText, now: datetime) -> None:
    """Agree later to what was refused or taken back; Refused for what is not optional, or is no longer in force."""
    _refuse_unless_optional(text.purpose)
    lock(registration)
    if consenting.current_text(text.purpose, text.locale).version != text.version:
        raise Refused(N_("그사이 동의 내용이 바뀌었습니다. 새 내용을 읽고 다시 답해 주세요."))
    consenting.answer(consents_of(registration), text, True, now)
    # The answer before is overwritten where it was to the same version: that there was one is kept here.
    record(None, "consent.given", registration, now, purpose=text.purpose, version=text.version)


def withdraw(registration: Registration, purpose: Purpose, now: datetime) -> None:
    """Agree no more; news stop for every registration of the address, for they come to the address."""
    _refuse_unless_optional(purpose)
    of_whom = [registration.public_id]
    if purpose is Purpose.NEWS:
        of_address = select(Registration.public_id).where(Registration.email == registration.email)
        of_whom = list(db.session.scalars(of_address))
    consenting.withdraw(purpose, [f"registration:{public_id}" for public_id in of_whom], now)
    record(None, "consent.withdrawn", registration, now, purpose=purpose)


def _refuse_unless_optional(purpose: Purpose) -> None:
    if purpose not in OPTIONAL:
        raise Refused(N_("신청에 꼭 필요한 동의입니다. 거두려면 신청을 취소해 주세요."))
