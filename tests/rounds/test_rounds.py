"""Rounds as staff run them: what may change when, what they brought, and how that compares."""

from datetime import date, timedelta

import pytest

from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs import rounds
from briefings.needs.models import NeedState, Round, RoundPhase
from briefings.organizations.models import OrganizationKind
from briefings.rounds import calling
from briefings.rounds.calling import Plan
from briefings.rounds.progress import Answer, by_kind, earlier_rounds, figures_of, standings, sums
from tests.builders import BEFORE, a_contact, a_need, a_round, a_user, an_organization

WEEK = timedelta(days=7)


@pytest.fixture
def officer(app):
    return a_user()


def a_plan(now, **given):
    values = {
        "name": "2027년 상반기 협업 수요조사",
        "description": "함께 풀 과제를 찾습니다.",
        "opens_at": now + WEEK,
        "closes_at": now + 4 * WEEK,
        "reviews_due_on": date(2027, 1, 8),
    }
    return Plan(**values | given)


def moved(round, now, officer, opens_at=None, closes_at=None):
    with unit_of_work():
        dates = (opens_at or round.opens_at, closes_at or round.closes_at)
        return calling.move(round, *dates, tell=False, seen=round.changed_at, by=officer, now=now)


def test_a_round_stands_where_the_clock_says(officer, now):
    with unit_of_work():
        made = calling.make(a_plan(now), officer, now)
    assert made.phase(now) is RoundPhase.DRAFT
    assert rounds.announced_rounds(now) == [] == rounds.open_rounds(now + 2 * WEEK)
    with unit_of_work():
        calling.announce(made, officer, now)
    assert [made.phase(now + weeks * WEEK) for weeks in (0, 1, 4)] == [
        RoundPhase.ANNOUNCED,
        RoundPhase.OPEN,
        RoundPhase.CLOSED,
    ]
    assert rounds.announced_rounds(now) == [made]
    assert rounds.open_rounds(now) == []
    assert rounds.not_open_reason(made, now)
    assert rounds.not_open_reason(made, now + 2 * WEEK) is None
    with pytest.raises(Refused, match="이미 예고한"), unit_of_work():
        calling.announce(made, officer, now)
    assert [entry.action for entry in history_of(made)] == ["round.made", "round.announced"]


def test_what_contradicts_itself_is_refused_at_its_field(officer, now):
    with unit_of_work():
        made = calling.make(a_plan(now), officer, now)
    for plan, field in (
        (a_plan(now), "name"),
        (a_plan(now, name="다른 이름", closes_at=now), "closes_at"),
    ):
        with pytest.raises(Refused) as refused, unit_of_work():
            calling.make(plan, officer, now)
        assert refused.value.field == field
    with pytest.raises(Refused, match="다른 사람이"), unit_of_work():
        calling.edit(made, a_plan(now, description="새"), BEFORE, officer, now)
    late = a_round(announced_at=None, opens_at=now - 2 * WEEK, closes_at=now - WEEK)
    with pytest.raises(Refused, match="마감 일시가 지났습니다"), unit_of_work():
        calling.announce(late, officer, now)


def test_the_dates_of_an_announced_round_change_by_moving_alone(officer, now):
    round = a_round(closes_at=now + WEEK)
    opened = round.opens_at
    with unit_of_work():
        plan = a_plan(now, name=round.name, description="새 설명", closes_at=now + 9 * WEEK)
        assert calling.edit(round, plan, round.changed_at, officer, now)
    assert (round.description, round.closes_at, round.opens_at) == ("새 설명", now + WEEK, opened)
    assert moved(round, now, officer, opens_at=now + timedelta(days=1), closes_at=now + 2 * WEEK)
    assert (round.opens_at, round.closes_at) == (opened, now + 2 * WEEK)
    assert not moved(round, now, officer)
    with pytest.raises(Refused, match="이미 지났습니다"):
        moved(round, now, officer, closes_at=now - timedelta(days=1))
    moved(round, now + 3 * WEEK, officer, closes_at=now + 5 * WEEK)
    assert round.phase(now + 3 * WEEK) is RoundPhase.OPEN
    with pytest.raises(Refused, match="아직 예고하지 않은"):
        moved(a_round(announced_at=None), now, officer, closes_at=now + 2 * WEEK)


