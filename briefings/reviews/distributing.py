"""Giving needs to reviewers evenly: a pure calculation, the same for the same question."""

from collections import deque
from collections.abc import Mapping, Sequence

Pair = tuple[int, int]
"""A need and its reviewer."""


def distribute(
    wanted: Mapping[int, int], able: Mapping[int, Sequence[int]], loads: Mapping[int, int]
) -> dict[int, list[int]]:
    """Need → the reviewers it gets: `wanted` of those `able`, or all of them where they are too few.

    No other choice leaves the loads (what each has already, and what is added) more even. The hardest needs choose
    first, then reviewers with much hand on to reviewers with less, along chains, until no chain makes it more even:
    that is the optimum of such a problem (Harvey and others, Semi-matchings for bipartite graphs, 2006).
    """
    load = dict(loads)
    given: dict[int, list[int]] = {}
    for need in sorted(wanted, key=lambda need: (len(able[need]) - wanted[need], need)):
        order = list(able[need])
        chosen = sorted(order, key=lambda reviewer: (load[reviewer], order.index(reviewer)))[: wanted[need]]
        given[need] = chosen
        for reviewer in chosen:
            load[reviewer] += 1
    while any(_relieve(reviewer, given, able, load) for reviewer in sorted(load, key=lambda each: (-load[each], each))):
        pass
    return {need: sorted(given[need]) for need in sorted(given)}


def _relieve(heavy: int, given: dict[int, list[int]], able: Mapping[int, Sequence[int]], load: dict[int, int]) -> bool:
    """Hand on one need of `heavy`, along the shortest chain to somebody with two fewer; whether there is one."""
    came: dict[int, Pair | None] = {heavy: None}
    line = deque([heavy])
    while line:
        giver = line.popleft()
        for need, reviewers in given.items():
            if giver not in reviewers:
                continue
            for taker in able[need]:
                if taker in came or taker in reviewers:
                    continue
                came[taker] = (need, giver)
                if load[taker] <= load[heavy] - 2:
                    _hand_on(taker, came, given, load)
                    return True
                line.append(taker)
    return False


def _hand_on(last: int, came: Mapping[int, Pair | None], given: dict[int, list[int]], load: dict[int, int]) -> None:
    taker = last
    while step := came[taker]:
        need, giver = step
        given[need].remove(giver)
        given[need].append(taker)
        load[giver] -= 1
        load[taker] += 1
        taker = giver
