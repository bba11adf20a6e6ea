"""`flask plan`: the season planner from files, for whoever has no season in the program."""

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import click

from briefings.planner import words
from briefings.planner.checking import faults
from briefings.planner.model import Plan, Problem, Progress, Reason
from briefings.planner.reading import Unreadable, read
from briefings.planner.running import Died, solve

NOT_PROVEN, CLASHES, UNREADABLE, FAILED = 3, 4, 2, 1
TEXT = click.Path(path_type=Path)
RULES = {
    "min_slots": "--min",
    "max_slots": "--max",
    "talk_minutes": "--talk",
    "question_minutes": "--questions",
    "opening_minutes": "--opening",
    "closing_minutes": "--closing",
    "parallel": "--parallel",
}


@click.command("plan")
@click.argument("needs", type=TEXT)
@click.argument("times", type=TEXT, required=False)
@click.option("--out", type=TEXT, help="Write the plan there: .json with every reason, or .csv, a line for each need.")
@click.option("--held", type=TEXT, help="JSON: briefings that are locked, and busy ones outside.")
@click.option("--seconds", type=click.FloatRange(1, 3600), default=60, show_default=True, help="How long to look.")
@click.option("--min", "min_slots", type=int, help="Needs of a briefing at least.  [4]")
@click.option("--max", "max_slots", type=int, help="Needs of a briefing at most.  [6]")
@click.option("--talk", "talk_minutes", type=int, help="Minutes of a talk.  [9]")
@click.option("--questions", "question_minutes", type=int, help="Minutes for questions after each.  [6]")
@click.option("--opening", "opening_minutes", type=int, help="Minutes before the first.  [10]")
@click.option("--closing", "closing_minutes", type=int, help="Minutes after the last.  [10]")
@click.option("--parallel", type=int, help="Briefings at once at most.  [no limit]")
@click.option(
    "--share", "sharing", multiple=True, metavar="A;B", help="Audiences that may share a briefing; repeatable."
)
@click.option("--organization-twice", is_flag=True, help="An organization may be in two briefings at once.")
@click.option("--reasons", is_flag=True, help="Print why each briefing and each need is where it is.")
@click.option("--quiet", is_flag=True, help="No progress on standard error.")
def plan(needs: Path, times: Path | None, out: Path | None, held: Path | None, **given: Any) -> None:
    """Propose briefings for NEEDS at TIMES, proven best or with the bound, and say why.

    NEEDS and TIMES are CSV (UTF-8, comma, one heading line) or JSON (a list of objects with the same names). NEEDS
    alone may be one JSON object: {"needs": […], "times": […], "rules": {…}, "held": {…}, "themes": {key: name},
    "audiences": {…}, "organizations": {…}}.

    \b
    Columns of NEEDS (* must be there; several in one cell are separated by ;)
      key*          whatever names it, once only
      title*
      themes*       one or more
      audiences*    one or more
      organization  no organization is in two briefings at once
      presenter     address; nobody presents in two briefings at once
      is_key        yes or no: key needs come first
      waiting_days  a whole number: who waits longer comes first; since it was last presented, if it was
      unavailable   times at which its presenter cannot: keys or starts
      presented_on  2026-11-25: when it was last presented
      replied       yes or no: whether anybody answered since; then its waiting counts no longer
    \b
    Columns of TIMES
      starts_at*    2027-03-09 14:00
      key           default: the start as written above
      open          no: only for what is held there
    \b
    The file of --held
      {"briefings": [{"key": "a", "theme": "…", "audience": "…", "time": "2027-03-09 14:00" or null,
                      "needs": ["17"], "whole": false, "title": "…"}],
       "busy": [{"title": "…", "starts_at": "2027-03-09T14:00", "ends_at": "2027-03-09T15:30",
                 "audience": "…", "presenters": ["…"], "organizations": ["…"]}]}
      A held briefing keeps its topic, its needs, and its time unless that is null; a whole one is not added to.
    \b
    Example
      needs.csv   key,title,themes,audiences,organization,presenter,is_key,waiting_days,unavailable
                  17,폐비닐 재활용,환경;산업,기업;대학,가온시,kim@example.kr,yes,120,2027-03-09 14:00
      times.csv   starts_at
                  2027-03-09 14:00
                  2027-03-11 14:00
      flask plan needs.csv times.csv --min 3 --share '기업;대학' --parallel 2 --out plan.json

    Exit status: 0 proven best, 3 a plan that may not be the best (the gap is printed), 4 what is held cannot be,
    2 a file or option that cannot be read, 1 the planner failed.
    """
    problem = _read(needs, times, held, given)
    found = _solved(problem, given["seconds"], given["quiet"])
    if out is not None:
        _write(out, problem, found)
    click.echo(_table(problem, found, given["reasons"]))
    if found.clashes:
        raise SystemExit(CLASHES)
    if not found.proven:
        raise SystemExit(NOT_PROVEN)


