"""Parts of pages are made once for each version; only where everything changes all the time, who can wait waits."""

from datetime import timedelta
from itertools import count

import pytest

from briefings.web.fragments import MOST, ROOM, forget_fragments, fragment


@pytest.fixture(autouse=True)
def fresh():
    """Nothing is kept from before."""
    forget_fragments()


@pytest.fixture
def made(now):
    """Look at a fragment; each one that is made says the how manyth it is."""
    numbers = count(1)

    def look(version, at=now, until=None, key="room", patient=False):
        return int(fragment(key, version, at, lambda: (str(next(numbers)), until), patient).text)

    return look


def test_it_stands_as_long_as_its_version_and_its_time(made, now):
    until = now + timedelta(minutes=1)
    assert [made(1, until=until), made(1), made(2, until=until), made(2)] == [1, 1, 2, 2]
    assert made(2, at=until) == 3
    assert made(2, key="another room") == 4


def test_the_same_text_has_the_same_tag(now):
    tags = {fragment("room", version, now, lambda: ("the same", None)).tag for version in range(3)}
    assert len(tags) == 1


def test_what_changes_many_times_a_second_is_made_anew_only_for_whoever_cannot_wait(made):
    for version in range(MOST):
        made(version, patient=True)
    assert made(MOST, patient=True) == MOST
    assert made(MOST) == MOST + 1
    assert made(MOST + 1, patient=True) == MOST + 1


def test_the_longest_unused_goes_where_there_is_no_room(made):
    first = made(1, key=0)
    for key in range(1, ROOM + 1):
        made(1, key=key)
    assert made(1, key=0) != first
