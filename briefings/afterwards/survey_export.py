"""The answers to a survey as a file for staff: one line for each; whose it is only where that is known."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.afterwards.models import Survey, SurveyAnswer
from briefings.afterwards.surveys import FEWEST, KEPT_BACK, is_kept_back, number_of_takers, survey_of
from briefings.audit.recording import Actor, record
from briefings.db import db
from briefings.errors import Refused
from briefings.organizations.words import KINDS
from briefings.registrations.export import Format
from briefings.registrations.plain_tables import comma_separated
from briefings.registrations.workbooks import Value, workbook
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration

TOO_FEW = f"답이 {FEWEST}건보다 적어 누구의 답인지 짐작할 수 있습니다. {FEWEST}건이 되면 내려받을 수 있습니다."


def file_name(briefing: Briefing, format: Format, zone: ZoneInfo) -> str:
    """`설명회_만족도조사_20261123.xlsx`: the day of the briefing."""
    return f"설명회_만족도조사_{briefing.starts_at.astimezone(zone):%Y%m%d}.{format}"


def refused_reason(briefing: Briefing, now: datetime) -> str | None:
    """Why nobody may take the answers away, or None: those who answered could be told from each other."""
    if is_kept_back(survey_of(briefing), briefing, now):
        return KEPT_BACK
    return TOO_FEW if number_of_takers(briefing) < FEWEST else None


def note_export(briefing: Briefing, format: Format, reason: str, by: Actor, now: datetime) -> None:
    """Who took the answers away, and why."""
    if refused := refused_reason(briefing, now):
        raise Refused(refused)
    record(by, "survey.exported", briefing, now, reason=reason, answers=number_of_takers(briefing), format=format)


def written(format: Format, survey: Survey, briefing: Briefing) -> Iterator[bytes]:
    """The file piece by piece."""
    columns = _columns(survey)
    rows = list(_rows(survey, briefing))
    if format is Format.CSV:
        return comma_separated([heading for heading, _ in columns], rows)
    return workbook("만족도 조사", columns, rows, len(rows))


def _columns(survey: Survey) -> list[tuple[str, int]]:
    people = [] if survey.apart else [("기관", 28), ("기관 유형", 16), ("이름", 12)]
    questions = [(f"{number}. {each['ko']}", 24) for number, each in enumerate(survey.questions, start=1)]
    return [*people, *questions, ("남긴 말", 60)]


def _rows(survey: Survey, briefing: Briefing) -> Iterator[list[Value]]:
    found = select(SurveyAnswer, Registration).outerjoin(Registration, Registration.id == SurveyAnswer.registration_id)
    found = found.where(SurveyAnswer.briefing_id == briefing.id).order_by(SurveyAnswer.public_id)
    for answer, registration in db.session.execute(found.options(joinedload(Registration.organization))):
        points = [answer.points.get(question["key"]) for question in survey.questions]
        yield [*([] if survey.apart else _person(registration)), *points, answer.comment]


def _person(registration: Any) -> list[Value]:
    if registration is None:
        return ["", "", ""]
    return [registration.organization.name, KINDS[registration.organization.kind], registration.name]
