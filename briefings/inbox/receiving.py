"""Taking in a mail that came to our mailbox: once, whatever it is, and nothing in it stops the next."""

import hashlib
import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from briefings.calendar.evidence import NOTHING_KNOWN
from briefings.calendar.replies import Incoming, Shape, read_mail
from briefings.db import db, insert_new, lock
from briefings.errors import Refused
from briefings.inbox.models import Outcome, ReceivedMail
from briefings.outbox.bounces import read_report, take_in
from briefings.schedule.answers import Taken, Trust, take

log = logging.getLogger(__name__)

LARGEST = 600 * 1024
"""More of a mail is not even fetched."""
RAW_KEPT = timedelta(days=30)
TO_BE_HANDLED = (Outcome.REVIEW, Outcome.PROPOSED, Outcome.LETTER)
"""What a person has to look at."""
_WITHOUT_ANSWER = {
    Shape.LETTER: (Outcome.LETTER, "사람이 보낸 전자우편입니다. 읽고 답해 주세요."),
    Shape.AUTOMATIC: (Outcome.DROPPED, "부재중 알림처럼 저절로 온 전자우편입니다."),
    Shape.TOO_LARGE: (Outcome.REVIEW, "너무 커서 앞부분만 읽었습니다. 우편함에서 직접 확인해 주세요."),
    Shape.WINMAIL: (
        Outcome.REVIEW,
        "Outlook에서만 읽히는 형식(winmail.dat)이어서 답을 읽지 못했습니다. 보낸 분께 물어봐 주세요.",
    ),
    Shape.UNREADABLE: (Outcome.REVIEW, "전자우편의 형식이 어긋나서 읽지 못했습니다."),
    Shape.UNREADABLE_CALENDAR: (Outcome.REVIEW, "함께 온 일정의 형식이 어긋나서 답을 읽지 못했습니다."),
    Shape.METHODS_DIFFER: (Outcome.REVIEW, "일정의 종류(METHOD)가 두 곳에 다르게 적혀 있습니다."),
    Shape.NOT_ONE_SENDER: (Outcome.REVIEW, "보낸 사람이 한 사람이 아니거나 적혀 있지 않습니다."),
    Shape.NO_ATTENDEE: (Outcome.REVIEW, "누구의 답인지 적혀 있지 않습니다."),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What an installation has set: the name of its mail server, its domain for mail, and whether declines are asked
    about before they free a place."""

    authserv_id: str
    domain: str
    ask_first: bool

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "Rules":
        """From the settings of the application."""
        domain = settings["MAIL_FROM"].rpartition("@")[2].lower()
        return cls(settings["AUTHSERV_ID"], domain, settings["DECLINES"] == "ask")


def receive(raw: bytes, now: datetime, rules: Rules, complete: bool = True) -> ReceivedMail:
    """Keep the mail and do what it asks for; one that came before is given back as it is.

    Whatever goes wrong with it is undone and left to a person; only the loss of the database is passed on. `complete`
    is False where only the headers were fetched.
    """
    incoming = read_mail(raw, rules.authserv_id)
    digest = hashlib.sha256(incoming.message_id.encode() or raw).hexdigest()
    row = {
        "digest": digest,
        "received_at": now,
        "sender": incoming.sender[:320],
        "subject": incoming.subject[:250],
        "raw": raw,
        "outcome": Outcome.REVIEW,
        "note": incoming.answer.comment if incoming.answer else "",
    }
    is_new = insert_new(ReceivedMail.__table__, [row])
    mail = db.session.scalars(select(ReceivedMail).where(ReceivedMail.digest == digest)).one()
    if not is_new:
        return mail
    try:
        with db.session.begin_nested():
            _deal_with(mail, incoming, raw, now, rules, complete)
    except OperationalError:
        raise
    except Exception as error:
        _leave_to_a_person(mail, error)
    log.info("mail=%s outcome=%s", mail.id, mail.outcome.value)
    return mail


def accept(mail: ReceivedMail, now: datetime, rules: Rules) -> None:
    """Staff vouch for an answer that waited for them: it counts as believed. Refused if there is none any more."""
    lock(mail)
    answer = read_mail(mail.raw, rules.authserv_id).answer if mail.raw else None
    if mail.outcome is not Outcome.REVIEW or mail.handled_at or answer is None:
        raise Refused("받아들일 답이 없습니다. 이미 처리했거나 30일이 지나 지워졌습니다.")
    _note(mail, take(answer, NOTHING_KNOWN, now, Trust(by_staff=True)))
    mail.handled_at = now


def handle(mail: ReceivedMail, now: datetime) -> None:
    """Staff have done what was to be done; Refused if that was so already."""
    lock(mail)
    if mail.handled_at or mail.outcome not in TO_BE_HANDLED:
        raise Refused("이미 처리한 전자우편입니다.")
    mail.handled_at = now


def forget_raw(now: datetime) -> int:
    """Delete the mails themselves after thirty days, those that still wait too; how many."""
    old = (ReceivedMail.received_at < now - RAW_KEPT, ReceivedMail.raw.is_not(None))
    forgotten = update(ReceivedMail).where(*old).values(raw=None, note="")
    return db.session.connection().execute(forgotten).rowcount


def _deal_with(mail: ReceivedMail, incoming: Incoming, raw: bytes, now: datetime, rules: Rules, complete: bool) -> None:
    if report := read_report(raw, rules.domain):
        noted = take_in(report, now)
        mail.outcome = Outcome.BOUNCED if noted.bounced else Outcome.DROPPED
        mail.reason, mail.message = noted.reason, noted.message
    elif not complete:
        mail.outcome, mail.reason = _WITHOUT_ANSWER[Shape.TOO_LARGE]
    elif incoming.answer:
        _note(mail, take(incoming.answer, incoming.evidence, now, Trust(ask_first=rules.ask_first)))
    else:
        mail.outcome, mail.reason = _WITHOUT_ANSWER[incoming.shape]


def _note(mail: ReceivedMail, taken: Taken) -> None:
    mail.outcome, mail.reason, mail.item = Outcome(taken.verdict.value), taken.reason, taken.item


def _leave_to_a_person(mail: ReceivedMail, error: Exception) -> None:
    # Where it happened, without the words of the error: they may hold what people wrote.
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("mail=%s cannot be dealt with: %s\n%s", mail.id, type(error).__name__, frames)
    why = error.message if isinstance(error, Refused) else type(error).__name__
    mail.outcome, mail.reason = Outcome.REVIEW, f"처리하다가 막혔습니다: {why}"
