"""Erasing somebody: nothing of them is left in the database, what is counted stays, and they hear of it once."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import current_app
from sqlalchemy import func, select

from briefings.db import Base, db, unit_of_work
from briefings.jobs import deliver, erase_people
from briefings.privacy.models import Destruction, Erasure
from briefings.rights import erasing, showing
from briefings.schedule.registration_models import RegistrationState
from briefings.statistics.published import published_figures
from briefings.statistics.recognition import Deed, Who, half_of, ranking
from tests.rights.traces import ADDRESS, Traces, dump, traces_in

pytestmark = pytest.mark.usefixtures("app")
SEOUL = ZoneInfo("Asia/Seoul")
LATER = timedelta(minutes=1)


def erase(app, now, address=ADDRESS):
    """As somebody presses, and the worker goes on to the end."""
    with unit_of_work():
        erasing.ask(address, "ko", current_app.config["SECRET_KEY"], now)
    for _ in range(3):
        deliver(app)
        erase_people(app)
    db.session.expire_all()


def counts(now):
    """Whatever is counted of an installation."""
    rows = {
        table.name: db.session.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.tables.values()
    }
    gone = (
        "calendar_settings",
        "availabilities",
        "undeliverable_addresses",
        "reply_drafts",
        "booklets",
        "stored_files",
    )
    new = ("messages", "audit_entries", "erasures", "destructions", "content_version", "tasks")
    return (
        {name: number for name, number in rows.items() if name not in gone + new},
        published_figures(now.date(), "Asia/Seoul"),
        [
            (place, points, part.key.organization_id)
            for who in Who
            for place, points, part in ranking(who, half_of(now, SEOUL), dict.fromkeys(Deed, 1), None, SEOUL, now)
        ],
    )


def test_nothing_of_the_person_is_left_and_every_count_is_as_it_was(app, now):
    made = Traces(now)
    before = counts(now)
    assert len({line.split(":")[0] for line in traces_in(dump())}) >= 35, "the person stands in many tables"
    erase(app, now)
    assert traces_in(dump()) == set()
    assert counts(now)[:2] == before[:2]
    assert sorted(counts(now)[2][:3]) == sorted(before[2][:3])
    erasure = db.session.scalar(select(Erasure))
    assert (erasure.address, erasure.account_id) == (None, None)
    assert erasure.numbers["registrations"] == 1
    assert db.session.scalar(select(Destruction.number)) == sum(erasure.numbers.values())
    assert made.place.state is RegistrationState.CONFIRMED, "who was there was there"
    assert showing.known_about(ADDRESS) == []
