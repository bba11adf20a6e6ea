"""The pages that explain, and what machines ask for."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest

from briefings.accounts.models import Role
from briefings.db import unit_of_work
from briefings.front.addresses import NOT_FOUND
from briefings.front.site_map import SECTIONS
from briefings.needs.models import NeedState
from briefings.rights.kinds import BY_NAME
from briefings.rights.retention import change_period
from briefings.schedule.links import token_of
from briefings.schedule.models import BriefingState
from briefings.web.access import access_of
from tests.builders import a_briefing, a_need, a_registration, a_round, a_user, an_owner

GUIDES = ("/guide", "/guide/attendees", "/guide/owners", "/guide/presenters", "/guide/experts")
TEMPLATES = Path(__file__).parents[2] / "templates"
STATIC = TEMPLATES.parent / "briefings" / "static"
TITLE, DESCRIPTION = "<title>([^<]+)</title>", '<meta name="description" content="([^"]+)">'
NOT_BEGUN_AT = {
    *("front.robots", "front.sitemap", "operation.health", "operation.ready", "operation.tell_metrics"),
    "feeds.briefings",
    # What comes after a form.
    *("registrations.links_sent", "replies.sent", "accounts.forgotten_sent", "account_requests.sent"),
    "rounds.handed_over",
    # To an agency's own sign-in and back, and the steps after a password.
    *("accounts.to_agency", "accounts.from_agency", "accounts.code", "accounts.first_set_up", "accounts.signed_out"),
    *("my_data.sent", "my_data.erased", "open_data.catalog"),
}
"""Pages without anything in their address that are none to begin at."""
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("page", ["/", *GUIDES, "/privacy", "/accessibility", "/search", "/sitemap"])
def test_every_page_is_there_for_visitors_owners_and_staff_in_both_languages(client, app, page, language):
    for visitor in (client, app.test_client().sign_in(an_owner()), app.test_client().sign_in(a_user())):
        assert visitor.get(language + page).status_code == 200


def test_the_privacy_policy_names_whom_others_name_and_the_periods_that_hold(client, now):
    page = client.get("/privacy").text
    assert (
        "수요조사를 부탁받은 분" in page and "한 날부터 1,096일" in page and "발표자는 설명회가 끝나고 1,095일" in page
    )
    with unit_of_work():
        change_period(BY_NAME["audit"], 1_500, a_user(Role.ADMINISTRATOR), now)
        change_period(BY_NAME["presenters"], 400, a_user(Role.ADMINISTRATOR), now)
    page = client.get("/privacy").text
    assert "한 날부터 1,500일" in page and "발표자는 설명회가 끝나고 400일" in page


def test_the_privacy_policy_names_what_the_consents_in_force_name(client):
    page = client.get("/privacy").text
    assert "설명회가 끝난 날부터 1년" in page
    assert "관심 수요로 고른 과제의 수요기관" in page
    assert "One year from the end of the briefing" in client.get("/en/privacy").text


def test_the_footer_of_every_page_leads_to_policy_and_accessibility(client):
    page = client.get("/guide").text
    assert 'href="/privacy"' in page
    assert 'href="/accessibility"' in page


def test_search_engines_may_read_what_is_public_and_are_asked_to_leave_the_rest(app, client):
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *" and lines[-1] == "Sitemap: http://briefings.example.kr/sitemap.xml"
    robots = RobotFileParser()
    robots.parse(lines)
    for rule in app.url_map.iter_rules():
        path = re.sub("<[^>]*>", "x", rule.rule)
        for root in ("", "/en"):
            if access_of(app, rule.endpoint) != "public" and rule.endpoint != "feeds.personal":  # calendars ask first
                assert not robots.can_fetch("*", root + path), path
    briefing, need = a_briefing(), a_need()
    for path in ("/", "/needs", f"/needs/{need.id}", f"/briefings/{briefing.public_id}", "/stories", "/rounds"):
        assert robots.can_fetch("*", path) and robots.can_fetch("*", f"/en{path}"), path


def test_personal_pages_ask_not_to_be_found_themselves(client):
    assert client.get(f"/r/{token_of(a_registration())}").headers["X-Robots-Tag"] == "noindex"
    assert client.sign_in(a_user()).get("/staff/").headers["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in client.get("/needs").headers


def test_a_public_page_names_its_one_address_and_the_same_page_in_the_other_language(client):
    site, briefing = "http://briefings.example.kr", a_briefing()
    path = f"/briefings/{briefing.public_id}"
    for own, page in ((path, client.get(path).text), (f"/en{path}", client.get(f"/en{path}").text)):
        assert f'<link rel="canonical" href="{site}{own}">' in page
        assert f'<link rel="alternate" hreflang="ko" href="{site}{path}">' in page
        assert f'<link rel="alternate" hreflang="en" href="{site}/en{path}">' in page
    assert f'rel="canonical" href="{site}/needs?page=2"' in client.get("/needs?q=재생&sort=title&page=2").text
    for private in (f"/r/{token_of(a_registration())}", "/nothing"):
        assert "canonical" not in client.get(private).text


def test_the_sitemap_lists_every_public_page_in_both_languages_and_no_other(client):
    need, briefing, round = a_need(), a_briefing(needs=0), a_round()
    a_need(state=NeedState.SUBMITTED, published_at=None)
    a_briefing(needs=0, state=BriefingState.DRAFT)
    a_round(announced_at=None)
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    found = [entry.findtext(f"{MAP}loc") for entry in ET.fromstring(answer.data)]  # noqa: S314 (our own answer)
    site = "http://briefings.example.kr"
    begun = [endpoint for _, pages in SECTIONS for endpoint, _ in pages if endpoint not in NOT_FOUND]
    own = [f"{site}/needs/{need.id}", f"{site}/briefings/{briefing.public_id}", f"{site}/rounds/{round.public_id}"]
    assert len(found) == len(set(found)) == len(begun) + len(own) and set(own) <= set(found)
    pages = [client.get(address.removeprefix(site)) for address in found]
    assert {page.status_code for page in pages} == {200}
    assert client.get("/en/sitemap.xml").data == answer.data
    assert f'hreflang="en" href="{site}/en/needs/{need.id}"' in answer.text
    titles, descriptions = ([re.search(pattern, page.text)[1] for page in pages] for pattern in (TITLE, DESCRIPTION))
    assert len(set(titles)) == len(titles) and len(set(descriptions)) == len(descriptions)


def test_the_map_of_the_site_names_every_page_one_can_begin_at(app, client):
    page = client.get("/sitemap").text
    on_it = {endpoint for _, pages in SECTIONS for endpoint, _ in pages}
    for rule in app.url_map.iter_rules():
        begins = "GET" in rule.methods and not rule.arguments and access_of(app, rule.endpoint) == "public"
        if begins and rule.endpoint not in on_it and rule.endpoint.partition(".")[0] != "api":
            assert rule.endpoint in NOT_BEGUN_AT, f"{rule.rule}: put it into front/site_map.py"
    for path in ("/needs", "/briefings", "/statistics", *GUIDES):
        assert f'<li><a href="{path}">' in page


def test_every_role_finds_what_it_does_in_a_guide(client):
    assert all(client.get(path).status_code == 200 for path in GUIDES)
    page = client.sign_in(a_user()).get("/staff/guide").text
    for name in re.findall(r'<li><a href="#(\w+)">', page):
        assert f'<div id="{name}">' in page
    assert "관리자가 하는 일" in page and "파기대장" in page and "기록" in page


@pytest.mark.parametrize("name", [path.name for path in sorted((TEMPLATES / "front").glob("*guide*.html"))])
def test_what_guides_quote_stands_on_a_page(name):
    """Words in quotation marks are those of a button, a link, a heading or a menu."""
    quoted = set(re.findall("‘([^’]+)’", (TEMPLATES / "front" / name).read_text("utf-8")))
    texts = [path.read_text("utf-8") for path in TEMPLATES.rglob("*.html") if "guide" not in path.name]
    texts += [path.read_text("utf-8") for path in TEMPLATES.parent.glob("briefings/**/*.py")]
    said = set(re.findall("(?<=[\"'>])([^\"'<>{}]+)(?=[\"'<])", "\n".join(texts)))
    assert sorted(quoted - said) == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_pictures_of_guides_are_there_and_say_what_they_show(app, client, language):
    staff = app.test_client().sign_in(a_user())
    pages = [client.get(("/en" if language == "en" else "") + path).text for path in GUIDES]
    pages += [staff.get("/staff/guide").text] if language == "ko" else []
    found = [re.findall(r'<img src="(?:/en)?/static/guide/([\w.-]+)[^"]*" alt="([^"]*)"', page) for page in pages]
    pictures = [picture for page in found for picture in page]
    assert len(pictures) >= 13
    for name, alt in pictures:
        assert name.endswith(f".{language}.webp") and alt.strip(), name
        assert 2_000 < (STATIC / "guide" / name).stat().st_size < 90_000, name
