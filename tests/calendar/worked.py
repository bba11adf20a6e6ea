"""The worked examples: one person's way from invitation to withdrawal, a presenter's slot, and a feed."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from briefings.calendar.addresses import Mailbox
from briefings.calendar.items import CalendarObject, PartStat
from briefings.calendar.message import scheduling_message

SEOUL = ZoneInfo("Asia/Seoul")
NEW_YORK = ZoneInfo("America/New_York")
OFFICE = Mailbox("데이터정책 설명회 사무국", "invite@briefing.example.kr")
HANEUL = Mailbox("김하늘", "haneul.kim@agency.example.kr")
ALEX = Mailbox("Alex Morgan", "alex.morgan@corp.example.com")
INSTITUTE = "Example Institute"
TITLE = (
    "2026년 하반기 디지털플랫폼정부 데이터 개방 정책 온라인 사업설명회 및 참여기관 질의응답"
    " (1차, 수도권·강원권 공공기관 대상)"
)
WORDS = (
    "일시: 2026년 11월 {} (한국시간)\n참석: https://briefing.example.kr/s/4h2k9\n\n"
    "발표자료는 시작 30분 전에 위 주소에 올라옵니다.\n문의: help@briefing.example.kr, 02-000-0000; 평일 9–18시"
)


def seoul(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SEOUL)


def utc(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


INVITED = CalendarObject(
    uid="9f1c4b7ae02d4e53b8a6d0c7f3e915a2@cal.briefing.example.kr",
    sequence=0,
    dtstamp=utc(2, 1, 0, 5),
    created=utc(2, 1),
    modified=utc(2, 1),
    starts_at=seoul(24, 14),
    ends_at=seoul(24, 15, 30),
    timezone="Asia/Seoul",
    summary=TITLE,
    description=WORDS.format("24일(화) 14:00–15:30"),
    url="https://briefing.example.kr/s/4h2k9",
    conference_label="온라인 참석",
    organizer=OFFICE,
    attendee=HANEUL,
    partstat=PartStat.ACCEPTED,
    alarm_minutes=10,
)
MOVED = replace(
    INVITED,
    sequence=1,
    dtstamp=utc(10, 0, 30, 2),
    modified=utc(10, 0, 30),
    starts_at=seoul(26, 10),
    ends_at=seoul(26, 11, 30),
    description=WORDS.format("26일(목) 10:00–11:30"),
)
CANCELLED = replace(MOVED, sequence=2, dtstamp=utc(20, 8, 0, 1), modified=utc(20, 8), cancelled=True)
REGISTERED_AGAIN = replace(
    MOVED,
    uid="c07a5e2f91b84d36ae50f8d1c2974b3e@cal.briefing.example.kr",
    sequence=0,
    created=utc(21, 0),
    modified=utc(21, 0),
    dtstamp=utc(21, 0, 0, 3),
)
PRESENTER = replace(
    INVITED,
    uid="3b7de0918c5a4f62a1d94c0e7b82f5d6@cal.briefing.example.kr",
    starts_at=seoul(24, 14, 20),
    ends_at=seoul(24, 14, 45),
    summary="[발표] 데이터 개방 로드맵 — 2026년 하반기 온라인 사업설명회 (1차)",
    description="발표 시간: 14:20–14:45 (한국시간)\n대기실 입장: 14:05까지\n발표자 페이지: https://briefing.example.kr/p/88xq1",
    url="https://briefing.example.kr/p/88xq1",
    conference_label="발표자 대기실",
    attendee=ALEX,
    partstat=PartStat.NEEDS_ACTION,
    alarm_minutes=30,
    related_to="s-4h2k9@cal.briefing.example.kr",
)
FEED = (
    REGISTERED_AGAIN,
    replace(
        PRESENTER,
        uid="5ac81e60d7f94b32a9406b3dc2e871f4@cal.briefing.example.kr",
        sequence=1,
        modified=utc(18, 6, 20),
        starts_at=seoul(1, 11, 10, month=12),
        ends_at=seoul(1, 11, 30, month=12),
        summary="[발표] 공공데이터 품질 점검 — 지역 순회 설명회 1차",
        description="발표 시간: 11:10–11:30 (한국시간)\n대기실 입장: 10:55까지\n발표자 페이지: https://briefing.example.kr/p/2t6hn",
        url="https://briefing.example.kr/p/2t6hn",
        related_to="s-5c8wq@cal.briefing.example.kr",
    ),
    replace(
        INVITED,
        uid="71f3c9d05ae84b2690be5d7a4c13f8e2@cal.briefing.example.kr",
        sequence=1,
        modified=utc(20, 8),
        starts_at=seoul(3, 14, month=12),
        ends_at=seoul(3, 15, month=12),
        summary="지역 순회 설명회 2차: 충청·호남",
        description="개최가 취소되었습니다.",
        url="https://briefing.example.kr/s/7p3vd",
        cancelled=True,
    ),
    replace(
        INVITED,
        uid="e4d81a06c93b47f5b2c7096f5a1d8e30@cal.briefing.example.kr",
        created=utc(3, 0),
        modified=utc(3, 0),
        starts_at=datetime(2027, 3, 12, 9, tzinfo=NEW_YORK),
        ends_at=datetime(2027, 3, 12, 10, tzinfo=NEW_YORK),
        timezone="America/New_York",
        summary="Overseas partners Q&A, spring; session 2",
        description="New York time. Summer time starts two days later.",
        url="https://briefing.example.kr/s/9m1zz",
    ),
)


def an_item(**changes: Any) -> CalendarObject:
    """A new item like INVITED."""
    return replace(INVITED, **{"uid": f"{secrets.token_hex(16)}@cal.briefing.example.kr", **changes})


def moved(item: CalendarObject, days: int = 2) -> CalendarObject:
    """The item after the change of its time that a mail tells of."""
    later = timedelta(days=days)
    return replace(_changed(item), starts_at=item.starts_at + later, ends_at=item.ends_at + later)


def withdrawn(item: CalendarObject) -> CalendarObject:
    """The item closed for good."""
    return replace(_changed(item), cancelled=True)


def _changed(item: CalendarObject) -> CalendarObject:
    stamp = item.dtstamp + timedelta(seconds=1)
    return replace(item, sequence=item.sequence + 1, dtstamp=stamp, modified=stamp)


def a_mail(calendar: bytes, method: str = "REQUEST", **changes: Any) -> bytes:
    """The mail that carries `calendar` to Haneul."""
    parts: dict[str, Any] = {
        "subject": "[초대] 2026년 하반기 데이터 개방 정책 온라인 사업설명회 (11/24 14:00)",
        "text": "김하늘님, 설명회에 초대합니다.\n일시: 2026. 11. 24.(화) 14:00",
        "html": "<p>김하늘님, 설명회에 초대합니다.</p>\n<p>일시: 2026. 11. 24.(화) 14:00</p>",
        "sender": OFFICE,
        "recipient": HANEUL,
        "message_id": "<20261102010005.8Zk1Qm7Lw2@briefing.example.kr>",
        "date": datetime(2026, 11, 2, 10, 0, 5, tzinfo=SEOUL),
    }
    return scheduling_message(calendar=calendar, method=method, **parts | changes)
