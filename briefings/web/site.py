"""Flask without what it does anew for each request and we have no use for: a quarter of an answer out of memory."""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask.templating import Environment
from itsdangerous import URLSafeTimedSerializer
from jinja2 import Template

from briefings.web.directions import isolated
from briefings.web.routing import LateRule, TidyRequest


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions in a signed cookie; who has none and gets none costs nothing."""

    def open_session(self, app: Flask, request: Request) -> Any:
        """What the cookie holds; nothing to be verified where there is none."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie where it has to be; an answer that looked at it differs from one without."""
        if session.modified or session.permanent:
            super().save_session(app, session, response)
        elif session.accessed:
            response.vary.add("Cookie")

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The one for the key of `app`, made once."""
        return self._with_key(app.secret_key, app)

    @lru_cache(maxsize=8)  # noqa: B019 (there is one of these)
    def _with_key(self, key: str, app: Flask) -> URLSafeTimedSerializer | None:
        return super().get_signing_serializer(app)


class Templates(Environment):
    """Templates, each compiled once: in a first rush every thread would compile those that all the others compile."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.turn = threading.RLock()

    def get_template(self, *args: Any, **options: Any) -> Template:
        """The template of that name; whoever wants one while another thread compiles waits."""
        with self.turn:
            return super().get_template(*args, **options)


class Site(Flask):
    """The application: none of its views waits for anything but by waiting."""

    request_class = TidyRequest
    url_rule_class = LateRule
    session_interface = Sessions()
    jinja_environment = Templates

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: to ask for each request whether it is a coroutine takes longer than to call it."""
        return func

    def make_response(self, rv: Any) -> Response:
        """The answer with what a view returns; in a page, words from right to left stand apart from others."""
        if isinstance(rv, str):
            rv = isolated(rv)
        elif isinstance(rv, tuple) and rv and isinstance(rv[0], str):
            rv = (isolated(rv[0]), *rv[1:])
        return super().make_response(rv)
