"""Passwords and sessions (OWASP ASVS 5, V6)."""

from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import db

HASHER = PasswordHasher()  # argon2id with the library's current parameters (RFC 9106, low-memory profile)
NOBODY = HASHER.hash("nobody")
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


def user_of_session(remembered: str) -> User | None:
    """The account a session speaks of; None once it is ended, revoked or switched off."""
    number, _, version = remembered.partition(".")
    user = user_numbered(number)
    return user if user and user.active and str(user.session_version) == version else None


def password_fits(user: User | None, password: str) -> bool:
    """Whether `password` is the account's; takes the same time whether or not there is an account."""
    try:
        HASHER.verify(user.password_hash if user and user.password_hash else NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return user is not None and user.active and user.password_hash is not None


def set_password(user: User, password: str) -> None:
    """Give the account a new password and end all its sessions and reset links."""
    user.password_hash = HASHER.hash(password)
    user.session_version += 1


def note_sign_in(user: User, password: str, now: datetime) -> None:
    """Remember when the account was last used; renew a hash made with older parameters."""
    user.signed_in_at = now
    if user.password_hash and HASHER.check_needs_rehash(user.password_hash):
        user.password_hash = HASHER.hash(password)
    record(user, "account.signed_in", user, now)


def end_sessions(user: User) -> None:
    """Sign the account out everywhere: a session copied from another browser ends too."""
    user.session_version += 1
