"""Every field of every form fed with every value of tests/hostile.py: an answer in words, and no markup of theirs.

The forms are those of the pages that journeys look at. Each field has its turn of values, so that all fields and all
values occur, on PostgreSQL, which refuses more; `HOSTILE=turns` does it on both databases, `HOSTILE=all` gives each
field all values.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from briefings import clock
from briefings.accounts.models import User
from briefings.accounts.sessions import begin
from briefings.db import db
from tests.client import Hasty, Outline
from tests.hostile import VALUES
from tests.journeys.rows import ADMINISTRATOR, OWNER, REVIEWER, STAFF, Rows, fill
from tests.journeys.test_every_page import ADMINISTRATORS, OWNERS, PUBLIC, REVIEWERS, STAFFS

HOSTILE = os.environ.get("HOSTILE", "")
WHOSE = (("", PUBLIC), (OWNER, OWNERS), (STAFF, STAFFS), (REVIEWER, REVIEWERS), (ADMINISTRATOR, ADMINISTRATORS))
NEVER_OURS = {"object", "embed", "base", "marquee", "isindex", "math", "dialog", "video"}
LEADING = ("href", "src", "action", "formaction", "data", "srcdoc")
ELSEWHERE = ("javascript:", "vbscript:", "data:text", "//evil", "<script")


def strange_in(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """The elements that a reader of the page would find and that are none of ours."""
    return [
        (tag, given)
        for tag, given in Outline(html).elements
        if tag in NEVER_OURS
        or any(name.startswith("on") for name in given)
        or any((given.get(name) or "").strip().lower().startswith(ELSEWHERE) for name in LEADING)
        or (tag == "script" and not given.get("src") and not given.get("type"))
    ]


@dataclass
class Form:
    """Where a form goes, what stands in it, and whose it is."""

    action: str
    fields: dict[str, list[str]]
    email: str = ""


class Forms(HTMLParser):
    """The forms of a page that are posted, with what would be sent."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__()
        self.address, self.found, self.inside, self.select, self.area = address, [], None, "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = Form(urljoin(self.address, given.get("action") or self.address), {})
            if given.get("method", "").lower() == "post":
                self.found.append(self.inside)
        elif self.inside is not None:
            self._take(tag, given)

    def _take(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        values = self.inside.fields.setdefault(name, []) if name else []
        if tag in ("select", "textarea"):
            self.select, self.area = (name, "") if tag == "select" else ("", name)
        elif tag == "option" and self.select and ("selected" in given or not self.inside.fields[self.select]):
            self.inside.fields[self.select] = [given.get("value", "")]
        elif tag in ("input", "button") and name:
            of_several = given.get("type") in ("checkbox", "radio")
            if not of_several or "checked" in given or (given.get("type") == "radio" and not values):
                values.append(given.get("value", "y"))

    def handle_data(self, data: str) -> None:
        if self.inside is not None and self.area:
            self.inside.fields[self.area].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag in ("select", "textarea"):
            self.select = self.area = ""


def clients(app) -> dict[str, FlaskClient]:
    """One of each who has pages."""
    found = {"": Hasty(app, app.response_class)}
    for email in (OWNER, STAFF, REVIEWER, ADMINISTRATOR):
        user = db.session.scalars(select(User).where(User.email == email)).one()
        found[email] = Hasty(app, app.response_class)
        with found[email].session_transaction() as session:
            session["_user_id"], session["_fresh"] = begin(user, clock.now().replace(year=2030)).id, True
    db.session.commit()
    return found


def pages(rows: Rows) -> Iterator[tuple[str, str]]:
    """(whose, address) of every page."""
    seen = set()
    for email, table in WHOSE:
        for page in table.values():
            address = page.split(" ")[0].format(**rows)
            if (email, address) not in seen:
                seen.add((email, address))
                yield email, address


def forms_of(who: dict[str, FlaskClient], rows: Rows) -> list[Form]:
    """Every form once: two are the same if they go to the same view with the same fields."""
    found: dict[object, Form] = {}
    for email, address in pages(rows):
        answer = who[email].get(address)
        if answer.mimetype != "text/html":
            continue
        for form in Forms(address, answer.text).found:
            kind = re.sub(r"[a-z2-9]{8}(-\d+)?(\.[\w-]{27})?|\d+", "1", form.action.partition("?")[0])
            form.email = email
            found.setdefault((kind, email, *sorted(form.fields)), form)
    return list(found.values())


def typed(form: Form, field: str, value: str | list[str]) -> dict[str, list[str]]:
    """The form as somebody fills it in, and one field not as it is meant."""
    sound = {name: values if any(values) else [_sound(name)] for name, values in form.fields.items()}
    values = [value] if isinstance(value, str) else value
    return sound | {field: [each.encode(errors="surrogatepass") for each in values]}


def _sound(name: str) -> str:
    ready = {
        "email": "gaon@example.com",
        "phone": "010-1234-5678",
        "_on": "2026-12-01",
        "date": "2026-12-01",
        "kind": "company",
    }
    return next((value for part, value in ready.items() if part in name), "가온")


def post(client: FlaskClient, form: Form, field: str, name: str) -> None:
    """Whatever is answered, it is an answer, and nothing typed became part of the page or of its headers."""
    db.session.remove()
    step = db.session.get_bind().begin_nested()
    try:
        answer = client.post(form.action, data=typed(form, field, VALUES[name]))
        what = (form.action, field, name)
        assert answer.status_code < 500, what
        assert "Bcc" not in answer.headers, what
        assert answer.mimetype != "text/html" or not strange_in(answer.text), (*what, strange_in(answer.text))
        if answer.status_code in (302, 303):
            to = urljoin(f"http://{client.application.config['SERVER_NAME']}", answer.location)
            assert to.startswith(f"http://{client.application.config['SERVER_NAME']}/"), (*what, answer.location)
    finally:
        db.session.remove()
        step.rollback()


def turns(forms: list[Form]) -> Iterator[tuple[Form, str, str]]:
    """(form, field, value) of a run: each field its turn of values, or all."""
    names, number = list(VALUES), 0
    for form in forms:
        for field in form.fields:
            number += 1
            if HOSTILE == "all":
                yield from ((form, field, name) for name in names)
            else:
                yield form, field, names[number * 7 % len(names)]


@pytest.mark.slow
@pytest.mark.parametrize("migrated_app", ["sqlite", "postgresql"] if HOSTILE else ["postgresql"], indirect=True)
def test_nothing_typed_into_any_field_breaks_anything(app):
    rows = fill()
    who = clients(app)
    forms = forms_of(who, rows)
    wrong, used = [], set()
    for form, field, name in turns(forms):
        used.add(name)
        try:
            post(who[form.email], form, field, name)
        except Exception as problem:  # each field has its turn, and all that is wrong is told together
            wrong.append((form.action, field, name, repr(problem)[:300]))
    assert not wrong, "\n".join(map(str, wrong))
    assert used == set(VALUES)
