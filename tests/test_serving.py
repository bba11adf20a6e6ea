"""`flask serve` as people start and stop it: two programs that begin and end together."""

import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.forks import Forked, forked, module
from tests.load.programs import free_port
from tests.prepared import sqlite_in

ROOT = Path(__file__).parents[1]
PATIENCE = 30  # seconds for a slow machine; it is a matter of two


@dataclass
class Serving:
    """`flask serve` in a process of its own."""

    port: int
    said: Path
    process: psutil.Popen | Forked

    def wait_until(self, what: Callable[[], object]) -> None:
        """AssertionError with what it said where it does not come to that."""
        deadline = time.monotonic() + PATIENCE
        while not what():
            assert self.process.poll() is None and time.monotonic() < deadline, self.said.read_text()
            time.sleep(0.05)

    def programs(self) -> list[psutil.Process]:
        """The web server, what is under it, and the worker."""
        return self.process.children(recursive=True)

    def worker(self) -> list[psutil.Process]:
        """The worker, if it is there."""
        return [program for program in self.programs() if program.cmdline()[-1:] == ["worker"]]


@contextmanager
def begun(folder: Path, database: str, start: Callable[..., Any], port: int = 0) -> Iterator[Serving]:
    """`flask serve`, ended at the end of the test whatever happened."""
    port, said = port or free_port(), folder / "said"
    settings = {
        "IEUM_ENV": "development",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": database,
        "PYTHONUNBUFFERED": "1",
    }
    command = ["flask", "--app", "wsgi", "serve", "--port", str(port), "--workers", "1"]
    with start(command, settings, said) as process:
        serving = Serving(port, said, process)
        try:
            yield serving
        finally:
            if process.poll() is None:
                programs = serving.programs()
                process.terminate()
                process.wait(PATIENCE)
                for program in alive(programs):
                    program.kill()


def alive(programs: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended, whether or not somebody has noted it."""
    return [each for each in programs if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


@contextmanager
def anew(command: list[str], settings: dict[str, str], said: Path) -> Iterator[psutil.Popen]:
    """As people start it."""
    with open(said, "wb") as lines:
        environ = os.environ | settings
        yield psutil.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environ, stdout=lines, stderr=lines)


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> str:
    """The address of a database with nothing but its tables."""
    return sqlite_in(tmp_path_factory.mktemp("serving"))


@pytest.mark.slow
def test_closing_the_terminal_ends_web_server_and_worker(tmp_path, database):
    with begun(tmp_path, database, anew) as serving:
        there = f"Open http://127.0.0.1:{serving.port}/ in a browser."
        serving.wait_until(lambda: there in serving.said.read_text())
        long = f"http://127.0.0.1:{serving.port}/needs?q={'a' * 8000}"  # as long as nginx passes them on
        assert urllib.request.urlopen(long, timeout=PATIENCE).status == 200
        programs = serving.programs()
        assert len(programs) > 2
        serving.process.send_signal(signal.SIGHUP)
        assert serving.process.wait(PATIENCE) == 0
        assert not alive(programs)


def test_where_one_ends_by_itself_the_other_does_too_and_it_counts_as_a_failure(tmp_path, database):
    with begun(tmp_path, database, partial(forked, module)) as serving:
        serving.wait_until(lambda: len(serving.programs()) > 1 and serving.worker())
        programs = serving.programs()
        serving.worker()[0].kill()
        assert serving.process.wait(PATIENCE) == 1
        assert "ended by itself" in serving.said.read_text()
        assert not alive(programs)


def test_a_port_in_use_is_told_in_words(tmp_path, database):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with begun(tmp_path, database, partial(forked, module), taken.getsockname()[1]) as serving:
            assert serving.process.wait(PATIENCE) == 1
        assert f"Cannot listen on port {serving.port}" in serving.said.read_text()
