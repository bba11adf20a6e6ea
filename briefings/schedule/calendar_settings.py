"""How somebody keeps their calendar: which way, and the secret address of their feed. Whoever calls knows the address
to be theirs: a personal link came to it.
"""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select

from briefings.db import db, insert_new, lock
from briefings.schedule.calendar_models import CalendarSetting, Channel

TOKEN_BYTES = 32


def setting_of(email: str) -> CalendarSetting:
    """What an address chose; the usual, not stored, where it chose nothing."""
    email = email.lower()
    chosen = db.session.get(CalendarSetting, email)
    return chosen or CalendarSetting(email=email, channel=Channel.INVITE)


def keep_by(email: str, channel: Channel, now: datetime) -> None:
    """From now on new entries come this way; what stands in the calendar stays there and is kept right."""
    setting = _locked(email, now)
    setting.channel, setting.changed_at = channel, now


def make_feed(email: str, now: datetime) -> str:
    """A new secret for the feed of an address, told this once; an earlier one opens nothing any more."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    setting = _locked(email, now)
    setting.feed_hash, setting.changed_at = _hash(token), now
    return token


def end_feed(email: str, now: datetime) -> None:
    """The feed is no more; without one nothing happens."""
    setting = _locked(email, now)
    setting.feed_hash, setting.changed_at = None, now


def setting_behind(token: str) -> CalendarSetting | None:
    """Whose feed a secret opens; None for any that is not in force."""
    return db.session.scalar(select(CalendarSetting).where(CalendarSetting.feed_hash == _hash(token)))


def _locked(email: str, now: datetime) -> CalendarSetting:
    row = {
        "email": email.lower(),
        "channel": Channel.INVITE,
        "feed_hash": None,
        "feed_etag": "",
        "feed_changed_at": None,
        "changed_at": now,
    }
    insert_new(CalendarSetting.__table__, [row])
    setting = db.session.get_one(CalendarSetting, row["email"])
    lock(setting)
    return setting


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
