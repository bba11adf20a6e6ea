"""Alembic's entry: runs the migrations on the application's database."""

from alembic import context
from flask import current_app

from briefings.db import Base, UtcDateTime


def render_item(kind, item, autogen):
    """Write our column type as what it is in the database, so that old migrations never import the program."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


migrate = current_app.extensions["migrate"]
engine = migrate.db.engine

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
