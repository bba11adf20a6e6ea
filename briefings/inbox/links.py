"""The link of the question whether to give a place up: bound to one calendar item, good for seven days."""

from datetime import UTC, datetime
from typing import NamedTuple

from flask import abort, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.schedule.answers import ASKED_FOR
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.links import MOVED
from briefings.schedule.registration_models import Registration
from briefings.web.tokens import public_id_in, refuse_unless_in_force, token_for

PURPOSE = "give-up"


class Question(NamedTuple):
    """Which entry a link asks about, whose place that is, and until when."""

    item: CalendarItem
    registration: Registration
    expires_at: datetime


def give_up_url(item: CalendarItem, asked_at: datetime) -> str:
    """The full address of the page that asks, for a mail."""
    return url_for("answers.give_up", token=give_up_token(item, asked_at), _external=True)


def give_up_token(item: CalendarItem, asked_at: datetime) -> str:
    """A token that gives up the place behind `item`, and no later one of the same person."""
    said = f"{item.id}-{int((asked_at + ASKED_FOR).timestamp())}"
    return token_for(PURPOSE, said, _version(item))


def question_behind(token: str) -> Question:
    """What a token asks, be it late; LinkEnded for one of before, 404 for any other token."""
    said = public_id_in(token)
    try:
        number, seconds = map(int, said.split("-", 1))
        expires_at = datetime.fromtimestamp(seconds, tz=UTC)
    except (ValueError, OverflowError, OSError):
        abort(404)
    found = select(CalendarItem).where(CalendarItem.id == number).options(joinedload(CalendarItem.briefing))
    item = db.session.scalar(found) if 0 < number < 2**31 else None
    if item is None or item.registration is None:
        abort(404)
    refuse_unless_in_force(token, PURPOSE, said, _version(item), MOVED, item.email)
    return Question(item, item.registration, expires_at)


def _version(item: CalendarItem) -> int:
    return item.registration.link_version if item.registration else 0
