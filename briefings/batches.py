"""Rows that PostgreSQL inserts by one statement: whoever waits for what a transaction holds waits for every way there
and back that it has still to go.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Table, bindparam, event
from sqlalchemy.dialects.postgresql import insert

TABLES = "tables"
"""An execution option of a statement that inserts into several: which."""

MOST_VALUES = 50
"""A statement with more of them psycopg reads anew each time, which takes longer than another way there and back."""

_KEPT_BACK = "kept_back"
_SHAPES = 100
"""So many different batches stay compiled; there are as many as ways to fill in a form."""


class Part(NamedTuple):
    """A row of a table without its values: the same for many batches.

    `key`: where a row with these columns is there already it takes the new values; with none of them it stays.
    """

    table: Table
    names: tuple[str, ...]
    key: tuple[str, ...] | None


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """What is kept back inside goes by one statement, in no order, at the end or before anything else is asked."""
    connection.info[_KEPT_BACK] = []
    try:
        yield
        _send(connection)
    finally:
        if not connection.invalidated:  # one that was cut has taken its notes along
            del connection.info[_KEPT_BACK]


def kept_back(
    connection: Connection, table: Table, rows: Iterable[dict[str, Any]], key: tuple[str, ...] | None = None
) -> bool:
    """Whether `rows` are inserted `together` with others, as `Part` says; else nothing is done."""
    batch = connection.info.get(_KEPT_BACK)
    if batch is None:
        return False
    for row in rows:
        complete = _defaults_of(table, row) | row
        batch.append((Part(table, tuple(complete), key), complete))
    return True


@event.listens_for(Engine, "before_execute")
def _send_first(connection: Connection, *_: Any) -> None:
    if connection.info.get(_KEPT_BACK):
        _send(connection)


def _send(connection: Connection) -> None:
    batch, connection.info[_KEPT_BACK] = connection.info[_KEPT_BACK], []
    while batch:
        sizes = accumulate(len(part.names) for part, _ in batch)
        count = max(1, sum(size <= MOST_VALUES for size in sizes))
        now, batch = batch[:count], batch[count:]
        values = {_bind(name, number): value for number, (_, row) in enumerate(now) for name, value in row.items()}
        connection.execute(_inserting(tuple(part for part, _ in now)), values)


@lru_cache(_SHAPES)
def _inserting(parts: tuple[Part, ...]) -> Any:
    """Rows may name others of the same statement: PostgreSQL checks that at its end."""
    *others, last = [_inserting_part(number, part) for number, part in enumerate(parts)]
    for number, other in enumerate(others):
        last = last.add_cte(other.cte(f"part_{number}"))
    return last.execution_options(**{TABLES: tuple(part.table for part in parts)})


def _inserting_part(number: int, part: Part) -> Any:
    statement = insert(part.table).values({name: bindparam(_bind(name, number)) for name in part.names})
    if part.key is None:
        return statement
    if not part.key:
        return statement.on_conflict_do_nothing()
    replaced = {name: statement.excluded[name] for name in part.names if name not in part.key}
    return statement.on_conflict_do_update(index_elements=part.key, set_=replaced)


def _bind(name: str, number: int) -> str:
    return f"{name}_{number}"


def _defaults_of(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """What the columns that `row` has nothing for begin with; each value is a row's own."""
    defaults: dict[str, Any] = {each.name: each.default for each in table.c if each.default and each.name not in row}
    return {name: each.arg(None) if each.is_callable else each.arg for name, each in defaults.items()}
