"""Everything about one address, whatever brought it here: the only place that sees all slices."""

from dataclasses import dataclass
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.inbox.models import ReceivedMail
from briefings.outbox.finding import Search, find
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.participation.models import ParticipationReply
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.models import PresenterSlot
from briefings.schedule.registration_models import Registration

MOST = 50
"""Of each, the newest."""


@dataclass(frozen=True)
class Person:
    """What is known of an address; every list has the newest on top."""

    email: str
    names: list[str]
    undeliverable: UndeliverableAddress | None
    registrations: list[Registration]
    slots: list[PresenterSlot]
    items: list[CalendarItem]
    replies: list[ParticipationReply]
    received: list[ReceivedMail]
    messages: Pagination

    def __bool__(self) -> bool:
        lists = (self.registrations, self.slots, self.items, self.replies, self.received, self.messages.items)
        return any(lists) or self.undeliverable is not None


def person(email: str, page: int) -> Person:
    """Everything there is, with `page` of the messages."""
    address = email.lower()
    registrations = _newest(Registration, Registration.email == address, Registration.briefing)
    together = (PresenterSlot.briefing, PresenterSlot.need)
    slots = _newest(PresenterSlot, func.lower(PresenterSlot.presenter_email) == address, *together)
    items = _newest(CalendarItem, CalendarItem.email == address, CalendarItem.briefing, CalendarItem.need)
    received = select(ReceivedMail).outerjoin(ReceivedMail.message).outerjoin(ReceivedMail.item)
    about = or_(func.lower(ReceivedMail.sender) == address, Message.recipient == address, CalendarItem.email == address)
    replies = _newest(ParticipationReply, func.lower(ParticipationReply.email) == address, ParticipationReply.need)
    named = [*(one.name for one in (*registrations, *replies)), *(slot.presenter_name for slot in slots)]
    return Person(
        email=address,
        names=list(dict.fromkeys(name for name in named if name)),
        undeliverable=db.session.get(UndeliverableAddress, address),
        registrations=registrations,
        slots=slots,
        items=items,
        replies=replies,
        received=list(db.session.scalars(received.where(about).order_by(ReceivedMail.id.desc()).limit(MOST))),
        messages=find(Search(q=address), page),
    )


def _newest(model: Any, condition: ColumnElement[bool], *together: Any) -> list[Any]:
    found = select(model).where(condition).options(*(joinedload(each) for each in together))
    return list(db.session.scalars(found.order_by(model.id.desc()).limit(MOST)))
