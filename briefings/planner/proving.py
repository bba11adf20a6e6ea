"""The best plan there is, and that none is better.

In fractions a programme is solved in a moment, and says what no plan can exceed. Where a column of it is not whole
there are two cases, that much at most or one more at least, and both promise less. How many briefings a theme has is
decided first, then how many a topic: that leaves few cases, as a briefing at another time is worth nearly the same.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from briefings.planner.greedy import Briefing
from briefings.planner.linear import Relaxed, Within
from briefings.planner.modelling import Model, worth_of

FAINT = 1e-6
"""What is as near to a whole number is one."""
SLIGHT = 1e-4
"""Share of the unit by which an objective in fractions may be wrong."""


@dataclass(frozen=True)
class Case:
    """Some of all plans."""

    within: Within
    promise: float
    """What they are part of promised."""
    column: int = -1
    """What was decided last."""
    more: bool = False
    """Whether it had to grow."""
    step: float = 1.0
    """By how much it had to change."""


class Tree:
    """The cases in which a plan could be better than the best so far."""

    def __init__(self, model: Model, worth: int) -> None:
        self.model, self.worth = model, worth
        self._relaxed, self._unit = Relaxed(model.programme), model.programme.unit
        joins = {column for joins in model.joins for column in joins.values()}
        self._kinds = (*model.counts, model.held, sorted(joins.difference(model.held)))
        self._waiting: list[tuple[float, int, Case]] = []
        self._halvings = 0
        self._losses: dict[tuple[int, bool], list[float]] = defaultdict(list)
        """What deciding a column cost, for each whole number; column -1: any."""

    def plans(self, left: Callable[[], float], on_bound: Callable[[float], None]) -> Iterator[list[Briefing]]:
        """Each better plan as it is found, until none can be better or no time is left."""
        case: Case | None = Case({}, math.inf)
        while case is not None and (seconds := left()) > 0.1:
            try:
                value = self._value(case, seconds)
            except TimeoutError:
                return
            column = self._undecided() if self._rounded(value) > self.worth else None
            if column is None and self._rounded(value) > self.worth:
                yield self._plan()
            case = self._next() if column is None else self._halved(case, column, value)
            on_bound(max([self.worth, *(self._rounded(each.promise) for each in self._open(case))]))

    def _value(self, case: Case, seconds: float) -> float:
        """What no plan of this case can exceed."""
        value = self._relaxed.solve(case.within, seconds)
        if case.within:
            loss = (case.promise - (self.worth if value is None else value)) / case.step
            self._losses[case.column, case.more].append(loss)
            self._losses[-1, case.more].append(loss)
        return -math.inf if value is None else value

    def _rounded(self, value: float) -> float:
        return value if math.isinf(value) else math.floor(value / self._unit + SLIGHT) * self._unit

    def _undecided(self) -> int | None:
        """Of the first kind of column that is not whole the one that costs most either way."""
        for columns in self._kinds:
            rests = {column: self._relaxed.value(column) % 1 for column in columns}
            found = [column for column, rest in rests.items() if FAINT < rest < 1 - FAINT]
            if found:
                return max(found, key=lambda c: rests[c] * self._loss(c, False) * (1 - rests[c]) * self._loss(c, True))
        return None

    def _loss(self, column: int, more: bool) -> float:
        known = self._losses.get((column, more)) or self._losses[-1, more]
        return max(1.0, sum(known) / len(known)) if known else 1.0

    def _plan(self) -> list[Briefing]:
        values = [round(self._relaxed.value(column)) for column in range(len(self.model.programme.costs))]
        found = self.model.briefings(values)
        self.worth = worth_of(self.model.shape, found)
        return found

    def _halved(self, case: Case, column: int, value: float) -> Case:
        """The likelier half; the other one waits."""
        within = {**self._settled(value), **case.within}
        low, high = within.get(column, (0, self.model.programme.uppers[column]))
        below = math.floor(reached := self._relaxed.value(column))
        fewer = Case({**within, column: (low, below)}, value, column, False, reached - below)
        more = Case({**within, column: (below + 1, high)}, value, column, True, below + 1 - reached)
        first, second = (fewer, more) if fewer.step < more.step else (more, fewer)
        self._halvings += 1
        heappush(self._waiting, (-value, -self._halvings, second))
        return first

    def _settled(self, value: float) -> Within:
        """Columns that are the same in every better plan of the case."""
        room = self._rounded(value) - self.worth
        gains = ((column, self._relaxed.gain(column)) for columns in self._kinds[2:] for column in columns)
        return {column: (int(gain > 0),) * 2 for column, gain in gains if abs(gain) >= room}

    def _next(self) -> Case | None:
        """The one that promises most."""
        if not self._waiting or self._rounded(-self._waiting[0][0]) <= self.worth:
            return None
        return heappop(self._waiting)[2]

    def _open(self, case: Case | None) -> Iterator[Case]:
        if case is not None:
            yield case
            yield from (waiting for _, _, waiting in self._waiting[:1])
