"""Long work: asked for once, done by one worker, followed and ended from a page, begun anew where a worker died."""

from datetime import timedelta

import pytest
import time_machine

from briefings import clock
from briefings.accounts.models import Role
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.tasks.models import Task, TaskState
from briefings.tasks.queueing import cancel, latest, start
from briefings.tasks.running import ATTEMPTS, BROKEN, KILLED, LEASE, Interrupted, do_next
from tests.builders import a_user


@pytest.fixture
def officer(app):
    """Who asks for the work."""
    return a_user(Role.OFFICER, name="김하늘")


def asked(officer, now, **params) -> Task:
    """A task that waits."""
    with unit_of_work():
        return start("count", "season:7", params, officer, now)


def at_work(function, stopping=lambda: False) -> bool:
    """One look of a worker that knows how to count."""
    return do_next({"count": function}, clock.now, stopping)


def stored() -> Task:
    """The task as the database has it."""
    db.session.expire_all()
    return latest("count", "season:7")


def test_work_is_done_once_and_says_how_far_it_is(officer, now):
    seen = []

    def count(work):
        for done in range(1, work.params["to"] + 1):
            work.tell(done, work.params["to"], f"{done}번째")
        seen.append((stored().done, stored().total, stored().note, stored().state))
        return {"sum": 6}

    asked(officer, now, to=3)
    assert at_work(count)
    assert seen == [(3, 3, "3번째", TaskState.RUNNING)]
    assert (stored().state, stored().result, stored().lease_until) == (TaskState.DONE, {"sum": 6}, None)
    assert not at_work(count)


def test_of_one_kind_about_one_thing_only_one_is_under_way(officer, now):
    asked(officer, now)
    with pytest.raises(Refused, match="이미 진행하고 있는"), unit_of_work():
        start("count", "season:7", {}, officer, now)
    at_work(lambda work: {})
    assert asked(officer, now).state is TaskState.QUEUED


def test_what_goes_wrong_is_told_in_words(officer, now, caplog):
    def refuse(work):
        raise Refused("4번째 줄을 읽을 수 없습니다.")

    def fail(work):
        raise ValueError(officer.email)

    for function, words in ((refuse, "4번째 줄을 읽을 수 없습니다."), (fail, BROKEN)):
        asked(officer, now)
        at_work(function)
        assert (stored().state, stored().error) == (TaskState.FAILED, words)
    assert "ValueError" in caplog.text
    assert officer.email not in caplog.text


def test_staff_end_it_where_it_is(officer, now):
    def count(work):
        with unit_of_work():
            cancel(stored(), officer, now)
        assert not work.wanted()
        work.tell(1, 2)
        return {"never": "reached"}

    asked(officer, now)
    at_work(count)
    assert (stored().state, stored().cancelled_by, stored().result) == (TaskState.CANCELLED, "김하늘", {})
    asked(officer, now)
    with unit_of_work():
        cancel(stored(), officer, now)
    assert stored().state is TaskState.CANCELLED
    assert not at_work(count)


def test_a_worker_that_ends_leaves_it_to_another(officer, now):
    ending = []

    def count(work):
        ending.append(True)
        work.tell(1, 2)
        return {}

    asked(officer, now)
    at_work(count, lambda: bool(ending))
    assert (stored().state, stored().attempts) == (TaskState.QUEUED, 0)
    at_work(lambda work: {"by": "another"})
    assert stored().result == {"by": "another"}


def test_killed_work_is_begun_anew_and_given_up_after_a_few_times(officer, now):
    def die(work):
        raise KeyboardInterrupt

    asked(officer, now)
    moment = now
    for _ in range(ATTEMPTS):
        with time_machine.travel(moment, tick=False), pytest.raises(KeyboardInterrupt):
            at_work(die)
        moment += LEASE / 2
        with time_machine.travel(moment, tick=False):
            assert not at_work(die), "somebody may still be at it"
        moment += LEASE
    with time_machine.travel(moment, tick=False):
        at_work(die)
    assert (stored().state, stored().error) == (TaskState.FAILED, KILLED)


def test_who_lost_the_task_to_another_writes_nothing(officer, now):
    def slow(work):
        with time_machine.travel(now + LEASE + timedelta(seconds=1), tick=False):
            at_work(lambda other: {"by": "another"})
        with pytest.raises(Interrupted):
            work.tell(2, 2)
        return {"by": "the slow one"}

    asked(officer, now)
    with time_machine.travel(now, tick=False):
        at_work(slow)
    assert (stored().state, stored().result) == (TaskState.DONE, {"by": "another"})


def test_staff_follow_it_and_end_it_on_the_page(client, officer, now):
    task = asked(officer, now)
    task.done, task.total, task.note, task.state = 1200, 2000, "1,200번째 줄", TaskState.RUNNING
    db.session.commit()
    client.sign_in(officer)
    page = client.get(f"/staff/tasks/{task.public_id}?back=/staff/seasons/7")
    for words in ("1,200 / 2,000 (60%)", "1,200번째 줄", 'value="1200"', 'href="/staff/seasons/7"', "김하늘 님이"):
        assert words in page.text
    answer = client.post(f"/staff/tasks/{task.public_id}/cancel", data={"back": "/staff/seasons/7"})
    assert answer.location == "/staff/seasons/7"
    assert "중단하는 중" in client.get(f"/staff/tasks/{task.public_id}").text
    assert client.post(f"/staff/tasks/{task.public_id}/cancel", data={"back": "//evil"}).location == "/staff"
    assert client.get("/staff/tasks/nobody").status_code == 404
