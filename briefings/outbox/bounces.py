"""Reports that a message of ours was not, or not yet, delivered (RFC 3464, RFC 6522), and what follows from them.

A report is believed if it quotes the Message-ID of the message: 128 random bits known only where it was sent to.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_string
from email.message import Message as Part

from sqlalchemy import select, update
from sqlalchemy.orm import defer

from briefings.calendar.addresses import comparable
from briefings.calendar.evidence import one_mailbox
from briefings.calendar.parts import (
    content_of,
    decoded,
    header_of,
    headers_of,
    parameter_of,
    parts_of,
    take_apart,
    text_of,
)
from briefings.calendar.text import one_line
from briefings.db import db, lock
from briefings.outbox.delivering import TAKES_NOTHING, mark_undeliverable
from briefings.outbox.models import Medium, Message, MessageState

REMEMBERED = timedelta(days=30)
"""No server tries longer, nor reports later."""
_ADDRESS_IS_DEAD = re.compile(r"5\.1\.(?:0|1|2|3|4|5|6|10)|5\.2\.1|5\.4\.4|5\.7\.17")
"""RFC 3463, RFC 7505, RFC 7293: no such mailbox or domain, disabled, moved, another's by now."""
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ACTIONS = {"2": "delivered", "4": "delayed", "5": "failed"}
_ON_THE_WAY = (MessageState.QUEUED, MessageState.SENDING, MessageState.SENT)
"""One that is queued may have been handed over before the connection was lost."""
_AT_AN_END = (MessageState.FAILED, MessageState.BOUNCED)
_WORDS = 100_000
_FIELDS = 20_000
_REFUSAL = re.compile(r"\b5[0-5]\d[ -]")
_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@([a-z0-9.-]+)>", re.IGNORECASE)
_QUOTED_ID = re.compile(r"message-id:\s*(<[0-9a-f]{32}@[a-z0-9.-]+>)", re.IGNORECASE)
_POSTMASTERS = ("mailer-daemon@", "postmaster@", "mailerdaemon@")
_REPORTS = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")


@dataclass(frozen=True, slots=True)
class Report:
    """What a server says of a message: `action` and `status` as RFC 3464 spells them, the rest in its own words."""

    references: tuple[str, ...]
    """Left sides of the Message-IDs it may be about, the likeliest first."""
    action: str
    status: str
    diagnostic: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """What a report led to: the message it is about if it is one of ours, and whether that came back for good."""

    message: Message | None
    bounced: bool
    reason: str


def read_report(raw: bytes, domain: str) -> Report | None:
    """The report in `raw`; None if it is none. `domain` is the right side of our Message-IDs. Never raises."""
    try:
        mail = take_apart(raw)
        if mail.get_content_type() == "multipart/report":
            return _standard(mail, domain)
        return _in_words(mail, domain)
    except Exception:  # whatever a stranger made up: a person will look at it
        return None


def take_in(report: Report, now: datetime) -> Noted:
    """Write on the message what became of it; after a failure for good nothing more goes to a dead address."""
    message = _message_of(report, now)
    if message is None:
        return Noted(None, False, "우리가 보낸 전자우편을 가리키지 않는 반송 알림입니다.")
    said = one_line(f"{report.status} {report.diagnostic}", 300)
    if report.action != "failed":
        if report.action == "delayed" and message.state is MessageState.SENT:
            message.error = f"받는 쪽 서버가 아직 전하지 못했습니다: {said}"
        return Noted(message, False, f"배달 상황을 알리는 전자우편입니다: {report.action} {said}")
    lock(message)
    if message.state in _ON_THE_WAY:
        message.state, message.claimed_until, message.error = MessageState.BOUNCED, None, said
    is_about_recipient = not report.addresses or comparable(message.recipient) in report.addresses
    if is_about_recipient and _ADDRESS_IS_DEAD.fullmatch(report.status):
        mark_undeliverable(message.recipient, now, said, report.status, message.id)
        _drop_what_waits(message.recipient)
    return Noted(message, True, f"보낸 전자우편이 되돌아왔습니다: {said}")


def _message_of(report: Report, now: datetime) -> Message | None:
    """The message whose Message-ID is quoted; it is looked for among those of the last weeks, which an index finds."""
    lately = (Message.due_at > now - REMEMBERED, Message.state.in_((*_ON_THE_WAY, *_AT_AN_END)))
    found = select(Message).options(defer(Message.raw)).where(*lately, Message.reference.in_(report.references))
    by_reference = {message.reference: message for message in db.session.scalars(found)}
    return next((by_reference[each] for each in report.references if each in by_reference), None)


