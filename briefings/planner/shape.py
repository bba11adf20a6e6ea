"""The problem in numbers: which briefings could be held when, with which needs, and what clashes with what."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from briefings.planner.model import BusyBriefing, HeldBriefing, Problem
from briefings.planner.objective import monday, step_of_week, worth

Topic = tuple[str, str]
"""A theme, and the first of the audiences that are interchangeable for it."""


@dataclass(frozen=True)
class Cell:
    """A briefing that could be held: a topic or something held, at a time, and who could present."""

    topic: Topic
    time: int
    pool: tuple[int, ...]
    """Needs that may join, in order."""
    fixed: tuple[int, ...] = ()
    """Needs that are in it in any case."""
    held: str = ""
    least: int = 0
    most: int = 0

    @property
    def audience(self) -> str:
        """Of its topic."""
        return self.topic[1]


class Shape:
    """A problem, prepared once for everything that looks for plans."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.worth = [worth(need) for need in problem.needs]
        self.index = {need.key: number for number, need in enumerate(problem.needs)}
        self.time_index = {time.key: number for number, time in enumerate(problem.times)}
        self.step_of_week = step_of_week(problem)
        mondays = [monday(time) for time in problem.times]
        self.weeks = sorted(set(mondays))
        self.week = [self.weeks.index(day) for day in mondays]
        self.overlapping = [
            [other for other in range(len(problem.times)) if self._overlap(one, other)]
            for one in range(len(problem.times))
        ]

    @cached_property
    def offered(self) -> list[int]:
        """Times at which a need may be given a place: open ones, and those of held briefings that others may join."""
        joined = {each.time for each in self.problem.held.briefings if not each.whole}
        return [number for number, time in enumerate(self.problem.times) if time.open or time.key in joined]

    def _overlap(self, one: int, other: int) -> bool:
        times = self.problem.times
        return abs(times[one].starts_at - times[other].starts_at) < self.problem.rules.length

    @cached_property
    def neighbours(self) -> dict[str, frozenset[str]]:
        """For each audience those that may share a briefing with it, itself included."""
        problem = self.problem
        known = {each for need in problem.needs for each in need.audiences} | set(problem.audiences)
        known |= {each.audience for each in problem.held.briefings} | {each.audience for each in problem.held.busy}
        known |= {each for group in problem.rules.sharing for each in group}
        return {
            each: frozenset([each]).union(*(group for group in problem.rules.sharing if each in group))
            for each in sorted(known)
        }

    @cached_property
    def kind(self) -> dict[str, str]:
        """For each audience the first of those interchangeable with it: what shares with one, shares with all."""
        firsts: dict[frozenset[str], str] = {}
        return {each: firsts.setdefault(sharing, each) for each, sharing in self.neighbours.items()}

    @cached_property
    def rooms(self) -> list[frozenset[str]]:
        """Sets of kinds of audience of which only one can have a briefing at a time."""
        groups = [
            frozenset(self.kind[each] for each in group if each in self.kind) for group in self.problem.rules.sharing
        ]
        alone = [frozenset([kind]) for kind in sorted(set(self.kind.values())) if not any(kind in g for g in groups)]
        return list(dict.fromkeys([group for group in groups if group] + alone))

    @cached_property
    def topics(self) -> list[list[Topic]]:
        """For each need what it may be presented under."""
        kinds = sorted(set(self.kind.values()))
        return [
            [
                (theme, kind)
                for theme in dict.fromkeys(need.themes)
                for kind in kinds
                if not self.neighbours[kind].isdisjoint(need.audiences)
            ]
            for need in self.problem.needs
        ]

    @cached_property
    def crews(self) -> list[tuple[int, ...]]:
        """Needs that cannot be in two briefings at once: of one presenter, or of one organization."""
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, need in enumerate(self.problem.needs):
            if need.presenter:
                found["presenter", need.presenter].append(number)
            if need.organization and self.problem.rules.organization_once:
                found["organization", need.organization].append(number)
        several = sorted({tuple(numbers) for numbers in found.values() if len(numbers) > 1}, key=len, reverse=True)
        kept: list[tuple[int, ...]] = []
        for crew in several:
            if not any(set(crew) <= set(larger) for larger in kept):
                kept.append(crew)
        return sorted(kept)

    @cached_property
    def crews_of(self) -> list[list[int]]:
        """For each need the crews it belongs to."""
        found: list[list[int]] = [[] for _ in self.problem.needs]
        for number, crew in enumerate(self.crews):
            for need in crew:
                found[need].append(number)
        return found

    @cached_property
    def moments(self) -> list[tuple[int, ...]]:
        """Largest sets of times of which each two overlap."""
        order = sorted(range(len(self.problem.times)), key=lambda time: self.problem.times[time].starts_at)
        found: list[tuple[int, ...]] = []
        for position, first in enumerate(order):
            together = tuple(other for other in order[position:] if self._overlap(first, other))
            if not any(set(together) <= set(larger) for larger in found):
                found.append(together)
        return found

    def clashing(self, time: int) -> list[BusyBriefing]:
        """What goes on outside the season while a briefing at that time would."""
        starts_at = self.problem.times[time].starts_at
        ends_at = starts_at + self.problem.rules.length
        return [busy for busy in self.problem.held.busy if busy.starts_at < ends_at and starts_at < busy.ends_at]

    def audience_is_free(self, kind: str, time: int) -> bool:
        """Whether nothing outside the season is for the same audience then."""
        return not any(busy.audience in self.neighbours[kind] for busy in self.clashing(time))

    def can(self, need: int, time: int) -> bool:
        """Whether its presenter can then, and is nowhere else, nor its organization if that counts."""
        return not self.hindrance(need, time)

    def hindrance(self, need: int, time: int) -> str:
        """Why a need cannot be presented then, whatever the briefing: `presenter`, `busy`, or nothing."""
        return self._hindrances[time].get(need, "")

    @cached_property
    def _hindrances(self) -> list[dict[int, str]]:
        found: list[dict[int, str]] = []
        for number, time in enumerate(self.problem.times):
            busy = self.clashing(number)
            presenters = {each for one in busy for each in one.presenters} - {""}
            organizations = {each for one in busy for each in one.organizations} - {""}
            if not self.problem.rules.organization_once:
                organizations = set()
            hindered: dict[int, str] = {}
            for index, need in enumerate(self.problem.needs):
                if time.key in need.unavailable:
                    hindered[index] = "presenter"
                elif need.presenter in presenters or need.organization in organizations:
                    hindered[index] = "busy"
            found.append(hindered)
        return found

    @cached_property
    def limits(self) -> list[tuple[tuple[int, ...], int]]:
        """Sets of times of which each two overlap, and how many briefings of the season fit into them."""
        parallel = self.problem.rules.parallel
        if parallel is None:
            return []
        starts = [time.starts_at for time in self.problem.times]
        length, busy = self.problem.rules.length, self.problem.held.busy
        found: dict[tuple[int, ...], int] = {}
        for moment in sorted({*starts, *(each.starts_at for each in busy)}):
            times = tuple(number for number, start in enumerate(starts) if start <= moment < start + length)
            others = sum(each.starts_at <= moment < each.ends_at for each in busy)
            if times:
                found[times] = min(found.get(times, parallel), max(0, parallel - others))
        return list(found.items())

    @cached_property
    def limits_at(self) -> list[list[int]]:
        """By time the numbers of the limits it is in."""
        times = range(len(self.problem.times))
        return [[n for n, (several, _) in enumerate(self.limits) if time in several] for time in times]

    @cached_property
    def rooms_of(self) -> dict[str, list[int]]:
        """By kind of audience the numbers of the rooms it is in."""
        return {kind: [n for n, room in enumerate(self.rooms) if kind in room] for kind in self.kind.values()}

    @cached_property
    def held_needs(self) -> frozenset[int]:
        """Needs that stand in a held briefing already."""
        return frozenset(self.index[key] for each in self.problem.held.briefings for key in each.needs)

    @cached_property
    def cells(self) -> list[Cell]:
        """Every briefing that could be held, those of something held first."""
        return [cell for each in self.problem.held.briefings for cell in self._held(each)] + self._free()

    @cached_property
    def cell(self) -> dict[tuple[str, Topic, int], Cell]:
        """By what is held, topic and time."""
        return {(cell.held, cell.topic, cell.time): cell for cell in self.cells}

    @cached_property
    def cells_of(self) -> dict[int, list[Cell]]:
        """By need the cells it could join."""
        found: dict[int, list[Cell]] = defaultdict(list)
        for cell in self.cells:
            for need in cell.pool:
                found[need].append(cell)
        return found

    def _held(self, held: HeldBriefing) -> Iterable[Cell]:
        rules, kind = self.problem.rules, self.kind[held.audience]
        fixed = tuple(self.index[key] for key in held.needs)
        topic = (held.theme, kind)
        for number, time in enumerate(self.problem.times):
            fits = time.key == held.time if held.time else time.open
            if not fits or not self.audience_is_free(kind, number) or not all(self.can(n, number) for n in fixed):
                continue
            pool = () if held.whole else tuple(n for n in self.pools.get((topic, number), ()) if n not in fixed)
            least, most = (len(fixed),) * 2 if held.whole else (rules.min_slots, rules.max_slots)
            if len(fixed) <= most and len(fixed) + len(pool) >= least:
                yield Cell(topic, number, pool, fixed, held.key, least, min(most, len(fixed) + len(pool)))

    def _free(self) -> list[Cell]:
        rules = self.problem.rules
        return [
            Cell(topic, time, pool, (), "", rules.min_slots, min(rules.max_slots, len(pool)))
            for (topic, time), pool in sorted(self.pools.items())
            if len(pool) >= rules.min_slots and self.problem.times[time].open and self.audience_is_free(topic[1], time)
        ]

    @cached_property
    def pools(self) -> dict[tuple[Topic, int], tuple[int, ...]]:
        """For each topic and time the needs that stand nowhere yet and could be presented then."""
        found: dict[tuple[Topic, int], list[int]] = defaultdict(list)
        for need, topics in enumerate(self.topics):
            if need in self.held_needs:
                continue
            times = [time for time in range(len(self.problem.times)) if self.can(need, time)]
            for topic in topics:
                for time in times:
                    found[topic, time].append(need)
        return {place: tuple(needs) for place, needs in found.items()}
