"""What anyone sees of briefings."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from briefings.db import db
from briefings.schedule.models import BriefingState, Eligibility
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
        assert 'href="/archive">지난 설명회</a>' in client.get("/briefings").text.partition("<main")[2]
        before = client.get("/briefings?past=1&theme=3")  # where they were listed once
        assert before.status_code == 301 and before.location == "/archive?theme=3"
        page = client.get("/archive").text
        assert "지난 설명회 하나" in page and 'aria-current="page">지난 설명회</a>' in page

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

    def test_folds_its_conditions_for_narrow_screens_unless_one_is_in_force_or_wrong(self, client):
        one = a_briefing()
        assert '<details class="fold">' in client.get("/briefings").text
        for asked in (f"theme={one.theme_id}", "audience=999999"):
            assert '<details class="fold" open>' in client.get(f"/briefings?{asked}").text, asked

    def test_narrows_down_to_days_and_says_which(self, client, now):
        for day in (3, 4, 5):
            a_briefing(title=f"{day}일 뒤 설명회", starts_at=now + timedelta(days=day))
        page = client.get("/briefings?since=2026-11-27&until=2026-11-27").text
        assert "설명회 1건" in page and "4일 뒤 설명회" in page
        assert "언제부터: 2026. 11. 27.(금)" in page and 'href="/briefings?since=2026-11-27"' in page
        assert "설명회 2건" in client.get("/briefings?since=2026-11-27").text
        page = client.get("/briefings?since=2026-11-27&until=2026-11-26").text
        assert "조건에 맞는 설명회가 없습니다" in page and "두 날을 바꾸어 적어 주세요" in page

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "11월", "2026-02-30"])
    def test_takes_no_notice_of_days_that_are_none(self, client, day):
        a_briefing()
        assert "설명회 1건" in client.get(f"/briefings?since={day}&until={day}").text

    def test_says_what_else_to_do_when_there_is_none(self, client):
        assert "예정된 설명회가 없습니다" in client.get("/briefings").text
        assert "끝난 설명회가 없습니다" in client.get("/archive").text

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
        assert "10:10~10:25" in page, "the opening takes ten minutes, a slot fifteen"
        assert all(slot.need.title in page for slot in briefing.slots)
        assert f'href="/needs/{briefing.slots[0].need_id}"' in page
        assert "자원순환과장" in page and "홍길동" not in page
        assert "설명회 신청하기" in page
        assert "2026. 11. 26.(목) 10:00까지 신청할 수 있습니다. 신청한 다음 화면에서 적어 주세요" in page

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

    def test_with_approval_nothing_is_promised_at_once_and_whoever_is_approved_waits_in_line(self, client):
        full = a_briefing(approval=True, capacity=0)
        for page in (client.get(url(full)).text, client.get(url(full, "/register")).text):
            assert "신청이 승인된 분은 순서대로 대기하고" in page
            assert "대기 신청" not in page and "신청하면 바로" not in page
        assert "승인을 거쳐 자리가 확정되면" in client.get(url(full)).text
        assert "대기 신청" not in client.get("/briefings").text

    def test_nobody_without_a_link_is_offered_anything_by_invitation(self, client):
        invited = a_briefing(eligibility=Eligibility.INVITED, capacity=0)
        for page in (client.get(url(invited)).text, client.get(url(invited, "/register")).text):
            assert "초대받은 분" in page and "대기 신청" not in page and "신청하면 바로" not in page
        assert "<h1>설명회 신청</h1>" in client.get(url(invited, "/register")).text
        page = client.get("/briefings").text
        assert "초대받은 분 신청 받는 중" in page and "대기 신청" not in page
        assert "온라인 설명회입니다. 누구나" not in page

    def test_says_who_may_register_and_that_it_is_approved_on_lines_of_their_own(self, client):
        kinds = {"eligibility": Eligibility.KINDS, "eligible_kinds": ["local", "company"]}
        briefing = a_briefing(approval=True, **kinds)
        for page in (client.get(url(briefing)).text, client.get(url(briefing, "/register")).text):
            assert re.search(r"다음 기관에 계신 분만 신청할 수 있습니다: [^<>]+<br>담당자가 신청을 확인하고", page)

    def test_shows_the_way_in_while_it_is_on(self, client, now):
        page = client.get(url(a_briefing(starts_at=now - timedelta(minutes=5)))).text
        assert "지금 진행하고 있습니다" in page and "/registrations/find" in page

    def test_turns_to_what_is_left_after_the_end(self, client, now):
        briefing = a_briefing(starts_at=now - timedelta(hours=3))
        page = client.get(url(briefing)).text
        assert f'href="/archive/{briefing.public_id}"' in page and "답글 남기기" in page
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

    def test_takes_three_statements_however_many_needs_and_people(self, client, count_queries):
        briefing = a_briefing(needs=4)
        for _ in range(3):
            a_registration(briefing)
        address = url(briefing)
        with count_queries() as sent:
            client.get(address)
        assert len(sent) == 3


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


def test_the_english_pages_mark_korean_titles_as_korean(client):
    briefing = a_briefing(title="탄소중립 사업설명회")
    a_need()
    for action in ("", "/register"):
        page = client.get(f"/en{url(briefing, action)}").text
        assert '<html lang="en">' in page
        assert 'lang="ko">탄소중립 사업설명회' in page
