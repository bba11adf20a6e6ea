"""The migrations make what the models say, on both databases, and can be taken back."""

import re
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from briefings.app import create_app
from briefings.db import Base, db
from tests.conftest import SETTINGS
from tests.database import postgresql_server

MIGRATIONS = Path(__file__).parent.parent / "migrations"
HEAD = "0002"
"""Pinned: two migrations written side by side meet here and not in production."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_app(request, tmp_path):
    """The application on a database without tables, of its own."""
    if request.param == "sqlite":
        yield from app_on(f"sqlite:///{tmp_path / 'empty.db'}")
    else:
        with postgresql_server() as url:
            yield from app_on(url)


def app_on(url: str):
    """An application context on that database."""
    app = create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": url}, environ={"IEUM_ENV": "development"})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def differences() -> list:
    """What autogenerate would still change."""
    with db.engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)


def test_names_are_serial_and_the_head_is_the_pinned_one():
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert names[-1].startswith(HEAD)
    for name in names[1:]:
        before = f"{int(name[:4]) - 1:04}"
        assert re.search(rf'down_revision = "{before}"', (MIGRATIONS / "versions" / name).read_text("utf-8"))


def test_up_down_and_up_again_makes_what_the_models_say(empty_app):
    for _ in range(2):
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        assert differences() == []
        flask_migrate.downgrade(directory=str(MIGRATIONS), revision="base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
