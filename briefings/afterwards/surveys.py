"""The survey of a briefing: what is asked, when it is open, and one answer of everybody who was there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import SystemRandom
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, exists, func, insert, select

from briefings.afterwards.models import Survey, SurveyAnswer, SurveyTaker
from briefings.audit.recording import Actor, record
from briefings.db import db, insert_new, lock, new_public_id
from briefings.errors import N_, Refused
from briefings.live.days import day_of
from briefings.live.joining import has_entered
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Registration

POINTS = (5, 4, 3, 2, 1)
FEWEST = 5
"""Of fewer answers nothing is shown."""
MOST_QUESTIONS = 10
LONGEST_QUESTION = 200
LONGEST_COMMENT = 2_000
BEFORE_END = timedelta(minutes=10)
"""So long before the end it opens: the moderator asks for it in the closing words."""
OPEN_FOR = timedelta(days=14)
"""So long after the end it stays open, unless staff set another day."""

USUAL: tuple[dict[str, str], ...] = (
    {
        "key": "whole",
        "ko": "이번 설명회에 전반적으로 만족하십니까?",
        "en": "Were you satisfied with the briefing overall?",
    },
    {
        "key": "talks",
        "ko": "수요기관의 발표가 과제를 이해하는 데 도움이 되었습니까?",
        "en": "Did the presentations help you understand the needs?",
    },
    {
        "key": "questions",
        "ko": "질의응답이 궁금한 점을 푸는 데 도움이 되었습니까?",
        "en": "Did the questions and answers help?",
    },
    {
        "key": "running",
        "ko": "안내와 접속, 진행이 매끄러웠습니까?",
        "en": "Did information, access and moderation go smoothly?",
    },
    {
        "key": "joining",
        "ko": "소개된 과제에 함께할 생각이 있습니까?",
        "en": "Are you considering to work on any of the needs presented?",
    },
)
"""What is asked where staff say nothing else."""

ALREADY = N_("이미 답하셨습니다. 한 사람이 한 번만 답할 수 있습니다.")
NOT_YET = N_("설명회가 끝날 무렵부터 답할 수 있습니다.")
TOO_LATE = N_("만족도 조사가 끝났습니다. 관심 가져 주셔서 고맙습니다.")
NOT_THERE = N_("설명회에 참가한 분께 여쭙는 조사입니다. 참가한 기록이 없습니다.")
NOT_OFFERED = N_("이 설명회에서는 만족도 조사를 하지 않습니다.")
KEPT_BACK = (
    "이름과 따로 두는 조사는 마감한 뒤에 결과를 보여 줍니다. "
    "답이 하나 들어오기 전과 뒤를 견주면 누구의 답인지 알 수 있기 때문입니다."
)
NOT_AGAIN = (
    "이름과 따로 두는 조사는 마감한 뒤에 다시 열 수 없습니다. "
    "결과를 본 뒤에 들어오는 답은 누구의 것인지 알 수 있기 때문입니다."
)
LOCKED = (
    "이미 답한 사람이 있어 질문과 이름을 따로 둘지는 바꿀 수 없습니다. 받을지와 언제까지 받을지는 바꿀 수 있습니다."
)


@dataclass(frozen=True)
class Wanted:
    """What staff want a survey to be."""

    offered: bool
    questions: Sequence[Mapping[str, Any]]
    apart: bool
    closes_at: datetime | None


def survey_of(briefing: Briefing) -> Survey:
    """Its survey; the usual one, in a row that is not stored, where nobody changed anything."""
    return db.session.get(Survey, briefing.id) or Survey(**_usual(briefing))


def opens_at(briefing: Briefing) -> datetime:
    """From when it may be answered; with a briefing that ended earlier than planned, a little before that."""
    ended_at = day_of(briefing).ended_at
    return min(briefing.ends_at, ended_at or briefing.ends_at) - BEFORE_END


def closes_at(survey: Survey, briefing: Briefing) -> datetime:
    """Until when it may be answered."""
    return survey.closes_at or closes_by_itself(briefing)


def closes_by_itself(briefing: Briefing) -> datetime:
    """When it closes where staff set no other day."""
    return briefing.ends_at + OPEN_FOR


def closed_reason(survey: Survey, briefing: Briefing, now: datetime) -> str | None:
    """Why nobody can answer it (a catalogue key), or None."""
    if not survey.offered or briefing.state is not BriefingState.PUBLISHED:
        return NOT_OFFERED
    if now < opens_at(briefing):
        return NOT_YET
    return TOO_LATE if now >= closes_at(survey, briefing) else None


def is_kept_back(survey: Survey, briefing: Briefing, now: datetime) -> bool:
    """Whether nobody may see what was answered yet: kept apart, and more answers may come.

    Whoever looks before and after one of them could tell it.
    """
    return survey.apart and closed_reason(survey, briefing, now) not in (NOT_OFFERED, TOO_LATE)


def not_for(registration: Registration, survey: Survey, now: datetime) -> str | None:
    """Why this person cannot answer it, or None."""
    if has_answered(registration):
        return ALREADY
    if closed := closed_reason(survey, registration.briefing, now):
        return closed
    return None if has_entered(registration) else NOT_THERE


def has_answered(registration: Registration) -> bool:
    """Whether this person has answered; where answers are kept apart nobody knows what."""
    return db.session.get(SurveyTaker, registration.id) is not None


def number_of_takers(briefing: Briefing) -> int:
    """How many have answered."""
    counted = select(func.count()).select_from(SurveyTaker).where(SurveyTaker.briefing_id == briefing.id)
    return db.session.scalars(counted).one()


def answer(
    registration: Registration, points: Mapping[str, int], comment: str, seen: datetime, zone: ZoneInfo, now: datetime
) -> None:
    """Take one person's answer, once; Refused where they cannot answer, or the questions are others than they saw."""
    briefing = registration.briefing
    survey = _held(briefing)
    if refused := not_for(registration, survey, now):
        raise Refused(refused)
    if survey.changed_at != seen or set(points) != {question["key"] for question in survey.questions}:
        raise Refused(N_("그사이 질문이 바뀌었습니다. 아래 질문에 다시 답해 주세요."))
    if any(each not in POINTS for each in points.values()):
        raise Refused(N_("목록에 있는 것 가운데 골라 주세요."))
    if not insert_new(SurveyTaker.__table__, [{"registration_id": registration.id, "briefing_id": briefing.id}]):
        raise Refused(ALREADY)
    given = {"points": dict(points), "comment": comment}
    if survey.apart:
        return _keep_apart(briefing, given, zone)
    day = now.astimezone(zone).date()
    db.session.add(SurveyAnswer(briefing_id=briefing.id, registration_id=registration.id, answered_on=day, **given))


