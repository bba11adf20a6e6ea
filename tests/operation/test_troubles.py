"""A disk that is full, a database that is locked or away: said in the frame, nothing half done, reads go on."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from briefings.accounts.models import UserSession
from briefings.accounts.sessions import NOTED_EVERY, is_to_be_noted
from briefings.app import create_app
from briefings.db import Trouble, db, trouble_of
from briefings.outbox.models import Message
from briefings.schedule.registration_models import Registration
from tests.builders import a_briefing, a_user
from tests.client import PageClient
from tests.conftest import NOW, SETTINGS
from tests.operation.machines import ANSWERS
from tests.prepared import sqlite_in

PERSON = {"name": "이가온", "email": "gaon@example.com", "organization": "가온재활용"} | ANSWERS


class Pages:
    """SQLite's own limit on the size of a database, which gives the error of a full disk; and how long it waits."""

    most: int | None = None
    milliseconds = 15_000


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on an SQLite file of its own, without a transaction around the test."""
    url = sqlite_in(tmp_path_factory.mktemp("troubles"))
    file = Path(url.removeprefix("sqlite:///"))
    settings = SETTINGS | {"SQLALCHEMY_DATABASE_URI": url, "PROPAGATE_EXCEPTIONS": False}
    app = create_app(settings | {"FILE": file, "RATELIMIT_ENABLED": False}, environ={"IEUM_ENV": "development"})
    app.test_client_class = PageClient
    with app.app_context():

        @event.listens_for(db.engine, "checkout")
        def limit(connection, record, proxy):
            connection.execute(f"PRAGMA busy_timeout = {Pages.milliseconds}")
            [current] = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {current if Pages.most == 0 else 1_000_000}")

        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(alone: Flask, monkeypatch: pytest.MonkeyPatch) -> PageClient:
    """A visitor of that application."""
    monkeypatch.setattr(Pages, "most", None)
    monkeypatch.setattr(Pages, "milliseconds", 15_000)
    return alone.test_client()


def sign_ups() -> tuple[int, int]:
    """How many registrations and messages there are."""
    db.session.rollback()  # to see what was written meanwhile
    found = [db.session.scalars(select(func.count()).select_from(each)).one() for each in (Registration, Message)]
    db.session.rollback()
    return found[0], found[1]


def test_where_the_disk_is_full_reads_go_on_and_nothing_is_half_done(client, monkeypatch):
    key = a_briefing(now=NOW, capacity=None).public_id
    monkeypatch.setattr(Pages, "most", 0)
    refused, done = None, 0
    while refused is None:  # what is free in the last pages is used up first
        answer = client.post(f"/briefings/{key}/register", data=PERSON | {"email": f"gaon{done}@example.com"})
        refused, done = (answer, done) if answer.status_code != 303 else (None, done + 1)
    assert refused.status_code == 503 and refused.headers["Retry-After"] == "600"
    assert "저장할 자리가 없어 보낸 내용을 받지 못했습니다." in refused.text
    assert "지금까지 받은 것은 그대로 있습니다." in refused.text
    registrations, _ = sign_ups()
    assert registrations == done
    assert client.get(f"/briefings/{key}").status_code == 200
    assert client.get("/health").status_code == 200

    monkeypatch.setattr(Pages, "most", None)
    again = client.post(f"/briefings/{key}/register", data=PERSON | {"email": f"gaon{done}@example.com"})
    assert again.status_code == 303
    registrations, messages = sign_ups()
    assert registrations == messages == done + 1


def test_whoever_is_signed_in_reads_on_where_nothing_can_be_written(client, alone, monkeypatch):
    with time_machine.travel(NOW, tick=False):
        client.sign_in(a_user(), at=NOW - 2 * NOTED_EVERY)
        monkeypatch.setattr(Pages, "milliseconds", 50)
        with closing(sqlite3.connect(alone.config["FILE"], isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert client.get("/staff/briefings").status_code == client.get("/needs").status_code == 200
            other.execute("ROLLBACK")
        db.session.rollback()
        assert is_to_be_noted(db.session.scalars(select(UserSession)).one(), NOW)
        assert client.get("/needs").status_code == 200
        db.session.rollback()
        assert not is_to_be_noted(db.session.scalars(select(UserSession)).one(), NOW)


def test_who_waits_too_long_for_sqlite_is_told_when_to_come_back(client, alone, monkeypatch):
    key = a_briefing(now=NOW).public_id
    before = sign_ups()
    monkeypatch.setattr(Pages, "milliseconds", 50)
    with closing(sqlite3.connect(alone.config["FILE"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = client.post(f"/en/briefings/{key}/register", data=PERSON, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
        assert f'<input type="hidden" name="name" value="{PERSON["name"]}">' in answer.text, "sent again by one press"
        assert client.get(f"/briefings/{key}").status_code == 200
        other.execute("ROLLBACK")
    assert sign_ups() == before
    assert client.post(f"/briefings/{key}/register", data=PERSON).status_code == 303


def test_a_database_that_is_not_there_is_told_in_the_frame(tmp_path: Path):
    missing = f"sqlite:///{tmp_path / 'no such folder' / 'briefings.db'}"
    settings = SETTINGS | {"SQLALCHEMY_DATABASE_URI": missing, "RATELIMIT_ENABLED": False}
    app = create_app(settings, environ={"IEUM_ENV": "development"})
    with app.app_context():
        answer = app.test_client().get("/briefings")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "10"
    assert "자료를 보관하는 곳과 연결이 끊겼습니다." in answer.text


@pytest.mark.parametrize("path", ["/staff/", "/briefings", "/nowhere", "/static/nothing.css"])
def test_whoever_is_signed_in_is_told_so_too(path: str, tmp_path: Path):
    missing = f"sqlite:///{tmp_path / 'no such folder' / 'briefings.db'}"
    settings = SETTINGS | {"SQLALCHEMY_DATABASE_URI": missing, "RATELIMIT_ENABLED": False}
    app = create_app(settings | {"PROPAGATE_EXCEPTIONS": False}, environ={"IEUM_ENV": "development"})
    with app.app_context(), app.test_client() as client:
        with client.session_transaction() as session:
            session["_user_id"] = "0" * 32
        answer = client.get(path)
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "10"
    assert "자료를 보관하는 곳과 연결이 끊겼습니다." in answer.text


class Postgresql(Exception):
    """An error as psycopg has it."""

    def __init__(self, state: str | None) -> None:
        self.sqlstate = state


@pytest.mark.parametrize(
    ("state", "trouble"),
    [
        (None, Trouble.AWAY),
        ("08006", Trouble.AWAY),
        ("57P01", Trouble.AWAY),
        ("25006", Trouble.AWAY),
        ("53100", Trouble.FULL),
        ("53300", Trouble.BUSY),
        ("40P01", Trouble.BUSY),
        ("55P03", Trouble.BUSY),
        ("42601", None),
    ],
)
def test_what_is_the_database_s_trouble_and_what_a_mistake_of_ours(state, trouble):
    assert trouble_of(OperationalError("SELECT", {}, Postgresql(state))) is trouble
    assert trouble_of(NoConnectionFree()) is Trouble.BUSY
