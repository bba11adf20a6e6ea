"""Reasons are true: what clashes is named, and what is said to help does help."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from briefings.planner.model import BusyBriefing, Held, HeldBriefing, PlannedNeed, Problem, Reason, Rules, Time
from briefings.planner.solving import solve
from briefings.planner.words import progress, result, sentence
from tests.planner.instances import FIRST_DAY, a_season, small

TIMES = (Time("t1", FIRST_DAY), Time("t2", FIRST_DAY + timedelta(days=2)))
KIM = {"presenter": "kim@example.kr"}
NAMES = {"themes": {"x": "환경", "y": "안전"}, "audiences": {"a": "기업", "b": "대학"}}


def a_need(key, theme="x", audience="a", presenter="", **more):
    """One that can always, unless told otherwise."""
    return PlannedNeed(key, f"과제 {key}", (theme,), (audience,), presenter=presenter, **more)


def solved(needs, rules, *briefings, times=TIMES, busy=()):
    """The plan of a little problem."""
    return solve(Problem(tuple(needs), times, rules, Held(briefings, tuple(busy)), **NAMES), 600)


def test_what_is_said_to_help_places_the_need():
    tried = Counter()
    problems = [small(seed) for seed in range(60)] + [a_season(24, 4, seed, Rules(3, 3, parallel=1)) for seed in (1, 2)]
    for problem in problems:
        plan = solve(problem, 600)
        for left in plan.left_over:
            for remedy in left.remedies:
                if tried[remedy.code] < 3:
                    tried[remedy.code] += 1
                    helped = solve(_with_remedy(problem, plan, left.need, remedy), 600)
                    placed = {key for briefing in helped.briefings for key in briefing.needs}
                    assert left.need in placed, (left.need, remedy, helped.clashes)
    codes = {"if_presenter", "if_max", "if_min", "if_sharing", "if_organization", "if_parallel", "if_time", "if_loose"}
    assert codes <= set(tried)


def _with_remedy(problem, plan, key, remedy):
    """The problem with the remedy taken, every briefing of the plan kept, and nobody else to take the place."""
    values = remedy.values
    changes = {
        "if_max": lambda: {"max_slots": values["max"]},
        "if_min": lambda: {"min_slots": values["min"]},
        "if_sharing": lambda: {"sharing": (*problem.rules.sharing, tuple(values["pair"]))},
        "if_organization": lambda: {"organization_once": False},
        "if_parallel": lambda: {"parallel": values["parallel"]},
    }
    rules = replace(problem.rules, **changes.get(remedy.code, dict)())
    wholes = {held.key for held in problem.held.briefings if held.whole} - {values.get("held")}
    held = tuple(
        HeldBriefing(each.held or f"p{n}", each.theme, each.audience, each.time, each.needs, each.held in wholes)
        for n, each in enumerate(plan.briefings)
    )
    kept = {need for briefing in plan.briefings for need in briefing.needs} | set(values["with"])
    needs = [need for need in problem.needs if need.key in kept]
    if remedy.code == "if_presenter":
        free = {values["time_key"]}
        needs = [replace(n, unavailable=n.unavailable - free) if n.key == key else n for n in needs]
    times = problem.times
    if remedy.code == "if_time":
        times = (*times, Time("one more", datetime.fromisoformat(values["time"])))
    return replace(problem, needs=tuple(needs), times=times, rules=rules, held=Held(held, problem.held.busy))


def test_who_is_left_over_reads_why():
    needs = [a_need("1"), a_need("2"), a_need("3", unavailable=frozenset(["t1", "t2"])), a_need("4", theme="y")]
    plan = solved(needs, Rules(2, 2))
    said = {left.need: [sentence(reason) for reason in (*left.why, *left.remedies)] for left in plan.left_over}
    assert said["3"] == ["후보 시각 2개 모두 발표자가 어렵습니다."]
    assert said["4"] == [
        "3. 2.(화) 10:00에 ‘안전 × 기업’으로 모을 수 있는 남은 과제가 1건뿐입니다. "
        "최소 2건이 되려면 1건이 더 있어야 합니다.",
        "설명회마다 최소 1건이면 남은 과제 1건으로 3. 2.(화) 10:00 ‘안전 × 기업’ 설명회를 새로 열 수 있습니다.",
    ]


def test_what_is_past_is_neither_counted_nor_offered():
    past = Time("t0", FIRST_DAY - timedelta(days=15), open=False)
    held = HeldBriefing("h", "y", "b", "t0", ("9",), whole=True)
    needs = [a_need(key, unavailable=frozenset(["t1"] if key == "1" else [])) for key in "12345"]
    plan = solved([*needs, a_need("9", "y", "b")], Rules(1, 1), held, times=(past, *TIMES))
    told = [reason for left in plan.left_over for reason in (*left.why, *left.remedies)]
    offered = [datetime.fromisoformat(reason.values["time"]) for reason in told if "time" in reason.values]
    assert "if_time" in {reason.code for reason in told} and min(offered) >= FIRST_DAY
    none = solved([a_need("1", unavailable=frozenset(["t1", "t2"]))], Rules(1, 1), times=(past, *TIMES))
    assert sentence(none.left_over[0].why[0]) == "후보 시각 2개 모두 발표자가 어렵습니다."
    none = solved([a_need("1")], Rules(1, 1), times=(past,))
    assert [sentence(reason) for reason in none.left_over[0].why] == ["앞으로 설명회를 열 수 있는 시각이 없습니다."]
    assert none.left_over[0].remedies == ()


def test_nobody_is_said_to_be_able_who_did_not_answer():
    plan = solved([a_need("1", unavailable=frozenset(["t1"])), a_need("2")], Rules(2, 2))
    (briefing,) = plan.briefings
    said = {each.need: sentence(each.why[-1]) for each in briefing.placements}
    alone = "이 과제의 주제와 대상으로 열리는 설명회는 이것뿐입니다."
    assert said == {"1": f"발표자가 어렵다고 한 시각은 후보 2개 가운데 1개입니다. {alone}", "2": alone}
    assert not any("발표할 수 있" in sentence(reason) for reason in briefing.why)


def test_who_is_elsewhere_then_reads_it():
    needs = [a_need("1", **KIM), a_need("2", **KIM), a_need("3", "y", "b", **KIM)]
    needs += [a_need(key, "y", "b", waiting_days=300) for key in "45"]
    plan = solved(needs, Rules(2, 3), times=TIMES[:1])
    (left,) = plan.left_over
    assert left.need == "3" and left.why[0].code == "not_elsewhere"
    assert sentence(left.why[0]).endswith("설명회 때는 발표자나 기관이 다른 설명회에 나갑니다.")


def test_every_briefing_and_need_says_what_it_stands_on():
    needs = [a_need("1", is_key=True), a_need("2", waiting_days=200), a_need("3", audience="b")]
    plan = solved(needs, Rules(3, 3, sharing=(("a", "b"),)))
    (briefing,) = plan.briefings
    said = [sentence(reason) for reason in briefing.why]
    assert said[0] == "‘환경 × 기업’에 맞는 과제가 3건 있고, 그 가운데 3건이 여기에서 발표합니다."
    assert said[-1] == "이 설명회가 없으면 과제 3건 가운데 3건은 들어갈 곳이 없습니다."
    why = {each.need: [sentence(reason) for reason in each.why] for each in briefing.placements}
    assert why["1"][0] == "주요 과제라서 먼저 편성했습니다."
    assert why["2"][0] == "설명회를 200일 기다렸습니다."
    assert why["3"][0] == "찾는 대상(대학)이 ‘기업’과 설명회를 함께할 수 있습니다."
    assert result(plan) == "설명회 1회에 과제 3건을 편성했고 0건이 남았습니다. 이보다 나은 안은 없습니다(증명됨)."


@pytest.mark.parametrize(
    ("needs", "rules", "held", "said"),
    [
        ([a_need("1")], Rules(3, 2), (), "최소 과제 수(3)와 최대 과제 수(2)"),
        ([a_need("1")], Rules(1, 2), (HeldBriefing("h", "x", "a", "t1", ("9",)),), "과제 9가 편성할 과제에 없습니다"),
        ([a_need("1")], Rules(1, 2), (HeldBriefing("h", "x", "a", "t9", ("1",)),), "시각 t9가 후보 시각에 없습니다"),
        (
            [a_need("1")],
            Rules(1, 2),
            (HeldBriefing("h", "x", "a", "t1", ("1",)), HeldBriefing("i", "y", "a", "t2", ("1",))),
            "과제 ‘과제 1’이 고정한 설명회 두 곳 이상에 있습니다: ‘환경 × 기업’, ‘안전 × 기업’",
        ),
        (
            [a_need("1", unavailable=frozenset(["t1"]))],
            Rules(1, 2),
            (HeldBriefing("h", "x", "a", "t1", ("1",), title="개막"),),
            "설명회 ‘개막’은 3. 2.(화) 10:00로 고정되어 있는데, 과제 ‘과제 1’의 발표자가 그때 어렵습니다",
        ),
        (
            [a_need("1", unavailable=frozenset(["t1"])), a_need("2", unavailable=frozenset(["t2"]))],
            Rules(1, 2),
            (HeldBriefing("h", "x", "a", None, ("1", "2")),),
            "(‘과제 1’, ‘과제 2’)의 발표자가 모두 되는 시각이 후보 2개 가운데 없습니다",
        ),
        (
            [a_need("1"), a_need("2"), a_need("3")],
            Rules(1, 2),
            (HeldBriefing("h", "x", "a", None, ("1", "2", "3")),),
            "고정한 과제가 3건인데 최대는 2건입니다",
        ),
        (
            [a_need("1")],
            Rules(2, 3),
            (HeldBriefing("h", "x", "a", None, ("1",)),),
            "1건뿐이어서 최소 2건이 되지 않습니다",
        ),
        (
            [a_need("1"), a_need("2")],
            Rules(1, 2),
            (HeldBriefing("h", "x", "a", "t1", ("1",)), HeldBriefing("i", "y", "a", "t1", ("2",))),
            "같은 대상의 설명회인데 3. 2.(화) 10:00에 겹칩니다",
        ),
        (
            [a_need("1", **KIM), a_need("2", **KIM)],
            Rules(1, 2),
            (HeldBriefing("h", "x", "a", "t1", ("1",)), HeldBriefing("i", "y", "b", "t1", ("2",))),
            "‘과제 1’과 ‘과제 2’의 발표자나 기관이 같아",
        ),
        (
            [a_need("1", **KIM), a_need("2", **KIM), a_need("3", **KIM), a_need("4")],
            Rules(1, 2),
            tuple(HeldBriefing(k, "x", a, None, (k,), title=f"모임 {k}") for k, a in zip("1234", "abcd", strict=True)),
            "함께는 열 수 없습니다: ‘모임 1’, ‘모임 2’, ‘모임 3’.",
        ),
    ],
)
def test_what_clashes_is_named_in_words(needs, rules, held, said):
    plan = solved(needs, rules, *held)
    assert plan.briefings == () and said in " ".join(sentence(clash) for clash in plan.clashes)
    assert result(plan) == "정해 둔 것끼리 맞지 않아 편성하지 못했습니다."


def test_what_goes_on_outside_clashes_too():
    busy = BusyBriefing("봄 설명회", FIRST_DAY, FIRST_DAY + timedelta(hours=1), "a", frozenset(["kim@example.kr"]))
    held = HeldBriefing("h", "x", "a", "t1", ("1",), whole=True)
    plan = solved([a_need("1", **KIM)], Rules(1, 2), held, busy=[busy])
    said = " ".join(sentence(clash) for clash in plan.clashes)
    assert "같은 대상의 설명회 ‘봄 설명회’가 이미 있습니다" in said
    assert "과제 ‘과제 1’의 발표자나 기관이 그때 이미 다른 설명회에 나갑니다" in said


def test_a_reason_of_another_version_is_no_error():
    assert sentence(Reason("of long ago", {"a": 1})) == "of long ago"
    assert "살피고" in progress(type("P", (), {"objective": None})())
