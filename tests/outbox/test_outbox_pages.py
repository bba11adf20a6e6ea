"""What staff see of the mails."""

from datetime import timedelta

import pytest
import time_machine

from briefings.accounts.models import Role
from briefings.calendar.addresses import Mailbox
from briefings.calendar.items import CalendarObject, cancel, request
from briefings.db import unit_of_work
from briefings.outbox import finding
from briefings.outbox.mail import Mail
from briefings.outbox.models import MessageState
from briefings.outbox.queueing import Recipient, queue
from briefings.outbox.words import KINDS
from tests.builders import a_user, an_owner
from tests.outbox.conftest import line_up, messages


@pytest.fixture
def at_work(client):
    """A visitor signed in as an officer."""
    return client.sign_in(a_user(Role.OFFICER))


def an_item(now, **given):
    """An invitation for somebody's calendar, the day after tomorrow at 14:00 in Seoul."""
    values = {
        "uid": "9f1c4b7ae02d4e53b8a6d0c7f3e915a2@cal.briefings.example.kr",
        "sequence": 0,
        "dtstamp": now,
        "created": now,
        "modified": now,
        "starts_at": now + timedelta(days=2, hours=4),
        "ends_at": now + timedelta(days=2, hours=5, minutes=30),
        "timezone": "Asia/Seoul",
        "summary": "순환경제 협업이음 사업설명회",
        "description": "온라인으로 진행합니다.",
        "url": "http://briefings.example.kr/b/4h2k9",
        "conference_label": "온라인 참석",
        "organizer": Mailbox("협업이음 설명회", "invite@briefings.example.kr"),
        "attendee": Mailbox("김하늘", "haneul@example.kr"),
    }
    return CalendarObject(**(values | given))


@pytest.fixture
def kept(app, deliver, monkeypatch, now):
    """Deliver one mail to haneul@example.kr into the own mailbox; its id."""

    def kept(calendar: bytes | None = None, method: str | None = None, text: str = "안녕하십니까.") -> int:
        composer = lambda message, now: Mail("[초대] 순환경제 설명회", text, calendar, method)  # noqa: E731
        monkeypatch.setitem(app.extensions["composers"], "invitation", composer)
        with unit_of_work():
            queue("invitation", f"invitation:{len(messages())}", Recipient("haneul@example.kr", "김하늘"), now)
        deliver("mailbox:")
        return messages()[-1].id

    return kept


def test_the_newest_message_stands_on_top(at_work, now):
    line_up(now, "first@example.kr", "second@example.kr", kind="reminder")
    page = at_work.get("/staff/outbox").text
    assert page.index("second@example.kr") < page.index("first@example.kr")
    assert KINDS["reminder"] in page


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("haneul@example.kr", ["haneul@example.kr"]),
        ("Haneul@Example.kr", ["haneul@example.kr"]),
        ("example.kr", ["haneul@example.kr", "bada@example.kr"]),
        ("100%", []),
        ("김하", ["haneul@example.kr", "bada@example.kr", "other@example.com"]),
    ],
)
def test_messages_are_found_by_address_or_name(app, now, q, found):
    line_up(now, "haneul@example.kr", "bada@example.kr", "other@example.com")
    assert [m.recipient for m in finding.find(finding.Search(q=q), 1).items] == found[::-1]


def test_what_waits_for_its_hour_says_which(at_work, now):
    line_up(now, "a@example.kr", due_at=now + timedelta(hours=3))
    line_up(now, "b@example.kr", start=2)
    page = at_work.get("/staff/outbox").text
    assert page.count("보낼 때 <time") == 1 and "2026. 11. 23.(월) 13:00" in page


def test_messages_are_found_by_state_and_kind(at_work, deliver, mail_server, now):
    line_up(now, "nobody@example.kr", "a@example.kr")
    line_up(now + timedelta(days=1), "b@example.kr", kind="reminder", start=3)
    deliver(mail_server.url)
    failed = at_work.get("/staff/outbox?state=failed").text
    assert "nobody@example.kr" in failed and "a@example.kr" not in failed and "보내지 못함 1" in failed
    reminders = at_work.get("/staff/outbox?kind=reminder&state=nonsense").text
    assert "b@example.kr" in reminders and "nobody@example.kr" not in reminders


def test_an_empty_list_says_why_and_where_to_go_on(at_work, now):
    assert "아직 보낸 전자우편이 없습니다" in at_work.get("/staff/outbox").text
    line_up(now, "a@example.kr")
    assert "이 조건에 맞는 전자우편이 없습니다" in at_work.get("/staff/outbox?q=b@example.kr").text


def test_the_list_asks_the_database_as_often_for_many_messages_as_for_one(at_work, count_queries, now):
    sent = []
    for start in (1, 2):
        line_up(now, *(["a@example.kr"] * (1 if start == 1 else 25)), start=start)
        with count_queries() as statements:
            at_work.get("/staff/outbox")
        sent.append(len(statements))
    assert sent[0] == sent[1] <= 11


