"""The mail that gives the moderator the run sheet, composed when it is sent."""

from datetime import datetime

from briefings.db import db
from briefings.live.days import day_of
from briefings.live.moderator_links import moderator_url
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import Placeholder, Text
from briefings.schedule.calendar_objects import zone_name
from briefings.schedule.models import Briefing, BriefingState
from briefings.web.filters import period, when


def moderator_link(message: Message, now: datetime) -> Mail | Dropped:
    """The way to the run sheet and the cue sheet; nothing once the link was taken back or the briefing is over."""
    briefing = db.session.get(Briefing, message.params["briefing"])
    if briefing is None or briefing.state is not BriefingState.PUBLISHED or briefing.is_over(now):
        return Dropped("취소되었거나 끝난 설명회입니다.")
    day = day_of(briefing)
    if day.moderator_version != message.params["version"]:
        return Dropped("그사이 막은 링크입니다.")
    values = {
        "받는 사람": briefing.moderator,
        "설명회": briefing.title,
        "설명회 일시": f"{period((briefing.starts_at, briefing.ends_at))} ({zone_name(briefing.starts_at)})",
        "시작": when(briefing.starts_at),
        "진행 화면 링크": moderator_url(briefing, day),
        "큐시트 링크": moderator_url(briefing, day, "moderator.cue_sheet"),
        "접속 주소": briefing.room_url,
        "접속이 안 될 때": briefing.room_note if briefing.room_url else "",
    }
    return write("moderator_link", values)


COMPOSERS: dict[str, Composer] = {"moderator_link": moderator_link}
TEXTS = {
    "moderator_link": Text(
        "사회자에게 진행 화면 링크",
        (
            Placeholder("받는 사람", "사회자의 이름", "윤다온", True),
            Placeholder("설명회", "설명회의 이름", "탄소중립 협업이음 사업설명회"),
            Placeholder("설명회 일시", "설명회의 시작과 끝", "2026. 12. 3.(목) 10:00~11:30 (대한민국 표준시)"),
            Placeholder("시작", "설명회의 시작", "2026. 12. 3.(목) 10:00"),
            Placeholder("진행 화면 링크", "사회자만 쓰는, 진행 화면의 주소", "https://briefings.example.kr/moderate/…"),
            Placeholder("큐시트 링크", "사회자만 쓰는, 큐시트의 주소", "https://briefings.example.kr/moderate/…"),
            Placeholder("접속 주소", "화상회의의 주소", "https://room.example.kr/abc", True),
            Placeholder("접속이 안 될 때", "접속하지 못할 때의 전화나 주소", "044-000-0000", True),
        ),
        must=("진행 화면 링크",),
    ),
}
