"""`flask serve` as people start and stop it: two programs that begin and end together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.prepared import sqlite_in

ROOT = Path(__file__).parents[1]
PATIENCE = 30  # seconds for a slow machine; it is a matter of two


class Serving:
    """`flask serve` in a process of its own."""

    def __init__(self, folder: Path, database: str, port: int):
        self.port = port
        environment = {
            **os.environ,
            "IEUM_ENV": "development",
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "DATABASE_URL": database,
            "PYTHONUNBUFFERED": "1",
        }
        self.said = folder / "said"
        with open(self.said, "wb") as said:
            command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(port), "--workers", "1"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in self.said.read_text():
            assert time.monotonic() < deadline, self.said.read_text()
            time.sleep(0.05)

    def programs(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> str:
    """The address of a database with nothing but its tables."""
    return sqlite_in(tmp_path_factory.mktemp("serving"))


@pytest.fixture
def serving(tmp_path, database) -> Iterator[Serving]:
    """Up and answering; ended at the end of the test whatever happened."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    serving = Serving(tmp_path, database, port)
    programs: list[psutil.Process] = []
    try:
        serving.wait_for(f"Open http://127.0.0.1:{serving.port}/ in a browser.")
        programs = serving.programs()
        yield serving
    finally:
        serving.process.terminate()
        serving.process.wait(PATIENCE)
        for program in programs:
            if program.is_running():
                program.kill()


@pytest.mark.slow
def test_closing_the_terminal_ends_web_server_and_worker(serving):
    programs = serving.programs()
    serving.process.send_signal(signal.SIGHUP)
    assert serving.process.wait(PATIENCE) == 0
    assert not [program for program in programs if program.is_running()]


@pytest.mark.slow
def test_where_one_ends_by_itself_the_other_does_too_and_it_counts_as_a_failure(serving):
    programs = serving.programs()
    (worker,) = [program for program in programs if program.cmdline()[-1] == "worker"]
    worker.kill()
    assert serving.process.wait(PATIENCE) == 1
    assert "ended by itself" in serving.said.read_text()
    assert not [program for program in programs if program.is_running()]


@pytest.mark.slow
def test_a_port_in_use_is_told_in_words(tmp_path, database):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        serving = Serving(tmp_path, database, taken.getsockname()[1])
        assert serving.process.wait(PATIENCE) == 1
    assert f"Cannot listen on port {serving.port}" in serving.said.read_text()
