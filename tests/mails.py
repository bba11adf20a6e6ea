"""Reading what the program wrote to somebody, as the worker would send it now."""

import re

from flask import Flask
from sqlalchemy import select

from briefings import clock
from briefings.db import db
from briefings.outbox.mail import Dropped, Mail
from briefings.outbox.models import Message


def mails_to(app: Flask, address: str) -> list[Mail | Dropped]:
    """Every message to `address`, composed in its reader's language, oldest first."""
    messages = list(db.session.scalars(select(Message).where(Message.recipient == address).order_by(Message.id)))
    return [_composed(app, message) for message in messages]


def _composed(app: Flask, message: Message) -> Mail | Dropped:
    base_url = app.config["PUBLIC_URL"] + ("/en" if message.locale == "en" else "")
    # A context of its own: in the test's, the language of the mail before would still be in force.
    with app.app_context(), app.test_request_context(base_url=base_url):
        return app.extensions["composers"][message.kind](message, clock.now())


def links_in(mail: Mail | Dropped) -> list[str]:
    """The addresses in the text of a mail, in order, without the host."""
    assert isinstance(mail, Mail), f"not sent: {mail}"
    return re.findall(r"^https?://[^/\s]+(/\S*)$", mail.text, re.MULTILINE)
