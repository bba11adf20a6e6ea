"""What people need in order to take part: asked for, seen by few, answered in time, destroyed afterwards."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings import jobs
from briefings.audit.models import AuditEntry
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox.mail import Dropped, Mail
from briefings.outbox.models import Message
from briefings.registrations.commands import privacy
from briefings.schedule import registering, support
from briefings.schedule.links import token_of
from briefings.schedule.registration_models import Registration, RegistrationState, SupportState
from tests.builders import a_briefing, a_registration, a_user
from tests.mails import mails_to

ASKED, ARRANGED, IMPOSSIBLE = SupportState
WISH, ANSWER = "문자 통역이 필요합니다.", "문자 통역을 준비했습니다. 입장 화면에서 자막을 켜 주세요."
FORM = {"do": "answer", "state": "arranged", "words": ANSWER}


@pytest.fixture
def desk(client):
    """Staff at work."""
    return client.sign_in(a_user(name="이보람"))


def asking(now, words=WISH, **given) -> Registration:
    """Somebody with a place who asked at `now`."""
    registration = a_registration(**given)
    with unit_of_work():
        support.ask(registration, words, now)
    return registration


def look(desk, registration):
    """The page of a request once it was opened."""
    return desk.post(f"/staff/support/{registration.public_id}", data={"do": "look"}).text


def seen_in(page: str) -> str:
    return re.search(r'name="seen" type="hidden" value="([^"]*)"', page)[1]


def reply(desk, registration, page, **given):
    data = FORM | {"seen": seen_in(page)} | given
    return desk.post(f"/staff/support/{registration.public_id}", data=data)


def acts(*names: str) -> list[tuple[str, dict]]:
    found = select(AuditEntry).where(AuditEntry.action.in_(names)).order_by(AuditEntry.id)
    return [(entry.action, entry.detail) for entry in db.session.scalars(found)]


def test_a_request_is_read_answered_and_told(app, client, desk, now):
    registration = asking(now, locale="en", name="Kim Ga-on")
    assert "지원 요청 <small>(가장 이른 기한 3일 뒤, 2026. 11. 26.(목))</small>" in desk.get("/staff/").text
    queue = desk.get("/staff/support").text
    assert "기한까지 3일" in queue and WISH not in queue
    page = desk.get(f"/staff/support/{registration.public_id}").text
    assert WISH not in page and "요청 열기" in page and not acts("support.seen")
    page = look(desk, registration)
    assert WISH in page and acts("support.seen") == [("support.seen", {})]

    assert "입력해 주세요" in reply(desk, registration, page, words="").text
    assert reply(desk, registration, page).status_code == 303
    assert acts("support.answered") == [("support.answered", {"state": "arranged"})]
    (mail,) = mails_to(app, registration.email)
    assert isinstance(mail, Mail) and mail.subject.startswith("[Ieum] The support you asked for is arranged")
    assert ANSWER in mail.text and WISH not in mail.text
    assert f"/en/r/{token_of(registration)}" in mail.text
    assert "지원 요청" not in desk.get("/staff/").text.split("다음 설명회")[0].split("기다리는 일")[1]
    own = app.test_client().get(f"/r/{token_of(registration)}").text
    assert WISH in own and "준비함" in own and ANSWER in own


def test_what_was_changed_meanwhile_is_read_anew_before_it_is_answered(app, desk, now):
    registration = asking(now)
    page = look(desk, registration)
    assert reply(desk, registration, page).status_code == 303
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        with unit_of_work():
            support.ask(registration, "수어 통역으로 바꿔 주세요.", now + timedelta(hours=1))
        assert (registration.support_state, registration.support_answer) == (ASKED, "")
        (mail,) = mails_to(app, registration.email)
        assert isinstance(mail, Dropped), "the answer to the earlier words no longer goes out"
        assert "그사이 요청이나 답이 바뀌었습니다" in reply(desk, registration, page).text
        page = look(desk, registration)
        assert reply(desk, registration, page, state="impossible", words="필담으로 도와드립니다.").status_code == 303
        assert "요청하신 그대로는 준비하지 못했습니다" in mails_to(app, registration.email)[-1].text
        with unit_of_work():
            support.ask(registration, "수어 통역으로 바꿔 주세요.", now + timedelta(hours=2))
        assert registration.support_state is IMPOSSIBLE, "the same words are no new question"
        with unit_of_work():
            support.ask(registration, "", now + timedelta(hours=2))
        assert registration.support_state is None
        assert "그사이 본인이 거두었을 수 있습니다" in desk.get(f"/staff/support/{registration.public_id}").text


def test_what_was_arranged_for_somebody_who_cancels_is_called_off(desk, now):
    registration = asking(now, name="그만둠")
    seen = registration.support_changed_at
    with unit_of_work():
        support.answer(registration, ARRANGED, "수어 통역사를 모셨습니다.", seen, now)
        registering.cancel(registration, now)
    assert "신청이 취소된 준비" in desk.get("/staff/support").text
    arranged = desk.get("/staff/support?state=arranged").text
    assert "그만둠" in arranged and "신청을 취소함" in arranged
    assert "취소하셔서 준비하지 않습니다" in desk.get(f"/r/{token_of(registration)}").text


def test_the_queue_has_what_is_overdue_first_and_says_what_came_late(desk, now):
    far = asking(now, briefing=a_briefing(title="먼 설명회"), name="나중이")
    near = a_briefing(title="가까운 설명회", starts_at=now + timedelta(days=5))
    overdue = asking(now - timedelta(days=4), briefing=near, name="먼저다")
    late = asking(now, briefing=near, name="늦은이")
    asking(now, name="취소함", state=RegistrationState.CANCELLED)
    queue = desk.get("/staff/support").text
    assert [queue.index(each.name) for each in (overdue, late, far)] == sorted(
        queue.index(each.name) for each in (overdue, late, far)
    )
    assert queue.count("기한이 2일 지남") == 2 and queue.count("기한 뒤에 요청함") == 1 and "취소함" not in queue
    assert "기한이 지난 지원 요청" in desk.get("/staff/").text
    assert reply(desk, far, look(desk, far)).status_code == 303
    assert "나중이 님께 답하고" in desk.get("/staff/support").text
    only_near = desk.get(f"/staff/support?briefing={near.id}&state=all").text
    assert "먼저다" in only_near and "나중이" not in only_near
    answered = desk.get("/staff/support?state=arranged").text
    assert "나중이" in answered and "먼저다" not in answered
    assert "조건에 맞는 요청이 없습니다" in desk.get("/staff/support?state=impossible").text
    assert desk.get("/staff/support?state=x&briefing=x&page=9").status_code == 200
    own = desk.application.test_client().get(f"/r/{token_of(late)}").text
    assert "설명회 7일 전이 지나서" in own


def test_the_queue_costs_as_much_for_many(desk, now, count_queries):
    briefing = a_briefing()
    asking(now, briefing=briefing)
    counted = []
    for _ in range(2):
        with count_queries() as sent:
            assert desk.get("/staff/support").status_code == 200
        counted.append(len(sent))
        for _ in range(3):
            asking(now, briefing=a_briefing())
    assert counted[0] == counted[1]


def test_nothing_is_answered_where_nothing_is_left_to_prepare(app, desk, now):
    registration = asking(now)
    seen = registration.support_changed_at
    given = (registration, ARRANGED, ANSWER, seen, now)
    registration.state, registration.cancelled_at = RegistrationState.CANCELLED, now
    db.session.commit()
    with pytest.raises(Refused):
        support.answer(*given)
    assert "신청을 취소한 분입니다" in look(desk, registration)
    registration.state, registration.cancelled_at = RegistrationState.CONFIRMED, None
    db.session.commit()
    assert "그사이" in desk.post(f"/staff/support/{registration.public_id}", data=FORM | {"seen": "x"}).text
    with time_machine.travel(now + timedelta(days=20)), pytest.raises(Refused):
        support.answer(registration, ARRANGED, ANSWER, seen, now + timedelta(days=20))
    with unit_of_work():
        support.answer(*given)
        support.answer(registration, ARRANGED, ANSWER, registration.support_changed_at, now)
    assert len(mails_to(app, registration.email)) == 1, "the same answer again is told once"


def test_on_the_day_whoever_runs_the_briefing_sees_all_of_it_at_the_press_of_a_button(desk, now):
    briefing = a_briefing()
    arranged = asking(now, briefing=briefing)
    assert reply(desk, arranged, look(desk, arranged)).status_code == 303
    asking(now, briefing=briefing, state=RegistrationState.WAITLISTED, words="점자 자료")
    assert "준비함 1건" in desk.get(f"/staff/briefings/{briefing.id}").text
    page = desk.get(f"/staff/support/briefings/{briefing.id}").text
    assert ANSWER not in page and "당일 지원 모두 열기" in page
    page = desk.post(f"/staff/support/briefings/{briefing.id}").text
    assert ANSWER in page and WISH in page and "점자 자료" not in page
    assert acts("support.day_seen") == [("support.day_seen", {})]


def test_the_words_are_destroyed_two_weeks_after_the_end_and_what_became_of_them_is_still_counted(app, desk, now):
    ended = a_briefing(starts_at=now - timedelta(days=14, hours=1, minutes=30), title="끝난 설명회")
    recent = a_briefing(starts_at=now - timedelta(days=2), title="어제 설명회")
    past, fresh = asking(now, briefing=ended), asking(now, briefing=recent)
    asking(now, briefing=ended, words="x")
    past.support_state, past.support_answer = ARRANGED, ANSWER
    db.session.commit()

    announced = desk.get("/staff/support/destruction").text
    assert "2명" not in announced.split("어제 설명회")[1] and "2026. 12. 5.(토)" in announced
    dry = app.test_cli_runner().invoke(privacy, ["destroy-support", "--dry-run"]).output
    assert "2 people of briefing" in dry and "끝난 설명회" in dry and WISH not in dry
    db.session.expire_all()
    assert past.support == WISH, "looking destroys nothing"
    own = app.test_client().get(f"/r/{token_of(fresh)}").text
    assert WISH in own and "답해 드립니다" not in own and "답을 기다림" not in own, (
        "nothing is promised once it is over"
    )
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        jobs.destroy_support(app)
        jobs.destroy_support(app)
    db.session.expire_all()
    assert (past.support, past.support_answer, past.support_state) == ("", "", ARRANGED)
    assert fresh.support == WISH
    assert acts("support.destroyed") == [("support.destroyed", {"people": 2, "asked": 1, "arranged": 1})]
    assert support.counts(ended) == {ASKED: 1, ARRANGED: 1}
    assert "적으신 내용을 지웠습니다" in app.test_client().get(f"/r/{token_of(past)}").text
    assert "설명회가 끝나고 기한이 지나 지웠습니다" in look(desk, past)
    assert not db.session.scalar(select(Message))
    with time_machine.travel(now + timedelta(days=14), tick=False):
        assert "of 1 people" in app.test_cli_runner().invoke(privacy, ["destroy-support"]).output
