"""The ladder of reminders: when each step of a briefing is due, how long it may still be sent, whom it spares.

All of it follows from the clock and the times of the briefing; nothing is stored but which steps staff ticked.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from briefings.outbox.quiet import QuietHours
from briefings.schedule.models import Briefing, Step

BEFORE_START = {
    Step.WEEK: (timedelta(days=7), timedelta(days=5)),
    Step.THREE_DAYS: (timedelta(days=3), timedelta(days=2)),
    Step.RECONFIRM: (timedelta(days=2), timedelta(days=1)),
    Step.DAY: (timedelta(days=1), timedelta(hours=4)),
    Step.TWO_HOURS: (timedelta(hours=2), timedelta(minutes=30)),
}
"""How long before the start a step is due, and how long before it is too late: a late reminder is not sent stale."""
MISSED_AFTER = timedelta(minutes=10)
MISSED_UNTIL = timedelta(minutes=40)
"""So long after the start, or until the end, somebody who is not in the room is told how to come in."""
MORNING = 10
"""At this hour of the day after, those who came are thanked and those who did not are told what they may still do."""
AFTERWARDS = timedelta(days=7)
"""So long after the end that is still of use."""
BY_TEXT = (Step.DAY, Step.TWO_HOURS, Step.MISSED)
"""The steps that may go to phones too: what is near enough to be worth a ring."""
IN_QUIET_HOURS = (Step.MISSED,)
"""Sent at any hour, as mail: it is about what goes on at that moment, and waiting would make it worthless. The reminder
of two hours before waits for the morning like all others: nobody need be woken by what was told the day before.
"""
OF_TEXT = ":text"


class Rung(NamedTuple):
    """A step by one of the two ways: to everybody's mailbox, or to the phones of those who gave a number."""

    step: Step
    by_text: bool = False

    @property
    def value(self) -> str:
        """How it stands in `Briefing.reminders`: `day`, `day:text`."""
        return self.step.value + (OF_TEXT if self.by_text else "")


RUNGS = tuple(Rung(step, by_text) for step in Step for by_text in (False, True) if not by_text or step in BY_TEXT)
"""Everything staff may tick, in the order of the day."""


def climbs(briefing: Briefing, rung: Rung) -> bool:
    """Whether staff want this rung; a text is never sent without its mail being wanted."""
    wanted: Sequence[str] = briefing.reminders
    return rung.step.value in wanted and rung.value in wanted


def due_at(step: Step, briefing: Briefing, zone: tzinfo) -> datetime:
    """When the step would go, but for the quiet hours."""
    if step in BEFORE_START:
        return briefing.starts_at - BEFORE_START[step][0]
    if step is Step.MISSED:
        return briefing.starts_at + MISSED_AFTER
    next_day = briefing.ends_at.astimezone(zone) + timedelta(days=1)
    return next_day.replace(hour=MORNING, minute=0, second=0, microsecond=0)


def latest(step: Step, briefing: Briefing) -> datetime:
    """From when on the step is not sent any more."""
    if step in BEFORE_START:
        return briefing.starts_at - BEFORE_START[step][1]
    if step is Step.MISSED:
        return min(briefing.starts_at + MISSED_UNTIL, briefing.ends_at)
    return briefing.ends_at + AFTERWARDS


def told_by(step: Step, briefing: Briefing, zone: tzinfo) -> datetime:
    """Whoever got the place, or heard of another time, later than this has just been told, and is not told twice."""
    if step is Step.MISSED:
        return briefing.starts_at
    return min(due_at(step, briefing, zone), briefing.ends_at)


def sends_at(rung: Rung, briefing: Briefing, quiet: QuietHours) -> datetime | None:
    """When the rung goes out; None where the quiet hours last until it is too late."""
    due = due_at(rung.step, briefing, quiet.zone)
    at = due if _rings_at_any_hour(rung) else quiet.over_at(due)
    return at if at < latest(rung.step, briefing) else None


def is_due(rung: Rung, briefing: Briefing, now: datetime, quiet: QuietHours) -> bool:
    """Whether the rung is to be sent at `now` to whomever it was not sent to yet."""
    at = sends_at(rung, briefing, quiet)
    disturbs = quiet.cover(now) and not _rings_at_any_hour(rung)
    return at is not None and at <= now < latest(rung.step, briefing) and not disturbs


def _rings_at_any_hour(rung: Rung) -> bool:
    return rung.step in IN_QUIET_HOURS and not rung.by_text
