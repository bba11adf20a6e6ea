"""From a problem to its plan: a first one in a moment, a bound, better ones, and the proof where it can be had."""

import time
from collections.abc import Callable, Sequence

from briefings.planner.bounding import bound
from briefings.planner.clashing import clashes
from briefings.planner.explaining import explained
from briefings.planner.greedy import Briefing, greedy, scarcity
from briefings.planner.improving import improved
from briefings.planner.linear import Limits
from briefings.planner.model import Plan, Problem, Progress
from briefings.planner.modelling import Model, worth_of
from briefings.planner.proving import Tree
from briefings.planner.shape import Shape

STRENGTHS = (0.0, 1.0, 3.0, 10.0)
SMALL = 4_000
"""Columns of needs up to which the best plan is looked for and proven first, and better ones only if time runs out."""
MEDIUM = 12_000
"""Columns of needs up to which that is tried after better ones."""
NEAR = 0.0005
"""Share of the bound so small that a nearer one is not looked for."""
ENDING = 0.06
"""Share of the time kept back for the reasons."""
BOUND_EFFORT = 4.0


class Search:
    """The best plan and the best bound so far, against the clock."""

    def __init__(self, shape: Shape, seconds: float, tell: Callable[[Progress], None], begun: float) -> None:
        self.shape, self.tell = shape, tell
        self.begun, self.seconds = begun, seconds * (1 - ENDING)
        self.best: list[Briefing] = []
        self.bound = sum(shape.worth)

    def spent(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.begun

    def left(self, share: float = 1.0) -> Limits:
        """What remains of that share of the time."""
        return Limits(max(0.05, self.seconds * share - self.spent()))

    def found(self, briefings: Sequence[Briefing]) -> None:
        """Keep it if it is better."""
        if not self.best or worth_of(self.shape, briefings) > worth_of(self.shape, self.best):
            self.best = list(briefings)
            self.report()

    def bounded(self, value: float) -> None:
        """Keep it if it is nearer."""
        if worth_of(self.shape, self.best) <= value < self.bound:
            self.bound = int(value)
            self.report()

    def report(self) -> None:
        """Tell who waits."""
        placed = sum(len(needs) for _, needs in self.best)
        objective = worth_of(self.shape, self.best)
        self.tell(Progress(self.spent(), objective, self.bound, len(self.best), placed))

    def gap(self) -> float:
        """Share of the bound that is not reached yet."""
        return (self.bound - worth_of(self.shape, self.best)) / max(1, self.bound)


def solve(problem: Problem, seconds: float, tell: Callable[[Progress], None] = lambda progress: None) -> Plan:
    """The best plan found in the time, with its reasons; or what clashes, if what is held cannot be."""
    begun = time.monotonic()
    contradictions = clashes(problem, seconds / 4)
    if contradictions:
        return Plan(clashes=contradictions, seconds=round(time.monotonic() - begun, 1))
    search = Search(shape := Shape(problem), seconds, tell, begun)
    _search(search)
    return explained(shape, search.best, search.bound, search.spent())


def _search(search: Search) -> None:
    shape = search.shape
    begun = _held(search)
    for strength in STRENGTHS:
        search.found(greedy(shape, begun, scarcity(shape, strength)))
        if search.spent() > search.seconds / 4:
            break
    columns = sum(len(cell.pool) for cell in shape.cells)
    if columns <= SMALL:
        _prove(search, 0.85)
    else:
        search.bounded(bound(shape, Limits(search.left(0.3).seconds, BOUND_EFFORT, NEAR)))
    medium = SMALL < columns <= MEDIUM
    _improve(search, 0.6 if medium else 1.0)
    if medium and search.gap() > NEAR:
        _prove(search, 1.0)


def _held(search: Search) -> list[Briefing]:
    """What is held, at its best by itself."""
    cells = [cell for cell in search.shape.cells if cell.held]
    if not cells:
        return []
    model = Model(search.shape, (), cells)
    answer = model.maximize(Limits(search.left(0.25).seconds, effort=5.0))
    return [] if answer.values is None else model.briefings(answer.values)


def _improve(search: Search, until: float) -> None:
    """Until the bound is near."""
    better = improved(search.shape, search.best, lambda: search.left(until).seconds)
    while search.gap() > NEAR and (briefings := next(better, None)) is not None:
        search.found(briefings)


def _prove(search: Search, until: float) -> None:
    """Everything at once."""
    tree = Tree(Model(search.shape, (), search.shape.cells), worth_of(search.shape, search.best))
    for briefings in tree.plans(lambda: search.left(until).seconds, search.bounded):
        search.found(briefings)
