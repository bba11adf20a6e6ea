"""Everything about one address, whatever brought it here: the only place that sees all slices."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import joinedload

from briefings.db import db, dialect
from briefings.inbox.finding import seen
from briefings.inbox.models import ReceivedMail
from briefings.needs.models import Need
from briefings.organizations.models import Organization
from briefings.outbox.finding import Search, find, undeliverable_addresses
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.outbox.reach import Reach
from briefings.participation.models import ParticipationReply
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.models import PresenterSlot
from briefings.schedule.registration_models import Registration
from briefings.web.erased import NOBODY

MOST = 50
"""Of each, the newest; and so many people are found at once."""
LOOKED_AT = 200
"""Rows of each kind among which people are found: whoever finds more types more."""
SHORTEST = 2
LAST_SIGN = "\U0010ffff"


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


def person(email: str, page: int, reach: Reach) -> Person:
    """Everything there is that may be seen, with `page` of the messages."""
    address = email.lower()
    of_slots, of_items = func.lower(PresenterSlot.presenter_email) == address, CalendarItem.email == address
    of_slots &= reach.of_briefing(PresenterSlot.briefing_id)
    of_items &= reach.of_briefing(CalendarItem.briefing_id) & reach.of_need(CalendarItem.need_id)
    of_replies = (func.lower(ParticipationReply.email) == address) & reach.of_need(ParticipationReply.need_id)
    registered = (Registration.email == address) & reach.of_briefing(Registration.briefing_id)
    registrations = _newest(Registration, registered, Registration.briefing)
    slots = _newest(PresenterSlot, of_slots, PresenterSlot.briefing, PresenterSlot.need)
    items = _newest(CalendarItem, of_items, CalendarItem.briefing, CalendarItem.need)
    received = select(ReceivedMail).where(seen(reach)).outerjoin(ReceivedMail.message).outerjoin(ReceivedMail.item)
    about = or_(func.lower(ReceivedMail.sender) == address, Message.recipient == address, CalendarItem.email == address)
    replies = _newest(ParticipationReply, of_replies, ParticipationReply.need)
    undeliverable = undeliverable_addresses(reach).where(UndeliverableAddress.address == address)
    named = [*(one.name for one in (*registrations, *replies)), *(slot.presenter_name for slot in slots)]
    return Person(
        email=address,
        names=list(dict.fromkeys(name for name in named if name)),
        undeliverable=db.session.scalar(undeliverable),
        registrations=registrations,
        slots=slots,
        items=items,
        replies=replies,
        received=list(db.session.scalars(received.where(about).order_by(ReceivedMail.id.desc()).limit(MOST))),
        messages=find(Search(q=address, reach=reach), page),
    )


class Known(NamedTuple):
    """Somebody whose name or address begins with what was typed, and how often they registered."""

    email: str
    names: list[str]
    organizations: list[str]
    registrations: int


class Found(NamedTuple):
    """People in the order of their names; there may be `more`."""

    people: list[Known]
    more: bool


def is_address(words: str) -> bool:
    """Whether `words` are a whole address, to which one page belongs."""
    name, _, host = words.rpartition("@")
    return bool(name) and "." in host and " " not in words


def people_called(words: str, reach: Reach) -> Found:
    """Who may be seen whose name or address begins with the first word and who or whose organization is called by the
    others, too."""
    first, *others = words.split() or [""]
    if len(first) < SHORTEST:
        return Found([], more=False)
    sources = (
        (
            Registration.email,
            Registration.name,
            select(Registration).where(reach.of_briefing(Registration.briefing_id)).join(Registration.organization),
        ),
        (
            func.lower(PresenterSlot.presenter_email),
            PresenterSlot.presenter_name,
            select(PresenterSlot)
            .where(reach.of_briefing(PresenterSlot.briefing_id))
            .join(PresenterSlot.need)
            .join(Need.organization),
        ),
        (
            func.lower(ParticipationReply.email),
            ParticipationReply.name,
            select(ParticipationReply)
            .where(reach.of_need(ParticipationReply.need_id))
            .join(ParticipationReply.organization),
        ),
    )
    beginnings = [
        _limited(found.with_only_columns(email.label("email"), name.label("name"), Organization.name), begins, others)
        for email, name, found in sources
        for begins in (_begins_with(email, first.lower()), _begins_with(name, first))
    ]
    by_email: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    rows = db.session.execute(union_all(*beginnings)).all()
    for email, name, organization in sorted(rows, key=lambda row: (row[1], row[0])):
        names, organizations = by_email.setdefault(email, ({}, {}))
        names[name], organizations[organization] = None, None
    shown = [email for email in by_email if email][:MOST]
    often = _registrations_of(shown, reach)
    people = [Known(email, list(by_email[email][0]), list(by_email[email][1]), often.get(email, 0)) for email in shown]
    return Found(people, more=len(by_email) > MOST or len(rows) >= LOOKED_AT)


def _limited(found: Select[Any], begins: ColumnElement[bool], others: Sequence[str]) -> Any:
    """A subquery, because SQLite takes no LIMIT within a UNION otherwise."""
    columns = found.selected_columns
    found = found.where(columns.email.not_like(f"%{NOBODY}"))  # whose rows stand for nobody any more
    for word in others:
        found = found.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return select(found.where(begins).limit(LOOKED_AT).subquery())


def _begins_with(column: Any, word: str) -> ColumnElement[bool]:
    """By the index of the column; LIKE of SQLite minds no case and so knows no index."""
    if dialect() == "sqlite":
        return and_(column >= word, column < word + LAST_SIGN)
    return column.startswith(word, autoescape=True)


def _registrations_of(emails: Sequence[str], reach: Reach) -> dict[str, int]:
    counted = select(Registration.email, func.count()).where(Registration.email.in_(emails))
    counted = counted.where(reach.of_briefing(Registration.briefing_id))
    return {email: number for email, number in db.session.execute(counted.group_by(Registration.email))}


def _newest(model: Any, condition: ColumnElement[bool], *together: Any) -> list[Any]:
    found = select(model).where(condition).options(*(joinedload(each) for each in together))
    return list(db.session.scalars(found.order_by(model.id.desc()).limit(MOST)))
