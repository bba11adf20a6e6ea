"""The migrations make what the models say, on both databases, and can be taken back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, MetaData, Table, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from briefings.app import create_app
from briefings.db import Base, db
from tests.conftest import SETTINGS
from tests.database import postgresql_server

MIGRATIONS = Path(__file__).parent.parent / "migrations"
HEAD = "0017"
"""Pinned: two migrations written side by side meet here and not in production."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_app(request, tmp_path):
    """The application on a database without tables, of its own."""
    with an_empty_database(request.param, tmp_path) as url, app_on(url) as app:
        yield app


@contextmanager
def an_empty_database(dialect: str, folder: Path) -> Iterator[str]:
    """Its address."""
    if dialect == "sqlite":
        yield f"sqlite:///{folder / 'empty.db'}"
    else:
        with postgresql_server() as url:
            yield url


@contextmanager
def app_on(url: str):
    """An application context on that database."""
    app = create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": url}, environ={"IEUM_ENV": "development"})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def differences() -> list:
    """What autogenerate would still change; the full-text table is of each database's own kind."""
    options = {
        "compare_type": True,
        "include_name": lambda name, kind, parents: kind != "table" or not name.startswith("need_grams"),
    }
    with db.engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)


def missing_checks() -> set[str]:
    """The checks of the models that the database does not make; autogenerate does not look at them."""
    inspector = inspect(db.engine)
    there = {check["name"] for table in inspector.get_table_names() for check in inspector.get_check_constraints(table)}
    declared = {
        str(constraint.name)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    return declared - there


def test_names_are_serial_and_the_head_is_the_pinned_one():
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert names[-1].startswith(HEAD)
    for name in names[1:]:
        before = f"{int(name[:4]) - 1:04}"
        assert re.search(rf'down_revision = "{before}"', (MIGRATIONS / "versions" / name).read_text("utf-8"))


def test_up_down_and_up_again_makes_what_the_models_say(empty_app):
    _up_and_compare()
    flask_migrate.downgrade(directory=str(MIGRATIONS), revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    _up_and_compare()


def _up_and_compare() -> None:
    flask_migrate.upgrade(directory=str(MIGRATIONS))
    assert differences() == []
    assert missing_checks() == set()


STARTS = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
USUAL_STEPS = ["week", "three_days", "day", "two_hours", "missed", "thanks", "absent"]
MESSAGE = {
    "kind": "invitation",
    "recipient": "a@example.kr",
    "params": {"item": 1},
    "created_at": BEFORE,
    "due_at": BEFORE,
    "attempts": 1,
}
MESSAGES = (
    ("calendar:1:0", "sent"),
    ("calendar:12:2:again:1793500000", "queued"),
    ("reminder:day:12:2", "failed"),
)
REHEARSAL = {
    "kind": "rehearsal",
    "briefing_id": 3,
    "email": "p@example.kr",
    "by_mail": True,
    "uid": "u4",
    "sequence": 0,
    "time_sequence": 0,
    "state": "open",
    "starts_at": BEFORE,
    "ends_at": STARTS,
    "created_at": BEFORE,
    "modified_at": BEFORE,
    "dtstamp": BEFORE,
}


def add(table: str, **values) -> None:
    """Insert one row as the database of the moment takes it; NOT NULL columns of text may be left out."""
    with db.engine.begin() as connection:
        now = Table(table, MetaData(), autoload_with=connection, resolve_fks=False)
        empty = {c.name: "" for c in now.columns if not c.nullable and c.server_default is None and is_text(c)}
        connection.execute(insert(now).values({**empty, **values}))


def is_text(column) -> bool:
    """Whether it takes an empty string."""
    return column.type.python_type is str


def rows(table: str) -> list[dict]:
    """All rows of a table of the moment, by their ids."""
    with db.engine.connect() as connection:
        now = Table(table, MetaData(), autoload_with=connection, resolve_fks=False)
        return [dict(row) for row in connection.execute(select(now).order_by(now.c.id)).mappings()]


def fill_as_before_0003() -> None:
    """A briefing with two slots, two people with items, and mails of several kinds."""
    add("organizations", id=1, name="기관", name_key="기관", kind="central", created_at=BEFORE)
    need = {"organization_id": 1, "offers": "것", "seeks": "것", "offer_tags": [], "seek_tags": [], "region": "KR"}
    for number in (1, 2):
        add("needs", id=number, stage="idea", state="published", created_at=BEFORE, changed_at=BEFORE, **need)
    add(
        "briefings",
        id=3,
        public_id="briefing",
        title="설명회",
        theme_id=1,
        audience_id=1,
        starts_at=STARTS,
        ends_at=STARTS + timedelta(hours=1),
        opening_minutes=5,
        capacity=10,
        registration_opens_at=BEFORE,
        registration_closes_at=STARTS,
        state="published",
        sequence=2,
        created_at=BEFORE,
        changed_at=BEFORE,
    )
    for number in (1, 2):
        slot = {"talk_minutes": 9, "question_minutes": 6, "presenter_name": "발표자", "presenter_email": "p@example.kr"}
        add("presenter_slots", id=number + 4, briefing_id=3, need_id=number, position=number, **slot)
    person = {"briefing_id": 3, "organization_id": 1, "link_version": 1, "registered_at": BEFORE}
    add("registrations", id=5, public_id="a", name="가", email="a@example.kr", locale="ko", state="confirmed", **person)
    add("registrations", id=6, public_id="b", name="B", email="b@example.kr", locale="en", state="cancelled", **person)
    item = {"created_at": BEFORE, "modified_at": BEFORE, "dtstamp": BEFORE}
    add("calendar_items", id=1, registration_id=5, uid="u1", sequence=0, state="closed", partstat="DECLINED", **item)
    add("calendar_items", id=12, registration_id=5, uid="u2", sequence=2, state="open", partstat="ACCEPTED", **item)
    add("calendar_items", id=13, registration_id=6, uid="u3", sequence=1, state="closed", partstat="ACCEPTED", **item)
    add("attendances", registration_id=5, first_seen_at=STARTS, last_seen_at=STARTS)
    for number, (key, state) in enumerate(MESSAGES, start=40):
        add("messages", id=number, key=key, state=state, raw=b"\x00raw", **MESSAGE)


TABLES = ("organizations", "needs", "briefings", "presenter_slots", "registrations", "calendar_items", "messages")


@pytest.fixture
def upgraded(empty_app) -> dict[str, list[dict]]:
    """A database with rows of 0002 that was brought to 0003; the rows as they were."""
    return brought_to_0003()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def looked_at(request, tmp_path_factory) -> Iterator[dict[str, list[dict]]]:
    """The same, for tests that change nothing."""
    with an_empty_database(request.param, tmp_path_factory.mktemp("upgraded")) as url, app_on(url):
        yield brought_to_0003()


def brought_to_0003() -> dict[str, list[dict]]:
    """Make the database of the moment so."""
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0002")
    fill_as_before_0003()
    before = {table: rows(table) for table in TABLES}
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0003")
    return before


def test_an_upgrade_keeps_what_is_there(looked_at):
    for table, before in looked_at.items():
        after = rows(table)
        assert [{name: row[name] for name in old} for row, old in zip(after, before, strict=True)] == before
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM attendances")) == 1
        tables = inspect(connection).get_table_names()
    assert [name for name in tables if name.endswith("_before")] == []


def test_an_upgrade_to_0003_fills_what_is_new(looked_at):
    [briefing] = rows("briefings")
    assert briefing["reminders"] == USUAL_STEPS
    assert briefing["hold_mails"] is False
    assert briefing["rehearsal_starts_at"] is briefing["rehearsal_ends_at"] is None
    slots = rows("presenter_slots")
    assert len({slot["public_id"] for slot in slots}) == 2
    for slot in slots:
        assert re.fullmatch("[2-9a-km-np-z]{8}", slot["public_id"])
        assert (slot["state"], slot["answered_at"], slot["link_version"]) == ("unanswered", None, 1)
        texts = ("standby_name", "standby_title", "standby_email", "decline_reason")
        assert [slot[name] for name in texts] == ["", "", "", ""]
    for registration in rows("registrations"):
        assert registration["brought_by_id"] is registration["reconfirmed_at"] is None
    people = {row["id"]: row for row in rows("registrations")}
    for item in rows("calendar_items"):
        person = people[item["registration_id"]]
        assert (item["kind"], item["briefing_id"], item["need_id"], item["by_mail"]) == ("registration", 3, None, True)
        assert [item[name] for name in ("name", "email", "locale")] == [person[n] for n in ("name", "email", "locale")]
        assert (item["starts_at"], item["ends_at"]) == (briefing["starts_at"], briefing["ends_at"])
        assert item["time_sequence"] == item["sequence"]
        assert item["answer_sequence"] is item["answer_dtstamp"] is item["answered_at"] is None
        assert item["answer_partstat"] == item["answer_comment"] == ""
    messages = rows("messages")
    assert [message["thread"] for message in messages] == ["item:1", "item:12", ""]
    assert {(m["about"], m["medium"], m["phone"], m["cost"]) for m in messages} == {("", "mail", "", None)}


@pytest.mark.slow
def test_an_upgrade_to_0010_knows_organizations_without_their_legal_form(empty_app):
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0009")
    for key in ("(주)마루", "마루", "주식회사가온", "나눔(재)", "주식회사"):
        add("organizations", name=key, name_key=key, kind="company", created_at=BEFORE)
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0010")
    assert [row["name_key"] for row in rows("organizations")] == ["(주)마루", "마루", "가온", "나눔", "주식회사"]


@pytest.mark.slow
def test_an_upgrade_to_0016_adds_the_right_to_refuse_to_texts_that_stand_as_they_came(empty_app):
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0015")
    first = rows("consent_texts")
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0016")
    texts = rows("consent_texts")
    assert [text["id"] for text in texts] == [text["id"] for text in first]  # nobody has read the first ones
    for each in texts:
        assert each["refusal"].startswith("동의하지 않을 권리가" if each["locale"] == "ko" else "You may refuse.")


@pytest.mark.slow
def test_an_upgrade_to_0016_keeps_what_people_have_read_and_what_administrators_wrote(empty_app):
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0015")
    user = {"role": "administrator", "active": True, "session_version": 1, "created_at": BEFORE}
    add("users", name="관리자", email="a@example.kr", **user)
    for locale in ("ko", "en"):
        news = {"purpose": "news", "version": 2, "locale": locale, "basis": "consent", "created_at": BEFORE}
        add("consent_texts", refusal="달리 적은 말", **news)
    before = rows("consent_texts")
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0016")
    assert rows("consent_texts")[: len(before)] == before
    new = rows("consent_texts")[len(before) :]
    assert {(each["purpose"], each["version"], each["locale"], each["refusal"]) for each in new} == {
        ("provision", 2, "ko", "동의하지 않을 권리가 있습니다. 동의하지 않아도 설명회에 참가할 수 있습니다."),
        ("provision", 2, "en", "You may refuse. You can take part without this consent."),
    }
    assert all(each["created_at"] for each in new)


WRONG = (
    "UPDATE briefings SET capacity = -1",
    "UPDATE briefings SET ends_at = starts_at",
    "UPDATE briefings SET state = 'nonsense'",
    "UPDATE briefings SET rehearsal_starts_at = ends_at, rehearsal_ends_at = starts_at",
    "UPDATE briefings SET reminders = NULL",
    "UPDATE presenter_slots SET talk_minutes = 0",
    "UPDATE presenter_slots SET state = 'nonsense'",
    "UPDATE presenter_slots SET public_id = 'the same'",
    "UPDATE presenter_slots SET briefing_id = 99",
    "UPDATE registrations SET brought_by_id = 99",
    "UPDATE calendar_items SET sequence = -1",
    "UPDATE calendar_items SET kind = 'nonsense'",
    "UPDATE calendar_items SET kind = 'rehearsal'",
    "UPDATE calendar_items SET need_id = 1",
    "UPDATE calendar_items SET state = 'open'",
    "UPDATE calendar_items SET uid = 'the same'",
    "UPDATE messages SET state = 'nonsense'",
    "UPDATE messages SET medium = 'nonsense'",
    "UPDATE messages SET key = 'the same'",
)


def test_after_an_upgrade_the_database_still_refuses(looked_at):
    for wrong in WRONG:
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(text(wrong))
            pytest.fail(wrong)


def test_after_an_upgrade_new_rows_have_new_ids(upgraded):
    slot = {"briefing_id": 3, "need_id": 1, "position": 3, "talk_minutes": 9, "question_minutes": 6, "link_version": 1}
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM presenter_slots WHERE id = 5"))
    add("presenter_slots", public_id="new", state="accepted", **slot)
    add("calendar_items", **REHEARSAL)
    add("messages", key="new", state="held", medium="text", **MESSAGE)
    assert [row["id"] for row in rows("presenter_slots")] == [6, 7]
    assert [row["id"] for row in rows("calendar_items")] == [1, 12, 13, 14]
    assert [row["id"] for row in rows("messages")] == [40, 41, 42, 43]


def test_a_downgrade_keeps_what_was_there_before_the_upgrade(upgraded):
    add("calendar_items", **REHEARSAL)
    later = (
        ("calendar:14:0", {"thread": "item:14", "medium": "mail", "state": "queued"}),
        ("held", {"medium": "mail", "state": "held"}),
        ("bounced", {"medium": "mail", "state": "bounced"}),
        ("text", {"medium": "text", "state": "queued"}),
    )
    for key, values in later:
        add("messages", key=key, **values, **MESSAGE)
    message = rows("messages")[0]["id"]
    add("undeliverable_addresses", address="a@example.kr", since=BEFORE, message_id=message)
    flask_migrate.downgrade(directory=str(MIGRATIONS), revision="0002")
    for table, before in upgraded.items():
        assert rows(table)[: len(before)] == before
    assert [row["id"] for row in rows("calendar_items")] == [1, 12, 13]
    kept = [(row["key"], row["state"]) for row in rows("messages")]
    assert kept == [*MESSAGES, ("held", "queued"), ("bounced", "failed")]
    for wrong in ("UPDATE messages SET state = 'held'", "UPDATE calendar_items SET state = 'open'"):
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(text(wrong))
    flask_migrate.upgrade(directory=str(MIGRATIONS))
    assert len(rows("presenter_slots")) == 2