def test_only_what_nobody_saw_and_holds_nothing_is_thrown_away(officer, now):
    draft, holding, announced = a_round(announced_at=None), a_round(announced_at=None), a_round()
    a_contact(draft, asked_at=None)
    a_need(round=holding, state=NeedState.DRAFT)
    with unit_of_work():
        calling.discard(draft, officer, now)
    for kept in (holding, announced):
        with pytest.raises(Refused), unit_of_work():
            calling.discard(kept, officer, now)
    assert {each.id for each in db.session.query(Round)} == {holding.id, announced.id}


def test_each_organization_stands_where_its_answer_puts_it(app, now):
    round, other = a_round(), a_round()
    drafting, nothing, silent = (an_organization(kind=OrganizationKind.LOCAL) for _ in range(3))
    answered, unasked, by_itself = (an_organization() for _ in range(3))
    a_need(round=round, organization=drafting, state=NeedState.DRAFT)
    a_need(round=other, organization=silent)
    a_need(round=round, organization=silent, state=NeedState.WITHDRAWN)
    a_need(round=round, organization=answered, state=NeedState.RETURNED)
    a_need(round=round, organization=by_itself)
    for body in (drafting, silent, answered):
        a_contact(round, organization=body)
    a_contact(round, organization=nothing, nothing_at=now)
    a_contact(round, organization=unasked, asked_at=None)
    a_contact(round, organization=silent, nothing_at=now)  # one of two colleagues
    rows = standings(round)
    assert {row.organization.id: row.answer for row in rows} == {
        silent.id: Answer.SILENT,
        drafting.id: Answer.DRAFTING,
        unasked.id: Answer.UNASKED,
        nothing.id: Answer.NOTHING,
        answered.id: Answer.ANSWERED,
        by_itself.id: Answer.ANSWERED,
    }
    assert rows[0].organization.id == silent.id
    whole = sums(rows)
    assert (whole.asked, whole.submitted, whole.published) == (4, 2, 1)
    kinds = dict(by_kind(rows))
    assert kinds[OrganizationKind.LOCAL].asked == 3
    assert kinds[OrganizationKind.PUBLIC_INSTITUTION].submitted == 2


def test_a_round_is_measured_by_earlier_ones_at_the_same_distance_from_their_close(app, now, count_queries):
    round = a_round(closes_at=now + timedelta(days=3))
    past = a_round(opens_at=now - 30 * WEEK, closes_at=now - 26 * WEEK)
    a_round(announced_at=None, opens_at=now - 40 * WEEK)
    a_contact(past)
    a_need(round=past, submitted_at=past.closes_at - timedelta(days=4), key_since=now)
    a_need(round=past, submitted_at=past.closes_at - timedelta(days=1), state=NeedState.CLOSED)
    a_need(round=past, submitted_at=past.closes_at, state=NeedState.SUBMITTED, published_at=None)
    a_need(round=round, submitted_at=now)
    assert earlier_rounds(round) == [past]
    with count_queries() as sent:
        figures = figures_of([round, past], round, now)
    assert len(sent) == 2
    before = figures[past.id]
    assert (before.asked, before.organizations, before.submitted, before.published, before.key) == (1, 3, 3, 2, 1)
    assert (before.so_far, figures[round.id].so_far) == (1, 1)
    assert figures_of([past])[past.id].so_far == 3


def test_messages_are_filed_under_the_name_of_their_round(app):
    round = a_round()
    assert rounds.titles([f"round:{round.id}", "briefing:1", "round:x", "round:99999999999"]) == {
        f"round:{round.id}": round.name
    }
    assert f"round:{round.id}" in app.extensions["subjects"]()
