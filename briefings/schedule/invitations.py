"""What goes into registrants' calendars, and when: one item per registration.

Whoever calls holds the lock on the briefing: nobody registers or leaves between reading the items and telling them.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, exists, func, select, update

from briefings.db import db
from briefings.outbox.models import Message
from briefings.outbox.queueing import Recipient, queue
from briefings.outbox.queueing_selected import joined, json_of, queue_selected
from briefings.schedule import items
from briefings.schedule.calendar_models import ASKED_ANEW, CalendarItem, CalendarSetting, Channel, ItemKind, ItemState
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState

ASKED_FOR = ("my_registrations", "already_registered")
"""What somebody waits for at this moment: staff hold nothing of it."""


class Known(NamedTuple):
    """What decides how somebody hears of a place: how the address keeps its calendar, whether it presents there.

    `number` is the id of a new entry in the calendar, where the database says so ahead.
    """

    channel: Channel | None
    presents: bool
    number: int | None = None


KNOWN = (
    select(CalendarSetting.channel).where(CalendarSetting.email == bindparam("email")).scalar_subquery(),
    exists().where(
        CalendarItem.briefing_id == bindparam("briefing"),
        CalendarItem.kind == ItemKind.PRESENTATION,
        CalendarItem.email == bindparam("email"),
        CalendarItem.state == ItemState.OPEN,
    ),
)
"""The first columns of `Known`, of an `email` and a `briefing`."""
_KNOWN = select(*KNOWN)


def invite(
    registration: Registration, now: datetime, promoted: bool = False, known: Known | None = None, **said: Any
) -> CalendarItem | None:
    """Put a confirmed place into the calendar and say so; `promoted` from the waiting list, `said` is how it came.

    Whoever presents at the briefing has that in the calendar already: they are only told of the place, and get None.
    """
    briefing = registration.briefing
    if known is None:
        known = Known(*db.session.execute(_KNOWN, {"email": registration.email, "briefing": briefing.id}).one())
    if known.presents:
        tell(registration, "place_of_presenter", now)
        return None
    item = CalendarItem(
        id=known.number,
        kind=ItemKind.REGISTRATION,
        briefing_id=briefing.id,
        registration_id=registration.id,
        name=registration.name,
        email=registration.email,
        locale=registration.locale,
        starts_at=briefing.starts_at,
        ends_at=briefing.ends_at,
    )
    channel = known.channel or Channel.INVITE
    return items.open_item(item, "invitation", now, channel=channel, promoted=promoted, **said)


def tell_standing(registration: Registration, now: datetime, known: Known | None = None, **said: Any) -> None:
    """Tell somebody what came of a registration: a place, a place in line, or that staff decide first."""
    if registration.state is RegistrationState.CONFIRMED:
        invite(registration, now, known=known, **said)
    else:
        requested = registration.state is RegistrationState.REQUESTED
        tell(registration, "requested" if requested else "waitlisted", now, **said)


def tell(registration: Registration, kind: str, now: datetime, *, key: str = "", **params: Any) -> None:
    """Queue plain mail about a registration, once a second at most, or once under a `key` of its own."""
    key = f"{kind}:{registration.id}:{key or int(now.timestamp())}"
    about = items.concerning(registration.briefing) | ({"held": False} if kind in ASKED_FOR else {})
    queue(kind, key, recipient_of(registration), now, registration=registration.id, **about, **params)


def withdraw(registration: Registration, now: datetime, why: str, **said: Any) -> bool:
    """Close the open calendar item of a registration and say so (`self`, `staff`, `presents`); whether there was one.

    Nothing is said when it was the `calendar` itself that declined: there the entry is gone already.
    """
    item = open_item(registration)
    if item is None:
        return False
    item.close(now)
    if why != "calendar":
        items.tell(item, "withdrawal", now, why=why, **said)
    return True


def rename(registration: Registration, name: str, now: datetime) -> None:
    """Let the entry in the registrant's calendar bear another name from its next message on."""
    item = open_item(registration)
    if item is not None:
        item.name = name
        item.change(now)


def resend_invite(registration: Registration, now: datetime) -> None:
    """Send the same calendar object once more; Refused beyond three an hour or without a confirmed place."""
    items.resend(open_item(registration), now)


def tell_of_new_time(briefing: Briefing, now: datetime, title_before: str = "", upto: int | None = None) -> int:
    """Send every registrant the new time, those with a place into their calendar; how many were told.

    `title_before` where it has a new title as well: one message tells of both. `upto` as for `tell_of_new_title`.
    """
    of_briefing = update(Registration).where(Registration.briefing_id == briefing.id)
    db.session.execute(of_briefing.where(Registration.reconfirmed_at.is_not(None)).values(reconfirmed_at=None))
    answers = case((CalendarItem.partstat.in_(ASKED_ANEW), "NEEDS-ACTION"), else_=CalendarItem.partstat)
    times = {"starts_at": briefing.starts_at, "ends_at": briefing.ends_at, "partstat": answers}
    change = times | {"time_sequence": CalendarItem.sequence + 1}
    about: dict[str, Any] = {"news": "several", "title_before": title_before} if title_before else {}
    told = _tell_calendars(briefing, "new_time", now, change, upto=upto, **about)
    return told + _tell_without_place(briefing, ("waiting_new_time", "request_new_time"), now, **about)


