"""Views that take files: how much may be sent to them at once, and what is said where it is more."""

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from briefings.web.access import View, enforce

AT_ONCE = 100 * 1024 * 1024
"""Bytes of one form with its files; larger than half a megabyte, a file waits on the disk and not in memory."""
_SWALLOWED = 1024 * 1024 * 1024
_TOO_LARGE = "too-large"


def takes_files(view: View) -> View:
    """A view, GET and POST, to which files may be sent; stands below its access mark."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def allow_uploads() -> ResponseReturnValue | None:
    """Before the body of a request is read: raise the limit for whoever may call a view that takes files.

    What is too large even then is not taken; the form is shown again and says so.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or not getattr(view, "takes_files", False):
        return None
    if (denied := enforce()) is not None:
        return denied
    if (request.content_length or 0) > AT_ONCE:
        _swallow()
        return redirect(url_for(str(request.endpoint), **{**(request.view_args or {}), _TOO_LARGE: 1}), 303)
    request.max_content_length = AT_ONCE
    return None


def was_too_large() -> bool:
    """Whether this form is shown again because more was sent than may be."""
    return request.method == "GET" and _TOO_LARGE in request.args


def _swallow() -> None:
    """Read what still comes: a browser that is answered in the midst of sending shows a broken connection instead."""
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, _SWALLOWED)
    while left > 0 and (read := len(stream.read(min(left, 1024 * 1024)))):
        left -= read
