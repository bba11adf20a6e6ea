"""Processes of the program without the seconds that each takes to load it: forked off the tests, which have it loaded.

That it starts out of nothing is shown by tests/test_serving.py, test_packaging.py and operation/test_many_machines.py.
"""

import gc
import logging
import os
import runpy
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

import psutil
import time_machine
from jinja2 import FileSystemBytecodeCache

from briefings.db import db
from briefings.turns import turns_at
from briefings.web.security import limiter
from briefings.web.site import Site
from tests.prepared import KEPT

PATIENCE = 60  # seconds for what is under way; it is a matter of one


class Forked(psutil.Process):
    """A process of ours."""

    def poll(self) -> int | None:
        """How it has ended, if it has."""
        try:
            return self.wait(0)
        except psutil.TimeoutExpired:
            return None


@contextmanager
def forked(act: Callable[..., object], *given: object) -> Iterator[Forked]:
    """A process that does this, by the clock of the world, until the block ends."""
    process = begin(act, *given)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except psutil.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def started(arguments: Sequence[str], settings: Mapping[str, str], at: datetime | None = None) -> Iterator[Forked]:
    """What `python -m` makes of these arguments, with these settings alone, until the block ends; begun `at` a time."""

    def begin_at() -> None:
        if at:
            time_machine.travel(at, tick=True).start()
        module(arguments, settings)

    with forked(begin_at) as process:
        yield process


def begin(act: Callable[..., object], *given: object) -> Forked:
    """Such a process, which whoever called ends."""
    for engines in db._app_engines.values():
        for engine in engines.values():
            engine.dispose()  # SQLite must not be open across a fork
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of the tests stay behind; nobody waits for them
        number = os.fork()
    if number:
        return Forked(number)
    status = 1
    try:
        _alone()
        act(*given)
        status = 0
    except SystemExit as ending:
        status = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _alone() -> None:
    """Nothing is left of what the tests have set up in their own process."""
    gc.freeze()
    if time_machine.escape_hatch.is_travelling():
        time_machine.travel(time_machine.escape_hatch.datetime.datetime.now(UTC)).start()
    logging.root.handlers.clear()
    turns_at.cache_clear()
    limiter.enabled = True
    (KEPT / "templates").mkdir(parents=True, exist_ok=True)
    Site.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(KEPT / "templates"))}


def module(arguments: Sequence[str], settings: Mapping[str, str], log: Path | None = None, given: bytes = b"") -> None:
    """For `forked`: as `python -m` with these arguments, settings and input, what it says in a file."""
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.environ.clear()
    os.environ.update({"PATH": os.defpath, "PYTHONUTF8": "1", **settings})
    with TemporaryFile() as held:
        held.write(given)
        held.seek(0)
        os.dup2(held.fileno(), 0)
    said = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 (to the end)
    sys.stdout, sys.stderr = (open(number, "w", 1, "utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115 (the same)
    sys.argv = list(arguments)
    sys.modules.pop("briefings.web_server", None)  # it reads the settings as it is loaded
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
