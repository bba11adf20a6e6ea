"""What staff send to many: shown first, then sent."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from flask import current_app

from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.outbox.forms import SendForm
from briefings.outbox.preview import Preview, dry_run
from briefings.web.problems import reason


class Outcome(NamedTuple):
    """To how many it was sent; otherwise None, what would be sent, and why it cannot be, if so."""

    number: int | None
    preview: Preview
    obstacle: str


def show_then_send(form: SendForm, write: Callable[[], int], now: datetime) -> Outcome:
    """Send what the page showed; what it did not show is shown first. `write` queues it and tells to how many."""
    said = f"sent:{bool(form.at_once.data)}"
    was_shown = form.validate_on_submit() and form.agreed.data == said
    form.agreed.data = said
    try:
        if was_shown:
            with unit_of_work():
                return Outcome(write(), Preview(), "")
        with dry_run(current_app, now) as preview:
            write()
    except Refused as error:
        return Outcome(None, Preview(), reason(error))
    return Outcome(None, preview, "")
