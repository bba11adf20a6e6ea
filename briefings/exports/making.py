"""Taking a list away: written down who, what and why; a long one is work of the worker, destroyed after a day."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from briefings.audit.recording import record
from briefings.db import db, unit_of_work
from briefings.errors import N_, Refused
from briefings.exports.lists import Asked, Column, Format, Found, ListFile, NotThere, Written, too_large
from briefings.exports.models import ExportPiece
from briefings.outbox.reach import Reach
from briefings.tasks.models import UNDER_WAY, Task, TaskState
from briefings.tasks.queueing import latest, start
from briefings.tasks.running import Work

KIND = "export"
LONG = 5_000
"""A list with more rows is left to the worker."""
KEPT = timedelta(days=1)
"""How long a file that the worker made may be fetched."""
PIECE = 1_000_000
"""Bytes that are put down together."""
WRITING = "파일을 쓰는 중"
GONE = "내려받으려던 목록이 그사이 없어졌습니다."
TOO_LARGE = N_("엑셀 파일 하나에 담기에는 너무 많습니다. 조건을 좁히거나 CSV 파일로 받아 주세요.")
NOT_ASKED_FOR = ("page", "sort", "id", "all")
"""In the address of a list, but no condition of it."""


class Taker(NamedTuple):
    """Whoever takes a list away, as the worker knows them."""

    id: int | None
    name: str


class Choice(NamedTuple):
    """What somebody wants of a list: as which file, with or without what is about persons, and what for."""

    format: Format
    whole: bool
    reason: str

    def columns(self, found: Found[Any]) -> Sequence[Column[Any]]:
        """The columns that go along."""
        return found.columns if self.whole else found.without_people()


def take(list: ListFile, found: Found[Any], asked: Asked, choice: Choice) -> None:
    """Write down who takes what away and why, of words that were looked for only that there were some; or Refused."""
    if found.refused:
        raise Refused(found.refused)
    if too_large(found, choice.format):
        raise Refused(TOO_LARGE, field="format")
    detail = {
        "rows": found.rows.number,
        "format": choice.format.value,
        "personal": found.personal and choice.whole,
        "filters": _conditions_in(asked),
        **({"reason": choice.reason} if choice.reason else {}),
        **found.noted,
    }
    record(asked.by, list.action, asked.by if found.about is None else found.about, asked.now, **detail)


def write(list: ListFile, found: Found[Any], asked: Asked, choice: Choice) -> Iterator[bytes]:
    """The file as it is written; nobody has to wait for its end to see it begin."""
    return _sent(list, found, replace(asked, by=Taker(asked.by.id, asked.by.name)), choice)


def _sent(list: ListFile, found: Found[Any], asked: Asked, choice: Choice) -> Iterator[bytes]:
    # Found and read in the session of when it is sent: that of the view is over by then, so that rows it found cannot
    # be asked for anything more, and what is begun in it nobody would end.
    found = anew(list, found, asked)
    yield from Written(list.called, choice.columns(found), found.rows, asked.zone).pieces(choice.format, db.session())


def anew(list: ListFile, found: Found[Any], asked: Asked) -> Found[Any]:
    """The list as it is now; what was computed as a whole stays as it was."""
    return found if found.rows.stay else list.found(asked)


def ask_for_file(list: ListFile, found: Found[Any], asked: Asked, choice: Choice) -> Task:
    """A task that makes the file for whoever asks; an earlier file of theirs goes. Refused while one is being made."""
    about = _about(list, asked)
    earlier = latest(KIND, about)
    given = {
        "list": list.name,
        "args": [[name, value] for name, value in asked.args.items(multi=True)],
        "path": dict(asked.path),
        "administrator": asked.administrator,
        "by": [asked.by.id, asked.by.name],
        "zone": asked.zone.key,
        "format": choice.format.value,
        "whole": choice.whole,
        "file": list.file_name(found, choice.format, asked),
        "conditions": [[str(name), str(value)] for name, value in found.conditions],
    }
    task = start(KIND, about, given, asked.by, asked.now)
    if earlier:
        _destroy([earlier.id])
    return task


def last_made(list: ListFile, asked: Asked) -> Task | None:
    """What was last made of this list for whoever asks, or is being made; None once it is to be destroyed."""
    task = latest(KIND, _about(list, asked))
    return None if task is None or (task.finished_at and task.finished_at + KEPT <= asked.now) else task


def make_file(
    lists: Mapping[str, ListFile], args_of: Callable[[Any], Any], reach_of: Callable[[int], Reach], work: Work
) -> dict[str, Any]:
    """What the worker does: the file, put down piece by piece; begun anew it is written anew."""
    given, list = work.params, lists[work.params["list"]]
    asked = Asked(
        args_of([(name, value) for name, value in given["args"]]),
        given["path"],
        Taker(*given["by"]),
        given["administrator"],
        reach_of(given["by"][0]),
        work.clock(),
        ZoneInfo(given["zone"]),
    )
    choice = Choice(Format(given["format"]), given["whole"], "")
    with unit_of_work():
        db.session.execute(delete(ExportPiece).where(ExportPiece.task_id == work.task_id))
    try:
        found = list.found(asked)
    except NotThere:
        raise Refused(GONE) from None
    if found.refused:
        raise Refused(found.refused)
    written = Written(list.called, choice.columns(found), found.rows, asked.zone)
    with _reading() as session:
        size = _put_down(written, choice.format, session, work)
    return {"rows": written.done, "size": size}


def pieces_of(task: Task) -> Iterator[bytes]:
    """The file that a task made; at most one piece of it is in memory."""
    task_id, number = task.id, 0
    content = select(ExportPiece.content).where(ExportPiece.task_id == task_id)
    while (piece := db.session.scalar(content.where(ExportPiece.number == number))) is not None:
        yield piece
        number += 1


def is_ready(task: Task) -> bool:
    """Whether its file can be fetched."""
    return task.state is TaskState.DONE


def destroy_due(now: datetime) -> int:
    """Destroy the files whose day is over, and what is known of the tasks that made them; how many there were."""
    over = select(Task.id).where(Task.kind == KIND, Task.state.not_in(UNDER_WAY), Task.finished_at <= now - KEPT)
    return _destroy(db.session.scalars(over).all())


def _destroy(ids: Sequence[int]) -> int:
    db.session.execute(delete(ExportPiece).where(ExportPiece.task_id.in_(ids)))
    db.session.execute(delete(Task).where(Task.id.in_(ids)))
    return len(ids)


def _put_down(written: Written, format: Format, session: Session, work: Work) -> int:
    """Store the file, each piece in a transaction of its own, and say how far it is; its size."""
    held, number, size = bytearray(), 0, 0
    for piece in written.pieces(format, session):
        held += piece
        if len(held) >= PIECE:
            number, size, held = number + 1, size + _store(work, number, held), bytearray()
        work.tell(min(written.done, written.rows.number), written.rows.number, WRITING)
    return size + _store(work, number, held)


def _store(work: Work, number: int, content: bytearray) -> int:
    with unit_of_work():
        db.session.add(ExportPiece(task_id=work.task_id, number=number, content=bytes(content)))
    return len(content)


@contextmanager
def _reading() -> Iterator[Session]:
    """A session beside the one that says how far the work is, whose commits would end what is being read."""
    session = db.session.session_factory()
    try:
        yield session
    finally:
        session.commit()
        session.close()


def _conditions_in(asked: Asked) -> dict[str, Any]:
    """The filters as they stood in the address; how many were ticked, and that words were looked for."""
    said: dict[str, Any] = {name: value for name, value in asked.args.items() if value and name not in NOT_ASKED_FOR}
    if "q" in said:
        said["q"] = True
    ticked = asked.args.getlist("id")
    return said | ({"ticked": len(ticked)} if ticked and "all" not in asked.args else {})


def _about(list: ListFile, asked: Asked) -> str:
    """Of one list one file is made at a time for each person."""
    return ":".join([list.name, *(str(number) for number in asked.path.values()), str(asked.by.id)])
