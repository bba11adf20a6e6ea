"""What anyone sees of briefings, and signing up on one page."""

from datetime import timedelta

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select

from briefings.db import db
from briefings.outbox.models import Message
from briefings.privacy.consenting import consents_with
from briefings.privacy.models import Purpose
from briefings.schedule.models import BriefingState
from briefings.schedule.registering import consents_of
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_need, a_registration
from tests.calendar.lint import complaints

APPLICANT = {
    "kind": "company",
    "organization": "가온재활용",
    "name": "이가온",
    "email": "Gaon@example.com",
    "consent": "yes",
}
WAITLISTED = RegistrationState.WAITLISTED


def url(briefing, action=""):
    return f"/briefings/{briefing.public_id}{action}"


def registrations() -> list[Registration]:
    return list(db.session.scalars(select(Registration).order_by(Registration.id)))


class TestTheList:
    def test_shows_what_is_to_come_by_month_with_state_and_reason(self, client, now):
        a_briefing(title="곧 여는 설명회")
        a_briefing(
            title="나중 설명회", starts_at=now + timedelta(days=40), registration_opens_at=now + timedelta(days=5)
        )
        a_briefing(title="초안 설명회", state=BriefingState.DRAFT)
        a_briefing(title="지난 설명회 하나", starts_at=now - timedelta(days=20))
        page = client.get("/briefings").text
        assert "곧 여는 설명회" in page and "나중 설명회" in page
        assert "2026년 12월" in page and "2027년 1월" in page
        assert "신청 받는 중" in page and "80명 중 0명 신청" in page
        assert "2026. 11. 28.(토) 10:00부터 신청할 수 있습니다" in page
        assert "초안 설명회" not in page and "지난 설명회 하나" not in page

    def test_keeps_what_is_over_apart(self, client, now):
        a_briefing(title="지난 설명회 하나", starts_at=now - timedelta(days=20))
        page = client.get("/briefings?past=1").text
        assert "지난 설명회 하나" in page and "종료" in page

    def test_offers_a_place_in_line_when_full(self, client):
        briefing = a_briefing(capacity=1)
        a_registration(briefing)
        a_registration(briefing, state=WAITLISTED)
        page = client.get("/briefings").text
        assert "대기 신청하기" in page and "1명 중 1명 신청, 대기 1명" in page

    def test_narrows_down_by_theme_and_audience_and_says_when_nothing_is_left(self, client):
        one, other = a_briefing(title="하나"), a_briefing(title="다른 하나")
        page = client.get(f"/briefings?theme={one.theme_id}").text
        assert "설명회 1건" in page and "다른 하나" not in page
        page = client.get(f"/briefings?theme={one.theme_id}&audience={other.audience_id}").text
        assert "조건에 맞는 설명회가 없습니다" in page
        assert "설명회 2건" in client.get("/briefings?theme=nonsense&audience=999999").text

    def test_says_what_else_to_do_when_there_is_none(self, client):
        assert "예정된 설명회가 없습니다" in client.get("/briefings").text
        assert "끝난 설명회가 없습니다" in client.get("/briefings?past=1").text

    def test_goes_on_over_pages(self, client):
        for _ in range(22):
            a_briefing(needs=0)
        assert 'rel="next"' in client.get("/briefings").text
        assert 'rel="prev"' in client.get("/briefings?page=2").text

    def test_costs_the_same_however_long_it_is(self, client, count_queries):
        counts = []
        for _ in (1, 3):
            a_registration(a_briefing())
            db.session.commit()
            with count_queries() as sent:
                client.get("/briefings")
            counts.append(len(sent))
        assert counts[0] == counts[1] <= 4


