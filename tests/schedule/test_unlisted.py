"""A briefing that only those find who have its address."""

import pytest

from briefings.questions.models import QuestionState
from briefings.schedule.models import Visibility
from tests.builders import a_briefing, a_question, a_registration, a_user

TITLE = "이름난 분들만 모시는 설명회"
EVERYWHERE = (
    "/",
    "/briefings",
    "/briefings/calendar?month=2026-12",
    "/search?q=모시는",
    "/cal/briefings.ics",
    "/cal/themes/{theme}.ics",
    "/cal/audiences/{audience}.ics",
    "/sitemap.xml",
    "/needs",
    "/needs/{need}",
    "/api/v1/needs/{need}",
)


@pytest.fixture
def unlisted(app):
    briefing = a_briefing(needs=1, title=TITLE, visibility=Visibility.UNLISTED)
    answered = {"state": QuestionState.WRITTEN, "answer": "지원합니다.", "answered_at": briefing.changed_at}
    a_question(a_registration(briefing), slot_id=briefing.slots[0].id, **answered)
    return briefing


def test_it_stands_in_no_list_no_feed_and_no_page_of_another(client, unlisted):
    values = {"theme": unlisted.theme_id, "audience": unlisted.audience_id, "need": unlisted.slots[0].need_id}
    for address in EVERYWHERE:
        answer = client.get(address.format(**values))
        assert answer.status_code == 200, address
        folded = answer.text.replace("\r\n ", "")
        for sign in (TITLE, unlisted.public_id):
            assert sign not in folded, address


def test_its_topics_are_not_offered_as_conditions(client, unlisted):
    assert unlisted.theme.name not in client.get("/briefings").text


def test_by_its_address_it_is_as_any_other_and_kept_from_search_engines(client, unlisted):
    listed = a_briefing(needs=1)
    for page in ("", "/register"):
        shown = client.get(f"/briefings/{unlisted.public_id}{page}").text
        assert TITLE in shown
        assert '<meta name="robots" content="noindex">' in shown
        assert "noindex" not in client.get(f"/briefings/{listed.public_id}{page}").text
    assert client.get(f"/b/{unlisted.public_id}").status_code == 302
    assert TITLE in client.get(f"/briefings/{unlisted.public_id}/briefing.ics").text.replace("\r\n ", "")


def test_staff_find_it_as_they_find_every_briefing(client, unlisted):
    client.sign_in(a_user())
    assert TITLE in client.get("/staff/briefings").text
    assert TITLE in client.get("/staff/").text
