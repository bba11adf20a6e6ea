"""How alike two titles are, and finding those alike among very many; knows no database.

Measured by what two titles share of their pairs of neighbouring signs, spaces and punctuation left out (Dice's
coefficient): Korean words change at their ends and are spaced at will, but most pairs stay. Whatever shares enough
pairs with a title shares at least one of its rarest, so only these are looked up, which misses nothing.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from briefings.imports.cells import key_of

ALIKE = 0.6
"""From here on titles of one organization are worth a look."""
ALIKE_ANYWHERE = 0.85
"""From here on those of different organizations are too: one of the names may be misspelled."""


def pairs_of(title: str) -> frozenset[str]:
    """Its pairs of neighbouring signs; a single sign stands for itself."""
    key = key_of(title)
    return frozenset(key[n : n + 2] for n in range(len(key) - 1)) or frozenset((key,) if key else ())


def alikeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0, nothing in common, to 1, the same."""
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0


class Titles:
    """Some titles, each under a number, of which those alike to others are looked for."""

    def __init__(self, titles: Iterable[tuple[int, str]], least: float) -> None:
        self._share = least / (2 - least)
        """What is alike shares at least so much of the pairs of either title."""
        self._least = least
        self._pairs = {number: pairs_of(title) for number, title in titles}
        how_often = Counter(pair for pairs in self._pairs.values() for pair in pairs)
        by_rarity = sorted(how_often, key=lambda pair: (how_often[pair], pair))
        self._rank = {pair: rank for rank, pair in enumerate(by_rarity, start=1)}
        self._with: dict[str, list[int]] = {}
        for number, pairs in self._pairs.items():
            for pair in self._rarest(pairs):
                self._with.setdefault(pair, []).append(number)

    def alike(self, pairs: frozenset[str]) -> Iterator[tuple[int, float]]:
        """(number, how alike) of each that is alike enough to a title with these pairs."""
        looked_at: set[int] = set()
        for pair in self._rarest(pairs):
            looked_at.update(self._with.get(pair, ()))
        shortest, longest = self._share * len(pairs), len(pairs) / self._share
        for number in looked_at:
            other = self._pairs[number]
            if shortest <= len(other) <= longest:
                found = alikeness(other, pairs)
                if found >= self._least:
                    yield number, found

    def _rarest(self, pairs: frozenset[str]) -> list[str]:
        """So many of them, the rarest first, that whoever shares enough shares one of these."""
        rank = self._rank
        rarest = sorted(pairs, key=lambda pair: rank.get(pair, 0))
        return rarest[: len(pairs) - math.ceil(len(pairs) * self._share) + 1]
