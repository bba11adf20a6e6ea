"""The database: base, column types, unit of work, row lock, and the SQLite settings that make it safe."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, Enum, MetaData, String, event, inspect, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from briefings.errors import N_, Refused

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: takes aware datetimes only, gives them back in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[StrEnum]) -> Enum:
    """A column type that stores the words of `kind` and refuses others, by a named check constraint."""
    name = "".join("_" + c.lower() if c.isupper() else c for c in kind.__name__).lstrip("_")
    return Enum(
        kind,
        native_enum=False,
        length=40,
        values_callable=lambda e: [m.value for m in e],
        name=name,
        create_constraint=True,
    )


class Base(DeclarativeBase):
    """Declarative base; `str` is a text of at most 255 characters unless the column says otherwise."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: UtcDateTime, str: String(255)},
    )


class ContentVersion(Base):
    """One row whose number rises whenever something changes that public pages show, places apart."""

    __tablename__ = "content_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]


db = SQLAlchemy(model_class=Base, session_options={"autoflush": True})


def new_public_id() -> str:
    """A short random name for addresses people see and may type: 8 characters without 0/o/1/l."""
    alphabet = "23456789abcdefghijkmnpqrstuvwxyz"
    return "".join(secrets.choice(alphabet) for _ in range(8))


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """All or nothing: commits at the end, rolls back on any exception.

    What was read before is read anew inside, and on SQLite the write lock is taken at once: a reader that turns
    writer midway would be refused without waiting.
    """
    session = db.session
    session.commit()
    session.connection(execution_options={"writes": True})
    try:
        yield session()
        session.commit()
    except BaseException:
        session.rollback()
        raise


def lock(row: Any) -> None:
    """Hold `row` until the transaction ends and refresh it, on PostgreSQL and SQLite alike; Refused if it is gone.

    SELECT … FOR UPDATE is silently nothing on SQLite; an UPDATE that changes nothing locks on both.
    """
    state = inspect(row)
    table, key = state.mapper.local_table, state.mapper.primary_key[0]
    held = update(table).where(key == state.identity[0]).values({key.name: key}).returning(key)
    if db.session.scalar(held) is None:
        raise Refused(N_("그사이 상황이 바뀌었습니다. 앞 화면을 새로 열어 확인해 주세요."))
    db.session.refresh(row)


def dialect() -> str:
    """The name of the database in use: `sqlite` or `postgresql`."""
    return db.engine.dialect.name


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: Any) -> None:
    if type(connection).__module__ != "sqlite3":
        return
    connection.isolation_level = None  # transactions are ours to begin, see below
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 15000", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def insert_new(table: Any, rows: list[dict[str, Any]]) -> int:
    """Insert `rows` (same keys each), leaving out those that break a unique rule; how many were new."""
    if not rows:
        return 0
    # Row by row, which both drivers are quicker at than at one statement with thousands of values.
    statement = _insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return db.session.connection().execute(statement, rows).rowcount


def insert_or_update(table: Any, rows: list[dict[str, Any]], key: tuple[str, ...]) -> None:
    """Insert `rows` (same keys each); a row of the same unique `key` that is there already takes the new values."""
    if not rows:
        return
    statement = _insert(table)
    values = {name: statement.excluded[name] for name in rows[0] if name not in key}
    db.session.connection().execute(statement.on_conflict_do_update(index_elements=key, set_=values), rows)


def _insert(table: Any) -> Any:
    return (sqlite.insert if db.session.connection().dialect.name == "sqlite" else postgresql.insert)(table)
