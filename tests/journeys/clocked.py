"""The program as it is, its clock moved: what the web server of the journeys loads."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import time_machine

from briefings.accounts import sessions
from briefings.app import create_app
from tests.prepared import compiled_once, hash_cheaply

AHEAD = Path(os.environ["AHEAD"])
"""The file that says how many seconds the clock is ahead of the machine's."""

# The browser keeps its own clock: by it, a session that ends at the server's evening may have ended long ago.
FOR_EVER = timedelta(days=36500)
for name in ("IDLE_OF_STAFF", "IDLE_OF_OTHERS", "LONGEST_OF_STAFF", "LONGEST_OF_OTHERS"):
    setattr(sessions, name, FOR_EVER)
program = compiled_once(create_app({"PERMANENT_SESSION_LIFETIME": FOR_EVER}))
hash_cheaply()
ahead = float(AHEAD.read_text())
clock = time_machine.travel(datetime.now(UTC) + timedelta(seconds=ahead), tick=True).start()
datetime.now(UTC)  # from the first look on, it goes
one_by_one = Lock()  # two requests at once would both move the clock


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Look at the clock's file, then answer."""
    global ahead
    with one_by_one:
        before, ahead = ahead, float(AHEAD.read_text())
        if ahead != before:
            clock.shift(ahead - before)
    return program(environ, start_response)
