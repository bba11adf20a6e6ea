"""Reading what the program wrote to somebody, as the worker would send it now."""

import re

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


def links_in(mail: Mail | Dropped) -> list[str]:
    """The addresses in the text of a mail, in order, without the host."""
    assert isinstance(mail, Mail), f"not sent: {mail}"
    return re.findall(r"^https?://[^/\s]+(/\S*)$", mail.text, re.MULTILINE)
