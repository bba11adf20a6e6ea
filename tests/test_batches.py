"""What goes to PostgreSQL by one statement, and that nothing is different for it."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from briefings import clock
from briefings.db import ContentVersion, db, dialect, id_ahead, insert_new, unit_of_work, write, written_together
from briefings.needs.models import Theme
from briefings.outbox.models import Message
from briefings.outbox.queueing import Recipient, queue
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, an_organization

pytestmark = pytest.mark.each_database


@pytest.fixture
def somebody(app):
    """A registration that is not written yet, with its id ahead where there is one."""
    place = {"briefing_id": a_briefing().id, "organization_id": an_organization().id}

    def made(name: str) -> Registration:
        number = db.session.scalar(select(id_ahead(Registration, dialect())))
        place_of = {"email": f"{name}@example.kr", "registered_at": clock.now(), "state": RegistrationState.REQUESTED}
        return Registration(id=number, name=name, public_id=name, **place, **place_of)

    return made


def tell(person: Registration) -> None:
    to = Recipient(person.email, person.name)
    queue("requested", f"requested:{person.id}", to, clock.now(), registration=person.id)


def test_rows_go_by_one_statement_where_the_way_is_long(somebody, count_queries):
    with unit_of_work():
        person = somebody("first")
        with count_queries() as sent, written_together():
            write([person])
            tell(person)
            assert len(sent) == (0 if dialect() == "postgresql" else 2)
        assert len(sent) == (1 if dialect() == "postgresql" else 2)
    told = db.session.scalars(select(Message)).one()
    assert db.session.get(Registration, person.id).email == told.recipient == "first@example.kr"
    assert (person.locale, person.link_version, told.attempts) == ("ko", 1, 0) and len(told.reference) == 32


def test_whoever_asks_meanwhile_sees_them(somebody):
    with unit_of_work(), written_together():
        person = somebody("first")
        write([person])
        assert db.session.scalar(select(func.count()).select_from(Registration)) == 1
        assert person.briefing.title
        person.name = "changed"
        tell(person)
    db.session.expire_all()
    assert (person.name, db.session.scalars(select(Message.recipient_name)).one()) == ("changed", "changed")


def test_more_values_than_one_statement_is_kept_ready_for_go_by_several(somebody, count_queries):
    with unit_of_work():
        people = [somebody(name) for name in ("first", "second", "third")]
        with count_queries() as sent, written_together():
            write(people)
            for person in people:
                tell(person)
    assert db.session.scalar(select(func.count()).select_from(Message)) == len(people)
    assert len(sent) == (3 if dialect() == "postgresql" else 6), "\n".join(sent)


def test_what_is_there_already_stays_or_takes_the_new_values_or_is_refused(somebody):
    with unit_of_work(), written_together():
        person = somebody("first")
        write([person])
        tell(person)
        tell(person)
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1
    with pytest.raises(IntegrityError), unit_of_work(), written_together():
        write([somebody("first")])


def test_where_something_fails_nothing_is_sent_and_the_next_write_waits_for_nothing(somebody):
    with pytest.raises(RuntimeError), unit_of_work(), written_together():
        write([somebody("first")])
        raise RuntimeError("something else")
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 0
    with unit_of_work():
        write([somebody("second")])
        assert db.session.scalar(select(func.count()).select_from(Registration)) == 1


def test_public_pages_are_made_anew_whichever_table_of_them_it_was(somebody):
    seen = select(ContentVersion.version).where(ContentVersion.id == 1)
    before = db.session.scalar(seen)
    with unit_of_work(), written_together():
        insert_new(Theme.__table__, [{"name": "새 주제", "name_en": "New", "position": 99}])
        write([somebody("first")])
    assert db.session.scalar(seen) != before
