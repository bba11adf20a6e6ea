"""Two web servers and two workers on one PostgreSQL: a rush, sessions, limits, each mail once, and what goes wrong."""

import json
import os
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException

import flask_migrate
import psycopg
import pytest

from briefings import clock
from briefings.accounts.models import Role
from briefings.accounts.signing_in import set_password
from briefings.app import create_app
from briefings.db import db
from tests.builders import a_briefing, a_user, saved
from tests.operation.machines import (
    METRICS_TOKEN,
    ROOT,
    Answer,
    Machine,
    Person,
    Postgres,
    all_of,
    answers,
    postgres,
    redis,
    settings,
    wait_until,
    web_server,
    worker,
)
from tests.outbox.mail_server import MailServer

pytestmark = pytest.mark.slow

STAFF = {"email": "staff@ministry.example.kr", "password": "a pass phrase for the staff"}
NAME = "선우다솜"
LINK = re.compile(r"https://briefings\.example\.kr(/[^\s>)]+)")
STATES = "SELECT state, count(*) FROM registrations WHERE briefing_id = %s GROUP BY state"
UNDER_WAY = "SELECT count(*) FROM messages WHERE state IN ('queued', 'sending')"


@pytest.fixture(autouse=True)
def now() -> datetime:
    """The present moment: machines have clocks of their own, which nobody stops."""
    return clock.now()


