"""A registrant's own pages, opened by the personal link, and getting that link again."""

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.outbox.models import Message
from briefings.privacy.consenting import answer_all, current_texts
from briefings.privacy.models import Purpose
from briefings.schedule import approving, invitations
from briefings.schedule.links import token_of
from briefings.schedule.models import BriefingState, Eligibility
from briefings.schedule.registering import consents_of
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_registration, an_invitee
from tests.mails import links_in, mails_to

WAITLISTED, CANCELLED = RegistrationState.WAITLISTED, RegistrationState.CANCELLED
DETAILS = {"kind": "university", "organization": "한빛대학교", "name": "이가온누리"}


def link(registration: Registration, action: str = "") -> str:
    return f"/r/{token_of(registration)}{action}"


def kinds() -> list[str]:
    return list(db.session.scalars(select(Message.kind).order_by(Message.id)))


@pytest.fixture
def registration(app, now) -> Registration:
    """A confirmed place with its calendar item and every consent."""
    made = a_registration(a_briefing(needs=2), name="이가온", department="사업개발팀")
    with unit_of_work():
        invitations.invite(made, now)
        texts = current_texts(Purpose, "ko")
        answer_all(consents_of(made), [(text.id, True) for text in texts.values()], now)
    return made


class TestThePage:
    def test_shows_where_it_stands_and_all_that_was_given(self, client, registration):
        page = client.get(link(registration)).text
        assert "신청 확정" in page and registration.briefing.title in page and "2026. 12. 3.(목) 10:00" in page
        assert "이가온" in page and registration.email in page and "사업개발팀" in page
        assert registration.organization.name in page
        assert f"/join/{token_of(registration, 'join')}" in page
        assert link(registration, "/consents/news/withdraw") in page
        assert link(registration, "/consents/registration/withdraw") not in page

    def test_shows_the_place_in_line(self, client):
        briefing = a_briefing(capacity=0)
        a_registration(briefing, state=WAITLISTED)
        page = client.get(link(a_registration(briefing, state=WAITLISTED))).text
        assert "대기 순번은 2번" in page and "입장하기" not in page and "신청 취소하기" in page

    def test_waits_for_what_staff_decide_and_says_why_they_did_not_approve(self, client, now):
        briefing = a_briefing(approval=True)
        asked = a_registration(briefing, state=RegistrationState.REQUESTED, confirmed_at=None)
        page = client.get(link(asked)).text
        assert "승인을 기다리고 있습니다" in page and "승인 대기" in page and "입장하기" not in page
        assert "신청 내용 바꾸기" in page and "신청 취소하기" in page
        refused = {"cancelled_at": now, "refused_at": now, "refusal_reason": "지방자치단체를 위한 자리입니다."}
        page = client.get(link(a_registration(briefing, state=CANCELLED, **refused))).text
        assert "승인되지 않은 신청입니다" in page and "지방자치단체를 위한 자리입니다." in page
        assert "다시 신청하기" in page and "승인되지 않은 때" in page and "승인되지 않음" in page
        assert "취소한 신청입니다" not in page and "취소한 때" not in page
        page = client.post(link(asked, "/cancel"), follow_redirects=True).text
        assert "신청을 취소했습니다" in page

    def test_lets_colleagues_who_wait_together_wait_separately(self, client):
        briefing = a_briefing(capacity=1)
        party = [a_registration(briefing, state=WAITLISTED, party="a" * 32) for _ in range(2)]
        page = client.get(link(party[1])).text
        assert "모두 2명이 함께 기다립니다" in page and "따로 기다리기" in page
        page = client.post(link(party[1], "/any-place"), follow_redirects=True).text
        assert "한 사람씩 따로 기다립니다" in page and "함께 기다립니다" not in page
        for each in party:
            db.session.refresh(each)
        assert [each.state for each in party] == [RegistrationState.CONFIRMED, WAITLISTED]
        page = client.post(link(party[1], "/any-place"), follow_redirects=True).text
        assert "함께 자리를 기다리는 신청이 아닙니다" in page

    def test_says_that_staff_entered_the_person_and_where_to_say_no(self, client):
        page = client.get(link(a_registration(by_staff=True))).text
        assert "설명회 담당자가 신청해 드렸습니다" in page and "신청 취소하기" in page

    def test_offers_a_way_back_after_a_cancellation_while_open(self, client, now):
        page = client.get(link(a_registration(state=CANCELLED, cancelled_at=now))).text
        assert "취소한 신청입니다" in page and "다시 신청하기" in page and "입장하기" not in page
        closed = a_registration(a_briefing(registration_closes_at=now), state=CANCELLED)
        page = client.get(link(closed)).text
        assert "다시 신청하기" not in page and "마감되었습니다" in page

    def test_says_before_the_way_back_that_it_leads_into_the_line(self, client, now):
        briefing = a_briefing(capacity=1)
        gone = a_registration(briefing, state=CANCELLED, cancelled_at=now)
        assert "다시 신청하면 대기하고" not in client.get(link(gone)).text
        a_registration(briefing)
        page = client.get(link(gone)).text
        assert "다시 신청하면 대기하고" in page and "대기 신청 받는 중" in page and "다시 신청하기" in page

    def test_promises_no_way_back_to_whom_the_briefing_is_not_open_any_more(self, app, client, now):
        briefing = a_briefing()
        gone, stands = a_registration(briefing, state=CANCELLED, cancelled_at=now), a_registration(briefing)
        invited = a_registration(briefing, state=CANCELLED, cancelled_at=now)
        an_invitee(briefing, email=invited.email)
        briefing.eligibility = Eligibility.INVITED
        db.session.commit()
        page = client.get(link(gone)).text
        assert "초대받은 분만 신청할 수 있는" in page and "다시 신청" not in page
        assert "다시 신청하기" in client.get(link(invited)).text
        page = client.get(link(stands, "/cancel")).text
        assert "취소하면 지금은 다시 신청할 수 없습니다" in page and "다시 신청하더라도" not in page
        client.post(link(stands, "/cancel"))
        assert "다시 신청" not in mails_to(app, stands.email)[-1].text

    def test_gives_whom_staff_refused_a_way_to_ask_again(self, app, client, now):
        asked = a_registration(a_briefing(approval=True), state=RegistrationState.REQUESTED, confirmed_at=None)
        with unit_of_work():
            approving.refuse(asked, "부서와 직급을 적어 주세요.", now)
        mail = mails_to(app, asked.email)[-1].text
        assert "다시 신청할 수 있습니다" in mail and link(asked) in mail
        page = client.post(link(asked, "/register"), follow_redirects=True).text
        assert "다시 신청했습니다" in page and "승인을 기다리고 있습니다" in page and "승인되지 않은 때" not in page

    def test_turns_to_the_reply_after_the_end(self, client, now):
        over = a_registration(a_briefing(starts_at=now - timedelta(hours=3)))
        page = client.get(link(over)).text
        assert "끝났습니다" in page and f"{link(over)}/reply" in page and "신청 취소하기" not in page

    def test_says_that_the_briefing_was_called_off(self, client):
        briefing = a_briefing(state=BriefingState.CANCELLED, cancel_reason="태풍이 옵니다.")
        page = client.get(link(a_registration(briefing))).text
        assert "취소되었습니다" in page and "태풍이 옵니다." in page and "신청 확정" not in page
        assert "신청 취소하기" not in page and "입장하기" not in page

    def test_is_not_there_for_any_other_token(self, client, registration):
        other = a_registration()
        wrong = (
            "/r/nonsense",
            f"/r/{registration.public_id}.x",
            f"/r/{token_of(registration, 'join')}",
            f"/r/{registration.public_id}.{token_of(other).partition('.')[2]}",
        )
        for address in wrong:
            for action in ("", "/change", "/cancel", "/briefing.ics", "/consents/news", "/consents/news/withdraw"):
                answer = client.get(address + action)
                assert answer.status_code == 404
                assert "신청 내역 확인" in answer.text, "and says where to get a new one"
        registration.link_version += 1
        db.session.commit()
        stale = link(registration)
        registration.link_version += 1
        db.session.commit()
        assert client.get(stale).status_code == 410

    def test_is_for_no_cache_and_tells_nobody_where_one_came_from(self, client, registration):
        headers = client.get(link(registration)).headers
        assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")

    def test_changes_nothing_by_being_looked_at(self, client, registration):
        for action in ("", "/change", "/cancel", "/briefing.ics", "/consents/news", "/consents/news/withdraw"):
            assert client.get(link(registration, action)).status_code == 200
        for action in ("/register", "/invitation", "/any-place", "/remember", "/forget"):
            assert client.get(link(registration, action)).status_code == 405
        db.session.refresh(registration)
        assert registration.state is RegistrationState.CONFIRMED and kinds() == ["invitation"]


