"""Keys of programs: made and revoked by administrators, recognized by their digest, noted when they are used."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import joinedload

from briefings.accounts.models import User
from briefings.api.models import ApiKey, KeyState, Scope, digest_of
from briefings.audit.recording import record
from briefings.db import CHANGES_NOTHING, db, lock
from briefings.errors import Refused

BEGINNING = "ieum_"
"""What every key begins with, so that one left in a file or a log is recognized as what it is."""
NOTED_EVERY = timedelta(minutes=1)
LONGEST = timedelta(days=2 * 366)


def make_key(
    name: str, scopes: Sequence[Scope], expires_on: date | None, *, by: User, today: date, now: datetime
) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can be told again; Refused for a day that is over or too far."""
    if not scopes:
        raise Refused("열쇠로 읽을 자료를 하나 이상 골라 주세요.", field="scopes")
    if expires_on is not None and not today <= expires_on <= today + LONGEST:
        raise Refused("오늘부터 두 해 안의 날을 적어 주세요.", field="expires_on")
    if db.session.scalar(select(exists().where(ApiKey.name == name, ApiKey.revoked_at.is_(None)))):
        raise Refused(
            "같은 이름의 열쇠가 있습니다. 다른 이름을 적거나, 쓰지 않는 열쇠를 먼저 거두어 주세요.", field="name"
        )
    secret = BEGINNING + secrets.token_urlsafe(32)
    key = ApiKey(name=name, digest=digest_of(secret), scopes=[scope.value for scope in scopes], created_at=now)
    key.created_by_id, key.expires_on = by.id, expires_on
    db.session.add(key)
    db.session.flush()
    until = expires_on.isoformat() if expires_on else None
    record(by, "api_key.made", key, now, name=name, scopes=key.scopes, expires_on=until)
    return key, secret


def revoke(key: ApiKey, *, by: User, now: datetime) -> None:
    """Let a key open nothing any more."""
    lock(key)
    key.revoke(now)
    record(by, "api_key.revoked", key, now, name=key.name)


def key_behind(secret: str, today: date) -> ApiKey | None:
    """The key with this secret, while it opens anything."""
    key = db.session.scalar(select(ApiKey).where(ApiKey.digest == digest_of(secret)))
    return key if key is not None and key.state(today) is KeyState.VALID else None


def note_use(key: ApiKey, now: datetime) -> None:
    """Keep when it was last used, to the minute: no act of anybody, and read by administrators alone."""
    stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= now - NOTED_EVERY)
    noted = update(ApiKey).where(ApiKey.id == key.id, stale).values(last_used_at=now)
    db.session.execute(noted, execution_options={CHANGES_NOTHING: True, "synchronize_session": False})


def is_stale(key: ApiKey, now: datetime) -> bool:
    """Whether its use is to be noted again."""
    return key.last_used_at is None or key.last_used_at <= now - NOTED_EVERY


def all_keys() -> list[ApiKey]:
    """Every key, those in use first, the newest first."""
    found = select(ApiKey).options(joinedload(ApiKey.created_by))
    return list(db.session.scalars(found.order_by(ApiKey.revoked_at.is_not(None), ApiKey.created_at.desc(), ApiKey.id)))


def key_called(public_id: str) -> ApiKey | None:
    """One key by the name in its address."""
    return db.session.scalar(select(ApiKey).where(ApiKey.public_id == public_id).options(joinedload(ApiKey.created_by)))
