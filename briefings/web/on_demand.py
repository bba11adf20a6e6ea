"""What only commands need, loaded by the command that needs it: it costs the web processes neither time nor memory."""

from collections.abc import Mapping
from pkgutil import resolve_name
from typing import Any

import click
from flask.cli import AppGroup
from flask_sqlalchemy import SQLAlchemy


class Commands(AppGroup):
    """Commands by name, each with the place where it is found."""

    def __init__(self, places: Mapping[str, str]) -> None:
        super().__init__()
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all."""
        return sorted(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, loaded now."""
        return resolve_name(self.places[cmd_name]) if cmd_name in self.places else None


class Migrations:
    """What Flask-Migrate and the migrations find of an application; loads Alembic once somebody migrates."""

    def __init__(self, db: SQLAlchemy, directory: str) -> None:
        self.db = db
        self.directory = directory

    @property
    def migrate(self) -> Any:
        """What reads the configuration of the migrations."""
        return resolve_name("flask_migrate:Migrate")(db=self.db, directory=self.directory)
