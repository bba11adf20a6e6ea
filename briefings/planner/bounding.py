"""What no plan can exceed: the problem without its calendar.

How many briefings each topic has and who presents under it is decided exactly; when they are is left open, except that
there are only so many times. That is a small programme even for a thousand needs, and loses little: where many needs
wait, some time suits nearly any six of them.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from briefings.planner.linear import Limits, Programme
from briefings.planner.objective import BRIEFING, cost_of_size
from briefings.planner.shape import Cell, Shape


@dataclass
class _Kind:
    """What the cells of one topic, or of one thing that is held, have in common."""

    cells: list[Cell] = field(default_factory=list)
    pool: set[int] = field(default_factory=set)
    count: int = 0
    """The column with the number of its briefings."""


def bound(shape: Shape, limits: Limits) -> int:
    """Points that no plan can exceed."""
    programme, kinds = Programme(), defaultdict[tuple[str, ...], _Kind](_Kind)
    for cell in shape.cells:
        kind = kinds[(cell.held,) if cell.held else cell.topic]
        kind.cells.append(cell)
        kind.pool.update(cell.pool)
    columns: dict[int, dict[int, int]] = defaultdict(dict)
    for kind in kinds.values():
        _offer(programme, shape, kind, columns)
    for terms in columns.values():
        programme.at_most(terms, 1)
    _room(programme, shape, list(kinds.values()))
    _weeks(programme, shape, list(kinds.values()))
    return programme.maximize(limits).bound


def _offer(programme: Programme, shape: Shape, kind: _Kind, columns: dict[int, dict[int, int]]) -> None:
    first, least = kind.cells[0], kind.cells[0].least
    most, fixed = max(cell.most for cell in kind.cells), len(kind.cells[0].fixed)
    number = 1 if first.held else min(len(_apart(shape, {c.time for c in kind.cells})), len(kind.pool) // max(1, least))
    costs = [cost_of_size(shape.problem.rules, size) for size in range(most, least - 1, -1)]
    worth = sum(shape.worth[need] for need in first.fixed)
    kind.count = programme.column(worth - BRIEFING - costs[0], number)
    if first.held:
        programme.exactly({kind.count: 1}, 1)
    joins = {need: programme.column(shape.worth[need]) for need in sorted(kind.pool)}
    for need, column in joins.items():
        columns[need][column] = 1
    places = {kind.count: most - fixed} | dict.fromkeys(joins.values(), -1)
    empty = programme.counted(places, [more - less for less, more in pairwise(costs)], number)
    for column in (*joins.values(), *empty):
        programme.at_most({column: 1, kind.count: -1}, 0)


def _apart(shape: Shape, times: set[int]) -> list[tuple[int, ...]]:
    """Sets of overlapping times that cover all; no two briefings of one audience fit into one of them."""
    left, found = set(times), []
    for moment in shape.moments:
        if left.intersection(moment):
            found.append(moment)
            left.difference_update(moment)
    return found


def _room(programme: Programme, shape: Shape, kinds: list[_Kind]) -> None:
    """An audience has one briefing at a time, and all together so many."""
    times = {cell.time for kind in kinds for cell in kind.cells}
    for room in shape.rooms:
        terms = {kind.count: 1 for kind in kinds if kind.cells[0].audience in room}
        programme.at_most(terms, len(_apart(shape, times)))
    if shape.limits:
        total = sum(_most_in(shape, moment) for moment in _apart(shape, times))
        programme.at_most({kind.count: 1 for kind in kinds}, total)


def _most_in(shape: Shape, moment: tuple[int, ...]) -> int:
    return min(most for times, most in shape.limits if set(moment) <= set(times))


def _weeks(programme: Programme, shape: Shape, kinds: list[_Kind]) -> None:
    """However they are spread over the weeks, evenly is cheapest."""
    at_once = shape.problem.rules.parallel or len(shape.rooms)
    charges = []
    for week in range(len(shape.weeks)):
        most = at_once * shape.week.count(week) + len(shape.problem.held.briefings)
        charges += [shape.step_of_week * each for each in range(1, most + 1)]
    programme.counted({kind.count: 1 for kind in kinds}, sorted(charges))
