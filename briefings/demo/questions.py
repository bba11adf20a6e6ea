"""What people asked in the past briefing of the example data, what was answered, and what they ask before the next."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from briefings.accounts.models import User
from briefings.accounts.signing_in import user_with
from briefings.db import db
from briefings.questions import advance, asking, desk, settling, writing
from briefings.questions.models import Question
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState

MINUTE = timedelta(minutes=1)
ASKED = (
    ("설비를 옮기는 비용도 지원합니까?", 0, False, 9),
    ("작은 기관도 함께할 수 있습니까? 직원이 다섯 명입니다.", 0, True, 6),
    ("규모가 작은 단체도 참여할 수 있습니까?", 0, False, 2),
    ("시범 지역은 언제 정합니까?", 1, False, 7),
    ("데이터는 어떤 형식으로 주고받습니까?", 2, True, 4),
    ("다음 설명회는 언제 열립니까?", None, False, 3),
    ("우리 제품을 사 주십시오. 전화 주세요.", None, False, 0),
    ("현장을 함께 보러 갈 수 있습니까?", 0, False, 5),
)
"""Words, which talk they are about, whether asked anonymously, and how many others want to know."""
ANSWERS = {
    3: "시범 지역은 다음 달에 공모합니다. 신청하는 시군이 많으면 두 곳으로 늘립니다.",
    5: "다음 분기에 다시 엽니다. 일정이 정해지면 누리집에 올립니다.",
}
ADVANCE = (
    "참여하려면 어떤 준비가 필요합니까?",
    "우리 지역에서도 함께할 수 있습니까?",
    "예산은 어느 쪽에서 마련합니까?",
    "협약은 언제까지 맺어야 합니까?",
)
"""What people write when they register."""


def load_questions(now: datetime, zone: ZoneInfo) -> None:
    """Take up what people wrote when they registered; let the past briefing have gone as one goes."""
    staff = user_with("staff@example.kr")
    for briefing in db.session.scalars(select(Briefing).where(Briefing.state == BriefingState.PUBLISHED)):
        if briefing.is_over(now):
            _past(briefing, staff, zone, now)
        else:
            advance.take_up(briefing.id, now)


def _past(briefing: Briefing, staff: User | None, zone: ZoneInfo, now: datetime) -> None:
    """Asked before and during; two answered live, two merged, one hidden, the rest in writing, partly owed."""
    start, end = briefing.starts_at, briefing.ends_at
    advance.take_up(briefing.id, start - timedelta(days=1))
    asked = _ask(briefing, zone)
    desk.merge(asked[1], [asked[2]], staff, start + 40 * MINUTE)
    desk.hide(asked[6], "설명회와 관계없는 내용", staff, start + 41 * MINUTE)
    for question in desk.waiting_questions(briefing)[1:7]:  # most of what was asked in advance
        desk.answer_live(question, staff, start + 12 * MINUTE)
    for number, minutes in ((0, 30), (1, 35), (7, 58)):
        desk.take_live(asked[number], staff, start + minutes * MINUTE)
        desk.answer_live(asked[number], staff, start + (minutes + 4) * MINUTE)
    settled_at = end + 60 * MINUTE
    settling.settle(briefing.id, settled_at.astimezone(zone).date(), settled_at)
    for number, answer in ANSWERS.items():
        question = asked[number]
        by = question.slot.need.organization.name if question.slot else ""
        writing.write(question, answer, staff, by, end + timedelta(days=2))
    desk.send_to_write([asked[7]], staff, now.astimezone(zone).date(), now - 60 * MINUTE)


def _ask(briefing: Briefing, zone: ZoneInfo) -> Sequence[Question]:
    found = select(Registration).where(
        Registration.briefing_id == briefing.id, Registration.state == RegistrationState.CONFIRMED
    )
    people = db.session.scalars(found.order_by(Registration.id)).all()
    asked = []
    for number, (words, place, anonymous, others) in enumerate(ASKED):
        at = briefing.starts_at + (15 + 5 * number) * MINUTE
        slot_id = None if place is None else briefing.slots[place].id
        question = asking.ask(people[2 * number], words, slot_id, anonymous, at.astimezone(zone).date(), at)
        asked.append(question)
        for other in people[15 : 15 + others]:
            asking.vote(other, question.public_id, at + MINUTE)
    return asked
