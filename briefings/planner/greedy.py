"""A first plan in a moment: the best briefing first, then the best of what is left."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence

from briefings.planner.objective import BRIEFING, cost_of_size
from briefings.planner.shape import Cell, Shape, Topic

Briefing = tuple[Cell, tuple[int, ...]]
"""A cell that is held, and all its needs, those that are fixed included."""


class Board:
    """What is planned so far, and what that leaves room for."""

    def __init__(self, shape: Shape, briefings: Iterable[Briefing] = ()) -> None:
        self.shape = shape
        self.briefings: list[Briefing] = []
        self.of_topic: dict[Topic, list[int]] = defaultdict(list)
        """By topic the positions of its briefings."""
        self.placed: set[int] = set()
        self.in_week = [0] * len(shape.weeks)
        self._crews: set[tuple[int, int]] = set()
        self._rooms: set[tuple[int, int]] = set()
        self._left = [most for _, most in shape.limits]
        for cell, needs in briefings:
            self.hold(cell, needs)

    def hold(self, cell: Cell, needs: Sequence[int]) -> None:
        """Take it up."""
        self.of_topic[cell.topic].append(len(self.briefings))
        self.briefings.append((cell, tuple(needs)))
        for need in needs:
            self.seat(need, cell.time)
        self.in_week[self.shape.week[cell.time]] += 1
        for time in self.shape.overlapping[cell.time]:
            self._rooms.update((room, time) for room in self.shape.rooms_of[cell.audience])
        for number in self.shape.limits_at[cell.time]:
            self._left[number] -= 1

    def seat(self, need: int, time: int) -> None:
        """Count it as placed, and its people as busy then."""
        self.placed.add(need)
        for crew in self.shape.crews_of[need]:
            self._crews.update((crew, other) for other in self.shape.overlapping[time])

    def has_room(self, cell: Cell) -> bool:
        """Whether nothing for the same audience goes on then, and not too much."""
        if any((room, cell.time) in self._rooms for room in self.shape.rooms_of[cell.audience]):
            return False
        return all(self._left[number] > 0 for number in self.shape.limits_at[cell.time])

    def is_free(self, need: int, time: int) -> bool:
        """Whether it is placed nowhere yet, and nobody of its crews presents elsewhere then."""
        return need not in self.placed and not any((crew, time) in self._crews for crew in self.shape.crews_of[need])

    def fitting(self, cell: Cell) -> list[int]:
        """Of its pool those that could join now."""
        return [need for need in cell.pool if self.is_free(need, cell.time)]


def greedy(shape: Shape, begun: Iterable[Briefing], wishes: Sequence[float]) -> list[Briefing]:
    """A plan that keeps what is `begun`; `wishes` weigh the needs for the choice between briefings."""
    board = Board(shape, begun)
    cells = [cell for cell in shape.cells if not cell.held]
    queue = [(-float("inf"), number) for number in range(len(cells))]
    while queue:
        promised, number = heapq.heappop(queue)
        found = _best(board, cells[number], wishes)
        if found is None:
            continue  # it only gets worse: what does not fit now never will
        value, needs = found
        if queue and -value > queue[0][0]:
            heapq.heappush(queue, (-value, number))
            continue
        board.hold(cells[number], needs)
        heapq.heappush(queue, (promised, number))
    return board.briefings


def _best(board: Board, cell: Cell, wishes: Sequence[float]) -> tuple[float, list[int]] | None:
    if not board.has_room(cell):
        return None
    needs = sorted(board.fitting(cell), key=lambda need: -wishes[need])[: cell.most]
    rules, week = board.shape.problem.rules, board.in_week[board.shape.week[cell.time]]
    costs = BRIEFING + cost_of_size(rules, len(needs)) + board.shape.step_of_week * (week + 1)
    if len(needs) < cell.least or sum(board.shape.worth[need] for need in needs) <= costs:
        return None
    return sum(wishes[need] for need in needs) - costs, needs


def scarcity(shape: Shape, strength: float) -> list[float]:
    """What the needs are worth, more the fewer briefings they could be in."""
    ways = [0] * len(shape.worth)
    for cell in shape.cells:
        for need in cell.pool:
            ways[need] += 1
    usual = max(1.0, sum(ways) / max(1, len(ways)))
    return [worth * (1 + strength * usual / (usual + way)) for worth, way in zip(shape.worth, ways, strict=True)]
