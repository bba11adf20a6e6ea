"""The figures on pages: public ones as of a day, a briefing's funnel for staff."""

from briefings.organizations.models import OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization
from tests.builders import a_briefing, a_need, a_registration, a_reply, a_user, an_organization, saved


def a_match(reply, day, now):
    """A match of the need's owner with the sender of `reply`."""
    match = Match(need=reply.need, matched_on=day, summary="함께 만듭니다.", recorded_at=now, confirmed_at=now)
    match.organizations = [
        MatchOrganization(organization=reply.need.organization, confirmed_at=now),
        MatchOrganization(organization=reply.organization, confirmed_at=now),
    ]
    return saved(match)


def test_the_public_page_counts_up_to_the_day_asked_for(app, client, now):
    a_match(a_reply(), now.date(), now)
    assert "성사에 함께한 기관 유형" in client.get("/statistics").text
    before = client.get("/statistics?as_of=2026-11-22").text
    assert "2026. 11. 22.(일)까지 쌓인 수입니다" in before
    assert "성사에 함께한 기관 유형" not in before


def test_a_day_that_is_none_is_said_at_the_field_and_today_is_shown(app, client):
    page = client.get("/statistics?as_of=gestern").text
    assert "날짜를 연, 월, 일 순서로" in page
    assert "2026. 11. 23.(월)까지" in page
    a_need()
    assert client.get("/statistics?as_of=0001-01-01").status_code == 200
    assert client.get("/statistics?as_of=9999-12-31").status_code == 200


def test_the_funnel_of_a_briefing_counts_what_came_after_its_start(app, client, now):
    client.sign_in(a_user())
    briefing = a_briefing(needs=2, starts_at=now.replace(day=20))
    company = an_organization("가온재활용", OrganizationKind.COMPANY)
    for _ in range(2):
        a_registration(briefing, organization=company)
    first, second = (slot.need for slot in briefing.slots)
    a_reply(first)
    a_match(a_reply(second, sent_at=now), now.date(), now)
    page = client.get(f"/staff/statistics/briefings/{briefing.id}").text
    assert "1곳, 2명" in page
    assert "시작 전 1건, 시작 뒤 1건 (과제 1건에)" in page
    listed = client.get("/staff/statistics").text
    assert briefing.title in listed


def test_the_list_takes_as_many_queries_for_three_briefings_as_for_one(app, client, now, count_queries):
    client.sign_in(a_user())
    a_briefing(starts_at=now.replace(day=20))
    with count_queries() as one:
        client.get("/staff/statistics")
    for _ in range(2):
        a_briefing(starts_at=now.replace(day=20))
    with count_queries() as three:
        client.get("/staff/statistics")
    assert len(three) == len(one)


def test_a_briefing_that_is_not_there_is_not_found(app, client):
    client.sign_in(a_user())
    assert client.get("/staff/statistics/briefings/999").status_code == 404
