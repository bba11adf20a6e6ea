"""What to look for where a search finds nothing: no result is a dead end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from briefings.db import db
from briefings.needs.finding import MOST_FOUND, PUBLIC, Search, conditions_of
from briefings.needs.models import Need
from briefings.needs.search_index import WORDS_LOOKED_FOR

LIFTED: dict[str, Any] = {"theme": None, "audience": None, "region": None, "stage": None, "status": None, "key": False}
"""Each condition, and what it is when it is none."""
LONGEST_SHORTENED = 8
"""Further letters of a word are left out at once: each length is a query."""


@dataclass(frozen=True)
class WayOn:
    """Another search and how many needs it finds (`more`: that many at least): without a condition, by other words."""

    number: int
    more: bool
    lifted: str = ""
    q: str = ""


def ways_on(search: Search) -> list[WayOn]:
    """Searches near to one that found nothing that find something: a condition less, one word, a shorter one."""
    ways = [
        _way(replace(search, **{name: nothing}), lifted=name)
        for name, nothing in LIFTED.items()
        if getattr(search, name)
    ]
    words = search.q.split()[:WORDS_LOOKED_FOR]
    if len(words) > 1:
        ways += [_way(replace(search, q=word), q=word) for word in words]
    elif shorter := next((way for way in _shortened(search) if way.number), None):
        ways.append(shorter)
    return [way for way in ways if way.number]


def _shortened(search: Search) -> Iterator[WayOn]:
    """By the beginning of the word, ever shorter: 폐어망들 → 폐어망."""
    for length in range(min(len(search.q), LONGEST_SHORTENED) - 1, 1, -1):
        yield _way(replace(search, q=search.q[:length]), q=search.q[:length])


def _way(search: Search, lifted: str = "", q: str = "") -> WayOn:
    found = select(Need.id).where(Need.state.in_(PUBLIC), *conditions_of(search)).limit(MOST_FOUND + 1)
    number = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    return WayOn(min(number, MOST_FOUND), number > MOST_FOUND, lifted, q)
