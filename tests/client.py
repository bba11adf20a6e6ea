"""A test client that asserts what every page owes its readers."""

import re
from collections import Counter
from contextvars import Context
from datetime import datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from briefings import clock
from briefings.accounts.models import User
from briefings.accounts.sessions import begin
from briefings.db import db
from briefings.web.page_cache import kept_pages

XHTML = "{http://www.w3.org/1999/xhtml}"
"""What stands before the name of each element in a tree of html5lib."""
FOR_EVER = timedelta(days=3650)
FIELDS = ("input", "select", "textarea")
WORDS = re.compile(r'(?<=>)[^<&]+(?=<)|(?<==")[^"&<>]*(?=")')
TOKENS = re.compile(r'(?<=_token" type="hidden" value=")[^"]+')

sound: set[bytes] = set()
"""Digests of the pages that were looked at: many tests lead to the same page."""
PARSED = Path(__file__).parents[1] / "build" / "tests" / f"parsed-by-html5lib-{html5lib.__version__}"
"""Digests of pages without their words, strictly parsed, as names of empty files that other processes and runs find:
that takes longest, and words have no part in it."""


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
        begun = begin(user, at or clock.now() + FOR_EVER)
        db.session.commit()
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
    _check_syntax(html)
    outline = Outline(html)
    tags = [tag for tag, _ in outline.elements]
    if "main" not in tags and "h1" not in tags:
        return  # a mail shown in its frame, not a page of ours
    assert tags.count("h1") == 1, f"{tags.count('h1')} h1"
    assert dict(outline.elements)["html"].get("lang") in ("ko", "en"), "no language"
    assert outline.title.strip(), "no title"
    ids = Counter(attributes["id"] for _, attributes in outline.elements if attributes.get("id"))
    assert not [i for i, n in ids.items() if n > 1], f"ids more than once: {[i for i, n in ids.items() if n > 1]}"
    labelled = {attributes.get("for") for tag, attributes in outline.elements if tag == "label"}
    for tag, attributes in outline.elements:
        _check_element(attributes, tag, labelled, ids)
    assert not re.search(r"\{\{|\}\}|\{%", html), "template code shows"


def _check_syntax(html: str) -> None:
    sound_before = PARSED / sha256(WORDS.sub("", html).encode()).hexdigest()
    if sound_before.exists():
        return
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html) if "<html" in html else parser.parseFragment(html)
    errors = [code for _, code, _ in parser.errors]
    places = [position for position, *_ in parser.errors]
    assert not errors, f"HTML does not parse cleanly: {errors[:3]} at {places[:3]}"
    PARSED.mkdir(parents=True, exist_ok=True)
    sound_before.touch()


class Outline(HTMLParser):
    """The elements of a page in order, each with its attributes, and its title."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.title = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] == "title":
            self.title += data


def _check_element(element: dict[str, str | None], tag: str, labelled: set[str | None], ids: Counter) -> None:
    if tag in FIELDS and element.get("type") not in ("hidden", "submit"):
        named = element.get("id") in labelled or element.get("aria-label") or element.get("aria-labelledby")
        assert named, f"no label: {element}"
    if tag == "img":
        assert "alt" in element, f"no alt: {element}"
    assert "style" not in element, f"inline style: {tag} {element}"
    for reference in ("aria-describedby", "aria-labelledby"):
        for target in (element.get(reference) or "").split():
            assert target in ids, f"{reference} leads nowhere: {target}"
