"""Plans keep every rule, are the best there are, keep what is held, and come out the same each time."""

import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from briefings.planner.checking import faults
from briefings.planner.linear import Limits
from briefings.planner.model import Held, HeldBriefing, Placement, Plan, PlannedNeed, Problem, Proposal, Rules, Time
from briefings.planner.modelling import Model
from briefings.planner.objective import parts
from briefings.planner.shape import Shape
from briefings.planner.solving import solve
from briefings.planner.words import sentence
from tests.planner.instances import FIRST_DAY, a_season, small

SECONDS = 600  # which only a very busy machine needs


def test_two_hundred_plans_keep_every_rule_and_say_why():
    outcomes = Counter()
    for seed in range(200):
        problem = small(seed)
        plan = solve(problem, SECONDS)
        assert faults(problem, plan) == [], seed
        reasons = [*plan.clashes, *(reason for each in plan.briefings for reason in each.why)]
        reasons += [reason for each in plan.briefings for placement in each.placements for reason in placement.why]
        reasons += [reason for left in plan.left_over for reason in (*left.why, *left.remedies)]
        assert all(sentence(reason).endswith(".") for reason in reasons), seed
        assert all(left.why for left in plan.left_over), seed
        assert plan.clashes or plan.objective == sum(plan.parts.values()), seed
        assert Plan.from_json(plan.to_json()) == plan and Problem.from_json(problem.to_json()) == problem
        outcomes["clash" if plan.clashes else "proven" if plan.proven else "open"] += 1
        outcomes["left over"] += len(plan.left_over)
    assert outcomes["open"] == 0 and outcomes["proven"] > 150 and outcomes["left over"] > 100


@pytest.mark.parametrize("seed", range(12))
def test_no_plan_is_better_than_the_one_found(seed):
    problem = small(seed)
    times = problem.times[:2]
    problem = Problem(
        tuple(replace(n, unavailable=n.unavailable & {t.key for t in times}) for n in problem.needs[:4]),
        times,
        replace(problem.rules, min_slots=min(problem.rules.min_slots, 2)),
        Held((), problem.held.busy),
    )
    plan = solve(problem, SECONDS)
    assert plan.proven
    assert plan.objective == max(
        sum(parts(problem, [(each.time, each.needs) for each in every.briefings]).values())
        for every in _all_plans(problem)
    )


def _all_plans(problem):
    """Every plan that the checker lets pass: each need nowhere, or under any theme and audience at any time."""
    places = [None, *product("xy", "abc", [time.key for time in problem.times])]
    choices = [
        [place for place in places if place is None or (place[0] in need.themes and place[2] not in need.unavailable)]
        for need in problem.needs
    ]
    for chosen in product(*choices):
        sizes = Counter(place for place in chosen if place)
        if any(not problem.rules.min_slots <= size <= problem.rules.max_slots for size in sizes.values()):
            continue
        briefings = tuple(
            Proposal(
                *place,
                tuple(Placement(n.key) for n, where in zip(problem.needs, chosen, strict=True) if where == place),
            )
            for place in sizes
        )
        placed = {key for briefing in briefings for key in briefing.needs}
        left = [problem.need[key] for key in problem.need.keys() - placed]
        plan = Plan(briefings, tuple(_left_over(left)))
        if not faults(problem, plan):
            yield plan


def _left_over(needs):
    from_json = Plan.from_json
    empty = Plan().to_json()
    return from_json(empty | {"left_over": [{"need": n.key, "why": [], "remedies": []} for n in needs]}).left_over


@pytest.mark.parametrize("seed", range(6))
def test_what_is_proven_case_by_case_cp_sat_proves_too(seed):
    problem = a_season(24, 6, seed, Rules(3, 5, parallel=(None, 2)[seed % 2], sharing=(("audience0", "audience1"),)))
    shape = Shape(problem)
    plan = solve(problem, SECONDS)
    whole = Model(shape, (), shape.cells).maximize(Limits(SECONDS))
    assert plan.proven and plan.objective == whole.objective == whole.bound


def test_a_season_of_sixty_needs_is_proven_in_a_moment():
    begun = time.process_time()
    assert solve(a_season(60, 12, seed=3), SECONDS).proven
    assert time.process_time() - begun < 5


def test_the_greater_need_comes_first():
    times = (Time("t", FIRST_DAY),)
    needs = tuple(
        PlannedNeed(key, key, ("x",), ("a",), is_key=key == "key", waiting_days=days)
        for key, days in (("short", 10), ("key", 0), ("long", 300), ("longer", 360))
    )
    plan = solve(Problem(needs, times, Rules(2, 2)), SECONDS)
    assert [each.needs for each in plan.briefings] == [("key", "longer")]
    assert [left.need for left in plan.left_over] == ["long", "short"]
    assert plan.left_over[0].why[0].code == "full_before"


def test_briefings_are_few_of_even_size_and_spread_over_the_weeks():
    times = tuple(Time(f"t{n}", FIRST_DAY + timedelta(days=7 * (n // 3), hours=4 * (n % 3))) for n in range(6))
    needs = tuple(PlannedNeed(f"n{n}", "", ("x",), ("a",)) for n in range(10))
    plan = solve(Problem(needs, times, Rules(2, 6)), SECONDS)
    assert [len(each.needs) for each in plan.briefings] == [5, 5]
    assert len({each.time in ("t0", "t1", "t2") for each in plan.briefings}) == 2


def test_what_is_held_stays_and_others_join_it():
    problem = a_season(30, 6, seed=4, rules=Rules(3, 5))
    first = solve(problem, SECONDS)
    kept, open_ended = first.briefings[0], first.briefings[1]
    held = (
        HeldBriefing("whole", kept.theme, kept.audience, kept.time, kept.needs[:2], whole=True),
        HeldBriefing("more", open_ended.theme, open_ended.audience, None, open_ended.needs[:1]),
    )
    again = replace(problem, held=Held(held))
    plan = solve(again, SECONDS)
    assert faults(again, plan) == [] and plan.proven
    found = {each.held: each for each in plan.briefings}
    assert set(found["whole"].needs) == set(kept.needs[:2]) and found["whole"].time == kept.time
    assert len(found["more"].needs) >= 3 and open_ended.needs[0] in found["more"].needs


def test_the_same_problem_has_the_same_plan_whatever_ran_before():
    problem = a_season(36, 8, seed=3)
    one, other = solve(problem, SECONDS), solve(Problem.from_json(problem.to_json()), SECONDS)
    assert replace(one, seconds=0) == replace(other, seconds=0)


def test_progress_tells_of_a_first_plan_before_anything_is_proven():
    told = []
    plan = solve(a_season(30, 8), SECONDS, told.append)
    assert told[0].objective > 0 and told[0].gap > 0
    assert (told[-1].objective, told[-1].bound) == (plan.objective, plan.bound)


def test_when_the_time_is_up_there_is_a_plan_with_its_gap():
    problem = a_season(150, 20)
    plan = solve(problem, 0.5)
    assert faults(problem, plan) == []
    assert plan.briefings and not plan.proven and 0 < plan.gap < 0.5


@pytest.mark.parametrize("problem", [Problem((), ()), a_season(10, 0), a_season(0, 4), a_season(3, 4)])
def test_nothing_to_plan_is_planned(problem):
    plan = solve(problem, SECONDS)
    assert plan.briefings == () and plan.proven and len(plan.left_over) == len(problem.needs)
    assert faults(problem, plan) == []
