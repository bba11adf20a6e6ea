"""What the unit of work and the row lock promise."""

import pytest
from sqlalchemy import delete

from briefings.db import db, lock, unit_of_work
from briefings.errors import Refused
from briefings.schedule.models import Briefing
from tests.builders import a_briefing


def test_what_is_refused_leaves_nothing_half_done(app):
    briefing = a_briefing()
    title = briefing.title
    with pytest.raises(Refused), unit_of_work():
        briefing.title = "다른 제목"
        db.session.flush()
        raise Refused("안 됩니다.")
    assert briefing.title == title


def test_a_lock_shows_the_row_as_it_is_now_and_keeps_what_was_changed_here(app):
    briefing = a_briefing()
    with unit_of_work():
        briefing.title = "다른 제목"
        lock(briefing)
        assert briefing.title == "다른 제목"


def test_what_somebody_deleted_meanwhile_cannot_be_locked(app):
    briefing = a_briefing(needs=0)
    with pytest.raises(Refused), unit_of_work() as session:
        assert briefing.title
        session.connection().execute(delete(Briefing).where(Briefing.id == briefing.id))
        lock(briefing)
