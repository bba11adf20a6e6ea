"""`flask backup` and `flask restore`: the whole database as one file, taken while people go on registering."""

import os
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import URL, inspect, make_url

from briefings import clock
from briefings.db import db

SUFFIX = ".backup"
PATTERN = f"briefings-*{SUFFIX}"
SECRETS = {"password": "PGPASSWORD"}
"""What an address may hold that nobody else may see, and the variables in which PostgreSQL's programs take it."""
PROGRAMS = click.option(
    "--programs", type=click.Path(path_type=Path, file_okay=False), help="Folder of pg_dump, where it is not on PATH."
)


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--keep",
    type=click.IntRange(1),
    help="TARGET is a folder, made if need be: remove backups in it that are older than so many days.",
)
@PROGRAMS
def backup_command(target: Path, keep: int | None, programs: Path | None) -> None:
    """Write the whole database into the file TARGET, or under a name with date and time into the folder TARGET.

    The name of a file has an ending (x.backup): any other that is not there yet might be meant as a folder.

    Everything is as at one moment, whatever goes on meanwhile. The file holds personal data: only its owner may read
    it.
    """
    now = clock.now()
    if keep:
        _make_folder(target)
    elif not target.exists() and not target.suffix:
        raise click.ClickException(
            f"{target} is not there, so nothing was written. For a folder, make it first, or say --keep with a number "
            f"of days; for one file, give it an ending: {target}{SUFFIX}."
        )
    file = target / f"briefings-{now:%Y%m%d-%H%M%S}{SUFFIX}" if target.is_dir() else target
    if file.exists():
        raise click.ClickException(f"{file} is there already.")
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _write(_address(), unfinished, programs)
        os.replace(unfinished, file)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    click.echo(f"Written: {file}, {file.stat().st_size:,} bytes.")
    if keep:
        _remove_before(target, now - timedelta(days=keep))


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@PROGRAMS
def restore_command(file: Path, programs: Path | None) -> None:
    """Put the backup FILE into the database of DATABASE_URL, which must be empty; run `db upgrade` afterwards."""
    if inspect(db.engine).get_table_names():
        raise click.ClickException("The database of DATABASE_URL is not empty: nothing was changed.")
    db.engine.dispose()
    address = _address()
    if address.get_backend_name() == "sqlite":
        _copy(file, _for_owner_alone(Path(str(address.database))))
    else:
        whole = ("--exit-on-error", "--single-transaction", "--dbname")
        _run(_program("pg_restore", programs), address, *whole, file=file)
    click.echo("Restored. Now run `flask db upgrade`, then start the program with the same SECRET_KEY as before.")


def _address() -> URL:
    return make_url(db.engine.url)


def _write(address: URL, file: Path, programs: Path | None) -> None:
    if address.get_backend_name() == "sqlite":
        _copy(Path(str(address.database)), file)
        return
    _run(_program("pg_dump", programs), address, "--format=custom", f"--file={file}", "--dbname")
    _call([_program("pg_restore", programs), "--list", str(file)], {})  # whether it can be read again


def _for_owner_alone(file: Path) -> Path:
    """A file that nobody but its owner may read; whoever looked whether it is empty has made it already."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
        file.chmod(0o600)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error
    return file


def _copy(source: Path, target: Path) -> None:
    """All of one SQLite file into another, as at one moment; writers are not held up."""
    try:
        with closing(_opened(source)) as reading, closing(sqlite3.connect(target)) as writing:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode = DELETE")  # one file, none beside it
            found = writing.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise click.ClickException(f"{source} cannot be copied: {error}.") from error
    if found != "ok":
        raise click.ClickException(f"{source} is damaged: {found}.")


def _opened(source: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)


def _program(name: str, folder: Path | None) -> str:
    return str(folder / name) if folder else name


def _run(program: str, address: URL, *arguments: str, file: Path | None = None) -> None:
    """One of PostgreSQL's programs on the database; passwords go where no list of processes shows them."""
    asked = {name: value for name, value in address.query.items() if name not in SECRETS}
    where = (address.host, address.port, address.database, asked)
    plain = URL.create("postgresql", address.username, None, *where).render_as_string()
    # As libpq reads an address: what its query says holds before what stands in front of the host.
    said = {"password": address.password} | dict(address.query)
    secret = {variable: str(said[name]) for name, variable in SECRETS.items() if said.get(name)}
    _call([program, "--no-owner", "--no-privileges", *arguments, plain, *([str(file)] if file else [])], secret)


def _call(command: Sequence[str], secret: dict[str, str]) -> None:
    try:
        subprocess.run(command, env=os.environ | secret, check=True, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError as error:
        raise click.ClickException(f"{command[0]} is missing: install it, or say --programs.") from error
    except subprocess.CalledProcessError as error:
        raise click.ClickException(f"{command[0]} failed: {error.stderr.strip()}") from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be made a folder: {error.strerror}.") from error


def _remove_before(folder: Path, moment: datetime) -> None:
    for file in folder.glob(PATTERN):
        if file.stat().st_mtime < moment.timestamp():
            file.unlink()
            click.echo(f"{file}: removed")
