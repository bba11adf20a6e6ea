"""Alembic's entry: runs the migrations on the application's database."""

from alembic import context
from flask import current_app

from briefings.db import Base, UtcDateTime


def render_item(kind, item, autogen):
    """Write our column type as what it is in the database, so that old migrations never import the program."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def include_name(name, kind, parents):
    """The full-text table of needs, of each database's own kind, is no model's."""
    return kind != "table" or not name.startswith("need_grams")


migrate = current_app.extensions["migrate"]
engine = migrate.db.engine

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
        include_name=include_name,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
