"""Processes of the program without the seconds that each takes to load it: forked off the tests, which have it loaded.

That it starts out of nothing is shown by tests/test_serving.py, test_packaging.py and operation/test_many_machines.py.
"""

import logging
import multiprocessing
import os
import runpy
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from multiprocessing.context import ForkProcess
from pathlib import Path

import time_machine
from jinja2 import FileSystemBytecodeCache

from briefings.db import db
from briefings.web.security import limiter
from briefings.web.site import Site
from tests.prepared import KEPT

FORKING = multiprocessing.get_context("fork")


@contextmanager
def forked(act: Callable[..., object], *given: object) -> Iterator[ForkProcess]:
    """A process that does this, by the clock of the world; killed at the end if it still runs."""
    process = begin(act, *given)
    try:
        yield process
    finally:
        process.kill()
        process.join()


def begin(act: Callable[..., object], *given: object) -> ForkProcess:
    """Such a process, which whoever called ends."""
    for engines in db._app_engines.values():
        for engine in engines.values():
            engine.dispose()  # SQLite must not be open across a fork
    process = FORKING.Process(target=_alone, args=(act, *given), daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of the tests stay behind; nobody waits for them
        process.start()
    return process


def module(arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
    """For `forked`: what `python -m` makes of these arguments, as if it were started with these settings alone."""
    os.environ.clear()
    os.environ.update({"PATH": os.defpath, "PYTHONUTF8": "1", **environment})
    with open(log, "wb") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", 1, "utf-8", closefd=False) for number in (1, 2))
    sys.argv = list(arguments)
    sys.modules.pop("briefings.web_server", None)  # it reads the settings as it is loaded
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


def _alone(act: Callable[..., object], *given: object) -> None:
    """Nothing is left of what the tests have set up in their own process."""
    time_machine.travel(time_machine.escape_hatch.datetime.datetime.now(UTC)).start()
    logging.root.handlers.clear()
    limiter.enabled = True
    (KEPT / "templates").mkdir(parents=True, exist_ok=True)
    Site.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(KEPT / "templates"))}
    act(*given)
