"""What staff write to a group of a briefing: to exactly those, once, as their preview said."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings.announcements.models import Announcement
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.live.models import Attendance
from briefings.organizations.models import OrganizationKind
from briefings.outbox.mail import Dropped, Mail
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.schedule.links import token_of
from briefings.schedule.models import BriefingState, SlotState
from briefings.schedule.planning import cancel
from briefings.schedule.registering import cancel as cancel_registration
from briefings.schedule.registration_models import RegistrationState
from briefings.web.tokens import HIDDEN
from tests.builders import (
    a_briefing,
    a_registration,
    a_reply,
    a_user,
    an_organization,
    an_owner,
    saved,
)
from tests.client import PageClient
from tests.mails import mails_to

WORDS = {
    "subject": "#{설명회} 준비물 안내",
    "body": "#{이름} 님께\n\n#{일시}에 만납니다.\n\n- 입장: #{입장 링크}\n- 신청 내역: #{신청 내역}\n- #{안내 주소}",
    "states": ["confirmed"],
}


@pytest.fixture
def officer(app):
    return a_user(name="이보람", email="boram@example.kr")


@pytest.fixture
def desk(client: PageClient, officer) -> PageClient:
    """Staff at work."""
    return client.sign_in(officer)


@pytest.fixture
def briefing(app):
    """A briefing of two needs, one presented by somebody with an address."""
    briefing = a_briefing(needs=2, title="순환경제 설명회")
    briefing.slots[0].presenter_name, briefing.slots[0].presenter_email = "홍길동", "Hong@example.kr"
    briefing.slots[1].presenter_name = "윤다온"
    db.session.commit()
    return briefing


@pytest.fixture
def written(desk, briefing):
    """Write a draft as staff would; its address."""

    def written(**given):
        answer = desk.post(f"/staff/briefings/{briefing.id}/announcements/new", data=WORDS | given)
        assert answer.status_code == 303, re.findall(r'form-hint-invalid"[^>]*>([^<]+)', answer.text)
        return answer.location

    return written


def send(desk, address, **given):
    """Choose when, agree to the sentence, send."""
    choice = {"when": "now"} | given
    page = desk.post(f"{address}/send", data=choice).text
    agreed = re.search(r'name="agreed" type="hidden" value="([^"]*)"', page)[1]
    return page, desk.post(f"{address}/send", data=choice | {"agreed": agreed})


def recipients() -> list[str]:
    """Whom messages are queued for."""
    return list(
        db.session.scalars(select(Message.recipient).where(Message.kind == "announcement").order_by(Message.id))
    )


def people_of(briefing) -> dict[str, str]:
    """One of each sort: their addresses by what tells them apart."""
    cancelled = {"state": RegistrationState.CANCELLED, "confirmed_at": None, "cancelled_at": briefing.created_at}
    replying = an_organization("누리산업", OrganizationKind.COMPANY)
    given = {
        "company": {},
        "local": {"organization": an_organization("다도해군", OrganizationKind.LOCAL)},
        "came": {},
        "replied": {"organization": replying},
        "colleague of replied": {"organization": replying},
        "waiting": {"state": RegistrationState.WAITLISTED},
        "cancelled": cancelled,
    }
    made = {sort: a_registration(briefing, **values) for sort, values in given.items()}
    saved(Attendance(registration=made["came"], first_seen_at=briefing.starts_at, last_seen_at=briefing.starts_at))
    a_reply(briefing.slots[0].need, organization=replying)
    a_reply(organization=made["company"].organization)  # to a need of no matter here
    a_registration()  # of another briefing
    return {sort: registration.email for sort, registration in made.items()}


CONFIRMED = ("company", "local", "came", "replied", "colleague of replied")


GROUPS = [
    ({}, CONFIRMED),
    ({"states": ["waitlisted", "cancelled"]}, ("waiting", "cancelled")),
    ({"kinds": ["local"]}, ("local",)),
    ({"presence": "came"}, ("came",)),
    ({"presence": "absent"}, ("company", "local", "replied", "colleague of replied")),
    ({"replied": "yes"}, ("replied", "colleague of replied")),
    ({"replied": "no", "kinds": ["company"]}, ("company", "came")),
    ({"states": [], "presenters": "y"}, ("presenter",)),
    ({"kinds": ["local"], "presenters": "y"}, ("local", "presenter")),
]


def test_a_letter_goes_to_exactly_the_group(desk, briefing, written):
    addresses = people_of(briefing) | {"presenter": "hong@example.kr"}
    for chosen, sorts in GROUPS:
        before = len(recipients())
        page, answer = send(desk, written(**chosen))
        assert f"{len(sorts)}명에게 지금 보냅니다" in page, chosen
        assert answer.status_code == 303, chosen
        assert recipients()[before:] == [addresses[sort] for sort in sorts], chosen


def test_who_presents_and_is_registered_gets_one_letter(desk, briefing, written):
    a_registration(briefing, email="hong@example.kr")
    send(desk, written(presenters="y"))
    assert recipients() == ["hong@example.kr"]


def test_the_preview_shows_real_readers_and_who_is_left_out(app, desk, briefing, written):
    people_of(briefing)
    reader = a_registration(briefing, name="Ann Lee", email="ann@example.com", locale="en")
    saved(UndeliverableAddress(address="gone@example.com", since=briefing.created_at, reason="550 5.1.1"))
    a_registration(briefing, email="gone@example.com")
    address = written(
        presenters="y", kinds=["company"], subject_en="About #{설명회}", body_en="Dear #{이름}\n\n#{입장 링크}"
    )
    page = desk.get(address).text
    assert "6명에게 보낼 수 있습니다" in page
    for sentence in (
        "대기 중인 1명은 고르지 않았습니다.",
        "신청 취소인 1명은 고르지 않았습니다.",
        "나머지 조건에 맞지 않는 사람이 1명",
        "발표자(윤다온)에게는 보내지 못합니다",
        "되돌아온 주소 1개로는 보내지 않습니다",
        "gone@example.com",
    ):
        assert sentence in page, sentence
    assert "About 순환경제 설명회" in page and "Dear Ann Lee" in page
    with app.app_context():
        assert HIDDEN in page and token_of(reader, "join") not in page and token_of(reader) not in page
    assert recipients() == [] and db.session.scalars(select(Announcement)).one().state.value == "draft"


def test_each_reads_it_in_their_language_with_what_concerns_them(app, desk, briefing, written):
    a_registration(briefing, name="김바다", email="bada@example.kr")
    a_registration(briefing, name="Ann", email="ann@example.com", locale="en", state=RegistrationState.WAITLISTED)
    english = {"subject_en": "About #{설명회}", "body_en": "Dear #{이름}\n\n#{일시}"}
    send(desk, written(states=["confirmed", "waitlisted"], **english))
    [korean] = mails_to(app, "bada@example.kr")
    assert korean.subject == "순환경제 설명회 준비물 안내" and "/join/" in korean.text and HIDDEN not in korean.text
    assert "2026. 12. 3.(목) 10:00~11:30에 만납니다." in korean.text
    [other] = mails_to(app, "ann@example.com")
    assert (
        other.subject == "About 순환경제 설명회" and "Thu 3 Dec 2026" in other.text and "Privacy policy" in other.text
    )


def test_who_reads_english_gets_korean_where_nothing_else_was_written(app, desk, briefing, written):
    a_registration(briefing, name="Ann", email="ann@example.com", locale="en", state=RegistrationState.WAITLISTED)
    address = written(states=["waitlisted"])
    assert "영어로 신청한 사람에게도 한국어로 갑니다" in desk.get(address).text
    send(desk, address)
    [mail] = mails_to(app, "ann@example.com")
    assert "2026. 12. 3.(목)" in mail.text and "입장:" not in mail.text and "신청 내역:" in mail.text


def test_staff_are_told_whose_letter_lacks_a_paragraph_and_send_none_that_says_nothing(desk, briefing, written):
    for state in (RegistrationState.CONFIRMED, RegistrationState.WAITLISTED):
        a_registration(briefing, state=state)
    group = {"states": ["confirmed", "waitlisted"], "presenters": "y"}
    of_waiting = "대기 중인 1명이 받는 글에는 #{입장 링크} 자리가 든 문단이 없습니다."
    assert "문단이 없습니다" not in desk.get(written(**group)).text  # a line of a list may go
    partly = written(**group, body="마이크를 준비해 주세요.\n\n#{입장 링크}")
    for page in (partly, f"{partly}/send"):
        shown = desk.get(page).text
        assert of_waiting in shown and "발표자 1명이 받는 글에는 #{입장 링크} 자리가 든 문단" in shown
    assert send(desk, partly)[1].status_code == 303 and len(recipients()) == 3
    empty = written(**group, body="#{이름} 님께\n\n마이크를 준비해 주세요.\n#{입장 링크}")
    assert "대기 중인 1명에게는 글이 남지 않습니다." in desk.get(empty).text
    assert "대기 중인 1명에게는 글이 남지 않습니다." in desk.post(f"{empty}/send", data={"when": "now"}).text
    assert len(recipients()) == 3
    assert send(desk, written(body="마이크를 준비해 주세요.\n#{입장 링크}"))[1].status_code == 303  # all may enter


def test_it_is_sent_once_and_fixed_from_then_on(desk, officer, briefing, written):
    a_registration(briefing)
    address = written()
    _, answer = send(desk, address)
    assert answer.status_code == 303 and len(recipients()) == 1
    again = desk.post(f"{address}/send", data={"when": "now", "agreed": "now"})
    assert again.status_code == 409 and "이미 보낸 안내입니다" in again.text
    for act in ("edit", "discard", "test"):
        assert desk.post(f"{address}/{act}", data=WORDS).status_code == 409
    assert len(recipients()) == 1
    page = desk.get(address).text
    assert "대기 중 1명" in page and "/staff/outbox?thread=announcement:" in page
    held_together = desk.get(f"/staff/outbox/together/hold?all=1&thread=announcement:{address.rpartition('/')[2]}").text
    assert "함께 보낸 것" in held_together and "announcement:" not in re.sub(r"<[^>]+>", "", held_together)
    assert "대기 중 1명" in desk.get(f"/staff/briefings/{briefing.id}/announcements").text
    [entry] = [entry for entry in history_of(briefing) if entry.action == "announcement.sent"]
    assert (entry.actor_name, entry.detail["number"]) == (officer.name, 1)


def test_what_is_no_longer_true_is_not_sent(app, desk, officer, briefing, written, now):
    leaving, staying = a_registration(briefing), a_registration(briefing)
    send(desk, written(presenters="y"))
    with unit_of_work():
        cancel_registration(leaving, now)
        briefing.slots[0].state = SlotState.DECLINED
    assert mails_to(app, leaving.email)[0] == Dropped("그사이 신청 상태가 바뀌었습니다.")
    assert mails_to(app, "hong@example.kr")[0] == Dropped("더는 발표자가 아닙니다.")
    assert isinstance(mails_to(app, staying.email)[0], Mail)
    with unit_of_work():
        cancel(briefing, "사정", by=officer, now=now + timedelta(minutes=1))
    assert mails_to(app, staying.email)[0] == Dropped("그사이 설명회가 취소되었습니다.")


class TestWhen:
    def test_at_a_fixed_time_or_held(self, desk, briefing, written, now):
        a_registration(briefing)
        page, _ = send(desk, written(), when="at", due_at=["2026-11-24", "09:00"])
        assert "1명에게 2026. 11. 24.(화) 09:00에 보냅니다" in page and "쉬는 시간" not in page
        page, _ = send(desk, written(), when="held")
        assert "1명에게 보낼 것을 보류해 둡니다" in page
        sent = db.session.scalars(select(Message).order_by(Message.id)).all()
        assert [(m.state.value, m.due_at - now) for m in sent] == [
            ("queued", timedelta(hours=23)),
            ("held", timedelta(0)),
        ]

    def test_until_its_hour_it_is_not_called_sent_nor_while_it_is_held(self, desk, officer, briefing, written, now):
        a_registration(briefing)
        late, held = written(), written(subject="보류한 안내")
        send(desk, late, when="at", due_at=["2026-11-24", "09:00"])
        send(desk, held, when="held")
        listed = desk.get(f"/staff/briefings/{briefing.id}/announcements").text
        page, kept = desk.get(late).text, desk.get(held).text
        for seen in (listed, page):
            assert "정한 때를 기다림" in seen and "2026. 11. 24.(화) 09:00" in seen
        assert not re.search(r"</span>\s*보냄", listed + page + kept)
        assert re.search(r"</span>\s*보류", kept)
        with time_machine.travel(now + timedelta(hours=24), tick=False):
            assert re.search(r"</span>\s*보냄", desk.sign_in(officer).get(late).text)

    def test_late_in_the_evening_is_warned_of(self, desk, officer, briefing, written, now):
        a_registration(briefing)
        page, _ = send(desk, written(), when="at", due_at=["2026-11-24", "21:00"])
        assert "쉬는 시간" in page
        address = written()
        with time_machine.travel(now + timedelta(hours=12), tick=False):  # 22:00 in Seoul
            assert "쉬는 시간" in desk.sign_in(officer).post(f"{address}/send", data={"when": "now"}).text

    def test_never_in_the_past_and_never_without_a_time(self, desk, briefing, written):
        a_registration(briefing)
        address = f"{written()}/send"
        assert "이미 지났습니다" in desk.post(address, data={"when": "at", "due_at": ["2026-11-20", "09:00"]}).text
        assert "보낼 날짜와 시각을" in desk.post(address, data={"when": "at"}).text
        assert recipients() == []

    def test_a_briefing_whose_mail_is_held_holds_it_too(self, desk, briefing, written):
        a_registration(briefing)
        desk.post(f"/staff/briefings/{briefing.id}/hold-mails", data={"on": "1"})
        page, _ = send(desk, written())
        assert "보류하도록 해 두었습니다" in page
        assert db.session.scalars(select(Message)).one().state.value == "held"


def test_an_unknown_placeholder_and_an_empty_group_are_refused(desk, briefing):
    address = f"/staff/briefings/{briefing.id}/announcements/new"
    page = desk.post(address, data=WORDS | {"body": "#{이룸} 님께", "subject_en": "Hello"}).text
    assert "혹시 #{이름}입니까?" in page and "본문을 적어 주세요" in page
    assert "하나 이상 고르거나" in desk.post(address, data=WORDS | {"states": []}).text
    assert db.session.scalars(select(Announcement)).all() == []


def test_a_draft_is_kept_changed_and_dropped(desk, briefing, written):
    address = written(kinds=["local"], presence="came", replied="no", presenters="y", body_en="Hello", subject_en="Hi")
    page = desk.get(f"{address}/edit").text
    assert page.count("checked") == 5 and "Hello" in page
    desk.post(f"{address}/edit", data=WORDS | {"subject": "새 제목"})
    page = desk.get(address).text
    assert "새 제목" in page and "모든 기관" in page
    assert "이 조건에 맞는 사람이 없습니다" in page
    desk.post(f"{address}/discard")
    assert desk.get(address).status_code == 404


def test_staff_try_it_out_on_themselves(app, desk, officer, briefing, written):
    reader = a_registration(briefing, name="김바다")
    desk.post(f"{written()}/test")
    [mail] = mails_to(app, officer.email)
    assert mail.subject == "[시험] 순환경제 설명회 준비물 안내"
    assert "시험 발송입니다" in mail.text and "김바다 님께" in mail.text and HIDDEN in mail.text
    with app.app_context():
        assert token_of(reader, "join") not in mail.text
    assert mail.text.count("-- \n") == 1 and recipients() == []


def test_nobody_is_written_to_before_a_briefing_is_published(desk):
    draft = a_briefing(state=BriefingState.DRAFT)
    address = f"/staff/briefings/{draft.id}/announcements"
    assert "아직 공개하지 않은 설명회" in desk.get(address).text
    assert "아직 공개하지 않은 설명회" in desk.post(f"{address}/new", data=WORDS).text


def test_a_letter_is_found_under_its_own_briefing_by_staff_alone(app, desk, briefing, written):
    number = written().rpartition("/")[2]
    for act in ("", "/edit", "/send", "/discard"):
        assert desk.get(f"/staff/briefings/{a_briefing().id}/announcements/{number}{act}").status_code == 404
    owner = app.test_client().sign_in(an_owner())
    for address in ("", "/new", f"/{number}", f"/{number}/edit", f"/{number}/send", f"/{number}/discard"):
        assert owner.get(f"/staff/briefings/{briefing.id}/announcements{address}").status_code == 403


def test_many_are_written_to_in_few_statements(desk, briefing, written, count_queries):
    costs = []
    for more in (2, 20):
        for _ in range(more):
            a_registration(briefing)
        address = written()
        with count_queries() as sent:
            desk.post(f"{address}/send", data={"when": "now", "agreed": "now"})
        costs.append(len(sent))
    assert costs[0] == costs[1] and len(recipients()) == 2 + 22
