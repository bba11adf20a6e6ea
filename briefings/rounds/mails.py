"""The words of mails to those who are asked for needs in a round."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import exists, select

from briefings.db import db
from briefings.needs.models import RoundPhase
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.rounds.asking import has_answered
from briefings.rounds.links import contact_url
from briefings.rounds.models import RoundContact
from briefings.web.filters import days_until, period, when

GONE = Dropped("명단에서 빠졌거나 동료에게 넘겼습니다.")
OVER = Dropped("접수가 끝난 수요조사입니다.")


def asked(message: Message, now: datetime) -> Mail | Dropped:
    """What is asked for, until when, and how to answer; from a colleague where one handed it over."""
    found = _contact(message, now)
    if isinstance(found, Dropped):
        return found
    values = _said(message, found, now)
    colleague = message.params.get("by")
    if colleague is None:
        return write("round_asked", values)
    return write("round_asked_colleague", values | {"넘긴 동료": colleague or _("같은 기관의 동료")})


def reminded(message: Message, now: datetime) -> Mail | Dropped:
    """That the close comes nearer, to those who have not answered."""
    return _to_the_silent("round_reminder", message, now)


def moved(message: Message, now: datetime) -> Mail | Dropped:
    """That the dates are others, to those who have not answered."""
    return _to_the_silent("round_moved", message, now)


def _to_the_silent(text: str, message: Message, now: datetime) -> Mail | Dropped:
    found = _contact(message, now)
    if isinstance(found, Dropped):
        return found
    if db.session.scalar(select(exists().where(RoundContact.id == found.id, has_answered()))):
        return Dropped("그사이 답했습니다.")
    return write(text, _said(message, found, now))


def _contact(message: Message, now: datetime) -> RoundContact | Dropped:
    contact = db.session.scalar(select(RoundContact).where(RoundContact.public_id == message.params["contact"]))
    if contact is None or contact.email.lower() != message.recipient.lower():
        return GONE
    return OVER if contact.round.phase(now) is RoundPhase.CLOSED else contact


def _said(message: Message, contact: RoundContact, now: datetime) -> dict[str, str]:
    round = contact.round
    return {
        "이름": contact.name or message.recipient_name or contact.organization.name,
        "수요조사": round.name,
        "기관": contact.organization.name,
        "접수 기간": period((round.opens_at, round.closes_at)),
        "마감": when(round.closes_at),
        "마감까지": days_until(round.closes_at, now),
        "설명": round.description,
        "답하는 링크": contact_url(contact),
        "안내 주소": url_for("rounds.show", public_id=round.public_id, _external=True),
    }


COMPOSERS: dict[str, Composer] = {"round_asked": asked, "round_reminder": reminded, "round_moved": moved}

_ROUND = (
    NAME,
    Placeholder("수요조사", "수요조사의 이름", "2026년 하반기 협업 수요조사"),
    Placeholder("기관", "부탁받은 기관", "한려해양공단"),
    Placeholder("접수 기간", "접수를 시작하고 마감하는 일시", "2026. 11. 2.(월) 09:00~2026. 11. 30.(월) 18:00"),
    Placeholder("마감", "접수를 마감하는 일시", "2026. 11. 30.(월) 18:00"),
    Placeholder("마감까지", "마감까지 남은 날", "3일 뒤"),
    Placeholder("설명", "수요조사의 설명", "함께 풀 과제를 찾습니다.", True),
    Placeholder(
        "답하는 링크", "본인만 쓰는, 답하거나 동료에게 넘기는 주소", "https://briefings.example.kr/rounds/for/…"
    ),
    Placeholder("안내 주소", "누구나 보는 수요조사 안내 화면의 주소", "https://briefings.example.kr/rounds/4h2k9xyz"),
)
_MUST = ("마감", "답하는 링크")
TEXTS = {
    "round_asked": Text("수요조사 부탁", _ROUND, must=_MUST),
    "round_asked_colleague": Text(
        "수요조사 부탁 (동료가 넘김)",
        (*_ROUND, Placeholder("넘긴 동료", "넘긴 사람의 이름", "김하늘")),
        must=_MUST,
        kinds=("round_asked",),
    ),
    "round_reminder": Text("수요조사 마감 알림", _ROUND, must=_MUST),
    "round_moved": Text("수요조사 접수 기간 변경", _ROUND, must=_MUST),
}
