"""Who has a certificate of a briefing, who may have one, and why others may not: for staff."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import exists, select

from briefings.afterwards.certifying import (
    Presence,
    WhyNot,
    not_given_reason,
    not_met_reason,
    rule_of,
    survey_closed,
)
from briefings.afterwards.models import Certificate, SurveyTaker
from briefings.db import db
from briefings.live.attendance import bounds_of, minutes_in
from briefings.live.attending import was_there
from briefings.live.models import Attendance
from briefings.organizations.models import Organization
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration
from briefings.web.erased import is_somebodys


class Standing(StrEnum):
    """Where somebody who was there stands."""

    ISSUED = "issued"
    READY = "ready"
    NOT_YET = "not_yet"
    REVOKED = "revoked"


STANDINGS = {
    Standing.ISSUED: "발급함",
    Standing.READY: "발급할 수 있음",
    Standing.NOT_YET: "조건을 채우지 못함",
    Standing.REVOKED: "발급 취소",
}
STANDING_TONES = {
    Standing.ISSUED: "success",
    Standing.READY: "info",
    Standing.NOT_YET: "quiet",
    Standing.REVOKED: "warning",
}


class Person(NamedTuple):
    """A registration, what it was worth, and the certificate if there is one."""

    public_id: str
    name: str
    organization: str
    standing: Standing
    why: WhyNot | None
    minutes: int | None
    certificate: Certificate | None


@dataclass(frozen=True)
class Overview:
    """Everybody who was there and was not erased since, or has a certificate all the same."""

    people: list[Person]

    def number(self, standing: Standing) -> int:
        """How many stand there."""
        return sum(person.standing is standing for person in self.people)

    def found(self, standing: Standing | None, q: str) -> list[Person]:
        """Those who stand there, or all, in whose name, organization or number each word is found."""
        words = q.lower().split()
        return [
            person
            for person in self.people
            if standing in (None, person.standing) and all(word in _words_of(person) for word in words)
        ]


def overview_of(briefing: Briefing, now: datetime) -> Overview:
    """By organization and name, in a number of statements that does not grow with the people."""
    rule, bounds = rule_of(briefing), bounds_of(briefing, now)
    surveyed = exists().where(SurveyTaker.registration_id == Registration.id)
    is_there = is_somebodys(Registration.email)  # whoever was erased has what was issued before, and gets no more
    found = (
        select(Registration.public_id, Registration.name, Organization.name, Attendance, Certificate, surveyed)
        .join(Organization, Organization.id == Registration.organization_id)
        .outerjoin(Attendance, Attendance.registration_id == Registration.id)
        .outerjoin(Certificate, (Certificate.registration_id == Registration.id) & Certificate.replaced_at.is_(None))
        .where(Registration.briefing_id == briefing.id, was_there() & is_there | Certificate.id.is_not(None))
        .order_by(Organization.name, Registration.name, Registration.id)
    )
    not_given, closed, people = not_given_reason(briefing, rule, now), survey_closed(briefing, rule, now), []
    for public_id, name, organization, attendance, certificate, taken in db.session.execute(found):
        presence = Presence(attendance, minutes_in(attendance, bounds), taken)
        why = None if certificate else not_given or not_met_reason(rule, presence, closed)
        standing = _standing(certificate, why)
        people.append(Person(public_id, name, organization, standing, why, presence.minutes, certificate))
    return Overview(people)


def _standing(certificate: Certificate | None, why: WhyNot | None) -> Standing:
    if certificate is not None:
        return Standing.REVOKED if certificate.revoked_at else Standing.ISSUED
    return Standing.NOT_YET if why else Standing.READY


def _words_of(person: Person) -> str:
    return f"{person.name} {person.organization} {person.certificate.number if person.certificate else ''}".lower()
