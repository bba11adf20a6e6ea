"""What a mail that came to the ORGANIZER's mailbox is: an answer of a calendar (RFC 5546, 6047), or something else."""

from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from enum import StrEnum

from briefings.calendar.addresses import comparable
from briefings.calendar.evidence import NOTHING_KNOWN, Evidence, evidence_of
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
from briefings.calendar.reading import Answering, CalendarAnswer, read_answer

LARGEST_MAIL = 512 * 1024
METHODS = ("REPLY", "COUNTER", "REFRESH")
_MESSAGE_ID_LENGTH = 998
_BY_MACHINE = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")
_BULK = ("auto_reply", "bulk", "junk", "list")


class Shape(StrEnum):
    """What a mail is."""

    ANSWER = "answer"
    LETTER = "letter"
    AUTOMATIC = "automatic"
    """Words of a machine without an answer: an absence, a receipt."""
    TOO_LARGE = "too_large"
    WINMAIL = "winmail"
    """Outlook's own wrapping (TNEF), which holds the answer where nobody else can read it."""
    UNREADABLE = "unreadable"
    UNREADABLE_CALENDAR = "unreadable_calendar"
    METHODS_DIFFER = "methods_differ"
    NOT_ONE_SENDER = "not_one_sender"
    NO_ATTENDEE = "no_attendee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it says of itself. Addresses are comparable, `uid` is in lower case, `dtstamp` is in UTC."""

    method: str
    uid: str
    attendee: str
    partstat: str = ""
    sequence: int | None = None
    dtstamp: datetime | None = None
    comment: str = ""
    sent_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mail as far as it could be read: clean texts, unproven. `answer` is there where the shape is ANSWER."""

    shape: Shape
    message_id: str = ""
    sender: str = ""
    """From, as people read it."""
    subject: str = ""
    text: str = ""
    evidence: Evidence = NOTHING_KNOWN
    calendar: bytes | None = None
    answer: Answer | None = None


def read_mail(raw: bytes, authserv_id: str) -> Incoming:
    """What `raw` is and what is known about its sender; never raises. `authserv_id` is the name of our mail server.

    Of a mail longer than 512 KiB only the headers are read.
    """
    too_large = len(raw) > LARGEST_MAIL
    try:
        mail = take_apart(_head(raw) if too_large else raw)
        found = _opened(mail, authserv_id)
        if too_large:
            return Incoming(shape=Shape.TOO_LARGE, **found)
        return _read(mail, found)
    except Exception:  # whatever a stranger made up: a person will look at it
        return Incoming(shape=Shape.TOO_LARGE if too_large else Shape.UNREADABLE)


def is_automatic(mail: Message) -> bool:
    """Whether a machine wrote the mail by itself (RFC 3834, and what older ones do)."""
    submitted = header_of(mail, "Auto-Submitted").lower() or "no"
    precedence = header_of(mail, "Precedence").lower()
    by_machine = any(name in mail for name in _BY_MACHINE) or precedence in _BULK
    from_nobody = header_of(mail, "Return-Path") == "<>" or mail.get_content_type() == "multipart/report"
    return not submitted.startswith("no") or by_machine or from_nobody


def _head(raw: bytes) -> bytes:
    head = raw[:LARGEST_MAIL].replace(b"\r\n", b"\n")
    return head.partition(b"\n\n")[0][: 64 * 1024] + b"\n\n"


def _opened(mail: Message, authserv_id: str) -> dict:
    message_id = "".join(headers_of(mail, "Message-ID")[:1])
    evidence = evidence_of(headers_of(mail, "From"), headers_of(mail, "Authentication-Results"), authserv_id)
    return {
        "message_id": message_id if len(message_id) <= _MESSAGE_ID_LENGTH else "",
        "sender": header_of(mail, "From"),
        "subject": header_of(mail, "Subject"),
        "evidence": evidence,
    }


def _read(mail: Message, found: dict) -> Incoming:
    calendars, others = _calendar_parts(mail)
    words = Shape.AUTOMATIC if is_automatic(mail) else Shape.LETTER
    found = {**found, "text": text_of(mail)}
    if not calendars:
        return Incoming(shape=Shape.WINMAIL if others else words, **found)
    method, content = calendars[0]
    found = {**found, "calendar": content}
    answer = read_answer(content)
    if answer is None:
        return Incoming(shape=Shape.UNREADABLE_CALENDAR, **found)
    if answer.method not in METHODS:  # our own invitation, sent back along with a letter
        return Incoming(shape=words, **found)
    sender = found["evidence"].sender
    who = _who(answer, sender)
    if method and method != answer.method.lower():
        return Incoming(shape=Shape.METHODS_DIFFER, **found)
    if not sender:
        return Incoming(shape=Shape.NOT_ONE_SENDER, **found)
    if who is None:
        return Incoming(shape=Shape.NO_ATTENDEE, **found)
    return Incoming(shape=Shape.ANSWER, answer=_answer(answer, who), **found)


def _calendar_parts(mail: Message) -> tuple[list[tuple[str, bytes]], bool]:
    """(method parameter, content in UTF-8) of the calendar parts, those first that say most; and is there a TNEF."""
    ranked: list[tuple[int, str, bytes]] = []
    winmail = False
    for part in parts_of(mail):
        rank = _rank(part)
        winmail = winmail or part.get_content_type() == "application/ms-tnef" or _name(part) == "winmail.dat"
        if rank is not None:
            content = decoded(content_of(part), parameter_of(part, "charset")).encode("utf-8", "replace")
            ranked.append((rank, parameter_of(part, "method"), content))
    return [(method, content) for _, method, content in sorted(ranked, key=lambda each: each[0])], winmail


def _rank(part: Message) -> int | None:
    """How plainly a part says that it is a calendar object, 0 the plainest; None if it does not."""
    kind = part.get_content_type()
    if kind == "text/calendar":
        return 0 if parameter_of(part, "method") else 1
    if kind == "application/ics":
        return 2
    return 3 if _name(part).endswith(".ics") else None


def _name(part: Message) -> str:
    return (part.get_filename() or "").strip().lower()


def _who(answer: CalendarAnswer, sender: str) -> Answering | None:
    """The one who answers: the single attendee, among several the sender, for a question without one the sender."""
    if len(answer.attendees) == 1:
        return answer.attendees[0]
    if not answer.attendees and answer.method != "REPLY":
        return Answering(sender, "", "")
    return next((each for each in answer.attendees if sender and comparable(each.address) == sender), None)


def _answer(answer: CalendarAnswer, who: Answering) -> Answer:
    return Answer(
        method=answer.method,
        uid=answer.uid,
        attendee=comparable(who.address),
        partstat=who.partstat,
        sequence=answer.sequence,
        dtstamp=answer.dtstamp,
        comment=answer.comment,
        sent_by=comparable(who.sent_by),
    )
