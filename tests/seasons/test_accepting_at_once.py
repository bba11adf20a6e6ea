"""Two seasons with the same needs accepted at once on PostgreSQL: the needs come into one briefing each."""

import threading
import time
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select, text

from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.schedule.models import PresenterSlot
from briefings.seasons import accepting
from briefings.seasons import making as seasons
from tests.builders import a_theme, a_user, an_audience
from tests.prepared import a_database
from tests.schedule.test_last_seat import a_program
from tests.seasons.plans import AT, SEOUL, a_lane, a_season, some_needs


def test_a_need_that_another_season_takes_meanwhile_is_not_taken_twice(now: datetime) -> None:
    with a_database("postgresql") as url, a_program(url) as app:
        officer, topic = a_user(), (a_theme(), an_audience())
        needs, ids = some_needs(topic, 2), []
        for at, order in ((AT, needs), (AT + timedelta(days=7), needs[::-1])):
            season = a_season(officer, needs, [at])
            a_lane(season, topic, order, at)
            ids.append(season.id)
        said: list[str] = []
        other = threading.Thread(target=accept_second, args=(app, ids[1], officer.id, now, said))
        with unit_of_work():
            accepting.accept(seasons.numbered(ids[0]), "", seen=0, by=officer, now=now, zone=SEOUL)
            other.start()
            wait_until_it_waits(other)
        other.join(30)
        placed = db.session.execute(select(PresenterSlot.need_id, PresenterSlot.briefing_id)).all()
        assert len(placed) == 2 and len({briefing for _, briefing in placed}) == 1, placed
        assert "이미 다른 설명회에 들어 있습니다" in said[0]


def accept_second(app: Flask, season_id: int, officer_id: int, now: datetime, said: list[str]) -> None:
    with app.app_context():
        officer = db.session.get_one(User, officer_id)
        try:
            with unit_of_work():
                accepting.accept(seasons.numbered(season_id), "", seen=0, by=officer, now=now, zone=SEOUL)
        except Refused as error:
            said.append(str(error))
        db.session.remove()


def wait_until_it_waits(other: threading.Thread) -> None:
    """Go on once the other is held up by what this one has, or is done."""
    held = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while other.is_alive() and not db.session.scalar(held):
        time.sleep(0.01)
