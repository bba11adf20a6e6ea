"""What is held and contradicts itself or the rules: found before planning, and named."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from briefings.planner.linear import Limits
from briefings.planner.model import Held, HeldBriefing, Problem, Reason
from briefings.planner.modelling import Model
from briefings.planner.shape import Shape

EFFORT = 3.0
"""For one look at whether things can be held together."""


def clashes(problem: Problem, seconds: float) -> tuple[Reason, ...]:
    """Why what is held cannot be; empty: it can."""
    found = [*_rules(problem), *_unknown(problem)]
    if found:
        return tuple(found)
    shape = Shape(problem)
    found = [*_needs_twice(problem)]
    for held in problem.held.briefings:
        found += _alone(shape, held)
    found += _in_pairs(shape)
    return tuple(found) or tuple(_together(problem, seconds))


def name_of(problem: Problem, held: HeldBriefing) -> str:
    """What staff call it, or its theme and audience."""
    theme, audience = problem.themes.get(held.theme, held.theme), problem.audiences.get(held.audience, held.audience)
    return held.title or f"{theme} × {audience}"


def _rules(problem: Problem) -> Iterator[Reason]:
    rules = problem.rules
    if not 1 <= rules.min_slots <= rules.max_slots:
        yield Reason("slots", {"min": rules.min_slots, "max": rules.max_slots})
    if rules.parallel is not None and rules.parallel < 1:
        yield Reason("parallel", {"parallel": rules.parallel})
    if rules.length.total_seconds() <= 0 or rules.talk_minutes + rules.question_minutes <= 0:
        yield Reason("minutes", {})


def _unknown(problem: Problem) -> Iterator[Reason]:
    for held in problem.held.briefings:
        name = name_of(problem, held)
        yield from (Reason("unknown_need", {"briefing": name, "need": k}) for k in held.needs if k not in problem.need)
        if held.time is not None and held.time not in problem.time:
            yield Reason("unknown_time", {"briefing": name, "time": held.time})


def _needs_twice(problem: Problem) -> Iterator[Reason]:
    seen = Counter(key for held in problem.held.briefings for key in held.needs)
    for key, number in seen.items():
        if number > 1:
            where = [name_of(problem, held) for held in problem.held.briefings if key in held.needs]
            yield Reason("need_twice", {"need": problem.need[key].title, "briefings": where})


def _alone(shape: Shape, held: HeldBriefing) -> Iterator[Reason]:
    problem, name = shape.problem, name_of(shape.problem, held)
    if not held.whole and len(held.needs) > problem.rules.max_slots:
        yield Reason("too_many", {"briefing": name, "needs": len(held.needs), "max": problem.rules.max_slots})
        return
    times = [n for n, each in enumerate(problem.times) if (each.key == held.time if held.time else each.open)]
    found = {time: list(_hindered(shape, held, time)) for time in times}
    if held.time is not None:
        yield from found[times[0]]
    elif not times or all(found.values()):
        titles = [problem.need[key].title for key in held.needs]
        yield Reason("no_time_for_all", {"briefing": name, "needs": titles, "times": len(times)})
    possible = [time for time in times if not found[time]]
    if possible and not held.whole:
        yield from _filled(shape, held, possible)


def _hindered(shape: Shape, held: HeldBriefing, time: int) -> Iterator[Reason]:
    """What keeps it from a time."""
    problem = shape.problem
    values = {"briefing": name_of(problem, held), "time": problem.times[time].starts_at.isoformat()}
    near = shape.neighbours[held.audience]
    for busy in shape.clashing(time):
        if busy.audience in near:
            yield Reason("audience_busy", values | {"other": busy.title})
    for key in held.needs:
        hindrance = shape.hindrance(shape.index[key], time)
        if hindrance == "presenter":
            yield Reason("presenter_cannot", values | {"need": problem.need[key].title})
        elif hindrance:
            yield Reason("person_busy", values | {"need": problem.need[key].title})


def _filled(shape: Shape, held: HeldBriefing, times: Sequence[int]) -> Iterator[Reason]:
    """Whether enough needs can join it."""
    least, topic = shape.problem.rules.min_slots, (held.theme, shape.kind[held.audience])
    most = max(len(set(shape.pools.get((topic, time), ()))) for time in times) + len(held.needs)
    if most < least:
        yield Reason("held_too_few", {"briefing": name_of(shape.problem, held), "needs": most, "min": least})


def _in_pairs(shape: Shape) -> Iterator[Reason]:
    """Those whose time is fixed, two by two."""
    problem = shape.problem
    fixed = [held for held in problem.held.briefings if held.time is not None]
    for one, other in combinations(fixed, 2):
        times = shape.time_index[one.time or ""], shape.time_index[other.time or ""]
        if times[1] not in shape.overlapping[times[0]]:
            continue
        names = [name_of(problem, one), name_of(problem, other)]
        values = {"briefings": names, "time": problem.times[times[0]].starts_at.isoformat()}
        if other.audience in shape.neighbours[one.audience]:
            yield Reason("audience_twice", values)
        yield from (Reason("person_twice", values | {"needs": titles}) for titles in _same_people(problem, one, other))


def _same_people(problem: Problem, one: HeldBriefing, other: HeldBriefing) -> Iterator[list[str]]:
    for first in (problem.need[key] for key in one.needs):
        for second in (problem.need[key] for key in other.needs):
            organization = problem.rules.organization_once and first.organization == second.organization != ""
            if first.key != second.key and (organization or first.presenter == second.presenter != ""):
                yield [first.title, second.title]


def _together(problem: Problem, seconds: float) -> Iterator[Reason]:
    """As few things as possible that are possible each, and not together."""
    if not problem.held.briefings or _possible(problem, seconds):
        return
    clashing = list(problem.held.briefings)
    for each in problem.held.briefings:
        without = [other for other in clashing if other is not each]
        if not _possible(replace(problem, held=Held(tuple(without), problem.held.busy)), seconds):
            clashing = without
    times = sorted({problem.time[h.time].starts_at.isoformat() for h in clashing if h.time is not None})
    yield Reason("together", {"briefings": [name_of(problem, each) for each in clashing], "times": times})


def _possible(problem: Problem, seconds: float) -> bool:
    shape = Shape(problem)
    model = Model(shape, (), [cell for cell in shape.cells if cell.held])
    return not model.maximize(Limits(seconds, effort=EFFORT)).impossible
