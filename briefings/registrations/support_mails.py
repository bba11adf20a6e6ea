"""The words of mails about the support somebody asked for; the request itself is never in them."""

from datetime import datetime

from briefings.db import db
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import Placeholder, Text
from briefings.schedule.items import GONE, OVER
from briefings.schedule.mails import REGISTRATION, said_of
from briefings.schedule.models import BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState, SupportState


def answered(message: Message, now: datetime) -> Mail | Dropped:
    """What was arranged, or what is offered instead."""
    registration = db.session.get(Registration, message.params["registration"])
    if registration is None or registration.email != message.recipient:
        return GONE
    if registration.state is RegistrationState.CANCELLED:
        return Dropped("그사이 신청을 취소했습니다.")
    if registration.briefing.state is BriefingState.CANCELLED:
        return Dropped("그사이 설명회가 취소되었습니다.")
    if registration.briefing.is_over(now):
        return OVER
    changed_at = registration.support_changed_at
    if changed_at is None or changed_at.isoformat() != message.params["at"] or not registration.support_answer:
        return Dropped("그사이 요청이나 답이 바뀌었습니다.")
    arranged = registration.support_state is SupportState.ARRANGED
    text = "support_arranged" if arranged else "support_impossible"
    return write(text, said_of(registration) | {ANSWER.name: registration.support_answer})


COMPOSERS: dict[str, Composer] = {"support_answered": answered}
ANSWER = Placeholder("답", "담당자가 적은 말씀", "문자 통역을 준비했습니다. 입장 화면에서 ‘자막’을 눌러 주세요.")
TEXTS = {
    "support_arranged": Text(
        "요청한 지원을 준비함",
        (*REGISTRATION, ANSWER),
        must=(ANSWER.name, "신청 내역 링크"),
        kinds=("support_answered",),
    ),
    "support_impossible": Text(
        "요청한 지원 대신 드리는 것",
        (*REGISTRATION, ANSWER),
        must=(ANSWER.name, "신청 내역 링크"),
        kinds=("support_answered",),
    ),
}
