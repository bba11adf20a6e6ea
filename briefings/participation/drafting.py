"""Under what a browser's draft of a reply is kept: a personal link, or a cookie that nothing else knows."""

import secrets
from datetime import datetime
from typing import NamedTuple

from flask import current_app, request
from werkzeug.wrappers import Response

from briefings.participation import drafts
from briefings.participation.models import ReplyDraft
from briefings.schedule.registration_models import Registration

COOKIE = "reply_draft"


class Place(NamedTuple):
    """Where a draft is kept; `secret` is what the browser is told to remember, if anything."""

    key: str
    secret: str = ""

    def draft(self, now: datetime) -> ReplyDraft | None:
        """What is kept there, if anything."""
        return drafts.draft_under(self.key, now) if self.key else None

    def remembered(self, response: Response) -> Response:
        """`response`, which has the browser find the draft again as long as it is kept."""
        if self.secret:
            response.set_cookie(
                COOKIE,
                self.secret,
                max_age=drafts.KEPT_FOR,
                secure=current_app.config["SESSION_COOKIE_SECURE"],
                httponly=True,
                samesite="Lax",
            )
        return response


def place_of(registration: Registration | None, begin: bool = False) -> Place:
    """That of whoever asks; `begin`: one is made where the browser has none yet."""
    if registration is not None:
        return Place(drafts.key_of_registration(registration))
    secret = request.cookies.get(COOKIE, "")
    if begin:
        secret = secret or secrets.token_urlsafe(24)
        return Place(drafts.key_of_visitor(secret), secret)
    return Place(drafts.key_of_visitor(secret) if secret else "")
