"""For the journeys: a briefing of yesterday: attendance, a meeting tool's list, the answers to its survey."""

from datetime import timedelta
from itertools import cycle
from typing import Any
from zoneinfo import ZoneInfo

from briefings.accounts.models import User
from briefings.afterwards.surveys import answer, survey_of
from briefings.db import db, unit_of_work
from briefings.live import tool_lists
from briefings.live.marking import mark
from briefings.live.models import Attendance, AttendanceState
from briefings.live.tool_reading import Table
from briefings.organizations.models import OrganizationKind
from briefings.schedule.links import token_of
from tests.builders import a_briefing, a_registration, an_organization
from tests.journeys.running import BEGINNING

HEADINGS = ["이름(원래 이름)", "사용자 이메일", "참가 시간", "나간 시간", "기간(분)"]
NAMES = ("김가온", "박나래", "최다솜", "정라온", "한마루", "유바다", "서해솔", "문빛나", "조아라", "남하람")
LONG = "발표와 질의응답이 모두 좋았습니다. " * 20


def fill_after(officer: User, zone: ZoneInfo) -> dict[str, Any]:
    """Values for the addresses of pages, under a short name each."""
    briefing = a_briefing(needs=2, title="어제 끝난 설명회", starts_at=BEGINNING - timedelta(hours=20))
    bodies = [an_organization(None, kind) for kind in (OrganizationKind.COMPANY, OrganizationKind.LOCAL)]
    people = [
        a_registration(briefing, name=name, organization=body) for name, body in zip(NAMES, cycle(bodies), strict=False)
    ]
    twin = a_registration(briefing, name=NAMES[-1])
    with unit_of_work():
        for number, each in enumerate(people[:8]):
            first = briefing.starts_at + timedelta(minutes=5 * number)
            last = briefing.ends_at - timedelta(minutes=6 * (number % 4))
            db.session.add(Attendance(registration_id=each.id, first_seen_at=first, last_seen_at=last))
        mark(briefing, people[8:9], AttendanceState.PRESENT, "전화로 참가함", officer, BEGINNING)
    with unit_of_work():
        survey = survey_of(briefing)
        for number, each in enumerate(people[:6]):
            points = {question["key"]: 5 - (number + place) % 5 for place, question in enumerate(survey.questions)}
            comment = LONG if number % 2 else ""
            answer(each, points, comment, survey.changed_at, zone, BEGINNING - timedelta(hours=18))
    joined, left = (f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}" for at in (briefing.starts_at, briefing.ends_at))
    listed = [people[0].name, people[0].email], [NAMES[-1], ""], ["iPhone (2)", ""]
    rows = [[*each, joined, left, "90"] for each in listed]
    with unit_of_work():
        made = tool_lists.take_in(briefing, Table(HEADINGS, rows), "participants.csv", officer, BEGINNING)
        odd = Table(["누구", "어디"], [["김가온", "가온시"]])
        unknown = tool_lists.take_in(briefing, odd, "명단.xlsx", officer, BEGINNING)
        over = tool_lists.take_in(briefing, Table(HEADINGS, rows), "participants.csv", officer, BEGINNING)
        taken = tool_lists.mark_of(tool_lists.to_be_taken(over, zone))
        tool_lists.take(over, taken, zone, officer, BEGINNING)
        gone = tool_lists.take_in(briefing, Table(HEADINGS, rows), "participants.csv", officer, BEGINNING)
        tool_lists.discard(gone, officer, BEGINNING)
    return {
        "after_id": briefing.id,
        "after_person": twin.public_id,
        "tool_list": made.public_id,
        "tool_list_unknown": unknown.public_id,
        "tool_list_taken": over.public_id,
        "tool_list_gone": gone.public_id,
        "survey_open": token_of(people[6], "join"),
        "survey_answered": token_of(people[0], "join"),
        "survey_absent": token_of(people[9], "join"),
    }
