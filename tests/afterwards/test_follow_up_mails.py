"""After a briefing those who came are thanked, the others told, by themselves or at a press; the survey once more."""

import os
import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from briefings import jobs
from briefings.afterwards import reminding
from briefings.afterwards.models import CertificateRule, Survey, SurveyTaker
from briefings.afterwards.surveys import survey_of
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.live.models import Attendance
from briefings.needs.models import NeedState
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message
from briefings.outbox.quiet import QuietHours
from briefings.outbox.rendering import compose
from briefings.schedule.ladder import Rung, latest
from briefings.schedule.materials import hand_in
from briefings.schedule.models import Step
from briefings.schedule.registration_models import RegistrationState
from tests.builders import a_briefing, a_registration, a_user, saved
from tests.files import samples
from tests.mails import mails_to
from tests.schedule.test_reminder_mails import a_reader, about, written

pytestmark = pytest.mark.usefixtures("app")
SNAPSHOTS = Path(__file__).parent / "snapshots"
QUIET = QuietHours(ZoneInfo("Asia/Seoul"), 21, 8)


def there(registration):
    """Somebody who stayed throughout."""
    briefing = registration.briefing
    times = {"first_seen_at": briefing.starts_at, "last_seen_at": briefing.ends_at}
    saved(Attendance(registration_id=registration.id, **times))
    return registration


