"""Why a plan is as it is: read from the plan, and for what is left over found by trying."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from briefings.planner.greedy import Board, Briefing
from briefings.planner.model import LeftOver, Placement, Plan, Proposal, Reason
from briefings.planner.modelling import worth_of
from briefings.planner.objective import UNANSWERED, WAITING, parts
from briefings.planner.past import for_its_past
from briefings.planner.relaxing import Relaxations, place_for
from briefings.planner.shape import Shape, Topic

TOLD_ANEW = UNANSWERED // WAITING * 7
"""So many days of waiting it is worth that nobody answered a need when it was presented."""


def explained(shape: Shape, briefings: Sequence[Briefing], bound: int, seconds: float) -> Plan:
    """The plan with its reasons, in the order of its times."""
    problem = shape.problem
    ordered = sorted(briefings, key=lambda each: (problem.times[each[0].time].starts_at, each[0].topic, each[0].held))
    view = View(shape, ordered)
    placed = {need for _, needs in ordered for need in needs}
    left = sorted((n for n in range(len(problem.needs)) if n not in placed), key=lambda n: (-shape.worth[n], n))
    objective = worth_of(shape, ordered)
    relaxations = Relaxations(shape, ordered)
    return Plan(
        tuple(view.proposal(number) for number in range(len(ordered))),
        tuple(LeftOver(problem.needs[n].key, tuple(view.left_over(n)), relaxations.remedies(n)) for n in left),
        objective,
        bound,
        parts(problem, [(problem.times[c.time].key, [problem.needs[n].key for n in needs]) for c, needs in ordered]),
        (),
        round(seconds, 1),
    )


class View:
    """A plan to be explained."""

    def __init__(self, shape: Shape, briefings: Sequence[Briefing]) -> None:
        self.shape, self.problem, self.briefings = shape, shape.problem, briefings
        self.board = Board(shape, briefings)
        self.held = {held.key: held for held in shape.problem.held.briefings}
        self.labels = [self._label(number) for number in range(len(briefings))]
        self.crew_places: dict[int, set[int]] = defaultdict(set)
        """By crew the briefings it is in."""
        for number, (_, needs) in enumerate(briefings):
            for need in needs:
                for crew in shape.crews_of[need]:
                    self.crew_places[crew].add(number)
        self.of_topic = Counter(topic for topics in shape.topics for topic in topics)

    def proposal(self, number: int) -> Proposal:
        """One briefing, its needs in the order in which they should present: key needs, then who waited longest."""
        cell, needs = self.briefings[number]
        order = sorted(needs, key=lambda need: (-self.shape.worth[need], need))
        return Proposal(
            cell.topic[0],
            self.labels[number],
            self.problem.times[cell.time].key,
            tuple(Placement(self.problem.needs[need].key, tuple(self._placed(number, need))) for need in order),
            cell.held,
            tuple(self._briefing(number)),
        )

    @cached_property
    def free(self) -> Counter[tuple[Topic, int]]:
        """By topic and time how many needs that are left over could present then."""
        pools = self.shape.pools.items()
        return Counter({place: sum(self.board.is_free(need, place[1]) for need in pool) for place, pool in pools})

    def _label(self, number: int) -> str:
        """Of the audiences that are the same for it the one that most of its needs seek."""
        cell, needs = self.briefings[number]
        if cell.held:
            return self.held[cell.held].audience
        same = [audience for audience, kind in self.shape.kind.items() if kind == cell.audience]
        sought = Counter(audience for need in needs for audience in self.problem.needs[need].audiences)
        return max(same, key=lambda audience: sought[audience])

    def _names(self, number: int) -> dict[str, str]:
        cell, _ = self.briefings[number]
        return {
            "theme": self.problem.themes.get(cell.topic[0], cell.topic[0]),
            "audience": self.problem.audiences.get(self.labels[number], self.labels[number]),
            "time": self.problem.times[cell.time].starts_at.isoformat(),
        }

    def _briefing(self, number: int) -> Iterator[Reason]:
        cell, needs = self.briefings[number]
        names = self._names(number)
        if cell.held:
            held = self.held[cell.held]
            yield Reason("held", {"needs": len(held.needs), "whole": held.whole, "time": held.time is not None})
        yield Reason("demand", names | {"needs": self.of_topic[cell.topic], "here": len(needs)})
        if not cell.held or self.held[cell.held].time is None:
            pools = self.shape.pools
            can = len(pools.get((cell.topic, cell.time), ()))
            best = max(len(pools.get((cell.topic, time), ())) for time in self.shape.offered)
            week = self.board.in_week[self.shape.week[cell.time]]
            yield Reason("when", names | {"can": can, "best": best, "week": week})
        if not cell.held:
            yield Reason("without", {"lost": self._lost_without(number), "needs": len(needs)})

    def _lost_without(self, number: int) -> int:
        """How many of its needs no other briefing of the plan could take, tried one after the other."""
        own, needs = self.briefings[number]
        others = [briefing for other, briefing in enumerate(self.briefings) if other != number]
        board, most, lost = Board(self.shape, others), self.problem.rules.max_slots, 0
        sizes = [len(there) for _, there in others]
        for need in needs:
            places = [place for topic in self.shape.topics[need] for place in board.of_topic.get(topic, ())]
            for place in places:
                cell = others[place][0]
                if (
                    need not in own.fixed
                    and need in cell.pool
                    and sizes[place] < most
                    and board.is_free(need, cell.time)
                ):
                    board.seat(need, cell.time)
                    sizes[place] += 1
                    break
            else:
                lost += 1
        return lost

    def _placed(self, number: int, index: int) -> Iterator[Reason]:
        cell, needs = self.briefings[number]
        need, names = self.problem.needs[index], self._names(number)
        if index in cell.fixed:
            yield Reason("fixed", names)
        if need.is_key:
            yield Reason("key", {})
        yield from for_its_past(need)
        exact = self.labels[number] in need.audiences
        sought = [self.problem.audiences.get(each, each) for each in need.audiences]
        if index not in cell.fixed:
            yield Reason("fits" if exact else "shares", names | {"others": len(needs) - 1, "sought": sought})
        yield self._when(number, index)
        same = [n for n in needs if n != index and need.organization and self._organization(n) == need.organization]
        if same:
            name = self.problem.organizations.get(need.organization, need.organization)
            yield Reason("same_organization", {"organization": name, "others": len(same)})

    def _organization(self, index: int) -> str:
        return self.problem.needs[index].organization

    def _when(self, number: int, index: int) -> Reason:
        """At how many times its presenter cannot, and what stood against the plan's other briefings of its topics."""
        cannot = self._refused(index)
        other = [
            self._names(place) | {"because": self._against(place, index, number)}
            for place in self._options(index)
            if place != number
        ]
        values = self._names(number) | {"cannot": cannot, "times": len(self.shape.offered), "options": other}
        return Reason("place", values)

    def _refused(self, index: int) -> int:
        """How many times its presenter said not to be free at; who said nothing may be."""
        unavailable = self.problem.needs[index].unavailable
        return sum(self.problem.times[time].key in unavailable for time in self.shape.offered)

    def _possible(self, index: int) -> list[int]:
        """The times at which nothing outside the season keeps its presenter and organization away."""
        return [time for time in self.shape.offered if self.shape.can(index, time)]

    def _options(self, index: int) -> list[int]:
        """The plan's briefings of its topics, in order."""
        of_topic = self.board.of_topic
        return sorted(place for topic in self.shape.topics[index] for place in of_topic.get(topic, ()))

    def _against(self, place: int, index: int, own: int = -1) -> str:
        """Why a need is not in a briefing of its topic; `own`: the one it is in instead."""
        cell, needs = self.briefings[place]
        hindrance = self.shape.hindrance(index, cell.time)
        if hindrance:
            return hindrance
        if self.held.get(cell.held) and self.held[cell.held].whole:
            return "whole"
        if self._elsewhere(place, index, own):
            return "elsewhere"
        return "full" if len(needs) >= self.problem.rules.max_slots else "open"

    def _elsewhere(self, place: int, index: int, own: int) -> bool:
        """Whether its presenter or organization is in another briefing at that time."""
        overlapping = self.shape.overlapping[self.briefings[place][0].time]
        return any(
            other not in (place, own) and self.briefings[other][0].time in overlapping
            for crew in self.shape.crews_of[index]
            for other in self.crew_places[crew]
        )

    def left_over(self, index: int) -> Iterator[Reason]:
        """Why a need has no briefing: first what alone keeps it out, then what the briefings of its topics say."""
        times = self._possible(index)
        if not self.shape.topics[index]:
            yield Reason("no_topic", {})
            return
        if not times:
            yield Reason("no_time", {"times": len(self.shape.offered), "cannot": self._refused(index)})
            return
        told = list(self._taken(index))
        yield from told
        if not told or place_for(self.board, index) is None:
            yield self._too_few(index, times)
        if self.problem.needs[index].replied:
            yield from for_its_past(self.problem.needs[index])

    def _too_few(self, index: int, times: Sequence[int]) -> Reason:
        """Of its topics the one nearest to a briefing, when it is nearest."""
        places = ((topic, time) for topic in self.shape.topics[index] for time in times)
        topic, time = max(places, key=lambda place: self.free[place])
        free = self.free[topic, time]
        least = self.problem.rules.min_slots
        names = {
            "theme": self.problem.themes.get(topic[0], topic[0]),
            "audience": self.problem.audiences.get(topic[1], topic[1]),
            "time": self.problem.times[time].starts_at.isoformat(),
        }
        in_all = self.of_topic[topic]
        if free < least:
            return Reason("too_few", names | {"needs": free, "min": least, "missing": least - free, "topic": in_all})
        return Reason("no_room", names | {"needs": free})

    def _rank(self, index: int) -> tuple[bool, int]:
        need = self.problem.needs[index]
        return need.is_key, 0 if need.replied else need.waiting_days + (TOLD_ANEW if need.presented_on else 0)

    def _taken(self, index: int) -> Iterator[Reason]:
        """What stands against each briefing of its topics that the plan has."""
        found: dict[str, list[int]] = {}
        for number in self._options(index):
            found.setdefault(self._against(number, index), []).append(number)
        if "full" in found:
            full = [need for number in found["full"] for need in self.briefings[number][1]]
            first = all(self._rank(need) >= self._rank(index) for need in full)
            yield Reason("full_before" if first else "full", {"briefings": [self._names(n) for n in found["full"]]})
        for code in ("elsewhere", "presenter", "busy", "whole"):
            if code in found:
                where = [self._names(number) for number in found[code]]
                yield Reason(f"not_{code}", {"briefings": where})
