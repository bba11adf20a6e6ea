"""Several workers at once, and workers that are killed: on real connections, outside the transaction of a test."""

import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete

from briefings import clock, jobs
from briefings.app import create_app
from briefings.db import unit_of_work
from briefings.outbox.delivering import LEASE, deliver_due
from briefings.outbox.models import Message
from briefings.outbox.smtp import way_out
from tests.forks import forked, module
from tests.outbox.conftest import compose_plain, line_up, messages
from tests.outbox.mail_server import MailServer

SENDER = "invite@briefings.example.kr"
RECIPIENTS = [f"user{n % 7}@example.kr" for n in range(70)]


@pytest.fixture
def committed(migrated_app: Flask, plain: None) -> Iterator[Flask]:
    """The application without the transaction around the test; its messages are deleted at the end."""
    yield migrated_app
    with migrated_app.app_context(), unit_of_work() as session:
        session.execute(delete(Message))


def all_messages(app: Flask) -> list[Message]:
    """As they stand in the database."""
    with app.app_context():
        return messages()


def check_order(server: MailServer, queued: list[Message]) -> None:
    """AssertionError unless everyone got their messages in the order they were queued, repeats beside their first."""
    for address in set(RECIPIENTS):
        got = [mail["Subject"] for recipient, mail in server.taken if recipient == address]
        once = [subject for position, subject in enumerate(got) if subject not in got[:position]]
        assert got == sorted(got, key=once.index)
        assert once == [f"[협업이음] {message.key}" for message in queued if message.recipient == address]


def test_workers_at_once_send_each_message_once_and_in_order(committed, mail_server, now):
    with committed.app_context():
        line_up(now, *RECIPIENTS)
    failures = []

    def work() -> None:
        try:
            with committed.app_context(), way_out(mail_server.url, SENDER) as send:
                while any(message.state.value != "sent" for message in messages()):
                    deliver_due(send, jobs.composing_in(committed), clock.now)
        except Exception as error:
            failures.append(error)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    assert failures == []
    assert len(mail_server.taken) == len(RECIPIENTS)
    assert mail_server.connections == 3
    check_order(mail_server, all_messages(committed))


class Killed(BaseException):
    """As kill -9: nothing more is done, not even tidying up."""


def test_workers_killed_at_random_lose_nothing_and_repeat_under_the_same_message_id(committed, mail_server, now):
    chance = random.Random(7)  # noqa: S311
    with committed.app_context():
        line_up(now, *RECIPIENTS)
    moment = now
    while any(message.state.value != "sent" for message in all_messages(committed)):
        with time_machine.travel(moment, tick=False), committed.app_context(), way_out(mail_server.url, SENDER) as send:

            def send_or_die(recipient, data, send=send):
                if chance.random() < 0.1:
                    raise Killed
                send(recipient, data)
                if chance.random() < 0.1:
                    raise Killed

            try:
                while deliver_due(send_or_die, jobs.composing_in(committed), clock.now):
                    pass
            except Killed:
                pass
        moment += LEASE + timedelta(seconds=1)
    assert len(mail_server.taken) > len(RECIPIENTS)
    queued = all_messages(committed)
    check_order(mail_server, queued)
    ids = {(mail["Subject"], mail["Message-ID"]) for _, mail in mail_server.taken}
    assert ids == {(f"[협업이음] {m.key}", f"<{m.reference}@briefings.example.kr>") for m in queued}


def settings(app: Flask, smtp_url: str) -> dict[str, str]:
    """Those of another program on the same database."""
    return {
        "IEUM_ENV": "development",
        "PUBLIC_URL": "http://briefings.example.kr",
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SMTP_URL": smtp_url,
    }


def work_once(environ: dict[str, str]) -> None:
    """Deliver what is due, as a worker does."""
    app = create_app(environ=environ)
    app.extensions["composers"]["plain"] = compose_plain
    with app.app_context():
        jobs.deliver(app)


def test_a_message_of_a_killed_worker_is_sent_again_when_its_claim_ends(committed, mail_server):
    with committed.app_context():
        line_up(datetime(2020, 1, 1, tzinfo=UTC), "hangs@example.kr")
    with forked(work_once, settings(committed, mail_server.url)) as worker:
        deadline = time.monotonic() + 60
        while not mail_server.taken and worker.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        worker.kill()
    [message] = all_messages(committed)
    assert message.state.value == "sending"
    mail_server.cured.add("hangs")
    for moment, state in ((message.claimed_until, "sending"), (message.claimed_until + timedelta(seconds=1), "sent")):
        with time_machine.travel(moment, tick=False), committed.app_context():
            with way_out(mail_server.url, SENDER) as send:
                deliver_due(send, jobs.composing_in(committed), clock.now)
            assert [m.state.value for m in messages()] == [state]
    [(_, first), (_, second)] = mail_server.taken
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
def test_a_worker_ends_cleanly_when_told_to(migrated_app, tmp_path):
    log = tmp_path / "log"
    command = ["flask", "--app", "briefings.app", "worker"]
    with forked(module, command, settings(migrated_app, "mailbox:"), log) as worker:
        while not log.exists() or "worker=started" not in log.read_text():
            assert worker.poll() is None
            time.sleep(0.02)
        worker.terminate()
        assert worker.wait(60) == 0
    lines = log.read_text().splitlines()
    assert "worker=stopped" in lines[-1] and not [line for line in lines if "ERROR" in line]


def test_one_look_delivers_what_is_due_and_ends(app, plain, now):
    line_up(now, "a@example.kr")
    result = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert result.exit_code == 0, result.output
    assert [message.state.value for message in messages()] == ["sent"]


@pytest.mark.parametrize(
    ("url", "words"),
    [("http://mail.example.kr", "SMTP_URL must be"), ("smtp://127.0.0.1:1", "보내는 서버에 연결하지 못했습니다")],
)
def test_one_look_says_what_is_in_the_way(app, plain, monkeypatch, now, url, words):
    line_up(now, "a@example.kr")
    monkeypatch.setitem(app.config, "SMTP_URL", url)
    result = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert result.exit_code == 1 and words in result.output
