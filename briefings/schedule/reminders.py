"""Reminders, derived from the clock: a briefing that moves takes them along, for they are stored nowhere."""

from datetime import datetime, timedelta

from sqlalchemy import String, cast, exists, literal, select

from briefings.db import db
from briefings.outbox.models import Message
from briefings.outbox.queueing import Draft, Recipient, queue_many
from briefings.schedule.models import Briefing, BriefingState, Registration, RegistrationState

DUE_BEFORE = timedelta(hours=24)
STALE_BEFORE = timedelta(hours=2)
"""So near the start a reminder of the day before is not sent any more."""


def queue_due(now: datetime) -> int:
    """Queue the reminder of the day before for everyone whose briefing is near enough; how many were new.

    Whoever got the place within that day has just been told, and is not told twice.
    """
    key = (
        literal("reminder:day-before:") + cast(Registration.id, String) + literal(":") + cast(Briefing.sequence, String)
    )
    due = (
        select(key, Registration.id, Registration.email, Registration.name, Registration.locale, Briefing.sequence)
        .join(Registration.briefing)
        .where(
            Briefing.state == BriefingState.PUBLISHED,
            Briefing.starts_at <= now + DUE_BEFORE,
            Briefing.starts_at > now + STALE_BEFORE,
            Registration.state == RegistrationState.CONFIRMED,
            ~exists().where(Message.key == key),
        )
    )
    near = due.add_columns(Registration.confirmed_at, Briefing.starts_at).order_by(Registration.id)
    messages = [
        Draft(words, Recipient(email, name, locale), {"registration": registration, "sequence": sequence})
        for words, registration, email, name, locale, sequence, confirmed_at, starts_at in db.session.execute(near)
        if confirmed_at <= starts_at - DUE_BEFORE
    ]
    return queue_many("reminder", messages, now)


def is_stale(briefing: Briefing, now: datetime) -> bool:
    """Whether it is too late for the reminder of the day before."""
    return now > briefing.starts_at - STALE_BEFORE
