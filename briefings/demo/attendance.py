"""How people attended the past briefing of the example data, a meeting tool's list half looked through, a survey."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from briefings.accounts.signing_in import user_with
from briefings.afterwards import surveys
from briefings.db import db
from briefings.live import tool_lists
from briefings.live.attending import came
from briefings.live.marking import mark
from briefings.live.models import Attendance, AttendanceState
from briefings.live.tool_reading import Table
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration

POINTS = ((5, 5, 4, 4, 5), (4, 4, 4, 3, 4), (5, 4, 5, 5, 3), (4, 5, 3, 4, 4), (3, 4, 4, 2, 5))
"""How the answers to the five usual questions differ from person to person."""
COMMENTS = (
    "과제마다 담당자가 직접 설명해 주어 무엇을 함께할지 그려졌습니다.",
    "질의응답 시간이 조금 더 길면 좋겠습니다.",
    "발표자료를 미리 볼 수 있으면 질문을 준비하기 좋겠습니다.",
    "업무망에서 영상이 열리지 않아 휴대 전화로 봤습니다. 미리 안내해 주셔서 도움이 되었습니다.",
)
HEADINGS = ["이름(원래 이름)", "사용자 이메일", "참가 시간", "나간 시간", "기간(분)", "게스트"]


def load_attendance(now: datetime, zone: ZoneInfo) -> None:
    """For every briefing that is over: late ones, early leavers, two marked by hand, answers, a list to look at."""
    staff = user_with("staff@example.kr")
    for briefing in db.session.scalars(select(Briefing).where(Briefing.ends_at <= now).order_by(Briefing.id)):
        of_briefing = select(Registration).where(Registration.briefing_id == briefing.id).order_by(Registration.id)
        there = list(db.session.scalars(of_briefing.where(came())))
        absent = list(db.session.scalars(of_briefing.where(~came())))
        if len(there) < len(POINTS) or len(absent) < len(POINTS) or staff is None:
            continue
        for place, each in enumerate(there):
            _vary(db.session.get_one(Attendance, each.id), briefing, place)
        mark(briefing, absent[:1], AttendanceState.PRESENT, "전화로 참가함", staff, briefing.ends_at)
        mark(briefing, there[-1:], AttendanceState.ABSENT, "동료가 이름을 빌려 들어옴", staff, briefing.ends_at)
        _answer(briefing, there[:-3], zone)
        table = Table(HEADINGS, _rows(briefing, absent, zone))
        tool_lists.take_in(briefing, table, "participants_20261104.csv", staff, now - timedelta(hours=2))


def _vary(attendance: Attendance, briefing: Briefing, place: int) -> None:
    """Every sixth came late, every fifth left early."""
    if place % 6 == 2:
        attendance.first_seen_at = briefing.starts_at + timedelta(minutes=18 + place)
    if place % 5 == 4:
        attendance.last_seen_at = briefing.ends_at - timedelta(minutes=20 + place)


def _answer(briefing: Briefing, people: list[Registration], zone: ZoneInfo) -> None:
    """Answers in the hours after the end."""
    survey = surveys.survey_of(briefing)
    for place, each in enumerate(people):
        given = POINTS[place % len(POINTS)]
        points = {question["key"]: number for question, number in zip(survey.questions, given, strict=True)}
        comment = COMMENTS[place // 4] if place % 4 == 1 and place // 4 < len(COMMENTS) else ""
        at = briefing.ends_at + timedelta(minutes=5 + 11 * place)
        surveys.answer(each, points, comment, survey.changed_at, zone, at)


def _rows(briefing: Briefing, absent: list[Registration], zone: ZoneInfo) -> list[list[str]]:
    """Some who were in the meeting though the gate did not see them: by address, by name, by neither."""
    joined, left = (f"{each.astimezone(zone):%Y-%m-%d %H:%M:%S}" for each in (briefing.starts_at, briefing.ends_at))
    by_address = [[each.name, each.email] for each in absent[1:3]]
    by_body = [[f"{each.organization.name}_{each.name}", ""] for each in absent[3:4]]
    by_name = [[each.name, ""] for each in absent[4:5]]
    people = [*by_address, *by_body, *by_name, ["사회자", "moderator@example.kr"], ["iPhone", ""]]
    minutes = f"{int((briefing.ends_at - briefing.starts_at).total_seconds() // 60)}"
    return [[*each, joined, left, minutes, "예"] for each in people]
