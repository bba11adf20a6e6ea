"""What to look for where a search finds nothing: no result is a dead end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from briefings.db import db
from briefings.needs.finding import MOST_FOUND, PUBLIC, Search, conditions_of
from briefings.needs.models import Need, NeedState
from briefings.needs.search_index import WORDS_LOOKED_FOR

LIFTED: dict[str, Any] = {
    **dict.fromkeys(("theme", "audience", "region", "stage", "status", "state", "round")),
    "key": False,
    "own_themes": (),
}
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


def ways_on(search: Search, among: Iterable[NeedState] = PUBLIC) -> list[WayOn]:
    """Searches near to one that found nothing that find something: a condition less, one word, a shorter one."""
    ways = [
        _way(replace(search, **{name: nothing}), among, lifted=name)
        for name, nothing in LIFTED.items()
        if getattr(search, name)
    ]
    words = search.q.split()[:WORDS_LOOKED_FOR]
    if len(words) > 1:
        ways += [_way(replace(search, q=word), among, q=word) for word in words]
    elif shorter := next((way for way in _shortened(search, among) if way.number), None):
        ways.append(shorter)
    return [way for way in ways if way.number]


def _shortened(search: Search, among: Iterable[NeedState]) -> Iterator[WayOn]:
    """By the beginning of the word, ever shorter: 폐어망들 → 폐어망."""
    for length in range(min(len(search.q), LONGEST_SHORTENED) - 1, 1, -1):
        yield _way(replace(search, q=search.q[:length]), among, q=search.q[:length])


def _way(search: Search, among: Iterable[NeedState], lifted: str = "", q: str = "") -> WayOn:
    found = select(Need.id).where(Need.state.in_(among), *conditions_of(search)).limit(MOST_FOUND + 1)
    number = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    return WayOn(min(number, MOST_FOUND), number > MOST_FOUND, lifted, q)
