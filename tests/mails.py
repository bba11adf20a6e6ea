"""Reading what the program wrote to somebody, as the worker would send it now."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from flask import Flask
from sqlalchemy import select

from briefings import clock
from briefings.db import db
from briefings.outbox.mail import Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import compose


def mails_to(app: Flask, address: str) -> list[Mail | Dropped]:
    """Every message to `address`, composed in its reader's language, oldest first."""
    messages = list(db.session.scalars(select(Message).where(Message.recipient == address).order_by(Message.id)))
    return [compose(app, message, clock.now()) for message in messages]


HEADERS = {"from", "to", "subject", "date", "message-id", "auto-submitted", "x-auto-response-suppress"}
HEADERS |= {"mime-version", "content-type"}
PARTS = ["text/plain", "text/html"]


def read_back(data: bytes, recipient: str) -> EmailMessage:
    """The mail as another program finds it; AssertionError where it is not the one meant, to that reader alone.

    Its parts are the words, the same as HTML, and the calendar object inside and attached, where there is one.
    """
    mail = message_from_bytes(data, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    names = [name.lower() for name in mail.keys()]  # noqa: SIM118 (a mail is no dict: twice is twice)
    assert sorted(names) in (sorted(HEADERS), sorted(HEADERS | {"in-reply-to", "references"})), names
    assert [address.addr_spec.lower() for address in mail["to"].addresses] == [recipient.lower()]
    assert len(mail["from"].addresses) == 1
    assert not re.search("[\\x00-\\x1f\\x7f-\\x9f\u202a-\u202e\u2066-\u2069]", mail["subject"] + str(mail["to"]))
    found = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert found in (PARTS, [*PARTS, "text/calendar", "application/ics"]), found
    assert not [part.defects for part in mail.walk() if part.defects]
    return mail


def links_in(mail: Mail | Dropped) -> list[str]:
    """The addresses in the text of a mail, in order, without the host."""
    assert isinstance(mail, Mail), f"not sent: {mail}"
    return re.findall(r"^https?://[^/\s]+(/\S*)$", mail.text, re.MULTILINE)
