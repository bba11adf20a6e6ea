"""A briefing with one place left to fight for: somebody has it, somebody waits, and mail comes in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.inbox.models import ReceivedMail
from briefings.inbox.receiving import Rules, receive
from briefings.outbox.models import Message, MessageState
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.invitations import invite, open_item
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_registration
from tests.inbox.shapes import SERVER, Said

HANEUL, WAITING = "haneul.kim@agency.example.kr", "next@example.com"
RULES = Rules(authserv_id=SERVER, domain="briefings.example.kr", ask_first=False)


@dataclass
class Scene:
    """Who has the place, who waits for it, and what stands in the calendar of the first."""

    app: Flask
    briefing: Briefing
    place: Registration
    waiting: Registration
    item: CalendarItem

    def said(self, **other: object) -> Said:
        """An answer of the one who has the place."""
        return Said(uid=f"{self.item.uid}@cal.briefings.example.kr", attendee=HANEUL).but(**other)

    @property
    def states(self) -> tuple[str, str]:
        """What both registrations are now."""
        db.session.commit()
        return self.place.state.value, self.waiting.state.value

    def kinds(self, address: str = HANEUL) -> list[str]:
        """The kinds of messages to an address, in order."""
        db.session.commit()
        found = select(Message.kind).where(Message.recipient == address)
        return list(db.session.scalars(found.order_by(Message.id)))


@pytest.fixture
def scene(app: Flask, now: datetime) -> Scene:
    """One place, taken; its invitation has been sent."""
    briefing = a_briefing(capacity=1, needs=2, title="바다 설명회")
    place = a_registration(briefing, email=HANEUL, name="김하늘")
    waiting = a_registration(briefing, email=WAITING, state=RegistrationState.WAITLISTED)
    with unit_of_work():
        invite(place, now)
        db.session.execute(update(Message).values(state=MessageState.SENT, attempts=1, sent_at=now))
    item = open_item(place)
    assert item is not None
    return Scene(app, briefing, place, waiting, item)


@pytest.fixture
def arrives(app: Flask) -> Callable[..., ReceivedMail]:
    """A mail comes in and is dealt with."""

    def arrives(raw: bytes, rules: Rules = RULES) -> ReceivedMail:
        with unit_of_work():
            mail = receive(raw, clock.now(), rules)
        return mail

    return arrives
