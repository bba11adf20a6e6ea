"""What runs by itself, and how often: `flask worker`. The database says what is due, this says when to look."""

import logging
import os
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from imaplib import IMAP4
from zoneinfo import ZoneInfo

import click
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from briefings import clock, logs
from briefings.afterwards import reminding
from briefings.api.composing import told
from briefings.calendar.text import one_line
from briefings.config import SettingsError
from briefings.db import db, trouble_of, unit_of_work
from briefings.exports import making
from briefings.inbox.imap import fetch, mailbox_from
from briefings.inbox.receiving import LARGEST, Rules, forget_raw, receive
from briefings.live import following_up, tool_lists
from briefings.needs import reviewing
from briefings.organizations.requesting import forget_unconfirmed
from briefings.outbox.channels import Unreachable
from briefings.outbox.delivering import Compose, Letter, Said, deliver_due
from briefings.outbox.gateway import Gateway, request_of, way_to_phones
from briefings.outbox.mail import Dropped, ShortText
from briefings.outbox.models import Medium, Message
from briefings.outbox.quiet import QuietHours
from briefings.outbox.rendering import as_reader, mime_of
from briefings.outbox.smtp import MAILBOX, server_from, way_out
from briefings.outbox.texts import Texts
from briefings.participation import chasing, drafts, match_watch, talk_watch
from briefings.privacy.register import OVER, write_down
from briefings.questions import advance, settling
from briefings.registrations import listing
from briefings.reviews import asking_reviewers
from briefings.rights import working as rights
from briefings.rounds import asking
from briefings.schedule import ending, items, materials, reminders, support
from briefings.statistics import need_bits, tallies
from briefings.tasks import showing
from briefings.tasks.running import do_next
from briefings.webhooks.telling import tell_due

log = logging.getLogger(__name__)

Stopping = Callable[[], bool]
Job = Callable[[Flask, Stopping], None]
SECONDS_UNTIL_SERVER_IS_TRIED_AGAIN = 20
SECONDS_UNTIL_DATABASE_IS_TRIED_AGAIN = 2
SECONDS_BETWEEN_LOOKS_AT_CLOCK = 5


