"""The words of mails about certificates that staff put right or took back, composed when each is sent."""

from datetime import datetime

from flask import url_for

from briefings.afterwards.models import Certificate
from briefings.db import db
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import Placeholder, Text
from briefings.schedule.items import GONE
from briefings.schedule.links import token_of
from briefings.schedule.mails import REGISTRATION, said_of

NUMBER = Placeholder("발급 번호", "참가 확인증의 번호", "2026-K7M3-9QXD")
ADDRESS = Placeholder(
    "확인증 주소", "본인만 쓰는, 참가 확인증을 내려받는 주소", "https://briefings.example.kr/join/…/certificate"
)
REASON = Placeholder("까닭", "담당자가 적은, 발급을 취소한 까닭", "다른 사람의 이름으로 참가함")


def corrected(message: Message, now: datetime) -> Mail | Dropped:
    """There is a new one, with the right name."""
    found = _current(message)
    if isinstance(found, Dropped):
        return found
    return (
        Dropped("그사이 발급을 취소했습니다.") if found.revoked_at else write("certificate_corrected", _values(found))
    )


def revoked(message: Message, now: datetime) -> Mail | Dropped:
    """It was taken back, and why."""
    found = _current(message)
    if isinstance(found, Dropped):
        return found
    return write("certificate_revoked", _values(found) | {REASON.name: found.revoked_reason})


def _current(message: Message) -> Certificate | Dropped:
    found = db.session.get(Certificate, message.params["certificate"])
    if found is None or found.registration.email != message.recipient:
        return GONE
    return Dropped("그사이 다시 발급했습니다.") if found.replaced_at else found


def _values(certificate: Certificate) -> dict[str, object]:
    registration = certificate.registration
    address = url_for("certificates.own", token=token_of(registration, "join"), _external=True)
    return {**said_of(registration), NUMBER.name: certificate.number, ADDRESS.name: address}


COMPOSERS: dict[str, Composer] = {"certificate_corrected": corrected, "certificate_revoked": revoked}
TEXTS = {
    "certificate_corrected": Text(
        "참가 확인증을 고쳐서 다시 발급함", (*REGISTRATION, NUMBER, ADDRESS), must=(ADDRESS.name,)
    ),
    "certificate_revoked": Text(
        "참가 확인증 발급을 취소함", (*REGISTRATION, NUMBER, ADDRESS, REASON), must=(REASON.name,)
    ),
}
