"""What a plan is worth: one sum of points, the more the better.

- Each need with a briefing: 1,000, and up to 1,000 more for waiting (a year or longer counts in full); a key need 2,000
  on top, so that it comes before every need that is none.
- Each briefing costs 300.
- Uneven sizes: a briefing costs 0 when full and up to 100 at the minimum, each further empty place more than the one
  before; of two ways to share out the same needs the even one is cheaper.
- Uneven weeks: the n-th briefing of a week costs n times a few points (200 when the week is full), so the next one
  goes to the emptiest week.

One more briefing costs at most 600, less than a need is worth: nobody is left over for the sake of fewer briefings.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from briefings.planner.model import PlannedNeed, Problem, Rules, Time

NEED = 1000
KEY = 2000
WAITING = 1000
LONGEST = 365
BRIEFING = 300
UNEVEN = 100
WEEKS = 200


def worth(need: PlannedNeed) -> int:
    """Points for giving it a briefing."""
    waiting = WAITING * min(max(need.waiting_days, 0), LONGEST) // LONGEST
    return NEED + (KEY if need.is_key else 0) + waiting


def step_of_size(rules: Rules) -> int:
    """What the first empty place costs; the n-th costs n times as much."""
    places = rules.max_slots - rules.min_slots
    return max(1, 2 * UNEVEN // (places * (places + 1))) if places else 0


def cost_of_size(rules: Rules, size: int) -> int:
    """Of a briefing with so many needs."""
    empty = max(0, rules.max_slots - size)
    return step_of_size(rules) * empty * (empty + 1) // 2


def monday(time: Time) -> date:
    """The week a time is in."""
    return time.starts_at.date() - timedelta(days=time.starts_at.weekday())


def step_of_week(problem: Problem) -> int:
    """What the first briefing of a week costs, so that the last that the busiest week could hold costs WEEKS."""
    times = Counter(monday(time) for time in problem.times)
    audiences = len({audience for need in problem.needs for audience in need.audiences}) or 1
    at_once = min(problem.rules.parallel or audiences, audiences)
    return max(1, WEEKS // (at_once * max(times.values(), default=1)))


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
    key, waiting = KEY * sum(need.is_key for need in placed), sum(map(worth, placed))
    return {"placed": NEED * len(placed), "key": key, "waiting": waiting - key - NEED * len(placed)}
