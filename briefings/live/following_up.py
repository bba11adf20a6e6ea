"""What follows the start of a briefing: word to those who are not in the room, then thanks, and news for the absent."""

from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, exists, literal

from briefings.live.attending import came
from briefings.outbox.models import Message, MessageState
from briefings.outbox.quiet import QuietHours
from briefings.schedule.ladder import Rung
from briefings.schedule.models import Step
from briefings.schedule.registration_models import Registration
from briefings.schedule.reminders import KINDS, queue_steps


def queue_due(now: datetime, quiet: QuietHours, by_text: bool = False) -> int:
    """Queue what is due since a briefing began, to those who came or did not come so far; how many were new."""
    concerned = {Step.MISSED: [~came()], Step.THANKS: [came()], Step.ABSENT: [missing()]}
    return queue_steps(concerned, now, quiet, by_text)


def missing() -> ColumnElement[bool]:
    """Of a registration: whether its person did not come; who was thanked for coming is not told otherwise."""
    about = literal("briefing:") + cast(Registration.briefing_id, String)
    of_person = (Message.about == about, Message.recipient == Registration.email)
    thanked = exists().where(*of_person, Message.kind == KINDS[Rung(Step.THANKS)], Message.state == MessageState.SENT)
    return ~came() & ~thanked
