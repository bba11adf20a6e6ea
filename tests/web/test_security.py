"""What goes with every answer: caches, and the way back from an error."""

import pytest

from briefings.schedule import calendar_settings
from briefings.schedule.links import token_of
from tests.builders import a_briefing, a_registration, a_user


def cached(client, address):
    return client.get(address).headers["Cache-Control"]


def test_public_pages_may_be_kept_and_asked_after(client):
    briefing = a_briefing()
    for address in ("/", "/needs", f"/briefings/{briefing.public_id}", f"/briefings/{briefing.public_id}/briefing.ics"):
        assert cached(client, address) == "no-cache"


def test_what_is_personal_stays_in_no_cache(client):
    assert cached(client, f"/r/{token_of(a_registration())}") == "no-store"
    assert cached(client.sign_in(a_user()), "/needs") == "no-store"


def test_static_files_bear_the_same_protection_as_pages(client):
    with client.get("/static/css/app.css") as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("came_from", "leads_back"),
    [
        ("http://briefings.example.kr/needs?q=a", True),
        ("http://briefings.example.kr//elsewhere.example/", False),
        ("http://elsewhere.example/needs", False),
        ("", False),
    ],
)
def test_the_way_back_from_an_error_leads_to_a_page_of_ours(client, came_from, leads_back):
    page = client.get("/nothing", headers={"Referer": came_from}).text
    assert ("앞 화면으로 돌아가기" in page) == leads_back
    assert "elsewhere" not in page


def test_what_fails_is_logged_without_secrets_and_without_what_people_wrote(app, client, monkeypatch, caplog):
    def fail(token: str) -> None:
        raise RuntimeError(token)

    monkeypatch.setattr(calendar_settings, "setting_behind", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    assert "<h1" in client.get("/cal/f/a-secret-of-somebody.ics").text
    assert "endpoint=feeds.personal method=GET RuntimeError" in caplog.text and "in fail" in caplog.text
    assert "a-secret" not in caplog.text


@pytest.mark.parametrize("size", [1_000_000, 3_000_000])
def test_a_form_that_is_too_large_is_refused_in_the_frame_of_the_site(client, size):
    page = client.post("/registrations/find", data={"email": "a" * size})
    assert page.status_code in (200, 413)
    assert "<h1" in page.text
