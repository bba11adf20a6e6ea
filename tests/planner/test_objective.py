"""What a need is worth: waiting, and what came of presenting it before."""

from dataclasses import replace

from briefings.planner.model import PlannedNeed, Problem
from briefings.planner.objective import KEY, NEED, UNANSWERED, WAITING, WEEKS_OF_WAITING, parts, worth
from briefings.planner.past import for_its_past
from briefings.planner.words import sentence

FRESH = PlannedNeed("1", "폐비닐 재활용", ("환경",), ("기업",), waiting_days=70)
SILENT = replace(FRESH, key="2", presented_on="2026-05-13")
ANSWERED = replace(SILENT, key="3", replied=True)


def test_who_was_presented_in_vain_is_told_of_anew_and_who_was_answered_lets_others_go_first():
    assert (worth(FRESH), worth(SILENT), worth(ANSWERED)) == (1200, 1400, 1000)
    longest = replace(SILENT, waiting_days=10_000)
    assert worth(longest) < worth(replace(ANSWERED, is_key=True))  # key needs come before every other
    assert NEED + KEY > NEED + UNANSWERED + WAITING * WEEKS_OF_WAITING


def test_the_parts_add_up_to_what_the_needs_are_worth():
    found = parts(Problem((FRESH, SILENT, ANSWERED), ()), [])
    assert found["again"] == 0
    assert sum(map(worth, (FRESH, SILENT, ANSWERED))) == 3 * NEED + 2 * 10 * WAITING + UNANSWERED


def test_the_reason_is_written_out():
    said = [
        sentence(reason)
        for need in (replace(FRESH, waiting_days=90), SILENT, ANSWERED)
        for reason in for_its_past(need)
    ]
    assert said == [
        "설명회를 90일 기다렸습니다.",
        "2026. 5. 13.(수) 설명회에서 발표했지만 그 뒤 70일 동안 답글이 없어, 다시 알리도록 200점을 더했습니다.",
        "2026. 5. 13.(수) 설명회에서 발표한 뒤 답글을 받아, 기다린 기간을 점수에 더하지 않았습니다.",
    ]


def test_a_problem_with_a_past_is_read_as_it_was_written():
    problem = Problem((FRESH, SILENT, ANSWERED), ())
    assert Problem.from_json(problem.to_json()) == problem
