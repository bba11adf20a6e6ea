"""Themes and audiences."""

import pytest

from briefings.errors import Refused
from briefings.needs import finding, topics
from briefings.needs.models import Audience, Theme
from tests.builders import a_user


def test_a_new_theme_stands_at_the_end(app, now):
    topics.add(Theme, "우주", "Space", a_user(), now)
    assert finding.themes()[-1].name == "우주"


@pytest.mark.parametrize("kind", [Theme, Audience])
def test_two_of_one_name_are_refused(app, now, kind):
    first = topics.add(kind, "우주", "Space", a_user(), now)
    with pytest.raises(Refused, match="이미 있습니다"):
        topics.add(kind, "우주", "Other", a_user(), now)
    second = topics.add(kind, "바다", "Sea", a_user(), now)
    with pytest.raises(Refused, match="이미 있습니다"):
        topics.rename(second, "우주", "Sea", a_user(), now)
    topics.rename(first, "우주", "Outer space", a_user(), now)
    assert first.name_en == "Outer space"


def test_moving_up_changes_places_with_the_one_before(app, now):
    before = finding.audiences()
    topics.move_up(before[2], a_user(), now)
    assert [row.name for row in finding.audiences()[:3]] == [before[0].name, before[2].name, before[1].name]
    topics.move_up(before[0], a_user(), now)
    assert finding.audiences()[0] is before[0], "the first stays the first"
