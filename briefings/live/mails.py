"""The words to those who are not in the room, and to everybody afterwards, composed when each is sent."""

from datetime import datetime

from flask import url_for

from briefings.live.joining import has_entered
from briefings.outbox.mail import Composer, Dropped, Mail, ShortText
from briefings.outbox.models import Message
from briefings.outbox.rendering import write, write_short
from briefings.outbox.texts import Placeholder, Text
from briefings.schedule.ladder import Rung
from briefings.schedule.links import token_of
from briefings.schedule.mails import REGISTRATION, said_of
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


def thanks(message: Message, now: datetime) -> Mail | Dropped:
    """To those who came: the replay if there is one, and the way to reply."""
    found = still_concerned(message, Rung(Step.THANKS), now)
    return found if isinstance(found, Dropped) else write("thanks", _afterwards(found))


def absent(message: Message, now: datetime) -> Mail | Dropped:
    """To those who did not: the same, in other words."""
    found = _outside(message, Rung(Step.ABSENT), now)
    return found if isinstance(found, Dropped) else write("absent", _afterwards(found))


def _outside(message: Message, rung: Rung, now: datetime) -> Registration | Dropped:
    found = still_concerned(message, rung, now)
    return ENTERED if isinstance(found, Registration) and has_entered(found) else found


def _afterwards(registration: Registration) -> dict[str, str]:
    reply = url_for("replies.write_from_join", token=token_of(registration, "join"), _external=True)
    return said_of(registration) | {"다시보기 주소": registration.briefing.replay_url, "답글 링크": reply}


COMPOSERS: dict[str, Composer] = {"missed": missed, "missed_text": missed_text, "thanks": thanks, "absent": absent}

_AFTERWARDS = (
    *REGISTRATION,
    Placeholder("다시보기 주소", "녹화한 영상의 주소", "https://room.example.kr/replay", True),
    Placeholder("답글 링크", "본인만 쓰는, 참여 답글을 쓰는 주소", "https://briefings.example.kr/join/…/reply"),
)
TEXTS = {
    "missed": Text("설명회 시작 10분 뒤 알림", REMINDER, must=JOIN_MUST),
    "text/missed": short("설명회 시작 10분 뒤 알림 (문자)", "missed_text"),
    "thanks": Text("참가한 분께 감사", _AFTERWARDS, must=("답글 링크",)),
    "absent": Text("참가하지 못한 분께 안내", _AFTERWARDS, must=("답글 링크",)),
}