def tell_of_new_title(briefing: Briefing, now: datetime, upto: int | None = None) -> int:
    """Send everyone with a place the new title, after a while in which further edits make it one message; how many.

    `upto`: only where the entry stood already (`last_item`); whoever got one since has read the title in it.
    """
    return _tell_calendars(briefing, "new_title", now, due_at=now + items.DEBOUNCE, upto=upto)


def tell_of_cancellation(briefing: Briefing, now: datetime) -> int:
    """Withdraw the briefing from every calendar, tell those in line and those not approved yet; how many were told."""
    told = _tell_calendars(briefing, "withdrawal", now, {"state": ItemState.CLOSED}, why="briefing")
    return told + _tell_without_place(briefing, ("waiting_ended", "request_ended"), now, why="briefing")


def last_item(briefing: Briefing) -> int:
    """The number of the latest entry that a briefing put into a calendar; 0 where there is none."""
    found = select(func.max(CalendarItem.id)).where(CalendarItem.briefing_id == briefing.id)
    return db.session.scalar(found) or 0


def open_item(registration: Registration) -> CalendarItem | None:
    """The item that stands in the registrant's calendar, if one does."""
    of_registration = CalendarItem.registration_id == registration.id
    return db.session.scalar(select(CalendarItem).where(of_registration, CalendarItem.state == ItemState.OPEN))


def recipient_of(registration: Registration) -> Recipient:
    """Whom mail about a registration goes to."""
    return Recipient(registration.email, registration.name, registration.locale)


def _tell_calendars(
    briefing: Briefing,
    kind: str,
    now: datetime,
    change: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    upto: int | None = None,
    **params: Any,
) -> int:
    """Queue by one INSERT, raise every open item's sequence by one UPDATE: 10,000 people in well under a second."""
    if briefing.is_over(now):
        return 0
    are_open = [
        CalendarItem.briefing_id == briefing.id,
        CalendarItem.kind == ItemKind.REGISTRATION,
        CalendarItem.state == ItemState.OPEN,
    ]
    if upto is not None:
        are_open.append(CalendarItem.id <= upto)
    number, sequence = CalendarItem.id, CalendarItem.sequence + 1
    drafts = select(
        joined("calendar:", number, ":", sequence).label("key"),
        CalendarItem.email.label("recipient"),
        CalendarItem.name.label("recipient_name"),
        CalendarItem.locale,
        json_of(item=number, sequence=sequence, **params).label("params"),
        joined(items.thread_of(""), number).label("thread"),
    ).where(*are_open)
    told = queue_selected(kind, drafts.order_by(number), now, due_at, **items.concerning(briefing))
    # One stamp for all, later than any earlier one by a second at least.
    latest = db.session.scalars(select(func.max(CalendarItem.dtstamp)).where(*are_open)).one()
    stamp = max(now, latest + timedelta(seconds=1)) if latest else now
    values = {"sequence": sequence, "modified_at": now, "dtstamp": stamp} | (change or {})
    raised = update(CalendarItem).where(*are_open).values(values)
    db.session.execute(raised, execution_options={"synchronize_session": False})
    return told


def _tell_without_place(briefing: Briefing, kinds: tuple[str, str], now: datetime, **params: Any) -> int:
    """Plain mail to the waiting list and to those who wait to be approved: nothing of theirs stands in a calendar.

    Who has come into line just now reads of all in the mail that says so.
    """
    concerning, number, sequence = items.concerning(briefing), Registration.id, briefing.sequence
    just_come = select(Message.params["registration"].as_integer()).where(
        Message.about == concerning["about"], Message.kind == "waitlisted", Message.created_at == now
    )
    of_briefing = (Registration.briefing_id == briefing.id, number.not_in(just_come))
    in_order = (Registration.waiting_since, Registration.registered_at, number)
    told = 0
    for state, kind in zip((RegistrationState.WAITLISTED, RegistrationState.REQUESTED), kinds, strict=True):
        drafts = select(
            joined(f"{kind}:", number, f":{sequence}").label("key"),
            Registration.email.label("recipient"),
            Registration.name.label("recipient_name"),
            Registration.locale,
            json_of(registration=number, sequence=sequence, **params).label("params"),
        ).where(*of_briefing, Registration.state == state)
        told += queue_selected(kind, drafts.order_by(*in_order), now, **concerning)
    return told
