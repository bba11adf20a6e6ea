"""What makes the report of the past briefing of the example data worth reading: its course, and words of staff."""

from datetime import datetime, timedelta

from sqlalchemy import select

from briefings.accounts.models import User
from briefings.accounts.signing_in import user_with
from briefings.db import db
from briefings.live.leading import Press, mark_of, press
from briefings.live.running import state_of
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration
from briefings.statistics.report import write_remarks

MINUTE = timedelta(minutes=1)
LATE = (0, 1, 3, 2, 4)
"""By so many minutes each talk began later than planned."""
DAYS_BEFORE = (12, 12, 12, 11, 9, 8, 7, 7, 6, 5, 5, 5, 4, 3, 2, 2, 1, 1, 1)
"""So many days before the briefing people registered, one after the other."""
REMARKS = """잘된 점
- 과제마다 발표와 질의응답을 이어서 해, 발표가 끝나자마자 답글을 남긴 기관이 많았습니다.
- 업무망에서 영상이 열리지 않는 참가자를 위한 전화 안내를 미리 보내 접속 문의가 거의 없었습니다.

다음에 할 일
- 질의응답 시간을 과제마다 2분씩 늘립니다.
- 답글이 없는 과제 두 건은 제공 자원을 다시 적어 다음 설명회에서 소개합니다."""


def load_reports(now: datetime) -> None:
    """For the briefing that is over: when people registered, how the day went, what staff say of it."""
    staff = user_with("staff@example.kr")
    over = select(Briefing).where(Briefing.ends_at <= now).order_by(Briefing.starts_at.desc())
    briefing = db.session.scalars(over.limit(1)).first()
    if staff is None or briefing is None:
        return
    people = select(Registration).where(Registration.briefing_id == briefing.id).order_by(Registration.id)
    for place, each in enumerate(db.session.scalars(people)):
        days = DAYS_BEFORE[place % len(DAYS_BEFORE)]
        each.registered_at = each.confirmed_at = briefing.starts_at - timedelta(days=days, hours=place % 5)
    _lead(briefing, staff)
    write_remarks(briefing, REMARKS, None, staff, min(now, briefing.ends_at + timedelta(days=6)))


def _lead(briefing: Briefing, staff: User) -> None:
    """Every talk a little later than planned, so that it ends some minutes late."""
    start = briefing.starts_at
    _press(briefing, Press.BEGIN, None, staff, start + MINUTE)
    planned = [slot.starts_at for slot in state_of(briefing, start).slots]
    for place, at in enumerate(planned):
        _press(briefing, Press.BEGIN_TALK, place, staff, at + LATE[place % len(LATE)] * MINUTE)
    _press(briefing, Press.END_TALK, len(planned) - 1, staff, briefing.ends_at - 18 * MINUTE)
    _press(briefing, Press.END, None, staff, briefing.ends_at + 4 * MINUTE)


def _press(briefing: Briefing, what: Press, place: int | None, staff: User, at: datetime) -> None:
    state = state_of(briefing, at)
    slot = None if place is None else state.slots[place]
    press(briefing, what, slot.slot.public_id if slot else "", mark_of(state, what, slot), staff, at)
