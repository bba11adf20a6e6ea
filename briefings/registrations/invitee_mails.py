"""The words of mails to people whom staff invite to register."""

from datetime import datetime

from sqlalchemy import select

from briefings.db import db
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.registrations.invitees import Answer, answer_of, invitees_of, not_to_be_asked
from briefings.registrations.links import invitee_url
from briefings.schedule.calendar_objects import landing_url, zone_name
from briefings.schedule.mails import short_time
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Invitee
from briefings.web.filters import period, when


def invited(message: Message, now: datetime) -> Mail | Dropped:
    """What the briefing is, and the link by which they register or say no."""
    return _to_the_silent("guest_invited", message, now)


def reminded(message: Message, now: datetime) -> Mail | Dropped:
    """That an answer is still awaited."""
    return _to_the_silent("guest_reminded", message, now)


def _to_the_silent(text: str, message: Message, now: datetime) -> Mail | Dropped:
    invitee = _invitee(message)
    if invitee is None or invitee.email != message.recipient:
        return Dropped("초대 명단에서 빠졌습니다.")
    if reason := not_to_be_asked(invitee.briefing, now):
        return Dropped(reason)
    if answer_of(invitee) in (Answer.REGISTERED, Answer.DECLINED):
        return Dropped("그사이 답했습니다.")
    return write(text, _said(invitee))


def _invitee(message: Message) -> Invitee | None:
    briefing = select(Briefing).join(Invitee, Invitee.briefing_id == Briefing.id)
    found = db.session.scalar(briefing.where(Invitee.id == message.params["invitee"]))
    if found is None:
        return None
    return db.session.scalar(invitees_of(found).where(Invitee.id == message.params["invitee"]))


def _said(invitee: Invitee) -> dict[str, str]:
    briefing = invitee.briefing
    return {
        "이름": invitee.name or invitee.organization or invitee.email,
        "설명회": briefing.title,
        "일시": f"{period((briefing.starts_at, briefing.ends_at))} ({zone_name(briefing.starts_at)})",
        "짧은 일시": short_time(briefing.starts_at),
        "안내 주소": landing_url(briefing),
        "초대 링크": invitee_url(invitee),
        "신청 기간": period((briefing.registration_opens_at, briefing.registration_closes_at)),
        "신청 마감": when(briefing.registration_closes_at),
    }


COMPOSERS: dict[str, Composer] = {"guest_invited": invited, "guest_reminded": reminded}

_INVITED = (
    NAME,
    Placeholder("설명회", "설명회의 이름", "탄소중립 협업이음 사업설명회"),
    Placeholder("일시", "설명회의 시작과 끝", "2026. 12. 3.(목) 10:00~11:30 (대한민국 표준시)"),
    Placeholder("짧은 일시", "제목에 적는 시작", "12/3 10:00"),
    Placeholder("안내 주소", "설명회 안내 화면의 주소", "https://briefings.example.kr/b/4h2k9xyz"),
    Placeholder("초대 링크", "본인만 쓰는, 신청하거나 사양하는 주소", "https://briefings.example.kr/i/…"),
    Placeholder("신청 기간", "신청을 받는 기간", "2026. 11. 10.(화) 09:00~2026. 12. 2.(수) 18:00"),
    Placeholder("신청 마감", "신청을 받는 마지막 때", "2026. 12. 2.(수) 18:00"),
)
TEXTS = {
    "guest_invited": Text("설명회 초대", _INVITED, must=("설명회", "일시", "초대 링크")),
    "guest_reminded": Text("설명회 초대를 다시 알림", _INVITED, must=("설명회", "일시", "초대 링크")),
}
