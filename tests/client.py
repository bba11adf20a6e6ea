"""A test client that asserts what every page owes its readers."""

import re
from collections import Counter
from collections.abc import Iterator
from contextvars import Context
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import zip_longest
from typing import Any

import turbohtml
from flask.testing import FlaskClient
from turbohtml import TokenType
from werkzeug.test import TestResponse

from briefings import clock
from briefings.accounts.models import User
from briefings.accounts.sessions import begin
from briefings.db import db
from briefings.web.page_cache import kept_pages
from tests.builders import saved

FOR_EVER = timedelta(days=3650)
FIELDS = ("input", "select", "textarea")
TOKENS = re.compile(r'(?<=_token" type="hidden" value=")[^"]+')

sound: set[bytes] = set()
"""Digests of the pages that were looked at: many tests lead to the same page."""


class PageClient(FlaskClient):
    """Checks every HTML answer: one h1, a title, a language, labels, alt texts, unique ids, no inline style."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Open like Flask's client; AssertionError where the page is not sound.

        The request gets an application context, so a database session and `g`, of its own: otherwise it would find the
        test's session with everything not committed, and the person who was signed in at the request before.
        """
        answered = kept_pages.answered
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        if kept_pages.answered > answered:
            self._check_kept(response, *args, **kwargs)
        db.session.expire_all()  # the test sees what the request has written
        if response.mimetype == "text/html" and response.data and response.status_code not in (301, 302, 303, 307, 308):
            digest = sha256(response.data).digest()
            if digest not in sound:
                check_page(response.text)
                sound.add(digest)
        return response

    def as_served(self, *args: Any, **kwargs: Any) -> TestResponse:
        """All of an answer, asked for outside of the contexts of the test: a web server has none around a request.

        What is sent piece by piece is made after the view is over, and its session with it.
        """
        return Context().run(lambda: super(PageClient, self).open(*args, buffered=True, **kwargs))

    def _check_kept(self, response: TestResponse, *args: Any, **kwargs: Any) -> None:
        """AssertionError where a page that came from memory is not the one that would be made now."""
        kept_pages.clear()
        with self.application.app_context():
            anew = super().open(*args, **kwargs)
        assert TOKENS.sub("", anew.text) == TOKENS.sub("", response.text), "a page from memory is out of date"

    def sign_in(self, user: User, at: datetime | None = None) -> "PageClient":
        """Be `user` from here on, however far a test travels (the sign-in form itself has its own tests).

        `at`: in a session that began then, and ends as sessions do.
        """
        begun = saved(begin(user, at or clock.now() + FOR_EVER))
        with self.session_transaction() as session:
            session["_user_id"] = begun.id
        return self


class Hasty(FlaskClient):
    """A visitor whose pages are not looked at closely: they are asked for many times, or for one thing only."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Open like Flask's client, in an application context of its own (see PageClient)."""
        with self.application.app_context():
            return super().open(*args, **kwargs)


def check_page(html: str) -> None:
    """AssertionError naming the first thing the page owes and lacks."""
    page = _parsed(html)
    found = elements(html)
    tags = [tag for tag, _ in found]
    if "main" not in tags and "h1" not in tags:
        return  # a mail shown in its frame, not a page of ours
    assert tags.count("h1") == 1, f"{tags.count('h1')} h1"
    assert dict(found)["html"].get("lang") in ("ko", "en"), "no language"
    assert (title := page.find("title")) and title.text.strip(), "no title"
    ids = Counter(attributes["id"] for _, attributes in found if attributes.get("id"))
    assert not [i for i, n in ids.items() if n > 1], f"ids more than once: {[i for i, n in ids.items() if n > 1]}"
    labelled = {attributes.get("for") for tag, attributes in found if tag == "label"}
    for tag, attributes in found:
        _check_element(attributes, tag, labelled, ids)
    assert not re.search(r"\{\{|\}\}|\{%", html), "template code shows"


def _parsed(html: str) -> turbohtml.Document:
    """The page as a browser understands it; AssertionError where that is not what is written.

    Parsers put right what is broken, close what was left open, move what may not stand where it does, and leave out
    what they do not expect.
    """
    if "<html" not in html:  # a part of a page
        html = f"<!doctype html><html><head></head><body>{html}</body></html>"
    assert html.lstrip().startswith("<!doctype html>"), "no doctype"
    page = turbohtml.parse(html)
    assert not page.errors, f"HTML does not parse cleanly: {page.errors[:3]}"
    for written, understood in zip_longest(_marks(html), _marks(page.serialize())):
        assert written == understood, f"HTML is written as {written} and understood as {understood}"
    return page


def _marks(html: str) -> Iterator[tuple[str, str]]:
    """The tags and texts of a page in order, without attributes."""
    for token in turbohtml.tokenize(html, capture_attributes=False):
        if text := (token.tag or token.data or "").strip():
            yield token.type.name, text
        if token.self_closing:
            yield TokenType.END_TAG.name, text


def elements(html: str) -> list[tuple[str, dict[str, str]]]:
    """The elements that begin in a page, or in a part or template of one, in order, each with its attributes."""
    return [(token.tag, dict(token.attrs)) for token in turbohtml.tokenize(html) if token.type is TokenType.START_TAG]


def _check_element(element: dict[str, str], tag: str, labelled: set[str | None], ids: Counter) -> None:
    if tag in FIELDS and element.get("type") not in ("hidden", "submit"):
        named = element.get("id") in labelled or element.get("aria-label") or element.get("aria-labelledby")
        assert named, f"no label: {element}"
    if tag == "img":
        assert "alt" in element, f"no alt: {element}"
    assert "style" not in element, f"inline style: {tag} {element}"
    for reference in ("aria-describedby", "aria-labelledby"):
        for target in (element.get(reference) or "").split():
            assert target in ids, f"{reference} leads nowhere: {target}"
