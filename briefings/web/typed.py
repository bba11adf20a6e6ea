"""What somebody typed into a form that was not taken: to be sent once more by one press, or at least to be copied."""

from dataclasses import dataclass

from flask import current_app, request, session
from flask_login import current_user

from briefings.web.access import access_of
from briefings.web.language import this_address

LONG_ENOUGH = 10
"""What is shorter is typed again sooner than found among other words."""
SECRET = ("password", "code")
"""Fields with one of these in their names are neither shown nor sent again."""
MARKS = ("csrf_token", "form_token")
"""Hidden marks of the page that was too old."""


@dataclass(frozen=True)
class Typed:
    """The texts of a form by their names, those worth reading, and whether anything is lost.

    `action`: where they may be sent by one press; none where that would not be safe, or would lead elsewhere.
    """

    texts: list[tuple[str, str]]
    shown: list[str]
    lost: bool
    action: str | None


def typed_before(*, again: bool = True, may_ask: bool = True) -> Typed | None:
    """What the form of this request said; None where it was sent from another site, which may have made it up.

    `again`: whether it may be sent once more as it is. `may_ask`: whether the database can tell who is signed in.
    """
    if not _from_own_page():
        return None
    every = [(name, value) for name, value in request.form.items(multi=True) if name not in MARKS]
    texts = [(name, value) for name, value in every if not any(word in name for word in SECRET)]
    if not texts:
        return None
    lost = len(texts) < len(every) or any(file.filename for file in request.files.values())
    shown = [value for _, value in texts if len(value) >= LONG_ENOUGH]
    return Typed(texts, shown, lost, this_address() if again and _goes_there(may_ask) else None)


def _from_own_page() -> bool:
    """Whether the browser says that the form stood on a page of ours; one that says nothing is not believed."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")


def _goes_there(may_ask: bool) -> bool:
    """Whether a press would reach the page, and not the sign-in page before it."""
    open_to_all = access_of(current_app, request.endpoint or "static") in ("public", "by_token")
    return open_to_all or (bool(current_user.is_authenticated) if may_ask else "_user_id" in session)
