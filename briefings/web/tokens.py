"""Personal links: derived from the secret, so that the database never holds one."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NoReturn

from flask import abort, current_app

from briefings.errors import N_, REPLACED, LinkEnded
from briefings.web.erased import is_marker

ERASED = N_("이 링크로 보시던 개인정보는 지웠습니다. 다시 참가하고 싶으시면 처음 오신 분처럼 새로 신청하시면 됩니다.")
HIDDEN = "hidden-in-preview"
"""What stands for a token where somebody else reads along; it opens nothing."""
_hidden = ContextVar("hidden", default=False)
_MOST_VERSIONS = 50
"""No thing has handed out more tokens than that; asked only where the thing, and with it the number, is gone."""


def token_for(purpose: str, public_id: str, version: int) -> str:
    """The token that opens one thing for one purpose; raising `version` revokes every earlier one. 160 bits."""
    return HIDDEN if _hidden.get() else _token(purpose, public_id, version)


def public_id_in(token: str) -> str:
    """The public id a token speaks of; proves nothing until `token_fits`."""
    return token.partition(".")[0]


def token_fits(token: str, purpose: str, public_id: str, version: int) -> bool:
    """Whether `token` is the current one, compared in constant time."""
    return hmac.compare_digest(token.encode(), _token(purpose, public_id, version).encode())


def fitted_before(token: str, purpose: str, public_id: str, version: int) -> bool:
    """Whether `token` was in force before this version; the first is 1."""
    return any(token_fits(token, purpose, public_id, earlier) for earlier in range(1, version))


def refuse_unless_in_force(
    token: str, purpose: str, public_id: str, version: int, ended: str = REPLACED, of: str = ""
) -> None:
    """Go on with the current token only: LinkEnded, in the words `ended`, for one of before, 404 for any other.

    `of` is the address of whoever had it: if they were erased since, they read that instead.
    """
    if not token_fits(token, purpose, public_id, version):
        if fitted_before(token, purpose, public_id, version):
            raise LinkEnded(ERASED if is_marker(of) else ended)
        abort(404)


def refuse_of_gone(token: str, *purposes: str, ended: str = REPLACED) -> NoReturn:
    """Nothing stands any more of what a token speaks of: LinkEnded if it opened that once, 404 for any other."""
    if any(fitted_before(token, purpose, public_id_in(token), _MOST_VERSIONS) for purpose in purposes):
        raise LinkEnded(ended)
    abort(404)


def digits_for(purpose: str, public_id: str, version: int, length: int) -> str:
    """Digits that stand for one thing, to be typed; two things may have the same, and guessing must be limited."""
    number = int.from_bytes(_digest(purpose, public_id, version)[:8])
    return f"{number % 10**length:0{length}}"


@contextmanager
def hidden_tokens() -> Iterator[None]:
    """Inside, every personal link leads nowhere: a mail can be shown to others than its reader."""
    before = _hidden.set(True)
    try:
        yield
    finally:
        _hidden.reset(before)


def _digest(purpose: str, public_id: str, version: int) -> bytes:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, f"personal-link|{purpose}|{public_id}|{version}".encode(), hashlib.sha256)[:20]


def _token(purpose: str, public_id: str, version: int) -> str:
    digest = _digest(purpose, public_id, version)
    return f"{public_id}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"
