"""The machine's clock is moved forwards and backwards: nothing is lost, nothing sent twice, nobody turned away."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import select

from briefings import clock, jobs
from briefings.db import db, unit_of_work
from briefings.outbox.delivering import deliver_due
from briefings.outbox.models import Message
from briefings.outbox.smtp import way_out
from briefings.schedule import planning
from briefings.schedule.models import Step
from tests.builders import a_briefing, a_registration, a_user
from tests.conftest import NOW
from tests.outbox.conftest import line_up, states
from tests.outbox.mail_server import MailServer

PEOPLE = [f"user{n}@example.kr" for n in range(5)]
HOUR = timedelta(hours=1)
LEAP_DAY = datetime(2028, 2, 29, 5, 0, tzinfo=UTC)  # 14:00 in Seoul


def test_messages_wait_for_a_clock_set_back_and_go_once(deliver, mail_server):
    line_up(NOW, *PEOPLE)
    sent = []
    for moment in (NOW - HOUR, NOW + timedelta(seconds=1), NOW - HOUR, NOW + timedelta(days=400), NOW):
        with time_machine.travel(moment, tick=False):
            deliver(mail_server.url)
        sent.append(len(mail_server.taken))
    assert sent == [0, 5, 5, 5, 5]
    assert sorted(mail_server.recipients) == PEOPLE


@pytest.mark.parametrize("jump", [10 * HOUR, -10 * HOUR])
def test_a_clock_that_jumps_while_mail_is_handed_over_repeats_none(
    app: Flask,
    plain: None,
    mail_server: MailServer,
    jump: timedelta,
) -> None:
    line_up(NOW, *PEOPLE)
    with time_machine.travel(NOW, tick=False) as traveller, way_out(mail_server.url, "invite@example.kr") as send:

        def send_and_jump(recipient: str, data: bytes) -> object:
            receipt = send(recipient, data)
            if len(mail_server.taken) == 2:
                traveller.move_to(NOW + jump)
            return receipt

        for moment in (None, None, NOW + 20 * HOUR):
            if moment:
                traveller.move_to(moment)
            while deliver_due(send_and_jump, jobs.composing_in(app), clock.now):
                pass
    assert sorted(mail_server.recipients) == PEOPLE
    assert set(states()) == {"sent"}


def test_reminders_come_once_each_however_the_clock_is_moved(app: Flask) -> None:
    start = NOW + timedelta(days=10, hours=4)
    registration = a_registration(a_briefing(starts_at=start))
    for hours in (169, 168, 180, 150, 72, 240, 71, 24, 100, 20, 2, 26, 1.5, -48, 2):
        with time_machine.travel(start - timedelta(hours=hours), tick=False):
            jobs.queue_reminders(app)
    keys = Counter(db.session.scalars(select(Message.key).where(Message.key.startswith("reminder:"))))
    assert set(keys.values()) == {1}
    expected = {f"reminder:{step}:{registration.id}:0" for step in ("week", "three_days", "day", "two_hours")}
    assert expected <= set(keys)


def test_a_briefing_on_a_leap_day_and_one_moved_there(app: Flask, client) -> None:
    briefing = a_briefing(starts_at=LEAP_DAY - timedelta(days=1), now=LEAP_DAY - timedelta(days=60))
    registration, officer = a_registration(briefing), a_user()
    with time_machine.travel(LEAP_DAY - timedelta(days=30), tick=False) as traveller:
        with unit_of_work():
            times = (LEAP_DAY, LEAP_DAY + timedelta(minutes=90))
            planning.reschedule(briefing, times, seen=briefing.changed_at, by=officer, now=clock.now())
        heard = {}
        for days in (8, 7, 3, 1):
            traveller.move_to(LEAP_DAY - timedelta(days=days))
            jobs.queue_reminders(app)
            for key in db.session.scalars(select(Message.key).where(Message.key.startswith("reminder:"))):
                heard.setdefault(key, days)
        traveller.move_to(LEAP_DAY)
        page = client.get(f"/briefings/{briefing.public_id}").text
        assert (
            client.get("/briefings").status_code == client.get("/briefings/calendar?month=2028-02").status_code == 200
        )
    steps = {Step.WEEK: 7, Step.THREE_DAYS: 3, Step.DAY: 1}
    assert heard == {f"reminder:{step.value}:{registration.id}:1": days for step, days in steps.items()}
    assert "2028. 2. 29.(화) 14:00" in page


def test_whoever_is_signed_in_signs_in_again_at_worst(client, app: Flask) -> None:
    client.sign_in(a_user())
    answers = []
    for moment in (NOW, NOW - HOUR, NOW, NOW + 9 * HOUR):
        with time_machine.travel(moment, tick=False):
            answers.append(client.get("/staff/").status_code)
            assert client.get("/").status_code == 200
    assert answers[0] == 200 and set(answers) <= {200, 302}


def test_a_worker_goes_on_looking_when_its_clock_is_set_back(app: Flask) -> None:
    looks, stopping, scheduler = [], threading.Event(), BackgroundScheduler(timezone=UTC)
    with time_machine.travel(NOW) as traveller:
        scheduler.add_job(lambda: looks.append(clock.now()), "interval", seconds=0.05, next_run_time=NOW)
        scheduler.start()
        watch = threading.Thread(target=jobs._keep_up_with_the_clock, args=(scheduler, stopping, 0.01))
        watch.start()
        _wait_until(lambda: len(looks) >= 2)
        traveller.move_to(NOW - 24 * HOUR)
        before = len(looks)
        _wait_until(lambda: len(looks) >= before + 3)
        stopping.set()
        watch.join(timeout=10)
        scheduler.shutdown()
    assert looks[-1] < looks[0]


def test_a_worker_whose_clock_was_years_behind_makes_up_for_no_rounds(app: Flask) -> None:
    every, put_right = jobs.Every(seconds=0.05, timezone=UTC), NOW + timedelta(days=20_000)
    assert every.get_next_fire_time(NOW, put_right) == put_right + every.interval
    assert every.get_next_fire_time(NOW, NOW + every.interval / 2) == NOW + every.interval
    looks, scheduler = [], BackgroundScheduler(timezone=UTC)
    with time_machine.travel(NOW) as traveller:
        scheduler.add_job(lambda: looks.append(clock.now()), every, next_run_time=NOW)
        scheduler.start()
        _wait_until(lambda: len(looks) >= 2)
        traveller.move_to(NOW + 24 * HOUR)
        before = len(looks)
        _wait_until(lambda: len(looks) >= before + 3)
        scheduler.shutdown()
    assert looks[-1] > NOW + 23 * HOUR


def _wait_until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.005)
