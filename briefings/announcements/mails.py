"""A letter as one person reads it, made when it is sent."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.announcements.groups import still_agrees
from briefings.announcements.models import Announcement
from briefings.announcements.writing import group_of, letter_of
from briefings.db import db
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write_words
from briefings.schedule.calendar_objects import landing_url
from briefings.schedule.links import join_url, personal_url
from briefings.schedule.models import BriefingState, PresenterSlot, SlotState
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.web.filters import period


def announcement(message: Message, now: datetime) -> Mail | Dropped:
    """The letter, while its reader is still one of those it was written to and the briefing still stands."""
    found = select(Announcement).where(Announcement.id == message.params["announcement"])
    sent = db.session.scalar(found.options(joinedload(Announcement.briefing)))
    if sent is None:
        return Dropped("안내가 더는 없습니다.")
    briefing = sent.briefing
    since = briefing.cancelled_at
    if briefing.state is BriefingState.CANCELLED and since and sent.queued_at and since > sent.queued_at:
        return Dropped("그사이 설명회가 취소되었습니다.")
    links = _links_of_presenter(message) if "slot" in message.params else _links_of_registrant(message, sent)
    if isinstance(links, Dropped):
        return links
    letter = letter_of(sent)
    words = letter.english if message.locale == "en" and letter.english else letter.korean
    values = {
        "이름": message.recipient_name,
        "설명회": briefing.title,
        "일시": period((briefing.starts_at, briefing.ends_at)),
        "안내 주소": landing_url(briefing),
    }
    return write_words(words, values | links)


def _links_of_registrant(message: Message, sent: Announcement) -> dict[str, str] | Dropped:
    registration = db.session.get(Registration, message.params["registration"])
    if registration is None or registration.email != message.recipient:
        return Dropped("이 주소로 한 신청이 더는 없습니다.")
    if registration.state not in group_of(sent).states:
        return Dropped("그사이 신청 상태가 바뀌었습니다.")
    if group_of(sent).news and not still_agrees(registration):
        return Dropped("그사이 소식 받기 동의를 거두었습니다.")
    may_enter = registration.state is RegistrationState.CONFIRMED
    return {"입장 링크": join_url(registration) if may_enter else "", "신청 내역": personal_url(registration)}


def _links_of_presenter(message: Message) -> dict[str, str] | Dropped:
    slot = db.session.get(PresenterSlot, message.params["slot"])
    if slot is None or slot.state is SlotState.DECLINED or slot.presenter_email.lower() != message.recipient:
        return Dropped("더는 발표자가 아닙니다.")
    return {"입장 링크": "", "신청 내역": ""}


COMPOSERS: dict[str, Composer] = {"announcement": announcement}
