"""Whoever reads English walks through everything public, meets no Korean that does not say so, and keeps the way."""

import re
from urllib.parse import urlsplit

import pytest

from tests.builders import a_briefing, a_need, a_reply, a_round, a_user, an_owner
from tests.client import elements
from tests.test_translations import _korean_in

ONE = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
SITE = "briefings.example.kr"
MOST = 50
NO_PAGES = re.compile(r"\.(ics|pdf|json|csv|jsonl|xml|txt|css|svg)$|^/static/|^/(en/)?api/v1|^/(en/)?cal/")


def _links(html: str) -> list[tuple[str, str | None]]:
    """Where the links of a page lead on this host, each with the language it announces."""
    found = []
    for tag, attributes in elements(html):
        parts = urlsplit(attributes.get("href") or "")
        if tag == "a" and parts.netloc in ("", SITE) and parts.path and parts.scheme in ("", "http"):
            found.append((parts.path, attributes.get("hreflang")))
    return found


def _astray(address: str, language: str | None) -> bool:
    """Whether a link of an English page leads into Korean without saying so, or into English where it says Korean."""
    return address.startswith("/en/") == (language == "ko")


@ONE
def test_a_walk_through_everything_public_in_english_meets_no_korean_that_does_not_say_so(client, now):
    briefing = a_briefing(needs=2)
    a_briefing(starts_at=now.replace(month=10), registration_opens_at=now.replace(month=9))
    a_reply(a_need())
    a_round()
    waiting, seen, left, lost = ["/en/", f"/en/briefings/{briefing.public_id}/register"], {}, [], []
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        if path in seen:
            continue
        answer = client.get(path)
        seen[path] = answer.status_code
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        assert '<html lang="en"' in answer.text, path
        left += [f"{path}: {text}" for text in _korean_in(answer.text)]
        onward = [(address, language) for address, language in _links(answer.text) if not NO_PAGES.search(address)]
        lost += [f"{path} → {address}" for address, language in onward if _astray(address, language)]
        waiting += [address for address, language in onward if language != "ko"]
    assert not lost, lost
    assert not left, left
    assert len(seen) > 35 and not [path for path, status in seen.items() if status >= 400], seen
    every = "\n".join(seen)
    for begun in ("/en/needs/", "/en/briefings/", "/en/guide/owners", "/en/archive/", "/en/rounds/", "/en/statistics"):
        assert begun in every, begun


@ONE
def test_weekdays_and_times_are_english(client):
    page = client.get(f"/en/briefings/{a_briefing().public_id}").text
    assert "Thu 3 Dec 2026, 10:00–11:30 KST" in page
    assert "Dec 2026" in client.get("/en/briefings/calendar?month=2026-12").text


@ONE
def test_pages_of_staff_are_korean_whatever_their_address(client):
    a_need()
    client.sign_in(a_user())
    page = client.get("/en/staff/needs").text
    assert '<html lang="ko"' in page
    for english in ("Published", "Search", "Theme", "Home", "Download"):
        assert english not in " ".join(re.sub(r"<[^>]+>", " ", page).split()), english
    assert "/en/staff/rounds" in page, "the address stays, and with it the way back to pages in English"
    assert '<html lang="en"' in client.get("/en/needs").text
    client.sign_in(an_owner())
    assert '<html lang="en"' in client.get("/en/staff/needs").text, "who is turned away reads why"
