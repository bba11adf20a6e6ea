"""A backup taken while people go on registering, put back into an empty database: the same rows, pages are served."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import MetaData, select, text

from briefings import backups, jobs
from briefings.app import create_app
from briefings.db import db, unit_of_work
from briefings.front.operation import newest_migration
from briefings.organizations.models import OrganizationKind
from briefings.schedule import registering
from briefings.schedule.models import Briefing
from briefings.schedule.registering import Applicant
from briefings.statistics import tallies
from tests.builders import a_briefing
from tests.client import PageClient
from tests.conftest import NOW, SETTINGS
from tests.database import _server, postgresql_server
from tests.prepared import MIGRATIONS, migrated, sqlite_in

BEFORE = f"{int(newest_migration()) - 1:04}"


@contextmanager
def application(url: str) -> Iterator[Flask]:
    """The program on that database, without a transaction around the test."""
    settings = SETTINGS | {"SQLALCHEMY_DATABASE_URI": url, "RATELIMIT_ENABLED": False}
    app = create_app(settings, environ={"IEUM_ENV": "development"})
    app.test_client_class = PageClient
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The addresses of a database with nothing but its tables, and of an empty one."""
    if request.param == "sqlite":
        yield sqlite_in(tmp_path), f"sqlite:///{tmp_path / 'other.db'}"
    else:
        with postgresql_server(migrated) as one, postgresql_server() as other:
            yield one, other


def programs() -> list[str]:
    """Where PostgreSQL's programs are, of the version that the server of the tests has."""
    [folder] = _server().glob("**/pginstall18/bin")
    return ["--programs", str(folder)]


def run(app: Flask, *arguments: str) -> Result:
    """A command, as an operator types it."""
    more = programs() if db.engine.dialect.name == "postgresql" else []
    return app.test_cli_runner().invoke(args=[*arguments, *more])


def rows(app: Flask) -> dict[str, list[tuple]]:
    """Everything in every table, in an order; what SQLite looks words up with cannot be read as a whole."""
    tables = MetaData()
    with db.engine.connect() as connection:
        tables.reflect(connection)
        read = [table for table in tables.tables.values() if table.name != "need_grams"]
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in read}


def sign_up(briefing_id: int, number: int) -> None:
    """One more person."""
    kind, name = OrganizationKind.COMPANY, "가온재활용"
    email = f"gaon{number}@example.com"
    applicant = Applicant(kind=kind, organization=name, name="이가온", email=email, locale="ko")
    with unit_of_work():
        registering.register(db.session.get_one(Briefing, briefing_id), applicant, NOW)


@pytest.mark.slow
def test_what_is_taken_in_the_midst_of_a_rush_is_whole_and_can_be_put_back(databases, tmp_path):
    file, number, enough, going_on = tmp_path / "rush.backup", [0], threading.Event(), threading.Event()
    with application(databases[0]) as app:
        briefing = a_briefing(now=NOW, capacity=5)
        briefing_id, key = briefing.id, briefing.public_id
        db.session.remove()

        def keep_registering() -> None:
            with app.app_context():
                while not going_on.is_set() or number[0] < 10:
                    sign_up(briefing_id, number[0])
                    number[0] += 1
                    if number[0] == 8:
                        enough.set()
                db.session.remove()

        rush = threading.Thread(target=keep_registering)
        rush.start()
        assert enough.wait(timeout=60)
        answer = run(app, "backup", str(file))
        going_on.set()
        rush.join(timeout=30)
        assert answer.exit_code == 0, answer.output
        assert file.stat().st_mode & 0o777 == 0o600
        assert [path.name for path in tmp_path.glob("*backup*")] == ["rush.backup"]
        assert "there already" in run(app, "backup", str(file)).output

    with application(databases[1]) as app:
        answer = run(app, "restore", str(file))
        assert answer.exit_code == 0, answer.output
        with db.engine.connect() as connection:
            counts = "SELECT state, count(*) FROM registrations GROUP BY state"
            states = dict(connection.execute(text(counts)).all())
            told = connection.execute(text("SELECT count(DISTINCT recipient), count(*) FROM messages")).one()
        assert states["confirmed"] == 5 and 8 <= sum(states.values()) <= number[0]
        assert tuple(told) == (sum(states.values()),) * 2  # everyone was told, and once
        assert app.test_client().get("/ready").text == "ready\n"
        assert app.test_client().get(f"/briefings/{key}").status_code == 200
        jobs.count_people_ahead(app)
        sign_up(briefing_id, number[0] + 1)
        assert tallies.overtaken() == [briefing_id]  # by triggers, which were put back too
        assert "not empty" in run(app, "restore", str(file)).output


