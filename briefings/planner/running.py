"""The planner in a process of its own: it needs much memory for minutes, and can be ended at any moment."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from briefings.planner.model import Plan, Problem, Progress

ROOT = Path(__file__).parents[2]  # where `briefings` is found: the source tree, or site-packages
LOOK = 0.25
"""Seconds between two looks at whether the plan is still wanted."""
TELL = 1.0
"""Seconds after which who waits is told how far it is, even if nothing changed."""
GRACE = 30.0
"""Seconds the planner may take beyond its limit, on a busy machine, before it is taken for dead."""


class Stopped(Exception):
    """Nobody wants the plan any more."""


class Died(Exception):
    """The planner ended without a plan; says why."""


def solve(
    problem: Problem,
    seconds: float,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    wanted: Callable[[], bool] = lambda: True,
) -> Plan:
    """The best plan found within `seconds`, or as soon as it is proven; Stopped once it is not `wanted`, or Died.

    `on_progress` is called about once a second; what it raises ends the planner and is passed on.
    """
    child = subprocess.Popen(  # noqa: S603 (this very package)
        [sys.executable, "-m", __package__],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        return _followed(child, {"problem": problem.to_json(), "seconds": seconds}, on_progress, wanted)
    finally:
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout, child.stderr):
            _closed(stream)


def _followed(
    child: subprocess.Popen[bytes],
    asked: dict[str, Any],
    on_progress: Callable[[Progress], None],
    wanted: Callable[[], bool],
) -> Plan:
    lines: queue.Queue[bytes] = queue.Queue()
    complaints: list[bytes] = []
    threads = [
        threading.Thread(target=_hand_over, args=(child.stdin, json.dumps(asked).encode() + b"\n"), daemon=True),
        threading.Thread(target=_read, args=(child.stdout, lines.put), daemon=True),
        threading.Thread(target=_read, args=(child.stderr, complaints.append), daemon=True),
    ]
    for thread in threads:
        thread.start()
    known = [Progress(0.0)]
    for line in _watched(
        lines, asked["seconds"] + GRACE, wanted, lambda now: on_progress(replace(known[-1], seconds=now))
    ):
        if not line:
            threads[2].join(1)
            raise Died(_last_words(child, complaints))
        said = json.loads(line)
        if "plan" in said:
            return Plan.from_json(said["plan"])
        known.append(Progress(**said["progress"]))
    raise Died(f"no plan {GRACE:.0f} seconds after its time was up")


def _watched(
    lines: "queue.Queue[bytes]", seconds: float, wanted: Callable[[], bool], tell: Callable[[float], None]
) -> Iterator[bytes]:
    """Each line as it comes; ends when the time is up, Stopped when it is not wanted."""
    begun, told = time.monotonic(), 0.0
    while (now := time.monotonic() - begun) < seconds:
        if not wanted():
            raise Stopped
        if now - told >= TELL:
            told = now
            tell(now)
        try:
            yield lines.get(timeout=LOOK)
        except queue.Empty:
            continue


def _hand_over(stream: IO[bytes], asked: bytes) -> None:
    """It stays open: by its end the planner notices that nobody is left to hear it."""
    try:
        stream.write(asked)
        stream.flush()
    except (OSError, ValueError):  # it died, or is not wanted any more: seen at its output
        return


def _read(stream: IO[bytes], put: Callable[[bytes], None]) -> None:
    """Each line, and an empty one at the end."""
    try:
        for line in stream:
            put(line)
    except ValueError:  # closed: nobody listens
        return
    put(b"")


def _closed(stream: IO[bytes] | None) -> None:
    try:
        if stream:
            stream.close()
    except OSError:  # what was not written yet finds nobody to read it
        return


def _last_words(child: subprocess.Popen[bytes], complaints: list[bytes]) -> str:
    said = b"".join(complaints).decode(errors="replace").strip().splitlines()
    return f"the planner ended with status {child.wait()}: {said[-1] if said else 'it said nothing'}"
