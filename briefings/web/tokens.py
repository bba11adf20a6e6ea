"""Personal links: derived from the secret, so that the database never holds one."""

import base64
import hashlib
import hmac

from flask import current_app


def token_for(purpose: str, public_id: str, version: int) -> str:
    """The token that opens one thing for one purpose; raising `version` revokes every earlier one. 160 bits."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.digest(key, f"personal-link|{purpose}|{public_id}|{version}".encode(), hashlib.sha256)[:20]
    return f"{public_id}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def public_id_in(token: str) -> str:
    """The public id a token speaks of; proves nothing until `token_fits`."""
    return token.partition(".")[0]


def token_fits(token: str, purpose: str, public_id: str, version: int) -> bool:
    """Whether `token` is the current one, compared in constant time."""
    return hmac.compare_digest(token.encode(), token_for(purpose, public_id, version).encode())
