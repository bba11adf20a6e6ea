"""The funnel: whatever way it is broken down or opened, the numbers are the same ones."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from briefings.db import db
from briefings.organizations.models import OrganizationKind
from briefings.statistics.behind import behind
from briefings.statistics.funnel import Step, crossed, funnel
from briefings.statistics.published import published_figures
from briefings.statistics.scope import Axis, Scope
from tests.statistics.generated import an_installation

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def installation(app, now):
    """Small enough to be looked at row by row."""
    return an_installation(now, 60)


def rows_behind(scope, step, now):
    """How many there are."""
    found = behind(scope, step, SEOUL, now).order_by(None).options().subquery()
    return db.session.scalar(select(func.count()).select_from(found))


def test_every_row_of_a_breakdown_is_the_funnel_of_its_part_and_has_its_names_behind_it(app, installation, now):
    part = Scope(theme_id=installation.themes[0], since=date(2023, 7, 1), until=date(2025, 12, 31))
    for scope in (part, Scope(kind=OrganizationKind.COMPANY), Scope(round_id=installation.rounds[0])):
        for axis in Axis:
            rows = [row for row in crossed(scope, axis, SEOUL, now).items() if row[0] is not None]
            assert rows
            for value, row in rows[:1]:
                assert row == funnel(scope.at(axis, value), SEOUL, now), (scope, axis, value)
        whole = funnel(scope, SEOUL, now)
        assert whole[Step.NEEDS].number and whole[Step.ATTENDED].number and whole[Step.MATCHED].number
        for count in whole.steps():
            assert rows_behind(scope, count.step, now) == count.number, (scope, count)
            assert count.of is None or count.of >= count.number or count.step is Step.MATCHED


def test_the_whole_funnel_agrees_with_the_published_figures(app, installation, now):
    figures, whole = published_figures(now.date(), "Asia/Seoul"), funnel(Scope(), SEOUL, now)
    assert figures.needs == whole[Step.NEEDS].number
    assert (figures.needs_replied, figures.replying) == (whole[Step.REPLIED].number, whole[Step.REPLIES].number)
    assert figures.replying_distinct == whole[Step.REPLIES].organizations
    assert (figures.matches, figures.in_matches_distinct) == (
        whole[Step.MATCHED].number,
        whole[Step.MATCHED].organizations,
    )
