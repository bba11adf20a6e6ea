"""What a plan is worth: one sum of points, the more the better.

- Each need with a briefing: 1,000, and 20 more for each week it has waited, up to a year; a key need 2,000 on top, so
  that it comes before every need that is none.
- A need that was presented, and that nobody has answered since: 200 on top, for it has to be told of anew. One that was
  answered since then gets nothing for waiting: others have waited for a first answer.
- Each briefing costs 300.
- Uneven sizes: a briefing costs 0 when full and about 120 at the minimum, each further empty place more than the one
  before; of two ways to share out the same needs the even one is cheaper.
- Uneven weeks: the n-th briefing of a week costs n times 20 (less where a week could hold very many), so the next one
  goes to the emptiest week.

One more briefing costs less than a need is worth: nobody is left over for the sake of fewer briefings. Where it can be,
everything is a multiple of 20: what differs by a few days of waiting need not be told apart to prove a plan the best.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from briefings.planner.model import PlannedNeed, Problem, Rules, Time

NEED = 1000
KEY = 2000
WAITING = 20
WEEKS_OF_WAITING = 52
UNANSWERED = 200
BRIEFING = 300
UNEVEN = 120
CROWDED = 500
STEP = 20


def worth(need: PlannedNeed) -> int:
    """Points for giving it a briefing."""
    return NEED + (KEY if need.is_key else 0) + _again(need) + _waiting(need)


def _waiting(need: PlannedNeed) -> int:
    return 0 if need.replied else WAITING * min(max(need.waiting_days, 0) // 7, WEEKS_OF_WAITING)


def _again(need: PlannedNeed) -> int:
    return UNANSWERED if need.presented_on and not need.replied else 0


def step_of_size(rules: Rules) -> int:
    """What the first empty place costs; the n-th costs n times as much."""
    places = rules.max_slots - rules.min_slots
    return _rounded(2 * UNEVEN // (places * (places + 1))) if places else 0


def cost_of_size(rules: Rules, size: int) -> int:
    """Of a briefing with so many needs."""
    empty = max(0, rules.max_slots - size)
    return step_of_size(rules) * empty * (empty + 1) // 2


def monday(time: Time) -> date:
    """The week a time is in."""
    return time.starts_at.date() - timedelta(days=time.starts_at.weekday())


def step_of_week(problem: Problem) -> int:
    """What the first briefing of a week costs; the n-th costs n times as much."""
    times = Counter(monday(time) for time in problem.times)
    audiences = len({audience for need in problem.needs for audience in need.audiences}) or 1
    at_once = min(problem.rules.parallel or audiences, audiences)
    return min(STEP, _rounded(CROWDED // (at_once * max(times.values(), default=1))))


def _rounded(points: int) -> int:
    return points // STEP * STEP or max(1, points)


def parts(problem: Problem, briefings: Iterable[tuple[str, Iterable[str]]]) -> dict[str, int]:
    """What a plan of (time, needs) is worth, by what it is for; their sum is the objective."""
    placed, weeks, costs = [], Counter[date](), {"briefings": 0, "sizes": 0}
    for time, needs in briefings:
        keys = list(needs)
        placed += [problem.need[key] for key in keys]
        weeks[monday(problem.time[time])] += 1
        costs["briefings"] -= BRIEFING
        costs["sizes"] -= cost_of_size(problem.rules, len(keys))
    step = step_of_week(problem)
    return _needs(placed) | costs | {"weeks": -sum(step * count * (count + 1) // 2 for count in weeks.values())}


def _needs(placed: list[PlannedNeed]) -> dict[str, int]:
    return {
        "placed": NEED * len(placed),
        "key": KEY * sum(need.is_key for need in placed),
        "waiting": sum(map(_waiting, placed)),
        "again": sum(map(_again, placed)),
    }
