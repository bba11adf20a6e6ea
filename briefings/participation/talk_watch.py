"""What follows of talks by itself: some are called off, both sides are reminded of the others, and of next steps."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.needs.models import Need
from briefings.needs.registering import owners_of
from briefings.outbox.queueing import Recipient, queue
from briefings.outbox.quiet import QuietHours
from briefings.participation.appointments import call_off
from briefings.participation.models import (
    Appointment,
    AppointmentState,
    AppointmentTime,
    Consultation,
    ParticipationReply,
    ReplyState,
    Side,
)
from briefings.participation.talk_times import MINUTES
from briefings.schedule.calendar_models import CalendarItem, ItemState

ENDED = (ReplyState.DECLINED, ReplyState.ENDED, ReplyState.WITHDRAWN)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TOO_LATE = {DAY: timedelta(hours=3), HOUR: timedelta(minutes=10)}
"""How long before a talk there is a reminder → how long before it that one is of no use any more."""
NAMES = {DAY: "day", HOUR: "hour"}
STILL_OF_USE = timedelta(days=3)
"""So long after its day somebody is still reminded of a next step, where nobody looked on the day itself."""


def settle(now: datetime) -> int:
    """Call off talks that one side declined in its calendar, and those of replies that came to an end; how many.

    Who declines as it begins is not waited for until its end.
    """
    offered = Appointment.starts_at.is_(None) & Appointment.times.any(AppointmentTime.starts_at > now)
    coming = or_(offered, Appointment.starts_at > now)
    standing = select(Appointment).where(Appointment.state != AppointmentState.CANCELLED)
    left = standing.where(
        Appointment.starts_at > now - timedelta(minutes=MINUTES),
        or_(
            Appointment.owner_item.has(CalendarItem.state == ItemState.CLOSED),
            Appointment.replier_item.has(CalendarItem.state == ItemState.CLOSED),
        ),
    )
    ended = standing.join(Appointment.reply).where(coming, ParticipationReply.state.in_(ENDED))
    declined = [each for each in db.session.scalars(left.order_by(Appointment.id)) if not each.is_over(now)]
    done = [each for each in db.session.scalars(ended.order_by(Appointment.id)) if each not in declined]
    for appointment in sorted([*declined, *done], key=lambda each: each.reply.need_id):  # nobody waits in a ring
        if appointment in declined:
            _declined(appointment, now)
        else:
            call_off(appointment, None, "", now)
    return len(declined) + len(done)


def remind(now: datetime, quiet: QuietHours) -> int:
    """Remind both sides a day and an hour before a talk, once each; how many mails were new."""
    found = select(Appointment).where(
        Appointment.state == AppointmentState.AGREED, Appointment.starts_at > now, Appointment.starts_at <= now + DAY
    )
    together = (joinedload(Appointment.owner_item), joinedload(Appointment.replier_item))
    return sum(
        _remind(each, now, quiet) for each in db.session.scalars(found.options(*together).order_by(Appointment.id))
    )


def remind_of_next_steps(now: datetime, quiet: QuietHours) -> int:
    """Remind owners on its day of what they meant to do next, unless they noted something since; how many mails."""
    if quiet.cover(now):
        return 0
    today = now.astimezone(quiet.zone).date()
    due = (Consultation.next_on <= today, Consultation.next_on > today - STILL_OF_USE)
    found = select(Consultation).join(Consultation.reply).where(*due, ParticipationReply.state.not_in(ENDED))
    reply = joinedload(Consultation.reply)
    together = (reply.joinedload(ParticipationReply.need).joinedload(Need.organization),)
    new = 0
    for noted in db.session.scalars(found.options(*together).order_by(Consultation.id)):
        if noted is noted.reply.consultations[-1]:
            for place, to in enumerate(owners_of(noted.reply.need)):
                key = f"next_step:{noted.id}:{noted.next_on}:{place}"
                filed, day = f"need:{noted.reply.need_id}", f"{noted.next_on}"
                new += queue("next_step", key, to, now, about=filed, consultation=noted.id, day=day)
    return new


def _declined(appointment: Appointment, now: datetime) -> None:
    owner = appointment.owner_item
    side = Side.OWNER if owner is not None and owner.state is ItemState.CLOSED else Side.REPLIER
    item = appointment.item_of(side)
    assert item is not None  # noqa: S101 (looked for)
    call_off(appointment, side, item.answer_comment, now)
    to = Recipient(item.email, item.name, item.locale)
    key, filed = f"talk_declined:{item.id}", f"need:{appointment.reply.need_id}"
    queue("talk_declined", key, to, now, about=filed, talk=appointment.id, side=side.value)


def _remind(appointment: Appointment, now: datetime, quiet: QuietHours) -> int:
    starts_at, agreed_at = appointment.starts_at, appointment.agreed_at
    if starts_at is None or agreed_at is None:
        return 0
    before = HOUR if now >= starts_at - HOUR else DAY
    due_at = quiet.over_at(now)
    if agreed_at > starts_at - before or due_at > starts_at - TOO_LATE[before]:
        return 0
    new = 0
    for side in Side:
        item = appointment.item_of(side)
        if item is not None and item.state is ItemState.OPEN:
            key = f"talk_reminder:{appointment.id}:{starts_at:%Y%m%d%H%M}:{NAMES[before]}:{side}"
            said: dict[str, Any] = {"talk": appointment.id, "side": side.value, "news": NAMES[before]}
            said |= {"at": starts_at.isoformat(), "about": f"need:{appointment.reply.need_id}"}
            new += queue("talk_reminder", key, Recipient(item.email, item.name, item.locale), now, due_at, **said)
    return new