class TestChanging:
    def test_starts_from_what_was_given(self, client, registration):
        need = registration.briefing.slots[0].need
        registration.interests.append(need)
        db.session.commit()
        page = client.get(link(registration, "/change")).text
        assert 'value="이가온"' in page and 'value="사업개발팀"' in page and "checked" in page
        assert '<option selected value="company">' in page

    def test_offers_the_kinds_the_briefing_is_open_to_and_the_present_one(self, client, registration):
        assert 'value="local"' in client.get(link(registration, "/change")).text
        briefing = registration.briefing
        briefing.eligibility, briefing.eligible_kinds = Eligibility.KINDS, ["university"]
        db.session.commit()
        page = client.get(link(registration, "/change")).text
        assert '<option selected value="company">' in page and 'value="university"' in page
        assert 'value="local"' not in page
        data = DETAILS | {"kind": "local"}
        assert "목록에 있는 것 가운데" in client.post(link(registration, "/change"), data=data).text
        an_invitee(briefing, email=registration.email)  # whom staff invited may be of any kind
        assert 'value="local"' in client.get(link(registration, "/change")).text

    def test_says_until_when_support_can_be_asked_for(self, client, registration, now):
        in_time = client.get(link(registration, "/change")).text
        assert "지원은 2026. 11. 26.(목) 10:00까지 신청" in in_time and "늦을 수 있습니다" not in in_time
        soon = a_registration(a_briefing(starts_at=now + timedelta(days=3)))
        late = client.get(link(soon, "/change")).text
        assert "지금부터 준비하면 늦을 수 있습니다" in late and "까지 신청" not in late

    def test_stores_and_says_so(self, client, registration):
        need = registration.briefing.slots[1].need
        data = DETAILS | {"interests": [str(need.id)], "question": "언제부터?"}
        page = client.post(link(registration, "/change"), data=data, follow_redirects=True).text
        assert (
            "바꾼 내용을 저장했습니다" in page and "한빛대학교" in page and "언제부터?" in page and need.title in page
        )
        assert kinds() == ["invitation"]

    def test_keeps_what_was_typed_when_something_is_wrong(self, client, registration):
        page = client.post(link(registration, "/change"), data=DETAILS | {"name": ""}).text
        assert "이름을 입력해 주세요" in page and "한빛대학교" in page

    def test_shows_nothing_to_change_or_to_give_up_where_nothing_is_left(self, client, now):
        gone = a_registration(state=RegistrationState.CANCELLED, cancelled_at=now)
        over = a_registration(a_briefing(starts_at=now - timedelta(hours=3)))
        off = a_registration(a_briefing(state=BriefingState.CANCELLED))
        for each in (gone, over, off):
            for page in ("/change", "/cancel"):
                answer = client.get(link(each, page))
                assert (answer.status_code, answer.headers["Location"]) == (303, link(each))

    def test_says_why_not(self, client, now):
        over = a_registration(a_briefing(starts_at=now - timedelta(hours=3)))
        assert "이미 끝난 설명회입니다" in client.post(link(over, "/change"), data=DETAILS).text


