"""Staff hold messages, let them go, send them again and look at them before they leave."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from briefings.audit.models import AuditEntry
from briefings.db import db, unit_of_work
from briefings.outbox.models import Message, MessageState, UndeliverableAddress
from briefings.outbox.queueing import Draft, Recipient, queue, queue_many
from briefings.schedule import invitations
from briefings.schedule.links import token_of
from briefings.schedule.registering import cancel as cancel_registration
from briefings.web.tokens import HIDDEN
from tests.builders import a_briefing, a_registration, a_user, saved
from tests.mails import mails_to
from tests.outbox.conftest import line_up, messages, states

TOGETHER = "/staff/outbox/together"


@pytest.fixture
def officer(app):
    return a_user(name="이보람", email="boram@example.kr")


@pytest.fixture
def at_work(client, officer):
    """A visitor signed in as an officer."""
    return client.sign_in(officer)


def invited(briefing, now, **given):
    """Somebody whose invitation waits to be sent."""
    registration = a_registration(briefing, **given)
    with unit_of_work():
        invitations.invite(registration, now)
    return registration


def numbers() -> list[int]:
    """The ids of all messages, oldest first."""
    with unit_of_work() as session:  # as `messages`, but what the test has loaded stays loaded
        return list(session.scalars(select(Message.id).order_by(Message.id)))


def how_many() -> dict[str, int]:
    """How many messages are in each state."""
    with unit_of_work() as session:
        return dict(session.execute(select(Message.state, func.count()).group_by(Message.state)).all())


def do_together(at_work, act, query):
    """Look at the confirmation and agree; both pages."""
    page = at_work.get(f"{TOGETHER}/{act}?{query}").text
    up_to = re.search(r'name="up_to" type="hidden" value="(\d+)"', page)[1]
    return page, at_work.post(f"{TOGETHER}/{act}?{query}", data={"up_to": up_to}, follow_redirects=True).text


def test_what_is_held_keeps_what_follows_it_in_the_same_calendar_and_nothing_else(at_work, deliver, mail_server, now):
    here, there = a_briefing(title="보류한 설명회"), a_briefing(title="다른 설명회")
    held = invited(here, now, email="gaon@example.com")
    [message] = numbers()
    at_work.post(f"/staff/outbox/{message}/hold")
    with unit_of_work():
        cancel_registration(held, now)
    invited(there, now, email="gaon@example.com")
    deliver(mail_server.url)
    assert [message.state.value for message in messages()] == ["held", "queued", "sent"]
    assert [mail["Subject"] for _, mail in mail_server.taken] == ["[초대] 다른 설명회 (12/3 10:00)"]

    at_work.post(f"/staff/outbox/{message}/release")
    deliver(mail_server.url)
    request, cancellation, _ = messages()
    assert (request.state.value, request.error) == ("dropped", "더 새로운 안내가 뒤따릅니다.")
    assert cancellation.state is MessageState.SENT and "[취소] 보류한 설명회" in mail_server.taken[-1][1]["Subject"]


def test_the_page_of_a_message_says_who_held_it_and_let_it_go(app, at_work, now):
    line_up(now, "a@example.kr", kind="my_registrations")
    address = f"/staff/outbox/{numbers()[0]}"
    at_work.post(f"{address}/hold")
    assert states() == ["held"] and at_work.post(f"{address}/hold").status_code == 409
    other = app.test_client().sign_in(a_user(name="윤다온"))
    assert other.post(f"{address}/release").location == address
    page = at_work.get(address).text
    course = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("발송 과정") :]))
    assert re.search(r"보류함 이보람 .*내보냄 윤다온 .*곧 보냄", course)


@pytest.mark.slow
def test_thousands_are_held_and_let_go_in_one_statement(at_work, count_queries, now):
    number = a_briefing().id
    drafts = [Draft(f"k{n}", Recipient(f"p{n}@example.kr", "김하늘"), {}) for n in range(2_000)]
    with unit_of_work():
        queue_many("my_registrations", drafts, now, about=f"briefing:{number}")
        queue("my_registrations", "other", Recipient("other@example.kr", "박바다"), now)
    query = f"all=1&about=briefing:{number}"
    page = at_work.get(f"{TOGETHER}/hold?{query}").text
    assert "2,000건을 보류하시겠습니까?" in page
    up_to = re.search(r'name="up_to" type="hidden" value="(\d+)"', page)[1]
    with count_queries() as sent:
        at_work.post(f"{TOGETHER}/hold?{query}", data={"up_to": up_to})
    assert [statement.split()[0] for statement in sent if "messages" in statement or "audit" in statement] == [
        "WITH",
        "INSERT",
    ]
    assert how_many() == {"held": 2_000, "queued": 1}
    page, _ = do_together(at_work, "release", query)
    assert "2,000건을 내보내시겠습니까?" in page and how_many() == {"queued": 2_001}
    of_one = (AuditEntry.about_type == "messages", AuditEntry.about_id == numbers()[0])
    acts = select(AuditEntry.action).where(*of_one).order_by(AuditEntry.id)
    assert list(db.session.scalars(acts)) == ["message.held", "message.released"]


def test_only_what_was_counted_is_done(at_work, now):
    line_up(now, "a@example.kr", "b@example.kr")
    page = at_work.get(f"{TOGETHER}/hold?all=1").text
    line_up(now, "late@example.kr", start=3)
    up_to = re.search(r'name="up_to" type="hidden" value="(\d+)"', page)[1]
    at_work.post(f"{TOGETHER}/hold?all=1", data={"up_to": up_to})
    assert states() == ["held", "held", "queued"]
    assert at_work.post(f"{TOGETHER}/release?all=1", data={}).status_code == 303 and states()[0] == "held"


def test_what_is_ticked_is_done_as_far_as_it_can_be(at_work, now):
    line_up(now, "a@example.kr", "b@example.kr", "c@example.kr")
    first, second, _ = (message.id for message in messages())
    at_work.post(f"/staff/outbox/{second}/hold")
    page, done = do_together(at_work, "hold", f"id={first}&id={second}&state=queued")
    assert "고른 2건 가운데 1건만" in page and "1건을 보류했습니다" in done
    assert states() == ["held", "held", "queued"]
    assert "먼저 하나 이상 고른 뒤에" in at_work.get(f"{TOGETHER}/hold").text
    at_work.post(f"{TOGETHER}/release", data={"up_to": "999999"})
    assert states() == ["held", "held", "queued"]  # neither ticked nor meant all
    strange = at_work.post(f"{TOGETHER}/release?all=1&about=briefing:999999", data={"up_to": "999999"})
    assert strange.status_code == 409 and states() == ["held", "held", "queued"]


def test_what_failed_is_sent_again_but_not_to_addresses_that_take_nothing(at_work, deliver, mail_server, now):
    line_up(now, "nobody@example.kr", "spam@example.kr")
    deliver(mail_server.url)
    assert states() == ["failed", "failed"]
    mail_server.cured |= {"nobody", "spam"}
    page, _ = do_together(at_work, "again", "all=1")
    assert "1건을 다시 보내시겠습니까?" in page and "되돌아온 주소로 가는 1건은 들어가지 않습니다" in page
    deliver(mail_server.url)
    assert states() == ["failed", "sent"]


def test_staff_find_messages_by_briefing_way_thread_and_whether_they_were_put_off(at_work, deliver, mail_server, now):
    briefing = a_briefing(title="찾는 설명회")
    invited(briefing, now, email="gaon@example.com")
    line_up(now, "greylisted@example.kr")
    with unit_of_work():
        draft = Draft("t", Recipient("phone@example.kr", "박바다"), {}, phone="010-1234-5678")
        queue_many("plain", [draft], now, due_at=now.replace(hour=9))
    deliver(mail_server.url)
    about = at_work.get(f"/staff/outbox?about=briefing:{briefing.id}").text
    assert "gaon@example.com" in about and "greylisted" not in about and "보냄 1" in about and "미룸 0" in about
    deferred = at_work.get("/staff/outbox?state=deferred").text
    assert "450 4.2.0 Greylisted" in deferred and "다음 시도" in deferred and "gaon@example.com" not in deferred
    text = at_work.get("/staff/outbox?medium=text").text
    assert "phone@example.kr" in text and "010-****-5678" in text and "gaon@example.com" not in text
    thread = messages()[0].thread
    found = at_work.get(f"/staff/outbox?thread={thread}").text
    assert "gaon@example.com" in found and "같은 일정에 관한 것만" in found
    assert "greylisted" in at_work.get("/staff/outbox?thread=x").text  # nonsense counts as not said


class TestBeforeItLeaves:
    def test_the_real_mail_is_shown_without_the_reader_s_links(self, app, at_work, now):
        registration = invited(a_briefing(title="순환경제 설명회"), now, name="김바다")
        address = f"/staff/outbox/{numbers()[0]}"
        page, body = at_work.get(address).text, at_work.get(f"{address}/body")
        assert "지금 보내면 이렇게 나갑니다" in page and "달력에 들어가는 일정" in page and "SEQUENCE 0" in page
        assert "김바다 님" in body.text and "Content-Security-Policy" in body.headers
        with app.app_context():
            for purpose in ("registration", "join"):
                assert token_of(registration, purpose) not in page + body.text
        assert HIDDEN in page and HIDDEN in body.text
        assert at_work.get(f"{address}/mail.eml").status_code == 404
        assert states() == ["queued"]

    def test_it_is_shown_in_its_reader_s_language(self, at_work, now):
        invited(a_briefing(), now, name="Ann", locale="en")
        assert 'lang="en"' in at_work.get(f"/staff/outbox/{messages()[0].id}/body").text

    def test_a_text_is_shown_without_the_number_it_goes_to(self, at_work, now):
        registration = a_registration(a_briefing(), phone="010-1234-5678")
        params = {"registration": registration.id, "sequence": registration.briefing.sequence}
        draft = Draft("t", Recipient(registration.email, "김바다"), params, phone="010-1234-5678")
        with unit_of_work():
            queue_many("reminder_text", [draft], now)
        registration.briefing.reminders = ["day", "day:text"]
        db.session.commit()
        with time_machine.travel(registration.briefing.starts_at - timedelta(hours=20), tick=False):
            page = at_work.sign_in(a_user()).get(f"/staff/outbox/{numbers()[0]}").text
        assert "지금 보내면 이렇게 나갑니다" in page and "1234" not in page
        assert page.count("010-****-5678") == 2

    def test_what_was_dropped_after_trying_is_not_told_as_the_reason_of_each_try(self, at_work, now):
        line_up(now, "a@example.kr", kind="my_registrations")
        message = db.session.scalar(select(Message))
        message.state, message.attempts, message.error = MessageState.DROPPED, 3, "알리기에 너무 늦었습니다."
        db.session.commit()
        course = at_work.get(f"/staff/outbox/{message.id}").text.partition("발송 과정")[2]
        assert "3번 시도함" in course and course.count("알리기에 너무 늦었습니다.") == 1

    def test_why_it_would_not_be_sent_is_said(self, at_work, now):
        line_up(now, "a@example.kr", kind="my_registrations")
        address = f"/staff/outbox/{messages()[0].id}"
        assert "앞으로 열릴 설명회의 신청이 없습니다." in at_work.get(address).text
        assert at_work.get(f"{address}/body").status_code == 404
        assert at_work.post(f"{address}/test").status_code == 409

    def test_staff_send_it_to_themselves_harmlessly(self, app, at_work, officer, deliver, mail_server, now):
        registration = invited(a_briefing(title="순환경제 설명회"), now, name="김바다")
        original = numbers()[0]
        at_work.post(f"/staff/outbox/{original}/hold")
        answer = at_work.post(f"/staff/outbox/{original}/test", follow_redirects=True)
        assert "시험 발송했습니다" in answer.text and "시험 발송함" in answer.text
        deliver(mail_server.url)
        [(recipient, mail)] = mail_server.taken
        assert recipient == officer.email and mail["Subject"].startswith("[시험] [초대] 순환경제 설명회")
        assert not [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        text = mail.get_body(("plain",)).get_content()
        assert "시험 발송입니다" in text and "김바다 님" in text and HIDDEN in text
        with app.app_context():
            assert token_of(registration) not in text
        assert states() == ["held", "sent"]


class TestAddressesThatTakeNothing:
    def test_they_are_listed_marked_everywhere_and_trusted_again(self, app, at_work, now):
        briefing = a_briefing()
        registration = invited(briefing, now, email="gone@example.com")
        number = numbers()[0]
        saved(UndeliverableAddress(address="gone@example.com", since=now, reason="550 No such user", status="5.1.1"))
        registrants = f"/staff/briefings/{briefing.id}/registrations"
        places = (
            "/staff/outbox",
            f"/staff/outbox/{number}",
            "/staff/people?email=gone@example.com",
            registrants,
            f"{registrants}/{registration.public_id}",
        )
        for place in places:
            page = at_work.get(place).text
            assert "되돌아온 주소</span>" in page, place
            assert "/staff/people?email=gone@example.com" in page or place == "/staff/people?email=gone@example.com"
        listed = at_work.get("/staff/outbox/undeliverable").text
        assert "gone@example.com" in listed and "5.1.1" in listed and "550 No such user" in listed
        address = "/staff/outbox/undeliverable/trust?email=gone@example.com"
        assert "다시 보내시겠습니까?" in at_work.get(address).text
        at_work.post(address)
        assert "되돌아온 주소가 없습니다" in at_work.get("/staff/outbox/undeliverable").text
        assert at_work.get(address).status_code == 404 and at_work.post(address).status_code == 409
        [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "address.trusted"))
        assert (entry.actor_name, entry.detail["address"]) == ("이보람", "gone@example.com")


def test_a_briefing_s_mail_is_held_until_staff_let_all_of_it_go(app, at_work, deliver, mail_server, now):
    briefing = a_briefing()
    page = f"/staff/briefings/{briefing.id}"
    assert at_work.post(f"{page}/hold-mails", data={"on": "1"}).location == f"{page}#mails"
    for _ in range(2):
        invited(briefing, now)
    deliver(mail_server.url)
    assert states() == ["held", "held"] and mail_server.taken == []
    shown = at_work.get(page).text
    link = re.search(r'href="(/staff/outbox/together/release[^"]+)"', shown)[1].replace("&amp;", "&")
    assert "보류한 2건 모두 내보내기" in shown and "전자우편 보류하기" in shown
    do_together(at_work, "release", link.partition("?")[2])
    at_work.post(f"{page}/hold-mails")
    invited(briefing, now)
    with time_machine.travel(now, tick=False):
        deliver(mail_server.url)
    assert states() == ["sent"] * 3


def test_a_test_mail_says_nothing_about_others_when_composed(app, now, officer):
    with unit_of_work():
        to = Recipient(officer.email, officer.name)
        queue("test", "test:1", to, now, subject="제목", words="첫 문단\n\n#{이름}\n\n-- \n옛 꼬리말\n")
    [mail] = mails_to(app, officer.email)
    assert mail.subject == "[시험] 제목" and "첫 문단\n\n#{이름}" in mail.text and "옛 꼬리말" not in mail.text
