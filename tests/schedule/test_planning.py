"""From open needs to a published briefing, moved and called off: what staff decide and who hears of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from briefings.accounts.models import User
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs.models import NeedState
from briefings.outbox.models import Message
from briefings.schedule import grouping, invitations, planning
from briefings.schedule.models import Briefing, BriefingState, Phase, Registration, RegistrationState
from briefings.schedule.planning import Details
from briefings.schedule.presenters import keep_calendars
from briefings.schedule.slots import SlotPlan, clashes, plan_of, slot_for, warnings
from tests.builders import BEFORE, a_briefing, a_need, a_theme, a_user, an_audience, an_organization, saved

pytestmark = pytest.mark.usefixtures("app")
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def officer(app) -> User:
    return a_user(name="이보람")


def refused(words: str):
    return pytest.raises(Refused, match=words)


def times(start: datetime, minutes: int = 90) -> tuple[datetime, datetime]:
    return start, start + timedelta(minutes=minutes)


def details_of(briefing: Briefing, **given) -> Details:
    names = Details.__dataclass_fields__.keys() - {"times"}
    return Details(**{name: getattr(briefing, name) for name in names} | given)


def messages(kind: str) -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def told(address: str) -> bool:
    return db.session.scalar(select(Message.id).where(Message.recipient == address)) is not None


def registered(briefing: Briefing, state: RegistrationState, n: int) -> Registration:
    waiting = state is RegistrationState.WAITLISTED
    return saved(
        Registration(
            briefing=briefing,
            organization=an_organization(),
            name="김가온",
            email=f"person{n}@example.kr",
            state=state,
            registered_at=BEFORE,
            waiting_since=BEFORE + timedelta(minutes=n) if waiting else None,
        )
    )


class TestOpenNeeds:
    def test_are_counted_in_every_cell_they_belong_to(self, now):
        carbon, safety, firms = a_theme(), a_theme(), an_audience()
        a_need(themes=[carbon, safety], audiences=[firms])
        a_need(themes=[carbon], audiences=[firms])

        found = grouping.matrix(now)

        assert found.counts == {(carbon.id, firms.id): 2, (safety.id, firms.id): 1}
        assert found.needs == 2

    def test_do_not_include_drafts_matched_ones_and_those_in_a_coming_briefing(self, now):
        briefing = a_briefing(needs=1)
        theme, audience = briefing.theme, briefing.audience
        a_need(themes=[theme], audiences=[audience], state=NeedState.SUBMITTED)
        a_need(themes=[theme], audiences=[audience], matched_at=BEFORE)

        assert grouping.matrix(now).counts == {}
        assert grouping.open_needs(theme, audience, now) == []
        both = grouping.open_needs(theme, audience, now, planned_too=True)
        assert [(c.planned, c.appearances) for c in both] == [([briefing], 0), ([], 0)]

    def test_are_open_again_after_a_briefing_that_is_over_or_called_off(self, now):
        past = a_briefing(needs=1, starts_at=now - timedelta(days=20))
        called_off = a_briefing(needs=1, theme=past.theme, audience=past.audience, state=BriefingState.CANCELLED)

        found = grouping.open_needs(past.theme, past.audience, now)

        assert {c.need.id: c.appearances for c in found} == {past.slots[0].need_id: 1, called_off.slots[0].need_id: 0}

    def test_come_longest_waiting_first(self, now):
        theme, audience = a_theme(), an_audience()
        young = a_need(themes=[theme], audiences=[audience], published_at=BEFORE + timedelta(days=3))
        old = a_need(themes=[theme], audiences=[audience], published_at=BEFORE)

        assert [c.need for c in grouping.open_needs(theme, audience, now)] == [old, young]

    def test_for_the_same_audience_come_first_when_one_is_added(self, now):
        briefing = a_briefing(needs=0)
        other = a_need(themes=[briefing.theme], published_at=BEFORE)
        fitting = a_need(themes=[briefing.theme], audiences=[briefing.audience], published_at=now)

        assert grouping.addable_needs(briefing, now) == [fitting, other]


class TestComposing:
    def compose(self, needs, officer, now, start=None, **given):
        values = {"title": "탄소중립 설명회", "theme_id": a_theme().id, "audience_id": an_audience().id, "capacity": 80}
        with unit_of_work():
            return planning.compose_briefing(
                needs, times=times(start or now + timedelta(days=30)), by=officer, now=now, zone=SEOUL, **values | given
            )

    def test_makes_a_draft_presented_by_the_contacts_of_the_needs(self, officer, now):
        need = a_need(contact_name="박누리", contact_email="nuri@example.kr", department="자원순환과")

        made = self.compose([a_need(), need], officer, now)

        assert made.state is BriefingState.DRAFT
        assert [slot.position for slot in made.slots] == [1, 2]
        assert made.slots[1].presenter_email == "nuri@example.kr"
        assert [entry.action for entry in history_of(made)] == ["briefing.composed"]

    def test_opens_registration_at_once_and_closes_it_the_evening_before(self, officer, now):
        made = self.compose([], officer, now, start=datetime(2026, 12, 9, 5, 0, tzinfo=UTC))

        assert made.registration_opens_at == now
        assert made.registration_closes_at.astimezone(SEOUL) == datetime(2026, 12, 8, 18, 0, tzinfo=SEOUL)

    def test_leaves_registration_open_until_a_start_later_today(self, officer, now):
        soon = now + timedelta(hours=3)
        assert self.compose([], officer, now, start=soon).registration_closes_at == soon

    def test_is_refused_for_a_time_gone_by_or_an_end_before_the_start(self, officer, now):
        with refused("이미 지났습니다"):
            self.compose([], officer, now, start=now)
        with refused("시작 일시보다 뒤"), unit_of_work():
            planning._refuse_times(times(now + timedelta(days=1), 0), now)

    def test_is_refused_when_a_presenter_would_be_in_two_places_at_once(self, officer, now):
        start = now + timedelta(days=30)
        first = a_need(contact_name="박누리", contact_email="Nuri@example.kr")
        second = a_need(contact_name="박누리", contact_email="nuri@example.kr")
        self.compose([first], officer, now, start, title="먼저 잡은 설명회")

        with refused("발표자가 겹칩니다") as error:
            self.compose([second], officer, now, start + timedelta(minutes=10))
        assert (error.value.values["who"], error.value.values["other"]) == ("박누리", "먼저 잡은 설명회")
        assert self.compose([second], officer, now, start + timedelta(minutes=15))

    def test_is_refused_for_a_need_that_is_not_published(self, officer, now):
        with refused("게시 중이 아닌"):
            self.compose([a_need(state=NeedState.WITHDRAWN)], officer, now)

    def test_copies_an_earlier_briefing_with_its_dates_shifted(self, officer, now):
        source = a_briefing(needs=2, starts_at=now - timedelta(days=20), moderator="윤다온")
        source.slots[0].need.state = NeedState.CLOSED
        db.session.commit()
        start = now + timedelta(days=8)

        with unit_of_work():
            made = planning.copy_briefing(
                source, title="다시", times=times(start), with_slots=True, by=officer, now=now
            )

        assert (made.state, made.moderator, made.capacity) == (BriefingState.DRAFT, "윤다온", 80)
        assert made.registration_closes_at - start == source.registration_closes_at - source.starts_at
        assert [slot.need_id for slot in made.slots] == [source.slots[1].need_id]


class TestEditing:
    def edit(self, briefing, officer, now, slots=None, seen=None, **given):
        with unit_of_work():
            return planning.edit(
                briefing,
                details_of(briefing, **given),
                plan_of(briefing).slots if slots is None else slots,
                seen=seen or briefing.changed_at,
                by=officer,
                now=now,
            )

    def test_writes_down_what_changed_and_by_whom(self, officer, now):
        briefing = a_briefing(title="옛 제목")

        assert self.edit(briefing, officer, now, title="새 제목")

        assert (briefing.title, briefing.changed_at) == ("새 제목", now)
        assert history_of(briefing)[-1].detail == {"changed": {"title": ["옛 제목", "새 제목"]}}

    def test_that_changes_nothing_leaves_no_trace(self, officer, now):
        briefing = a_briefing()

        assert not self.edit(briefing, officer, now)

        assert briefing.changed_at == BEFORE
        assert history_of(briefing) == []

    def test_of_an_older_state_is_refused_naming_the_other_change(self, officer, now):
        briefing = a_briefing()
        seen = briefing.changed_at
        self.edit(briefing, officer, now, title="먼저 고친 제목", capacity=90)

        with pytest.raises(Refused) as error:
            self.edit(briefing, a_user(), now + timedelta(minutes=1), seen=seen, title="나중에 고친 제목")

        assert error.value.values["who"] == "이보람"
        assert error.value.values["what"] == "제목 ‘먼저 고친 제목’, 정원 ‘90’"

    def test_names_the_act_when_the_briefing_was_published_meanwhile(self, officer, now):
        briefing = a_briefing(state=BriefingState.DRAFT)
        seen = briefing.changed_at
        with unit_of_work():
            planning.publish(briefing, by=officer, now=now)

        with pytest.raises(Refused) as error:
            self.edit(briefing, officer, now, seen=seen, title="고친 제목")
        assert error.value.values["what"] == "공개"

    def test_is_refused_with_an_unknown_state(self, officer, now):
        with refused("오래된 화면"):
            self.edit(a_briefing(), officer, now, seen=now)

    def test_of_a_new_title_reaches_registrants_calendars(self, officer, now):
        briefing = a_briefing()
        with unit_of_work():
            invitations.invite(registered(briefing, RegistrationState.CONFIRMED, 1), now)

        self.edit(briefing, officer, now, description="더 긴 소개")
        assert messages("new_title") == []
        self.edit(briefing, officer, now, title="새 제목")
        assert [m.recipient for m in messages("new_title")] == ["person1@example.kr"]

    def test_moves_a_draft_but_not_a_published_briefing(self, officer, now):
        draft, published = a_briefing(state=BriefingState.DRAFT), a_briefing()
        new = times(now + timedelta(days=12))

        self.edit(draft, officer, now, times=new)
        assert (draft.starts_at, draft.ends_at, draft.sequence) == (*new, 0)
        with refused("일시 변경"):
            self.edit(published, officer, now, times=new)
        with refused("이미 지났습니다"):
            past = {"times": times(now - timedelta(days=5)), "registration_closes_at": now - timedelta(days=6)}
            self.edit(draft, officer, now, **past)

    def test_is_refused_for_a_window_that_does_not_fit(self, officer, now):
        briefing = a_briefing()
        with refused("신청 시작보다 뒤"):
            self.edit(briefing, officer, now, registration_closes_at=briefing.registration_opens_at)
        with refused("끝나기 전"):
            self.edit(briefing, officer, now, registration_closes_at=briefing.ends_at + timedelta(minutes=1))

    def test_is_refused_once_the_briefing_is_called_off(self, officer, now):
        with refused("취소된"):
            self.edit(a_briefing(state=BriefingState.CANCELLED), officer, now, title="고친 제목")

    def test_after_the_end_takes_a_replay_address_but_no_new_order(self, officer, now):
        over = a_briefing(needs=2, starts_at=now - timedelta(days=1))

        assert self.edit(over, officer, now, replay_url="https://replay.example.kr/1")
        with refused("끝난 설명회의 발표 순서"):
            self.edit(over, officer, now, slots=plan_of(over).slots[:1])


class TestOrder:
    edit = TestEditing.edit

    def test_is_rearranged_lengthened_and_handed_over_in_one_go(self, officer, now):
        briefing = a_briefing(needs=3)
        first, second, third = plan_of(briefing).slots
        new = slot_for(a_need())
        wanted = [replace(third, talk_minutes=20), new, replace(first, presenter_name="한여울")]

        self.edit(briefing, officer, now, slots=wanted)

        assert plan_of(briefing).slots == tuple(wanted)
        assert [slot.position for slot in briefing.slots] == [1, 2, 3]
        assert history_of(briefing)[-1].detail["changed"]["slots"][0] == [first.title, second.title, third.title]

    def test_holds_each_need_once(self, officer, now):
        briefing = a_briefing(needs=1)
        with refused("두 번"):
            self.edit(briefing, officer, now, slots=plan_of(briefing).slots * 2)

    def test_takes_up_published_needs_only(self, officer, now):
        with refused("게시 중이 아닌"):
            self.edit(a_briefing(), officer, now, slots=[slot_for(a_need(state=NeedState.DRAFT))])

    def test_of_a_published_briefing_reaches_only_presenters_whose_time_changed(self, officer, now):
        briefing = a_briefing(needs=3)
        slots = [replace(s, presenter_email=f"p{n}@example.kr") for n, s in enumerate(plan_of(briefing).slots)]
        self.edit(briefing, officer, now, slots=slots)
        assert [(m.recipient, m.params["news"]) for m in messages("presenter_slot")] == [
            (f"p{n}@example.kr", "new") for n in range(3)
        ]

        later = now + timedelta(hours=1)
        handed_over = replace(slots[1], presenter_email="new@example.kr")
        self.edit(briefing, officer, later, slots=[slots[0], slots[2], handed_over])

        assert [(m.recipient, m.params["news"]) for m in messages("presenter_slot")[3:]] == [
            ("p2@example.kr", "time"),
            ("new@example.kr", "new"),
        ]
        assert [m.recipient for m in messages("presenter_released")] == ["p1@example.kr"]

    def test_of_a_draft_is_nobodys_business_yet(self, officer, now):
        draft = a_briefing(state=BriefingState.DRAFT)
        slots = [replace(slot, presenter_email="p@example.kr") for slot in plan_of(draft).slots]

        self.edit(draft, officer, now, slots=slots)

        assert messages("presenter_slot") == []

    def test_is_refused_when_it_puts_somebody_in_two_places(self, officer, now):
        there, here = a_briefing(), a_briefing()
        busy = [replace(slot, presenter_email="busy@example.kr") for slot in plan_of(there).slots]
        self.edit(there, officer, now, slots=busy)

        with refused("발표자가 겹칩니다"):
            same = [replace(slot, presenter_email="BUSY@example.kr") for slot in plan_of(here).slots]
            self.edit(here, officer, now, slots=same)

    def test_clashes_with_slots_that_run_over_the_end_of_their_briefing(self, now):
        there = a_briefing(needs=1, ends_at=now + timedelta(days=10, minutes=20))
        there.slots[0].talk_minutes, there.slots[0].presenter_email = 120, "busy@example.kr"
        db.session.commit()
        here = a_briefing(needs=1, starts_at=there.starts_at + timedelta(hours=2))
        here.slots[0].presenter_email = "busy@example.kr"
        db.session.commit()

        assert [clash.other for clash in clashes(plan_of(here), here.id)] == [there]


class TestWarnings:
    def plan(self, start, **given):
        slots = (SlotPlan(1, "폐어망", 9, 6, "박누리", "과장", "nuri@example.kr"),)
        briefing = a_briefing(needs=0, starts_at=start)
        return replace(plan_of(briefing), slots=slots, **given)

    def test_are_silent_about_a_sound_programme(self):
        assert warnings(self.plan(datetime(2026, 12, 9, 14, 0, tzinfo=SEOUL)), SEOUL) == []

    @pytest.mark.parametrize(
        ("start", "words"),
        [
            (datetime(2026, 12, 12, 14, 0, tzinfo=SEOUL), "토요일"),
            (datetime(2026, 12, 9, 8, 30, tzinfo=SEOUL), "업무 시간"),
            (datetime(2026, 12, 9, 17, 0, tzinfo=SEOUL), "업무 시간"),
        ],
    )
    def test_name_an_unusual_time(self, start, words):
        assert words in " ".join(warnings(self.plan(start), SEOUL))

    def test_name_what_is_missing_and_what_does_not_fit(self):
        sound = self.plan(datetime(2026, 12, 9, 14, 0, tzinfo=SEOUL), room_url="")
        slot = sound.slots[0]
        plan = replace(
            sound,
            slots=(
                replace(slot, presenter_name=""),
                replace(slot, presenter_email=""),
                replace(slot, talk_minutes=100),
            ),
        )
        assert warnings(plan, SEOUL) == [
            "발표 순서가 설명회보다 56분 깁니다.",
            "1번째 발표의 발표자가 비어 있습니다: ‘폐어망’",
            "2번째 발표자 박누리 님의 전자우편이 없어 안내를 보낼 수 없습니다.",
            "접속 주소가 비어 있습니다. 시작 전까지 넣어 주세요.",
        ]


class TestCapacity:
    edit = TestEditing.edit

    def test_never_goes_below_the_confirmed_places(self, officer, now):
        briefing = a_briefing(capacity=3)
        for n in range(2):
            registered(briefing, RegistrationState.CONFIRMED, n)

        with refused("2명이 확정"):
            self.edit(briefing, officer, now, capacity=1)
        self.edit(briefing, officer, now, capacity=2)
        assert briefing.capacity == 2

    def test_raised_gives_the_new_places_to_the_first_in_line(self, officer, now):
        briefing = a_briefing(capacity=0)
        waiting = [registered(briefing, RegistrationState.WAITLISTED, n) for n in range(3)]

        self.edit(briefing, officer, now, capacity=2)

        assert [r.state for r in waiting] == [RegistrationState.CONFIRMED] * 2 + [RegistrationState.WAITLISTED]

    def test_lifted_lets_everyone_in(self, officer, now):
        briefing = a_briefing(capacity=0)
        waiting = registered(briefing, RegistrationState.WAITLISTED, 1)

        self.edit(briefing, officer, now, capacity=None)

        assert waiting.state is RegistrationState.CONFIRMED


class TestPublishing:
    def test_shows_it_and_tells_each_presenter_once(self, officer, now):
        draft = a_briefing(needs=2, state=BriefingState.DRAFT)
        draft.slots[0].presenter_email = "nuri@example.kr"
        db.session.commit()

        with unit_of_work():
            planning.publish(draft, by=officer, now=now)

        assert draft.state is BriefingState.PUBLISHED
        assert [m.recipient for m in messages("presenter_slot")] == ["nuri@example.kr"]
        with refused("초안만"), unit_of_work():
            planning.publish(draft, by=officer, now=now)

    def test_is_refused_while_a_need_in_it_is_no_longer_published(self, officer, now):
        draft = a_briefing(needs=2, state=BriefingState.DRAFT)
        draft.slots[1].need.title, draft.slots[1].need.state = "거둔 과제", NeedState.WITHDRAWN
        db.session.commit()

        with refused("‘거둔 과제’"), unit_of_work():
            planning.publish(draft, by=officer, now=now)

    def test_is_refused_while_an_obstacle_stands(self, officer, now):
        empty = a_briefing(needs=0, state=BriefingState.DRAFT)
        gone = a_briefing(state=BriefingState.DRAFT, starts_at=now)
        closed = a_briefing(state=BriefingState.DRAFT, registration_closes_at=now)
        busy, other = a_briefing(state=BriefingState.DRAFT), a_briefing(title="다른 설명회")
        for briefing in (busy, other):
            briefing.slots[0].presenter_email = "busy@example.kr"
        db.session.commit()

        assert planning.obstacles(empty, now) == ["발표할 수요가 없습니다."]
        assert planning.obstacles(gone, now) == ["시작 일시가 이미 지났습니다."]
        assert planning.obstacles(closed, now) == ["신청 마감이 이미 지났습니다."]
        assert planning.obstacles(busy, now) == ["홍길동 님이 같은 시간에 ‘다른 설명회’에서도 발표합니다."]
        with refused("발표할 수요가 없습니다"), unit_of_work():
            planning.publish(empty, by=officer, now=now)


class TestMoving:
    def move(self, briefing, officer, now, new, seen=None):
        with unit_of_work():
            planning.reschedule(briefing, new, seen=seen or briefing.changed_at, by=officer, now=now)

    def test_before_its_registration_would_open_opens_that_earlier_too(self, officer, now):
        opens_at, starts_at = now + timedelta(days=5), now + timedelta(days=10)
        closes_at = starts_at - timedelta(days=1)
        given = {"registration_opens_at": opens_at, "registration_closes_at": closes_at}
        briefing = a_briefing(starts_at=starts_at, **given)

        self.move(briefing, officer, now, times(starts_at - timedelta(days=8)))

        assert briefing.registration_opens_at == opens_at - timedelta(days=8)
        assert briefing.registration_closes_at == closes_at - timedelta(days=8)
        assert briefing.phase(now) is Phase.OPEN

    def test_takes_presenters_and_registrants_along(self, officer, now):
        briefing = a_briefing(needs=2)
        briefing.slots[1].presenter_email = "nuri@example.kr"
        registered(briefing, RegistrationState.WAITLISTED, 1)
        keep_calendars(briefing, now)
        old = briefing.starts_at

        self.move(briefing, officer, now, times(old + timedelta(days=7)))

        assert (briefing.starts_at, briefing.sequence) == (old + timedelta(days=7), 1)
        assert [(m.recipient, m.params["news"]) for m in messages("presenter_slot")] == [
            ("nuri@example.kr", "new"),
            ("nuri@example.kr", "time"),
        ]
        assert told("person1@example.kr")
        assert history_of(briefing)[-1].action == "briefing.moved"

    def test_of_a_draft_tells_nobody(self, officer, now):
        draft = a_briefing(state=BriefingState.DRAFT)
        draft.slots[0].presenter_email = "nuri@example.kr"
        db.session.commit()

        self.move(draft, officer, now, times(now + timedelta(days=17)))

        assert messages("presenter_slot") == []

    def test_is_refused_for_the_same_time_a_stale_page_and_a_clash(self, officer, now):
        briefing, other = a_briefing(), a_briefing(starts_at=now + timedelta(days=20))
        for b in (briefing, other):
            b.slots[0].presenter_email = "busy@example.kr"
        db.session.commit()

        with refused("지금과 같은 일시"):
            self.move(briefing, officer, now, (briefing.starts_at, briefing.ends_at))
        with refused("오래된 화면"):
            self.move(briefing, officer, now, times(now + timedelta(days=11)), seen=now)
        with refused("발표자가 겹칩니다"):
            self.move(briefing, officer, now, times(other.starts_at))
        with refused("발표자가 겹칩니다"):
            planning.thought_move(briefing, times(other.starts_at), now)
        with refused("지금과 같은 일시"):
            planning.thought_move(briefing, (briefing.starts_at, briefing.ends_at), now)
        thought = planning.thought_move(briefing, times(now + timedelta(days=11)), now)
        assert thought.times()[0][0] == now + timedelta(days=11, minutes=10)


class TestCallingOff:
    def test_tells_registrants_and_presenters_why(self, officer, now):
        briefing = a_briefing(needs=1)
        briefing.slots[0].presenter_email = "nuri@example.kr"
        registered(briefing, RegistrationState.WAITLISTED, 1)
        keep_calendars(briefing, now)

        with unit_of_work():
            planning.cancel(briefing, "발표 기관의 사정", by=officer, now=now)

        assert (briefing.state, briefing.cancel_reason) == (BriefingState.CANCELLED, "발표 기관의 사정")
        assert [m.recipient for m in messages("presenter_released")] == ["nuri@example.kr"]
        assert told("person1@example.kr")
        assert history_of(briefing)[-1].detail == {"reason": "발표 기관의 사정"}

    def test_a_draft_is_discarded_and_its_needs_are_open_again(self, officer, now):
        draft = a_briefing(needs=1, state=BriefingState.DRAFT)
        key = draft.id, draft.theme_id, draft.audience_id
        with unit_of_work():
            planning.discard(draft, by=officer, now=now)

        assert db.session.get(Briefing, key[0]) is None
        assert grouping.matrix(now).counts == {key[1:]: 1}

    def test_a_published_briefing_is_not_discarded(self, officer, now):
        with refused("초안만"), unit_of_work():
            planning.discard(a_briefing(), by=officer, now=now)
