"""What would give a need a briefing: each way out is tried on the plan as it stands, and named only if it works."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

from briefings.planner.greedy import Board, Briefing
from briefings.planner.model import Held, Problem, Reason, Rules, Time
from briefings.planner.shape import Cell, Shape

MOST = 3
"""Ways out that are named for one need."""
TRIED = 200
"""Needs for which ways out are looked for; when more are left over, one for each would say the same."""
NEW_TIME = "new"


Place = tuple[Cell, tuple[int, ...], bool]
"""A briefing, who joins it, and whether it is a new one."""


def place_for(board: Board, need: int) -> Place | None:
    """Where a need can be put with everything else as it is."""
    shape = board.shape
    for position in (position for topic in shape.topics[need] for position in board.of_topic.get(topic, ())):
        cell, needs = board.briefings[position]
        here = shape.cell.get((cell.held, cell.topic, cell.time))
        if not here or need not in here.pool or len(needs) >= shape.problem.rules.max_slots:
            continue
        if board.is_free(need, cell.time) or _presents_there(board, need, cell, needs):
            return cell, (need,), False
    for cell in shape.cells_of.get(need, ()):
        if cell.held or not board.is_free(need, cell.time) or not board.has_room(cell):
            continue
        others = [other for other in board.fitting(cell) if other != need]
        if len(others) + 1 >= cell.least:
            best = sorted(others, key=lambda other: (-shape.worth[other], other))
            return cell, (need, *best[: cell.most - 1]), True
    return None


def _presents_there(board: Board, need: int, cell: Cell, needs: Sequence[int]) -> bool:
    """Whether its people are in that very briefing, and in no other at the time."""
    if need in board.placed:
        return False
    times = set(board.shape.overlapping[cell.time])
    crews = set(board.shape.crews_of[need])
    return not any(
        crews.intersection(board.shape.crews_of[other])
        for another, there in board.briefings
        if another.time in times and (another, there) != (cell, tuple(needs))
        for other in there
    )


class Relaxations:
    """A plan, and the same plan under rules that give way a little, each made when first asked for."""

    def __init__(self, shape: Shape, briefings: Sequence[Briefing]) -> None:
        self.shape, self.problem, self.briefings = shape, shape.problem, briefings
        self._boards: dict[Problem | str, Board | None] = {}
        self._tried = 0

    def remedies(self, need: int) -> tuple[Reason, ...]:
        """Ways out for a need that is left over."""
        self._tried += 1
        if self._tried > TRIED or not self.shape.topics[need]:
            return ()
        found: list[Reason] = []
        for reason in self._ways(need):
            found.append(reason)
            if len(found) == MOST:
                break
        return tuple(found)

    def _ways(self, need: int) -> Iterator[Reason]:
        yield from self._presenter(need)
        told = set()
        for name, code, values, problem in self._rules(need):
            board = self._board(name, problem) if code not in told else None
            place = place_for(board, need) if board else None
            if place and values.get("held", place[0].held) == place[0].held:
                told.add(code)
                yield Reason(code, values | self._named(*place))

    def _named(self, cell: Cell, needs: tuple[int, ...], new: bool) -> dict[str, object]:
        problem = self.problem
        times = (*problem.times, self.new_time) if self.new_time else problem.times
        return {
            "theme": problem.themes.get(cell.topic[0], cell.topic[0]),
            "audience": problem.audiences.get(cell.topic[1], cell.topic[1]),
            "time": times[cell.time].starts_at.isoformat(),
            "with": [problem.needs[need].key for need in needs],
            "new": new,
        }

    def _presenter(self, need: int) -> Iterator[Reason]:
        """A briefing of its topic that has a place, if only its presenter could."""
        board = self._board("", self.problem)
        assert board is not None  # noqa: S101 - the plan obeys its own rules
        for position in (place for topic in self.shape.topics[need] for place in board.of_topic.get(topic, ())):
            cell, needs = board.briefings[position]
            whole = any(held.key == cell.held and held.whole for held in self.problem.held.briefings)
            if whole or len(needs) >= self.problem.rules.max_slots:
                continue
            if self.shape.hindrance(need, cell.time) != "presenter" or self._busy(need, cell.time):
                continue
            if board.is_free(need, cell.time) or _presents_there(board, need, cell, needs):
                values = self._named(cell, (need,), False)
                yield Reason("if_presenter", values | {"time_key": self.problem.times[cell.time].key})
                return

    def _busy(self, need: int, time: int) -> bool:
        """Whether its presenter or organization is in a briefing outside the season then."""
        one = self.problem.needs[need]
        return any(
            one.presenter in busy.presenters
            or (self.problem.rules.organization_once and one.organization in busy.organizations)
            for busy in self.shape.clashing(time)
        )

    def _rules(self, need: int) -> Iterator[tuple[str, str, dict[str, object], Problem]]:
        """Each rule that could give way: a name, the code and values of the reason, the problem with it."""
        rules = self.problem.rules
        yield "max", "if_max", {"max": rules.max_slots + 1}, self._with(max_slots=rules.max_slots + 1)
        for one in self.problem.held.briefings:
            if one.whole and len(one.needs) >= rules.min_slots - 1:
                loose = tuple(replace(h, whole=h.whole and h is not one) for h in self.problem.held.briefings)
                held = Held(loose, self.problem.held.busy)
                yield f"loose {one.key}", "if_loose", {"held": one.key}, replace(self.problem, held=held)
        for least in range(rules.min_slots - 1, 0, -1):
            yield f"min {least}", "if_min", {"min": least}, self._with(min_slots=least)
        yield from self._sharing(need)
        if rules.organization_once:
            yield "once", "if_organization", {}, self._with(organization_once=False)
        if rules.parallel is not None:
            more = rules.parallel + 1
            yield "parallel", "if_parallel", {"parallel": more}, self._with(parallel=more)
        if self.new_time:
            week: dict[str, object] = {"week": self.new_time.starts_at.date().isoformat()}
            yield "time", "if_time", week, replace(self.problem, times=(*self.problem.times, self.new_time))

    def _sharing(self, need: int) -> Iterator[tuple[str, str, dict[str, object], Problem]]:
        """Its audiences with those of the briefings of its themes."""
        one, names = self.problem.needs[need], self.problem.audiences
        others = {cell.audience for cell, _ in self.briefings if cell.topic[0] in one.themes}
        for audience in one.audiences:
            for other in sorted(others - self.shape.neighbours[audience]):
                pair = tuple(sorted((audience, other)))
                values: dict[str, object] = {"pair": list(pair), "names": [names.get(each, each) for each in pair]}
                groups = (*self.problem.rules.sharing, pair)
                yield f"share {pair}", "if_sharing", values, self._with(sharing=groups)

    def _with(self, **changed: object) -> Problem:
        rules: Rules = replace(self.problem.rules, **changed)  # type: ignore[arg-type]
        return replace(self.problem, rules=rules)

    @cached_property
    def new_time(self) -> Time | None:
        """One more time, in the week with the fewest briefings, at a usual hour at which nothing goes on.

        It is later than the first open one, as what is before may be past; None where no time is open.
        """
        times, length = self.problem.times, self.problem.rules.length
        usual = [time for time in times if time.open]
        if not usual:
            return None
        first = min(time.starts_at for time in usual)
        held = Counter(self.shape.week[cell.time] for cell, _ in self.briefings)
        weeks = sorted({self.shape.week[number] for number, time in enumerate(times) if time.open})
        week = self.shape.weeks[min(weeks, key=lambda each: held[each])]
        taken = [(time.starts_at, time.starts_at + length) for time in times]
        taken += [(busy.starts_at, busy.ends_at) for busy in self.problem.held.busy]
        starts = [
            datetime.combine(week + timedelta(days=day), time.starts_at.timetz())
            for day in range(14)
            if day % 7 < 5
            for time in usual
        ]
        free = (s for s in starts if s > first and not any(s < end and begin < s + length for begin, end in taken))
        after = max(end for _, end in taken) + timedelta(days=7)
        return Time(NEW_TIME, next(free, after))

    def _shape(self, problem: Problem) -> Shape:
        """Of a problem that differs a little; what takes long and cannot differ is taken over."""
        shape = Shape(problem)
        same = replace(problem.rules, min_slots=self.problem.rules.min_slots, parallel=self.problem.rules.parallel)
        if replace(problem, rules=same) == self.problem:
            for name in ("neighbours", "kind", "topics", "_hindrances", "pools"):
                setattr(shape, name, getattr(self.shape, name))
        return shape

    def _board(self, name: str, problem: Problem) -> Board | None:
        """The plan under other rules; None if it breaks them."""
        if name not in self._boards:
            self._boards[name] = (
                _replayed(self._shape(problem), self.briefings) if name else Board(self.shape, self.briefings)
            )
        return self._boards[name]


def _replayed(shape: Shape, briefings: Sequence[Briefing]) -> Board | None:
    board = Board(shape)
    for cell, needs in briefings:
        topic = (cell.topic[0], shape.kind[cell.audience])
        here = shape.cell.get((cell.held, topic, cell.time))
        if here is None or not board.has_room(here):
            return None
        if not all(board.is_free(need, here.time) for need in needs):
            return None
        board.hold(here, needs)
    return board
