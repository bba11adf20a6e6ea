"""The personal link to what is known of an address: good for half an hour, derived from the mail that brought it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from flask import abort, url_for
from sqlalchemy import select

from briefings.db import db
from briefings.errors import LinkEnded
from briefings.outbox.models import Message
from briefings.rights.erasing import MY_DATA
from briefings.web.erased import is_marker
from briefings.web.tokens import ERASED, public_id_in, token_fits, token_for

PURPOSE = "my-data"
GOOD_FOR = timedelta(minutes=30)


class Opened(NamedTuple):
    """Whose data a link opens, in which language they were written to, and until when."""

    address: str
    locale: str
    until: datetime


def data_url(message: Message) -> str:
    """The full address of the page, for the mail that is this message."""
    return url_for("my_data.show", token=token_for(PURPOSE, str(message.id), _until(message)), _external=True)


def good_until(message: Message) -> datetime:
    """When the link in this message opens nothing any more."""
    return message.created_at + GOOD_FOR


def opened_by(token: str) -> Opened:
    """Whose link it is, be it late; LinkEnded once they were erased, 404 for any other token."""
    number = public_id_in(token)
    message = None
    if number.isdecimal() and number.isascii() and len(number) < 10:
        message = db.session.scalar(select(Message).where(Message.id == int(number), Message.kind == MY_DATA))
    if message is None or not token_fits(token, PURPOSE, str(message.id), _until(message)):
        abort(404)
    if is_marker(message.recipient):
        raise LinkEnded(ERASED)
    return Opened(message.recipient, message.locale, good_until(message))


def _until(message: Message) -> int:
    """The moment itself is part of the token: nobody can put it off."""
    return int(good_until(message).timestamp())
