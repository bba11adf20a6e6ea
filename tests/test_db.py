"""What the unit of work and the row lock promise."""

import pytest
from sqlalchemy import delete

from briefings import clock
from briefings.db import db, lock, unit_of_work, write
from briefings.errors import Refused
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, an_organization

pytestmark = pytest.mark.each_database


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


def test_rows_that_are_written_at_once_are_as_if_the_session_had_written_them(app):
    briefing, organization = a_briefing(), an_organization()

    def somebody(name, **said):
        known = {"briefing_id": briefing.id, "organization_id": organization.id, "registered_at": clock.now()}
        return Registration(name=name, email=f"{name}@example.kr", state=RegistrationState.REQUESTED, **known, **said)

    with unit_of_work() as session:
        briefing.title, first = "다른 제목", somebody("first")
        write([first])
        assert not session.dirty and not session.new and first in session
        assert (first.link_version, first.locale, first.briefing) == (1, "ko", briefing)  # nobody has set these
        colleague = somebody("colleague", brought_by=first)
        write([colleague])
        first.name = "changed"
        write([first])
        assert first.id < colleague.id and colleague.brought_by_id == first.id
    assert db.session.get(Registration, first.id).name == "changed"
