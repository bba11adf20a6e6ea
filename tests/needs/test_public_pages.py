"""What anyone sees of needs."""

from datetime import date, timedelta

import pytest

from briefings.db import db
from briefings.needs.models import NeedState
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import ReplyState, Visibility
from briefings.schedule.models import BriefingState
from tests.builders import BEFORE, a_briefing, a_need, a_reply, a_theme, an_organization, saved


def test_the_list_shows_the_exchange_and_the_next_briefing(app, client):
    need = a_briefing().slots[0].need
    page = client.get("/needs").text
    for words in (need.title, need.offers, need.seeks, "답글 받는 중", "2026. 12. 3.(목) 10:00"):
        assert words in page


def test_conditions_can_be_lifted_one_by_one(app, client):
    theme = a_theme("해양 환경")
    a_need(themes=[theme])
    page = client.get(f"/needs?q=폐어망&theme={theme.id}&region=KR-49&page=2").text
    assert "주제: 해양 환경" in page
    assert "지역: 제주특별자치도" in page
    assert 'href="/needs?q=%ED%8F%90%EC%96%B4%EB%A7%9D&amp;region=KR-49"' in page
    assert 'role="status">‘폐어망’ 검색 결과 1건' in page


def test_what_was_looked_for_is_marked(app, client):
    a_need(title="해양 폐기물 되살림", summary="<b>모읍니다</b>")
    page = client.get("/needs?q=해양폐기물").text
    assert "<mark>해양 폐기물</mark> 되살림" in page
    assert "&lt;b&gt;모읍니다" in page


def test_a_search_without_result_says_how_to_go_on(app, client):
    page = client.get("/needs?q=없는말&status=open").text
    assert "검색 결과 0건" in page
    assert "더 짧은 말로" in page
    assert "조건을 줄여" in page


def test_where_nothing_is_found_one_may_subscribe_to_the_briefings_that_will_present_it(client):
    theme = a_need().themes[0]
    for asked, way in (
        (f"theme={theme.id}&q=없는말", f"/briefings?theme={theme.id}#subscribe"),
        ("q=없는말", "/briefings#subscribe"),
    ):
        page = client.get(f"/needs?{asked}").text.partition("<main")[2]
        assert "조건에 맞는 과제가 없습니다." in page and f'href="{way}"' in page and 'href="/needs"' in page
    page = client.get(f"/briefings?theme={theme.id}").text  # of which there is no briefing yet
    assert "고른 조건에 맞는 설명회가 없습니다." in page and f"/cal/themes/{theme.id}.ics" in page


def test_before_the_first_need_the_way_leads_to_the_briefings(app, client):
    assert "아직 게시된 과제가 없습니다" in client.get("/needs").text


def test_a_page_too_far_leads_back_to_the_first(app, client):
    a_need()
    assert "이 쪽에는 과제가 없습니다" in client.get("/needs?page=7&sort=title").text


def test_both_halves_and_both_ways_on(app, client):
    briefing = a_briefing()
    need = briefing.slots[0].need
    page = client.get(f"/needs/{need.id}").text
    for words in ("제공 자원", need.offers, "필요 역량", need.seeks, "아직 답글이 없습니다", briefing.title):
        assert words in page
    assert f'href="/needs/{need.id}/reply"' in page
    assert f'href="/briefings/{briefing.public_id}/register"' in page


def test_a_briefing_that_is_over_or_called_off_takes_no_sign_up(app, client, now):
    briefing = a_briefing(starts_at=now - timedelta(days=2))
    need = briefing.slots[0].need
    called_off = a_briefing(title="취소된 설명회", state=BriefingState.CANCELLED)
    called_off.slots[0].need = need
    db.session.commit()
    page = client.get(f"/needs/{need.id}").text
    assert (
        f'2026. 11. 21.(토)</time> 사업설명회에서 소개했습니다.</p><p><a href="/briefings/{briefing.public_id}"' in page
    )
    assert "취소된 설명회" not in page
    assert "설명회 신청하기" not in page


def test_only_public_replies_are_shown_but_all_are_counted(app, client):
    need = a_need()
    a_reply(need, offer="공개하는 설비", visibility=Visibility.PUBLIC)
    a_reply(need, offer="조용한 도움")
    a_reply(need, offer="거둔 답글", visibility=Visibility.PUBLIC, state=ReplyState.WITHDRAWN)
    page = client.get(f"/needs/{need.id}").text
    assert "2개 기관이 답글을" in page
    assert "공개하는 설비" in page
    assert "조용한 도움" not in page
    assert "거둔 답글" not in page


def test_the_contact_stays_private_but_for_the_office_phone(app, client):
    need = a_need(contact_name="홍길동", contact_phone="0641234567", contact_email="gildong@example.kr")
    page = client.get(f"/needs/{need.id}").text
    assert "064-123-4567" in page
    assert "홍길동" not in page
    assert "gildong@example.kr" not in page


def test_a_matched_need_tells_its_story_and_asks_for_no_more(app, client):
    need = a_need(matched_at=BEFORE, state=NeedState.CLOSED)
    match = Match(
        need=need, matched_on=date(2026, 11, 2), summary="함께 공정을 엽니다.", recorded_at=BEFORE, confirmed_at=BEFORE
    )
    match.organizations.append(MatchOrganization(organization=an_organization("새별(주)"), confirmed_at=BEFORE))
    saved(match)
    page = client.get(f"/needs/{need.id}").text
    for words in ("성사", "함께 공정을 엽니다.", "새별(주)"):
        assert words in page
    assert "답글 남기기" not in page


@pytest.mark.parametrize("state", [NeedState.DRAFT, NeedState.SUBMITTED, NeedState.RETURNED, NeedState.WITHDRAWN])
def test_what_is_not_public_is_not_there(app, client, state):
    assert client.get(f"/needs/{a_need(state=state).id}").status_code == 404


def test_in_english_the_korean_text_says_that_it_is_korean(app, client):
    need = a_need(title="폐어망 되살림", themes=[a_theme()])
    page = client.get(f"/en/needs/{need.id}").text
    assert '<h1 lang="ko">폐어망 되살림</h1>' in page
    assert need.themes[0].name_en in page


def test_a_list_costs_the_same_for_one_need_and_for_ten(app, client, count_queries):
    def cost():
        with count_queries() as sent:
            client.get("/needs")
        return len(sent)

    a_briefing()
    one = cost()
    a_briefing(needs=8)
    assert cost() == one
