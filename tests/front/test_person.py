"""The page of one person: everything about an address, across all briefings, in two clicks."""

from datetime import timedelta

import pytest

from briefings.db import db, unit_of_work
from briefings.inbox.models import Outcome, ReceivedMail
from briefings.outbox.queueing import NOBODY, Draft, Recipient, queue_many
from briefings.schedule import invitations
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.presenters import keep_calendars
from tests.builders import a_briefing, a_registration, a_reply, a_user, an_owner, saved

pytestmark = pytest.mark.each_database

EMAIL = "gaon@example.com"
PAGE = f"/staff/people?email={EMAIL}"


@pytest.fixture
def at_work(client):
    """A visitor signed in as an officer."""
    return client.sign_in(a_user())


@pytest.fixture
def somebody(app, now):
    """Registered for one briefing, presents at another, replied, answered from the calendar and wrote to us."""
    first, second = a_briefing(title="들은 설명회"), a_briefing(title="발표한 설명회")
    registration = a_registration(first, email=EMAIL, name="이가온")
    second.slots[0].presenter_email = "Gaon@example.com"
    a_reply(email=EMAIL)
    with unit_of_work():
        invitations.invite(registration, now)
        keep_calendars(second, now)
    item = db.session.query(CalendarItem).filter_by(registration_id=registration.id).one()
    with unit_of_work():
        item.answer_partstat, item.partstat, item.answered_at, item.answer_comment = (
            "TENTATIVE",
            "TENTATIVE",
            now,
            "출장",
        )
        queue_many(
            "reminder", [Draft("t", Recipient(EMAIL, "이가온"), {"registration": 1}, phone="010-1234-5678")], now
        )
    saved(ReceivedMail(digest="d", received_at=now, sender=EMAIL, subject="늦습니다", outcome=Outcome.LETTER))
    return item


def test_one_page_tells_everything_about_an_address(at_work, somebody):
    page = at_work.get(PAGE).text
    for words in (
        "이가온",
        "들은 설명회",
        "발표한 설명회",
        f"…{somebody.uid[-8:]}",
        "SEQUENCE 0",
        "미정",
        "출장",
        "답을 기다림",
        "확인 기다림",
        "늦습니다",
        "문자·알림톡",
        "보낸 것과 보낼 것",
        "3건, 새것부터",
    ):
        assert words in page, words


def test_it_is_two_clicks_away_from_the_registrants_and_from_the_messages(at_work, somebody):
    for place in (f"/staff/briefings/{somebody.briefing_id}/registrations", "/staff/outbox"):
        assert f'href="{PAGE}"' in at_work.get(place).text


def test_it_costs_the_same_for_little_and_for_much(at_work, somebody, count_queries, now):
    costs = []
    for more in (0, 3):
        for _ in range(more):
            registration = a_registration(a_briefing(starts_at=now + timedelta(days=9)), email=EMAIL)
            with unit_of_work():
                invitations.invite(registration, now)
            a_reply(email=EMAIL)
        with count_queries() as sent:
            at_work.get(PAGE)
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 14


def test_an_unknown_address_is_said_to_be_unknown(at_work):
    assert "이 주소로 신청하거나 받은 것이 없습니다" in at_work.get("/staff/people?email=x@example.com").text
    asked = at_work.get("/staff/people").text
    assert "앞부분만 적어도 됩니다" in asked and "<table" not in asked


def test_people_are_found_by_the_beginning_of_a_name_or_an_address_over_all_briefings(at_work, somebody, count_queries):
    again = a_registration(email="gaon@another.example.com", name="이가온")
    a_registration(again.briefing, email="naon@example.com", name="나이가온")
    a_reply(email="Dasom@example.com", name="박다솜")
    costs = []
    for words in ("이가온", "gaon@"):
        with count_queries() as sent:
            page = at_work.get("/staff/people", query_string={"email": words}).text
        costs.append(len(sent))
        assert f'href="{PAGE}"' in page and "gaon@another.example.com" in page and "naon@example.com<" not in page
    assert costs[0] == costs[1] <= 4
    organization = again.organization.name
    for one in (f"이가온 {organization}", "gaon@an", f"gaon {organization.lower()}"):
        found = at_work.get("/staff/people", query_string={"email": one})
        assert found.location == "/staff/people?email=gaon@another.example.com", one
    assert at_work.get("/staff/people?email=박다").location.endswith("email=dasom@example.com")
    assert "그런 이름이나 주소로" in at_work.get("/staff/people?email=가온").text
    a_registration(again.briefing, email=f"erased-7{NOBODY}", name="○○○")
    for nobody in ("○○○", "erased"):
        assert "그런 이름이나 주소로" in at_work.get(f"/staff/people?email={nobody}").text, nobody
    assert "두 글자 이상" in at_work.get("/staff/people?email=이").text


def test_only_staff_look(client, somebody):
    assert client.get(PAGE).status_code == 302
    assert client.sign_in(an_owner()).get(PAGE).status_code == 403
