"""What tests about planning share: short words for what staff do and for what people hear of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox.models import Message
from briefings.schedule import editing
from briefings.schedule.editing import Details
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.slots import plan_of
from tests.builders import BEFORE, an_organization, saved


def refused(words: str):
    """Something is refused in these words."""
    return pytest.raises(Refused, match=words)


def times(start: datetime, minutes: int = 90) -> tuple[datetime, datetime]:
    """Both ends."""
    return start, start + timedelta(minutes=minutes)


def details_of(briefing: Briefing, **given: Any) -> Details:
    """What is stored, but for what is given; `times` for both ends."""
    if both := given.pop("times", None):
        given |= {"starts_at": both[0], "ends_at": both[1]}
    return replace(editing.details_of(briefing), **given)


def edit(
    briefing: Briefing, officer: User, now: datetime, slots=None, seen: datetime | None = None, **given: Any
) -> bool:
    """Staff change it and tell at once."""
    with unit_of_work():
        return editing.edit(
            briefing,
            details_of(briefing, **given),
            plan_of(briefing).slots if slots is None else slots,
            seen=seen or briefing.changed_at,
            by=officer,
            now=now,
        )


def messages(kind: str) -> list[Message]:
    """All of a kind in order."""
    return list(db.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def told(address: str) -> bool:
    """Whether anything is on its way to an address."""
    return db.session.scalar(select(Message.id).where(Message.recipient == address)) is not None


def registered(briefing: Briefing, state: RegistrationState, n: int) -> Registration:
    """A registration of `person<n>@example.kr`; nobody was told of it."""
    waiting = state is RegistrationState.WAITLISTED
    return saved(
        Registration(
            briefing=briefing,
            organization=an_organization(),
            name="김가온",
            email=f"person{n}@example.kr",
            state=state,
            registered_at=BEFORE,
            waiting_since=BEFORE + timedelta(minutes=n) if waiting else None,
        )
    )
