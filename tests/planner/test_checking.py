"""The checker finds each broken rule; it is what all other tests trust."""

from dataclasses import replace
from datetime import timedelta

import pytest

from briefings.planner.checking import faults
from briefings.planner.model import (
    BusyBriefing,
    Held,
    HeldBriefing,
    LeftOver,
    Placement,
    Plan,
    PlannedNeed,
    Problem,
    Proposal,
    Rules,
    Time,
)
from tests.planner.instances import FIRST_DAY

TIMES = (
    Time("t1", FIRST_DAY),
    Time("t2", FIRST_DAY + timedelta(minutes=30)),
    Time("t3", FIRST_DAY + timedelta(days=1)),
    Time("shut", FIRST_DAY + timedelta(days=2), open=False),
)
NEEDS = (
    PlannedNeed("1", "", ("x",), ("a",), "가온시", "kim@example.kr"),
    PlannedNeed("2", "", ("x", "y"), ("a", "b"), "나래군", "lee@example.kr", unavailable=frozenset(["t3"])),
    PlannedNeed("3", "", ("y",), ("b",), "가온시", "park@example.kr"),
    PlannedNeed("4", "", ("y",), ("b", "c"), "다솜재단", "kim@example.kr"),
)
PROBLEM = Problem(NEEDS, TIMES, Rules(1, 2, sharing=(("b", "c"),)))


def a_plan(*briefings):
    """Of (theme, audience, time, needs as letters[, held]); the rest is left over."""
    made = tuple(
        Proposal(theme, audience, time, tuple(Placement(key) for key in needs), *held)
        for theme, audience, time, needs, *held in briefings
    )
    placed = "".join("".join(each.needs) for each in made)
    return Plan(made, tuple(LeftOver(need.key) for need in NEEDS if need.key not in placed))


def test_a_plan_that_keeps_the_rules_has_no_faults():
    assert faults(PROBLEM, a_plan(("x", "a", "t1", "12"), ("y", "c", "t3", "34"))) == []


@pytest.mark.parametrize(
    ("plan", "rules", "said"),
    [
        (a_plan(("x", "a", "t1", "1"), ("x", "a", "t3", "1")), {}, "1: 2 times"),
        (Plan(), {}, "1: 0 times"),
        (a_plan(("x", "a", "never", "1")), {}, "unknown time"),
        (a_plan(("y", "b", "t1", "234")), {}, "3 needs"),
        (a_plan(("x", "a", "t1", "1")), {"min_slots": 2}, "1 needs"),
        (a_plan(("y", "b", "t3", "2")), {}, "the presenter of 2 cannot"),
        (a_plan(("y", "a", "t1", "1")), {}, "1 is of another theme"),
        (a_plan(("x", "b", "t1", "1")), {}, "1 is for another audience"),
        (a_plan(("x", "a", "shut", "1")), {}, "closed time"),
        (a_plan(("x", "a", "t1", "1"), ("y", "b", "t1", "4")), {}, "kim@example.kr presents in both"),
        (a_plan(("x", "a", "t1", "1"), ("y", "b", "t2", "3")), {}, "가온시 is in both"),
        (a_plan(("y", "b", "t1", "3"), ("y", "c", "t2", "4")), {}, "the same audience"),
        (a_plan(("x", "a", "t1", "1"), ("y", "b", "t2", "2")), {"parallel": 1}, "2 at once"),
        (a_plan(("x", "a", "t1", "1", "h")), {}, "never held"),
    ],
)
def test_each_broken_rule_is_found(plan, rules, said):
    found = faults(replace(PROBLEM, rules=replace(PROBLEM.rules, **rules)), plan)
    assert any(said in fault for fault in found), found


def test_an_organization_may_be_in_two_when_told_so():
    plan = a_plan(("x", "a", "t1", "1"), ("y", "b", "t2", "3"))
    assert faults(replace(PROBLEM, rules=replace(PROBLEM.rules, organization_once=False)), plan) == []


def test_what_is_held_must_be_there_as_it_was():
    held = HeldBriefing("h", "y", "b", "t1", ("3",), whole=True)
    problem = replace(PROBLEM, held=Held((held,)))
    assert faults(problem, a_plan(("y", "b", "t1", "3", "h"))) == []
    for plan, said in [
        (a_plan(), "not there"),
        (a_plan(("y", "c", "t1", "3", "h")), "topic changed"),
        (a_plan(("y", "b", "t3", "3", "h")), "time changed"),
        (a_plan(("y", "b", "t1", "4", "h")), "needs changed"),
        (a_plan(("y", "b", "t1", "34", "h")), "needs changed"),
    ]:
        assert any(said in fault for fault in faults(problem, plan))


def test_what_goes_on_outside_counts():
    busy = BusyBriefing("밖", FIRST_DAY, FIRST_DAY + timedelta(hours=2), "b", frozenset(["kim@example.kr"]))
    problem = replace(PROBLEM, held=Held((), (busy,)))
    assert "kim@example.kr presents in both" in faults(problem, a_plan(("x", "a", "t2", "1")))[0]
    assert "the same audience" in faults(problem, a_plan(("y", "c", "t2", "4")))[0]
    crowded = replace(problem, rules=replace(problem.rules, parallel=1))
    assert "2 at once" in faults(crowded, a_plan(("x", "a", "t2", "2")))[0]
