"""The same answer comes in several ways at the same moment: it counts once, and no seat is given twice."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.inbox.models import Outcome, ReceivedMail
from briefings.inbox.receiving import receive
from briefings.outbox.models import Message
from briefings.schedule.invitations import invite, open_item
from briefings.schedule.registering import cancel
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_registration
from tests.inbox import shapes
from tests.inbox.conftest import RULES
from tests.inbox.shapes import Said
from tests.prepared import a_database
from tests.schedule.test_last_seat import a_program

pytestmark = pytest.mark.slow
ROUNDS = {"sqlite": 2, "postgresql": 8}


def at_once(app, *acts: Callable[[], object]) -> list[Exception]:
    """Do all at the same moment, each in a transaction of its own; what went wrong."""
    start, wrong = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait(timeout=30)
            try:
                with unit_of_work():
                    act()
            except Exception as error:
                wrong.append(error)
            db.session.remove()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return wrong


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_one_answer_by_three_ways_frees_one_place(dialect):
    with a_database(dialect) as url, a_program(url) as app, app.app_context():
        for number in range(ROUNDS[dialect]):
            briefing = a_briefing(capacity=1)
            place = a_registration(briefing)
            waiting = [a_registration(briefing, state=RegistrationState.WAITLISTED) for _ in range(2)]
            with unit_of_work():
                invite(place, clock.now())
            item = open_item(place)
            assert item is not None
            said = Said(uid=f"{item.uid}@x", attendee=place.email, partstat="DECLINED", number=3 * number)
            same, copy = shapes.exchange(said), shapes.gmail(said.but(number=3 * number + 1))
            place_id, email, ids = place.id, place.email, [each.id for each in waiting]
            db.session.commit()

            def take_in(raw: bytes) -> Callable[[], object]:
                return lambda: receive(raw, clock.now(), RULES)

            def press(number: int = place_id) -> None:
                cancel(db.session.get_one(Registration, number), clock.now())

            wrong = at_once(app, take_in(same), take_in(same), take_in(copy), press)
            assert all(str(error).startswith("이미 취소된") for error in wrong)
            db.session.expire_all()
            found = select(ReceivedMail.outcome).order_by(ReceivedMail.id.desc()).limit(2)
            assert set(db.session.scalars(found)) <= {Outcome.ANSWERED, Outcome.DROPPED}
            states = [db.session.get_one(Registration, each).state for each in (place_id, *ids)]
            assert states == [RegistrationState.CANCELLED, RegistrationState.CONFIRMED, RegistrationState.WAITLISTED]
            told = select(func.count()).where(Message.recipient == email, Message.kind.in_(("declined", "withdrawal")))
            assert db.session.scalars(told).one() == 1
        assert db.session.scalars(select(func.count(ReceivedMail.id))).one() == 2 * ROUNDS[dialect]
