"""What a person sees when something is not to be had: the same frame, what is wrong, a way on."""

import traceback
from datetime import date, datetime
from urllib.parse import urlsplit

from flask import Flask, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from briefings.errors import Refused
from briefings.web.filters import day, when
from briefings.web.routing import own_path


def reason(refused: Refused) -> str:
    """Why not, in the language of the page."""
    return gettext(refused.message, **{name: _shown(value) for name, value in refused.values.items()})


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return when(value)
    return day(value) if isinstance(value, date) else value


def page_before() -> str | None:
    """The address on this host that the person came from, if the browser told."""
    came_from = urlsplit(request.referrer or "")
    same_host = came_from.netloc == request.host
    return own_path(came_from.path + (f"?{came_from.query}" if came_from.query else "")) if same_host else None


def show_refused(refused: Refused) -> tuple[str, int]:
    """A button was pressed that the state of the world no longer allows: 409 and why."""
    return render_template("errors/error.html", code=409, message=reason(refused), back=page_before()), 409


def show_http(error: HTTPException) -> tuple[str, int] | HTTPException:
    """An error page for every 4xx and 5xx; redirects pass through."""
    code = error.code or 500
    if code < 400:
        return error
    message = gettext("화면을 연 지 오래되어 보낼 수 없었습니다. 앞 화면을 새로 열고 다시 보내 주세요.")
    shown = message if isinstance(error, CSRFError) else None
    return render_template("errors/error.html", code=code, message=shown, back=page_before()), code


def log_failure(app: Flask, error: BaseException | None) -> None:
    """Where a view failed; without its address, which may hold a secret, and without the words of the error."""
    frames = "".join(traceback.format_tb(error.__traceback__)) if error else ""
    app.logger.error("endpoint=%s method=%s %s\n%s", request.endpoint, request.method, type(error).__name__, frames)


def register(app: Flask) -> None:
    """Answer every error in the frame of the site, and log what no view expected."""
    app.log_exception = lambda exc_info: log_failure(app, exc_info[1])  # type: ignore[method-assign]
    app.register_error_handler(Refused, show_refused)
    app.register_error_handler(HTTPException, show_http)
