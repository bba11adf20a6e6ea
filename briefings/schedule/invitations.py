"""What goes into registrants' calendars, and when: one item per registration, numbered as iTIP asks (RFC 5546 2.1.4).

Every message about an item has the key `calendar:<item>:<sequence>`, so that its history can be read from the outbox.
Whoever calls holds the lock on the briefing: nobody registers or leaves between reading the items and telling them.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update

from briefings.db import db
from briefings.errors import N_, Refused
from briefings.outbox.models import Message, MessageState
from briefings.outbox.queueing import Recipient, queue, queue_many
from briefings.schedule.models import Briefing, CalendarItem, ItemState, Registration, RegistrationState

DEBOUNCE = timedelta(minutes=15)
"""How long a new title waits for the next one before anybody is told of it."""
RESENDS_PER_HOUR = 3
_ADDRESSED = (Registration.email, Registration.name, Registration.locale)


class Earlier(NamedTuple):
    """One message about a calendar item, as far as later ones depend on it; `again`: the same sent once more."""

    id: int
    kind: str
    state: MessageState
    created_at: datetime
    due_at: datetime
    reference: str
    again: bool


def invite(registration: Registration, now: datetime, promoted: bool = False) -> CalendarItem:
    """Make a new calendar item for a confirmed place and send the invitation; `promoted` from the waiting list."""
    item = CalendarItem(registration=registration, sequence=0, created_at=now, modified_at=now, dtstamp=now)
    db.session.add(item)
    db.session.flush()
    _tell(item, "invitation", now, promoted=promoted)
    return item


def withdraw(registration: Registration, now: datetime, by_staff: bool = False) -> None:
    """Close the open calendar item of a registration that gave its place up, and say so."""
    item = open_item(registration)
    if item is not None:
        item.close(now)
        _tell(item, "withdrawal", now, why="staff" if by_staff else "self")


def resend_invite(registration: Registration, now: datetime) -> None:
    """Send the same calendar object once more; Refused beyond three an hour or without a confirmed place."""
    item = open_item(registration)
    if item is None or registration.briefing.is_over(now):
        raise Refused(N_("보낼 초대가 없습니다. 확정된 신청에만 일정 초대를 보냅니다."))
    since = now - timedelta(hours=1)
    lately = [message for message in history_of(item) if message.again and message.created_at > since]
    if len(lately) >= RESENDS_PER_HOUR:
        raise Refused(N_("일정 초대는 한 시간에 세 번까지 다시 보냅니다. 잠시 뒤에 다시 시도해 주세요."))
    key = f"calendar:{item.id}:{item.sequence}:again:{int(now.timestamp())}"
    queue("invitation", key, recipient_of(registration), now, item=item.id, sequence=item.sequence, again=True)


def tell_of_new_time(briefing: Briefing, now: datetime) -> int:
    """Send every registrant the new time, those with a place into their calendar; how many were told."""
    told = _tell_calendars(briefing, "new_time", now)
    return told + _tell_waiting(briefing, "waiting_new_time", now)


def tell_of_new_title(briefing: Briefing, now: datetime) -> int:
    """Send everyone with a place the new title, after a while in which further edits make it one message; how many."""
    return _tell_calendars(briefing, "new_title", now, due_at=now + DEBOUNCE)


def tell_of_cancellation(briefing: Briefing, now: datetime) -> int:
    """Withdraw the briefing from every calendar and tell the waiting list; how many were told."""
    told = _tell_calendars(briefing, "withdrawal", now, {"state": ItemState.CLOSED}, why="briefing")
    return told + _tell_waiting(briefing, "waiting_ended", now, why="briefing")


def open_item(registration: Registration) -> CalendarItem | None:
    """The item that stands in the registrant's calendar, if one does."""
    of_registration = CalendarItem.registration_id == registration.id
    return db.session.scalar(select(CalendarItem).where(of_registration, CalendarItem.state == ItemState.OPEN))


def history_of(item: CalendarItem) -> list[Earlier]:
    """Every message ever queued about `item`, oldest first."""
    columns = (Message.id, Message.kind, Message.state, Message.created_at, Message.due_at, Message.reference)
    found = select(*columns, Message.params).where(
        Message.recipient == item.registration.email,
        Message.key.startswith(f"calendar:{item.id}:", autoescape=True),
    )
    rows = db.session.execute(found.order_by(Message.id))
    return [
        Earlier(row.id, row.kind, row.state, row.created_at, row.due_at, row.reference, bool(row.params.get("again")))
        for row in rows
    ]


def recipient_of(registration: Registration) -> Recipient:
    """Whom mail about a registration goes to."""
    return Recipient(registration.email, registration.name, registration.locale)


def _tell(item: CalendarItem, kind: str, now: datetime, **params: Any) -> None:
    key = f"calendar:{item.id}:{item.sequence}"
    queue(kind, key, recipient_of(item.registration), now, item=item.id, sequence=item.sequence, **params)


def _tell_calendars(
    briefing: Briefing,
    kind: str,
    now: datetime,
    change: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    **params: Any,
) -> int:
    """Raise every open item's sequence by one UPDATE, queue by one INSERT: 10,000 people in well under a second."""
    if briefing.is_over(now):
        return 0
    of_briefing = select(Registration.id).where(Registration.briefing_id == briefing.id).scalar_subquery()
    are_open = (CalendarItem.registration_id.in_(of_briefing), CalendarItem.state == ItemState.OPEN)
    columns = (CalendarItem.id, CalendarItem.sequence, CalendarItem.dtstamp, *_ADDRESSED)
    found = select(*columns).join(CalendarItem.registration).where(*are_open).order_by(CalendarItem.id)
    rows = db.session.execute(found).all()
    # One stamp for all, later than any earlier one by a second at least.
    stamp = max([now, *(row.dtstamp + timedelta(seconds=1) for row in rows)])
    values = {"sequence": CalendarItem.sequence + 1, "modified_at": now, "dtstamp": stamp} | (change or {})
    raised = update(CalendarItem).where(*are_open).values(values)
    db.session.execute(raised, execution_options={"synchronize_session": False})
    messages = []
    for item, sequence, _, *addressed in rows:
        about = {"item": item, "sequence": sequence + 1, **params}
        messages.append((f"calendar:{item}:{sequence + 1}", Recipient(*addressed), about))
    return queue_many(kind, messages, now, due_at)


def _tell_waiting(briefing: Briefing, kind: str, now: datetime, **params: Any) -> int:
    """Plain mail to the waiting list: nothing of theirs stands in a calendar."""
    waiting = (Registration.briefing_id == briefing.id, Registration.state == RegistrationState.WAITLISTED)
    found = select(Registration.id, *_ADDRESSED).where(*waiting)
    messages = []
    for registration, *addressed in db.session.execute(found.order_by(Registration.waiting_since, Registration.id)):
        about = {"registration": registration, "sequence": briefing.sequence, **params}
        messages.append((f"{kind}:{registration}:{briefing.sequence}", Recipient(*addressed), about))
    return queue_many(kind, messages, now)
