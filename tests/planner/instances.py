"""Problems of the shape a season has: uneven themes, owners with several needs, people who often cannot."""

import random
from datetime import datetime, timedelta, timezone

from briefings.planner.model import PlannedNeed, Problem, Rules, Time

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
