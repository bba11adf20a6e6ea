"""The words of mails about questions, composed when each is sent."""

from collections.abc import Callable
from datetime import date, datetime

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from briefings.calendar.text import one_line
from briefings.db import db
from briefings.needs.models import Need
from briefings.needs.registering import has_left
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.questions.links import answering_url
from briefings.questions.models import Question, QuestionState
from briefings.schedule.links import token_of
from briefings.schedule.models import PresenterSlot
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.web.filters import day

SETTLED = Dropped("그사이 모두 답하거나 거둔 질문입니다.")
GONE = Dropped("그사이 신청을 취소했거나 주소를 바꾼 분입니다.")
LEFT = Dropped("그 사이 과제의 기관을 떠난 계정")


def to_write(message: Message, now: datetime) -> Mail | Dropped:
    """Whoever is to write hears of questions, and until when."""
    return _to_writer("questions_to_write", message, now, lambda: Question.id.in_(message.params["questions"]))


def due(message: Message, now: datetime) -> Mail | Dropped:
    """The day comes near."""
    return _to_writer("questions_due", message, now, lambda: _due_on(message))


def late(message: Message, now: datetime) -> Mail | Dropped:
    """The day is past."""
    return _to_writer("questions_late", message, now, lambda: _due_on(message))


def answered(message: Message, now: datetime) -> Mail | Dropped:
    """Whoever asked reads the answer."""
    registration = db.session.get(Registration, message.params["registration"])
    if registration is None or registration.email != message.recipient:
        return GONE
    if registration.state is RegistrationState.CANCELLED:
        return GONE
    question = db.session.get(Question, message.params["question"])
    if question is None or question.state is not QuestionState.WRITTEN:
        return Dropped("그사이 답을 거두거나 숨긴 질문입니다.")
    name = current_app.config["CONTACT_NAME"]
    office = _(name)
    return write(
        "question_answered",
        {
            "이름": message.recipient_name,
            "설명회": question.briefing.title,
            "과제": question.slot.need.title if question.slot else _("설명회 전체"),
            "질문": question.text,
            "답": question.answer,
            "답한 곳": question.answered_by or office,
            "질문 주소": url_for("questions.ask", token=token_of(registration, "join"), _external=True),
        },
    )


def _due_on(message: Message) -> ColumnElement[bool]:
    return Question.due_on == date.fromisoformat(message.params["due_on"])


def _to_writer(name: str, message: Message, now: datetime, which: Callable[[], ColumnElement[bool]]) -> Mail | Dropped:
    need = joinedload(PresenterSlot.need).joinedload(Need.organization)
    found = select(PresenterSlot).where(PresenterSlot.id == message.params["slot"])
    slot = db.session.scalar(found.options(need, joinedload(PresenterSlot.briefing)))
    if slot is None:
        return SETTLED
    if has_left(message.recipient, slot.need):
        return LEFT
    waiting = select(Question).where(which(), Question.slot_id == slot.id, Question.state == QuestionState.TO_WRITE)
    questions = db.session.scalars(waiting.order_by(Question.due_on, Question.id)).all()
    if not questions:
        return SETTLED
    return write(
        name,
        {
            "이름": message.recipient_name,
            "설명회": slot.briefing.title,
            "과제": slot.need.title,
            "질문 수": len(questions),
            "기한": day(questions[0].due_on or now),
            "질문 목록": "\n".join(f"- {one_line(question.text, 300)}" for question in questions),
            "답하는 주소": answering_url(slot, message.recipient),
        },
    )


COMPOSERS: dict[str, Composer] = {
    "questions_to_write": to_write,
    "questions_due": due,
    "questions_late": late,
    "question_answered": answered,
}

_BRIEFING = Placeholder("설명회", "설명회의 제목", "바다와 자원순환 설명회")
_NEED = Placeholder("과제", "질문이 묻는 수요 과제의 제목", "폐어망 되살림 공정 함께 만들기")
_TO_WRITER = (
    NAME,
    _BRIEFING,
    _NEED,
    Placeholder("질문 수", "답할 질문이 몇 건인지", "2"),
    Placeholder("기한", "언제까지 답해야 하는지", "2026. 11. 27.(금)"),
    Placeholder("질문 목록", "답할 질문, 줄마다 하나", "- 설비를 옮기는 비용도 지원합니까?"),
    Placeholder("답하는 주소", "질문을 읽고 답하는 화면의 주소", "https://briefings.example.kr/my/questions"),
)
_MUST = ("답하는 주소",)
TEXTS = {
    "questions_to_write": Text("서면으로 답할 질문 (수요기관)", _TO_WRITER, must=_MUST),
    "questions_due": Text("서면 답변 기한 알림 (수요기관)", _TO_WRITER, must=_MUST),
    "questions_late": Text("기한이 지난 서면 답변 (수요기관)", _TO_WRITER, must=_MUST),
    "question_answered": Text(
        "질문의 서면 답변 (질문한 분)",
        (
            NAME,
            _BRIEFING,
            _NEED,
            Placeholder("질문", "물은 말", "설비를 옮기는 비용도 지원합니까?"),
            Placeholder("답", "글로 쓴 답", "옮기는 비용의 절반을 지원합니다."),
            Placeholder("답한 곳", "답을 쓴 기관, 또는 담당 부서", "한려해양공단"),
            Placeholder(
                "질문 주소", "본인만 쓰는, 설명회의 질문을 보는 주소", "https://briefings.example.kr/join/…/questions"
            ),
        ),
        must=("답",),
    ),
}
