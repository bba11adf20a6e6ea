"""Who gets what of a thing that is there: every route with a variable in its address, for everybody who may try.

A personal link is tried as its holder has it, with the proof of another's, of another purpose, revoked, altered, cut
short, and, where the address names a thing besides, by the holder of another's. Each answer is looked at for what
holds of all (tests/protection.py), and the log for what nobody may find there.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from briefings import clock
from briefings.accounts.models import User
from briefings.accounts.sessions import begin
from briefings.api.keys import make_key, revoke
from briefings.api.models import Scope
from briefings.db import db, unit_of_work
from briefings.needs.models import Theme
from briefings.needs.officers import give_themes
from briefings.web.access import access_of
from tests.addresses import address_of, methods_of, values_of_rules, with_variables
from tests.builders import a_theme, a_user, an_expert, an_owner
from tests.client import Hasty
from tests.journeys.rows import ADMINISTRATOR, OWNER, REVIEWER, STAFF, fill
from tests.personal_links import Links
from tests.protection import WRITES, Watch
from tests.rendering import make_once
from tests.things import values_no_page_tells

pytestmark = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # the questions are the same on both

PEOPLE = (
    "nobody",
    "owner",
    "other_owner",
    "reviewer",
    "other_reviewer",
    "officer",
    "outsider",
    "insider",
    "administrator",
)
"""Whose the thing is: an owner's organization and a reviewer have been given it, the other ones not; an officer without
themes, one of another theme, one of its theme."""
WHO_TRY = {
    "public": ("nobody", "owner"),
    "member": PEOPLE,
    "expert": PEOPLE,
    "signed_in": PEOPLE,
    "staff": ("nobody", "owner", "reviewer", "officer", "outsider", "insider", "administrator"),
    "administrator": ("nobody", "owner", "reviewer", "officer", "outsider", "insider", "administrator"),
}
MAY = {
    "public": "nobody",
    "by_key": "nobody",
    "member": "owner",
    "expert": "reviewer",
    "administrator": "administrator",
}
"""Whom a mark lets in; STAFF for any other."""
ANSWERS = {401: "x", 403: "x", 404: "-", 410: "-"}
"""s: to sign in, x: 401 or 403, -: not there, o: let in, g: told that it is gone, and nothing was done."""
TABLE = json.loads((Path(__file__).parent / "access_to_objects.json").read_text())


def signed_in(app, user: User) -> FlaskClient:
    """A client of somebody."""
    client = Hasty(app, app.response_class)
    client.email = user.email
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = begin(user, clock.now() + timedelta(days=900)).id, True
    db.session.commit()
    return client


def everybody(app) -> dict[str, FlaskClient]:
    """PEOPLE; the outsider answers for a theme that nothing has, the insider for all others."""
    named = {user.email: user for user in db.session.scalars(select(User))}
    themes = [theme.id for theme in db.session.scalars(select(Theme))]
    outsider, insider = a_user(), a_user()
    for officer, theirs in ((outsider, [a_theme("아무도 없는 주제").id]), (insider, themes)):
        with unit_of_work():
            give_themes(officer, theirs, by=named[ADMINISTRATOR], now=clock.now())
    users = (
        named[OWNER],
        an_owner(),
        named[REVIEWER],
        an_expert(),
        named[STAFF],
        outsider,
        insider,
        named[ADMINISTRATOR],
    )
    clients = [Hasty(app, app.response_class), *(signed_in(app, user) for user in users)]
    return dict(zip(PEOPLE, clients, strict=True))


@pytest.mark.slow
def test_each_gets_of_each_thing_what_the_table_says_and_nothing_it_should_not(app, monkeypatch, caplog):
    monkeypatch.setitem(app.config, "PREFERRED_URL_SCHEME", "https")
    make_once(monkeypatch)
    caplog.set_level(logging.INFO, "briefings")
    links, rows = Links(monkeypatch), fill()
    ready = values_no_page_tells(rows)
    usual = ready.pop("*")
    values = {rule: usual | given for rule, given in values_of_rules(app, rows, ready).items()}
    who = everybody(app)
    with Watch() as watch:
        found = letters_of(app, watch, links, who, values)
        for rule in app.url_map.iter_rules():
            if not rule.arguments and "GET" in rule.methods:
                answer_to(watch, rule, "GET", {}, who[MAY.get(access_of(app, rule.endpoint), "officer")])
    compared(found, TABLE, "objects")
    assert watch.wrote == WRITES
    assert not watch.bare and not watch.told
    assert not [secret for secret in links.proofs() | watch.private if secret in caplog.text]


def letters_of(app, watch: Watch, links: Links, who: dict[str, FlaskClient], values) -> dict[str, set[str]]:
    """The endpoints under the mark, the method and what each gets there."""
    found = defaultdict(set)
    for rule in with_variables(app):
        mark = access_of(app, rule.endpoint)
        for method in methods_of(rule):
            ask = partial(answer_to, watch, rule, method, values[rule.rule])
            letters = of_link(links, ask, who["nobody"], values[rule.rule]) if mark == "by_token" else ""
            got = {name: ask(who[name]) for name in reversed(WHO_TRY.get(mark, ()))}  # who sees most gets the page made
            letters += "".join(got[name] for name in WHO_TRY.get(mark, ()))
            found[f"{mark} {method} {letters}"].add(rule.endpoint)
    return found


def answer_to(
    watch: Watch, rule: Rule, method: str, values: dict[str, object], client: FlaskClient, follow: bool = False
) -> str:
    """One letter of ANSWERS; whatever the request does is undone."""
    app = client.application
    address = f"{address_of(app, rule, values)}{values.get('query', '')}"
    answer = watch.ask(client, address, method, rule.endpoint, follow_redirects=follow)
    watch.look(answer, access_of(app, rule.endpoint), rule.endpoint, getattr(client, "email", ""))
    if (answer.location or "").startswith("/sign-in?"):
        return "s"
    return ANSWERS.get(answer.status_code, "o")


def of_link(links: Links, ask: Callable[..., str], client: FlaskClient, values: dict[str, object]) -> str:
    """A letter for each who holds a link like that of the address."""
    token = str(values["token"])
    letters, watch, rule, method, _ = ask(client), *ask.args
    assert token.encode() in links.compared or token not in links, rule
    for tokens in links.forged(token):
        got = {answer_to(watch, rule, method, values | {"token": each}, client, follow=True) for each in tokens}
        letters += "o" if "o" in got else "-"
    if "another" in values:
        of_another = values | {"token": values["another"]}
        letter = answer_to(watch, rule, method, of_another, client)
        acts = method == "GET" or watch.changes(client, address_of(client.application, rule, of_another), method)
        letters += "g" if letter == "o" and not acts else letter
    return letters


def compared(found, table, name) -> None:
    """AssertionError that names what differs, and a file that shows how the table would read."""
    made = {letters: " ".join(sorted(endpoints)) for letters, endpoints in sorted(found.items())}
    build = Path(__file__).parents[1] / "build" / "tests"
    build.mkdir(parents=True, exist_ok=True)
    (build / f"access-to-{name}.json").write_text(json.dumps(made, indent=1))
    expected = {(letters, each) for letters, endpoints in table.items() for each in endpoints.split()}
    is_so = {(letters, each) for letters, endpoints in made.items() for each in endpoints.split()}
    assert is_so == expected, f"not in the table: {sorted(is_so - expected)}; no more so: {sorted(expected - is_so)}"


def test_a_program_reads_what_its_key_opens(app):
    administrator = a_user()
    scopes = {"with": [Scope.FUNNEL], "without": [Scope.STATISTICS], "revoked": [Scope.FUNNEL]}
    now = clock.now()
    secrets = {}
    for name, allowed in scopes.items():
        with unit_of_work():
            key, secrets[name] = make_key(name, allowed, None, by=administrator, today=now.date(), now=now)
            if name == "revoked":
                revoke(key, by=administrator, now=now)
    program = Hasty(app, app.response_class)
    asked = {
        name: program.get("/api/v1/funnel", headers={"Authorization": f"Bearer {secret}"}).status_code
        for name, secret in (secrets | {"made up": "ieum_AAAA"}).items()
    }
    assert asked == {"with": 200, "without": 403, "revoked": 401, "made up": 401}
    assert program.get("/api/v1/funnel").status_code == 401