def _keep_apart(briefing: Briefing, given: dict[str, Any], zone: ZoneInfo) -> None:
    """All answers are written anew in another order.

    Where one stands in a table, and in a copy of it, and what was written together with it tells as much as a name.
    """
    of_briefing = SurveyAnswer.briefing_id == briefing.id
    found = db.session.execute(select(SurveyAnswer.points, SurveyAnswer.comment).where(of_briefing)).all()
    answers = [*({"points": points, "comment": words} for points, words in found), given]
    SystemRandom().shuffle(answers)
    db.session.execute(delete(SurveyAnswer).where(of_briefing))
    day = briefing.starts_at.astimezone(zone).date()  # not even the day may tell who it was
    shared = {"briefing_id": briefing.id, "registration_id": None, "answered_on": day}
    rows = [{"public_id": new_public_id(), **shared, **answer} for answer in answers]
    db.session.execute(insert(SurveyAnswer), rows)


def change(briefing: Briefing, wanted: Wanted, seen: datetime, by: Actor, now: datetime) -> bool:
    """Set what is asked, and how; whether anything changed. The questions are locked once somebody answered."""
    survey = _held(briefing)
    if survey.changed_at != seen:
        raise Refused(
            "그사이 다른 담당자가, 또는 다른 창에서 고쳤습니다. 이 화면을 새로 열어 확인한 뒤에 다시 저장해 주세요."
        )
    questions = _numbered(wanted.questions)
    different = questions != survey.questions or wanted.apart != survey.apart
    _refuse_late(briefing, survey, wanted, different, now)
    if wanted.offered and not questions:
        raise Refused("질문을 하나 이상 적어 주세요. 조사를 하지 않으려면 ‘받기’를 끄면 됩니다.")
    if wanted.closes_at is not None and wanted.closes_at <= opens_at(briefing):
        raise Refused("설명회가 끝난 뒤의 때를 골라 주세요.", field="closes_at")
    if not different and (wanted.offered, wanted.closes_at) == (survey.offered, survey.closes_at):
        return False
    survey.offered, survey.questions, survey.apart = wanted.offered, questions, wanted.apart
    survey.closes_at, survey.changed_at = wanted.closes_at, now
    record(
        by,
        "survey.changed",
        briefing,
        now,
        offered=wanted.offered,
        apart=wanted.apart,
        questions=len(questions),
        closes_at=wanted.closes_at.isoformat() if wanted.closes_at else "",
    )
    return True


def _refuse_late(briefing: Briefing, survey: Survey, wanted: Wanted, different: bool, now: datetime) -> None:
    """Refused for what can no longer be changed once somebody answered, or once answers may have been seen."""
    takers = number_of_takers(briefing)
    if different and takers:
        raise Refused(LOCKED)
    open_again = wanted.offered and now < (wanted.closes_at or closes_by_itself(briefing))
    if open_again and survey.apart and takers >= FEWEST and not is_kept_back(survey, briefing, now):
        raise Refused(NOT_AGAIN)


def has_taken() -> Any:
    """Of a registration: whether its person answered the survey."""
    return exists().where(SurveyTaker.registration_id == Registration.id)


def _held(briefing: Briefing) -> Survey:
    """The stored survey, locked: answers and changes of it follow one another."""
    insert_new(Survey.__table__, [_usual(briefing)])
    survey = db.session.get_one(Survey, briefing.id)
    lock(survey)
    return survey


def _usual(briefing: Briefing) -> dict[str, Any]:
    return {
        "briefing_id": briefing.id,
        "offered": True,
        "questions": [dict(question) for question in USUAL],
        "apart": False,
        "closes_at": None,
        "changed_at": briefing.created_at,
    }


def _numbered(questions: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The questions that say anything, each with a key of its own that stays what it was."""
    kept = [question for question in questions if question.get("ko")]
    keys = {question["key"] for question in kept if question.get("key")}
    fresh = iter(key for number in range(1, 2 * MOST_QUESTIONS + 1) if (key := f"q{number}") not in keys)
    return [{"key": each.get("key") or next(fresh), "ko": each["ko"], "en": each.get("en") or ""} for each in kept]
