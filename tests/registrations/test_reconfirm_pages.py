"""Saying that one comes, or does not: looking at the page does nothing, a button does."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.outbox.models import Message
from briefings.schedule import invitations
from briefings.schedule.links import token_of
from briefings.schedule.models import BriefingState
from briefings.schedule.registrants import counters
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_registration, a_user


@pytest.fixture
def registration(app, now) -> Registration:
    """A place, the only one, with somebody waiting for it."""
    registration = a_registration(a_briefing(capacity=1))
    with unit_of_work():
        invitations.invite(registration, now)
    return registration


def link(registration: Registration) -> str:
    return f"/reconfirm/{token_of(registration, 'reconfirm')}"


def test_looking_changes_nothing(client, registration):
    page = client.get(link(registration))
    assert page.status_code == 200
    assert registration.briefing.title in page.text
    assert "참가합니다" in page.text and "참가하지 못합니다" in page.text
    assert "자리를 내놓게 됩니다" in page.text and "기다리는 분" not in page.text
    db.session.refresh(registration)
    assert (registration.reconfirmed_at, registration.state) == (None, RegistrationState.CONFIRMED)


def test_who_comes_says_so_and_staff_see_how_many_did(client, registration, now):
    page = client.post(link(registration), data={"comes": "yes"}, follow_redirects=True)
    assert "설명회에서 뵙겠습니다" in page.text
    db.session.refresh(registration)
    assert registration.reconfirmed_at == now
    assert "2026. 11. 23.(월) 10:00에 참가한다고 알려 주셨습니다" in client.get(link(registration)).text
    assert counters(registration.briefing).reconfirmed == 1
    staff = client.sign_in(a_user())
    assert "참가 확인" in staff.get(f"/staff/briefings/{registration.briefing_id}/registrations").text


def test_who_does_not_come_frees_the_place_for_the_next_in_line(client, registration):
    waiting = a_registration(registration.briefing, state=RegistrationState.WAITLISTED)
    assert "기다리는 분께 넘어갑니다" in client.get(link(registration)).text
    page = client.post(link(registration), data={"comes": "no"}, follow_redirects=True)
    assert "신청을 취소했고" in page.text and "이미 취소된 신청입니다." in page.text
    db.session.refresh(waiting)
    assert waiting.state is RegistrationState.CONFIRMED
    kinds = db.session.scalars(select(Message.kind).order_by(Message.id)).all()
    assert kinds == ["invitation", "withdrawal", "invitation"]


@pytest.mark.parametrize("comes", ["yes", "no"])
def test_what_cannot_be_said_any_more_is_said_why(client, now, comes):
    gone = a_registration(state=RegistrationState.CANCELLED)
    waits = a_registration(state=RegistrationState.WAITLISTED)
    off = a_registration(a_briefing(state=BriefingState.CANCELLED))
    over = a_registration(a_briefing(starts_at=now - timedelta(days=1)))
    for registration, words in (
        (gone, "이미 취소된 신청입니다."),
        (off, "취소된 설명회입니다."),
        (over, "이미 끝난 설명회입니다."),
        (waits, "아직 대기 중인 신청입니다."),
    ):
        page = client.get(link(registration)).text
        assert words in page and "참가합니다" not in page
        if registration is not waits:
            client.post(link(registration), data={"comes": comes})
            db.session.refresh(registration)
            assert registration.reconfirmed_at is None


def test_the_link_opens_nothing_else_and_no_other_link_opens_it(client, registration, now):
    token = token_of(registration, "reconfirm")
    assert client.get(f"/r/{token}").status_code == 404
    assert client.get(f"/reconfirm/{token_of(registration)}").status_code == 404
    assert client.get(f"/en{link(registration)}").status_code == 200
    with time_machine.travel(now + timedelta(days=20), tick=False):
        assert client.get(link(registration)).status_code == 200
