"""Secrets that the program must be able to read again, kept in the database sealed under the secret key."""

import base64
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


def seal(text: str, purpose: str) -> str:
    """`text` so that only `unseal` for the same purpose reads it, unchanged; about 100 characters more than `text`."""
    return _lock(str(current_app.config["SECRET_KEY"]), purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str | None:
    """What was sealed; None where it was changed, is of another purpose, or the secret key is another one now."""
    try:
        return _lock(str(current_app.config["SECRET_KEY"]), purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def digest_of(text: str, purpose: str) -> str:
    """By what a secret that people type is recognized: 64 hex digits, with which nobody can try without the key."""
    return hmac.new(
        _derived(str(current_app.config["SECRET_KEY"]), f"digest|{purpose}"), text.encode(), "sha256"
    ).hexdigest()


@lru_cache(maxsize=8)
def _lock(key: str, purpose: str) -> Fernet:
    """A key of its own for each purpose (RFC 5869): what is sealed for one opens nothing else."""
    return Fernet(base64.urlsafe_b64encode(_derived(key, f"sealed|{purpose}")))


def _derived(key: str, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())