@pytest.mark.slow
def test_a_backup_of_the_version_before_is_restored_and_upgraded(databases, tmp_path):
    file = tmp_path / "before.backup"
    with application(databases[0]) as app:
        briefing = a_briefing(now=NOW)
        key = briefing.public_id
        for number in range(3):
            sign_up(briefing.id, number)
        db.session.remove()
        flask_migrate.downgrade(directory=str(MIGRATIONS), revision=BEFORE)
        assert run(app, "backup", str(file)).exit_code == 0
        before = rows(app)
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        upgraded = rows(app)

    with application(databases[1]) as app:
        assert run(app, "restore", str(file)).exit_code == 0
        assert rows(app) == before and len(before["registrations"]) == 3
        assert app.test_client().get("/ready").status_code == 503
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        drawn_anew = {"need_changes": []}  # versions that mean nothing
        assert rows(app) | drawn_anew == upgraded | drawn_anew
        assert app.test_client().get("/ready").status_code == 200
        assert app.test_client().get(f"/briefings/{key}").status_code == 200


def test_a_folder_takes_backups_with_their_dates_and_loses_those_that_are_too_old(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("briefings-20261101-000000.backup", "something else"):
        (folder / name).write_text("old")
        os.utime(folder / name, (NOW.timestamp() - 40 * 86400,) * 2)
    with application(sqlite_in(tmp_path)) as app:
        answer = run(app, "backup", str(folder), "--keep", "30")
    assert answer.exit_code == 0, answer.output
    assert sorted(path.name for path in folder.iterdir()) == ["briefings-20261123-010000.backup", "something else"]


def test_a_folder_that_is_not_there_is_made_for_its_owner_alone_and_no_file_takes_its_place(tmp_path):
    folder, file = tmp_path / "backups", tmp_path / "file"
    file.write_text("something else")
    with application(sqlite_in(tmp_path)) as app:
        assert run(app, "backup", str(folder), "--keep", "30").exit_code == 0
        assert [path.name for path in folder.iterdir()] == ["briefings-20261123-010000.backup"]
        assert folder.stat().st_mode & 0o777 == 0o700
        answer = run(app, "backup", str(file), "--keep", "30")
    assert answer.exit_code == 1 and "cannot be made a folder" in answer.output and file.read_text() == "something else"


def test_what_may_be_meant_as_a_folder_does_not_become_a_file(tmp_path):
    folder, file = tmp_path / "backups", tmp_path / "one.backup"
    with application(sqlite_in(tmp_path)) as app:
        for target in (str(folder), f"{folder}/"):
            answer = run(app, "backup", target)
            assert answer.exit_code == 1 and not folder.exists(), target
            assert (
                f"make it first, or say --keep with a number of days; for one file, give it an ending: {folder}.backup"
                in (" ".join(answer.output.split()))
            )
        answer = run(app, "backup", str(file))
        assert answer.exit_code == 0 and answer.output.startswith(f"Written: {file}, ") and file.is_file()
        folder.mkdir()
        assert f"Written: {folder}/briefings-20261123-010000.backup, " in run(app, "backup", str(folder)).output


def test_what_goes_wrong_is_said_in_words_and_leaves_nothing_behind(tmp_path, monkeypatch):
    with application(f"sqlite:///{tmp_path / 'none' / 'one.db'}") as app:
        answer = run(app, "backup", str(tmp_path / "x.backup"))
        assert answer.exit_code == 1 and "cannot be copied" in answer.output
        assert list(tmp_path.iterdir()) == []
        assert "cannot be written" in run(app, "backup", str(tmp_path / "none" / "x.backup")).output
    monkeypatch.setenv("PGPASSWORD", "")
    with pytest.raises(Exception, match="is missing: install it"):
        backups._call(["no-such-program"], {})


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("briefings:hidden@127.0.0.1/briefings", "briefings@127.0.0.1/briefings"),
        ("briefings@/briefings?host=/run&password=hidden", "briefings@/briefings?host=%2Frun"),
        ("briefings:old@127.0.0.1/briefings?password=hidden", "briefings@127.0.0.1/briefings"),
    ],
)
def test_the_password_of_the_database_is_in_no_list_of_processes(monkeypatch, address, plain):
    called: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(backups, "_call", lambda command, secret: called.append((command, secret)))
    with application(f"postgresql+psycopg://{address}"):
        backups._write(backups._address(), Path("x"), None)
    assert called[0][1] == {"PGPASSWORD": "hidden"}
    assert called[0][0][-1] == f"postgresql://{plain}" and "hidden" not in str(called[0][0])


def test_what_is_put_back_is_for_its_owner_alone_too(tmp_path):
    file, restored = tmp_path / "x.backup", tmp_path / "other.db"
    with application(sqlite_in(tmp_path)) as app:
        assert run(app, "backup", str(file)).exit_code == 0
    with application(f"sqlite:///{restored}") as app:
        assert run(app, "restore", str(file)).exit_code == 0
    assert restored.stat().st_mode & 0o777 == 0o600
