"""Putting right, in one go, what somebody said of themselves wherever it is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.participation.models import ParticipationReply, ReplyColleague
from briefings.schedule import registering
from briefings.schedule.models import BriefingState
from briefings.schedule.registering import Details
from briefings.schedule.registration_models import Invitee, Registration, RegistrationState


@dataclass(frozen=True)
class Said:
    """What may be put right; the department is known with registrations alone."""

    name: str
    phone: str
    department: str


def said_by(address: str) -> Said:
    """What somebody said last."""
    found = select(Registration).where(Registration.email == address).order_by(Registration.registered_at.desc())
    registration = db.session.scalars(found.limit(1)).first()
    if registration is not None:
        return Said(registration.name, registration.phone, registration.department)
    models: tuple[Any, ...] = (ParticipationReply, ReplyColleague)
    for model in models:
        row = db.session.scalars(select(model).where(model.email == address).order_by(model.id.desc()).limit(1)).first()
        if row is not None:
            return Said(row.name, row.phone, "")
    return Said("", "", "")


def correct(address: str, before: Said, now_said: Said, now: datetime) -> int:
    """Write what differs from `before` into everything of this address; how many things it stands in.

    Calendars hear of a new name. Refused where there is nothing to put right, or nothing new.
    """
    changed = {name: value for name, value in vars(now_said).items() if value != getattr(before, name)}
    if not changed:
        raise Refused(N_("바꾼 것이 없습니다. 고칠 칸의 내용을 바꿔 주세요."))
    registrations = select(Registration).where(Registration.email == address).order_by(Registration.id)
    number = 0
    for registration in db.session.scalars(registrations).all():
        _correct_place(registration, changed, now)
        number += 1
    for model in (ParticipationReply, ReplyColleague, Invitee):
        for row in db.session.scalars(select(model).where(model.email == address).order_by(model.id)).all():
            lock(row)
            for name in ("name", "phone"):
                if name in changed and hasattr(row, name):
                    setattr(row, name, changed[name])
            number += 1
    if not number:
        raise Refused(N_("이 화면에서 고칠 수 있는 것이 없습니다. 담당자에게 알려 주세요."))
    return number


def _correct_place(registration: Registration, changed: dict[str, str], now: datetime) -> None:
    coming = registration.briefing.state is BriefingState.PUBLISHED and not registration.briefing.is_over(now)
    if coming and registration.state is not RegistrationState.CANCELLED:
        registering.change(registration, _details_of(registration, changed), now)
    else:
        lock(registration)
        for name, value in changed.items():
            setattr(registration, name, value)
    record(None, "registration.corrected", registration, now, fields=sorted(changed))


def _details_of(registration: Registration, changed: dict[str, str]) -> Details:
    kept = ("name", "department", "rank", "phone", "support", "question")
    values = {name: getattr(registration, name) for name in kept} | changed
    return Details(
        kind=registration.organization.kind,
        organization=registration.organization.name,
        interests=tuple(need.id for need in registration.interests),
        **values,
    )