class TestTheMonth:
    def test_is_a_table_of_days(self, client):
        briefing = a_briefing(title="열흘 뒤 설명회")
        page = client.get("/briefings/calendar?month=2026-12").text
        assert "2026년 12월 설명회" in page and "10:00 열흘 뒤 설명회" in page
        assert f'href="{url(briefing)}"' in page
        assert "month=2026-11" in page and "month=2027-01" in page

    def test_is_the_present_one_unless_another_is_asked_for(self, client):
        for address in ("/briefings/calendar", "/briefings/calendar?month=never", "/briefings/calendar?month=0000-13"):
            page = client.get(address).text
            assert "2026년 11월 설명회" in page and "이 달에는 설명회가 없습니다" in page

    @pytest.mark.parametrize("month", ["0001-01", "9999-12"])
    def test_has_an_edge_but_no_error(self, client, month):
        assert client.get(f"/briefings/calendar?month={month}").status_code == 200


class TestOneBriefing:
    def test_tells_when_what_and_how(self, client):
        briefing = a_briefing(needs=2, title="탄소중립 사업설명회", moderator="김사회", description="첫 줄\n둘째 줄")
        briefing.slots[0].presenter_title = "자원순환과장"
        db.session.commit()
        page = client.get(url(briefing)).text
        assert "2026. 12. 3.(목) 10:00~11:30" in page
        assert "10:10" in page and "10:25" in page, "the opening takes ten minutes, a slot fifteen"
        assert all(slot.need.title in page for slot in briefing.slots)
        assert f'href="/needs/{briefing.slots[0].need_id}"' in page
        assert "자원순환과장" in page and "홍길동" not in page
        assert "설명회 신청하기" in page
        assert "2026. 11. 26.(목)까지 신청서에 적어 주세요" in page

    def test_does_not_link_to_a_need_nobody_may_read(self, client):
        briefing = a_briefing()
        briefing.slots[0].need.withdraw()
        db.session.commit()
        page = client.get(url(briefing)).text
        assert briefing.slots[0].need.title in page and f"/needs/{briefing.slots[0].need_id}" not in page

    def test_says_why_nobody_can_register(self, client, now):
        early = a_briefing(registration_opens_at=now + timedelta(days=1))
        closed = a_briefing(registration_closes_at=now)
        assert "부터 신청할 수 있습니다" in client.get(url(early)).text
        assert "2026. 11. 23.(월) 10:00에 마감되었습니다" in client.get(url(closed)).text

    def test_offers_a_place_in_line_when_full(self, client):
        page = client.get(url(a_briefing(capacity=0))).text
        assert "대기 신청하기" in page and "자리가 모두 찼습니다" in page and "대기 신청 받는 중" in page

    def test_shows_the_way_in_while_it_is_on(self, client, now):
        page = client.get(url(a_briefing(starts_at=now - timedelta(minutes=5)))).text
        assert "지금 진행하고 있습니다" in page and "/registrations/find" in page

    def test_turns_to_what_is_left_after_the_end(self, client, now):
        briefing = a_briefing(starts_at=now - timedelta(hours=3), replay_url="https://replay.example.kr/1")
        page = client.get(url(briefing)).text
        assert "https://replay.example.kr/1" in page and "답글 남기기" in page
        assert "신청하기" not in page

    def test_says_that_and_why_it_was_called_off(self, client):
        briefing = a_briefing(state=BriefingState.CANCELLED, cancel_reason="태풍이 옵니다.")
        page = client.get(url(briefing)).text
        assert "취소되었습니다" in page and "태풍이 옵니다." in page and "신청하기" not in page

    def test_is_not_there_while_it_is_a_draft(self, client):
        draft = a_briefing(state=BriefingState.DRAFT)
        for action in ("", "/register", "/briefing.ics"):
            assert client.get(url(draft, action)).status_code == 404
            assert client.get(f"/briefings/nothing{action}").status_code == 404

    def test_has_a_short_address(self, client):
        briefing = a_briefing()
        assert client.get(f"/b/{briefing.public_id}").location == url(briefing)
        assert client.get(f"/en/b/{briefing.public_id}").location == f"/en{url(briefing)}"

    def test_takes_two_statements_however_many_needs_and_people(self, client, count_queries):
        briefing = a_briefing(needs=4)
        for _ in range(3):
            a_registration(briefing)
        address = url(briefing)
        with count_queries() as sent:
            client.get(address)
        assert len(sent) == 2


