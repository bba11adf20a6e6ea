"""Certificates of attendance: who gets one, by a rule of each briefing; issued, put right, taken back."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from briefings.afterwards.models import Certificate, CertificateRule, SurveyTaker
from briefings.afterwards.numbers import new_number
from briefings.afterwards.surveys import NOT_OFFERED as NO_SURVEY
from briefings.afterwards.surveys import closed_reason, survey_of
from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.live.attendance import bounds_of, minutes_in
from briefings.live.attending import was_there
from briefings.live.days import closes_at, day_of
from briefings.live.models import Attendance, AttendanceState
from briefings.outbox.queueing import Recipient, queue
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Registration
from briefings.web.erased import is_marker, is_somebodys

NOT_OFFERED = N_("이 설명회는 참가 확인증을 발급하지 않습니다.")
CALLED_OFF = N_("취소된 설명회입니다.")
NOT_YET = N_("설명회가 끝나면 발급합니다. 끝나는 때: %(at)s")
NOT_THERE = N_("설명회에 들어온 기록이 없습니다.")
TOO_SHORT = N_("%(minutes)s분 이상 참가해야 합니다. 기록된 참가 시간은 %(known)s분입니다.")
UNKNOWN_LENGTH = N_("%(minutes)s분 이상 참가해야 합니다. 얼마나 참가했는지 알 수 있는 기록이 없습니다.")
SURVEY_FIRST = N_("만족도 조사에 답하면 발급합니다.")
SURVEY_OVER = N_("만족도 조사에 답한 분께만 발급합니다. 조사가 끝나 더는 답할 수 없습니다.")
TAKEN_BACK = N_("발급을 취소한 확인증입니다.")


@dataclass(frozen=True)
class WhyNot:
    """Why somebody gets no certificate (a catalogue key with its values), and whether answering the survey helps."""

    words: str
    values: dict[str, Any] = field(default_factory=dict)
    survey: bool = False


@dataclass(frozen=True)
class Presence:
    """What is known of how somebody attended, as far as certificates depend on it."""

    attendance: Attendance | None
    minutes: int | None
    surveyed: bool

    @property
    def was_there(self) -> bool:
        """Whether the person was in the room, however long; the same as `was_there()` says of rows."""
        if self.attendance is None or self.attendance.mark is AttendanceState.ABSENT:
            return False
        return self.attendance.mark is not None or self.attendance.first_seen_at is not None

    def fits(self, minutes: int) -> bool:
        """Whether it was long enough; whom staff marked as present was there throughout."""
        marked = self.attendance is not None and self.attendance.mark is AttendanceState.PRESENT
        return not minutes or marked or (self.minutes is not None and self.minutes >= minutes)


def rule_of(briefing: Briefing) -> CertificateRule:
    """Its rule; the usual one, in a row that is not stored, where nobody changed anything."""
    found = db.session.get(CertificateRule, briefing.id)
    return found or CertificateRule(briefing_id=briefing.id, offered=True, minutes=0, survey=False)


def set_rule(briefing: Briefing, offered: bool, minutes: int, survey: bool, by: Actor, now: datetime) -> None:
    """Say who gets a certificate from now on; those that were issued stay."""
    lock(briefing)
    longest = int((briefing.ends_at - briefing.starts_at).total_seconds() // 60)
    if minutes > longest:
        raise Refused("설명회 시간(%(longest)s분)보다 길게 정할 수 없습니다.", field="minutes", longest=longest)
    rule = db.session.get(CertificateRule, briefing.id) or CertificateRule(briefing_id=briefing.id)
    rule.offered, rule.minutes, rule.survey = offered, minutes, survey
    db.session.add(rule)
    record(by, "certificates.rule_set", briefing, now, offered=offered, minutes=minutes, survey=survey)


def presence_of(registration: Registration, now: datetime) -> Presence:
    """How one person attended."""
    attendance = db.session.get(Attendance, registration.id)
    surveyed = db.session.get(SurveyTaker, registration.id) is not None
    return Presence(attendance, minutes_in(attendance, bounds_of(registration.briefing, now)), surveyed)


def why_not(briefing: Briefing, rule: CertificateRule, presence: Presence, now: datetime) -> WhyNot | None:
    """Why somebody who attended like this gets no certificate; None where they get one."""
    closed = survey_closed(briefing, rule, now)
    return not_given_reason(briefing, rule, now) or not_met_reason(rule, presence, closed)


def survey_closed(briefing: Briefing, rule: CertificateRule, now: datetime) -> str | None:
    """Why the survey the rule asks for cannot be answered, or None."""
    return closed_reason(survey_of(briefing), briefing, now) if rule.survey else None


def not_met_reason(rule: CertificateRule, presence: Presence, closed: str | None) -> WhyNot | None:
    """What of the rule somebody does not meet; `closed`: why the survey cannot be answered.

    Where there is no survey nobody has to have answered it.
    """
    if not presence.was_there:
        return WhyNot(NOT_THERE)
    if not presence.fits(rule.minutes):
        if presence.minutes is None:
            return WhyNot(UNKNOWN_LENGTH, {"minutes": rule.minutes})
        return WhyNot(TOO_SHORT, {"minutes": rule.minutes, "known": presence.minutes})
    if not rule.survey or presence.surveyed or closed == NO_SURVEY:
        return None
    return WhyNot(SURVEY_OVER) if closed else WhyNot(SURVEY_FIRST, survey=True)


def not_given_reason(briefing: Briefing, rule: CertificateRule, now: datetime) -> WhyNot | None:
    """Why nobody gets one, if so."""
    if briefing.state is not BriefingState.PUBLISHED:
        return WhyNot(CALLED_OFF)
    if not rule.offered:
        return WhyNot(NOT_OFFERED)
    over = closes_at(briefing, day_of(briefing))
    return WhyNot(NOT_YET, {"at": over}) if now < over else None


def certificate_of(registration: Registration) -> Certificate | None:
    """The one that holds for a registration, taken back or not."""
    found = select(Certificate).where(Certificate.registration_id == registration.id, Certificate.replaced_at.is_(None))
    return db.session.scalar(found)


def certificate_numbered(number: str) -> Certificate | None:
    """The one with this number, with its registration and briefing."""
    found = select(Certificate).where(Certificate.number == number)
    registration = joinedload(Certificate.registration)
    return db.session.scalar(
        found.options(
            registration.joinedload(Registration.briefing),
            registration.joinedload(Registration.organization),
        )
    )


def issue(registration: Registration, zone: ZoneInfo, now: datetime) -> Certificate:
    """The certificate of a registration, made now if there was none; Refused where the rule is not met."""
    lock(registration)
    if known := certificate_of(registration):
        return known
    briefing, presence = registration.briefing, presence_of(registration, now)
    if reason := why_not(briefing, rule_of(briefing), presence, now):
        raise Refused(reason.words, **reason.values)
    return _new(registration, registration.name, registration.organization.name, presence.minutes, zone, now)


def issue_to_all(briefing: Briefing, zone: ZoneInfo, by: Actor, now: datetime) -> int:
    """Issue one to everybody who may have one and has none; how many are new."""
    lock(briefing)
    rule, bounds = rule_of(briefing), bounds_of(briefing, now)
    closed = survey_closed(briefing, rule, now)
    if reason := not_given_reason(briefing, rule, now):
        raise Refused(reason.words, **reason.values)
    has_one = exists().where(Certificate.registration_id == Registration.id)
    surveyed = exists().where(SurveyTaker.registration_id == Registration.id)
    found = select(Registration, Attendance, surveyed).join(Attendance, Attendance.registration_id == Registration.id)
    found = found.where(
        Registration.briefing_id == briefing.id, was_there(), ~has_one, is_somebodys(Registration.email)
    )
    found = found.order_by(Registration.id)
    number = 0
    for registration, attendance, taken in db.session.execute(found.options(joinedload(Registration.organization))):
        presence = Presence(attendance, minutes_in(attendance, bounds), taken)
        if not_met_reason(rule, presence, closed) is None:
            _new(registration, registration.name, registration.organization.name, presence.minutes, zone, now)
            number += 1
    record(by, "certificates.issued", briefing, now, number=number)
    return number


def correct(
    certificate: Certificate, name: str, organization: str, reason: str, zone: ZoneInfo, by: Actor, now: datetime
) -> Certificate:
    """Another certificate with the right name, under a new number; the earlier number says that it was replaced.

    One that was taken back is given anew by it. The person is told.
    """
    registration = _to_change(certificate)
    if is_marker(registration.email):
        raise Refused("개인정보를 지운 분의 확인증은 다시 발급할 수 없습니다.")
    if certificate.revoked_at is None and (name, organization) == (certificate.name, certificate.organization):
        raise Refused("이름과 기관이 지금 확인증과 같습니다. 고칠 곳을 고쳐 주세요.", field="name")
    certificate.replaced_at = now
    db.session.flush()
    made = _new(registration, name, organization, certificate.minutes, zone, now)
    record(
        by,
        "certificate.corrected",
        registration.briefing,
        now,
        number=made.number,
        replaces=certificate.number,
        reason=reason,
    )
    _tell("certificate_corrected", made, now)
    return made


def revoke(certificate: Certificate, reason: str, by: Actor, now: datetime) -> None:
    """Take it back: whoever checks its number reads so. The person is told why."""
    registration = _to_change(certificate)
    if certificate.revoked_at is not None:
        raise Refused("이미 발급을 취소한 확인증입니다.")
    certificate.revoked_at, certificate.revoked_reason = now, reason
    record(by, "certificate.revoked", registration.briefing, now, number=certificate.number, reason=reason)
    _tell("certificate_revoked", certificate, now)


def _to_change(certificate: Certificate) -> Registration:
    lock(certificate.registration)
    db.session.refresh(certificate)
    if certificate.replaced_at is not None:
        raise Refused("그사이 다시 발급한 확인증입니다. 새 번호의 확인증을 열어 주세요.")
    return certificate.registration


def _new(
    registration: Registration, name: str, organization: str, minutes: int | None, zone: ZoneInfo, now: datetime
) -> Certificate:
    briefing = registration.briefing
    certificate = Certificate(
        number=new_number(briefing.starts_at.astimezone(zone).year),
        registration_id=registration.id,
        name=name,
        organization=organization,
        title=briefing.title,
        starts_at=briefing.starts_at,
        ends_at=briefing.ends_at,
        minutes=minutes,
        issued_at=now,
    )
    db.session.add(certificate)
    db.session.flush()
    return certificate


def _tell(kind: str, certificate: Certificate, now: datetime) -> None:
    registration = certificate.registration
    to = Recipient(registration.email, registration.name, registration.locale)
    about = f"briefing:{registration.briefing_id}"
    queue(kind, f"{kind}:{certificate.number}", to, now, about=about, certificate=certificate.id)
