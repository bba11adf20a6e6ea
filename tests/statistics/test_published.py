"""The published figures, counted from a record that was made to have them."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from briefings.db import db, dialect, unit_of_work
from briefings.demo.history import load_history
from briefings.needs.models import Need
from briefings.organizations.models import OrganizationKind
from briefings.participation import replying
from briefings.statistics.published import figures_by_theme, published_figures, series
from tests.builders import a_need
from tests.participation.test_replying import send

pytestmark = pytest.mark.each_database

# as of, needs, with replies, replying organizations, matches, organizations in matches, matches with both sides
PUBLISHED = [
    (date(2020, 8, 26), 200, 37, 77, 16, None, None),
    (date(2020, 12, 31), 372, 108, 262, 65, None, 37),
    (date(2021, 4, 30), 800, None, 469, 101, None, 55),
    (date(2021, 6, 10), 849, 217, 598, 125, 357, None),
    (date(2021, 8, 15), 1175, 310, 882, 183, 596, None),
]


SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def record(app):
    """The made-up record since 2020."""
    with unit_of_work():
        load_history()
    if dialect() == "postgresql":  # which does so by itself some time after so many rows have come
        db.session.connection().exec_driver_sql("ANALYZE")


def test_the_record_has_the_published_figures_and_is_loaded_once(app, client, record):
    for as_of, *expected in PUBLISHED:
        found = published_figures(as_of, "Asia/Seoul")
        counted = [
            found.needs,
            found.needs_replied,
            found.replying,
            found.matches,
            found.in_matches,
            found.public_private,
        ]
        assert [b if a is None else a for a, b in zip(expected, counted, strict=True)] == counted, as_of
    assert published_figures(date(2020, 12, 31), "Asia/Seoul").public_private_share == 56.9
    assert published_figures(date(2021, 4, 30), "Asia/Seoul").public_private_share == 54.5

    for as_of, *expected in PUBLISHED:
        page = client.get(f"/statistics?as_of={as_of}").text
        shown = [int(number.replace(",", "")) for number in re.findall(r"<dd>([\d,]+) <small>", page)]
        assert [b if a is None else a for a, b in zip(expected, shown, strict=False)] == shown, as_of
        assert "56.9%" in page or as_of != date(2020, 12, 31)

    over_time = series(SEOUL, date(2021, 8, 15))
    ends = [date(2020, 6, 30), date(2020, 12, 31), date(2021, 6, 30), date(2021, 8, 15)]
    assert over_time == [published_figures(day, "Asia/Seoul") for day in ends]
    assert [each.as_of.year for each in series(SEOUL, date(2022, 1, 1), by_year=True)] == [2020, 2021, 2022]

    in_june = published_figures(date(2021, 6, 10), "Asia/Seoul")
    assert in_june.in_matches - in_june.public_in_matches == 163
    assert in_june.in_matches_by_kind[OrganizationKind.PUBLIC_INSTITUTION] == 94
    assert in_june.in_matches_by_kind[OrganizationKind.LOCAL] == 72
    assert in_june.in_matches_by_kind[OrganizationKind.CENTRAL] == 28

    with unit_of_work():
        assert load_history() is False
    assert db.session.query(Need).count() == 1175
    printed = app.test_cli_runner().invoke(args=["statistics", "--as-of", "2021-06-10"]).output
    assert "849  등록된 수요 과제" in printed
    assert "357  성사에 함께한 기관 (성사마다 셈)" in printed


def test_nothing_counts_before_the_opening(app):
    before = published_figures(date(2020, 6, 18), "Asia/Seoul")
    assert (before.needs, before.replying, before.matches) == (0, 0, 0)
    assert before.reply_rate is None


def test_a_reply_that_is_taken_back_and_sent_anew_leaves_the_figures_of_past_days_as_they_were(app, now):
    need, days = a_need(published_at=now), [now.date() + timedelta(days=day) for day in range(7)]

    def figures():
        found = [published_figures(day, "Asia/Seoul") for day in days]
        themes = [[each.needs_replied for each in figures_by_theme(day, "Asia/Seoul")] for day in days]
        return [(each.needs_replied, each.replying, each.replying_distinct) for each in found], themes

    for day in (1, 3, 5):  # sent, taken back a day later, sent anew
        made = send(now + timedelta(days=day), need).replies[0]
        before = figures()
        with unit_of_work():
            replying.withdraw(made, now + timedelta(days=day + 1))
        assert [each[: day + 1] for each in figures()] == [each[: day + 1] for each in before]
    assert figures()[0] == [(0, 0, 0), (1, 1, 1), (0, 0, 0), (1, 1, 1), (0, 0, 0), (1, 1, 1), (0, 0, 0)]
    assert figures()[1] == [[0], [1], [0], [1], [0], [1], [0]]
