"""Which days are holidays in Korea, by which names, and which are worked on."""

from datetime import date

import pytest

from briefings.calendar.holidays import holiday_on, is_working_day, working_days_from


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2027-01-01", "신정"),
        ("2026-03-02", "삼일절 대체공휴일"),
        ("2025-05-05", "부처님오신날, 어린이날"),
        ("2026-06-03", "지방선거일"),
        ("2028-04-12", "국회의원 선거일"),
        ("2026-09-24", "추석 전날"),
        ("2027-02-09", "설날 대체공휴일"),
        ("2025-01-27", "임시공휴일"),
        ("2026-11-23", None),
        ("2026-11-28", None),
    ],
)
def test_holidays_have_the_names_people_know(day, name):
    assert holiday_on(date.fromisoformat(day)) == name


def test_nobody_works_on_weekends_and_holidays():
    assert [is_working_day(date(2026, 12, day)) for day in (24, 25, 26, 27, 28)] == [True, False, False, False, True]


def test_working_days_are_counted_forwards_and_backwards():
    assert working_days_from(date(2026, 12, 23), 2) == date(2026, 12, 28)
    assert working_days_from(date(2026, 12, 28), -2) == date(2026, 12, 23)
    assert working_days_from(date(2026, 12, 25), 0) == date(2026, 12, 25)
    assert working_days_from(date(2027, 2, 5), 1) == date(2027, 2, 10), "the lunar new year and its substitute day"
