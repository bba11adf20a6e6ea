"""A test client that asserts what every page owes its readers."""

import re
from collections import Counter
from hashlib import sha256
from typing import Any

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from briefings.accounts.models import User
from briefings.db import db

XHTML = "{http://www.w3.org/1999/xhtml}"
FIELDS = ("input", "select", "textarea")

sound: set[bytes] = set()
"""Digests of the pages that were looked at: many tests lead to the same page, and parsing is most of their time."""


class PageClient(FlaskClient):
    """Checks every HTML answer: one h1, a title, a language, labels, alt texts, unique ids, no inline style."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Open like Flask's client; AssertionError where the page is not sound.

        The request gets an application context, so a database session and `g`, of its own: otherwise it would find the
        test's session with everything not committed, and the person who was signed in at the request before.
        """
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        db.session.expire_all()  # the test sees what the request has written
        if response.mimetype == "text/html" and response.data and response.status_code not in (301, 302, 303, 307, 308):
            digest = sha256(response.data).digest()
            if digest not in sound:
                check_page(response.text)
                sound.add(digest)
        return response

    def sign_in(self, user: User) -> "PageClient":
        """Be `user` from here on (the sign-in form itself has its own tests)."""
        with self.session_transaction() as session:
            session["_user_id"] = user.get_id()
            session["_fresh"] = True
        return self


def check_page(html: str) -> None:
    """AssertionError naming the first thing the page owes and lacks."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), strict=False)
    tree = parser.parse(html)
    errors = [code for _, code, _ in parser.errors]
    places = [position for position, *_ in parser.errors]
    assert not errors, f"HTML does not parse cleanly: {errors[:3]} at {places[:3]}"
    elements = list(tree.iter())
    tags = [e.tag.removeprefix(XHTML) if isinstance(e.tag, str) else "" for e in elements]
    if "main" not in tags and "h1" not in tags:
        return  # a mail shown in its frame, not a page of ours
    assert tags.count("h1") == 1, f"{tags.count('h1')} h1"
    assert tree.get("lang") in ("ko", "en"), "no language"
    title = tree.find(f".//{XHTML}title")
    assert title is not None and (title.text or "").strip(), "no title"
    ids = Counter(e.get("id") for e in elements if e.get("id"))
    assert not [i for i, n in ids.items() if n > 1], f"ids more than once: {[i for i, n in ids.items() if n > 1]}"
    labelled = {e.get("for") for e, tag in zip(elements, tags, strict=True) if tag == "label"}
    for element, tag in zip(elements, tags, strict=True):
        _check_element(element, tag, labelled, ids)
    assert not re.search(r"\{\{|\}\}|\{%", html), "template code shows"


def _check_element(element: Any, tag: str, labelled: set[str | None], ids: Counter) -> None:
    if tag in FIELDS and element.get("type") not in ("hidden", "submit"):
        named = element.get("id") in labelled or element.get("aria-label") or element.get("aria-labelledby")
        assert named, f"no label: {element.attrib}"
    if tag == "img":
        assert element.get("alt") is not None, f"no alt: {element.attrib}"
    assert element.get("style") is None, f"inline style: {tag} {element.attrib}"
    for reference in ("aria-describedby", "aria-labelledby"):
        for target in (element.get(reference) or "").split():
            assert target in ids, f"{reference} leads nowhere: {target}"
