"""Destroying personal data from the command line, or seeing what would go."""

import click
from flask.cli import AppGroup

from briefings import clock
from briefings.db import unit_of_work
from briefings.schedule import support

privacy = AppGroup("privacy", help="Personal data whose time is over.")


@privacy.command("destroy-support")
@click.option("--dry-run", is_flag=True, help="Only say what would be destroyed, and what later.")
def destroy_support(dry_run: bool) -> None:
    """Destroy what people of past briefings needed in order to take part; the worker does it every hour."""
    now = clock.now()
    if not dry_run:
        with unit_of_work():
            people = support.destroy_due(now)
        click.echo(f"Destroyed the requests and answers of {people} people.")
        return
    for each in support.doomed(now):
        when = "now" if each.at <= now else f"on {each.at:%Y-%m-%d}"
        click.echo(f"{when}: {each.people} people of briefing {each.briefing.public_id}, {each.briefing.title}")
