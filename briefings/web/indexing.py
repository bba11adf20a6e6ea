"""What search engines are told of a page: its one address, and the same page in the other language."""

from typing import NamedTuple
from urllib.parse import quote, urlencode

from flask import Flask, current_app, request

from briefings.web.access import access_of
from briefings.web.language import language


class Addresses(NamedTuple):
    """The address of a page in each language, and in the present one."""

    own: str
    korean: str
    english: str


def addresses() -> Addresses | None:
    """Of a page that anybody may see; without conditions of lists, whose pages are told apart. None for all others."""
    if request.endpoint is None or access_of(current_app, request.endpoint) != "public":
        return None
    page = request.args.get("page", "1")
    path = quote(request.path) + (f"?{urlencode({'page': page})}" if page != "1" else "")
    site = current_app.config["PUBLIC_URL"]
    korean, english = f"{site}{path}", f"{site}/en{path}"
    return Addresses(english if language() == "en" else korean, korean, english)


def register(app: Flask) -> None:
    """Make it known to the templates of `app`."""
    app.jinja_env.globals["indexed_addresses"] = addresses
