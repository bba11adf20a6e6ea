"""One mail from standard input: what a mail server pipes to."""

import logging
import os
import sys

import click
from flask import current_app

from briefings import clock
from briefings.db import unit_of_work
from briefings.inbox.receiving import LARGEST, Rules, receive

log = logging.getLogger(__name__)


@click.command("mail-in")
def mail_in_command() -> None:
    """Take in the mail on standard input; a status of 75 asks the mail server to try again later."""
    raw = sys.stdin.buffer.read(LARGEST)
    while sys.stdin.buffer.read(LARGEST):  # a server that cannot write all of it would take the mail for undelivered
        pass
    try:
        with unit_of_work():
            receive(raw, clock.now(), Rules.of(current_app.config))
    except Exception as error:  # the mail must not be lost, nor sent back to whoever wrote it
        log.error("mail cannot be kept: %s", type(error).__name__)
        sys.exit(os.EX_TEMPFAIL)
