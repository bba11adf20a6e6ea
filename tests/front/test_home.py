"""The first page: what comes next, what is new, two figures."""

from datetime import timedelta

import pytest

from briefings.needs.models import NeedState
from briefings.schedule.models import BriefingState
from briefings.schedule.registration_models import RegistrationState
from tests.builders import a_briefing, a_need, a_registration, a_reply


def test_the_first_page_of_an_empty_site_says_what_to_do(client):
    page = client.get("/").text
    assert "지금은 예정된 설명회가 없습니다" in page
    assert "아직 게시된 과제가 없습니다" in page


def test_the_next_briefing_has_its_places_and_the_way_in(client):
    briefing = a_briefing(capacity=3)
    a_registration(briefing)
    page = client.get("/").text
    assert briefing.title in page
    assert "2026. 12. 3.(목) 10:00~11:30" in page
    assert "3명 중 1명 신청" in page
    assert f"/briefings/{briefing.public_id}/register" in page


def test_a_full_briefing_offers_the_waiting_list(client):
    a_registration(a_briefing(capacity=1))
    assert "대기 신청하기" in client.get("/").text


def test_the_card_shows_what_can_still_be_signed_up_for_and_the_list_the_rest_in_order(client, now):
    closed = a_briefing(title="곧 시작하는 설명회", starts_at=now + timedelta(hours=1), registration_closes_at=now)
    open_ = a_briefing(title="신청 받는 설명회", starts_at=now + timedelta(days=2))
    later = a_briefing(title="나중 설명회", starts_at=now + timedelta(days=3))
    page = client.get("/").text
    assert page.index(open_.title) < page.index(closed.title) < page.index(later.title)


def test_where_nothing_is_open_the_next_one_says_why(client, now):
    a_briefing(registration_opens_at=now + timedelta(days=1))
    assert "아직 신청을 받지 않습니다. 2026. 11. 24.(화) 10:00부터" in client.get("/").text


@pytest.mark.parametrize("hidden", [{"state": BriefingState.DRAFT}, {"state": BriefingState.CANCELLED}])
def test_drafts_and_cancelled_briefings_are_not_announced(client, hidden):
    assert a_briefing(**hidden).title not in client.get("/").text


def test_briefings_that_are_over_are_not_announced(client, now):
    assert a_briefing(starts_at=now - timedelta(hours=2)).title not in client.get("/").text


def test_the_six_newest_needs_that_take_replies_are_shown(client, now):
    needs = [a_need(published_at=now - timedelta(days=n)) for n in range(7)]
    draft = a_need(state=NeedState.DRAFT, published_at=None)
    matched = a_need(published_at=now, matched_at=now)
    page = client.get("/").text
    assert [need.title in page for need in needs] == [True] * 6 + [False]
    assert draft.title not in page
    assert matched.title not in page


def test_the_figures_have_their_date(client):
    a_reply(a_need())
    page = client.get("/").text
    assert "2026. 11. 23.(월) 기준" in page
    assert page.count("1 <small>건</small>") == 2


def test_a_notice_is_shown_where_one_is_set(client, app, monkeypatch):
    assert "점검" not in client.get("/").text
    monkeypatch.setitem(app.config, "NOTICE", "11. 28.(토) 22:00부터 점검합니다.")
    assert "11. 28.(토) 22:00부터 점검합니다." in client.get("/").text


def test_the_first_page_costs_the_same_whatever_there_is(client, count_queries):
    def cost():
        with count_queries() as sent:
            client.get("/")
        return len(sent)

    for _ in range(2):
        a_registration(a_briefing(), state=RegistrationState.WAITLISTED)
    few = cost()
    for _ in range(6):
        a_registration(a_briefing())
        a_reply()
    assert cost() == few
