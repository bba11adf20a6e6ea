"""A worker that is killed while it registers a file: nothing of it stays, and the next one registers it whole, once."""

import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Event

import pytest
from flask import Flask

from briefings import clock
from briefings.app import TASKS, create_app
from briefings.audit.models import AuditEntry
from briefings.db import db, unit_of_work
from briefings.imports import importing
from briefings.imports import work as import_work
from briefings.needs.models import Need
from briefings.organizations.models import Organization
from briefings.tasks.models import Task, TaskState
from briefings.tasks.running import LEASE, do_next
from tests.builders import a_user
from tests.forks import forked
from tests.imports.sheets import a_file, a_line
from tests.prepared import a_database
from tests.schedule.test_last_seat import a_program

NEEDS = 60


def lingering_worker(database: str, in_the_middle: Event) -> None:
    """It says when all needs are written and not one of them is committed, and then takes its time."""

    def linger(*args: object, **kwargs: object) -> None:
        in_the_middle.set()
        time.sleep(600)

    import_work.record_each = linger  # type: ignore[assignment]
    app = create_app(environ={"IEUM_ENV": "development", "DATABASE_URL": database})
    with app.app_context():
        do_next(TASKS, clock.now, lambda: False)


@pytest.fixture(params=["sqlite", "postgresql"])
def program(request) -> Iterator[Flask]:
    """The application on a database of its own."""
    with a_database(request.param) as url, a_program(url) as app:
        yield app


def a_killed_worker(app: Flask) -> None:
    """One that dies in the middle."""
    in_the_middle = multiprocessing.get_context("fork").Event()
    with forked(lingering_worker, app.config["SQLALCHEMY_DATABASE_URI"], in_the_middle) as worker:
        assert in_the_middle.wait(timeout=60)
        worker.kill()


def test_nothing_stays_and_the_next_worker_completes_it(program, now):
    with program.app_context():
        officer = a_user()
        with unit_of_work():
            file = a_file([a_line(number) for number in range(1, NEEDS + 1)])
            import_ = importing.take_in("수요조사서.xlsx", file, None, officer, now)
        do_next(TASKS, lambda: now, lambda: False)
        with unit_of_work():
            importing.start_saving(import_, True, True, officer, now)
        a_killed_worker(program)
        db.session.rollback()
        assert (db.session.query(Need).count(), db.session.query(Organization).count()) == (0, 0)
        task = db.session.query(Task).order_by(Task.id.desc()).first()
        assert (task.state, task.attempts) == (TaskState.RUNNING, 1)
        later = max(now, task.lease_until) + LEASE  # the killed one lived by the clock of the world
        assert do_next(TASKS, lambda: later, lambda: False)
        db.session.expire_all()
        assert (task.state, task.result) == (TaskState.DONE, {"needs": NEEDS})
        assert db.session.query(Need).count() == NEEDS
        assert db.session.query(AuditEntry).filter_by(about_type="needs").count() == 3 * NEEDS
