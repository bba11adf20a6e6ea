"""What follows the start of a briefing: word to those who are not in the room, then thanks, and news for the absent."""

from datetime import datetime

from sqlalchemy import exists

from briefings.live.models import Attendance
from briefings.outbox.quiet import QuietHours
from briefings.schedule.models import Step
from briefings.schedule.registration_models import Registration
from briefings.schedule.reminders import queue_steps


def queue_due(now: datetime, quiet: QuietHours, by_text: bool = False) -> int:
    """Queue what is due since a briefing began, to those who came or did not come so far; how many were new."""
    came = exists().where(Attendance.registration_id == Registration.id)
    return queue_steps({Step.MISSED: [~came], Step.THANKS: [came], Step.ABSENT: [~came]}, now, quiet, by_text)
