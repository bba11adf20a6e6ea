"""The answers to a survey and the register of certificates as files for staff."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.afterwards.models import Certificate, Survey, SurveyAnswer
from briefings.afterwards.surveys import FEWEST, KEPT_BACK, is_kept_back, number_of_takers, survey_of
from briefings.exports.lists import Asked, Column, Found, ListFile, listed
from briefings.organizations.words import KINDS
from briefings.schedule.list_files import OF_BRIEFING, belonging_to
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration

TOO_FEW = f"답이 {FEWEST}건보다 적어 누구의 답인지 짐작할 수 있습니다. {FEWEST}건이 되면 내려받을 수 있습니다."

CERTIFICATES: tuple[Column[Certificate], ...] = (
    Column("번호", 18, lambda each: each.number),
    Column("이름", 12, lambda each: each.name, personal=True),
    Column("기관", 28, lambda each: each.organization),
    Column("설명회", 40, lambda each: each.title),
    Column("참가 시간(분)", 13, lambda each: each.minutes),
    Column("발급한 때", 17, lambda each: each.issued_at),
    Column("상태", 12, lambda each: "발급 취소" if each.revoked_at else "다시 발급함" if each.replaced_at else "유효"),
    Column("취소하거나 다시 발급한 때", 24, lambda each: each.revoked_at or each.replaced_at),
    Column("취소한 까닭", 30, lambda each: each.revoked_reason, personal=True),
)


def find_certificates(asked: Asked) -> Found[Certificate]:
    """Every certificate ever issued for a briefing, the replaced and the revoked too, the first first."""
    briefing = asked.of(Briefing, "briefing_id")
    found = select(Certificate).join(Certificate.registration).where(Registration.briefing_id == briefing.id)
    rows = listed(found.order_by(Certificate.issued_at, Certificate.id))
    note = "취소하거나 다시 발급한 확인증도 들어갑니다."
    return Found(CERTIFICATES, rows, note=note, **belonging_to(briefing, asked))


def find_answers(asked: Asked) -> Found[Any]:
    """One line for each answer; whose it is only where that is known, and nothing while those could be told apart."""
    briefing = asked.of(Briefing, "briefing_id")
    survey = survey_of(briefing)
    found = select(SurveyAnswer, Registration).outerjoin(Registration, Registration.id == SurveyAnswer.registration_id)
    found = found.where(SurveyAnswer.briefing_id == briefing.id).order_by(SurveyAnswer.public_id)
    rows = listed(found.options(joinedload(Registration.organization)))
    refused = TOO_FEW if number_of_takers(briefing) < FEWEST else None
    if is_kept_back(survey, briefing, asked.now):
        refused = KEPT_BACK
    note = "누구의 답인지는 들어가지 않습니다." if survey.apart else ""
    return Found(_columns(survey), rows, refused=refused, note=note, **belonging_to(briefing, asked))


def _columns(survey: Survey) -> list[Column[Any]]:
    people: list[Column[Any]] = [
        Column("기관", 28, lambda each: each[1].organization.name if each[1] else "", personal=True),
        Column("기관 유형", 16, lambda each: KINDS[each[1].organization.kind] if each[1] else ""),
        Column("이름", 12, lambda each: each[1].name if each[1] else "", personal=True),
    ]
    questions = [_question(number, each) for number, each in enumerate(survey.questions, start=1)]
    return [
        *([] if survey.apart else people),
        *questions,
        Column("남긴 말", 60, lambda each: each[0].comment, personal=True),
    ]


def _question(number: int, question: dict[str, Any]) -> Column[Any]:
    key = question["key"]
    return Column(f"{number}. {question['ko']}", 24, lambda each: each[0].points.get(key))


LISTS = (
    ListFile(
        "survey",
        "만족도 조사",
        "staff_survey.index",
        find_answers,
        of=OF_BRIEFING,
        file="설명회_만족도조사",
    ),
    ListFile(
        "certificates",
        "참가 확인증 발급대장",
        "staff_certificates.index",
        find_certificates,
        of=OF_BRIEFING,
        file="참가확인증_발급대장",
    ),
)