class TestTheCalendarFile:
    def test_is_the_public_event_without_people(self, client):
        briefing = a_briefing(title="탄소중립 사업설명회")
        answer = client.get(url(briefing, "/briefing.ics"))
        assert answer.mimetype == "text/calendar"
        assert complaints(answer.data) == []
        (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
        assert event["UID"] == f"s-{briefing.public_id}@cal.briefings.example.kr"
        assert event["DTSTART"].dt == briefing.starts_at
        assert event["URL"] == f"http://briefings.example.kr/b/{briefing.public_id}"
        assert b"METHOD" not in answer.data and b"mailto" not in answer.data

    def test_is_sent_only_when_it_changed(self, client):
        briefing = a_briefing()
        first = client.get(url(briefing, "/briefing.ics"))
        again = client.get(url(briefing, "/briefing.ics"), headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        briefing.title = "새 이름"
        db.session.commit()
        changed = client.get(url(briefing, "/briefing.ics"), headers={"If-None-Match": first.headers["ETag"]})
        assert changed.status_code == 200


class TestSigningUp:
    def test_takes_five_answers_and_ends_on_a_page_that_says_what_comes_next(self, client):
        briefing = a_briefing()
        answer = client.post(url(briefing, "/register"), data=APPLICANT)
        assert (answer.status_code, answer.location) == (303, url(briefing, "/registered"))
        done = client.get(answer.location)
        (registration,) = registrations()
        assert registration.state is RegistrationState.CONFIRMED
        assert "신청이 끝났습니다" in done.text and "gaon@example.com" in done.text.lower()
        assert registration.public_id in done.text
        assert f"/r/{registration.public_id}" not in done.text, "the personal link goes by mail only"
        assert done.headers["Cache-Control"] == "no-store"

    def test_asks_for_nothing_more_than_it_needs_and_shows_every_consent(self, client):
        page = client.get(url(a_briefing(needs=2), "/register")).text
        assert "개인정보 수집·이용 동의" in page and "개인정보 제3자 제공 동의" in page and "다음 설명회 소식" in page
        assert "checked" not in page and "<details" in page and "<details open" not in page

    def test_keeps_everything_that_was_given(self, client):
        briefing = a_briefing(needs=2)
        need = briefing.slots[1].need
        more = {
            "phone": "01012345678",
            "support": "문자 통역",
            "question": "언제부터?",
            "department": "사업팀",
            "interests": [str(need.id)],
            "news": "yes",
            "provision": "no",
        }
        client.post(url(briefing, "/register"), data=APPLICANT | more)
        (registration,) = registrations()
        assert registration.phone == "010-1234-5678" and registration.interests == [need]
        answers = {each.text.purpose: each.stands for each in consents_with(consents_of(registration))}
        assert answers == {Purpose.REGISTRATION: True, Purpose.PROVISION: False, Purpose.NEWS: True}

    def test_says_at_the_field_what_is_missing_and_keeps_what_was_typed(self, client):
        briefing = a_briefing()
        page = client.post(url(briefing, "/register"), data={"name": "이가온", "email": "gaon@"}).text
        assert "오류: " in page and 'value="이가온"' in page
        assert "전자우편 주소에 ‘@’ 뒤의 주소가 빠졌습니다" in page
        assert "기관 유형을 골라 주세요" in page and "기관·회사 이름을 입력해 주세요" in page
        assert "‘개인정보 수집·이용 동의’에 답해 주세요" in page
        assert registrations() == []

    def test_opens_the_optional_part_when_something_in_it_is_wrong(self, client):
        page = client.post(url(a_briefing(), "/register"), data=APPLICANT | {"phone": "12"}).text
        assert "<details" in page and " open>" in page and "전화번호를 다시 확인해 주세요" in page

    def test_does_not_go_on_without_the_required_consent(self, client):
        page = client.post(url(a_briefing(), "/register"), data=APPLICANT | {"consent": "no"}).text
        assert "동의하지 않으면 이 신청을 받을 수 없습니다" in page and registrations() == []

    def test_puts_in_line_when_full(self, client):
        briefing = a_briefing(capacity=0)
        assert "대기 신청하기" in client.get(url(briefing, "/register")).text
        done = client.post(url(briefing, "/register"), data=APPLICANT, follow_redirects=True).text
        assert "대기 신청을 받았습니다" in done
        assert registrations()[0].state is WAITLISTED

    def test_answers_a_known_address_as_it_answers_any_other(self, client):
        briefing = a_briefing()
        answers = []
        for name in ("이가온", "누군가"):
            data = APPLICANT | {"name": name}
            answers.append(client.post(url(briefing, "/register"), data=data, follow_redirects=True).text)
        assert answers[0] == answers[1]
        assert len(registrations()) == 1 and registrations()[0].name == "이가온"

    @pytest.mark.parametrize("state", [RegistrationState.CONFIRMED, WAITLISTED])
    @pytest.mark.parametrize("capacity", [0, 5])
    def test_does_not_tell_the_state_of_a_known_address(self, client, now, state, capacity):
        known = a_briefing(capacity=capacity)
        a_registration(known, email="gaon@example.com", state=state)
        unknown = a_briefing(capacity=capacity)
        pages = [
            client.post(url(briefing, "/register"), data=APPLICANT, follow_redirects=True).text
            for briefing in (known, unknown)
        ]
        full = capacity == 0
        assert ["대기 신청을 받았습니다" in page for page in pages] == [full, full]

    def test_says_so_when_it_closed_in_the_meantime(self, client, now):
        briefing = a_briefing(registration_closes_at=now)
        for answer in (
            client.get(url(briefing, "/register")),
            client.post(url(briefing, "/register"), data=APPLICANT),
        ):
            assert "지금은 신청할 수 없습니다" in answer.text and "마감되었습니다" in answer.text
            assert "<form" not in answer.text.partition("<main")[2].partition("</main")[0]
        assert registrations() == []

    def test_asks_once_more_when_the_trap_was_filled(self, client):
        briefing = a_briefing()
        page = client.post(url(briefing, "/register"), data=APPLICANT | {"website": "http://spam.example"}).text
        assert "한 번 더 눌러 주세요" in page and "spam.example" not in page
        assert registrations() == []

    def test_takes_so_many_a_minute_and_no_more(self, client, limited):
        briefing = a_briefing()
        codes = [client.post(url(briefing, "/register"), data={}).status_code for _ in range(61)]
        assert codes == [200] * 60 + [429]

    def test_remembers_the_language_for_the_mails(self, client):
        briefing = a_briefing()
        client.post(f"/en{url(briefing, '/register')}", data=APPLICANT)
        assert db.session.scalars(select(Message.locale)).all() == ["en"]

    def test_shows_the_done_page_to_nobody_else_and_not_for_ever(self, app, client):
        briefing = a_briefing()
        client.post(url(briefing, "/register"), data=APPLICANT)
        assert app.test_client().get(url(briefing, "/registered")).location == url(briefing)
        assert client.get(url(a_briefing(), "/registered")).status_code == 302
        with time_machine.travel("2026-11-23T01:31:00Z", tick=False):
            assert client.get(url(briefing, "/registered")).location == url(briefing)

    @pytest.mark.parametrize("known", [True, False])
    def test_takes_at_most_twelve_statements(self, client, count_queries, known):
        briefing = a_briefing(needs=3)
        organization = a_registration().organization.name if known else "새로운 기관"
        data = APPLICANT | {"organization": organization, "interests": [str(briefing.slots[0].need_id)], "news": "yes"}
        with count_queries() as sent:
            answer = client.post(url(briefing, "/register"), data=data)
        assert answer.status_code == 303
        assert len(sent) <= (12 if known else 14), "\n".join(sent)


def test_the_english_pages_mark_korean_titles_as_korean(client):
    briefing = a_briefing(title="탄소중립 사업설명회")
    a_need()
    for action in ("", "/register"):
        page = client.get(f"/en{url(briefing, action)}").text
        assert '<html lang="en">' in page
        assert 'lang="ko">탄소중립 사업설명회' in page
