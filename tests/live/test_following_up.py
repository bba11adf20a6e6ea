"""Who is not in the room is told while it runs; the day after, those who came are thanked and the others told."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from briefings.db import db, unit_of_work
from briefings.live import following_up, joining
from briefings.live.marking import mark
from briefings.live.models import AttendanceState
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message, MessageState
from briefings.outbox.rendering import compose
from briefings.schedule.ladder import RUNGS, QuietHours, Rung, latest
from briefings.schedule.models import Briefing, Step
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_registration, a_user
from tests.mails import links_in, mails_to
from tests.schedule.test_reminder_mails import a_reader, about, check

pytestmark = pytest.mark.usefixtures("app")
NIGHT = QuietHours(ZoneInfo("Asia/Seoul"), 21, 8)


def queue_due(moment: datetime, by_text: bool = False) -> list[str]:
    """The keys of what was new."""
    before = set(db.session.scalars(select(Message.key)))
    with unit_of_work():
        following_up.queue_due(moment, NIGHT, by_text)
    return [key for key in db.session.scalars(select(Message.key).order_by(Message.id)) if key not in before]


@pytest.fixture
def briefing(now) -> Briefing:
    """Began just now, at ten in the morning."""
    return a_briefing(starts_at=now, reminders=["missed", "missed:text", "thanks", "absent"])


def one_who_came(briefing: Briefing) -> Registration:
    registration = a_registration(briefing)
    with unit_of_work():
        joining.enter(registration, briefing.starts_at)
    return registration


def test_only_those_outside_are_told_that_it_has_begun(app, now, briefing):
    came, outside = one_who_came(briefing), a_registration(briefing, phone="010-1234-5678")
    a_registration(briefing, state=RegistrationState.WAITLISTED)
    a_registration(briefing, confirmed_at=now + timedelta(minutes=1))
    assert queue_due(now + timedelta(minutes=9)) == []
    soon = now + timedelta(minutes=10)
    mail, text = f"reminder:missed:{outside.id}:0", f"reminder:missed:text:{outside.id}:0"
    assert queue_due(soon, by_text=True) == [mail, text]
    assert mails_to(app, came.email) == []
    with time_machine.travel(soon, tick=False):
        assert any("/join/" in link for link in links_in(mails_to(app, outside.email)[0]))
        with unit_of_work():
            joining.enter(outside, soon)
        assert set(mails_to(app, outside.email)) == {Dropped("그사이 참가했습니다.")}
    assert queue_due(now + timedelta(minutes=40)) == []


def test_the_morning_after_everybody_hears_what_fits(app, now, briefing):
    came, absent = one_who_came(briefing), a_registration(briefing, locale="en")
    briefing.replay_url, briefing.replay_captioned = "https://room.example.kr/replay", True
    db.session.commit()
    evening, morning = now + timedelta(hours=10), now + timedelta(days=1)
    assert queue_due(evening) == []
    assert queue_due(morning) == [f"reminder:thanks:{came.id}:0", f"reminder:absent:{absent.id}:0"]
    assert queue_due(morning + timedelta(hours=1)) == []
    for person in (came, absent):
        [mail] = mails_to(app, person.email)
        assert briefing.replay_url in mail.text
        [reply] = [link for link in links_in(mail) if link.endswith("/reply")]
        assert app.test_client().get(reply).status_code == 200
        assert f"{reply}?need={briefing.slots[0].need_id}" in mail.text


def test_what_a_late_list_says_is_told_and_who_was_thanked_is_not_told_that_they_missed_it(app, now, briefing):
    late, thanked = a_registration(briefing), a_registration(briefing)
    with unit_of_work():
        mark(briefing, [thanked], AttendanceState.PRESENT, "전화로 참가함", a_user(), briefing.ends_at)
    after = briefing.starts_at + timedelta(days=2)
    queue_due(after)
    db.session.execute(update(Message).values(state=MessageState.SENT))
    db.session.commit()
    with unit_of_work():
        mark(briefing, [thanked], AttendanceState.ABSENT, "다른 사람이 들어옴", a_user(), after)
        mark(briefing, [late], AttendanceState.PRESENT, "회의 도구 명단", a_user(), after)
    queue_due(after)
    told = {each.email: [] for each in (late, thanked)}
    for message in db.session.scalars(select(Message).order_by(Message.id)):
        told[message.recipient].append(message.kind)
    assert told == {late.email: ["absent", "thanks"], thanked.email: ["thanks"]}


def test_nothing_follows_what_was_called_off_or_is_long_past(now, briefing):
    one_who_came(briefing)
    assert queue_due(briefing.ends_at + timedelta(days=7)) == []
    briefing.cancel("비가 와서", now)
    db.session.commit()
    assert queue_due(now + timedelta(days=1)) == []


@pytest.mark.parametrize("locale", ["ko", "en"])
@pytest.mark.parametrize(
    "rung",
    [rung for rung in RUNGS if rung.step is Step.MISSED],
    ids=lambda rung: rung.value,
)
def test_each_reads_as_it_should(app: Flask, rung: Rung, locale: str) -> None:
    reader = a_reader(locale)
    moment = latest(rung.step, reader.briefing) - timedelta(minutes=1)
    message = about(reader, rung, moment)
    check(f"{message.kind}.{locale}", compose(app, message, moment))
