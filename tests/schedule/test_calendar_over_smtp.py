"""What a registrant's mailbox gets over SMTP from registration to cancellation, as calendar programs take it."""

from datetime import datetime, timedelta
from email import message_from_bytes

import pytest

from briefings import jobs
from briefings.accounts.models import Role, User
from briefings.db import db, unit_of_work
from briefings.organizations.models import OrganizationKind
from briefings.schedule import planning
from briefings.schedule.models import Briefing
from briefings.schedule.registering import Applicant, cancel, register
from briefings.schedule.registration_models import Registration
from tests.builders import a_briefing, a_user
from tests.calendar.clients import CLIENTS
from tests.calendar.readers import agreed
from tests.outbox.mail_server import MailServer

GAON = Applicant(
    kind=OrganizationKind.COMPANY, organization="가온재활용(주)", name="이가온", email="gaon@example.com", locale="ko"
)


@pytest.fixture
def mailbox(app, monkeypatch):
    """A look of the worker with a real SMTP server: the mails that came of it, as bytes."""
    server = MailServer()
    monkeypatch.setitem(app.config, "SMTP_URL", server.url)

    def look() -> list[bytes]:
        already = len(server.taken)
        db.session.remove()
        with app.app_context():
            jobs.deliver(app)
        return [message.as_bytes() for _, message in server.taken[already:]]

    with server.up():
        yield look


def calendar_of(mail: bytes) -> bytes:
    """The calendar object of a mail."""
    part = next(part for part in message_from_bytes(mail).walk() if part.get_content_type() == "text/calendar")
    return part.get_payload(decode=True)


def test_invitation_new_time_and_cancellation_arrive_and_every_reader_agrees(app, now, mailbox):
    officer = a_user(Role.OFFICER).id
    briefing = a_briefing(capacity=1)
    number, first_time, seen = briefing.id, briefing.starts_at, briefing.changed_at
    later = (first_time + timedelta(days=2), briefing.ends_at + timedelta(days=2))
    calendars = [program(GAON.email) for program in CLIENTS]

    def in_each(mail: bytes) -> list[list[datetime]]:
        for calendar in calendars:
            calendar.receive(mail)
        return [calendar.shown() for calendar in calendars]

    with unit_of_work():
        register(briefing, GAON, now)
    [invitation] = mailbox()
    assert in_each(invitation) == [[first_time]] * len(CLIENTS)

    with unit_of_work():
        briefing = db.session.get(Briefing, number)
        planning.reschedule(briefing, later, seen=seen, by=db.session.get(User, officer), now=now)
    [new_time] = mailbox()
    assert in_each(new_time) == [[later[0]]] * len(CLIENTS)

    with unit_of_work():
        cancel(db.session.query(Registration).one(), now)
    [withdrawal] = mailbox()
    assert in_each(withdrawal) == [[]] * len(CLIENTS)

    facts = [agreed(calendar_of(mail))[0] for mail in (invitation, new_time, withdrawal)]
    assert [(fact.method, fact.sequence) for fact in facts] == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    assert len({fact.uid for fact in facts}) == 1
    assert {fact.attendees for fact in facts} == {(GAON.email,)}
    assert [fact.starts_at for fact in facts] == [first_time, later[0], later[0]]


def test_a_place_freed_by_one_reaches_the_next_in_line_with_an_invitation(app, now, mailbox):
    briefing = a_briefing(capacity=1)
    sky = Applicant(**{**vars(GAON), "name": "김하늘", "email": "sky@example.com"})
    with unit_of_work():
        number = register(briefing, GAON, now).id
    with unit_of_work():
        register(briefing, sky, now)
    assert len(mailbox()) == 2
    with unit_of_work():
        cancel(db.session.get(Registration, number), now)
    methods = {agreed(calendar_of(mail))[0].method: agreed(calendar_of(mail))[0].attendees for mail in mailbox()}
    assert methods == {"CANCEL": ("gaon@example.com",), "REQUEST": ("sky@example.com",)}
