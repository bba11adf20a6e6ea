"""What follows the start of a briefing: word to those who are not in the room, then thanks, and news for the absent."""

from datetime import datetime

from briefings.live.attending import came
from briefings.outbox.quiet import QuietHours
from briefings.schedule.models import Step
from briefings.schedule.reminders import queue_steps


def queue_due(now: datetime, quiet: QuietHours, by_text: bool = False) -> int:
    """Queue what is due since a briefing began, to those who came or did not come so far; how many were new."""
    return queue_steps({Step.MISSED: [~came()], Step.THANKS: [came()], Step.ABSENT: [~came()]}, now, quiet, by_text)
