"""Two programs race for the last seat, two hundred times on each database: never one over."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import insert, select

from briefings.app import create_app
from briefings.db import db
from briefings.schedule.finding import places_of
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import RegistrationState
from tests.builders import a_briefing
from tests.conftest import SETTINGS
from tests.forks import begin
from tests.prepared import a_database, compiled_once
from tests.schedule.racing import race

ROUNDS = 200
RUNNERS = 2


@contextmanager
def a_program(url: str) -> Iterator[Flask]:
    """The application on its own, without the transaction other tests run in."""
    app = create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": url}, environ={"IEUM_ENV": "development"})
    with compiled_once(app).app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_last_seat_is_given_once(dialect: str, now: datetime) -> None:
    with a_database(dialect) as url, a_program(url):
        ids = _briefings_of_one_seat()

        outcomes = _race({**SETTINGS, "SQLALCHEMY_DATABASE_URI": url}, ids, now)

        one_of_two = sorted((RegistrationState.CONFIRMED, RegistrationState.WAITLISTED))
        assert all(sorted(states) == one_of_two for states in outcomes), outcomes
        assert {places_of(db.session.get_one(Briefing, briefing_id))[1:] for briefing_id in ids} == {(1, 1)}


def _briefings_of_one_seat() -> list[int]:
    first = a_briefing(needs=0, capacity=1)
    values = {column.name: getattr(first, column.name) for column in Briefing.__table__.columns if column.name != "id"}
    db.session.execute(insert(Briefing), [values | {"public_id": f"race{n}"} for n in range(1, ROUNDS)])
    ids = list(db.session.scalars(select(Briefing.id)))
    db.session.commit()
    return ids


def _race(settings: dict[str, object], ids: list[int], now: datetime) -> list[tuple[RegistrationState, ...]]:
    """For each briefing what every runner got."""
    forking = multiprocessing.get_context("fork")
    start = forking.Barrier(RUNNERS)
    pipes = [forking.Pipe(duplex=False) for _ in range(RUNNERS)]
    runners = [begin(race, settings, ids, n, now, start, out) for n, (_, out) in enumerate(pipes)]
    for _, out in pipes:
        out.close()  # so that a runner that died is noticed
    states = [receiving.recv() for receiving, _ in pipes]
    for runner in runners:
        runner.wait(30)
    return list(zip(*states, strict=True))
