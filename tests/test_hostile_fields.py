"""Every field of every form fed with the values of tests/hostile.py, on pages that show what others fed in before.

The forms are those of the pages that journeys look at, in an installation where every text is one of
tests/hostile_rows.py. Each form is sent with all fields wrong at once, each field with its turn of values; then with
all texts as people may write them, and with what passes for an address or a day. That is done on PostgreSQL, which
refuses more. `HOSTILE=all make test ARGS=tests/test_hostile_fields.py` gives each field all values (an hour);
`HOSTILE=3/20` does the third of twenty parts of that.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from turbohtml import TokenType, tokenize

from briefings import clock
from briefings.accounts.models import User
from briefings.accounts.sessions import begin
from briefings.db import db
from briefings.web.forms import FORBIDDEN
from tests.builders import a_briefing
from tests.client import Hasty
from tests.hostile import VALUES
from tests.hostile_rows import ALIVE, STORED, as_forms_leave_it, make_hostile
from tests.journeys.rows import ADMINISTRATOR, OWNER, REVIEWER, STAFF, Rows, fill
from tests.journeys.test_every_page import ADMINISTRATORS, OWNERS, PUBLIC, REVIEWERS, STAFFS

pytestmark = pytest.mark.parametrize("migrated_app", ["postgresql"], indirect=True)

HOSTILE = os.environ.get("HOSTILE", "")
WHOSE = (("", PUBLIC), (OWNER, OWNERS), (STAFF, STAFFS), (REVIEWER, REVIEWERS), (ADMINISTRATOR, ADMINISTRATORS))
ASKED = quote('<script>alert(1)</script>\u202e" onmouseover="alert(1)')
LOOKED_FOR = {
    "": ("/search", "/needs", "/briefings", "/organizations", "/stories", "/archive", "/en/search", "/en/needs"),
    STAFF: ("/staff/needs", "/staff/briefings", "/staff/replies", "/staff/people", "/staff/outbox", "/staff/inbox"),
    ADMINISTRATOR: ("/staff/audit", "/staff/accounts"),
}
"""Lists that say what was looked for, or mark it in what they found."""
NEVER_OURS = {"object", "embed", "base", "marquee", "isindex", "math", "video"}
LEADING = re.compile(
    r'(?:href|src|action|formaction|data|srcdoc)="\s*(?:javascript:|vbscript:|data:text|//evil|<)', re.I
)
WORDS = re.compile(r'(?<=>)[^<]+(?=<)|(?<==")[^"<>]*(?=")')
"""What stands between the elements of a page and in their attributes."""
TAG = re.compile("<[^>]*")
ACCEPTED = f"{STORED[0]} {STORED[4]}"
ACCEPTED_AS = {
    "email": f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.kr",
    "phone": "010-1234-5678;ext=12345678901234567890",
    "_on": "0001-01-01",
    "date": "9999-12-31",
    "seen": "0001-01-01T00:00:00+23:59",
}
"""What passes for a mail address, a phone number or a day, and is none to be careless with."""
SOUND = {
    "email": "gaon@example.com",
    "phone": "010-1234-5678",
    "_on": "2026-12-01",
    "date": "2026-12-01",
    "kind": "company",
    "url": "https://room.example.kr/1",
}


@dataclass
class Form:
    """Where a form goes, what stands in it, which of it people write, and whose it is."""

    action: str
    fields: dict[str, list[str]]
    texts: set[str] = field(default_factory=set)
    email: str = ""


def forms_of(address: str, html: str) -> list[Form]:
    """The forms of a page that are posted, with what would be sent."""
    found, form, name, writes = [], None, "", False
    for token in tokenize(html):
        if token.type is TokenType.START_TAG:
            given = {name: value or "" for name, value in token.attrs}
            if token.tag == "form":
                form = Form(urljoin(address, given.get("action") or address), {})
                found += [form] if given.get("method", "").lower() == "post" else []
            elif form is not None:
                if token.tag in ("select", "textarea"):
                    name, writes = given.get("name", ""), token.tag == "textarea"
                _take(form, token.tag, given, name)
        elif token.type is TokenType.END_TAG:
            form = None if token.tag == "form" else form
            name = "" if token.tag in ("select", "textarea") else name
        elif form is not None and writes and name and token.data:
            form.fields[name].append(token.data)
    return found


def _take(form: Form, tag: str, given: dict[str, str], around: str) -> None:
    """Put down what an element of a form sends; `around`: the name of the list or text area it stands in."""
    name = given.get("name", "")
    values = form.fields.setdefault(name, []) if name else []
    if name and (tag == "textarea" or (tag == "input" and given.get("type", "text") == "text")):
        form.texts.add(name)
    if tag == "option" and around and ("selected" in given or not form.fields[around]):
        form.fields[around] = [given.get("value", "")]
    elif tag in ("input", "button") and name:
        of_several = given.get("type") in ("checkbox", "radio")
        if not of_several or "checked" in given or (given.get("type") == "radio" and not values):
            values.append(given.get("value", "y"))


class Reading:
    """What browsers would find in pages that is none of ours; what was read once is not read again."""

    def __init__(self) -> None:
        self.lines: set[str] = set()
        self.tags: set[str] = set()

    def __call__(self, html: str) -> tuple[list[object], bool]:
        """All that is strange, and whether the page has markup that none had before."""
        strange: list[object] = LEADING.findall(html) + ALIVE.findall(html)
        bare = WORDS.sub("", html)
        lines, tags = set(bare.splitlines()) - self.lines, set(TAG.findall(bare)) - self.tags
        self.lines |= lines
        self.tags |= tags
        read = [token for tag in tags for token in tokenize(f"{tag}>") if token.type is TokenType.START_TAG]
        strange += [(tag.tag, tag.attrs) for tag in read if _is_strange(tag.tag, dict(tag.attrs))]
        return strange, bool(lines)


def _is_strange(tag: str, given: dict[str, str]) -> bool:
    return (
        tag in NEVER_OURS
        or any(name.startswith("on") or name == "srcdoc" for name in given)
        or (tag == "script" and "src" not in given and "type" not in given)
        or (tag == "dialog" and "data-seconds" not in given)
    )


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
    """(whose, address) of every page, each second one that has English in English."""
    seen = set()
    for email, table in WHOSE:
        for page in table.values():
            address = page.split(" ")[0].format(**rows)
            if (email, address) not in seen:
                seen.add((email, address))
                yield email, "/en" * (email not in (STAFF, ADMINISTRATOR) and len(seen) % 2) + address
    for email, lists in LOOKED_FOR.items():
        yield from ((email, f"{address}?q={ASKED}") for address in lists)
        yield from ((email, f"{address}?q=alert") for address in lists)


class Looking:
    """A look at every page: what is wrong with it, and its forms, two being the same if they ask the same of a view."""

    def __init__(self, who: dict[str, FlaskClient]) -> None:
        self.who, self.wrong, self.forms, self.shown, self.reading = who, [], {}, 0, Reading()

    def at(self, email: str, address: str) -> None:
        """One page, as whoever `email` is."""
        answer = self.who[email].get(address)
        if answer.status_code >= 500:
            self.wrong.append((email, address, answer.status))
        if answer.mimetype != "text/html":
            return
        html = answer.text
        strange, new = self.reading(html)
        if strange := strange + FORBIDDEN.findall(html):
            self.wrong.append((email, address, strange[:3]))
        self.shown += "&lt;" in html and "alert(1)" in html
        for form in forms_of(address, html) if new and 'method="post"' in html else ():
            kind = re.sub(r"^/en(?=/)|[a-z2-9]{8}(-\d+)?(\.[\w-]{27})?|\d+", "1", form.action.partition("?")[0])
            form.email = email
            self.forms.setdefault((kind, email, *sorted(form.fields)), form)


def sound(form: Form) -> dict[str, list[str]]:
    """The form as somebody fills it in who means well."""
    return {name: [_sound(name, each) for each in values or [""]] for name, values in form.fields.items()}


def _sound(name: str, value: str) -> str:
    if value and not any(each in value for each in ("alert(1)", "evil", "display:none", "@example.com", "ﷺ")):
        return value
    return next((ready for part, ready in SOUND.items() if part in name), "가온")


def sent_with(form: Form, number: int) -> dict[str, list[str]]:
    """Every field wrong, each by a value of its own that follows from the number."""
    names = list(VALUES)
    return {field: _several(VALUES[names[(number + place) % len(names)]]) for place, field in enumerate(form.fields)}


def _several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def turns(forms: list[Form]) -> Iterator[tuple[Form, dict[str, list[str]]]]:
    """(form, what is sent) of a run."""
    number = 0
    for form in forms:
        rounds = len(VALUES) if HOSTILE else 1
        for round in range(rounds):
            yield form, sent_with(form, number + round)
        number += len(form.fields)
        if form.texts:
            yield form, sound(form) | {name: [ACCEPTED] for name in form.texts}
        careless = {name: [value] for name in form.fields for part, value in ACCEPTED_AS.items() if part in name}
        if careless:
            yield form, sound(form) | careless


def part_of(all_turns: Iterator) -> Iterator:
    """The part of the turns that HOSTILE asks for."""
    part, _, parts = HOSTILE.partition("/")
    step = int(parts or 1)
    return (turn for number, turn in enumerate(all_turns) if number % step == int(part) % step) if parts else all_turns


def trouble_with(looking: Looking, form: Form, data: dict[str, list[str]]) -> object:
    """Whatever is answered, it is an answer, and nothing typed became part of the page or of its headers."""
    db.session.remove()
    step = db.session.get_bind().begin_nested()
    client = looking.who[form.email]
    here = f"http://{client.application.config['SERVER_NAME']}/"
    try:
        raw = {name: [each.encode(errors="surrogatepass") for each in values] for name, values in data.items()}
        answer = client.post(form.action, data=raw)
        outside = answer.location and not urljoin(here, answer.location).startswith(here)
        if answer.status_code >= 500 or "Bcc" in answer.headers or outside:
            return answer.status, answer.location
        return looking.reading(answer.text)[0] if answer.mimetype == "text/html" else None
    except Exception as problem:  # what others find is told together with it
        return repr(problem)[:300]
    finally:
        db.session.remove()
        step.rollback()


@pytest.mark.slow
def test_nothing_typed_into_any_field_breaks_anything(app):
    rows = fill()
    make_hostile(map(as_forms_leave_it, STORED))
    looking = Looking(clients(app))
    for email, address in pages(rows):
        looking.at(email, address)
    assert not looking.wrong, "\n".join(map(str, looking.wrong))
    assert looking.shown > 400
    forms = list(looking.forms.values())
    wrong = []
    for form, data in part_of(turns(forms)):
        if trouble := trouble_with(looking, form, data):
            wrong.append((form.action, {name: values[0][:40] for name, values in data.items() if values}, trouble))
    assert not wrong, "\n".join(map(str, wrong))
    assert sum(len(form.fields) for form in forms) > len(VALUES)


MULTIPART = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"name=%FF%FE&email=%ED%A0%80&kind=%00", "application/x-www-form-urlencoded"),
        (b"\x00\xff" * 1000, "application/x-www-form-urlencoded"),
        (b'--x\r\nContent-Disposition: form-data; name="name"; filename="a"\r\n\r\n\xff\r\n--x--', MULTIPART),
        (b"--x", MULTIPART),
        (b"{", "application/json"),
        (b"a=1&" * 200_000, "application/x-www-form-urlencoded"),
        (b"name=" + b"a" * 3_000_000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_gets_an_answer_in_the_frame_of_the_site(client, body, kind):
    answer = client.post(f"/briefings/{a_briefing().public_id}/register", data=body, content_type=kind)
    assert answer.status_code in (200, 400, 413)
    assert "<h1" in answer.text
