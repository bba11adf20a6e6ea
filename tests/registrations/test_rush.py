"""Everybody wants a seat at the same moment, over HTTP: never one over, nobody lost, the line in order.

In full: `RUSH_VISITORS=500 RUSH_SEATS=100 RUSH_TIMES=20 make test ARGS="tests/registrations/test_rush.py"`, or
`python -m tests.load --rush`.
"""

import os
from collections.abc import Iterator
from functools import partial

import pytest

from tests.forks import started
from tests.load.programs import Program, filled, served
from tests.load.rush import add_seats, rush, sending, told_once
from tests.prepared import a_database

VISITORS = int(os.environ.get("RUSH_VISITORS", "60"))
SEATS = int(os.environ.get("RUSH_SEATS", "12"))
TIMES = int(os.environ.get("RUSH_TIMES", "1"))
ADDED = SEATS // 2
WAYS = 3


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def program(request: pytest.FixtureRequest) -> Iterator[Program]:
    """The program behind two web processes, with a briefing for each rush."""
    with a_database(request.param) as url:
        keys = filled("ours", url, [SEATS] * WAYS * TIMES)
        with served("ours", url, keys, starting=started) as running:
            yield running


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The programs live by the clock of the world, and so does their data."""
    yield


def test_exactly_as_many_as_there_are_seats_get_one_and_the_others_stand_in_line(program):
    for key in program.keys[::WAYS]:
        rush(program, key, SEATS, VISITORS)


def test_the_same_while_a_worker_sends_and_everybody_hears_of_it_once(program):
    with sending(program, started):
        for key in program.keys[1::WAYS]:
            rush(program, key, SEATS, VISITORS)
    for key in program.keys[1::WAYS]:
        told_once(program, key)


def test_seats_that_staff_add_in_the_middle_go_to_the_first_in_line(program):
    for key in program.keys[2::WAYS]:
        rush(program, key, SEATS + ADDED, VISITORS, partial(add_seats, program, key, ADDED))
