"""The words of reminders, composed when each is sent: only to those whom it still concerns then."""

from datetime import datetime

from flask import url_for

from briefings.db import db
from briefings.outbox.mail import Composer, Dropped, Mail, ShortText
from briefings.outbox.models import Medium, Message
from briefings.outbox.rendering import write, write_short
from briefings.outbox.texts import Placeholder, Text
from briefings.schedule.items import GONE
from briefings.schedule.ladder import BEFORE_START, RUNGS, Rung, climbs, latest
from briefings.schedule.links import join_url, token_of
from briefings.schedule.mails import JOIN, REGISTRATION, said_of
from briefings.schedule.models import BriefingState, Step
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.reminders import KINDS
from briefings.web.filters import clock_time


def plain(rung: Rung) -> Composer:
    """What composes a rung that says no more than when it is and how to come in."""

    def compose(message: Message, now: datetime) -> Mail | ShortText | Dropped:
        found = still_concerned(message, rung, now)
        if isinstance(found, Dropped):
            return found
        values = values_for(found)
        return write_short(SHORT_TEXTS[rung.step], values) if rung.by_text else write(KINDS[rung], values)

    return compose


def reconfirm(message: Message, now: datetime) -> Mail | Dropped:
    """Two days before: whether they will really come; not to those who have said so meanwhile."""
    found = still_concerned(message, _RECONFIRM, now)
    if isinstance(found, Dropped):
        return found
    if found.reconfirmed_at is not None and found.reconfirmed_at >= message.created_at:
        return Dropped("그사이 참가한다고 알려 왔습니다.")
    link = url_for("reconfirmation.show", token=token_of(found, "reconfirm"), _external=True)
    return write("reconfirm", values_for(found) | {"참가 확인 링크": link})


def still_concerned(message: Message, rung: Rung, now: datetime) -> Registration | Dropped:
    """The registration a reminder is about, unless it has lost its place, its time or its point since it was queued."""
    registration = db.session.get(Registration, message.params["registration"])
    if registration is None or registration.email != message.recipient:
        return GONE
    briefing = registration.briefing
    if registration.state is not RegistrationState.CONFIRMED or briefing.sequence != message.params["sequence"]:
        return Dropped("그사이 상황이 바뀌었습니다.")
    if not climbs(briefing, rung):
        return Dropped("담당자가 이 알림을 껐습니다.")
    if briefing.state is not BriefingState.PUBLISHED or now >= latest(rung.step, briefing):
        return Dropped("알리기에 너무 늦었습니다.")
    return registration


def values_for(registration: Registration) -> dict[str, str]:
    """The values of the placeholders in REMINDER."""
    briefing = registration.briefing
    return said_of(registration) | {
        "시작 시각": clock_time(briefing.starts_at),
        "입장 링크": join_url(registration),
        "방이 열리지 않을 때": briefing.room_note,
    }


def short(title: str, kind: str) -> Text:
    """What staff should know of a text to phones that messages of `kind` are made of."""
    name = Placeholder("이름", "받는 사람의 이름", "이가온")
    return Text(
        title,
        (name, *(each for each in REMINDER if not each.optional)),
        must=("입장 링크",),
        kinds=(kind,),
        medium=Medium.TEXT,
    )


_RECONFIRM = Rung(Step.RECONFIRM)
COMPOSERS: dict[str, Composer] = {
    KINDS[rung]: reconfirm if rung == _RECONFIRM else plain(rung) for rung in RUNGS if rung.step in BEFORE_START
}

REMINDER = (
    *REGISTRATION,
    JOIN,
    Placeholder("시작 시각", "설명회가 시작하는 시각", "14:00"),
    Placeholder("방이 열리지 않을 때", "접속하지 못할 때의 전화나 주소", "044-000-0000", True),
)
SHORT_TEXTS = {Step.DAY: "text/reminder", Step.TWO_HOURS: "text/reminder_two_hours", Step.MISSED: "text/missed"}
"""Step → the text that goes to phones."""
JOIN_MUST = ("일시", "입장 링크", "신청 내역 링크")
_CONFIRM = Placeholder(
    "참가 확인 링크",
    "본인만 쓰는, 참가할지 알려 주는 주소",
    "https://briefings.example.kr/reconfirm/…",
)
TEXTS = {
    "reminder_week": Text("설명회 7일 전 알림", REMINDER, must=("일시", "신청 내역 링크")),
    "reminder_three_days": Text("설명회 3일 전 알림", REMINDER, must=JOIN_MUST),
    "reconfirm": Text("설명회 참가 확인", (*REMINDER, _CONFIRM), must=("일시", "참가 확인 링크")),
    "reminder": Text("설명회 전날 알림", REMINDER, must=JOIN_MUST),
    "text/reminder": short("설명회 전날 알림 (문자)", "reminder_text"),
    "reminder_two_hours": Text("설명회 2시간 전 알림", REMINDER, must=JOIN_MUST),
    "text/reminder_two_hours": short("설명회 2시간 전 알림 (문자)", "reminder_two_hours_text"),
}
