"""The database: base, column types, unit of work, row lock, versions, and what keeps its connections safe."""

import secrets
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from select import POLLIN, poll
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from psycopg.pq import ConnStatus
from sqlalchemy import (
    Connection,
    DateTime,
    Engine,
    Enum,
    MetaData,
    String,
    bindparam,
    event,
    func,
    inspect,
    null,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, Session, make_transient_to_detached, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from briefings.batches import kept_back, together
from briefings.errors import N_, Refused
from briefings.turns import turns_at

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
    """What is kept in memory elsewhere holds as long as its row here has the same number; the numbers mean nothing.

    The row CONTENT is about all that public pages show, places apart; row −n about the places of the briefing n.
    """

    __tablename__ = "content_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]


CONTENT = 1
CHANGES_NOTHING = "changes_nothing"
"""An execution option of statements that write what is there already."""

REST = 10
"""Seconds after which a connection that nobody used is tried before it is used."""

PATIENCE = 30
"""Seconds that a writer waits for others, who hold what is to be written or all of SQLite's file."""

db = SQLAlchemy(model_class=Base, session_options={"autoflush": True})


PUBLIC_ID_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"


def new_public_id() -> str:
    """A short random name for addresses people see and may type: 8 characters without 0/o/1/l."""
    return "".join(secrets.choice(PUBLIC_ID_ALPHABET) for _ in range(8))


Row = TypeVar("Row")


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """All or nothing: commits at the end, rolls back on any exception.

    What was read before is read anew inside, and on SQLite the write lock is taken at once: a reader that turns
    writer midway would be refused without waiting.
    """
    session = db.session
    session.commit()
    with turns_at(db.engine.url.database).taken(PATIENCE) if dialect() == "sqlite" else nullcontext():
        session.connection(execution_options={"writes": True})
        try:
            yield session()
            session.commit()
        except BaseException:
            session.rollback()
            raise


def let_go(error: BaseException | None = None) -> None:
    """At the end of a request or a job: give the session's connection back, even one that the database has cut.

    What was read on it has been answered by then, and is no reason to answer otherwise.
    """
    try:
        db.session.remove()
    except DBAPIError:
        db.session().invalidate()
        db.session.remove()


def lock(row: Any) -> None:
    """Hold `row` until the transaction ends and refresh it, on PostgreSQL and SQLite alike; Refused if it is gone.

    Whoever holds a row of a kind with `version_row` may change what is counted of it: that row gets a new version.
    """
    kind, identity = inspect(row).mapper, inspect(row).identity[0]
    version_row = kind.entity.version_row(identity) if hasattr(kind.entity, "version_row") else None
    values, on = {"identity": identity}, dialect()
    if version_row is not None and on == "postgresql":
        values |= _new_version(version_row)
    if db.session.scalar(_held(kind, version_row is not None, on), values, execution_options=_REFRESHED) is None:
        raise Refused(N_("그사이 상황이 바뀌었습니다. 앞 화면을 새로 열어 확인해 주세요."))
    if version_row is not None and on != "postgresql":
        renew_version(db.session.connection(), version_row)


_REFRESHED = {"populate_existing": True, "synchronize_session": False, CHANGES_NOTHING: True}


@cache
def _held(kind: Mapper[Any], has_versions: bool, on: str) -> Any:
    """SELECT … FOR UPDATE is silently nothing on SQLite; there an UPDATE that changes nothing does the same."""
    key = kind.primary_key[0]
    is_row = key == bindparam("identity")
    if on != "postgresql":
        return update(kind.entity).where(is_row).values({key.name: key}).returning(kind.entity)
    held = select(kind.entity).where(is_row).with_for_update(key_share=True)
    return held.add_cte(_renewing(on).cte("renewed")) if has_versions else held


def renew_version(connection: Connection, row: int) -> None:
    """Let nobody use any longer what was kept under the present version of `row`, once this transaction commits."""
    connection.execute(_renewing(connection.dialect.name), _new_version(row))


def _new_version(row: int) -> dict[str, int]:
    return {"version_row": row, "new_version": secrets.randbits(31)}


@cache
def _renewing(on: str) -> Any:
    statement = _insert(ContentVersion.__table__, on)
    statement = statement.values(id=bindparam("version_row"), version=bindparam("new_version"))
    return statement.on_conflict_do_update(index_elements=["id"], set_={"version": statement.excluded.version})


def looked_up(statement: str, values: Sequence[int | str]) -> list[Any]:
    """The rows of one statement that stands for itself; `{among}` in it is whether a column is one of `values`.

    Straight from the driver, for what every visitor of a public page asks: session, transaction and statement objects
    take longer than the answer.
    """
    mark = "?" if dialect() == "sqlite" else "%s"
    among = f"IN ({', '.join([mark] * len(values))})"
    with driver() as connection:
        return connection.execute(statement.format(among=among), tuple(values)).fetchall()


@contextmanager
def driver() -> Iterator[Any]:
    """The driver's own connection, without a transaction; what fails is told as SQLAlchemy tells it."""
    engine = db.engine
    failed = engine.dialect.loaded_dbapi.Error
    pooled: Any = None
    try:
        pooled = engine.raw_connection()
        connection = pooled.driver_connection
        if engine.dialect.name == "postgresql":
            connection.autocommit = True
        yield connection
    except failed as error:
        if pooled is not None:
            pooled.invalidate(error)
        raise DBAPIError.instance(None, None, error, failed, True, dialect=engine.dialect) from error
    finally:
        if pooled is not None:
            if engine.dialect.name == "postgresql" and pooled.is_valid:
                pooled.driver_connection.autocommit = False
            pooled.close()


def dialect() -> str:
    """The name of the database in use: `sqlite` or `postgresql`."""
    return db.engine.dialect.name


class Trouble(StrEnum):
    """Why a database does not do what it was asked to, where neither program nor person is at fault."""

    AWAY = "away"
    BUSY = "busy"
    FULL = "full"


_TROUBLES = {
    # SQLSTATE of PostgreSQL, or the first two characters of it
    "08": Trouble.AWAY,
    "57P01": Trouble.AWAY,  # is being shut down
    "57P02": Trouble.AWAY,  # crashed
    "57P03": Trouble.AWAY,  # is starting up
    "25006": Trouble.AWAY,  # takes no writes: a stand-by that is not in charge yet
    "25P03": Trouble.AWAY,  # gave up on an idle transaction
    "53100": Trouble.FULL,
    "53": Trouble.BUSY,  # connections, memory
    "55P03": Trouble.BUSY,  # waited too long for a lock
    "40": Trouble.BUSY,  # of two that wait for each other, one is ended
    # Primary result codes of SQLite
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.FULL,
    sqlite3.SQLITE_IOERR: Trouble.AWAY,
    sqlite3.SQLITE_CANTOPEN: Trouble.AWAY,
}


def trouble_of(error: Exception) -> Trouble | None:
    """What is the matter with the database, if that is what `error` tells of."""
    if not isinstance(error, DBAPIError):
        return Trouble.BUSY  # the pool's: no connection became free in time
    if isinstance(error.orig, sqlite3.Error):
        return _TROUBLES.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # no answer at all
        return Trouble.AWAY if error.connection_invalidated or isinstance(error, OperationalError) else None
    return _TROUBLES.get(state) or _TROUBLES.get(state[:2])


# Whoever is cut off must notice, and must not keep others waiting: the server frees what a lost client held.
_POSTGRESQL = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "options": f"-c lock_timeout={PATIENCE}s -c idle_in_transaction_session_timeout=10min"
    " -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3",
}


