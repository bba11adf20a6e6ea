"""Whether a plan keeps every rule: read straight from the rules, knowing nothing of how plans are found."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from briefings.planner.model import HeldBriefing, Plan, Problem, Proposal


def faults(problem: Problem, plan: Plan) -> list[str]:
    """Every rule the plan breaks, in words; empty: it may be held."""
    if plan.clashes:
        return []
    found = [*_counted(problem, plan), *_kept(problem, plan)]
    if not found:
        for briefing in plan.briefings:
            found += [*_fits(problem, briefing), *_outside(problem, briefing)]
        for one, other in combinations(plan.briefings, 2):
            found += _apart(problem, one, other)
        found += _crowded(problem, plan)
    return found


def _counted(problem: Problem, plan: Plan) -> Iterator[str]:
    """Each need once, in a briefing or left over, and nothing unknown."""
    placed = [need for briefing in plan.briefings for need in briefing.needs]
    seen = Counter([*placed, *(left.need for left in plan.left_over)])
    yield from (f"{key}: {seen[key]} times" for key in problem.need if seen[key] != 1)
    yield from (f"{key}: unknown need" for key in seen if key not in problem.need)
    yield from (f"{each.time}: unknown time" for each in plan.briefings if each.time not in problem.time)


def _kept(problem: Problem, plan: Plan) -> Iterator[str]:
    """What is held is there, as it was."""
    held = {briefing.held: briefing for briefing in plan.briefings if briefing.held}
    if len(held) != sum(bool(briefing.held) for briefing in plan.briefings):
        yield "a held briefing is there twice"
    yield from (f"{key}: was never held" for key in held.keys() - {each.key for each in problem.held.briefings})
    for wanted in problem.held.briefings:
        found = held.get(wanted.key)
        if found is None:
            yield f"{wanted.key}: held and not there"
        elif (found.theme, found.audience) != (wanted.theme, wanted.audience):
            yield f"{wanted.key}: topic changed"
        elif wanted.time not in (None, found.time):
            yield f"{wanted.key}: time changed"
        elif not set(wanted.needs) <= set(found.needs) or (wanted.whole and len(found.needs) > len(wanted.needs)):
            yield f"{wanted.key}: needs changed"


def _wanted(problem: Problem, briefing: Proposal) -> HeldBriefing | None:
    return next((each for each in problem.held.briefings if each.key == briefing.held), None)


def _fits(problem: Problem, briefing: Proposal) -> Iterator[str]:
    """Size, topic and presenters of one briefing."""
    wanted, name = _wanted(problem, briefing), f"{briefing.theme}/{briefing.audience}@{briefing.time}"
    sizes = range(problem.rules.min_slots, problem.rules.max_slots + 1)
    if len(briefing.needs) not in sizes and not (wanted and wanted.whole):
        yield f"{name}: {len(briefing.needs)} needs"
    if not problem.time[briefing.time].open and not (wanted and wanted.time):
        yield f"{name}: closed time"
    yield from (
        f"{name}: the presenter of {k} cannot" for k in briefing.needs if briefing.time in problem.need[k].unavailable
    )
    yield from _matches(problem, briefing, name, set(wanted.needs if wanted else ()))


def _matches(problem: Problem, briefing: Proposal, name: str, as_they_are: set[str]) -> Iterator[str]:
    """Themes and audiences of its needs."""
    for key in briefing.needs:
        need = problem.need[key]
        if key in as_they_are:
            continue
        if briefing.theme not in need.themes:
            yield f"{name}: {key} is of another theme"
        if not any(_share(problem, briefing.audience, audience) for audience in need.audiences):
            yield f"{name}: {key} is for another audience"


def _share(problem: Problem, one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in problem.rules.sharing)


def _people(problem: Problem, briefing: Proposal) -> tuple[set[str], set[str]]:
    needs = [problem.need[key] for key in briefing.needs]
    return {need.presenter for need in needs} - {""}, {need.organization for need in needs} - {""}


def _apart(problem: Problem, one: Proposal, other: Proposal) -> Iterator[str]:
    """Two briefings that go on at once have nobody in common."""
    if abs(problem.time[one.time].starts_at - problem.time[other.time].starts_at) >= problem.rules.length:
        return
    name = f"{one.theme}/{one.audience}@{one.time} and {other.theme}/{other.audience}@{other.time}"
    if _share(problem, one.audience, other.audience):
        yield f"{name}: the same audience"
    (presenters, organizations), (others, their_organizations) = _people(problem, one), _people(problem, other)
    yield from (f"{name}: {each} presents in both" for each in sorted(presenters & others))
    if problem.rules.organization_once:
        yield from (f"{name}: {each} is in both" for each in sorted(organizations & their_organizations))


def _outside(problem: Problem, briefing: Proposal) -> Iterator[str]:
    """Nor with what goes on outside the season."""
    starts_at = problem.time[briefing.time].starts_at
    presenters, organizations = _people(problem, briefing)
    for busy in problem.held.busy:
        if starts_at >= busy.ends_at or busy.starts_at >= starts_at + problem.rules.length:
            continue
        name = f"{briefing.theme}/{briefing.audience}@{briefing.time} and {busy.title}"
        if _share(problem, briefing.audience, busy.audience):
            yield f"{name}: the same audience"
        yield from (f"{name}: {each} presents in both" for each in sorted(presenters & busy.presenters))
        if problem.rules.organization_once:
            yield from (f"{name}: {each} is in both" for each in sorted(organizations & busy.organizations))


def _crowded(problem: Problem, plan: Plan) -> Iterator[str]:
    """No more at once than allowed, those outside counted: a count can only be highest when something begins."""
    if problem.rules.parallel is None:
        return
    begun = [problem.time[each.time].starts_at for each in plan.briefings]
    spans = [(start, start + problem.rules.length) for start in begun]
    spans += [(busy.starts_at, busy.ends_at) for busy in problem.held.busy]
    for moment in sorted({start for start, _ in spans}):
        at_once = sum(start <= moment < end for start, end in spans)
        ours = any(start <= moment < start + problem.rules.length for start in begun)
        if ours and at_once > problem.rules.parallel:
            yield f"{moment:%m-%d %H:%M}: {at_once} at once"
