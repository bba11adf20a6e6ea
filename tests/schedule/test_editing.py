"""A briefing changed in one go: what is written down, what is refused, and who hears of it."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from briefings.accounts.models import User
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs.models import NeedState
from briefings.schedule import invitations, planning
from briefings.schedule.models import BriefingState
from briefings.schedule.registration_models import RegistrationState
from briefings.schedule.slots import clashes, plan_of, slot_for
from tests.builders import BEFORE, a_briefing, a_need, a_user
from tests.schedule.steps import edit, messages, refused, registered, times

pytestmark = pytest.mark.usefixtures("app")
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def officer(app) -> User:
    return a_user(name="이보람")


class TestEditing:
    def test_writes_down_what_changed_and_by_whom(self, officer, now):
        briefing = a_briefing(title="옛 제목")

        assert edit(briefing, officer, now, title="새 제목")

        assert (briefing.title, briefing.changed_at) == ("새 제목", now)
        assert history_of(briefing)[-1].detail == {"changed": {"title": ["옛 제목", "새 제목"]}}

    def test_that_changes_nothing_leaves_no_trace(self, officer, now):
        briefing = a_briefing()

        assert not edit(briefing, officer, now)

        assert briefing.changed_at == BEFORE
        assert history_of(briefing) == []

    def test_of_an_older_state_is_refused_naming_the_other_change(self, officer, now):
        briefing = a_briefing()
        seen = briefing.changed_at
        edit(briefing, officer, now, title="먼저 고친 제목", capacity=90)

        with pytest.raises(Refused) as error:
            edit(briefing, a_user(), now + timedelta(minutes=1), seen=seen, title="나중에 고친 제목")

        assert error.value.values["who"] == "이보람"
        assert error.value.values["what"] == "제목 ‘먼저 고친 제목’, 정원 ‘90’"

    def test_names_the_act_when_the_briefing_was_published_meanwhile(self, officer, now):
        briefing = a_briefing(state=BriefingState.DRAFT)
        seen = briefing.changed_at
        with unit_of_work():
            planning.publish(briefing, seen=briefing.changed_at, by=officer, now=now)

        with pytest.raises(Refused) as error:
            edit(briefing, officer, now, seen=seen, title="고친 제목")
        assert error.value.values["what"] == "공개"

    def test_is_refused_with_an_unknown_state(self, officer, now):
        with refused("오래된 화면"):
            edit(a_briefing(), officer, now, seen=now)

    def test_of_a_new_title_reaches_registrants_calendars(self, officer, now):
        briefing = a_briefing()
        with unit_of_work():
            invitations.invite(registered(briefing, RegistrationState.CONFIRMED, 1), now)

        edit(briefing, officer, now, description="더 긴 소개")
        assert messages("new_title") == []
        edit(briefing, officer, now, title="새 제목")
        assert [m.recipient for m in messages("new_title")] == ["person1@example.kr"]

    def test_moves_a_draft_without_a_word(self, officer, now):
        rehearsal = {
            "rehearsal_starts_at": now + timedelta(days=9),
            "rehearsal_ends_at": now + timedelta(days=9, hours=1),
        }
        draft = a_briefing(state=BriefingState.DRAFT, **rehearsal)
        new = times(now + timedelta(days=12))

        edit(draft, officer, now, times=new)
        assert (draft.starts_at, draft.ends_at, draft.sequence) == (*new, 0)
        assert draft.rehearsal_starts_at == now + timedelta(days=11), "a day before, as it was"
        with refused("이미 지났습니다"):
            edit(draft, officer, now, times=times(now - timedelta(days=5)))  # not that registration closes too late

    def test_is_refused_for_a_window_that_does_not_fit(self, officer, now):
        briefing = a_briefing()
        with refused("신청 시작보다 뒤"):
            edit(briefing, officer, now, registration_closes_at=briefing.registration_opens_at)
        with refused("시작 일시보다 뒤"):
            edit(briefing, officer, now, times=times(briefing.starts_at, 0))
        with refused("끝나기 전"):
            edit(briefing, officer, now, registration_closes_at=briefing.ends_at + timedelta(minutes=1))

    def test_is_refused_once_the_briefing_is_called_off(self, officer, now):
        with refused("취소된"):
            edit(a_briefing(state=BriefingState.CANCELLED), officer, now, title="고친 제목")

    def test_after_the_end_takes_a_replay_address_but_no_new_order(self, officer, now):
        over = a_briefing(needs=2, starts_at=now - timedelta(days=1))

        assert edit(over, officer, now, replay_url="https://replay.example.kr/1")
        with refused("끝난 설명회의 발표 순서"):
            edit(over, officer, now, slots=plan_of(over).slots[:1])


class TestOrder:
    def test_is_rearranged_lengthened_and_handed_over_in_one_go(self, officer, now):
        briefing = a_briefing(needs=3)
        first, second, third = plan_of(briefing).slots
        new = slot_for(a_need())
        wanted = [replace(third, talk_minutes=20), new, replace(first, presenter_name="한여울")]

        edit(briefing, officer, now, slots=wanted)

        assert plan_of(briefing).slots == tuple(wanted)
        assert [slot.position for slot in briefing.slots] == [1, 2, 3]
        assert history_of(briefing)[-1].detail["changed"]["slots"] == [
            [f"{each.title} (9+6분)" for each in (first, second, third)],
            [f"{third.title} (20+6분)", f"{new.title} (9+6분)", f"{first.title} (9+6분, 발표자 바뀜)"],
        ]

    def test_holds_each_need_once(self, officer, now):
        briefing = a_briefing(needs=1)
        with refused("두 번"):
            edit(briefing, officer, now, slots=plan_of(briefing).slots * 2)

    def test_takes_up_published_needs_only(self, officer, now):
        with refused("게시 중이 아닌"):
            edit(a_briefing(), officer, now, slots=[slot_for(a_need(state=NeedState.DRAFT))])

    def test_of_a_published_briefing_reaches_only_presenters_whose_time_changed(self, officer, now):
        briefing = a_briefing(needs=3)
        slots = [replace(s, presenter_email=f"p{n}@example.kr") for n, s in enumerate(plan_of(briefing).slots)]
        edit(briefing, officer, now, slots=slots)
        assert [(m.recipient, m.params["news"]) for m in messages("presenter_slot")] == [
            (f"p{n}@example.kr", "new") for n in range(3)
        ]

        later = now + timedelta(hours=1)
        handed_over = replace(slots[1], presenter_email="new@example.kr")
        edit(briefing, officer, later, slots=[slots[0], slots[2], handed_over])

        assert [(m.recipient, m.params["news"]) for m in messages("presenter_slot")[3:]] == [
            ("p2@example.kr", "time"),
            ("new@example.kr", "new"),
        ]
        assert [m.recipient for m in messages("presenter_released")] == ["p1@example.kr"]

    def test_of_a_draft_is_nobodys_business_yet(self, officer, now):
        draft = a_briefing(state=BriefingState.DRAFT)
        slots = [replace(slot, presenter_email="p@example.kr") for slot in plan_of(draft).slots]

        edit(draft, officer, now, slots=slots)

        assert messages("presenter_slot") == []

    def test_is_refused_when_it_puts_somebody_in_two_places(self, officer, now):
        there, here = a_briefing(), a_briefing()
        busy = [replace(slot, presenter_email="busy@example.kr") for slot in plan_of(there).slots]
        edit(there, officer, now, slots=busy)

        with refused("발표자가 겹칩니다"):
            same = [replace(slot, presenter_email="BUSY@example.kr") for slot in plan_of(here).slots]
            edit(here, officer, now, slots=same)

    def test_clashes_with_slots_that_run_over_the_end_of_their_briefing(self, now):
        there = a_briefing(needs=1, ends_at=now + timedelta(days=10, minutes=20))
        there.slots[0].talk_minutes, there.slots[0].presenter_email = 120, "busy@example.kr"
        db.session.commit()
        here = a_briefing(needs=1, starts_at=there.starts_at + timedelta(hours=2))
        here.slots[0].presenter_email = "busy@example.kr"
        db.session.commit()

        assert [clash.other for clash in clashes(plan_of(here))] == [there]


class TestCapacity:
    def test_never_goes_below_the_confirmed_places(self, officer, now):
        briefing = a_briefing(capacity=3)
        for n in range(2):
            registered(briefing, RegistrationState.CONFIRMED, n)

        with refused("2명이 확정"):
            edit(briefing, officer, now, capacity=1)
        edit(briefing, officer, now, capacity=2)
        assert briefing.capacity == 2

    def test_raised_gives_the_new_places_to_the_first_in_line(self, officer, now):
        briefing = a_briefing(capacity=0)
        waiting = [registered(briefing, RegistrationState.WAITLISTED, n) for n in range(3)]

        edit(briefing, officer, now, capacity=2)

        assert [r.state for r in waiting] == [RegistrationState.CONFIRMED] * 2 + [RegistrationState.WAITLISTED]

    def test_lifted_lets_everyone_in(self, officer, now):
        briefing = a_briefing(capacity=0)
        waiting = registered(briefing, RegistrationState.WAITLISTED, 1)

        edit(briefing, officer, now, capacity=None)

        assert waiting.state is RegistrationState.CONFIRMED
