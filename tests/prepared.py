"""What takes long to make and is the same in every test, made once: tables, compiled templates, cheap hashes."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from briefings.accounts import signing_in
from briefings.app import create_app
from briefings.db import db
from tests.database import postgresql_server, quick_place

NOBODY = signing_in.NOBODY
"""As it is outside of tests."""
ROOT = Path(__file__).parents[1]
MIGRATIONS = ROOT / "migrations"
KEPT = ROOT / "build" / "tests"
"""What the next run may use too: everything in it is named by what it was made of."""


@contextmanager
def a_database(dialect: str) -> Iterator[str]:
    """The address of a database of its own, as the migrations make it, that other programs can open too."""
    if dialect == "postgresql":
        with postgresql_server(migrated) as url:
            yield url
    else:
        with tempfile.TemporaryDirectory(dir=quick_place()) as folder:
            yield sqlite_in(Path(folder))


def sqlite_in(folder: Path) -> str:
    """The address of a new SQLite database in that folder, as the migrations make it."""
    shutil.copy(_sqlite_tables(), folder / "briefings.db")
    return f"sqlite:///{folder / 'briefings.db'}"


def migrated(url: str) -> None:
    """Run the migrations on an empty database."""
    with create_app({"SQLALCHEMY_DATABASE_URI": url}, environ={"IEUM_ENV": "development"}).app_context():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        db.engine.dispose()


def _sqlite_tables() -> Path:
    """A file to copy; it has another name as soon as a migration says something else."""
    written = b"\0".join(path.read_bytes() for path in sorted(MIGRATIONS.rglob("*.py")))
    kept = KEPT / f"tables-{hashlib.sha256(written).hexdigest()[:16]}.db"
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as folder:
            migrated(f"sqlite:///{folder}/new.db")
            os.replace(f"{folder}/new.db", kept)  # processes that do the same at once make the same
    return kept


def compiled_once(app: Flask) -> Flask:
    """The application; a template that another process or run has compiled is not compiled anew."""
    (KEPT / "templates").mkdir(parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(KEPT / "templates"))
    return app


def hash_cheaply() -> None:
    """Passwords are hashed as everywhere, only with less work: who gets in does not depend on how much it is."""
    signing_in.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    signing_in.NOBODY = signing_in.HASHER.hash("nobody")
