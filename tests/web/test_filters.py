"""How things are written, in Korean and in English."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, current_app
from markupsafe import Markup

from briefings.web import filters

MOMENT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 14:00 in Seoul
LATER = MOMENT + timedelta(minutes=90)


@pytest.fixture(autouse=True)
def in_a_request(app: Flask):
    with app.test_request_context("/"):
        yield


def test_times_are_written_as_offices_write_them():
    assert filters.when(MOMENT) == "2026. 11. 23.(월) 14:00"
    assert filters.day(date(2026, 11, 1)) == "2026. 11. 1.(일)"
    assert filters.clock_time(MOMENT) == "14:00"
    assert filters.month(date(2026, 11, 1)) == "2026년 11월"


def test_how_far_off_a_day_is_counts_on_the_calendar_of_the_office():
    def until(**far: int) -> str:
        return filters.days_until(MOMENT + timedelta(**far), MOMENT)

    assert [until(hours=9), until(hours=10), until(days=12), until(days=-1), until(days=-3)] == [
        "오늘",
        "내일",
        "12일 뒤",
        "어제",
        "3일 전",
    ]


def test_a_moment_late_in_utc_is_the_next_day_in_seoul():
    assert filters.day(datetime(2026, 11, 22, 15, 0, tzinfo=UTC)) == "2026. 11. 23.(월)"
    assert filters.month(datetime(2026, 10, 31, 15, 0, tzinfo=UTC)) == "2026년 11월"


def test_a_period_names_its_day_once_and_both_days_if_it_has_two():
    assert filters.period((MOMENT, LATER)) == "2026. 11. 23.(월) 14:00~15:30"
    assert filters.clock_period((MOMENT, LATER)) == "14:00~15:30"
    assert filters.period((MOMENT, MOMENT + timedelta(days=1))) == "2026. 11. 23.(월) 14:00~2026. 11. 24.(화) 14:00"
    assert filters.period((date(2026, 11, 1), date(2026, 11, 20))) == "2026. 11. 1.(일)~2026. 11. 20.(금)"
    assert filters.period((date(2026, 11, 1), date(2026, 11, 1))) == "2026. 11. 1.(일)"


def test_english_names_the_zone_and_no_weekday_in_korean():
    with current_app.test_request_context(base_url="http://briefings.example.kr/en"):
        assert filters.when(MOMENT) == "Mon 23 Nov 2026, 14:00 KST"
        assert filters.period((MOMENT, LATER)) == "Mon 23 Nov 2026, 14:00–15:30 KST"
        assert filters.day(date(2026, 11, 1)) == "Sun 1 Nov 2026"
        assert filters.month(MOMENT) == "Nov 2026"
        two_days = filters.period((MOMENT, MOMENT + timedelta(days=1)))
        assert two_days == "Mon 23 Nov 2026, 14:00 KST – Tue 24 Nov 2026, 14:00 KST"


def test_machines_read_the_offset():
    assert filters.machine_time(MOMENT) == "2026-11-23T14:00:00+09:00"
    assert filters.machine_time(date(2026, 11, 23)) == "2026-11-23"


@pytest.mark.parametrize(("value", "written"), [(1234567, "1,234,567"), (0, "0"), (3.0, "3"), (3.14, "3.1")])
def test_numbers_have_commas(value: float, written: str):
    assert filters.number(value) == written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("01012345678", "010-1234-5678"),
        ("+82 10 1234 5678", "010-1234-5678"),
        ("02 123 4567", "02-123-4567"),
        ("0442051234", "044-205-1234"),
        ("15880000", "1588-0000"),
        ("+81 3 1234 5678", "+81 3-1234-5678"),
        ("내선 없음", "내선 없음"),
        (None, ""),
    ],
)
def test_phone_numbers_are_grouped_as_people_know_them(typed: str | None, written: str):
    assert filters.phone(typed) == written


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("김가온", "김○온"),
        ("김온", "김○"),
        ("남궁가온", "남○○온"),
        ("김", "김"),
        ("Gaon Kim", "G○○n K○m"),
        ("gaon@example.kr", "ga***@example.kr"),
        ("g@example.kr", "***@example.kr"),
        ("010-1234-5678", "010-****-5678"),
        ("1588-0000", "1588-****"),
        ("+81312345678", "+81-*-****-5678"),
        ("", ""),
        (None, ""),
    ],
)
def test_what_others_see_tells_no_one_apart(value: str | None, shown: str):
    assert filters.masked(value) == shown


def test_english_pages_say_which_words_are_korean():
    written = filters.korean("AI로 찾는 <협업> 2026, 2nd")
    assert written == "AI로 찾는 <협업> 2026, 2nd"
    with current_app.test_request_context(base_url="http://briefings.example.kr/en"):
        written = filters.korean("AI로 찾는 <협업> 2026, 2nd")
        assert written == Markup('<span lang="ko">AI로 찾는 &lt;협업&gt;</span> 2026, 2nd')
        assert filters.korean(written) is written


def test_aria_says_only_what_there_is_to_say():
    assert filters.aria({"rows": 3}) == {"rows": 3}
    assert filters.aria({}, "a-hint", "a-error") == {"aria_describedby": "a-hint", "aria_invalid": "true"}
