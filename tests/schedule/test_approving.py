"""Where staff approve: nobody holds a place or stands in line before they decide."""

from datetime import timedelta

import pytest

from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.schedule import approving, planning, registering
from briefings.schedule.finding import place_in_line, places_of
from briefings.schedule.models import BriefingState
from tests.builders import a_briefing, a_registration, a_user, an_invitee
from tests.schedule.signing_up import (
    CANCELLED,
    CONFIRMED,
    REQUESTED,
    WAITLISTED,
    approve,
    cancel,
    register,
    register_all,
    states,
    told,
)
from tests.schedule.steps import edit

pytestmark = pytest.mark.usefixtures("app")

GAON = "gaon@example.com"


def refuse(registration, reason, now):
    with unit_of_work():
        approving.refuse(registration, reason, now)


def test_who_registers_waits_for_a_decision_and_takes_nothing_from_anybody(now):
    briefing = a_briefing(capacity=1, approval=True)

    asked = register(briefing, now)

    assert (asked.state, asked.waiting_since, asked.confirmed_at) == (REQUESTED, None, None)
    assert places_of(briefing) == (1, 0, 0) and places_of(briefing).free == 1
    assert told(GAON) == ["requested"]


def test_approved_somebody_has_a_place_or_a_place_in_line_and_is_told_as_everybody_is(now):
    briefing = a_briefing(capacity=1, approval=True)
    first, second = (register(briefing, now, email) for email in (GAON, "naru@example.com"))

    approve(first, now + timedelta(days=1))
    approve(second, now + timedelta(days=1))

    assert states([first, second]) == [CONFIRMED, WAITLISTED]
    assert told(GAON) == ["requested", "invitation"]
    assert told("naru@example.com") == ["requested", "waitlisted"]


def test_in_line_everybody_stands_as_of_when_they_registered_however_long_staff_took(now):
    briefing = a_briefing(capacity=0, approval=True)
    early = register(briefing, now, "early@example.com")
    late = register(briefing, now + timedelta(hours=1), "late@example.com")

    approve(late, now + timedelta(hours=2))
    approve(early, now + timedelta(hours=3))

    assert [place_in_line(early), place_in_line(late)] == [1, 2]


def test_refused_somebody_hears_why_and_may_ask_again(now):
    asked = register(a_briefing(approval=True), now)

    refuse(asked, "이번 설명회는 공공기관만 참석합니다.", now)

    assert (asked.state, asked.refused_at, asked.refusal_reason[:2]) == (CANCELLED, now, "이번")
    assert told(GAON) == ["requested", "refused"]
    with unit_of_work():
        registering.register_again(asked, now + timedelta(hours=1))
    assert (asked.state, asked.refused_at, asked.refusal_reason) == (REQUESTED, None, "")


def test_nothing_is_decided_twice_or_after_it_was_taken_back_or_called_off(now):
    briefing = a_briefing(approval=True)
    decided, gone = register(briefing, now), register(briefing, now, "gone@example.com")
    approve(decided, now)
    cancel(gone, now)
    off = register(called_off := a_briefing(approval=True), now)
    with unit_of_work():
        called_off.cancel("사정", now)

    for registration in (decided, gone):
        with pytest.raises(Refused, match="승인을 기다리는 신청이 아닙니다"):
            approve(registration, now)
        with pytest.raises(Refused, match="승인을 기다리는 신청이 아닙니다"):
            refuse(registration, "늦었습니다.", now)
    with pytest.raises(Refused, match="취소되었거나 끝난"):
        approve(off, now)


def test_taking_a_request_back_is_told_and_frees_nothing(now):
    briefing = a_briefing(capacity=0, approval=True)
    waits = a_registration(briefing, state=WAITLISTED)
    asked = register(briefing, now)

    cancel(asked, now)

    assert told(GAON) == ["requested", "request_ended"] and waits.state is WAITLISTED


