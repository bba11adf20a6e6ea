"""Mail for many people: the worker's way, and the bare loop that builds a message for each and hands it over."""

import os
import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from multiprocessing import get_context

from flask import Flask
from sqlalchemy import func, select

from briefings import jobs
from briefings.db import db
from briefings.outbox.models import Message, MessageState
from tests.load.page import calendar
from tests.load.programs import free_port, running


@contextmanager
def mail_server() -> Iterator[int]:
    """The port of an SMTP server in a process of its own that takes everything and keeps nothing."""
    port = free_port()
    sink = ["aiosmtpd", "--nosetuid", "--listen", f"127.0.0.1:{port}", "--class", "aiosmtpd.handlers.Sink"]
    with running(sink, port, {}):
        yield port


def delivered_per_second(app: Flask, smtp_url: str, seconds: float) -> float:
    """How many of the messages that are due the worker composes and hands over in a second."""
    app.config["SMTP_URL"] = smtp_url
    with app.app_context():
        before, begun = _sent(), time.perf_counter()
        jobs.deliver(app, lambda: time.perf_counter() > begun + seconds)
        took = time.perf_counter() - begun
        return (_sent() - before) / took


def delivered_by(workers: int, app: Flask, smtp_url: str, seconds: float) -> float:
    """The same by so many workers at once, each in a process of its own."""
    with app.app_context():
        before = _sent()
        db.session.remove()
        db.engine.dispose()  # each has connections of its own
        act = partial(_deliver_as_service, app, smtp_url, seconds)
        started, begun = [get_context("fork").Process(target=act) for _ in range(workers)], time.perf_counter()
        for worker in started:
            worker.start()
        for worker in started:
            worker.join()
        took = time.perf_counter() - begun
        return (_sent() - before) / took


def _deliver_as_service(app: Flask, smtp_url: str, seconds: float) -> None:
    os.setsid()  # or Linux would give both together the share of one while the machine is busy with other things
    delivered_per_second(app, smtp_url, seconds)


def _sent() -> int:
    return db.session.scalars(select(func.count()).where(Message.state == MessageState.SENT)).one()


def words_of_one(app: Flask) -> dict[str, str]:
    """The text and the HTML part of a mail in the mailbox."""
    with app.app_context():
        raw = db.session.scalars(select(Message.raw).where(Message.raw.is_not(None)).limit(1)).one()
    mail: EmailMessage = message_from_bytes(raw, policy=policy.default)
    return {kind: mail.get_body((kind,)).get_content() for kind in ("plain", "html")}


def bare_per_second(words: dict[str, str], port: int | None, seconds: float) -> float:
    """The same for a loop that builds messages of the same words one by one; handed over at `port`, if given."""
    client = smtplib.SMTP("127.0.0.1", port) if port else None
    begun, built = time.perf_counter(), 0
    while time.perf_counter() < begun + seconds:
        message = _built(words, f"gaon{built}@example.com")
        client.send_message(message) if client else message.as_bytes()
        built += 1
    return built / (time.perf_counter() - begun)


def _built(words: dict[str, str], recipient: str) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = "협업이음 설명회 <invite@briefings.example.kr>", f"이가온 <{recipient}>"
    message["Subject"] = "[일시 변경] 탄소중립 협업이음 사업설명회 (11/24 14:00)"
    starts_at = datetime.now(UTC) + timedelta(days=10)
    invitation = calendar("사업설명회", starts_at, starts_at + timedelta(minutes=90), "REQUEST", recipient)
    message.set_content(words["plain"])
    message.add_alternative(words["html"], subtype="html")
    message.add_alternative(invitation, "text", "calendar", params={"method": "REQUEST"})
    message.add_attachment(invitation, "application", "ics", filename="invite.ics")
    return message
