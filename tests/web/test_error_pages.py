"""Whatever goes wrong, people stay in the frame of the site, read what is wrong in their language, and can go on."""

import html
import re

import pytest
from werkzeug.exceptions import default_exceptions

from briefings.errors import Refused
from briefings.schedule.links import token_of
from tests.builders import a_need, a_registration, a_user, an_owner

ONE = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def failing(app, monkeypatch):
    """A function that lets the guide, or another page, fail in a certain way."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def fail_with(error: Exception, endpoint: str = "front.guide") -> None:
        def fail():
            raise error

        fail.access = "public"  # type: ignore[attr-defined]
        monkeypatch.setitem(app.view_functions, endpoint, fail)

    return fail_with


@pytest.fixture
def guarded(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


@ONE
def test_every_error_has_its_page_in_both_languages(client, failing):
    for code in sorted(set(default_exceptions) - {401}):
        failing(default_exceptions[code]())
        korean, english, head = client.get("/guide"), client.get("/en/guide"), client.head("/guide")
        for answer, way_on in ((korean, "설명회 일정"), (english, "Briefings")):
            assert answer.status_code == code
            assert 'name="robots" content="noindex"' in answer.text and "site-header" in answer.text
            assert way_on in _main(answer.text), code
        assert re.search("<h1>[^<]*[가-힣]", korean.text) and not re.search("[가-힣]", _main(english.text)), code
        assert head.status_code == code and not head.data and head.mimetype == "text/html"


def _main(page: str) -> str:
    return re.sub(r'<(\w+)[^>]*lang="ko".*?</\1>', "", page.partition("<main")[2].partition("</main>")[0])


def test_what_no_view_expected_is_a_page_too(client, failing):
    failing(RuntimeError("a secret"))
    answer = client.get("/guide")
    assert answer.status_code == 500 and "처리하지 못했습니다" in answer.text and "a secret" not in answer.text
    assert "직원 화면" not in client.sign_in(a_user()).get("/guide").text, "what failed may be what tells who it is"


def test_the_ways_on_are_those_of_who_is_there(app, client):
    staff = app.test_client().sign_in(a_user())
    assert 'href="/staff/"' in _main(staff.get("/staff/briefings/999").text)
    assert 'href="/my/needs"' in _main(app.test_client().sign_in(an_owner()).get("/my/needs/999").text)
    page = (
        app.test_client()
        .sign_in(an_owner(name="정나래"))
        .get("/staff/", headers={"Referer": "http://briefings.example.kr/my/needs"})
    )
    refused = _main(page.text)
    assert page.status_code == 403 and "직원 계정으로 보는 화면입니다" in refused and "정나래 님(수요기관)" in refused
    assert 'href="/my/needs">앞 화면으로' in refused and "로그아웃</button>" in refused
    assert 'href="/sign-in"' not in refused and 'href="/staff/"' not in refused
    for page in (staff.get("/staff/briefings/999"), staff.get("/nothing"), staff.get("/sign-out")):
        assert "직원 화면</a>" in page.text and "로그아웃</button>" in page.text and 'href="/sign-in"' not in page.text
        assert 'href="/staff/"' in _main(page.text) and 'rel="canonical"' not in page.text
    for page in ("/staff/privacy", "/staff/exports/destructions"):
        assert "관리자만 보는 화면입니다" in _main(staff.get(page).text)


def test_a_link_of_a_registrant_that_opens_nothing_says_how_to_get_another(client):
    for page in ("/r/x.y", "/r/x.y/cancel", "/join/x.y", "/give-up/x.y", "/en/r/x.y"):
        answer = client.get(page)
        assert answer.status_code == 404
        ways = re.findall(r'<li><a href="([^"]+)">', _main(answer.text))
        find = "/en/registrations/find" if page.startswith("/en") else "/registrations/find"
        assert ways[0] == find and ways.count(find) == 1
    assert "지금 쓰는 링크를 다시 보내 드립니다" in client.get("/r/x.y").text
    assert "지금 쓰는 링크" not in client.get("/nothing").text and "지금 쓰는 링크" not in client.get("/i/x.y").text


@ONE
def test_a_broken_cookie_is_as_good_as_none(client):
    for name in ("session", "display", "remember_token", "remembered"):
        for value in ("", "x", "=;", "eyJ4IjoxfQ.x.y", "a" * 4000, "한글"):
            cookie = {"Cookie": f"{name}={value}".encode().decode("latin-1")}
            for path in ("/", "/needs", "/registrations/find"):
                assert client.get(path, headers=cookie).status_code == 200, (name, value, path)
            assert client.get("/staff/", headers=cookie).status_code == 302


def test_a_method_that_is_not_for_an_address_says_so(client):
    answer = client.delete("/needs")
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"] and "단추로" in answer.text


def test_what_was_typed_into_a_page_that_was_open_too_long_is_sent_again_by_one_press(client, guarded):
    registration = a_registration()
    address = f"/r/{token_of(registration)}/change"
    typed = {"name": "이'가온\"><b>", "department": "자원\n순환과", "csrf_token": "old"}
    page = client.post(address, data=typed, headers=OWN_PAGE)
    assert page.status_code == 400 and "화면을 연 지 오래되어" in page.text
    assert "<h1>아직 보내지 못했습니다</h1>" in page.text and "앞 화면을 새로 열고" not in page.text
    [form] = re.findall(f'<form[^>]*action="{re.escape(address)}".*?</form>', page.text, re.DOTALL)
    sent = {name: html.unescape(value) for name, value in re.findall('name="([^"]+)" value="([^"]*)"', form)}
    assert sent["name"] == typed["name"] and sent["department"] == typed["department"] and sent["csrf_token"] != "old"
    again = client.post(address, data=sent)
    assert again.status_code in (200, 303) and "화면을 연 지 오래되어" not in again.text


def test_passwords_and_files_are_not_sent_again(client, guarded):
    page = client.post("/sign-in", data={"email": "gaon@example.com", "password": "barley-Lantern"}, headers=OWN_PAGE)
    assert "barley" not in page.text and "비밀번호와 첨부한 파일은" in page.text
    assert 'value="gaon@example.com"' in page.text


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://elsewhere.example"}])
def test_what_another_site_made_up_is_not_offered_to_be_sent(client, guarded, headers):
    page = client.post("/registrations/find", data={"email": "made-up@example.com"}, headers=headers)
    assert page.status_code == 400 and "made-up" not in page.text


def test_whoever_is_no_longer_signed_in_keeps_the_words(client, guarded):
    words = "단가는 톤마다 다르니 협의해 정합니다."
    page = client.post("/staff/needs/1/return", data={"reason": words}, headers=OWN_PAGE)
    assert page.status_code == 400 and words in page.text and "다시 보내기" not in _main(page.text)


@pytest.mark.parametrize(("error", "code"), [(RuntimeError("a secret"), 500), (Refused("지금은 안 됩니다."), 409)])
def test_what_was_typed_before_it_failed_can_be_read_and_copied(client, failing, error, code):
    words = "시험 설비와 현장을 함께 쓰게 해 드립니다."
    failing(error, "registrations.find")
    page = client.post("/registrations/find", data={"email": words}, headers=OWN_PAGE)
    assert page.status_code == code and words in page.text and "다시 보내기" not in _main(page.text)
    assert words not in client.post("/registrations/find", data={"email": words}).text


def test_whoever_sent_too_often_reads_when_to_send_again_and_keeps_the_words(client, limited):
    words = "시험 설비와 현장을 함께 쓰게 해 드립니다."
    address = f"/needs/{a_need().id}/reply"
    for _ in range(10):
        assert client.post(address, data={"offer": words}).status_code == 200
    page = client.post(address, data={"offer": words}, headers=OWN_PAGE)
    assert page.status_code == 429 and 1 <= int(page.headers["Retry-After"]) <= 60
    assert "1분 뒤에 다시 시도해 주세요" in page.text
    [form] = re.findall(f'<form[^>]*action="{re.escape(address)}".*?</form>', page.text, re.DOTALL)
    assert f'name="offer" value="{words}"' in form
    assert words not in client.post(address, data={"offer": words}).text, "another site may have made it up"
