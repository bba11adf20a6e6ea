"""A thousand invitations, two workers that are killed again and again, and a mail server at its worst."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message as Mail

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from briefings import jobs
from briefings.app import create_app
from briefings.db import db, unit_of_work
from briefings.outbox import delivering, smtp
from briefings.outbox.models import Message, MessageState
from briefings.outbox.queueing import Draft, Recipient, queue_many
from briefings.schedule.calendar_models import CalendarItem, ItemKind, new_uid_part
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import BEFORE, a_briefing, an_organization
from tests.forks import Forked, begin
from tests.outbox.mail_server import MailServer

PEOPLE, BRIEFINGS, DEATHS = 250, 4, 3
GONE = "gone7@example.com"
FAR = datetime(2099, 12, 3, 5, tzinfo=UTC)  # the workers live by the clock of the world


def hurried_worker(settings: dict[str, str]) -> None:
    """As the worker of `flask worker`, but in a hurry: what takes minutes in earnest takes moments here."""
    delivering.LEASE, delivering.MARGIN = timedelta(seconds=4), timedelta(seconds=1.5)
    delivering.FIRST_PAUSE, delivering.LONGEST_PAUSE = timedelta(seconds=0.1), timedelta(seconds=0.5)
    smtp.way_out.__wrapped__.__defaults__ = (1.0,)
    app = create_app(environ=settings)
    with app.app_context():
        while True:
            with suppress(Exception):
                jobs.deliver(app)
            time.sleep(0.05)


class WorstServer(MailServer):
    """Defers, hangs and drops the connection after DATA, by chance; refuses one address for good."""

    chance = random.Random(11)  # noqa: S311

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if address == GONE:
            return "550 5.1.1 No such user"
        if self.chance.random() < 0.03:
            return "450 4.2.0 Try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        mail = message_from_bytes(envelope.content)  # as it is: to understand a thousand takes seconds
        self.taken.append((envelope.rcpt_tos[0], mail))
        trouble = self.chance.random()
        if trouble < 0.01:
            server.transport.abort()
        elif trouble < 0.013:
            await asyncio.sleep(2)
        return "250 OK"


@pytest.fixture
def server() -> Iterator[WorstServer]:
    with WorstServer().up() as worst:
        yield worst


@pytest.fixture
def invited(migrated_app: Flask) -> Iterator[Flask]:
    """A committed season: everybody is invited to every briefing; all of it is gone again afterwards."""
    with migrated_app.app_context():
        briefings = [a_briefing(needs=0, starts_at=FAR) for _ in range(BRIEFINGS)]
        organization = an_organization()
        for briefing in briefings:
            _invite_everybody(briefing, organization.id)
        yield migrated_app
        with unit_of_work() as session:
            for table in reversed(db.metadata.sorted_tables):
                if table.name not in ("themes", "audiences", "consent_texts"):
                    session.execute(table.delete())


def _invite_everybody(briefing: Briefing, organization: int) -> None:
    people = [f"{'gone' if n == 7 else 'person'}{n}@example.com" for n in range(PEOPLE)]
    common = {"name": "이가온", "briefing_id": briefing.id}
    stamps = {"created_at": BEFORE, "modified_at": BEFORE, "dtstamp": BEFORE}
    times = {"starts_at": briefing.starts_at, "ends_at": briefing.ends_at}
    with unit_of_work() as session:
        place = {"organization_id": organization, "state": RegistrationState.CONFIRMED, "registered_at": BEFORE}
        rows = [{"email": each, "confirmed_at": BEFORE, **common, **place} for each in people]
        ids = session.scalars(insert(Registration).returning(Registration.id), rows).all()
        entry = {"kind": ItemKind.REGISTRATION, **common, **stamps, **times}
        rows = [
            {"registration_id": number, "email": each, "uid": new_uid_part(), **entry}
            for number, each in zip(ids, people, strict=True)
        ]
        items = session.execute(insert(CalendarItem).returning(CalendarItem.id, CalendarItem.email), rows).all()
        drafts = [
            Draft(f"calendar:{item}:0", Recipient(to, "이가온"), {"item": item, "sequence": 0}, f"item:{item}")
            for item, to in items
        ]
        queue_many("invitation", drafts, BEFORE)


def worker(app: Flask, smtp_url: str) -> Callable[[], Forked]:
    """Starts one more worker in a process of its own."""
    settings = {
        "IEUM_ENV": "development",
        "PUBLIC_URL": "http://briefings.example.kr",
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SMTP_URL": smtp_url,
    }
    return lambda: begin(hurried_worker, settings)


def unfinished() -> int:
    """How many messages are still on their way."""
    under_way = (MessageState.QUEUED, MessageState.SENDING)
    with unit_of_work() as session:
        return session.scalars(select(func.count()).where(Message.state.in_(under_way))).one()


def calendar_in(mail: Mail) -> bytes:
    """The calendar object of a mail."""
    return next(part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/calendar")


@pytest.mark.slow
@pytest.mark.parametrize("migrated_app", ["postgresql"], indirect=True)
def test_nothing_is_lost_out_of_order_or_repeated_differently(invited, server):
    _work_until_all_is_sent(worker(invited, server.url))

    with unit_of_work() as session:
        found = select(Message.recipient, Message.reference, Message.state).order_by(Message.id)
        ours = session.execute(found).all()
    assert len(ours) == PEOPLE * BRIEFINGS
    assert [state.value for to, _, state in ours if to == GONE] == ["failed", "dropped", "dropped", "dropped"]
    assert {state for to, _, state in ours if to != GONE} == {MessageState.SENT}
    queued, taken, versions = defaultdict(list), defaultdict(list), defaultdict(set)
    for to, reference, _ in ours:
        queued[to].append(f"<{reference}@briefings.example.kr>")
    for to, mail in server.taken:
        taken[to].append(mail["Message-ID"].strip())
        versions[mail["Message-ID"].strip()].add(calendar_in(mail))
    del queued[GONE]
    assert {to: list(dict.fromkeys(got)) for to, got in taken.items()} == queued  # each, in the order of the line
    assert all(got == sorted(got, key=got.index) for got in taken.values())  # a repeat comes right after its first
    assert len(server.taken) > len(versions)  # there were repeats
    assert {len(each) for each in versions.values()} == {1}


def _work_until_all_is_sent(start: Callable[[], Forked]) -> None:
    """Two workers at a time; now and then the older one is killed, at whatever it is doing, and a new one started."""
    chance, workers, deaths = random.Random(3), [start(), start()], 0  # noqa: S311
    deadline = time.monotonic() + 120
    try:
        while unfinished() and time.monotonic() < deadline:
            time.sleep(chance.uniform(1.0, 2.0))
            if deaths < DEATHS:
                workers[0].kill()
                workers.pop(0).wait()
                workers.append(start())
                deaths += 1
    finally:
        for each in workers:
            each.kill()
            each.wait()
    assert deaths == DEATHS and not unfinished()
