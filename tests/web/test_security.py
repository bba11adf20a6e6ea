"""What goes with every answer: protection, cookies, caches, and the way back from an error."""

import pytest

from briefings.accounts.signing_in import set_password
from briefings.db import db
from briefings.schedule import calendar_settings
from briefings.schedule.links import token_of
from tests.builders import a_briefing, a_need, a_registration, a_user
from tests.protection import lacking

ONE = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)


def cached(client, address):
    return client.get(address).headers["Cache-Control"]


def test_public_pages_may_be_kept_and_asked_after(client):
    briefing = a_briefing()
    for address in ("/", "/needs", f"/briefings/{briefing.public_id}", f"/briefings/{briefing.public_id}/briefing.ics"):
        assert cached(client, address) == "no-cache"


def test_what_is_personal_stays_in_no_cache(client):
    assert cached(client, f"/r/{token_of(a_registration())}") == "no-store"
    assert cached(client.sign_in(a_user()), "/needs") == "no-store"


@ONE
def test_whatever_is_answered_bears_the_same_protection(app, client, monkeypatch):
    """Every page, file and program's answer of every role is looked at in tests/test_access_to_objects.py."""

    def fail() -> None:
        raise RuntimeError

    monkeypatch.setitem(app.config, "PREFERRED_URL_SCHEME", "https")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    fail.access = "public"  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "front.guide", fail)
    link = f"/r/{token_of(a_registration())}"
    asked = [("GET", each) for each in ("/static/css/app.css", "/guide", "/staff/", "/health", "/needs/1", link)]
    asked += [("GET", f"{link}/slip"), ("POST", link), ("DELETE", "/needs"), ("HEAD", "/"), ("OPTIONS", "/needs")]
    kept = {"If-None-Match": client.get("/cal/briefings.ics").headers["ETag"]}
    statuses = set()
    for method, address in [*asked, ("POST", "/registrations/find"), ("GET", "/cal/briefings.ics")]:
        body = {"email": "a" * 3_000_000} if address == "/registrations/find" else None
        with client.open(address, method=method, data=body, headers=kept) as answer:
            personal = address.startswith(link) or method == "DELETE"  # what leads to no view may be one
            assert not lacking(answer, personal), (method, address)
            statuses.add(answer.status_code)
    assert statuses == {200, 302, 304, 404, 405, 413, 500}
    monkeypatch.setitem(app.config, "PREFERRED_URL_SCHEME", "http")
    assert lacking(client.get("/needs"), personal=False) == {"Strict-Transport-Security"}, "where there is no TLS"


@ONE
def test_no_cookie_is_for_scripts_or_other_sites_or_sent_in_the_clear(app, client, monkeypatch):
    user, place, need = a_user(email="haneul@example.kr"), a_registration(), a_need()
    set_password(user, "barley-Lantern-72")
    db.session.commit()
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    cookies = []
    for address, data in {
        "/sign-in": {"email": user.email, "password": "barley-Lantern-72"},
        "/display": {"mode": "high-contrast", "size": "large"},
        f"/r/{token_of(place)}/remember": {},
        f"/needs/{need.id}/reply": {"do": "autosave"},
    }.items():
        cookies += client.post(address, data=data).headers.getlist("Set-Cookie")
    assert {each.partition("=")[0] for each in cookies} == {"session", "display", "remembered", "reply_draft"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; ")) and "Domain" not in cookie, cookie


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


@ONE
@pytest.mark.parametrize("size", [1_000_000, 3_000_000])
def test_a_form_that_is_too_large_is_refused_in_the_frame_of_the_site(client, size):
    page = client.post("/registrations/find", data={"email": "a" * size})
    assert page.status_code in (200, 413)
    assert "<h1" in page.text
