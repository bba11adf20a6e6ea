"""`flask privacy destroy`: destroying what is due from the command line, or seeing what would go when."""

import click

from briefings import clock
from briefings.registrations.commands import privacy
from briefings.rights import retention, working
from briefings.rights.words import KINDS


@privacy.command("destroy")
@click.option(
    "--dry-run", is_flag=True, help="Only say how much would go now, and within thirty, sixty and ninety days."
)
def destroy(dry_run: bool) -> None:
    """Destroy all personal data whose time is over; the worker does it every hour."""
    if dry_run:
        for each in retention.forecast(clock.now()):
            ahead = ", ".join(f"+{number} within {step} days" for step, number in each.ahead.items())
            click.echo(
                f"{each.kind.name} ({KINDS[each.kind.name].title}), kept {each.days} days: {each.now} now, {ahead}"
            )
        return
    number = working.destroy_due(clock.now)
    click.echo(f"Destroyed the data of {number} rows; the register says which.")