@event.listens_for(Engine, "do_connect")
def _prepare_postgresql(dialect: Any, record: Any, arguments: Any, parameters: dict[str, Any]) -> None:
    if dialect.name == "postgresql":
        for name, value in _POSTGRESQL.items():
            parameters.setdefault(name, value)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: Any) -> None:
    if type(connection).__module__ != "sqlite3":
        return
    connection.isolation_level = None  # transactions are ours to begin, see below
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        f"busy_timeout = {1000 * PATIENCE}",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "checkin")
def _note_use(connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


@event.listens_for(Engine, "checkout")
def _replace_if_cut(connection: Any, record: Any, proxy: Any) -> None:
    """A connection to PostgreSQL that a restart or a firewall cut is replaced before it is used.

    To ask the server each time is a way there and back before every request. The operating system knows without asking
    when the server hung up; only after a rest, in which the net between may have lost it silently, the server is asked.
    """
    used_at = record.info.get("used_at")
    if used_at is None or not hasattr(connection, "pgconn"):
        return
    server = connection.pgconn
    waiting = poll()
    waiting.register(server.socket, POLLIN)
    if waiting.poll(0) or time.monotonic() - used_at > REST:
        server.exec_(b"")
        if server.status != ConnStatus.OK:
            raise InvalidatePoolError


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def detached(row: Row) -> Row:
    """A copy of `row`, with what is loaded of it, that belongs to no session and so to all."""
    with Session() as nobodys:
        copy = nobodys.merge(row, load=False)
        nobodys.expunge_all()
    return copy


def write(rows: Sequence[Any]) -> None:
    """Write rows of one kind to the database now, and whatever else has changed.

    New ones that name others by nothing but their ids go by an INSERT each, a third of the work of a flush; what was
    not set of them is looked up when it is asked for.
    """
    alone = all(inspect(row).transient and not _holds_others(row) for row in rows)
    if not alone:
        db.session.add_all(rows)
    db.session.flush()
    for row in rows if alone else ():
        table = row.__table__
        values = {name: value for name, value in vars(row).items() if name in table.c and (name != "id" or value)}
        connection = db.session.connection()
        if "id" not in values or not kept_back(connection, table, [values]):
            row.id = connection.execute(_inserting_one(table), values).scalar_one()
        make_transient_to_detached(row)
        db.session.add(row)


def written_together() -> AbstractContextManager[None]:
    """New rows that are written inside go to PostgreSQL by one statement (`batches`), where they have their ids ahead.

    SQLite is in the process, and no way to it is long.
    """
    return together(db.session.connection()) if dialect() == "postgresql" else nullcontext()


def id_ahead(kind: type[Base], on: str) -> Any:
    """The id of a row that is to come, as a column of a query; NULL on SQLite, which knows it once the row is there."""
    return null() if on == "sqlite" else func.nextval(func.pg_get_serial_sequence(kind.__tablename__, "id"))


def _holds_others(row: Any) -> bool:
    return any(vars(row).get(relation.key) for relation in inspect(row).mapper.relationships)


@cache
def _inserting_one(table: Any) -> Any:
    return table.insert().returning(table.c.id)


def insert_new(table: Any, rows: list[dict[str, Any]]) -> int:
    """Insert `rows` (same keys each), leaving out those that break a unique rule; how many were new.

    Where they are `written_together` with others, that is not known yet, and all are said to be.
    """
    if not rows:
        return 0
    connection = db.session.connection()
    if kept_back(connection, table, rows, key=()):
        return len(rows)
    # Row by row, which both drivers are quicker at than at one statement with thousands of values.
    return connection.execute(_inserting(table, dialect()), rows).rowcount


@cache
def _inserting(table: Any, on: str) -> Any:
    return _insert(table, on).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def insert_selected(table: Any, rows: Any) -> int:
    """The same for the rows of a query whose columns bear the names of those of `table`; scalar defaults are added."""
    statement = _inserting(table, dialect()).from_select(list(rows.selected_columns.keys()), rows)
    return db.session.connection().execute(statement).rowcount


def insert_or_update(table: Any, rows: list[dict[str, Any]], key: tuple[str, ...]) -> None:
    """Insert `rows` (same keys each); a row of the same unique `key` that is there already takes the new values."""
    if not rows:
        return
    connection = db.session.connection()
    if not kept_back(connection, table, rows, key):
        connection.execute(_replacing(table, tuple(rows[0]), key, dialect()), rows)


@cache
def _replacing(table: Any, names: tuple[str, ...], key: tuple[str, ...], on: str) -> Any:
    statement = _insert(table, on)
    values = {name: statement.excluded[name] for name in names if name not in key}
    # A statement that gives something back takes several rows at once, and so one way there and back.
    return statement.on_conflict_do_update(index_elements=key, set_=values).returning(table.c[key[0]])


def _insert(table: Any, on: str) -> Any:
    return (sqlite.insert if on == "sqlite" else postgresql.insert)(table)