def _drop_what_waits(address: str) -> None:
    waits = (Message.recipient == address, Message.medium == Medium.MAIL)
    dropped = update(Message).where(*waits, Message.state.in_((MessageState.QUEUED, MessageState.HELD)))
    db.session.execute(dropped.values(state=MessageState.DROPPED, error=TAKES_NOTHING))


def _standard(mail: Part, domain: str) -> Report | None:
    fields = [block for part in parts_of(mail) if part.get_content_type() in _REPORTS for block in _blocks(part)]
    recipients = [block for block in fields if "Action" in block or "Status" in block]
    if not recipients:
        return None
    failed = (block for block in recipients if header_of(block, "Action").lower() == "failed")
    told = next(failed, recipients[0])
    diagnostic = re.sub(r"^[\w-]+; ?", "", header_of(told, "Diagnostic-Code"))
    status = _precise(header_of(told, "Status"), diagnostic)
    named = (header_of(told, name).rpartition(";")[2] for name in ("Original-Recipient", "Final-Recipient"))
    return Report(
        references=_references(mail, domain),
        action=header_of(told, "Action").lower() or _ACTIONS.get(status[:1], "failed"),
        status=status,
        diagnostic=diagnostic,
        addresses=tuple(address for address in map(comparable, named) if address),
    )


def _in_words(mail: Part, domain: str) -> Report | None:
    """A report in words alone; it must be about one of our messages and give a code that means: for good.

    Notes of absence come from nobody as reports do (RFC 3834, 3.3) and hold any number: of what is not plainly a
    server's, only a message that is quoted counts, not one that is answered to.
    """
    by_server = _is_from_postmaster(mail)
    if not by_server and header_of(mail, "Return-Path") != "<>":
        return None
    references, words = _references(mail, domain, answered=by_server), _words(mail)
    status = next((found[0] for found in _STATUS.finditer(words) if found[1] == "5"), "")
    refusal = _REFUSAL.search(words)
    if not references or not (status or refusal):
        return None
    start = words.find(status) if status else refusal.start() if refusal else 0
    line = words[words.rfind("\n", 0, start) + 1 :].partition("\n")[0]
    return Report(references, "failed", status, one_line(line), ())


def _blocks(part: Part) -> list[Part]:
    """The groups of fields of a status part; the parser takes them apart only where they are ASCII (RFC 6533)."""
    blocks = _inner(part)
    rest = decoded(content_of(blocks[-1] if blocks else part)[:_FIELDS], "utf-8")
    return blocks + [message_from_string(text.lstrip()) for text in rest.split("\n\n") if text.strip()]


def _inner(part: Part) -> list[Part]:
    """The mails inside a part of the kind that holds mails."""
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Part)] if isinstance(payload, list) else []


def _references(mail: Part, domain: str, answered: bool = True) -> tuple[str, ...]:
    """Left sides of our Message-IDs: of the message sent back, quoted in words, or `answered` to."""
    named: list[str] = []
    for part in parts_of(mail):
        if part.get_content_type() in _RETURNED:
            for returned in _inner(part) or [message_from_string(decoded(content_of(part), "utf-8"))]:
                named += headers_of(returned, "Message-ID")
    named += _QUOTED_ID.findall(_words(mail))
    for name in ("X-Original-Message-ID", "In-Reply-To", "References") if answered else ():
        named += reversed(" ".join(headers_of(mail, name)).split())
    found = (_MESSAGE_ID.fullmatch(each) for each in named)
    return tuple(dict.fromkeys(each[1].lower() for each in found if each and each[2].lower() == domain))


def _words(mail: Part) -> str:
    """All that stands in text parts, and between the tags of the first HTML part."""
    texts = [decoded(content_of(part), parameter_of(part, "charset")) for part in parts_of(mail) if _is_text(part)]
    return "\n".join((*texts, text_of(mail)))[:_WORDS]


def _is_text(part: Part) -> bool:
    return part.get_content_type() in ("text/plain", "text/rfc822-headers")


def _is_from_postmaster(mail: Part) -> bool:
    sender = one_mailbox("".join(headers_of(mail, "From")))
    return sender.startswith(_POSTMASTERS) or "X-Failed-Recipients" in mail


def _precise(status: str, diagnostic: str) -> str:
    """The status, from what the server said where the field leaves it open (5.0.0)."""
    given = _STATUS.search(status)
    said = next((found for found in _STATUS.finditer(diagnostic) if given is None or found[1] == given[1]), None)
    better = said if given is None or given[0].endswith(".0.0") else None
    chosen = better or given
    return chosen[0] if chosen else ""
