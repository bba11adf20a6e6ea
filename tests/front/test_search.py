"""Search over needs and briefings."""

from datetime import timedelta

import pytest

from briefings.needs.models import NeedState
from briefings.schedule.models import BriefingState
from tests.builders import a_briefing, a_need, a_theme, an_organization


def search(client, q, **more):
    return client.get("/search", query_string={"q": q, **more}).text


def test_words_are_found_in_needs_and_briefings_however_they_are_spaced(client):
    need = a_need(title="해양 폐기물 되살림")
    briefing = a_briefing(title="해양폐기물 설명회")
    page = search(client, "해양폐기물")
    assert f"/needs/{need.id}" in page
    assert f"/briefings/{briefing.public_id}" in page
    assert "수요 과제 1건, 설명회 1건" in page
    assert "<mark>해양 폐기물</mark>" in page


def test_a_briefing_is_found_by_its_theme_and_by_the_needs_and_organizations_it_presents(client):
    briefing = a_briefing(needs=1, theme=a_theme("섬마을 교통"))
    need = briefing.slots[0].need
    need.organization = an_organization("다도해공단")
    for words in ("섬마을 교통", need.title, "다도해공단"):
        assert f"/briefings/{briefing.public_id}" in search(client, words), words


def test_every_word_must_be_found(client):
    a_briefing(title="해양 설명회")
    assert "설명회 0건" in search(client, "해양 우주")


def test_what_comes_is_listed_before_what_is_over(client, now):
    over = a_briefing(title="해양 설명회 가", starts_at=now - timedelta(days=9))
    later = a_briefing(title="해양 설명회 나", starts_at=now + timedelta(days=9))
    sooner = a_briefing(title="해양 설명회 다", starts_at=now + timedelta(days=2))
    page = search(client, "해양")
    places = [page.index(briefing.public_id) for briefing in (sooner, later, over)]
    assert places == sorted(places)


def test_what_is_not_public_is_not_found(client):
    a_briefing(title="해양 비밀 설명회", state=BriefingState.DRAFT)
    a_need(title="해양 비밀 과제", state=NeedState.SUBMITTED, published_at=None)
    assert "비밀" not in search(client, "해양")


def test_more_needs_than_fit_are_one_link_away(client):
    for _ in range(7):
        a_need(title="해양 과제")
    page = search(client, "해양")
    assert "수요 과제 7건 모두 보기" in page
    assert "/needs?q=" in page


def test_more_briefings_than_fit_are_on_the_next_page(client):
    for _ in range(11):
        a_briefing(needs=0, title="해양 설명회")
    assert search(client, "해양").count('href="/briefings/') == 10
    assert search(client, "해양", page=2).count('href="/briefings/') == 1


def test_nothing_found_and_nothing_asked_lead_on(client):
    assert "더 짧은 말로" in search(client, "없는 말")
    assert "띄어쓰기는 달라도 됩니다" in search(client, "  ")


@pytest.mark.parametrize("odd", ["\x00", "%", "_", "\\", "'", "<script>", "가" * 5000, "가 " * 100, "\ud7a3"])
def test_whatever_is_typed_gets_an_answer(client, odd):
    a_briefing()
    assert client.get("/search", query_string={"q": odd}).status_code == 200
    assert client.get("/search", query_string={"q": odd, "page": "x"}).status_code == 200


def test_a_percent_sign_is_a_sign_like_any_other(client):
    briefing = a_briefing(needs=0, title="재생 원료 100% 설명회")
    assert briefing.public_id in search(client, "100%")
    assert briefing.public_id not in search(client, "1%0")
