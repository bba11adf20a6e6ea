"""What watches over the program hears how it fares, and staff see when nothing is being sent."""

import json
import logging
import sys
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, text
from sqlalchemy.exc import OperationalError

from briefings import jobs, logs
from briefings.db import db, unit_of_work
from briefings.outbox.queueing import Recipient, queue
from briefings.tasks import showing
from briefings.tasks.models import Worker
from tests.builders import a_briefing, a_registration, a_user
from tests.conftest import NOW

TOKEN = "only-for-prometheus"
WROTE = "이가온"


@pytest.fixture(autouse=True)
def nobody_there(app: Flask) -> None:
    """Workers of other tests are forgotten."""
    with unit_of_work() as session:
        session.execute(delete(Worker))


def test_healthy_is_who_reaches_the_database_and_ready_whose_tables_are_the_newest(client, app, monkeypatch):
    assert client.get("/health").text == "ok\n"
    assert client.get("/ready").text == "ready\n"
    assert client.get("/ready").headers["Cache-Control"] == "no-store"

    with unit_of_work():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.text.startswith("the tables are at 0001, not at 00") and "flask db upgrade" in answer.text

    def broken(*args, **kwargs):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(db.session, "execute", broken)
    monkeypatch.setattr(db.session, "connection", broken)
    for path in ("/health", "/ready"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (503, "the database does not answer\n")


def test_metrics_are_for_who_knows_the_token(client, app, monkeypatch):
    given = {"Authorization": f"Bearer {TOKEN}"}
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    monkeypatch.setitem(app.config, "METRICS_TOKEN", TOKEN)
    for wrong in ({}, {"Authorization": TOKEN}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": "Bearer 한"}):
        assert client.get("/metrics", headers=wrong).status_code == 404

    a_registration(a_briefing(now=NOW))
    with unit_of_work():
        showing.show("machine:7", NOW, NOW)
        queue("plain", "late", Recipient("gaon@example.kr", "이가온"), NOW - timedelta(seconds=90))
    client.get("/briefings")
    client.open("/briefings", method="BREW")
    told = client.get("/metrics", headers=given).text.splitlines()

    assert "briefings_workers 1.0" in told
    assert "briefings_oldest_due_message_seconds 90.0" in told
    assert 'briefings_messages{state="queued"} 1.0' in told
    assert 'briefings_registrations{state="confirmed"} 1.0' in told
    counted = [line for line in told if line.startswith("briefings_requests_total") and "briefings.index" in line]
    assert any('method="GET",status="200"' in line for line in counted)
    assert any('method="other",status="405"' in line for line in told) and "BREW" not in "".join(told)
    if db.engine.dialect.name == "postgresql":
        assert any(line.startswith("briefings_database_connections{") for line in told)


def test_counting_for_metrics_costs_the_same_however_much_there_is(app, client, monkeypatch, count_queries):
    monkeypatch.setitem(app.config, "METRICS_TOKEN", TOKEN)
    with count_queries() as sent:
        client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert len(sent) <= 8


def test_staff_see_when_no_worker_shows_itself(client, app):
    title, client = "보내는 프로그램이 멈춰 있습니다", client.sign_in(a_user())
    pages = ("/staff/", "/staff/outbox")
    assert all(title in client.get(page).text for page in pages)
    assert "아직 한 번도 켜지지 않았습니다." in client.get(pages[0]).text

    app.extensions["worker"] = ("machine:7", NOW)
    jobs.show_itself(app)
    assert not any(title in client.get(page).text for page in pages)

    with unit_of_work():
        showing.show("machine:7", NOW, NOW - showing.SILENCE)
    assert all(title in client.get(page).text for page in pages)
    assert "마지막으로 일한 때는" in client.get(pages[0]).text


def test_a_worker_has_one_row_and_is_forgotten_after_a_week(app):
    for later in (timedelta(0), timedelta(seconds=15), timedelta(days=8)):
        with unit_of_work():
            showing.show("machine:7" if later < timedelta(days=1) else "machine:8", NOW, NOW + later)
            names = list(db.session.scalars(select(Worker.name)))
    assert names == ["machine:8"]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """Every line written meanwhile, read as what it is: JSON."""
    found: list[dict] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(logs.JsonLine().format(record)))

    root, handler = logging.getLogger(), Keeping()
    root.addHandler(handler)
    monkeypatch.setattr(root, "level", logging.INFO)
    logging.getLogger("briefings").setLevel(logging.INFO)
    yield found
    logging.getLogger("briefings").setLevel(logging.NOTSET)
    root.removeHandler(handler)


def test_a_failure_is_found_by_the_number_on_its_page_and_says_nothing_anybody_wrote(client, app, written, monkeypatch):
    def fails(*args: object, **kwargs: object) -> None:
        raise ValueError(f"what {WROTE} wrote")

    monkeypatch.setattr("briefings.front.public.what_home_shows", fails)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get("/", headers={"X-Request-ID": "not-behind-a-proxy"})
    number = answer.headers["X-Request-ID"]
    assert answer.status_code == 500 and number != "not-behind-a-proxy"
    assert f"<code>{number}</code>" in answer.text

    failure, line = [each for each in written if each.get("request") == number]
    assert failure["level"] == "error" and "ValueError" in failure["event"] and "in fails" in failure["event"]
    assert (line["status"], line["endpoint"], line["method"]) == (500, "front.home", "GET")
    assert WROTE not in json.dumps(written, ensure_ascii=False)


def test_lines_of_libraries_lose_what_people_sent_them_and_errors_their_words():
    def line(name: str, message: str, *args: object, failed: bool = False) -> str:
        record = logging.LogRecord(name, logging.ERROR, "", 0, message, args, sys.exc_info() if failed else None)
        return json.loads(logs.JsonLine().format(record))["event"]

    assert (
        line("gunicorn.error", "Invalid request from ip=%s: %s", "203.0.113.7", "x") == "Invalid request from ip=…: x"
    )
    assert line("gunicorn.error", "Error handling request /r/abc.DEF?x=1") == "Error handling request …"
    assert line("limits", "key gaon@example.kr at 2001:db8::7, 010-1234-5678") == "key … at …, …"
    assert line("briefings.jobs", "answer: %s", "550 <gaon@example.kr> unknown") == "answer: 550 <…> unknown"
    try:
        raise ValueError("gaon@example.kr")
    except ValueError:
        said = line("other", "failed", failed=True)
    assert said.endswith("ValueError") and "gaon" not in said.partition("\n")[0] + said.rpartition("\n")[2]


def test_lines_for_people_have_what_was_noted_behind():
    record = logging.LogRecord("briefings.jobs", logging.INFO, "", 0, "done\nframes", (), None)
    with logs.noting(job="deliver"), logs.noting(task=7):
        assert logs.TextLine().format(record).endswith("INFO briefings.jobs: done job=deliver task=7\nframes")
    assert logs.TextLine().format(record).endswith("done\nframes")
