"""The programs side by side: each with a database of the same content, behind the same web server."""

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import psutil
from sqlalchemy import NullPool, create_engine, insert, text

from briefings import clock
from briefings.accounts.models import Role
from briefings.accounts.signing_in import set_password
from briefings.app import create_app
from briefings.db import db
from briefings.schedule.calendar_models import CalendarItem, ItemKind, new_uid_part
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.serving import web_options
from tests.builders import a_briefing, a_user, an_organization, saved
from tests.load import orm
from tests.load.visitors import Visitor

ROOT = Path(__file__).parents[2]
APPLICATIONS = {
    "ours": "briefings.app:create_app()",
    "raw": "tests.load.raw:create_app()",
    "orm": "tests.load.orm:create_app()",
}
STAFF = {"email": "staff@example.kr", "password": "a pass phrase for the staff"}
Start = Callable[[Sequence[str], Mapping[str, str]], AbstractContextManager[Any]]
"""How a Python module is started with arguments and settings: anew, or forked off the tests."""
STATES = """SELECT r.state, count(*) FROM registrations r JOIN briefings b ON b.id = r.briefing_id
WHERE b.public_id = :key GROUP BY r.state"""


@dataclass
class Program:
    """One that runs: where its rows are, the public ids of its briefings, and where it answers."""

    url: str
    keys: Sequence[str]
    port: int
    process: psutil.Process
    first_answer: float = 0

    def states(self, key: str) -> dict[str, int]:
        """How many registrations of a briefing are in each state."""
        with create_engine(self.url, poolclass=NullPool).connect() as connection:
            return {state: number for state, number in connection.execute(text(STATES), {"key": key})}

    def mebibytes(self) -> float:
        """Memory of all its processes; what they share is counted once on Linux, elsewhere not at all."""
        used = [each.memory_full_info() for each in (self.process, *self.process.children(recursive=True))]
        return sum(getattr(each, "pss", each.uss) for each in used) / 2**20


def environment(url: str, port: int = 8000) -> dict[str, str]:
    """The settings it is measured with: as in production, without limits on how often one may ask."""
    return {
        "IEUM_ENV": "development",
        "SECRET_KEY": "a key for measuring, long enough to be taken seriously",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": url,
        "SMTP_URL": "mailbox:",
        "RATELIMIT_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
    }


def filled(name: str, url: str, capacities: Sequence[int | None], people: int = 0) -> list[str]:
    """Make a database with a briefing for each capacity, the second with `people` in it; their public ids."""
    if name != "ours":
        return orm.filled(url, capacities, people)
    now = clock.now()
    times = [{"now": now + timedelta(days=n), "registration_opens_at": now} for n in range(len(capacities))]
    with create_app(environ=environment(url)).app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        made = [a_briefing(5, capacity=capacity, **given) for capacity, given in zip(capacities, times, strict=True)]
        staff = a_user(Role.OFFICER, email=STAFF["email"])
        set_password(staff, STAFF["password"])
        saved(staff)
        if people:
            _crowd(made[1], people)
        keys = [briefing.public_id for briefing in made]
        db.session.remove()
        db.engine.dispose()
    return keys


def _crowd(briefing: Briefing, people: int) -> None:
    """So many confirmed registrations, as if they had been made one by one."""
    now = clock.now()
    common = {"briefing_id": briefing.id, "name": "이가온"}
    place = {"organization_id": an_organization().id, "state": RegistrationState.CONFIRMED}
    place |= {"registered_at": now, "confirmed_at": now, **common}
    person = insert(Registration).returning(Registration.id, Registration.email)
    seated = db.session.execute(person, [place | {"email": f"gaon{n}@example.com"} for n in range(people)]).all()
    item = {"kind": ItemKind.REGISTRATION, "starts_at": briefing.starts_at, "ends_at": briefing.ends_at, **common}
    item |= {"created_at": now, "modified_at": now, "dtstamp": now}
    rows = [item | {"registration_id": number, "email": email, "uid": new_uid_part()} for number, email in seated]
    db.session.execute(insert(CalendarItem), rows)
    db.session.commit()


@contextmanager
def served(
    name: str, url: str, keys: Sequence[str], lengths: str = "{}", starting: Start | None = None
) -> Iterator[Program]:
    """The program behind two processes of the web server, as `flask serve` runs it, until the block ends."""
    port = free_port()
    command = ["gunicorn", *web_options("127.0.0.1", port, 2), APPLICATIONS[name]]
    begun = time.perf_counter()
    with running(command, port, environment(url, port) | {"PAGE_LENGTHS": lengths}, starting) as process:
        program = Program(url, keys, port, process)
        with Visitor(port) as visitor:
            visitor.get("/briefings")
            program.first_answer = time.perf_counter() - begun
        yield program


@contextmanager
def running(
    command: Sequence[str], port: int, settings: Mapping[str, str], starting: Start | None = None
) -> Iterator[psutil.Process]:
    """A Python module with arguments that listens at a port, until the block ends."""
    with (starting or started)(command, settings) as process:
        while process.poll() is None:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.01)
        yield process


@contextmanager
def started(command: Sequence[str], settings: Mapping[str, str]) -> Iterator[psutil.Process]:
    """A Python module with arguments that runs until the block ends."""
    environ = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **settings}
    process = psutil.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environ)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A port nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]
