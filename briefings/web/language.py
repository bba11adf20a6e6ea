"""Korean at /…, English at /en/…: each language has its own address, so links are shared and nothing is remembered."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from flask import g, has_request_context, request
from flask_babel import Babel, gettext, ngettext
from flask_babel.speaklater import LazyString

babel = Babel()
# Its lazy texts pass for HTML, with all that was put into them: what somebody wrote would live on the page.
del LazyString.__html__


class LanguagePrefix:
    """WSGI middleware that moves a leading /en into SCRIPT_NAME, so that every url_for keeps it."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/en" or path.startswith("/en/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
            environ["PATH_INFO"] = path[3:] or "/"
        return self.app(environ, start_response)


KOREAN_ONLY = ("moderator",)
"""Blueprints whose pages are Korean whatever their address: whoever moderates does so in Korean."""
STAFF = "/staff/"
"""Below this pages are written in Korean alone; in English only what they share with others would be."""
API = "/api/"
"""Below this, programs are answered: they say which language they read in Accept-Language."""


def language() -> str:
    """`ko` or `en`, from the address; mails are composed under the address of their reader's language."""
    if not has_request_context() or request.blueprint in KOREAN_ONLY:
        return "ko"
    if request.path.startswith(STAFF) and not g.get("turned_away"):
        return "ko"
    if request.script_root.endswith("/en"):
        return "en"
    return _asked_for() if request.path.startswith(API) else "ko"


def _asked_for() -> str:
    """The first language of ours that a program wants, whatever the country: `en-GB, ko;q=0.5` wants English."""
    wanted = [tag.lower().partition("-")[0] for tag, quality in request.accept_languages if quality]
    return next((each for each in wanted if each in ("ko", "en")), "ko")


def said(message: str) -> str:
    """`message` in the reader's language; the Korean words are the messages themselves and need no looking up."""
    return message if language() == "ko" else gettext(message)


def said_of(singular: str, plural: str, number: int) -> str:
    """The same for words that follow a number, which Korean ones do not."""
    return singular if language() == "ko" else ngettext(singular, plural, number)


IN_QUERIES = "%!$&'()*+,;=:@/?-._~"
"""What may stand in a query as it is (RFC 3986, 3.4); with what is escaped already."""


def this_address() -> str:
    """The path and query of this request, as they may stand in a page."""
    query = quote(request.query_string, safe=IN_QUERIES)
    return quote(request.script_root + request.path) + (f"?{query}" if query else "")


def other_language_url() -> str:
    """This same page in the other language."""
    address, root = this_address(), request.script_root
    if language() == "en":
        return root.removesuffix("/en") + address.removeprefix(root)
    return f"{root}/en{address.removeprefix(root)}"
