"""Public holidays of Korea by name, substitute days and days of elections among them, and working days."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

import holidays

SPELLED = {"신정연휴": "신정", "대체 휴일": "대체공휴일", "; ": ", "}
"""Where the names of the library differ from those in the decree on public holidays (관공서의 공휴일에 관한 규정)."""


def holiday_on(day: date) -> str | None:
    """The name of the public holiday on `day`; None on any other day, plain Saturdays and Sundays among them."""
    return _of_year(day.year).get(day)


def is_working_day(day: date) -> bool:
    """Whether offices are open."""
    return day.weekday() < 5 and holiday_on(day) is None


def working_days_from(day: date, number: int) -> date:
    """The `number`-th working day after `day`; before it for a negative number."""
    step = timedelta(days=1 if number > 0 else -1)
    for _ in range(abs(number)):
        day += step
        while not is_working_day(day):
            day += step
    return day


# The library reads Korea's rules when the first year is asked for: whoever asks for none does not pay for them.
@lru_cache(maxsize=8)
def _of_year(year: int) -> Mapping[date, str]:
    return {day: _spelled(name) for day, name in holidays.country_holidays("KR", years=year, language="ko").items()}


def _spelled(name: str) -> str:
    for theirs, ours in SPELLED.items():
        name = name.replace(theirs, ours)
    return name
