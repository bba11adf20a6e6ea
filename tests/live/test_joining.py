"""The join page: nothing happens by looking, the button records, the room shows only to who may enter."""

from datetime import timedelta

import pytest
import time_machine

from briefings.db import db
from briefings.live.models import Attendance
from briefings.schedule.links import token_of
from briefings.schedule.models import BriefingState
from briefings.schedule.registration_models import RegistrationState
from tests.builders import a_briefing, a_registration


@pytest.fixture
def place(app):
    """A confirmed place in a briefing tomorrow."""
    return a_registration(a_briefing(needs=2))


def address(app, registration, purpose="join"):
    """The join page of a registration."""
    return f"/join/{token_of(registration, purpose)}"


def attendances():
    """How many people were recorded as present."""
    return db.session.query(Attendance).count()


def test_before_the_window_the_page_says_when_it_opens_and_hides_the_room(app, client, place):
    page = client.get(address(app, place)).text
    assert "아직 시작 전입니다" in page
    assert place.briefing.room_url not in page


def test_looking_at_the_open_gate_records_nothing_and_hides_the_room(app, client, place):
    with time_machine.travel(place.briefing.starts_at, tick=False):
        page = client.get(address(app, place)).text
    assert "설명회 입장하기" in page
    assert place.briefing.room_url not in page
    assert attendances() == 0


def test_the_button_records_attendance_once_and_shows_the_way_into_the_room(app, client, place):
    start = place.briefing.starts_at
    with time_machine.travel(start - timedelta(minutes=10), tick=False):
        assert place.briefing.room_url in client.post(address(app, place), follow_redirects=True).text
    with time_machine.travel(start + timedelta(minutes=20), tick=False):
        client.post(address(app, place))
    present = db.session.query(Attendance).one()
    assert present.first_seen_at == start - timedelta(minutes=10)
    assert present.last_seen_at == start + timedelta(minutes=20)


def test_the_button_does_nothing_outside_the_window(app, client, place):
    answer = client.post(address(app, place))
    assert answer.status_code == 409
    assert "지금은 입장할 수 없습니다" in answer.text
    assert attendances() == 0


@pytest.mark.parametrize("state", [RegistrationState.WAITLISTED, RegistrationState.CANCELLED])
def test_nobody_enters_without_a_confirmed_place(app, client, state):
    registration = a_registration(state=state)
    with time_machine.travel(registration.briefing.starts_at, tick=False):
        page = client.get(address(app, registration))
        assert client.post(address(app, registration)).status_code == 409
    assert "확정된 자리가 없습니다" in page.text
    waits = state is RegistrationState.WAITLISTED
    assert ("자리가 나면 알려 드립니다" in page.text, "취소한 신청이라" in page.text) == (waits, not waits)
    assert registration.briefing.room_url not in page.text


def test_after_the_end_the_page_leads_to_the_reply(app, client, place):
    with time_machine.travel(place.briefing.ends_at, tick=False):
        page = client.get(address(app, place)).text
    assert "설명회가 끝났습니다" in page
    assert "/reply" in page


def test_a_cancelled_briefing_says_why(app, client):
    briefing = a_briefing(state=BriefingState.CANCELLED, cancel_reason="발표 기관의 사정")
    assert "발표 기관의 사정" in client.get(address(app, a_registration(briefing))).text


def test_a_link_for_another_purpose_or_revoked_or_made_up_opens_nothing(app, client, place):
    assert client.get(address(app, place, "registration")).status_code == 404
    old = address(app, place)
    place.link_version += 1
    db.session.commit()
    ended = client.get(old)
    assert ended.status_code == 410 and "전에 쓰던 링크입니다" in ended.text and "/registrations/find" in ended.text
    assert client.get("/join/abc.def").status_code == 404
    assert client.get("/join/가나.다라").status_code == 404


def test_the_page_is_not_kept_by_caches_and_sends_no_referrer(app, client, place):
    headers = client.get(address(app, place)).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_page_exists_in_english(app, client, place):
    assert 'lang="en"' in client.get("/en" + address(app, place)).text
