"""The words to those who are not in the room, composed when each is sent."""

from datetime import datetime

from briefings.live.joining import has_entered
from briefings.outbox.mail import Composer, Dropped, Mail, ShortText
from briefings.outbox.models import Message
from briefings.outbox.rendering import write, write_short
from briefings.outbox.texts import Text
from briefings.schedule.ladder import Rung
from briefings.schedule.models import Step
from briefings.schedule.registration_models import Registration
from briefings.schedule.reminder_mails import JOIN_MUST, REMINDER, short, still_concerned, values_for

ENTERED = Dropped("그사이 참가했습니다.")


def missed(message: Message, now: datetime) -> Mail | Dropped:
    """It has begun, and they are not in the room."""
    found = _outside(message, Rung(Step.MISSED), now)
    return found if isinstance(found, Dropped) else write("missed", values_for(found))


def missed_text(message: Message, now: datetime) -> ShortText | Dropped:
    """The same to a phone."""
    found = _outside(message, Rung(Step.MISSED, by_text=True), now)
    return found if isinstance(found, Dropped) else write_short("text/missed", values_for(found))


def _outside(message: Message, rung: Rung, now: datetime) -> Registration | Dropped:
    found = still_concerned(message, rung, now)
    return ENTERED if isinstance(found, Registration) and has_entered(found) else found


COMPOSERS: dict[str, Composer] = {"missed": missed, "missed_text": missed_text}
TEXTS = {
    "missed": Text("설명회 시작 10분 뒤 알림", REMINDER, must=JOIN_MUST),
    "text/missed": short("설명회 시작 10분 뒤 알림 (문자)", "missed_text"),
}