class TestCancelling:
    def test_asks_first_and_names_what_is_lost(self, client, registration):
        page = client.get(link(registration, "/cancel")).text
        assert "취소하시겠습니까?" in page and "자리를 내놓게 됩니다" in page and "취소하지 않고 돌아가기" in page
        assert "기다리는 분" not in page
        a_registration(registration.briefing, state=WAITLISTED)
        assert "자리는 바로 기다리는 분께 넘어갑니다" in client.get(link(registration, "/cancel")).text
        waiting = a_registration(a_briefing(capacity=0), state=WAITLISTED)
        assert "대기 순번 1번을 잃습니다" in client.get(link(waiting, "/cancel")).text

    def test_frees_the_place_at_once(self, client, registration):
        registration.briefing.capacity = 1
        waiting = a_registration(registration.briefing, state=WAITLISTED)
        page = client.post(link(registration, "/cancel"), follow_redirects=True).text
        assert "신청을 취소했습니다" in page and "다시 신청하기" in page
        db.session.expire_all()
        assert (registration.state, waiting.state) == (CANCELLED, RegistrationState.CONFIRMED)
        assert kinds() == ["invitation", "withdrawal", "invitation"]

    def test_says_why_not(self, client, registration):
        client.post(link(registration, "/cancel"))
        assert "이미 취소된 신청입니다" in client.post(link(registration, "/cancel"), follow_redirects=True).text

    def test_can_be_taken_back_while_there_are_places(self, client, registration):
        client.post(link(registration, "/cancel"))
        page = client.post(link(registration, "/register"), follow_redirects=True).text
        assert "다시 신청했습니다" in page and "신청 확정" in page


