"""A mail server that is up, and a kind of message of which the composer says only its parameters."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from briefings import jobs
from briefings.db import unit_of_work
from briefings.outbox.mail import Mail
from briefings.outbox.models import Message
from briefings.outbox.queueing import Recipient, queue
from briefings.outbox.rendering import SIGNATURE
from tests.outbox.mail_server import MailServer


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A server that answers."""
    with MailServer().up() as server:
        yield server


@pytest.fixture
def plain(migrated_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages of the kind `plain` can be composed."""
    monkeypatch.setitem(migrated_app.extensions["composers"], "plain", compose_plain)


def compose_plain(message: Message, now: datetime) -> Mail:
    """Words that tell one message from another."""
    return Mail(f"[협업이음] {message.key}", f"{message.recipient_name} 님, {message.key}\n\n{SIGNATURE}\n협업이음\n")


def line_up(
    now: datetime, *recipients: str, kind: str = "plain", due_at: datetime | None = None, start: int = 1
) -> None:
    """Queue one message for each recipient; their keys are the numbers from `start`."""
    with unit_of_work():
        for number, recipient in enumerate(recipients, start):
            assert queue(kind, str(number), Recipient(recipient, "김하늘"), now, due_at)


def messages() -> list[Message]:
    """All messages as they stand in the database, in the order they were queued."""
    with unit_of_work() as session:  # the savepoint of a session left open would swallow what the worker writes
        found = list(session.scalars(select(Message).order_by(Message.id)))
        session.expunge_all()
    return found


def states() -> list[str]:
    """The states of all messages."""
    return [message.state.value for message in messages()]


@pytest.fixture
def deliver(app: Flask, plain: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """One look of the worker, with the mail server at the given address."""

    def deliver(url: str) -> None:
        monkeypatch.setitem(app.config, "SMTP_URL", url)
        with app.app_context():
            jobs.deliver(app)

    return deliver
