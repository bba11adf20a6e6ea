"""Setting a paper: a template, its data and files in, a PDF out; and looking into PDFs that people handed in.

Both happen in a process of its own with limits of memory and time, which sees neither settings nor database: files of
strangers are read there, and what it takes is given back at its end.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from briefings.assets import FONT_FOLDER
from briefings.config import beside_or_inside
from briefings.papers.confining import NO_FONT

ROOT = Path(__file__).parents[2]  # where `briefings` is found: the source tree, or site-packages
LOOK = 0.5
"""Seconds between two looks at whether the paper is still wanted."""
AT_ONCE = 2
"""So many papers one process lets make at the same time; each takes about 100 MiB while it is made."""
PATIENCE = 20.0
"""Seconds somebody waits for their turn."""
SECONDS = 30.0
"""What one paper may take, unless the caller knows better."""
TAGGED = ("ua-1",)
"""PDF/UA-1: readable by screen readers, checked while it is made; not for papers with PDFs of others in them."""
_UNDRAWABLE = "could not be displayed with font"

_TURNS = BoundedSemaphore(AT_ONCE)


class PaperError(Exception):
    """A paper could not be made; says why, for the log."""


class Busy(PaperError):
    """Too many papers are being made."""


class NoFont(PaperError):
    """The machine has no font with Korean letters."""


class Undrawable(PaperError):
    """It has to be readable by screen readers, and no font here draws one of its signs (an emoji in a name)."""


class Stopped(Exception):
    """Nobody wants the paper any more."""


class Unreadable(PaperError):
    """A PDF that was handed in cannot be bound: encrypted, damaged, too long, or not to be read within the limits."""


@dataclass(frozen=True)
class Leaves:
    """The pages of a PDF: of each, whether it is wider than high."""

    wide: list[bool]


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder for one paper and the files that go into it; gone with everything in it at the end."""
    with tempfile.TemporaryDirectory(prefix="paper-") as folder:
        yield Path(folder)


def set_paper(
    folder: Path,
    template: str,
    data: Mapping[str, Any],
    at: datetime,
    standards: tuple[str, ...] = (),
    seconds: float = SECONDS,
    wanted: Callable[[], bool] = lambda: True,
) -> bytes:
    """The PDF of `templates/papers/<template>.typ` with `data`; the same bytes for the same data and moment `at`.

    What `data` names as files lies in `folder`. PaperError where it cannot be made, Stopped once it is not `wanted`.
    """
    _lay_out(folder, template, data, {"at": int(at.timestamp()), "standards": standards, "counted": False})
    _run("press", folder, seconds, wanted)
    return (folder / "paper.pdf").read_bytes()


def set_book(
    folder: Path,
    template: str,
    data: Mapping[str, Any],
    at: datetime,
    seconds: float,
    wanted: Callable[[], bool] = lambda: True,
) -> int:
    """The same for a paper with PDFs of others in it, left as `paper.pdf` in `folder`; how many pages it has."""
    _lay_out(folder, template, data, {"at": int(at.timestamp()), "standards": (), "counted": True})
    return int(_run("press", folder, seconds, wanted))


def write_document(
    folder: Path,
    ending: str,
    data: Mapping[str, Any],
    seconds: float = SECONDS,
    wanted: Callable[[], bool] = lambda: True,
) -> bytes:
    """The document (`hwpx`, `odt`) that `data` says, with its charts as pictures."""
    _lay_out(folder, "drawings", {**data, "ending": ending}, {})
    _run("writer", folder, seconds, wanted)
    return (folder / "paper").read_bytes()


def _lay_out(folder: Path, template: str, data: Mapping[str, Any], job: Mapping[str, Any]) -> None:
    source = beside_or_inside("templates") / "papers" / f"{template}.typ"
    (folder / "paper.typ").write_bytes(source.read_bytes())
    (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    (folder / "job.json").write_text(json.dumps({"fonts": str(FONT_FOLDER), **job}), encoding="utf-8")


def look_into(pdf: Path, seconds: float = SECONDS, wanted: Callable[[], bool] = lambda: True) -> Leaves:
    """The pages of a PDF every one of which can be bound into a paper; Unreadable otherwise."""
    with workplace() as folder:
        (folder / "looked.pdf").symlink_to(pdf.resolve())
        try:
            said = _run("reader", folder, seconds, wanted)
        except Busy:
            raise
        except PaperError as error:
            raise Unreadable(str(error)) from None
    return Leaves(json.loads(said))


def _run(module: str, folder: Path, seconds: float, wanted: Callable[[], bool]) -> bytes:
    if not _TURNS.acquire(timeout=PATIENCE):
        raise Busy("too many papers at once")
    try:
        with (folder / "said").open("wb") as said, (folder / "complaints").open("wb") as complaints:
            child = subprocess.Popen(  # noqa: S603 (this very package)
                [sys.executable, "-m", f"{__package__}.{module}", str(folder), str(int(seconds))],
                cwd=ROOT,
                env=_surroundings(folder),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=complaints,
            )
            _await(child, seconds, wanted)
    finally:
        _TURNS.release()
    if child.returncode == NO_FONT:
        raise NoFont("no font with Korean letters")
    if child.returncode:
        last = (folder / "complaints").read_text("utf-8", "replace").strip().splitlines()[-1:]
        complaint = last[0][:300] if last else "it said nothing"
        raise (Undrawable if _UNDRAWABLE in complaint else PaperError)(f"status {child.returncode}: {complaint}")
    return (folder / "said").read_bytes()


def _await(child: "subprocess.Popen[bytes]", seconds: float, wanted: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    try:
        while child.poll() is None:
            if not wanted():
                raise Stopped
            if time.monotonic() > end:
                raise PaperError(f"not ready after {seconds:.0f} seconds")
            try:
                child.wait(LOOK)
            except subprocess.TimeoutExpired:
                continue
    finally:
        child.kill()
        child.wait()


def _surroundings(folder: Path) -> dict[str, str]:
    """No secret of ours, and few threads."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return kept | {"HOME": str(folder), "TMPDIR": str(folder), "LC_ALL": "C.UTF-8", "RAYON_NUM_THREADS": "1"}
