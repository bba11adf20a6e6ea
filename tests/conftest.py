"""One schema per database and run; every test in one transaction that is rolled back, on SQLite and on PostgreSQL."""

import gc
import os
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Dialect, event

from briefings.app import create_app
from briefings.db import db
from briefings.web.content import renew_content
from briefings.web.fragments import forget_fragments
from briefings.web.page_cache import kept_pages
from briefings.web.security import limiter
from tests.client import PageClient
from tests.prepared import a_database, compiled_once, hash_cheaply

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 10:00 in Seoul

# A run that fails today fails tomorrow, on a busy machine as on an idle one.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")
hash_cheaply()

SETTINGS = {
    "TESTING": True,
    "SECRET_KEY": "a key for tests, long enough to be taken seriously",
    "PUBLIC_URL": "http://briefings.example.kr",
    "SERVER_NAME": "briefings.example.kr",
    "MAIL_FROM": "invite@briefings.example.kr",
    "CONTACT_EMAIL": "help@briefings.example.kr",
    "CALENDAR_DOMAIN": "cal.briefings.example.kr",
    "SMTP_URL": "mailbox:",
    "SQLALCHEMY_ENGINE_OPTIONS": {"query_cache_size": 5_000},  # a run asks more in more ways than a process does
    "WTF_CSRF_ENABLED": False,  # tests/web/test_csrf.py turns it on
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make test` is quick, `make check` is not."""
    parser.addoption(
        "--quick",
        action="store_true",
        help="leave slow tests out and take the two databases by turns, unless tests are named",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Whoever names tests wants them all; said before the processes that run them get their options."""
    if config.args_source is config.ArgsSource.ARGS and not hasattr(config, "workerinput"):
        config.option.quick = False


def pytest_report_header(config: pytest.Config) -> str | None:
    """What a quick run does not prove is said by it."""
    if config.getoption("quick"):
        return "quick: slow tests, and every test on its second database, are left to `make check`"
    return None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors, as each waits for its databases; few enough for a browser and a site each."""
    return min((os.cpu_count() or 1) + 1, 9)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--quick` a test runs on one of the two databases, always the same; marked `each_database` on both.

    The program asks both through SQLAlchemy in the same words nearly everywhere. Where it does not, tests bear the
    mark; where databases themselves are the matter, tests make their own and are not concerned.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)  # one begun last keeps all waiting
    if not config.getoption("quick"):
        return
    cases = [(item, _whatever_the_database(item)) for item in items]
    of_both = {case for case, times in Counter(case for _, case in cases).items() if times == 2}
    kept, left_out = [], []
    for item, case in cases:
        alone = case not in of_both or item.get_closest_marker("each_database")
        turn = ("sqlite", "postgresql")[zlib.crc32(case.encode()) % 2]
        now = (alone or turn in item.name) and not item.get_closest_marker("slow")
        (kept if now else left_out).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


def _whatever_the_database(item: pytest.Item) -> str:
    on = item.callspec.params.get("migrated_app", "") if hasattr(item, "callspec") else ""
    return item.nodeid.replace(on, "", 1)


def pytest_collection_finish() -> None:
    """Program and tests stay to the end: to look for garbage among them again and again takes a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Pytest looks for garbage five times at the end, as one piece may hide another: after once little is left."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def apps() -> Iterator[Callable[[str], Flask]]:
    """The application on a database of each dialect, made once: pytest takes the tests of both in turns."""
    with ExitStack() as ending:

        @cache
        def on(dialect: str) -> Flask:
            url = ending.enter_context(a_database(dialect))
            app = create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": url}, environ={"IEUM_ENV": "development"})
            compiled_once(app).test_client_class = PageClient
            with app.app_context():
                event.listen(db.engine, "connect", _keep_savepoints_in_memory)
                _write_savepoints_down(db.engine.dialect)
            ending.callback(_let_go_of, app)
            return app

        yield on


def _keep_savepoints_in_memory(connection: Any, _: Any) -> None:
    """SQLite makes a file for what a large savepoint has changed: one in each test, a twentieth of its time."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA temp_store = MEMORY")


def _write_savepoints_down(dialect: Dialect) -> None:
    """SQLAlchemy compiles a statement for each, as its name is a new one: a thirtieth of the time of all tests."""
    for deed, words in (("", "SAVEPOINT"), ("release_", "RELEASE SAVEPOINT"), ("rollback_to_", "ROLLBACK TO")):
        setattr(dialect, f"do_{deed}savepoint", partial(_say, f"{words} "))


def _say(words: str, connection: Connection, name: str) -> None:
    connection.exec_driver_sql(f"{words}{name}")


def _let_go_of(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def migrated_app(request: pytest.FixtureRequest, apps: Callable[[str], Flask]) -> Flask:
    """The application on a database made by the migrations."""
    return apps(request.param)


@pytest.fixture
def app(migrated_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application inside a transaction that ends with the test; commits inside it are savepoints.

    Each request of the client gets a session of its own, so a forgotten commit shows.
    """
    with migrated_app.app_context():
        engine = db.engine
    connection: Connection = engine.connect()
    outer = connection.begin()
    monkeypatch.setattr(FlaskSession, "get_bind", lambda self, *a, **k: connection)
    monkeypatch.setitem(db.session.session_factory.kw, "join_transaction_mode", "create_savepoint")
    monkeypatch.setattr("briefings.db.driver", lambda: nullcontext(SimpleNamespace(execute=connection.exec_driver_sql)))
    event.listen(connection, "release_savepoint", lambda committed, *_: renew_content(committed))
    kept_pages.clear()
    forget_fragments()
    # The fixture `limited` is for tests that are about limits; every application that is made switches them on again.
    limiter.enabled = False
    with migrated_app.app_context():
        yield migrated_app
        db.session.remove()
    outer.rollback()
    connection.close()


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A visitor whose every page is checked (tests/client.py)."""
    return app.test_client()


@pytest.fixture
def limited(app: Flask) -> Iterator[None]:
    """What may ask how often, counted from nothing."""
    limiter.reset()
    limiter.enabled = True
    yield
    limiter.enabled = False


@pytest.fixture(autouse=True)
def now() -> Iterator[datetime]:
    """Time stands still at NOW in every test; move it with `time_machine.travel` or the `traveller` fixture."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def left_open(app: Flask):
    """`with left_open() as found:` which sessions begun inside it, besides the test's own, still read at its end."""

    @contextmanager
    def watched() -> Iterator[list[FlaskSession]]:
        begun: list[FlaskSession] = []
        found: list[FlaskSession] = []

        def note(session: FlaskSession, *_: object) -> None:
            begun.append(session)

        event.listen(FlaskSession, "after_begin", note)
        try:
            yield found
        finally:
            event.remove(FlaskSession, "after_begin", note)
        found += [each for each in begun if each is not db.session() and each.in_transaction()]

    return watched


@pytest.fixture
def count_queries(app: Flask):
    """A context manager that counts the statements sent inside it: `with count_queries() as sent: …; len(sent)`."""

    class Counter(list):
        def __enter__(self):
            event.listen(db.engine, "before_cursor_execute", self._note)
            return self

        def __exit__(self, *_):
            event.remove(db.engine, "before_cursor_execute", self._note)

        def _note(self, conn, cursor, statement, parameters, *_):
            looks = "audit_entries" in statement and "seen:" in str(parameters)  # recorded once an hour
            if not looks and not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                self.append(statement)

    return Counter