def deliver(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Hand over every message that is due; Unreachable if the mail server takes none."""
    with way_out(app.config["SMTP_URL"], app.config["MAIL_FROM"]) as send:
        while not stopping() and deliver_due(send, composing_in(app), clock.now, stopping):
            pass


def deliver_texts(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Hand over every text message that is due, where there is a gateway, and never in the quiet hours."""
    gateway, quiet = Gateway.of(app.config), QuietHours.of(app.config)

    def pausing() -> bool:
        return stopping() or quiet.cover(clock.now())

    if gateway.url:
        with way_to_phones(gateway) as connection:
            while not pausing() and deliver_due(connection.send, composing_in(app), clock.now, pausing, Medium.TEXT):
                pass


def composing_in(app: Flask) -> Compose:
    """Composes the messages of one round, with the texts as they are when it begins, those of one language together."""
    texts, gateway = Texts(), Gateway.of(app.config)

    def letter(message: Message, now: datetime) -> Letter | Dropped:
        mail = app.extensions["composers"][message.kind](message, now)
        if isinstance(mail, Dropped):
            return mail
        if isinstance(mail, ShortText):
            return Letter(mail.subject, request_of(message, mail, gateway))
        return Letter(mail.subject, mime_of(message, mail, now))

    def compose(messages: Sequence[Message], now: datetime) -> dict[int, Said]:
        said: dict[int, Said] = {}
        for locale in {message.locale for message in messages}:
            of_locale = [message for message in messages if message.locale == locale]
            with as_reader(app, locale, texts):
                items.look_ahead(of_locale)
                for message in of_locale:
                    said[message.id] = _or_why_not(partial(letter, message, now))
                db.session.expunge_all()  # nothing of it is to be written
                db.session.commit()  # after a rollback the driver would forget the statements it has prepared
        return said

    return compose


def _or_why_not(letter: Callable[[], Letter | Dropped]) -> Said:
    try:
        return letter()
    except Exception as error:
        if isinstance(error, DBAPIError) and trouble_of(error):
            raise
        db.session.rollback()
        return error


def queue_reminders(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Put the reminders whose time has come into the line, and what follows a briefing."""
    quiet, by_text = QuietHours.of(app.config), bool(app.config["GATEWAY_URL"])
    for queue_due in (reminders.queue_due, following_up.queue_due, reminding.queue_due):
        new = 1
        while new and not stopping():
            with unit_of_work():
                new = queue_due(clock.now(), quiet, by_text)


def remind_of_materials(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Remind presenters who have handed in nothing, around the deadline."""
    with unit_of_work():
        materials.remind_due(clock.now(), QuietHours.of(app.config))


def remind_of_rounds(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Remind those who were asked for needs and have not answered, three days before a round closes."""
    quiet = QuietHours.of(app.config)
    new = 1
    while new and not stopping() and not quiet.cover(clock.now()):
        with unit_of_work():
            new = asking.remind_due(clock.now())


def remind_reviewers(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Remind reviewers whose scores are missing two days before their last day."""
    quiet = QuietHours.of(app.config)
    if not quiet.cover(clock.now()):
        with unit_of_work():
            asking_reviewers.remind_due(clock.now(), quiet.zone)


def remind_of_returned_needs(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Remind owners of returned needs two days before the deadline."""
    with unit_of_work():
        reviewing.remind_due(clock.now(), QuietHours.of(app.config))


def take_up_questions(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Put on the boards what people wrote when they registered, and have written what briefings left unanswered."""
    for briefing_id in advance.briefings_to_look_at(clock.now()):
        with unit_of_work():
            advance.take_up(briefing_id, clock.now())
    zone = ZoneInfo(app.config["TIMEZONE"])
    for briefing_id in settling.briefings_to_settle(clock.now()):
        with unit_of_work():
            settling.settle(briefing_id, clock.now().astimezone(zone).date(), clock.now())


def remind_of_answers(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Remind whoever is to answer questions in writing, a working day before the day and one after it."""
    quiet = QuietHours.of(app.config)
    if not quiet.cover(clock.now()):
        with unit_of_work():
            settling.remind_due(clock.now(), quiet.zone)


def watch_matches(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Remind partners who have not confirmed a match, and ask both sides half a year later how it goes."""
    quiet = QuietHours.of(app.config)
    if not quiet.cover(clock.now()):
        with unit_of_work():
            match_watch.remind_unconfirmed(clock.now(), quiet.zone)
            match_watch.ask_for_progress(clock.now())


def chase_owners(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Ask owners who let replies wait, and remind them of what they meant to do next."""
    quiet = QuietHours.of(app.config)
    for tell in (chasing.chase_due, talk_watch.remind_of_next_steps):
        with unit_of_work():
            tell(clock.now(), quiet)


def watch_talks(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Call off talks that were declined in a calendar or whose reply ended; remind both sides of the others."""
    with unit_of_work():
        talk_watch.settle(clock.now())
    with unit_of_work():
        talk_watch.remind(clock.now(), QuietHours.of(app.config))


def fetch_mail(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Take in what came to the mailbox, where there is one; a server that fails is asked again next time."""
    if not app.config["IMAP_URL"]:
        return
    mailbox = mailbox_from(app.config["IMAP_URL"], app.config["IMAP_DONE"])
    rules, left = Rules.of(app.config), app.extensions.setdefault("mail_left", set())

    def take_in(raw: bytes, complete: bool) -> None:
        with unit_of_work():
            receive(raw, clock.now(), rules, complete)

    try:
        fetch(mailbox, take_in, LARGEST, left, stopping)
    except (OSError, IMAP4.error) as error:
        log.warning("mailbox cannot be read: %s", one_line(str(error), 200) or type(error).__name__)


def forget_mail(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Delete mails that came in more than thirty days ago; what became of them stays."""
    with unit_of_work():
        write_down("raw_mails", forget_raw(clock.now()), OVER, clock.now())


def forget_requests(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Delete requests for accounts whose addresses nobody proved in time."""
    with unit_of_work():
        write_down("unconfirmed_requests", forget_unconfirmed(clock.now()), OVER, clock.now())


def destroy_files(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Destroy the lists of people that were made for staff a day ago, and those staff brought and left behind."""
    with unit_of_work():
        now = clock.now()
        write_down("export_files", making.destroy_due(now), OVER, now)
        left_behind = listing.discard_left_behind(now) + tool_lists.discard_left_behind(now)
        write_down("lists", left_behind, OVER, now)


def destroy_drafts(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Destroy what people wrote of replies and have not touched for a week."""
    with unit_of_work():
        write_down("drafts", drafts.destroy_due(clock.now()), OVER, clock.now())


def destroy_support(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Destroy what people of past briefings needed in order to take part, two weeks after the end."""
    now = clock.now()
    if support.doomed(now, due=True):  # looked for before anybody has to wait for the lock
        with unit_of_work():
            write_down("support", support.destroy_due(now), OVER, now)


def destroy_due(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Destroy all other personal data whose time is over."""
    rights.destroy_due(clock.now, stopping)


def erase_people(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Erase who asked for it, once what they gave up was said by mail."""
    rights.erase_due(clock.now, stopping)


def tell_webhooks(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Tell other programs what happened, each in its order."""
    tell_due(told, clock.now, app.config["WEBHOOK_PRIVATE"], stopping)


def announce_ends(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Have other programs told of briefings that are over."""
    with unit_of_work():
        ending.announce_those_over(clock.now())


def count_people_ahead(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Count the people of briefings where that has changed, so that nobody has to who looks at the funnel."""
    tallies.count_all_ahead(stopping)
    need_bits.tidy()


def show_itself(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Say that this worker is there."""
    name, started_at = app.extensions["worker"]
    with unit_of_work():
        showing.show(name, started_at, clock.now())


def do_tasks(app: Flask, stopping: Stopping = lambda: False) -> None:
    """Do the long work that people asked for."""
    while not stopping() and do_next(app.extensions["tasks"], clock.now, stopping):
        pass


JOBS: tuple[tuple[Job, int], ...] = (
    (queue_reminders, 60),
    (remind_of_rounds, 60),
    (remind_of_materials, 60),
    (remind_reviewers, 600),
    (remind_of_returned_needs, 600),
    (chase_owners, 600),
    (watch_talks, 30),
    (take_up_questions, 60),
    (remind_of_answers, 600),
    (forget_requests, 3600),
    (forget_mail, 3600),
    (destroy_files, 600),
    (destroy_drafts, 3600),
    (destroy_support, 3600),
    (destroy_due, 3600),
    (erase_people, 20),
    (watch_matches, 3600),
    (fetch_mail, 60),
    (deliver, 2),
    (deliver_texts, 5),
    (announce_ends, 60),
    (count_people_ahead, 10),
    (tell_webhooks, 5),
    (do_tasks, 1),
    (show_itself, showing.SECONDS_BETWEEN),
)
"""Each with the seconds between two looks. A job that finds work goes on until there is none."""


@click.command("worker")
@click.option("--once", is_flag=True, help="Do everything that is due now, then end.")
def worker_command(once: bool) -> None:
    """Deliver mail, queue reminders, do long work and forget what is to be forgotten, until told to stop."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    app.extensions["worker"] = f"{socket.gethostname()}:{os.getpid()}"[:120], clock.now()
    try:
        if app.config["SMTP_URL"] != MAILBOX:
            server_from(app.config["SMTP_URL"])
        if app.config["IMAP_URL"]:
            mailbox_from(app.config["IMAP_URL"], app.config["IMAP_DONE"])
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
        every = Every(seconds=seconds, timezone=UTC)
        scheduler.add_job(_run, every, [app, job, stopping], next_run_time=clock.now())
    scheduler.start()
    watch = threading.Thread(target=_keep_up_with_the_clock, args=(scheduler, stopping, SECONDS_BETWEEN_LOOKS_AT_CLOCK))
    watch.start()
    log.info("worker=%s", "started")
    signal.sigwait(signals)
    stopping.set()
    watch.join()
    scheduler.shutdown(wait=True)
    log.info("worker=%s", "stopped")


class Every(IntervalTrigger):
    """As often as said, without the rounds of a time that was passed over.

    The library counts each of them before it lets one be: minutes and hundreds of megabytes for a machine that was away
    for months, and no end for one that believed until now that it was 1970.
    """

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """An interval after the last look, or after now where that is past."""
        found: datetime | None = super().get_next_fire_time(previous_fire_time, now)
        if previous_fire_time is None or found is None or found > now:
            return found
        return now + self.interval


def _keep_up_with_the_clock(scheduler: BackgroundScheduler, stopping: threading.Event, seconds: float) -> None:
    """Until stopped; where the clock was set back the scheduler would stand still until it has caught up."""
    before = clock.now()
    while not stopping.wait(seconds):
        now = clock.now()
        if now < before:
            for job in scheduler.get_jobs():
                job.modify(next_run_time=now)
        before = now


def _run(app: Flask, job: Job, stopping: threading.Event) -> None:
    """One look; whatever goes wrong is logged, without the words of the error, and looked at again next time."""
    try:
        with logs.noting(job=job.__name__), app.app_context():
            job(app, stopping.is_set)
    except Unreachable as error:
        log.warning("job=%s unreachable: %s", job.__name__, error)
        stopping.wait(SECONDS_UNTIL_SERVER_IS_TRIED_AGAIN)
    except DBAPIError as error:
        if (trouble := trouble_of(error)) is None:
            return _log_failure(job, error)
        log.error("job=%s database=%s", job.__name__, trouble.value)
        stopping.wait(SECONDS_UNTIL_DATABASE_IS_TRIED_AGAIN)
    except Exception as error:
        _log_failure(job, error)


def _log_failure(job: Job, error: Exception) -> None:
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("job=%s failed: %s\n%s", job.__name__, type(error).__name__, frames)
