"""The funnel: whatever way it is broken down or opened, the numbers are the same ones."""

from datetime import date
from itertools import chain, product
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text

from briefings import jobs
from briefings.db import db, unit_of_work
from briefings.organizations.models import Organization, OrganizationKind
from briefings.schedule.registration_models import Registration
from briefings.statistics.behind import People, behind, organizations_behind
from briefings.statistics.funnel import PART_OF, PEOPLE, Step, crossed, funnel, funnels
from briefings.statistics.naming import in_order
from briefings.statistics.published import published_figures
from briefings.statistics.scope import Axis, Scope
from tests.statistics.generated import REGIONS, an_installation

pytestmark = pytest.mark.each_database

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def installation(app, now):
    """Small enough to be looked at row by row."""
    return an_installation(now, 60)


def number_of(rows):
    """How many there are."""
    return db.session.scalar(select(func.count()).select_from(rows.order_by(None).options().subquery()))


def test_every_row_of_a_breakdown_is_the_funnel_of_its_part_and_has_its_names_behind_it(app, installation, now):
    part = Scope(theme_id=installation.themes[0], since=date(2023, 7, 1), until=date(2025, 12, 31))
    for scope in (part, Scope(kind=OrganizationKind.COMPANY), Scope(round_id=installation.rounds[0])):
        told = funnels(scope, [*Axis], SEOUL, now)
        for axis in Axis:
            rows = [row for row in told.by[axis].items() if row[0] is not None]
            assert rows
            for value, row in rows[:1]:
                assert row == funnel(scope.at(axis, value), SEOUL, now), (scope, axis, value)
        whole = told.whole
        assert whole[Step.NEEDS].number and whole[Step.ATTENDED].number and whole[Step.MATCHED].number
        for count in whole.steps():
            assert number_of(behind(scope, count.step, SEOUL, now)) == count.number, (scope, count)
            assert number_of(organizations_behind(scope, count.step, SEOUL, now)) == count.organizations, (scope, count)
            if count.of is not None:
                assert number_of(behind(scope, PART_OF[count.step], SEOUL, now)) == count.of, (scope, count)
            assert count.of is None or count.of >= count.number or count.step is Step.MATCHED


def test_people_behind_a_number_are_the_same_page_by_page_as_all_at_once(app, installation, now):
    jobs.count_people_ahead(app)
    with unit_of_work():  # and one briefing is counted from rows
        last = db.session.scalar(select(func.max(Organization.id)))
        db.session.scalars(select(Registration)).first().organization_id = last
    scopes = (Scope(), Scope(kind=OrganizationKind.COMPANY), Scope(region=REGIONS[0], until=date(2025, 12, 31)))
    for scope, what in product(scopes, PEOPLE):
        people, told = People(scope, what, SEOUL, now), funnel(scope, SEOUL, now).counts
        numbers = {PART_OF.get(step): count.of for step, count in told.items()}
        number = told[what].number if what in told else numbers[what]
        all_at_once = db.session.scalars(behind(scope, what, SEOUL, now)).all()
        assert len(people) == len(all_at_once) == number > 10
        for size in (31, 500):
            pages = [people.some(first, size) for first in range(0, number + size, size)]
            assert [*chain(*pages)] == all_at_once and max(map(len, pages)) <= size


def test_a_page_of_briefings_has_the_rows_that_all_of_them_have_there(app, installation, now):
    scopes = (Scope(), Scope(kind=OrganizationKind.COMPANY), Scope(theme_id=installation.themes[0]))
    for scope in scopes:
        every = crossed(scope, Axis.BRIEFING, SEOUL, now)
        in_turn = [line.value for line in in_order(Axis.BRIEFING, every)]
        whole = funnel(scope, SEOUL, now)
        for first in range(0, len(every), 17):
            found = funnels(scope, [Axis.BRIEFING], SEOUL, now, briefings=slice(first, first + 17))
            assert (found.briefings, found.whole) == (len(every), whole)
            assert found.by[Axis.BRIEFING] == {number: every[number] for number in in_turn[first : first + 17]}


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # which chooses by rules, not by what there is
@pytest.mark.parametrize("analyzed", [False, True])
def test_no_need_is_fetched_to_be_counted(app, installation, now, count_queries, analyzed):
    db.session.execute(text("ANALYZE" if analyzed else "SELECT 1"))
    with count_queries() as sent:
        db.paginate(behind(Scope(), Step.NEEDS, SEOUL, now), page=1, per_page=1)
    counts = [each for each in sent if each.startswith("SELECT count(*) AS count_1")]
    assert len(counts) == 1
    for statement in counts:
        asked = f"EXPLAIN QUERY PLAN {statement}", ("",) * statement.count("?")
        plan = [row.detail for row in db.session.connection().exec_driver_sql(*asked)]
        [walked] = [each for each in plan if each.startswith(("SCAN needs", "SEARCH needs"))]
        assert "USING COVERING INDEX" in walked, (statement, plan)


def test_the_whole_funnel_agrees_with_the_published_figures(app, installation, now):
    figures, whole = published_figures(now.date(), "Asia/Seoul"), funnel(Scope(), SEOUL, now)
    assert figures.needs == whole[Step.NEEDS].number
    assert (figures.needs_replied, figures.replying) == (whole[Step.REPLIED].number, whole[Step.REPLIES].number)
    assert figures.replying_distinct == whole[Step.REPLIES].organizations
    assert (figures.matches, figures.in_matches_distinct) == (
        whole[Step.MATCHED].number,
        whole[Step.MATCHED].organizations,
    )
