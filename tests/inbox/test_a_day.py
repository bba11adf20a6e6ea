"""A season in a day: a real mail server, the pipe for what comes back, and four kinds of calendars on every desk."""

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from briefings import clock, jobs
from briefings.db import db, unit_of_work
from briefings.organizations.models import OrganizationKind
from briefings.schedule import planning, registering
from briefings.schedule.calendar_models import CalendarItem, ItemState
from briefings.schedule.models import Briefing
from briefings.schedule.registering import Applicant, Colleague
from briefings.schedule.registration_models import Registration
from tests.builders import a_briefing, a_user
from tests.calendar.clients import CLIENTS, Client
from tests.inbox.shapes import SERVER, Said, exchange
from tests.outbox.mail_server import MailServer

GAON, NURI, DAON, HANA, SORA = (f"{name}@example.com" for name in ("gaon", "nuri", "daon", "hana", "sora"))
EVERYBODY = (GAON, NURI, DAON, HANA, SORA)


class Season:
    """Five people, what reaches them, and what their calendars make of it."""

    def __init__(self, app: Flask, server: MailServer, traveller: time_machine.Traveller) -> None:
        self.app, self.server, self.traveller = app, server, traveller
        self.briefing = a_briefing(title="탄소중립 설명회", capacity=4)
        self.officer = a_user(name="이보람")
        self.calendars: dict[str, list[Client]] = {who: [client(who) for client in CLIENTS] for who in EVERYBODY}
        self.read = 0

    def later(self, **by: float) -> datetime:
        self.traveller.shift(timedelta(**by))
        return clock.now()

    def register(self, name: str, email: str, *colleagues: Colleague) -> None:
        kind, organization = OrganizationKind.COMPANY, "가온재활용"
        applicant = Applicant(kind=kind, organization=organization, name=name, email=email, locale="ko")
        with unit_of_work():
            registering.register_together(self.briefing, applicant, colleagues, self.later(minutes=1))

    def move(self, **by: float) -> None:
        times = tuple(end + timedelta(**by) for end in (self.briefing.starts_at, self.briefing.ends_at))
        with unit_of_work():
            seen = self.briefing.changed_at
            planning.reschedule(self.briefing, times, seen=seen, by=self.officer, now=self.later(minutes=1))

    def of(self, email: str) -> Registration:
        mine = (Registration.briefing_id == self.briefing.id, Registration.email == email)
        return db.session.scalars(select(Registration).where(*mine)).one()

    def decline_by_mail(self, email: str) -> None:
        """Outlook answers no and takes the entry out of its owner's calendar."""
        item = db.session.scalars(select(CalendarItem).where(CalendarItem.email == email)).one()
        said = Said(uid=f"{item.uid}@cal.briefings.example.kr", attendee=email, partstat="DECLINED", sequence=2)
        answer = exchange(said.but(stamp=f"{self.later(minutes=1):%Y%m%dT%H%M%SZ}"))
        result = self.app.test_cli_runner().invoke(args=["mail-in"], input=answer)
        assert result.exit_code == 0, result.output
        db.session.expire_all()
        for calendar in self.calendars[email]:
            calendar.entries.clear()

    def deliver(self) -> None:
        """The worker's round; whoever gets a calendar object, their calendars take it in."""
        jobs.deliver(self.app)
        for address, mail in self.server.taken[self.read :]:
            if any(part.get_content_type() == "text/calendar" for part in mail.walk()):
                for calendar in self.calendars[address]:
                    calendar.receive(mail.as_bytes())
        self.read = len(self.server.taken)

    def subjects(self, email: str) -> list[str]:
        """What somebody's inbox shows, oldest first, without the title."""
        return [str(mail["Subject"]).split(" 탄소중립")[0] for address, mail in self.server.taken if address == email]

    def shown(self, email: str) -> set[tuple[datetime, ...]]:
        """What the four calendars of somebody show: one answer where they agree."""
        return {tuple(calendar.shown()) for calendar in self.calendars[email]}


@pytest.fixture
def season(app, monkeypatch, now):
    monkeypatch.setitem(app.config, "AUTHSERV_ID", SERVER)
    with MailServer().up() as server, time_machine.travel(now, tick=False) as traveller:
        monkeypatch.setitem(app.config, "SMTP_URL", server.url)
        yield Season(app, server, traveller)


def test_calendars_and_inboxes_are_right_to_the_end(season):
    briefing: Briefing = season.briefing
    season.register("이가온", GAON, Colleague("박누리", NURI), Colleague("최다온", DAON))
    season.register("정하나", HANA)
    season.register("윤소라", SORA)
    season.deliver()
    assert [season.of(who).state.value for who in EVERYBODY] == ["confirmed"] * 4 + ["waitlisted"]

    season.move(days=1)
    season.move(hours=1)
    season.deliver()
    assert [season.shown(who) for who in EVERYBODY] == [{(briefing.starts_at,)}] * 4 + [{()}]

    season.decline_by_mail(NURI)
    season.deliver()
    assert [season.of(who).state.value for who in (NURI, SORA)] == ["cancelled", "confirmed"]
    assert season.shown(SORA) == {(briefing.starts_at,)}

    with unit_of_work():
        registering.cancel(season.of(DAON), season.later(minutes=1))
    season.deliver()
    assert season.shown(DAON) == {()}
    with unit_of_work():
        registering.register_again(season.of(DAON), season.later(minutes=1))
    season.deliver()
    assert season.shown(DAON) == {(briefing.starts_at,)}

    with unit_of_work():
        planning.cancel(briefing, "강사 사정", by=season.officer, now=season.later(minutes=1))
    season.deliver()
    season.later(days=1)
    season.deliver()
    assert [season.shown(who) for who in EVERYBODY] == [{()}] * 5
    assert {who: season.subjects(who) for who in EVERYBODY} == {
        GAON: ["[초대]", "[일시 변경]", "[취소]"],
        NURI: ["[초대]", "[일시 변경]", "[취소]"],
        DAON: ["[초대]", "[일시 변경]", "[취소]", "[초대]", "[취소]"],
        HANA: ["[초대]", "[일시 변경]", "[취소]"],
        SORA: ["[협업이음] 대기 신청을 받았습니다:", "[일시 변경]", "[초대]", "[취소]"],
    }
    assert {item.state for item in db.session.scalars(select(CalendarItem))} == {ItemState.CLOSED}
