"""A mail as the program at the other end reads it: out of the bytes, by what they say of themselves."""

import email
import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from briefings.calendar.reading import CalendarSummary, read_calendar


@dataclass(frozen=True)
class Received:
    """What a person sees of a mail."""

    sender: str
    recipient: str
    subject: str
    date: datetime
    text: str
    html: str
    calendar: CalendarSummary | None


def received(raw: bytes) -> Received:
    """The mail in `raw`, one of ours: it has all headers, both texts, and perhaps a calendar object."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 (what the policy makes, told to the type checker)
    calendar = next((part for part in mail.walk() if part.get_content_type() == "text/calendar"), None)
    return Received(
        sender=str(mail["From"]),
        recipient=str(mail["To"]),
        subject=str(mail["Subject"]),
        date=mail["Date"].datetime,
        text=_content(mail, "plain"),
        html=_content(mail, "html"),
        calendar=read_calendar(calendar.get_payload(decode=True)) if calendar else None,  # type: ignore[arg-type]
    )


def _content(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return part.get_content().replace("\r\n", "\n") if part else ""
