"""Colleagues who come all together or not at all."""

from datetime import timedelta

import pytest

from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.schedule import registering
from briefings.schedule.finding import place_in_line, places_of
from briefings.schedule.waiting import fill, take_any
from tests.builders import a_briefing, a_registration
from tests.schedule.signing_up import (
    CANCELLED,
    CONFIRMED,
    WAITLISTED,
    cancel,
    register,
    register_all,
    states,
    told,
)

pytestmark = pytest.mark.usefixtures("app")

THREE = ("a@example.com", "b@example.com", "c@example.com")


def test_they_get_places_where_there_are_enough(now):
    party = register_all(a_briefing(capacity=3), now, *THREE, together=True)

    assert states(party) == [CONFIRMED] * 3
    assert [told(email) for email in THREE] == [["invitation"]] * 3
    assert [each.brought_by for each in party] == [None, party[0], party[0]]
    assert len({each.party for each in party}) == 1 and party[0].party


def test_where_there_are_too_few_all_of_them_wait_side_by_side(now):
    briefing = a_briefing(capacity=3)
    register(briefing, now, "first@example.com")

    party = register_all(briefing, now, *THREE, together=True)

    assert states(party) == [WAITLISTED] * 3 and [place_in_line(each) for each in party] == [1, 2, 3]
    assert places_of(briefing) == (3, 1, 3)


def test_who_does_not_insist_takes_what_is_there(now):
    assert states(register_all(a_briefing(capacity=2), now, *THREE)) == [CONFIRMED, CONFIRMED, WAITLISTED]


def test_who_comes_later_and_fits_goes_ahead_and_no_place_stands_empty(now):
    briefing = a_briefing(capacity=3)
    first = register(briefing, now, "first@example.com")
    party = register_all(briefing, now, *THREE, together=True)
    assert places_of(briefing).free == 2

    alone = register(briefing, now, "alone@example.com")
    pair = register_all(briefing, now + timedelta(minutes=1), "d@example.com", "e@example.com", together=True)

    assert alone.state is CONFIRMED and states(pair) == [WAITLISTED] * 2
    cancel(first, now + timedelta(minutes=2))
    assert states(party) == [WAITLISTED] * 3 and states(pair) == [CONFIRMED] * 2
    assert places_of(briefing) == (3, 3, 3)


def test_they_keep_their_turn_until_enough_places_are_free_at_once(now):
    briefing = a_briefing(capacity=3)
    three = [register(briefing, now, f"{n}@example.com") for n in range(3)]
    party = register_all(briefing, now, *THREE, together=True)

    for registration in three:
        assert states(party) == [WAITLISTED] * 3
        cancel(registration, now + timedelta(hours=1))

    assert states(party) == [CONFIRMED] * 3
    assert [told(email) for email in THREE] == [["waitlisted", "invitation"]] * 3


def test_when_one_leaves_the_others_need_fewer_places(now):
    briefing = a_briefing(capacity=3)
    register(briefing, now, "first@example.com")
    party = register_all(briefing, now, *THREE, together=True)

    cancel(party[1], now)

    assert states(party) == [CONFIRMED, CANCELLED, CONFIRMED]


def test_they_may_take_any_place_instead_and_keep_their_turn(now):
    briefing = a_briefing(capacity=3)
    register(briefing, now, "first@example.com")
    party = register_all(briefing, now, *THREE, together=True)
    behind = register_all(briefing, now + timedelta(minutes=1), "d@example.com", "e@example.com", together=False)
    assert states(behind) == [CONFIRMED, CONFIRMED]

    with unit_of_work():
        take_any(party[2], now + timedelta(minutes=2))
    assert {each.party for each in party} == {""} and states(party) == [WAITLISTED] * 3

    cancel(behind[0], now + timedelta(minutes=3))
    assert states(party) == [CONFIRMED, WAITLISTED, WAITLISTED]
    with pytest.raises(Refused, match="함께 자리를 기다리는"), unit_of_work():
        take_any(party[2], now)


def test_more_than_there_will_ever_be_places_for_is_refused_at_its_field(now):
    with pytest.raises(Refused, match="정원이 2명이라 3명이") as refused:
        register_all(a_briefing(capacity=2), now, *THREE, together=True)
    assert refused.value.field == "together"


def test_who_is_registered_already_keeps_what_they_have_and_the_others_come_together(now):
    briefing = a_briefing(capacity=3)
    register(briefing, now, "b@example.com", name="김나루")

    party = register_all(briefing, now, *THREE, together=True)

    assert states(party) == [CONFIRMED] * 3 and party[1].name == "김나루"
    assert told("b@example.com") == ["invitation", "already_registered"]
    assert party[1].party == "" and party[0].party == party[2].party != ""


def test_who_left_before_comes_along_and_is_told_like_the_others(now):
    briefing = a_briefing()
    cancel(register(briefing, now, "b@example.com"), now)

    party = register_all(briefing, now + timedelta(hours=1), *THREE, together=True)

    assert states(party) == [CONFIRMED] * 3 and len({each.party for each in party}) == 1
    assert told("b@example.com") == ["invitation", "withdrawal", "invitation"]


def test_registering_again_after_leaving_is_for_oneself(now):
    briefing = a_briefing(capacity=3)
    register(briefing, now, "first@example.com")
    party = register_all(briefing, now, *THREE, together=True)
    cancel(party[0], now)

    with unit_of_work():
        registering.register_again(party[0], now + timedelta(hours=1))

    assert party[0].party == "" and party[0].state is WAITLISTED


def test_all_at_once_when_the_limit_is_lifted(now):
    briefing = a_briefing(capacity=1)
    a_registration(briefing)
    briefing.capacity = 5
    party = register_all(briefing, now, *THREE, "d@example.com", "e@example.com", together=True)
    single = register_all(briefing, now, "x@example.com")
    assert states(party) == [WAITLISTED] * 5 and states(single) == [CONFIRMED]
    briefing.capacity = None
    with unit_of_work():
        assert fill(briefing, now) == 5