@dataclass
class Installation:
    """Everything of one ministry."""

    database: Postgres
    mail: MailServer
    web: list[Machine]
    workers: list[Machine]
    briefings: list[tuple[int, str]]
    """Number and public id; of each briefing one test makes use."""

    def rush(self, briefing: int, people: int, name: str) -> list[Answer]:
        """So many sign up at once, by turns at both web servers, each until they are told that it is done."""
        key = self.briefings[briefing][1]

        def sign_up(number: int) -> list[Answer]:
            person, got = Person(self.web[number % 2]), []
            while not got or got[-1].status != 303:
                got.append(person.sign_up(key, f"{name}{number}@visitors.example.com", NAME))
                if got[-1].status != 303:
                    time.sleep(0.3)
                assert len(got) < 60, got[-1]
            return got

        with ThreadPoolExecutor(16) as crowd:
            return [answer for each in crowd.map(sign_up, range(people)) for answer in each]

    def states(self, briefing: int) -> dict[str, int]:
        """How many registrations are in which state."""
        return dict(self.database.rows(STATES, self.briefings[briefing][0]))

    def wait_for_mail(self) -> None:
        """Until nothing waits any more."""
        wait_until(lambda: self.database.rows(UNDER_WAY) == [(0,)])

    def mails_to(self, name: str) -> Counter[tuple[str, str]]:
        """How often each mail came to people whose addresses begin so: by address and Message-ID."""
        taken = [(to, mail["Message-ID"]) for to, mail in self.mail.taken if to.startswith(name)]
        return Counter(taken)

    def said(self) -> str:
        """All lines of all programs."""
        return "".join(machine.said() for machine in self.web + self.workers)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Running and ready."""
    logs = tmp_path_factory.mktemp("machines")
    with postgres() as database, redis() as limits, MailServer().up() as mail:
        environment = settings(database.url, SMTP_URL=mail.url, RATELIMIT_STORAGE_URL=limits)
        briefings = _filled(environment)
        web = [web_server(environment, logs / f"web{n}") for n in range(2)]
        with all_of(*web, *(worker(environment, logs / f"worker{n}") for n in range(2))) as machines:
            for machine in machines[:2]:
                wait_until(lambda machine=machine: answers(machine))
            yield Installation(database, mail, machines[:2], machines[2:], briefings)


def _filled(environment: dict[str, str]) -> list[tuple[int, str]]:
    """An officer, and a briefing of twenty seats for each test."""
    with create_app({"RATELIMIT_ENABLED": False}, environ=environment).app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        staff = a_user(Role.OFFICER, email=STAFF["email"])
        set_password(staff, STAFF["password"])
        saved(staff)
        made = [a_briefing(2, now=clock.now(), capacity=20) for _ in range(3)]
        found = [(briefing.id, briefing.public_id) for briefing in made]
        db.session.remove()
        db.engine.dispose()
    return found


def test_a_rush_goes_through_both_and_everybody_is_told_once(installation):
    assert {answer.status for answer in installation.rush(0, 50, "rush")} == {303}

    assert installation.states(0) == {"confirmed": 20, "waitlisted": 30}
    installation.wait_for_mail()
    mails = installation.mails_to("rush")
    assert len(mails) == len({to for to, _ in mails}) == 50
    assert set(mails.values()) == {1}


def test_sessions_and_limits_hold_at_both(installation):
    here, there = installation.web
    staff = Person(here)
    assert staff.post("/sign-in", STAFF).status == 302
    wait_until(lambda: installation.database.rows("SELECT count(*) FROM workers") == [(2,)])
    page = staff.at(there).get("/staff/")
    assert page.status == 200 and "보내는 프로그램이 멈춰 있습니다" not in page.text

    wrong = STAFF | {"password": "not the pass phrase"}
    tries = [Person(machine).post("/sign-in", wrong).status for machine in (here, there, here, there, here)]
    assert tries == [200] * 5
    assert [Person(machine).post("/sign-in", wrong).status for machine in (here, there)] == [429, 429]


def test_a_web_process_killed_in_mid_request_leaves_nothing_half_done(installation):
    number, key = installation.briefings[1]
    machine, person = installation.web[0], Person(installation.web[0])
    served = _requests(machine)
    outcome: list[object] = []

    def sign_up() -> None:
        try:
            outcome.append(person.sign_up(key, "killed@visitors.example.com"))
        except (OSError, HTTPException) as error:
            outcome.append(error)

    with psycopg.connect(installation.database.url) as holding:
        holding.execute("SELECT id FROM briefings WHERE id = %s FOR UPDATE", [number])
        visit = threading.Thread(target=sign_up)
        visit.start()
        wait_until(lambda: _waiting(installation, machine))
        [killed] = _waiting(installation, machine)
        os.kill(killed, signal.SIGKILL)
        visit.join(timeout=30)
        assert isinstance(outcome[0], Exception)
    wait_until(lambda: killed not in [each.pid for each in machine.children()] and len(machine.children()) == 2)
    ours = "SELECT count(*) FROM registrations WHERE email LIKE 'killed@%%'"
    wait_until(lambda: installation.database.rows("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)])
    assert installation.database.rows(ours) == [(0,)]

    assert person.sign_up(key, "killed@visitors.example.com").status == 303
    assert installation.database.rows(ours) == [(1,)]
    installation.wait_for_mail()
    assert list(installation.mails_to("killed").values()) == [1]
    assert _requests(machine) > served  # whoever came in its place goes on counting


def _waiting(installation: Installation, machine: Machine) -> list[int]:
    """The processes of a web server that wait for a lock of the database."""
    waiting = "SELECT client_port FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    ports = {port for (port,) in installation.database.rows(waiting)}
    found = [(each.pid, each.net_connections()) for each in machine.children()]
    return [pid for pid, connections in found if ports & {each.laddr.port for each in connections}]


def _requests(machine: Machine) -> float:
    """How many requests all processes of a machine have answered."""
    assert Person(machine).get("/metrics").status == 404
    wait_until(lambda: "briefings_workers 2.0" in _told(machine))  # both start beside the web servers
    told = _told(machine)
    assert 'briefings_messages{state="sent"}' in told
    return sum(float(line.split()[-1]) for line in told.splitlines() if line.startswith("briefings_requests_total"))


def _told(machine: Machine) -> str:
    return Person(machine).get("/metrics", Authorization=f"Bearer {METRICS_TOKEN}").text


def test_a_database_that_crashes_in_mid_rush_costs_nobody_their_place(installation):
    def crash() -> None:
        wait_until(lambda: sum(installation.states(2).values()) > 5)
        installation.database.stop(signal.SIGQUIT)
        installation.database.start()

    crashing = threading.Thread(target=crash)
    crashing.start()
    got = installation.rush(2, 50, "crash")
    crashing.join(timeout=60)

    refused = [answer for answer in got if answer.status != 303]
    assert {answer.status for answer in refused} == {503}
    for answer in refused:
        assert int(answer.headers["Retry-After"]) > 0
        assert "잠시 처리할 수 없습니다" in answer.text and "자료를 보관하는 곳과 연결이 끊겼습니다" in answer.text
        assert f"문의하실 때 이 번호를 알려 주세요. {answer.headers['X-Request-ID']}" in answer.words
    assert installation.states(2) == {"confirmed": 20, "waitlisted": 30}
    once = """SELECT r.email, count(m.id) FROM registrations r LEFT JOIN messages m
        ON m.recipient = r.email AND m.kind IN ('invitation', 'waitlisted')
        WHERE r.briefing_id = %s GROUP BY r.email HAVING count(m.id) <> 1"""
    assert installation.database.rows(once, installation.briefings[2][0]) == []
    installation.wait_for_mail()
    assert {to for to, _ in installation.mails_to("crash")} == {f"crash{n}@visitors.example.com" for n in range(50)}
    assert [answers(machine) for machine in installation.web] == [True, True]


def test_no_line_of_any_log_names_anybody(installation):
    here, person = installation.web[0], Person(installation.web[0])
    paths = {path for _, mail in installation.mail.taken[:20] for path in LINK.findall(_words(mail))}
    secrets = {part for path in paths for part in re.split(r"[/?=&.]", path) if len(part) > 15}
    assert secrets
    for path in sorted(paths):
        assert person.get(path).status < 500
    person.get("/nowhere/visitor@visitors.example.com")
    proxied = person.get("/briefings", X_Request_ID="number-of-the-proxy-7")
    assert proxied.headers["X-Request-ID"] == "number-of-the-proxy-7"
    assert person.get("/briefings", X_Request_ID="<script>").headers["X-Request-ID"].isalnum()

    lines = [json.loads(line) for line in installation.said().splitlines()]
    [found] = [line for line in lines if line.get("request") == "number-of-the-proxy-7"]
    assert (found["endpoint"], found["rule"], found["status"]) == ("briefings.index", "/briefings", 200)
    assert found["process"] in [each.pid for each in here.children()] and found["ms"] > 0 and found["bytes"] > 1000
    [sent] = [line for line in lines if line.get("job") == "deliver" and line.get("message") == 1]
    assert sent["state"] == "sent"
    said = installation.said()
    for personal in (NAME, "@", "203.0.113.", "127.0.0.1", "pass phrase", "nowhere", *secrets):
        assert personal not in said, [line for line in said.splitlines() if personal in line][:3]


def _words(mail) -> str:
    return mail.get_body(("plain",)).get_content()
