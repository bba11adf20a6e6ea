"""The survey once more: three days after a briefing, to those who came and have not answered."""

from datetime import datetime, timedelta

from sqlalchemy import String, cast, exists, literal, select

from briefings.afterwards.surveys import closed_reason, has_taken, survey_of
from briefings.db import db
from briefings.live.attending import came
from briefings.outbox.models import Message
from briefings.outbox.queueing import Draft, Recipient, queue_many
from briefings.outbox.quiet import QuietHours
from briefings.schedule.items import concerning
from briefings.schedule.ladder import AFTERWARDS, MORNING, Rung, climbs
from briefings.schedule.models import Briefing, BriefingState, Step
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.reminders import MOST

AFTER = timedelta(days=3)


def queue_due(now: datetime, quiet: QuietHours, by_text: bool = False) -> int:
    """Queue what is due; how many were new. A briefing after which nobody is thanked by mail asks nobody again."""
    if quiet.cover(now):
        return 0
    lately = (Briefing.ends_at > now - AFTERWARDS, Briefing.ends_at <= now - timedelta(days=2))
    found = select(Briefing).where(Briefing.state == BriefingState.PUBLISHED, *lately).order_by(Briefing.id)
    return sum(_queue(each, now) for each in db.session.scalars(found) if _is_due(each, now, quiet))


def due_at(briefing: Briefing, quiet: QuietHours) -> datetime:
    """In the morning of the third day after the end."""
    day = briefing.ends_at.astimezone(quiet.zone) + AFTER
    return day.replace(hour=MORNING, minute=0, second=0, microsecond=0)


def _is_due(briefing: Briefing, now: datetime, quiet: QuietHours) -> bool:
    if now < due_at(briefing, quiet) or not climbs(briefing, Rung(Step.THANKS)):
        return False
    return closed_reason(survey_of(briefing), briefing, now) is None


def _queue(briefing: Briefing, now: datetime) -> int:
    key = literal("survey_reminder:") + cast(Registration.id, String)
    silent = (
        Registration.briefing_id == briefing.id,
        Registration.state == RegistrationState.CONFIRMED,
        came(),
        ~has_taken(),
        ~exists().where(Message.key == key),
    )
    found = select(Registration).where(*silent).order_by(Registration.id).limit(MOST)
    drafts = [
        Draft(f"survey_reminder:{each.id}", Recipient(each.email, each.name, each.locale), {"registration": each.id})
        for each in db.session.scalars(found)
    ]
    return queue_many("survey_reminder", drafts, now, **concerning(briefing))
