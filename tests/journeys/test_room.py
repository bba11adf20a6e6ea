"""A page of the room that stays open: it says by itself what is new, and goes on working under people's hands."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.live.days import day_to_change
from briefings.live.models import Attendance
from briefings.live.rooms import change_now, mark_of_main
from briefings.questions.models import Question
from briefings.schedule.links import token_of
from tests.builders import a_briefing, a_registration, a_user, saved
from tests.journeys.rows import PASSWORD, STAFF
from tests.journeys.running import BEGINNING

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SOON = 15_000
"""Milliseconds in which a page has surely asked again."""
LINE = "소리가 작으면 음량을 높여 주세요."
ELSEWHERE = "https://elsewhere.example.kr/room"


def test_an_open_page_follows_the_day_and_keeps_its_place(site, somebody, pass_time):
    with site.app.app_context():
        briefing = a_briefing(needs=2, now=BEGINNING, starts_at=BEGINNING + timedelta(hours=2))
        saved(Question(briefing_id=briefing.id, text="설비는 어디에 둡니까?", asked_at=BEGINNING))
        officer, place = a_user().id, a_registration(briefing)
        number, person_number, address = briefing.id, place.id, f"/join/{token_of(place, 'join')}"

    def change(act):
        with site.clock() as clock, site.app.app_context(), unit_of_work():
            act(db.session.get_one(type(briefing), number), clock)

    attendee = somebody()
    attendee.open(address)
    attendee.sees("아직 시작 전입니다")
    pass_time(timedelta(hours=1, minutes=35))
    expect(attendee.main.get_by_role("button", name="설명회 입장하기")).to_be_visible(timeout=SOON)
    attendee.press("설명회 입장하기")
    attendee.sees("출석이 기록되었습니다", "설명회장 열기")

    vote = attendee.main.get_by_role("button", name="나도 궁금합니다")
    vote.focus()
    change(lambda briefing, clock: setattr(day_to_change(briefing), "line", LINE))
    expect(attendee.main).to_contain_text(LINE, timeout=SOON)
    expect(attendee.page.locator("[data-news]")).to_contain_text(LINE)
    expect(vote).to_be_focused()

    def lead_elsewhere(briefing, clock):
        by, now = db.session.get_one(User, officer), BEGINNING + timedelta(hours=2)
        change_now(briefing, ELSEWHERE, "", seen=mark_of_main(briefing), by=by, now=now)

    change(lead_elsewhere)
    way = attendee.main.get_by_role("link", name="설명회장 열기")
    expect(way).to_have_attribute("href", ELSEWHERE, timeout=SOON)
    expect(attendee.page.locator("[data-news]")).to_have_text("설명회장으로 들어가는 길이 바뀌었습니다.")

    pass_time(timedelta(hours=2))
    attendee.page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    expect(attendee.main).to_contain_text("설명회가 끝났습니다", timeout=SOON)
    with site.app.app_context():
        seen = db.session.get_one(Attendance, person_number)
        assert seen.last_seen_at - seen.first_seen_at < timedelta(minutes=2)
    assert not attendee.complaints


def test_without_script_the_button_does_it_by_hand(site, somebody, rows):
    attendee = somebody(java_script_enabled=False)
    attendee.open(f"/join/{rows['inside_join']}")
    with attendee.page.expect_navigation():
        attendee.main.get_by_role("button", name="화면 새로 고침").click()
    attendee.sees("설명회장 열기", "서버 시각")


def test_whoever_is_not_told_what_is_new_reads_so(site, somebody, rows):
    attendee, officer = somebody(), somebody().sign_in(STAFF, PASSWORD)
    attendee.open(f"/join/{rows['inside_join']}")
    officer.open(f"/staff/briefings/{rows['on_id']}/day")
    for person, polled in ((attendee, "**/now"), (officer, "**/day/now")):
        words = person.page.locator("[data-cut]")
        expect(words).to_be_hidden()
        person.page.route(polled, lambda route: route.fulfill(status=503))
        expect(words).to_be_visible(timeout=2 * SOON)
        expect(words).to_contain_text("연결이 끊겨 새 소식을 받지 못하고 있습니다.")
        expect(person.page.locator("[role=status]", has_text="연결이 끊겨")).to_have_count(1)
        person.page.unroute(polled)
        expect(words).to_be_hidden(timeout=SOON)
