"""The real program: web server in a process of its own, a database file, mail into the mailbox."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from flask import Flask

from briefings.app import create_app
from tests.prepared import sqlite_in

ROOT = Path(__file__).parents[2]
BEGINNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 10:00 in Seoul
PATIENCE = 30  # seconds for a slow machine; the server usually answers after two


@dataclass
class Site:
    """Where the program answers, and the same program at hand for its commands and its rows."""

    url: str
    app: Flask
    ahead: Path
    """The file that says how many seconds the server's clock is ahead of the machine's."""

    @contextmanager
    def clock(self) -> Iterator[time_machine.Traveller]:
        """The server's time, here too."""
        shift = timedelta(seconds=float(self.ahead.read_text()))
        with time_machine.travel(datetime.now(UTC) + shift, tick=True) as clock:
            datetime.now(UTC)  # from the first look on, it goes
            yield clock

    def set_ahead(self, seconds: float) -> None:
        """From its next request on, the server's clock is that far ahead; no request finds half a number."""
        beside = self.ahead.with_suffix(".new")
        beside.write_text(str(seconds))
        beside.replace(self.ahead)

    def deliver_mail(self) -> None:
        """What the worker does that runs beside the server."""
        with self.app.app_context():
            result = self.app.test_cli_runner().invoke(args=["worker", "--once"])
        assert result.exit_code == 0, result.output or result.exception


@contextmanager
def running_site(folder: Path, **settings: str) -> Iterator[Site]:
    """Serve an empty installation, with the clock at BEGINNING, that is gone at the end; `settings` on top of ours."""
    ahead = folder / "ahead"
    ahead.write_text(str((BEGINNING - datetime.now(UTC)).total_seconds()))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        environment = {
            "IEUM_ENV": "development",  # where mails stay in the mailbox
            "SECRET_KEY": "a key for journeys, long enough to be taken seriously",
            "PUBLIC_URL": url,
            "DATABASE_URL": settings.get("DATABASE_URL") or sqlite_in(folder),
            "SMTP_URL": "mailbox:",
            "MAIL_FROM": "invite@briefings.example.kr",
            "CONTACT_EMAIL": "help@briefings.example.kr",
            "CALENDAR_DOMAIN": "cal.briefings.example.kr",
            "TRUSTED_PROXIES": "1",  # each person says which network address they come from
        } | settings
        # Limits are kept in one place for all applications of a process, and the other tests want none.
        app = create_app({"RATELIMIT_ENABLED": False}, environ=environment)
        with _serving(listening, environment | {"AHEAD": str(ahead)}, folder / "server.log"):
            yield Site(url, app, ahead)


@contextmanager
def _serving(listening: socket.socket, environment: dict[str, str], log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "--worker-class=gthread", "--threads=8", "--no-control-socket"]
    with open(log, "wb") as output:
        server = subprocess.Popen(
            [*command, f"--bind=fd://{listening.fileno()}", "tests.journeys.clocked:app"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)} | environment,
            pass_fds=[listening.fileno()],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_it_answers(server, listening.getsockname()[1], log)
        yield
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _wait_until_it_answers(server: subprocess.Popen, port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/static/img/mark.svg")
            connection.getresponse()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise RuntimeError(f"The web server did not start:\n{log.read_text()}")
