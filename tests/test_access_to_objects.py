"""Who gets what of a thing that is there: every route with a variable in its address, for everybody who may try."""

import json
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from briefings import clock
from briefings.accounts.models import User
from briefings.accounts.sessions import begin
from briefings.api.keys import make_key, revoke
from briefings.api.models import Scope
from briefings.db import db, unit_of_work
from briefings.needs.models import Theme
from briefings.needs.officers import give_themes
from briefings.tasks.models import Task
from briefings.web.access import access_of
from tests.addresses import address_of, methods_of, values_of_rules, with_variables
from tests.builders import a_theme, a_user, an_expert, an_owner
from tests.client import Hasty
from tests.journeys.rows import ADMINISTRATOR, OWNER, REVIEWER, STAFF, Rows, fill

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
ANSWERS = {401: "x", 403: "x", 404: "-", 410: "-"}
"""s: to sign in, x: 401 or 403, -: not there, o: let in."""
TABLE = json.loads((Path(__file__).parent / "access_to_objects.json").read_text())


def answer_to(client: FlaskClient, address: str, method: str, **how) -> str:
    """One letter of ANSWERS; whatever the request does is undone."""
    db.session.remove()
    step = db.session.get_bind().begin_nested()
    try:
        answer = client.open(address, method=method, **how)
    finally:
        db.session.remove()
        step.rollback()
    assert answer.status_code < 500, (method, address)
    if (answer.location or "").startswith("/sign-in?"):
        return "s"
    return ANSWERS.get(answer.status_code, "o")


def signed_in(app, user: User) -> FlaskClient:
    """A client of somebody."""
    client = Hasty(app, app.response_class)
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


def given(rows: Rows) -> dict[str, dict[str, object]]:
    """What no page's address tells."""
    owner = db.session.scalars(select(User).where(User.email == OWNER)).one()
    session = begin(owner, clock.now() + timedelta(days=900))
    db.session.commit()
    task = db.session.scalars(select(Task).where(Task.created_by_id == rows["officer"].id)).first()
    none = {name: "0" * 32 for name in ("public_id", "file_id")}
    nothing = {
        "progress_id": rows["progress"],
        "item_id": 1,
        "organization_id": rows["partner_waiting"],
        "name": "needs",
    }
    return {
        "*": none | nothing | {"token": "abcd2345.AAAA"},
        "/account/sessions/<handle>/end": {"handle": session.handle},
        "/rounds/<round>/template.xlsx": {"round": rows["open_round"]},
        "/archive/<public_id>/files/<file_id>": {"public_id": rows["paper"], "file_id": rows["paper_file"]},
        "/staff/tasks/<public_id>": {"public_id": task.public_id},
        "/staff/tasks/<public_id>/cancel": {"public_id": task.public_id},
        "/api/v1/rounds/<public_id>": {"public_id": rows["round_open"]},
        "/api/v1/matches/<int:need_id>": {"need_id": rows["need_of_match"]},
        "/api/v1/stories/<public_id>": {"public_id": rows["story"]},
        "/api/v1/organizations/<int:organization_id>": {"organization_id": rows["organization"].id},
        "/open-data/<name>.<any(csv, jsonl):form>": {"name": "needs"},
    }


@pytest.fixture
def installation(app):
    """The rows and the values of each rule's address."""
    rows = fill()
    ready = given(rows)
    usual = ready.pop("*")
    values = values_of_rules(app, rows, ready)
    return rows, {rule: {**usual, **found} for rule, found in values.items()}


@pytest.mark.slow
def test_each_gets_of_each_thing_what_the_table_says(app, installation):
    _, values = installation
    who, found = everybody(app), defaultdict(set)
    for rule in with_variables(app):
        mark = access_of(app, rule.endpoint)
        for method in methods_of(rule) if mark in WHO_TRY else ():
            address = address_of(app, rule, values[rule.rule])
            letters = "".join(answer_to(who[name], address, method) for name in WHO_TRY[mark])
            found[f"{mark} {method} {letters}"].add(rule.endpoint)
    compared(found, TABLE, "objects")


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