def _read(needs: Path, times: Path | None, held: Path | None, given: dict[str, Any]) -> Problem:
    rules = {name: given[name] for name in RULES if given[name] is not None}
    for name, value in rules.items():
        if not 0 <= value <= 1000:
            raise click.BadParameter(f"{value} is not between 0 and 1000", param_hint=RULES[name])
    if given["sharing"]:
        groups = (tuple(part.strip() for part in group.split(";") if part.strip()) for group in given["sharing"])
        rules["sharing"] = tuple(groups)
    if given["organization_twice"]:
        rules["organization_once"] = False
    try:
        return read(needs, times, rules, held)
    except Unreadable as error:
        raise _Failed(str(error), UNREADABLE) from error


class _Failed(click.ClickException):
    """Ends the command with a message and a status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.exit_code = status  # type: ignore[misc]


def _solved(problem: Problem, seconds: float, quiet: bool) -> Plan:
    def tell(progress: Progress) -> None:
        if not quiet:
            click.echo(f"{progress.seconds:5.0f} s  {words.progress(progress)}", err=True)

    begun = time.monotonic()
    try:
        found = solve(problem, seconds, tell)
    except Died as error:
        raise _Failed(str(error), FAILED) from error
    broken = faults(problem, found)
    if broken:
        raise _Failed("the plan breaks its own rules: " + "; ".join(broken[:5]), FAILED)
    if not quiet:
        click.echo(f"{time.monotonic() - begun:5.0f} s  {words.result(found)}", err=True)
    return found


def _write(out: Path, problem: Problem, plan: Plan) -> None:
    text = _lines(problem, plan) if out.suffix.lower() == ".csv" else _object(plan)
    try:
        out.write_text(text, "utf-8-sig" if out.suffix.lower() == ".csv" else "utf-8", newline="")
    except OSError as error:
        raise _Failed(f"{out}: {error.strerror}", UNREADABLE) from error


def _object(plan: Plan) -> str:
    more = {"proven": plan.proven, "gap": plan.gap, "result": words.result(plan)}
    return json.dumps(_said(plan.to_json()) | more, ensure_ascii=False, indent=1) + "\n"


def _said(value: Any) -> Any:
    """Each reason with its sentence."""
    if isinstance(value, list):
        return [_said(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"code", "values"}:
        return value | {"sentence": words.sentence(Reason(**value))}
    return {key: _said(each) for key, each in value.items()}


def _lines(problem: Problem, plan: Plan) -> str:
    """One for each need, in the order of the briefings."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["starts_at", "theme", "audience", "order", "key", "title", "organization", "why"])
    for briefing in plan.briefings:
        place = [problem.time[briefing.time].starts_at.isoformat(), briefing.theme, briefing.audience]
        for order, placement in enumerate(briefing.placements, 1):
            table.writerow([*place, order, *_of(problem, placement.need), _sentences(placement.why)])
    for left in plan.left_over:
        table.writerow(["", "", "", "", *_of(problem, left.need), _sentences((*left.why, *left.remedies))])
    return written.getvalue()


def _of(problem: Problem, key: str) -> list[str]:
    need = problem.need[key]
    # A spreadsheet would take what begins like a formula for one.
    return [f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in (key, need.title, need.organization)]


def _sentences(reasons: tuple[Reason, ...]) -> str:
    return " ".join(words.sentence(reason) for reason in reasons)


def _table(problem: Problem, plan: Plan, reasons: bool) -> str:
    lines = [words.result(plan)]
    lines += [f"  - {words.sentence(clash)}" for clash in plan.clashes]
    for briefing in plan.briefings:
        theme = problem.themes.get(briefing.theme, briefing.theme)
        audience = problem.audiences.get(briefing.audience, briefing.audience)
        when = words.moment(problem.time[briefing.time].starts_at.isoformat())
        lines += ["", f"{when}  {theme} × {audience}  {len(briefing.needs)}건"]
        lines += [f"    {words.sentence(reason)}" for reason in briefing.why if reasons]
        for placement in briefing.placements:
            lines.append(f"  {_line(problem, placement.need)}")
            lines += [f"      {words.sentence(reason)}" for reason in placement.why if reasons]
    if plan.left_over:
        lines += ["", f"남은 과제 {len(plan.left_over)}건"]
    for left in plan.left_over:
        lines.append(f"  {_line(problem, left.need)}")
        lines += [f"      {words.sentence(reason)}" for reason in (*left.why, *left.remedies)]
    if plan.parts:
        of = ", ".join(f"{words.PARTS[name]} {points:+,}" for name, points in plan.parts.items())
        lines += ["", f"점수 {plan.objective:,} (한계 {plan.bound:,}): {of}"]
    return "\n".join(lines)


def _line(problem: Problem, key: str) -> str:
    need = problem.need[key]
    mark = " [주요]" if need.is_key else ""
    organization = problem.organizations.get(need.organization, need.organization)
    return f"{key}  {need.title}{mark}  {organization}".rstrip()
