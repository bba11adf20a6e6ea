"""Problems of the shape a season has: uneven themes, owners with several needs, people who often cannot."""

import random
from datetime import datetime, timedelta, timezone

from briefings.planner.model import BusyBriefing, Held, HeldBriefing, PlannedNeed, Problem, Rules, Time

SEOUL = timezone(timedelta(hours=9))
FIRST_DAY = datetime(2027, 3, 2, 10, 0, tzinfo=SEOUL)  # a Tuesday
THEMES = (28, 20, 15, 12, 9, 7, 5, 4)
"""How likely each is, in percent."""
AUDIENCES = 6
USUAL = Rules()


def a_season(needs: int, times: int, seed: int = 1, rules: Rules = USUAL, availability: float = 0.6) -> Problem:
    """Half as many owners as needs, one to three themes and audiences each; four times a week."""
    chance = random.Random(f"{needs} {times} {seed}")  # noqa: S311 - must be the same each time
    starts = [
        Time(
            f"t{number:02}",
            FIRST_DAY + timedelta(weeks=number // 4, days=number // 2 % 2 * 2, hours=number % 2 * 4),
        )
        for number in range(times)
    ]
    owners = max(1, needs // 2)
    cannot = [frozenset(time.key for time in starts if chance.random() >= availability) for _ in range(owners)]
    return Problem(
        tuple(_a_need(number, chance, cannot) for number in range(needs)),
        tuple(starts),
        rules,
        themes={f"theme{number}": f"주제 {number + 1}" for number in range(len(THEMES))},
        audiences={f"audience{number}": f"대상 {number + 1}" for number in range(AUDIENCES)},
        organizations={f"owner{number}": f"기관 {number + 1}" for number in range(owners)},
    )


def _a_need(number: int, chance: random.Random, cannot: list[frozenset[str]]) -> PlannedNeed:
    owner = chance.randrange(len(cannot))
    themes = dict.fromkeys(chance.choices(range(len(THEMES)), THEMES, k=chance.randint(1, 3)))
    return PlannedNeed(
        f"need{number}",
        f"과제 {number + 1}",
        tuple(f"theme{theme}" for theme in themes),
        tuple(f"audience{audience}" for audience in chance.sample(range(AUDIENCES), chance.randint(1, 3))),
        f"owner{owner}",
        f"owner{owner}@example.kr",
        chance.random() < 0.1,
        chance.randrange(400),
        cannot[owner],
    )


def small(seed: int) -> Problem:
    """One of many little problems that between them use every rule."""
    chance = random.Random(seed)  # noqa: S311
    least = chance.randint(1, 3)
    rules = Rules(
        least,
        least + chance.randint(0, 2),
        parallel=chance.choice([None, 1, 2]),
        organization_once=chance.random() < 0.7,
        sharing=chance.choice([(), (("a", "b"),), (("a", "b"), ("b", "c"))]),
    )
    hours = sorted(chance.sample(range(0, 24), chance.randint(2, 4)))  # some of them overlap
    times = tuple(
        Time(f"t{hour}", FIRST_DAY + timedelta(hours=hour % 6, days=hour // 6 * 3), chance.random() < 0.9)
        for hour in hours
    )
    needs = tuple(
        PlannedNeed(
            f"n{number}",
            f"과제 {number}",
            tuple(chance.sample("xy", chance.randint(1, 2))),
            tuple(chance.sample("abc", chance.randint(1, 2))),
            chance.choice(["가온시", "나래군", "다솜재단", ""]),
            chance.choice(["kim@example.kr", "lee@example.kr", f"p{number}@example.kr", ""]),
            chance.random() < 0.2,
            chance.randrange(500),
            frozenset(time.key for time in times if chance.random() < 0.25),
        )
        for number in range(chance.randint(3, 9))
    )
    busy = BusyBriefing(
        "다른 설명회",
        times[0].starts_at - timedelta(minutes=30),
        times[0].starts_at + timedelta(minutes=30),
        chance.choice(["a", "c", ""]),
        frozenset(["kim@example.kr"]),
        frozenset(["나래군"]),
    )
    held = [
        HeldBriefing("h1", "x", "a", chance.choice([None, times[-1].key]), ("n0",), chance.random() < 0.5),
        HeldBriefing("h2", "y", "b", None, ("n1", "n2")[: rules.max_slots], chance.random() < 0.3),
    ]
    kept = tuple(held[: chance.choice([0, 0, 1, 2])])
    return Problem(needs, times, rules, Held(kept, (busy,) if chance.random() < 0.4 else ()))