def test_whom_staff_invited_or_entered_needs_no_approval(now):
    briefing = a_briefing(approval=True)
    invited = register(briefing, now, GAON, invitee=an_invitee(briefing, email=GAON))
    entered = a_registration(briefing, by_staff=True, state=CANCELLED)

    with unit_of_work():
        registering.register_again(entered, now)

    assert states([invited, entered]) == [CONFIRMED, CONFIRMED]


def test_without_approval_any_longer_everybody_gets_a_place_or_stands_in_line_in_the_order_they_asked(now):
    briefing = a_briefing(capacity=2, approval=True)
    asked = [register(briefing, now + timedelta(minutes=n), f"{n}@example.com") for n in range(3)]

    edit(briefing, a_user(), now + timedelta(hours=1), approval=False)

    assert states(asked) == [CONFIRMED, CONFIRMED, WAITLISTED]
    assert [told(f"{n}@example.com")[1:] for n in range(3)] == [["invitation"], ["invitation"], ["waitlisted"]]
    assert register(briefing, now + timedelta(hours=2)).state is WAITLISTED


def test_together_with_another_time_and_more_places_everybody_is_told_once(now):
    briefing = a_briefing(capacity=0, approval=True)
    asked = [register(briefing, now + timedelta(minutes=n), f"{n}@example.com") for n in range(2)]
    waits = register_waiting(briefing, now + timedelta(minutes=5))
    times = briefing.starts_at + timedelta(days=1), briefing.ends_at + timedelta(days=1)

    edit(briefing, a_user(), now + timedelta(hours=1), approval=False, capacity=1, times=times)

    assert states([*asked, waits]) == [CONFIRMED, WAITLISTED, WAITLISTED]
    assert [told(f"{n}@example.com")[1:] for n in range(2)] == [["invitation"], ["waitlisted"]]
    assert told(waits.email) == ["waiting_new_time"]


def register_waiting(briefing, since):
    """Somebody in line already."""
    return a_registration(briefing, state=WAITLISTED, waiting_since=since)


def test_a_party_gets_its_places_once_staff_have_decided_about_the_last_of_it(now):
    briefing = a_briefing(capacity=2, approval=True)
    party = register_all(briefing, now, "a@example.com", "b@example.com", "c@example.com", together=False)
    assert states(party) == [REQUESTED] * 3
    for each in party:
        each.party = "abcd"

    approve(party[0], now + timedelta(hours=1))
    approve(party[1], now + timedelta(hours=2))
    assert states(party) == [WAITLISTED, WAITLISTED, REQUESTED]

    refuse(party[2], "이미 두 분이 오십니다.", now + timedelta(hours=3))

    assert states(party) == [CONFIRMED, CONFIRMED, CANCELLED]
    assert told("a@example.com") == ["requested", "waitlisted", "invitation"]


@pytest.mark.parametrize("what", ["moved", "called off"])
def test_who_still_waits_for_a_decision_hears_of_another_time_and_of_the_end(now, what):
    briefing, officer = a_briefing(approval=True), a_user()
    register(briefing, now)
    times = briefing.starts_at + timedelta(days=1), briefing.ends_at + timedelta(days=1)

    with unit_of_work():
        if what == "moved":
            planning.reschedule(briefing, times, seen=briefing.changed_at, by=officer, now=now)
        else:
            planning.cancel(briefing, "발표 기관의 사정", by=officer, now=now)

    assert told(GAON) == ["requested", "request_new_time" if what == "moved" else "request_ended"]


def test_nobody_is_taken_in_once_it_is_over_or_called_off(now):
    over = a_briefing(starts_at=now - timedelta(hours=3), approval=False)
    off = a_briefing(state=BriefingState.CANCELLED)
    for briefing in (over, off):
        a_registration(briefing, state=REQUESTED)
        with unit_of_work():
            assert approving.approve_all(briefing, now) == 0
