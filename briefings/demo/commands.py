"""`flask demo`: example data to try the program with."""

from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from briefings import clock
from briefings.db import unit_of_work
from briefings.demo.history import load_history
from briefings.demo.live_day import load_live_day
from briefings.demo.loading import load_demo


@click.command("demo")
@click.option("--history", is_flag=True, help="Add a made-up record since 2020-06-19 that fits the published figures.")
@click.option("--live-day", is_flag=True, help="Add a briefing that is on right now, to be led and attended.")
@with_appcontext
def demo(history: bool, live_day: bool) -> None:
    """Fill the database with example needs, briefings and accounts, once; never in production."""
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("The example accounts have a public password: not loaded with IEUM_ENV=production.")
    with unit_of_work():
        loaded = load_demo(clock.now(), ZoneInfo(current_app.config["TIMEZONE"]))
    click.echo("Example data loaded." if loaded else "The example data is there already.")
    if live_day:
        with unit_of_work():
            added = load_live_day(clock.now(), ZoneInfo(current_app.config["TIMEZONE"]))
        click.echo("A briefing is on now." if added else "A briefing is on already.")
    if history:
        with unit_of_work():
            added = load_history()
        click.echo("Record since 2020 loaded." if added else "The record since 2020 is there already.")
