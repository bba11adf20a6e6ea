"""The words of mails that follow a no from somebody's calendar."""

from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.inbox.links import give_up_url
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.schedule.answers import ASKED_FOR
from briefings.schedule.calendar_models import CalendarItem, ItemState
from briefings.schedule.calendar_objects import zone_name
from briefings.schedule.eligibility import again_reason
from briefings.schedule.items import GONE, OVER
from briefings.schedule.links import presenter_url, token_of
from briefings.schedule.mails import REGISTRATION, said_of
from briefings.schedule.models import BriefingState, SlotState
from briefings.schedule.presenters import slot_of
from briefings.schedule.registration_models import RegistrationState
from briefings.web.filters import period, when


def declined(message: Message, now: datetime) -> Mail | Dropped:
    """A place given up by declining in the calendar, and the way to take it back."""
    item = _item(message, now)
    if isinstance(item, Dropped):
        return item
    registration = item.registration
    if registration is None or registration.email != message.recipient:
        return GONE
    if registration.state is not RegistrationState.CANCELLED:
        return Dropped("그사이 다시 신청했습니다.")
    link = url_for("answers.take_back", token=token_of(registration), _external=True)
    back = "" if again_reason(registration, now) else link
    return write("declined", said_of(registration) | {"되찾기 링크": back})


def decline_asked(message: Message, now: datetime) -> Mail | Dropped:
    """A no that may be somebody else's: whether to give the place up."""
    item = _item(message, now)
    if isinstance(item, Dropped):
        return item
    registration = item.registration
    if registration is None or item.state is ItemState.CLOSED:
        return Dropped("그사이 신청이 취소되었습니다.")
    if item.partstat != "DECLINED":
        return Dropped("그사이 다르게 답했습니다.")
    expires_at = message.created_at + ASKED_FOR
    if now >= expires_at:
        return Dropped("물은 지 너무 오래되었습니다.")
    link, until = give_up_url(item, message.created_at), min(expires_at, registration.briefing.ends_at)
    return write("decline_asked", said_of(registration) | {"자리 내놓기 링크": link, "기한": when(until)})


def presenter_declined(message: Message, now: datetime) -> Mail | Dropped:
    """A talk declined in the calendar, and whom to call if that was a mistake."""
    item = _item(message, now)
    return item if isinstance(item, Dropped) else write("presenter_declined", _of_talk(item))


def presenter_decline_asked(message: Message, now: datetime) -> Mail | Dropped:
    """A no to a talk that may be somebody else's: where to say so."""
    item = _item(message, now)
    if isinstance(item, Dropped):
        return item
    slot = slot_of(item)
    if slot is None or slot.state is SlotState.DECLINED or item.state is ItemState.CLOSED:
        return Dropped("발표자가 바뀌었습니다.")
    if item.partstat != "DECLINED":
        return Dropped("그사이 다르게 답했습니다.")
    return write("presenter_decline_asked", _of_talk(item) | {"발표자 링크": presenter_url(slot)})


def _item(message: Message, now: datetime) -> CalendarItem | Dropped:
    """The item a message is about, unless nothing is to come of it."""
    found = select(CalendarItem).where(CalendarItem.id == message.params["item"])
    together = (CalendarItem.briefing, CalendarItem.registration, CalendarItem.need)
    item = db.session.scalar(found.options(*(joinedload(each) for each in together)))
    if item is None:
        return GONE
    if item.briefing.state is BriefingState.CANCELLED:
        return Dropped("설명회가 취소되었습니다.")
    return OVER if item.briefing.is_over(now) else item


def _of_talk(item: CalendarItem) -> dict[str, str]:
    return {
        "이름": item.name,
        "설명회": item.briefing.title,
        "일시": f"{period((item.starts_at, item.ends_at))} ({zone_name(item.starts_at)})",
        "시작": when(item.starts_at),
        "수요": item.need.title if item.need else "",
    }


COMPOSERS: dict[str, Composer] = {
    "declined": declined,
    "decline_asked": decline_asked,
    "presenter_declined": presenter_declined,
    "presenter_decline_asked": presenter_decline_asked,
}

_TALK = (
    NAME,
    Placeholder("설명회", "설명회의 이름", "탄소중립 협업이음 사업설명회"),
    Placeholder("일시", "발표의 시작과 끝", "2026. 12. 3.(목) 10:10~10:25 (대한민국 표준시)"),
    Placeholder("시작", "발표의 시작", "2026. 12. 3.(목) 10:10"),
    Placeholder("수요", "발표할 수요의 이름", "폐어망 되살림 공정 함께 만들기"),
)
TEXTS = {
    "declined": Text(
        "달력에서 거절해 취소된 신청",
        (
            *REGISTRATION,
            Placeholder(
                "되찾기 링크",
                "버튼 하나로 다시 신청하는 화면의 주소 (다시 신청할 수 있을 때)",
                "https://briefings.example.kr/r/…/take-back",
                optional=True,
            ),
        ),
        must=("일시",),
    ),
    "decline_asked": Text(
        "달력에서 거절한 분께 자리를 내놓을지 물음",
        (
            *REGISTRATION,
            Placeholder(
                "자리 내놓기 링크", "버튼 하나로 신청을 취소하는 화면의 주소", "https://briefings.example.kr/give-up/…"
            ),
            Placeholder("기한", "링크를 쓸 수 있는 마지막 때", "2026. 11. 30.(월) 10:00"),
        ),
        must=("일시", "자리 내놓기 링크"),
    ),
    "presenter_declined": Text("달력에서 사양한 발표", _TALK, must=("일시", "수요")),
    "presenter_decline_asked": Text(
        "달력에서 거절한 발표자에게 사양하는지 물음",
        (
            *_TALK,
            Placeholder(
                "발표자 링크",
                "본인만 쓰는, 수락하거나 사양하거나 넘기는 주소",
                "https://briefings.example.kr/present/…",
            ),
        ),
        must=("일시", "발표자 링크"),
    ),
}
