"""The planner as a process of its own: it hands over the plan, and ends when it is not wanted."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from briefings.planner import running
from briefings.planner.running import Died, Stopped, solve
from tests.planner.instances import a_season

HARD = a_season(200, 30, 2)


def children():
    """Planners that run because of this test."""
    found = psutil.Process().children()
    alive = [each for each in found if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    return [each for each in alive if running.__package__ in each.cmdline()]  # the database has a keeper too


def test_the_plan_is_the_same_in_every_process(monkeypatch, tmp_path):
    problem, told = a_season(30, 8), []
    monkeypatch.chdir(tmp_path)  # wherever the worker was started
    plans = []
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        plans.append(replace(solve(problem, 600, told.append), seconds=0))
    assert plans[0] == plans[1] and plans[0].proven
    assert children() == []


def test_it_ends_at_once_when_it_is_not_wanted():
    looks = []
    with pytest.raises(Stopped):
        solve(HARD, 60, wanted=lambda: looks.append(children()) or len(looks) < 3)
    assert looks[0] and children() == []


def test_what_who_waits_raises_ends_it_and_comes_through():
    def tell(progress):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        solve(HARD, 60, tell)
    assert children() == []


def test_its_death_is_told():
    def wanted():
        for each in children():
            each.send_signal(signal.SIGKILL)
        return True

    with pytest.raises(Died, match="status -9: it said nothing"):
        solve(HARD, 60, wanted=wanted)


def test_an_error_in_it_is_told_by_its_last_line(monkeypatch, tmp_path):
    monkeypatch.setattr(running, "ROOT", tmp_path)
    with pytest.raises(Died, match=r"status 1: .*No module named 'briefings"):
        solve(HARD, 5)


def test_one_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(running, "GRACE", -59.0)
    with pytest.raises(Died, match="its time was up"):
        solve(HARD, 60)
    assert children() == []


def test_it_ends_with_whoever_asked():
    asking = "import tests.planner.instances as i, briefings.planner.running as r; r.solve(i.a_season(200, 30, 2), 60)"
    parent = subprocess.Popen([sys.executable, "-c", asking], cwd=running.ROOT)
    try:
        planner = _within(20, lambda: psutil.Process(parent.pid).children())[0]
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    _within(20, lambda: not planner.is_running() or planner.status() == psutil.STATUS_ZOMBIE)


def _within(seconds, look):
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return found
