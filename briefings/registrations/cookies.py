"""The cookie by which a browser remembers a person: a personal link of its own kind, which opens nothing but the form.

It is set from the own page alone, which proves the address, and ends with the version of that page's link.
"""

from datetime import timedelta

from flask import current_app, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from briefings.db import db
from briefings.schedule.links import token_of
from briefings.schedule.registration_models import Registration
from briefings.web.tokens import public_id_in, token_fits

NAME = "remembered"
PURPOSE = "remember"
KEPT_FOR = timedelta(days=180)


def remembered() -> Registration | None:
    """What the person registered whom this browser remembers, with the organization; None where it knows nobody."""
    token = request.cookies.get(NAME, "")
    if not token:
        return None
    found = select(Registration).where(Registration.public_id == public_id_in(token))
    registration = db.session.scalar(found.options(joinedload(Registration.organization)))
    return registration if registration is not None and remembers(registration) else None


def remembers(registration: Registration) -> bool:
    """Whether this browser remembers the person by this registration."""
    token = request.cookies.get(NAME, "")
    return token_fits(token, PURPOSE, registration.public_id, registration.link_version)


def remember(response: Response, registration: Registration) -> Response:
    """`response`, which has the browser remember the person for half a year."""
    response.set_cookie(
        NAME,
        token_of(registration, PURPOSE),
        max_age=KEPT_FOR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def forget(response: Response) -> Response:
    """`response`, which has the browser forget whom it remembers."""
    response.delete_cookie(NAME, secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Lax")
    return response
