"""Whose turn it is to write to an SQLite file, among the threads and processes of a machine."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache

WRITING, NEXT = 0, 1
"""The bytes of the file beside the database that are held by whoever writes, and by whoever does so next."""
PAUSE = 0.0005
"""Seconds until whoever is next looks again."""


class Turns:
    """One writer after the other, none passed over; a lock of a file ends with its process, however that ends.

    SQLite's own waiters look again ever more rarely, at last ten times a second: nobody writes meanwhile, and of many
    some are passed over until they are refused. Here threads of one process wait for each other without looking, and
    of each process one looks often.
    """

    def __init__(self, database: str | None) -> None:
        self._threads = threading.RLock()
        self._inside = False
        self._file: int | None = None
        if database and database != ":memory:":
            with suppress(OSError):  # without the file it is only slower
                self._file = os.open(f"{database}-turns", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)

    @contextmanager
    def taken(self, patience: float) -> Iterator[None]:
        """Hold the turn, inside one that this thread holds already too.

        Whoever has waited for `patience` seconds goes on without: that only one writes SQLite itself sees to.
        """
        deadline = time.monotonic() + patience
        with ExitStack() as held:
            if self._threads.acquire(timeout=patience):
                held.callback(self._threads.release)
                if not self._inside and self._file is not None:
                    self._inside = True
                    held.callback(setattr, self, "_inside", False)
                    held.enter_context(_among_processes(self._file, deadline))
            yield


@contextmanager
def _among_processes(file: int, deadline: float) -> Iterator[None]:
    if _waited_for(file, NEXT, deadline):
        _waited_for(file, WRITING, deadline)
        fcntl.lockf(file, fcntl.LOCK_UN, 1, NEXT)
    try:
        yield
    finally:
        fcntl.lockf(file, fcntl.LOCK_UN, 1, WRITING)


def _waited_for(file: int, place: int, deadline: float) -> bool:
    while True:
        with suppress(BlockingIOError):
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)


@cache
def turns_at(database: str | None) -> Turns:
    """The turns at the file of that name, or in memory: the same for all threads of a process."""
    return Turns(database)
