"""Passwords, and what is kept of signing in (OWASP ASVS 5, V6)."""

from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import db

HASHER = PasswordHasher()  # argon2id with the library's current parameters (RFC 9106, low-memory profile)
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$MTB9I807E1FM95SSZ2pq8Q$VWiOjX9fAZX3EGEvv+UQXZNTeUDOXdYpupBBI6ju6c4"
"""A hash by the same parameters that is no account's: made beforehand, as it takes a tenth of the start."""
"""Checked where there is no account, so that an unknown address takes as long as a wrong password."""


def email_key(address: str) -> str:
    """An address as it is stored and compared: without outer spaces, in lower case."""
    return address.strip().lower()


def user_with(email: str) -> User | None:
    """The account of an address."""
    return db.session.scalar(select(User).where(User.email == email_key(email)))


def user_numbered(text: str) -> User | None:
    """The account whose number `text` is; None where it is none, or no number at all."""
    is_number = text.isascii() and text.isdigit() and len(text) < 10  # the database's integers end soon after
    return db.session.get(User, int(text)) if is_number else None


def password_fits(user: User | None, password: str) -> bool:
    """Whether `password` is the account's; takes the same time whether or not there is an account."""
    try:
        HASHER.verify(user.password_hash if user and user.password_hash else NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return user is not None and user.active and user.password_hash is not None


def set_password(user: User, password: str) -> None:
    """Give the account a new password, which ends every reset link; its sessions are ended by `sessions.end_all`."""
    user.password_hash = HASHER.hash(password)
    user.session_version += 1


def note_sign_in(user: User, now: datetime, **how: str) -> None:
    """Remember when, and by which way, the account was last used."""
    user.signed_in_at = now
    record(user, "account.signed_in", user, now, **how)


def note_failure(user: User | None, now: datetime, **how: str) -> None:
    """Keep that somebody tried to sign in and was wrong; of an address without an account the same, but the address."""
    record(None, "account.sign_in_failed", user or _NOBODY, now, **how)


def renew_hash(user: User, password: str) -> None:
    """Hash the password, which was right, anew where the hash was made with older parameters."""
    if user.password_hash and HASHER.check_needs_rehash(user.password_hash):
        user.password_hash = HASHER.hash(password)


class _Nobody:
    """What stands in the log where there is no account."""

    __tablename__ = User.__tablename__
    id = 0


_NOBODY = _Nobody()
