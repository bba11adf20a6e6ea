"""`flask plan` on files, good ones and bad ones."""

import csv
import json

import pytest
from click.testing import CliRunner

from briefings.planner.commands import plan
from tests.planner.instances import a_season

NEEDS = """key,title,themes,audiences,organization,presenter,is_key,waiting_days,unavailable
17,폐비닐 재활용,환경;산업,기업;대학,가온시,Kim@example.kr,yes,120,2027-03-09 14:00
18,=수소 버스,환경,기업,나래군,lee@example.kr,,30,
19,안전 지도,안전,대학,다솜재단,,no,,
"""
TIMES = "starts_at\n2027-03-09 14:00\n2027-03-11 14:00\n"


@pytest.fixture
def run(tmp_path):
    """Runs the command on files of these contents."""

    def run(needs=NEEDS, times=TIMES, *options, name="needs.csv"):
        (tmp_path / name).write_bytes(needs if isinstance(needs, bytes) else needs.encode())
        (tmp_path / "times.csv").write_text(times or "")
        files = [str(tmp_path / name), *([str(tmp_path / "times.csv")] if times else [])]
        return CliRunner().invoke(plan, [*files, *(str(option) for option in options)])

    run.folder = tmp_path
    return run


def test_tables_in_tables_out(run):
    out = run.folder / "plan.csv"
    done = run(NEEDS, TIMES, "--min", 2, "--out", out, "--seconds", 10, "--reasons")
    assert done.exit_code == 0, done.output
    assert "설명회 1회에 과제 2건을 편성했고 1건이 남았습니다. 이보다 나은 안은 없습니다(증명됨)." in done.stdout
    assert "3. 11.(목) 14:00  환경 × 기업  2건\n" in done.stdout and "17  폐비닐 재활용 [주요]  가온시" in done.stdout
    assert "1건이 더 있어야 합니다" in done.stdout and "점수" in done.stdout
    assert done.stderr.endswith("(증명됨).\n")
    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
    assert [(row["key"], row["order"], row["title"]) for row in rows] == [
        ("17", "1", "폐비닐 재활용"),
        ("18", "2", "'=수소 버스"),
        ("19", "", "안전 지도"),
    ]


def test_json_in_json_out_with_something_held(run):
    problem = a_season(12, 3).to_json()
    held = {"briefings": [{"key": "h", "theme": "theme0", "audience": "audience0", "needs": ["need0"], "whole": True}]}
    (run.folder / "held.json").write_text(json.dumps(held))
    out = run.folder / "plan.json"
    done = run(json.dumps(problem), None, "--held", run.folder / "held.json", "--out", out, "--quiet", name="p.json")
    assert done.exit_code == 0 and done.stderr == "", done.output
    written = json.loads(out.read_text())
    assert written["proven"] and written["gap"] == 0.0
    (kept,) = [each for each in written["briefings"] if each["held"]]
    assert [each["need"] for each in kept["placements"]] == ["need0"]
    assert kept["why"][0]["sentence"].startswith("직원이 고정한 설명회입니다.")


def test_a_time_in_json_needs_no_key_as_in_a_table(run):
    problem = a_season(3, 1).to_json()
    for time in problem["times"]:
        del time["key"]
    for need in problem["needs"]:
        need["unavailable"] = [problem["times"][0]["starts_at"]]
    done = run(json.dumps(problem), None, "--min", 1, "--quiet", name="p.json")
    assert done.exit_code == 0, done.output


def test_what_cannot_be_held_is_said_and_has_its_status(run):
    held = {
        "briefings": [{"key": "h", "theme": "환경", "audience": "기업", "time": "2027-03-09 14:00", "needs": ["17"]}]
    }
    (run.folder / "held.json").write_text(json.dumps(held))
    done = run(NEEDS, TIMES, "--min", 1, "--held", run.folder / "held.json", "--quiet")
    assert done.exit_code == 4
    assert "과제 ‘폐비닐 재활용’의 발표자가 그때 어렵습니다" in done.stdout


@pytest.mark.parametrize(
    ("needs", "times", "options", "said"),
    [
        ("", TIMES, [], "needs.csv, line 1: the column 'key' is missing"),
        ("key,title,themes,audiences\n", TIMES, [], "needs.csv: has no rows below its heading"),
        ("key,title,themes,audiences,colour\n", TIMES, [], "line 1, column 5: 'colour' is not expected"),
        (NEEDS.replace("30", "3O"), TIMES, [], "needs.csv, line 3, column 8 (waiting_days): '3O' is no whole number"),
        (NEEDS.replace("yes", "maybe"), TIMES, [], "line 2, column 7 (is_key): 'maybe' is neither yes nor no"),
        (NEEDS.replace("18,", "17,"), TIMES, [], "line 3, column 1 (key): '17' is in line 2 already"),
        (NEEDS.replace("03-09", "03-10"), TIMES, [], "line 2, column 9 (unavailable): '2027-03-10 14:00' is none of"),
        (NEEDS.replace(",안전,", ",,"), TIMES, [], "line 4, column 3 (themes): is empty"),
        (NEEDS.replace("lee@example.kr,,30,", "lee@example.kr,,30,,,"), TIMES, [], "line 3, column 10: has no heading"),
        (NEEDS + '"', TIMES, [], "needs.csv, line 5: unexpected end of data"),
        (NEEDS.encode("cp949"), TIMES, [], "needs.csv, line 2, column 4: is not in UTF-8"),
        (NEEDS, "starts_at\ntomorrow\n", [], "times.csv, line 2, column 1 (starts_at): 'tomorrow' is no date and time"),
        (NEEDS, TIMES + "2027-03-12T14:00+09:00\n", [], "some times have an offset from UTC and others have none"),
        (NEEDS, None, [], "needs.csv: TIMES must be given beside needs in CSV"),
        (NEEDS, TIMES, ["--min", "-1"], "-1 is not between 0 and 1000"),
        (NEEDS, TIMES, ["--held", "/nowhere.json"], "nowhere.json: No such file"),
        (NEEDS, TIMES, ["--seconds", "soon"], "not a valid float"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(run, needs, times, options, said):
    done = run(needs, times, *options)
    assert done.exit_code == 2 and said in done.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"needs": 3}, "not iterable"),
        ({"needs": [{"key": "1"}]}, "missing 1 required positional argument: 'title'"),
        ({"needs": [{"key": 1, "title": "", "themes": ["x"], "audiences": ["a"]}]}, "a number or null where text"),
        ({"needs": [{"key": "1", "title": "", "themes": "x", "audiences": ["a"]}]}, "themes: 'x'"),
        ({"times": [{"key": "a", "starts_at": "x"}]}, "Invalid isoformat"),
        ({"rules": {"min_slots": "4"}}, "min_slots must be a whole number"),
        ({"rules": {"colour": 4}}, "unexpected keyword argument 'colour'"),
    ],
)
def test_json_that_is_no_problem_is_said(run, change, said):
    done = run(json.dumps(a_season(3, 1).to_json() | change), None, name="p.json")
    assert done.exit_code == 2 and said in done.stderr


def test_help_shows_the_files_and_an_example():
    shown = CliRunner().invoke(plan, ["--help"], terminal_width=120).output
    assert "waiting_days" in shown and "flask plan needs.csv times.csv" in shown and "Exit status" in shown