def messages(kind):
    return list(db.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def as_written(name, mail):
    """AssertionError unless it reads as the file says; keys of needs and files differ from run to run."""
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(written(mail), encoding="utf-8")
    assert written(mail) == file.read_text(encoding="utf-8")


@pytest.fixture
def briefing(now):
    """Ended an hour ago."""
    return a_briefing(needs=2, starts_at=now - timedelta(minutes=150))


@pytest.fixture
def desk(client):
    return client.sign_in(a_user(name="이보람"))


@pytest.mark.parametrize("locale", ["ko", "en"])
@pytest.mark.parametrize("kind", ["thanks", "absent", "survey_reminder"])
def test_each_reads_as_it_should(app: Flask, now, kind: str, locale: str) -> None:
    reader = a_reader(locale)
    need = reader.briefing.slots[0].need
    need.title = "폐어망 되살림 공정 함께 만들기"
    if kind != "absent":
        there(reader)
    db.session.commit()
    step = Step.ABSENT if kind == "absent" else Step.THANKS
    moment = latest(step, reader.briefing) - timedelta(minutes=1)
    message = about(reader, Rung(step), moment)
    message.kind = kind
    mail = compose(app, message, moment)
    text = mail.text.replace(f"need={need.id}\n", "need=1\n")
    as_written(f"{kind}.{locale}", type(mail)(mail.subject, text))


def test_a_mail_promises_only_what_there_is(app, now):
    reader = a_reader("ko")
    reader.briefing.replay_captioned = False
    saved(CertificateRule(briefing_id=reader.briefing_id, offered=False))
    saved(Survey(briefing_id=reader.briefing_id, offered=False, questions=[], changed_at=now))
    there(reader)
    after = reader.briefing.ends_at + timedelta(days=1)
    text = compose(app, about(reader, Rung(Step.THANKS), after), after).text
    for missing in ("다시 보려면", "확인증", "만족도", "발표자료"):
        assert missing not in text
    assert "참여 답글" in text and "답글: http" in text


def test_slides_that_everybody_may_have_and_the_page_of_what_is_left_are_named(app, client, now, briefing):
    came = there(a_registration(briefing))
    slot, other = briefing.slots
    with unit_of_work():
        hand_in(slot, "발표.pdf", samples.a_pdf(), briefing.starts_at, public=True)
        hand_in(other, "내부용.pdf", samples.a_pdf(), briefing.starts_at)
    text = compose(app, about(came, Rung(Step.THANKS), now), now).text
    [slides] = re.findall(r"발표자료: http://[^/]+(/join/\S+)", text)
    assert client.get(slides).status_code == 200
    assert f"/archive/{briefing.public_id}\n" in text and text.count("/slides?") == 1


def test_a_reply_is_asked_for_where_one_is_taken_and_nothing_is_said_of_what_was_withdrawn(app, now, briefing):
    came = there(a_registration(briefing))
    closed, withdrawn = (slot.need for slot in briefing.slots)
    closed.state, withdrawn.state = NeedState.CLOSED, NeedState.WITHDRAWN
    db.session.commit()
    text = compose(app, about(came, Rung(Step.THANKS), now), now).text
    assert closed.title in text and withdrawn.title not in text and "/reply?need=" not in text


def test_whoever_is_no_longer_what_the_mail_says_does_not_get_it(app, now, briefing):
    came, absent = there(a_registration(briefing)), a_registration(briefing)
    after = briefing.ends_at + timedelta(days=1)
    assert isinstance(compose(app, about(absent, Rung(Step.THANKS), after), after), Dropped)
    assert isinstance(compose(app, about(came, Rung(Step.ABSENT), after), after), Dropped)


def test_staff_see_what_is_left_to_do_and_the_very_mails_and_send_them_at_once(app, client, desk, now, briefing):
    came, absent = there(a_registration(briefing, name="김가온")), a_registration(briefing, name="박나래")
    page = f"/staff/briefings/{briefing.id}/afterwards"
    text = client.get(page).text
    for expected in ("온 사람 1명", "2건 가운데 0건", "0명 답함", "2026. 11. 24.(화) 10:00", "받은 질문이 없습니다"):
        assert expected in text
    asked = client.get(f"{page}/send").text
    assert "참가한 1명" in asked and "참가하지 못한 1명" in asked and "만족도 조사에 답해" in asked
    assert not messages("thanks")
    shown = {"agreed": re.search(r'name="agreed"[^>]* value="([0-9a-f]+)"', asked)[1]}
    other = there(a_registration(briefing))
    absent.state = RegistrationState.CANCELLED  # as many, but others
    db.session.commit()
    assert "받을 사람이 바뀌었습니다" in client.post(f"{page}/send", data=shown).text
    assert not messages("thanks")
    absent.state, other.state = RegistrationState.CONFIRMED, RegistrationState.CANCELLED
    db.session.commit()
    told = client.post(f"{page}/send", data=shown, follow_redirects=True).text
    assert "전자우편 2통을" in told
    assert [each.recipient for each in messages("thanks") + messages("absent")] == [came.email, absent.email]
    assert history_of(briefing)[-1].detail == {"thanks": 1, "absent": 1}
    assert "모두 이미 보냈거나" in client.get(f"{page}/send").text
    with time_machine.travel(now + timedelta(days=1), tick=False):
        jobs.queue_reminders(app)
    assert len(messages("thanks")) == len(messages("absent")) == 1


def test_a_replay_is_promised_only_where_there_is_one(client, desk, now, briefing):
    there(a_registration(briefing))
    page = f"/staff/briefings/{briefing.id}/afterwards/send"
    asked = client.get(page).text
    assert "다시보기는 아직 없어 빠집니다" in asked and "감사와 다시보기" not in asked
    briefing.replay_url, briefing.replay_captioned = "https://example.kr/replay", True
    db.session.commit()
    asked = client.get(page).text
    assert "감사와 다시보기, 과제별 답글 링크" in asked and "빠집니다" not in asked


def test_nothing_is_sent_before_the_end_long_after_it_or_where_it_is_switched_off(client, desk, now, briefing):
    there(a_registration(briefing))
    coming, past = a_briefing(), a_briefing(starts_at=now - timedelta(days=9))
    silent = a_briefing(starts_at=now - timedelta(hours=5), reminders=["day"])
    for each, why in ((coming, "끝난 뒤에"), (past, "7일이 지나"), (silent, "껐습니다")):
        assert why in client.get(f"/staff/briefings/{each.id}/afterwards").text
        assert why in client.get(f"/staff/briefings/{each.id}/afterwards/send").text
        assert why in client.post(f"/staff/briefings/{each.id}/afterwards/send", data={"agreed": "0"}).text
    assert not messages("thanks")


def test_the_survey_is_asked_for_once_more_of_those_who_came_and_said_nothing(app, now, briefing):
    silent, answered = there(a_registration(briefing)), there(a_registration(briefing))
    a_registration(briefing)
    there(a_registration(briefing, state=RegistrationState.CANCELLED))
    saved(SurveyTaker(registration_id=answered.id, briefing_id=briefing.id))
    third = reminding.due_at(briefing, QUIET)
    assert f"{third:%d %H}" == "26 10"
    for moment, number in ((third - timedelta(minutes=1), 0), (third.replace(hour=22), 0), (third, 1), (third, 0)):
        with unit_of_work():
            assert reminding.queue_due(moment, QUIET) == number
    [message] = messages("survey_reminder")
    assert message.recipient == silent.email
    with time_machine.travel(third, tick=False):
        [mail] = mails_to(app, silent.email)
        assert f"/join/{silent.public_id}" in mail.text and "5가지만" in mail.text
        saved(SurveyTaker(registration_id=silent.id, briefing_id=briefing.id))
        assert mails_to(app, silent.email) == [Dropped("그사이 만족도 조사에 답했습니다.")]


@pytest.mark.parametrize("given", [{"offered": False}, {"closes_at": timedelta(days=2)}])
def test_nobody_is_asked_again_where_the_survey_is_closed(now, briefing, given):
    there(a_registration(briefing))
    usual = survey_of(briefing)
    given = {name: now + value if isinstance(value, timedelta) else value for name, value in given.items()}
    saved(Survey(briefing_id=briefing.id, questions=usual.questions, changed_at=now, **given))
    with unit_of_work():
        assert reminding.queue_due(reminding.due_at(briefing, QUIET), QUIET) == 0
