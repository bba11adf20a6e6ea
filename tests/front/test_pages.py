"""The pages that explain, and what machines ask for."""

import xml.etree.ElementTree as ET

import pytest

from briefings.needs.models import NeedState
from briefings.schedule.models import BriefingState
from tests.builders import a_briefing, a_need, a_round, a_user, an_owner

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("page", ["/", "/guide", "/privacy", "/accessibility", "/search"])
def test_every_page_is_there_for_visitors_owners_and_staff_in_both_languages(client, app, page, language):
    for visitor in (client, app.test_client().sign_in(an_owner()), app.test_client().sign_in(a_user())):
        assert visitor.get(language + page).status_code == 200


def test_the_privacy_policy_names_what_the_consents_in_force_name(client):
    page = client.get("/privacy").text
    assert "설명회가 끝난 날부터 1년" in page
    assert "관심 수요로 고른 과제의 수요기관" in page
    assert "One year from the end of the briefing" in client.get("/en/privacy").text


def test_the_footer_of_every_page_leads_to_policy_and_accessibility(client):
    page = client.get("/guide").text
    assert 'href="/privacy"' in page
    assert 'href="/accessibility"' in page


def test_search_engines_may_read_what_is_public_and_are_asked_to_leave_the_rest(client):
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /staff/", "Disallow: /en/staff/", "Disallow: /r/"} <= set(lines)
    assert lines[-1] == "Sitemap: http://briefings.example.kr/sitemap.xml"


def test_the_sitemap_lists_every_public_page_in_both_languages_and_no_other(client):
    need, briefing, round = a_need(), a_briefing(needs=0), a_round()
    a_need(state=NeedState.SUBMITTED, published_at=None)
    a_briefing(needs=0, state=BriefingState.DRAFT)
    a_round(announced_at=None)
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    found = [entry.findtext(f"{MAP}loc") for entry in ET.fromstring(answer.data)]  # noqa: S314 (our own answer)
    site = "http://briefings.example.kr"
    assert f"{site}/needs/{need.id}" in found
    assert f"{site}/briefings/{briefing.public_id}" in found
    assert f"{site}/rounds/{round.public_id}" in found
    assert len(found) == 13  # ten pages that always are there, and one of each of these
    assert all(client.get(address.removeprefix(site)).status_code == 200 for address in found)
    assert client.get("/en/sitemap.xml").data == answer.data
    assert f'hreflang="en" href="{site}/en/needs/{need.id}"' in answer.text