def test_a_message_that_failed_can_be_sent_again_once_its_address_is_trusted(at_work, deliver, mail_server, now):
    line_up(now, "nobody@example.kr")
    deliver(mail_server.url)
    [message] = messages()
    address = f"/staff/outbox/{message.id}"
    page = at_work.get(address).text
    assert "550 5.1.1 No such user" in page and "주소 표시 풀기" in page
    assert at_work.post(f"{address}/again").status_code == 409
    mail_server.cured.add("nobody")
    later = now + timedelta(hours=1)
    with time_machine.travel(later, tick=False):
        at_work.post("/staff/outbox/undeliverable/trust?email=nobody@example.kr")
        assert at_work.post(f"{address}/again").location == address
        page = at_work.get(address).text
        assert "다시 넣었습니다" in page and "다시 보낼 차례에 넣음" in page and "되돌아온 주소 표시를 풂" in page
        deliver(mail_server.url)
        assert at_work.post(f"{address}/again").status_code == 409
    [message] = messages()
    assert (message.state, message.sent_at) == (MessageState.SENT, later)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("queued", "곧 보냄"),
        ("held", "내보낼 때까지 기다림"),
        ("bounced", "되돌아옴"),
        ("sending", "보내는 중"),
        ("sent", "내용은 남기지 않습니다"),
        ("failed", "보내지 못하고 그만둠"),
        ("dropped", "설명회가 이미 끝났습니다."),
    ],
)
def test_the_page_of_a_message_tells_its_course(at_work, now, state, words):
    line_up(now, "a@example.kr", kind="reminder")
    [message] = messages()
    with unit_of_work() as session:
        message = session.merge(message)
        message.state, message.attempts, message.sent_at = MessageState(state), 1, now if state == "sent" else None
        message.error = "설명회가 이미 끝났습니다." if state == "dropped" else ""
    assert words in at_work.get(f"/staff/outbox/{message.id}").text


def test_a_message_put_off_says_why_and_until_when(at_work, deliver, mail_server, now):
    line_up(now, "greylisted@example.kr")
    deliver(mail_server.url)
    page = at_work.get(f"/staff/outbox/{messages()[0].id}").text
    assert "450 4.2.0 Greylisted" in page and "다시 보낼 때" in page


class TestWhereMailStaysHere:
    def test_the_pages_say_so(self, at_work):
        assert "밖으로 나가지 않고 여기에 모입니다" in at_work.get("/staff/outbox").text

    def test_a_mail_is_shown_as_its_reader_has_it(self, at_work, kept):
        number = kept(text="받으십시오.\n\n- 하나\n\nhttp://briefings.example.kr/r/abc.def\n")
        page = at_work.get(f"/staff/outbox/{number}").text
        assert "협업이음 설명회 &lt;invite@briefings.example.kr&gt;" in page
        assert "김하늘 &lt;haneul@example.kr&gt;" in page
        assert f'src="/staff/outbox/{number}/body"' in page and "<iframe" in page and "allow-scripts" not in page
        body = at_work.get(f"/staff/outbox/{number}/body")
        assert "<li" in body.text and 'href="http://briefings.example.kr/r/abc.def"' in body.text
        policy = body.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'self'" in policy and "script-src" not in policy
        assert body.headers["X-Frame-Options"] == "SAMEORIGIN"

    def test_what_people_wrote_stays_text(self, at_work, kept):
        number = kept(text="<script>alert(1)</script> <img src=x onerror=alert(1)>")
        for address in (f"/staff/outbox/{number}", f"/staff/outbox/{number}/body"):
            page = at_work.get(address).text
            assert "<script>alert" not in page and "<img src=x" not in page and "&lt;script&gt;" in page

    @pytest.mark.parametrize(
        ("given", "make", "method", "word"),
        [
            ({}, request, "REQUEST", "초대"),
            ({"sequence": 2}, request, "REQUEST", "변경"),
            ({"sequence": 3, "cancelled": True}, cancel, "CANCEL", "취소"),
        ],
    )
    def test_a_calendar_object_is_told_in_words(self, at_work, kept, now, given, make, method, word):
        page = at_work.get(f"/staff/outbox/{kept(make(an_item(now, **given)), method)}").text
        card = page[page.index('class="invite"') : page.index("<iframe")]
        assert word in card and "순환경제 협업이음 사업설명회" in card
        assert "2026. 11. 25.(수) 14:00~15:30" in card and "수요일" in card
        assert 'href="http://briefings.example.kr/b/4h2k9"' in card and "협업이음 설명회" in card
        assert f"SEQUENCE {given.get('sequence', 0)}" in card

    def test_a_mail_can_be_downloaded_as_it_was_sent(self, at_work, kept):
        number = kept()
        file = at_work.get(f"/staff/outbox/{number}/mail.eml")
        assert file.mimetype == "message/rfc822" and file.data == messages()[-1].raw
        assert file.headers["Content-Disposition"] == f"attachment; filename=mail-{number}.eml"


def test_where_nothing_was_kept_there_is_no_mail_to_show(at_work, now):
    line_up(now, "a@example.kr")
    number = messages()[0].id
    for address in (f"{number}/body", f"{number}/mail.eml", "999999", "999999/body"):
        assert at_work.get(f"/staff/outbox/{address}").status_code == 404


def test_only_staff_look_into_the_mails(client, kept):
    number = kept()
    client.sign_in(an_owner())
    for address in ("", f"/{number}", f"/{number}/body", f"/{number}/mail.eml"):
        assert client.get(f"/staff/outbox{address}").status_code == 403
    assert client.post(f"/staff/outbox/{number}/again").status_code == 403


def test_every_kind_of_message_has_words(app):
    assert set(app.extensions["composers"]) - set(KINDS) == set()
