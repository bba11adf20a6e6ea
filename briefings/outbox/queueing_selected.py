"""Putting thousands of mails in line at once: the database makes them of the rows of a query."""

from datetime import datetime
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, String, cast, func, literal, type_coerce

from briefings.db import dialect, insert_selected
from briefings.outbox.models import Message, MessageState
from briefings.web.erased import NOBODY


def queue_selected(
    kind: str,
    drafts: Select[*tuple[Any, ...]],
    now: datetime,
    due_at: datetime | None = None,
    *,
    about: str = "",
    held: bool = False,
) -> int:
    """Queue a mail for every row of a query, of which the database makes messages by itself, in its order.

    Its columns bear the names of those of a Message: `key`, `recipient`, `recipient_name`, `locale`, `params`, and
    `thread` where there is one. How many were new; those `held` wait until staff release them.
    """
    same = {
        "kind": kind,
        "about": about,
        "state": MessageState.HELD if held else MessageState.QUEUED,
        "created_at": now,
        "due_at": due_at or now,
    }
    columns = [literal(value, Message.__table__.c[name].type).label(name) for name, value in same.items()]
    selected = drafts.add_columns(*columns, _random_hex().label("reference"))
    somebodys = selected.selected_columns["recipient"].not_like(f"%{NOBODY}")
    return insert_selected(Message.__table__, selected.where(somebodys))


def joined(*parts: Any) -> ColumnElement[str]:
    """Texts and columns one after the other."""
    return reduce(add, (literal(each) if isinstance(each, str) else cast(each, String) for each in parts))


def json_of(**values: Any) -> ColumnElement[Any]:
    """An object of values and columns."""
    make = func.json_object if dialect() == "sqlite" else func.json_build_object
    return type_coerce(make(*(each for pair in values.items() for each in pair)), JSON)


def _random_hex() -> ColumnElement[str]:
    """32 hexadecimal digits of chance, others for each row."""
    if dialect() == "sqlite":
        return func.lower(func.hex(func.randomblob(16)))
    return func.replace(cast(func.gen_random_uuid(), String), "-", "")
