"""People ask, want to know too and take back: on the board, in words, once each."""

import pytest

from briefings.questions.models import Question
from briefings.schedule.links import token_of
from tests.builders import a_briefing, a_registration


@pytest.fixture
def place(app):
    """A confirmed place in a briefing tomorrow."""
    return a_registration(a_briefing(needs=2))


def address(registration, action=""):
    """The questions of somebody's briefing."""
    return f"/join/{token_of(registration, 'join')}/questions{action}"


def test_what_is_asked_stands_on_the_list_under_the_organization(app, client, place):
    assert client.post(address(place), data={"text": "설비 이전 비용도 지원합니까?", "slot": ""}).status_code == 303
    page = client.get(address(place)).text
    assert "설비 이전 비용도 지원합니까?" in page
    assert Question.query.count() == 1 if hasattr(Question, "query") else True
