"""Looking for mails that came in: what needs a person first, else the newest."""

from dataclasses import dataclass
from enum import StrEnum

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import defer, joinedload

from briefings.db import db
from briefings.inbox.models import Outcome, ReceivedMail
from briefings.inbox.receiving import TO_BE_HANDLED
from briefings.outbox.models import Message
from briefings.outbox.reach import EVERYBODY, Reach
from briefings.schedule.calendar_models import CalendarItem

PER_PAGE = 20


class Shelf(StrEnum):
    """Which mails a list shows: what waits for a person, what a person has dealt with, or everything."""

    WAITING = "waiting"
    HANDLED = "handled"
    ALL = "all"


@dataclass(frozen=True)
class Search:
    """What to look for; what is empty does not matter. `q` is part of the sender or the subject."""

    shelf: Shelf = Shelf.WAITING
    outcome: Outcome | None = None
    q: str = ""
    reach: Reach = EVERYBODY


def find(search: Search, page: int) -> Pagination:
    """One page of mails."""
    return db.paginate(matching(search), page=page, per_page=PER_PAGE, error_out=False)


def matching(search: Search) -> Select[ReceivedMail]:
    """The mails without what stands in them: those that wait longest first, otherwise the newest."""
    found = select(ReceivedMail).where(seen(search.reach)).options(defer(ReceivedMail.raw))
    found = found.options(joinedload(ReceivedMail.item).joinedload(CalendarItem.briefing))
    if search.shelf is not Shelf.ALL:
        found = found.where(_waits() if search.shelf is Shelf.WAITING else ReceivedMail.handled_at.is_not(None))
    if search.outcome:
        found = found.where(ReceivedMail.outcome == search.outcome)
    for word in search.q.split():
        sender = ReceivedMail.sender.icontains(word, autoescape=True)
        found = found.where(sender | ReceivedMail.subject.icontains(word, autoescape=True))
    order = ReceivedMail.id if search.shelf is Shelf.WAITING else ReceivedMail.id.desc()
    return found.order_by(order)


def number_waiting(reach: Reach) -> int:
    """How many mails wait for a person who may see so much."""
    counted = select(func.count()).select_from(ReceivedMail).where(_waits(), seen(reach))
    return db.session.scalars(counted).one()


def seen(reach: Reach) -> ColumnElement[bool]:
    """Which mails may be seen: by what they answer to; what answers to nothing is for whoever answers for all."""
    if reach is EVERYBODY:
        return true()
    item = and_(reach.of_need(CalendarItem.need_id), reach.of_briefing(CalendarItem.briefing_id))
    items = select(CalendarItem.id).where(item)
    messages = select(Message.id).where(reach.of_subject(Message.about))
    unknown = ReceivedMail.item_id.is_(None)
    return or_(ReceivedMail.item_id.in_(items), and_(unknown, ReceivedMail.message_id.in_(messages)))


def _waits() -> ColumnElement[bool]:
    return and_(ReceivedMail.outcome.in_(TO_BE_HANDLED), ReceivedMail.handled_at.is_(None))
