"""Which of some briefings to hold, with which needs, as a whole-number programme: exact, whatever it is asked for.

For each cell (topic × time) a column says whether it is held, for each need in its pool one whether it is there. There
is no number of a briefing, so no two columns mean the same: an audience has at most one briefing at a time. Costs that
bend (sizes, weeks) are charged along their straight pieces, so that the bound sees through fractions. What follows for
whole numbers only (so many needs fill so many briefings) is added as rows of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from briefings.planner.greedy import Board, Briefing
from briefings.planner.linear import Answer, Limits, Programme
from briefings.planner.objective import BRIEFING, cost_of_size
from briefings.planner.shape import Cell, Shape


class Model:
    """What may be added to a plan that is kept."""

    def __init__(self, shape: Shape, kept: Iterable[Briefing], cells: Iterable[Cell]) -> None:
        self.shape, self.board = shape, Board(shape, kept)
        self.programme = Programme()
        self.cells: list[Cell] = []
        self.pools: list[tuple[int, ...]] = []
        self.held: list[int] = []
        """By cell the column that says whether it is held."""
        self.joins: list[dict[int, int]] = []
        """By cell and need the column that says whether it is there."""
        self.counts: tuple[list[int], list[int]] = [], []
        """Columns that say how many briefings each theme has, and how many each topic."""
        for cell in cells:
            self._offer(cell)
        self._most_in_a_week = self._how_many_in_a_week()
        self._each_need_once()
        self._each_held_thing_once()
        self._room_and_people()
        self._weeks()
        self._fillings()

    def maximize(self, limits: Limits, start: Sequence[Briefing] = ()) -> Answer:
        """Solve, from the briefings of `start` if there are any."""
        return self.programme.maximize(limits, self._columns_of(start) if start else None)

    def briefings(self, values: Sequence[int]) -> list[Briefing]:
        """What an answer holds, without what is kept."""
        return [
            (cell, cell.fixed + tuple(need for need, column in joins.items() if values[column]))
            for cell, held, joins in zip(self.cells, self.held, self.joins, strict=True)
            if values[held]
        ]

    def _columns_of(self, briefings: Sequence[Briefing]) -> dict[int, int]:
        place = {(cell.held, cell.topic, cell.time): number for number, cell in enumerate(self.cells)}
        found: dict[int, int] = {}
        for cell, needs in briefings:
            number = place[cell.held, cell.topic, cell.time]
            found[self.held[number]] = 1
            found |= {self.joins[number][need]: 1 for need in needs if need not in cell.fixed}
        return found

    def _offer(self, cell: Cell) -> None:
        pool = tuple(self.board.fitting(cell))
        most, rules = min(cell.most, len(cell.fixed) + len(pool)), self.shape.problem.rules
        if most < cell.least or not self.board.has_room(cell):
            return
        add, worth = self.programme, self.shape.worth
        costs = [cost_of_size(rules, size) for size in range(most, cell.least - 1, -1)]
        everybody = len(cell.fixed) + len(pool) == cell.least
        certain = cell.fixed + pool if everybody else cell.fixed
        held = add.column(sum(worth[need] for need in certain) - BRIEFING - costs[0])
        joins = {need: held if everybody else add.column(worth[need]) for need in pool}
        self.cells.append(cell)
        self.pools.append(pool)
        self.held.append(held)
        self.joins.append(joins)
        if everybody:
            return
        places = {held: most - len(cell.fixed)} | dict.fromkeys(joins.values(), -1)
        empty = add.counted(places, [more - less for less, more in pairwise(costs)])
        for column in (*joins.values(), *empty):
            add.at_most({column: 1, held: -1}, 0)

    def _each_need_once(self) -> None:
        columns: dict[int, dict[int, int]] = defaultdict(dict)
        for joins in self.joins:
            for need, column in joins.items():
                columns[need][column] = 1
        for terms in columns.values():
            if len(terms) > 1:
                self.programme.at_most(terms, 1)

    def _each_held_thing_once(self) -> None:
        columns: dict[str, dict[int, int]] = {
            each.key: {} for each in self.shape.problem.held.briefings if each.key not in self._kept_things()
        }
        for cell, held in zip(self.cells, self.held, strict=True):
            if cell.held:
                columns[cell.held][held] = 1
        for terms in columns.values():
            self.programme.exactly(terms, 1)

    def _kept_things(self) -> set[str]:
        return {cell.held for cell, _ in self.board.briefings}

    def _room_and_people(self) -> None:
        """At any moment: one briefing for each audience, not too many, nobody in two."""
        by_time: dict[int, list[int]] = defaultdict(list)
        for number, cell in enumerate(self.cells):
            by_time[cell.time].append(number)
        for moment in self.shape.moments:
            numbers = [number for time in moment for number in by_time[time]]
            for room in self.shape.rooms:
                terms = {self.held[number]: 1 for number in numbers if self.cells[number].audience in room}
                if len(terms) > 1:
                    self.programme.at_most(terms, 1)
            self._people(numbers)
        for times, most in self.shape.limits:
            ours = sum(cell.time in times for cell, _ in self.board.briefings)
            terms = {self.held[number]: 1 for time in times for number in by_time[time]}
            if len(terms) > most - ours:
                self.programme.at_most(terms, most - ours)

    def _people(self, numbers: Sequence[int]) -> None:
        """Of the briefings at one moment each crew is in one."""
        where: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for number in numbers:
            cell = self.cells[number]
            for need in (*cell.fixed, *self.pools[number]):
                column = self.joins[number].get(need, self.held[number])
                for crew in self.shape.crews_of[need]:
                    where[crew][number].append(column)
        for places in where.values():
            if len(places) < 2:
                continue
            self.programme.at_most({self._any_of(number, places[number]): 1 for number in places}, 1)

    def _any_of(self, number: int, columns: list[int]) -> int:
        """A column that is 1 once any of them is."""
        if self.held[number] in columns:
            return self.held[number]
        if len(set(columns)) == 1:
            return columns[0]
        there = self.programme.column()
        for column in columns:
            self.programme.at_most({column: 1, there: -1}, 0)
        return there

    def _how_many_in_a_week(self) -> int:
        """As many as there are needs for, and room."""
        held, least = len(self.shape.problem.held.briefings), self.shape.problem.rules.min_slots
        times = max((self.shape.week.count(week) for week in range(len(self.shape.weeks))), default=0)
        at_once = self.shape.problem.rules.parallel or len(self.shape.rooms)
        return held + min(times * min(at_once, len(self.shape.rooms)), len(self.shape.worth) // least)

    def _weeks(self) -> None:
        weeks: dict[int, dict[int, int]] = defaultdict(dict)
        for cell, held in zip(self.cells, self.held, strict=True):
            weeks[self.shape.week[cell.time]][held] = 1
        for week, terms in weeks.items():
            begun, step = self.board.in_week[week], self.shape.step_of_week
            most = min(len(terms), self._most_in_a_week)
            self.programme.counted(terms, [step * (begun + more) for more in range(1, most + 1)])

    def _fillings(self) -> None:
        """However briefings are chosen from a set: n needs fill n / least of them, and the last not all its places."""
        sets: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, cell in enumerate(self.cells):
            if not cell.held:
                theme, audience = cell.topic
                for name in ((theme, audience), (theme, ""), ("", audience), ("", "")):
                    sets[name].append(number)
        for (theme, audience), numbers in sets.items():
            count = self._filling(numbers)
            if theme:
                self.counts[audience != ""].append(count)

    def _filling(self, numbers: Sequence[int]) -> int:
        rules = self.shape.problem.rules
        needs = len({need for number in numbers for need in self.pools[number]})
        chosen: dict[int, int] = {self.held[number]: 1 for number in numbers}
        count = self.programme.column(upper=needs // rules.min_slots)
        self.programme.exactly(chosen | {count: -1}, 0)
        full, rest = divmod(needs, rules.max_slots)
        if rest and full < needs // rules.min_slots:
            there = Counter(column for number in numbers for column in self.joins[number].values())
            self.programme.at_most({**there, count: -rest}, (rules.max_slots - rest) * full)
        return count


def worth_of(shape: Shape, briefings: Iterable[Briefing]) -> int:
    """The objective of a plan."""
    weeks: Mapping[int, int]
    weeks, total, rules = defaultdict(int), 0, shape.problem.rules
    for cell, needs in briefings:
        weeks[shape.week[cell.time]] += 1
        total += sum(shape.worth[need] for need in needs) - BRIEFING - cost_of_size(rules, len(needs))
    return total - sum(shape.step_of_week * count * (count + 1) // 2 for count in weeks.values())
