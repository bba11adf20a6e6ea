"""Staff decide about people who registered: about one or many, after they saw what becomes of whom and who is told."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from briefings.accounts.models import Role
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.outbox.models import Message
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_registration, a_user, an_organization
from tests.client import PageClient
from tests.schedule.desk import text_of
from tests.schedule.signing_up import register

CONFIRMED, WAITLISTED, CANCELLED, REQUESTED = (
    RegistrationState.CONFIRMED,
    RegistrationState.WAITLISTED,
    RegistrationState.CANCELLED,
    RegistrationState.REQUESTED,
)


@pytest.fixture
def desk(client: PageClient) -> PageClient:
    """Staff at work."""
    return client.sign_in(a_user(name="이보람"))


def asked(briefing: Briefing, *names: str) -> list[Registration]:
    """People who wait for approval, in this order."""
    return [a_registration(briefing, name=name, state=REQUESTED, confirmed_at=None) for name in names]


def together(act: str, *people: Registration, **query: str) -> str:
    """The page that asks about these people, or about all who meet conditions."""
    given = [f"id={each.public_id}" for each in people] + [f"{name}={value}" for name, value in query.items()]
    briefing_id = people[0].briefing_id if people else query.pop("of")
    return f"/staff/briefings/{briefing_id}/registrations/together/{act}?{'&'.join(given)}"


def agreed(page: str) -> str:
    """The mark of what a page showed."""
    found = re.search(r'name="agreed"[^>]*value="([0-9a-f]*)"', page)
    return unescape(found[1]) if found else ""


def told(kind: str) -> list[str]:
    """Who is told something of this kind."""
    found = select(Message.recipient).where(Message.kind == kind)
    return sorted(db.session.scalars(found))


def test_approving_shows_who_gets_a_place_and_who_waits_before_anything_happens(desk):
    briefing = a_briefing(capacity=1, approval=True)
    first, second = asked(briefing, "김가온", "이나래")

    page = desk.get(together("approve", second, first))

    words = text_of(page.text)
    assert "2명의 신청을 승인하시겠습니까?" in words
    assert "1명에게 신청이 확정되었다고 알리고 일정 초대를 보냅니다." in words
    assert "1명에게 대기 순번을 알립니다." in words
    assert re.search("김가온 .{0,60} 상태: 신청 확정 .*이나래 .{0,60} 상태: 대기 중 1번", words)
    db.session.refresh(first)
    assert first.state is REQUESTED and not told("invitation")

    answer = desk.post(together("approve", second, first), data={"agreed": agreed(page.text)}, follow_redirects=True)

    assert "2명의 신청을 승인하고 알렸습니다." in answer.text
    assert [first.state, second.state] == [CONFIRMED, WAITLISTED]
    assert told("invitation") == [first.email] and told("waitlisted") == [second.email]
    for each in (first, second):
        assert [(entry.action, entry.actor_name) for entry in history_of(each)] == [("registration.approved", "이보람")]


def test_refusing_wants_a_reason_and_shows_it_as_it_will_be_read(desk):
    (person,) = asked(a_briefing(approval=True), "김가온")
    address = together("refuse", person)

    assert "누구에게 무엇을 알리는지 보기" in desk.get(address).text
    assert "사유를 입력해 주세요" in desk.post(address).text
    page = desk.post(address, data={"reason": "대상 기관이 아닙니다."}).text
    assert "1명에게 사유와 함께 승인하지 않았다고 알립니다." in text_of(page)
    assert "대상 기관이 아닙니다." in page and not told("refused")
    # Another reason than the one that was shown is shown first.
    other = desk.post(address, data={"reason": "자리가 없습니다.", "agreed": agreed(page)}).text
    desk.post(address, data={"reason": "자리가 없습니다.", "agreed": agreed(other)})

    db.session.refresh(person)
    assert person.state is CANCELLED and person.refusal_reason == "자리가 없습니다."
    assert told("refused") == [person.email]
    (entry,) = history_of(person)
    assert entry.action == "registration.refused" and "자리" not in str(entry.detail)


def test_removing_many_gives_their_places_to_the_line_and_to_nobody_who_is_removed(desk):
    briefing = a_briefing(capacity=1)
    place, next_, last = (
        a_registration(briefing, name="김가온"),
        a_registration(briefing, name="이나래", state=WAITLISTED),
        a_registration(briefing, name="박다솜", state=WAITLISTED),
    )
    address = together("remove", place, next_)

    page = desk.get(address).text
    assert "대기하던 1명이 확정되고, 일정 초대를 받습니다." in text_of(page)
    desk.post(address, data={"agreed": agreed(page)})

    for each in (place, next_, last):
        db.session.refresh(each)
    assert [place.state, next_.state, last.state] == [CANCELLED, CANCELLED, CONFIRMED]
    assert told("invitation") == [last.email]


def test_moving_takes_people_along_and_leaves_whom_the_other_briefing_has(desk):
    here, there = a_briefing(), a_briefing(title="다른 설명회", capacity=1)
    goes, stays = a_registration(here, name="김가온"), a_registration(here, name="이나래")
    a_registration(there, email=stays.email)
    address = together("move", goes, stays)

    assert "다른 설명회 (남은 자리 0" in desk.get(address).text
    page = desk.post(address, data={"destination": there.id}).text
    words = text_of(page)
    assert re.search("김가온 .{0,80} 상태: 대기 중 1번", words)
    assert "이 주소로 이미 신청되어 있습니다." in words
    answer = desk.post(address, data={"destination": there.id, "agreed": agreed(page)}, follow_redirects=True)

    assert "1명을 다른 설명회로 옮기고 알렸습니다." in answer.text and "이나래 님: 이 주소로" in answer.text
    db.session.refresh(goes), db.session.refresh(stays)
    assert [goes.state, stays.state] == [CANCELLED, CONFIRMED]
    moved = db.session.scalars(select(Registration).where(Registration.email == goes.email, Registration.id != goes.id))
    assert [each.briefing_id for each in moved] == [there.id]


def test_moving_says_of_the_moved_and_of_who_waited_what_each_is_told(desk, now):
    here, there = a_briefing(capacity=1), a_briefing(title="다른 설명회", capacity=1)
    goes = register(here, now, "gaon@example.com")
    page = text_of(desk.post(together("move", goes), data={"destination": there.id}).text)
    assert "옮긴 1명의 달력에서 앞의 일정을 지우고 알립니다." in page
    assert "1명에게 옮긴 설명회의 참가가 확정되었다고 알리고 일정 초대를 보냅니다." in page
    assert "대기하던" not in page

    a_registration(here, name="이나래", state=WAITLISTED)
    page = text_of(desk.post(together("move", goes), data={"destination": there.id}).text)
    assert page.count("대기하던 1명이 확정되고, 일정 초대를 받습니다.") == 1


def test_of_many_with_whom_it_cannot_be_done_the_first_are_named_and_the_others_counted(desk):
    here, there = a_briefing(), a_briefing(title="다른 설명회")
    body = an_organization()
    people = [a_registration(here, name=f"{n}{'긴이름' * 30}", organization=body) for n in range(20)]
    for each in people[1:]:
        a_registration(there, email=each.email, organization=body)
    address = together("move", *people)
    page = desk.post(address, data={"destination": there.id}).text

    answer = desk.post(address, data={"destination": there.id, "agreed": agreed(page)})

    assert all(len(cookie) < 4000 for cookie in answer.headers.getlist("Set-Cookie"))
    words = text_of(desk.get(answer.headers["Location"]).text)
    assert "1명을 다른 설명회로 옮기고 알렸습니다." in words
    assert words.count("님: 이 주소로 이미 신청되어") == 5 and "그 밖에 14명도 처리하지 못했습니다." in words


def test_all_who_meet_the_conditions_of_the_list_can_be_approved_at_once(desk):
    briefing = a_briefing(approval=True, capacity=None)
    people = asked(briefing, "김가온", "이나래", "박다솜")
    listed = desk.get(f"/staff/briefings/{briefing.id}/registrations?state=requested&q=이나래").text
    address = unescape(re.search(r'href="([^"]*together/approve[^"]*)"', listed)[1])

    page = desk.get(address).text
    assert "이나래 님의 신청을 승인하시겠습니까?" in page
    desk.post(address, data={"agreed": agreed(page)})

    for each in people:
        db.session.refresh(each)
    assert [each.state for each in people] == [REQUESTED, CONFIRMED, REQUESTED]


def test_what_changed_since_it_was_shown_is_shown_anew(desk):
    briefing = a_briefing(approval=True)
    first, second = asked(briefing, "김가온", "이나래")
    address = together("approve", first, second)
    page = desk.get(address).text
    first.cancel(first.registered_at)
    db.session.commit()

    answer = desk.post(address, data={"agreed": agreed(page)})

    assert "이나래 님의 신청을 승인하시겠습니까?" in answer.text and "고른 2명 가운데 1명만" in answer.text
    db.session.refresh(second)
    assert second.state is REQUESTED


def test_says_what_to_do_where_nobody_was_ticked_or_nothing_is_left_to_decide(desk):
    person = a_registration()
    nobody = f"/staff/briefings/{person.briefing_id}/registrations/together/approve"

    assert "먼저 한 사람 이상 고른" in desk.get(nobody).text
    assert "승인을 기다리는 신청만" in desk.get(together("approve", person)).text
    assert "옮길 수 있는 다른 설명회가 없습니다" in desk.get(together("move", person)).text


def test_people_of_another_briefing_are_nobody_and_only_staff_decide(desk):
    person, other = a_registration(), a_briefing()
    address = f"/staff/briefings/{other.id}/registrations/together/remove?id={person.public_id}"

    assert "취소할 신청이 없습니다" in desk.get(address).text
    desk.sign_in(a_user(Role.OWNER))
    assert [desk.get(address).status_code, desk.post(address).status_code] == [403, 403]


def test_a_reason_typed_beside_the_button_is_sent_at_once_unless_somebody_stands_elsewhere_by_now(desk):
    briefing = a_briefing()
    first, second = a_registration(briefing, name="김가온"), a_registration(briefing, name="이나래")
    address = together("remove", first, second)
    shown = agreed(desk.get(address).text)

    answer = desk.post(address, data={"reason": "중복 신청입니다.", "agreed": shown}, follow_redirects=True)

    assert "2명의 신청을 취소하고 알렸습니다." in answer.text
    assert "중복 신청입니다." in str(db.session.scalars(select(Message)).all()[0].params)

    third, fourth = a_registration(briefing, name="박다솜"), a_registration(briefing, name="최라온")
    address = together("remove", third, fourth)
    shown = agreed(desk.get(address).text)
    third.state = CANCELLED
    db.session.commit()
    page = desk.post(address, data={"agreed": shown}).text
    assert "다시 눌러야 합니다" in page and "한 번 더 눌러 주세요" in page
    db.session.refresh(fourth)
    assert fourth.state is CONFIRMED


def test_the_course_of_a_briefing_shows_who_was_decided_about_and_saving_says_who_got_a_place(desk):
    briefing = a_briefing(capacity=1)
    first = a_registration(briefing, name="김가온")
    a_registration(briefing, name="이나래", state=WAITLISTED)
    address = together("remove", first)

    desk.post(address, data={"agreed": agreed(desk.get(address).text)})

    assert "신청 취소 1명" in text_of(desk.get(f"/staff/briefings/{briefing.id}").text)
    assert "사람 찾기" in desk.get("/staff/outbox").text
    assert "보낸 것과 보낼 것" not in desk.get("/staff/people").text, "nobody's mails while nobody is asked for"
    assert "두 글자 이상" in desk.get("/staff/people").text


def test_inviting_to_a_full_briefing_says_that_invited_people_may_have_to_wait(desk):
    briefing = a_briefing(capacity=1)
    ask = f"/staff/briefings/{briefing.id}/invitees/ask"
    assert "자리가 모두 찼습니다" not in desk.get(ask).text
    a_registration(briefing)
    assert "자리가 모두 찼습니다" in desk.get(ask).text
