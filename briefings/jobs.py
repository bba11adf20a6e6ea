"""What runs by itself, and how often: `flask worker`. The database says what is due, this says when to look."""

import logging
import signal
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime

import click
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, current_app

from briefings import clock
from briefings.config import SettingsError
from briefings.db import unit_of_work
from briefings.organizations.requesting import forget_unconfirmed
from briefings.outbox.delivering import Compose, Letter, Unreachable, deliver_due
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message
from briefings.outbox.rendering import as_reader, mime_of
from briefings.outbox.smtp import MAILBOX, server_from, way_out
from briefings.outbox.texts import Texts
from briefings.schedule.reminders import queue_due

log = logging.getLogger(__name__)

Stopping = Callable[[], bool]
Job = Callable[[Flask, Stopping], None]
SECONDS_UNTIL_SERVER_IS_TRIED_AGAIN = 20


def deliver(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Hand over every message that is due; Unreachable if the mail server takes none."""
    with way_out(app.config["SMTP_URL"], app.config["MAIL_FROM"]) as send:
        while not stopping() and deliver_due(send, composing_in(app), clock.now, stopping):
            pass


def composing_in(app: Flask) -> Compose:
    """Composes the messages of one round, with the texts as they are when it begins."""
    texts = Texts()

    def compose(message: Message, now: datetime) -> Letter | Dropped:
        with as_reader(app, message.locale, texts):
            mail = app.extensions["composers"][message.kind](message, now)
            return mail if isinstance(mail, Dropped) else Letter(mail.subject, mime_of(message, mail, now))

    return compose


def queue_reminders(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Put the reminders whose time has come into the line."""
    with unit_of_work():
        queue_due(clock.now())


def forget_requests(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Delete requests for accounts whose addresses nobody proved in time."""
    with unit_of_work():
        forget_unconfirmed(clock.now())


JOBS: tuple[tuple[Job, int], ...] = ((queue_reminders, 60), (forget_requests, 3600), (deliver, 2))
"""Each with the seconds between two looks. A job that finds work goes on until there is none."""


@click.command("worker")
@click.option("--once", is_flag=True, help="Do everything that is due now, then end.")
def worker_command(once: bool) -> None:
    """Deliver mail, queue reminders and forget what is to be forgotten, until told to stop."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        if app.config["SMTP_URL"] != MAILBOX:
            server_from(app.config["SMTP_URL"])
        if not once:
            return _work_until_stopped(app)
        for job, _ in JOBS:
            with app.app_context():
                job(app, lambda: False)
    except (SettingsError, Unreachable) as error:
        raise click.ClickException(str(error)) from None


def _work_until_stopped(app: Flask) -> None:
    # Blocked before any thread starts, so that every thread leaves the signal to `sigwait`; what is under way then ends
    # in its own time.
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a round longer than two seconds is no news
    stopping = threading.Event()
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for job, seconds in JOBS:
        scheduler.add_job(_run, "interval", [app, job, stopping], seconds=seconds, next_run_time=clock.now())
    scheduler.start()
    log.info("worker=started")
    signal.sigwait(signals)
    stopping.set()
    scheduler.shutdown(wait=True)
    log.info("worker=stopped")


def _run(app: Flask, job: Job, stopping: threading.Event) -> None:
    """One look; whatever goes wrong is logged, without the words of the error, and looked at again next time."""
    try:
        with app.app_context():
            job(app, stopping.is_set)
    except Unreachable as error:
        log.warning("job=%s unreachable: %s", job.__name__, error)
        stopping.wait(SECONDS_UNTIL_SERVER_IS_TRIED_AGAIN)
    except Exception as error:
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("job=%s failed: %s\n%s", job.__name__, type(error).__name__, frames)
