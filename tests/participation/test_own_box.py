"""What somebody replied, on the own page of their registration."""

from datetime import timedelta

import pytest

from briefings.db import db
from briefings.participation.models import ReplyColleague, ReplyState
from briefings.schedule.links import token_of
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_need, a_registration, a_reply, saved
from tests.schedule.desk import text_of

WRITE = "참여 답글 남기기"


def box_of(client, registration: Registration) -> str:
    """The section of the own page; empty where there is none."""
    page = client.get(f"/r/{token_of(registration)}").text
    return page.partition('<section class="stack-s" aria-labelledby="replies">')[2].partition("</section>")[0]


@pytest.fixture
def briefing(app) -> Briefing:
    return a_briefing(needs=3)


def test_says_how_far_each_reply_came_in_the_order_of_the_programme(client, briefing):
    person = a_registration(briefing, email="gaon@example.com")
    first, second, third = (slot.need for slot in briefing.slots)
    a_reply(second, email="gaon@example.com", state=ReplyState.ACKNOWLEDGED)
    a_reply(first, email="gaon@example.com")
    a_reply(third, email="somebody@example.com")
    elsewhere = a_need(title="다른 설명회의 과제")
    a_reply(elsewhere, email="gaon@example.com")

    box = box_of(client, person)

    words = text_of(box)
    assert words.index(first.title) < words.index("확인 기다림") < words.index(second.title) < words.index("확인함")
    assert third.title not in box and elsewhere.title not in box
    assert "전자우편으로 보내 드린 주소에서" in words and "/replies/" not in box, "links go by mail alone"
    assert f"/r/{token_of(person)}/reply" in box


def test_has_what_colleagues_let_the_person_join_and_nothing_that_was_taken_back(client, briefing, now):
    person = a_registration(briefing, email="gaon@example.com")
    first, second, third = (slot.need for slot in briefing.slots)
    for need, accepted_at in ((first, now), (second, None)):
        asked = {"name": "이가온", "email": "gaon@example.com", "asked_at": now, "accepted_at": accepted_at}
        saved(ReplyColleague(reply=a_reply(need, email="other@example.com"), **asked))
    a_reply(third, email="gaon@example.com", state=ReplyState.WITHDRAWN, withdrawn_at=now)

    box = box_of(client, person)

    assert first.title in box and second.title not in box and third.title not in box


def test_before_the_start_it_is_the_way_to_a_reply_and_later_the_page_itself_is(client, briefing, now):
    assert WRITE in box_of(client, a_registration(briefing))
    assert WRITE in box_of(client, a_registration(briefing, state=RegistrationState.WAITLISTED, waiting_since=now))
    gone = a_registration(briefing, state=RegistrationState.CANCELLED, cancelled_at=now)
    assert box_of(client, gone) == ""
    over = a_registration(a_briefing(starts_at=now - timedelta(hours=5)))
    page = client.get(f"/r/{token_of(over)}").text
    assert box_of(client, over) == "" and page.count(WRITE) == 1
    a_reply(over.briefing.slots[0].need, email=over.email)
    db.session.commit()
    assert "확인 기다림" in box_of(client, over) and WRITE not in box_of(client, over)
