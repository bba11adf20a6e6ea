"""화면 설정, and the frame every page stands in."""

import pytest

from tests.client import PageClient


def test_the_choice_is_kept_and_shapes_every_page(client: PageClient):
    answer = client.post("/display", data={"mode": "high-contrast", "size": "xlarge"}, follow_redirects=True)
    assert "화면 설정을 바꾸었습니다." in answer.text
    page = client.get("/nowhere").text
    assert 'data-krds-mode="high-contrast"' in page and 'data-krds-size="xlarge"' in page
    client.post("/display", data={"mode": "standard", "size": "medium"})
    assert "data-krds" not in client.get("/nowhere").text


@pytest.mark.parametrize("cookie", ["", "nonsense", '"><script>', "high-contrast.", "."])
def test_any_cookie_gives_a_page(client: PageClient, cookie: str):
    client.set_cookie("display", cookie, domain="briefings.example.kr")
    page = client.get("/display")
    assert page.status_code == 200 and "<script>" not in page.text


def test_an_unknown_choice_is_an_error_in_words_and_keeps_nothing(client: PageClient):
    answer = client.post("/display", data={"mode": "pink", "size": "large"})
    assert "<title>오류: 화면 설정 | 협업이음 설명회</title>" in answer.text
    assert "목록에 있는 것 가운데 골라 주세요." in answer.text
    assert "Set-Cookie" not in answer.headers or "display=" not in answer.headers["Set-Cookie"]


def test_a_page_begins_with_a_way_past_the_menu_and_says_its_language(client: PageClient):
    korean, english = client.get("/display").text, client.get("/en/display").text
    assert korean.index('class="skip-link" href="#main"') < korean.index("<header")
    assert '<html lang="ko"' in korean and '<html lang="en"' in english
    assert 'href="/en/display"' in korean and 'lang="en"' in korean
    assert 'href="/display"' in english


def test_pages_of_an_error_lead_on_in_the_same_frame(client: PageClient):
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "찾는 화면이 없습니다" in answer.text and "신청 내역 확인" in answer.text
