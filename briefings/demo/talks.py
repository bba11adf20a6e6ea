"""The desk of the example owner: replies in every state, talks past, agreed on and offered, words to answer with."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from briefings.accounts.models import User
from briefings.calendar.holidays import working_days_from
from briefings.db import db
from briefings.needs.models import Need, NeedState
from briefings.organizations.finding import organization_of
from briefings.organizations.models import Organization, OrganizationKind
from briefings.outbox.queueing import Recipient
from briefings.participation import answer_templates, answering, appointments, replying
from briefings.participation.appointments import Terms
from briefings.participation.models import Appointment, ParticipationReply, TemplatePurpose, Visibility
from briefings.participation.replying import Offer, Sender
from briefings.privacy.consenting import current_text
from briefings.privacy.models import Purpose

SENDERS = (
    (
        "미르보조기(주)",
        OrganizationKind.COMPANY,
        "윤미르",
        "보조기기를 고치는 기사 여섯 명과 수리 차량이 있습니다.",
    ),
    ("새빛복지관", OrganizationKind.ASSOCIATION, "조새빛", "이용자 300명에게 알리고 자리를 마련할 수 있습니다."),
    ("다온대학교", OrganizationKind.UNIVERSITY, "임다온", "재활공학과 학생 스무 명이 실습으로 도울 수 있습니다."),
    ("한울부품", OrganizationKind.COMPANY, "남한울", "바퀴와 배터리를 원가로 낼 수 있습니다."),
    ("누리물류", OrganizationKind.COMPANY, "오누리", "전국 12개 영업소에서 물건을 모아 나를 수 있습니다."),
)
ROOM = "https://room.example.com/talk"
TEMPLATES = (
    (
        TemplatePurpose.ACKNOWLEDGE,
        "잘 읽었습니다",
        "#{이름} 님, 보내 주신 답글을 잘 읽었습니다. 곧 전화드리겠습니다.",
    ),
    (TemplatePurpose.CONSULT, "20분 이야기", "#{이름} 님, ‘#{과제}’ 과제를 두고 20분만 이야기를 나누고 싶습니다."),
    (TemplatePurpose.DECLINE, "올해 예산", "#{이름} 님, 고맙습니다. 올해 예산이 정해져 이번에는 함께하기 어렵습니다."),
)


def load_talks(now: datetime, zone: ZoneInfo) -> None:
    """Of five replies to the example owner one was talked about, one has a talk to come, one is choosing, two wait."""
    owner = db.session.scalars(select(User).where(User.email == "owner@example.kr")).one()
    organization = organization_of(owner)
    if organization is None:
        return
    published = select(Need).where(Need.organization_id == organization.id, Need.state == NeedState.PUBLISHED)
    need = db.session.scalars(published.order_by(Need.id).limit(1)).one()
    _templates(organization, now)
    sent_on = [working_days_from(now.astimezone(zone).date(), -days) for days in (9, 5, 4, 7, 1)]
    replies = [_reply(need, number, datetime.combine(day, time(11), zone), zone) for number, day in enumerate(sent_on)]
    _talked_about(replies[0], owner, now, zone)
    agreed = _offer(replies[1], owner, replies[1].sent_at + timedelta(days=1), (2, 3, 4), now, zone)
    _choose(agreed, now - timedelta(hours=20))
    _offer(replies[2], owner, now - timedelta(hours=6), (3, 4, 5), now, zone)


def _templates(organization: Organization, now: datetime) -> None:
    for purpose, title, text in TEMPLATES:
        answer_templates.keep(organization, purpose, title, text, now - timedelta(days=30))


def _reply(need: Need, number: int, at: datetime, zone: ZoneInfo) -> ParticipationReply:
    name, kind, person, offer = SENDERS[number]
    sender = Sender(person, f"talk{number}@example.com", name, kind, phone="010-0000-0000")
    consent = current_text(Purpose.REPLY, "ko")
    sent = replying.reply(sender, [Offer(need, offer, ("people",))], "", Visibility.OWNER, consent, zone.key, at)
    return sent.replies[0]


def _talked_about(made: ParticipationReply, owner: User, now: datetime, zone: ZoneInfo) -> None:
    """Three working days ago, with what comes next in two."""
    today = now.astimezone(zone).date()
    held_on = working_days_from(today, -3)
    talk = _offer(made, owner, made.sent_at + timedelta(days=1), (-3, -2, -1), now, zone)
    _choose(talk, made.sent_at + timedelta(days=2))
    noted_at = datetime.combine(held_on, time(11), zone)
    words = "수리 차량이 다닐 수 있는 날과 고칠 수 있는 기종을 확인했습니다. 부품은 우리가 마련하기로 했습니다."
    next_on = working_days_from(today, 2)
    answering.note_consultation(made, held_on, words, "시범 운영 날짜 정하기", owner, held_on, noted_at, next_on, talk)


def _offer(
    made: ParticipationReply, owner: User, at: datetime, days: tuple[int, ...], now: datetime, zone: ZoneInfo
) -> Appointment:
    """Three times at ten o'clock so many working days from today."""
    today = now.astimezone(zone).date()
    times = [datetime.combine(working_days_from(today, number), time(10), zone) for number in days]
    terms = Terms(ROOM, "보내 주신 내용을 조금 더 자세히 듣고 싶습니다.")
    return appointments.offer(made, times, terms, owner, zone, at)


def _choose(talk: Appointment, at: datetime) -> None:
    made = talk.reply
    appointments.choose(talk, talk.times[0].starts_at, Recipient(made.email, made.name, made.locale), at)