class TestTheCalendar:
    def test_invitation_is_sent_again_three_times_an_hour(self, client, registration):
        pages = [client.post(link(registration, "/invitation"), follow_redirects=True).text for _ in range(3)]
        assert all("일정 초대를 다시 보냈습니다" in page for page in pages)

    def test_says_why_there_is_no_invitation(self, client):
        waiting = a_registration(state=WAITLISTED)
        page = client.post(link(waiting, "/invitation"), follow_redirects=True).text
        assert "보낼 초대가 없습니다" in page

    def test_file_is_the_entry_of_the_invitation(self, client, registration):
        (event,) = Calendar.from_ical(client.get(link(registration, "/briefing.ics")).data).walk("VEVENT")
        assert event["UID"].startswith(invitations.open_item(registration).uid)
        assert "ATTENDEE" not in event
        assert client.get(link(a_registration(state=WAITLISTED), "/briefing.ics")).status_code == 404


class TestFindingMine:
    def test_answers_every_address_alike(self, client, registration):
        answers = [
            client.post("/registrations/find", data={"email": email}, follow_redirects=True).text
            for email in (registration.email, "nobody@example.com")
        ]
        assert answers[0] == answers[1] and "링크를 보냈습니다" in answers[0]
        assert kinds() == ["invitation", "my_registrations"]

    def test_mails_links_that_open(self, app, client, registration):
        client.post("/registrations/find", data={"email": registration.email.upper()})
        (address,) = [each for each in links_in(mails_to(app, registration.email)[-1]) if each.startswith("/r/")]
        assert "신청 확정" in client.get(address).text

    def test_says_what_is_wrong_with_the_address(self, client):
        assert "‘@’가 빠졌습니다" in client.post("/registrations/find", data={"email": "gaon"}).text

    def test_takes_ten_an_hour_as_do_all_that_have_mail_sent_to_what_is_typed(self, client, registration, limited):
        for form in ("/registrations/find", "/my-data", link(registration, "/address")):
            codes = [client.post(form, data={"email": "a@example.com"}).status_code for _ in range(11)]
            assert codes == [303] * 10 + [429], form


def test_the_page_costs_the_same_whoever_looks(client, registration, count_queries):
    address = link(registration)
    with count_queries() as sent:
        client.get(address)
    assert len(sent) <= 7, "\n".join(sent)  # one of them for whether newcomers would wait, which its badge says
