"""From open needs to a published briefing, moved and called off: what staff decide and who hears of it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from briefings.accounts.models import User
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.needs.models import NeedState
from briefings.outbox.reach import EVERYBODY
from briefings.schedule import grouping, planning
from briefings.schedule.models import Briefing, BriefingState, Phase
from briefings.schedule.presenters import keep_calendars
from briefings.schedule.registration_models import RegistrationState
from briefings.schedule.slots import materials_due
from tests.builders import BEFORE, a_briefing, a_need, a_theme, a_user, an_audience
from tests.schedule.steps import messages, refused, registered, times, told

pytestmark = pytest.mark.usefixtures("app")
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def officer(app) -> User:
    return a_user(name="이보람")


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

        assert grouping.addable_needs(briefing, now, EVERYBODY) == [fitting, other]


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
            planning.refuse_times(times(now + timedelta(days=1), 0), now)

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


class TestPublishing:
    def test_shows_it_and_tells_each_presenter_once(self, officer, now):
        draft = a_briefing(needs=2, state=BriefingState.DRAFT)
        draft.slots[0].presenter_email = "nuri@example.kr"
        db.session.commit()

        with unit_of_work():
            planning.publish(draft, seen=draft.changed_at, by=officer, now=now)

        assert draft.state is BriefingState.PUBLISHED
        assert [m.recipient for m in messages("presenter_slot")] == ["nuri@example.kr"]
        with refused("초안만"), unit_of_work():
            planning.publish(draft, seen=draft.changed_at, by=officer, now=now)

    def test_is_refused_while_a_need_in_it_is_no_longer_published(self, officer, now):
        draft = a_briefing(needs=2, state=BriefingState.DRAFT)
        draft.slots[1].need.title, draft.slots[1].need.state = "거둔 과제", NeedState.WITHDRAWN
        db.session.commit()

        with refused("‘거둔 과제’"), unit_of_work():
            planning.publish(draft, seen=draft.changed_at, by=officer, now=now)

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
            planning.publish(empty, seen=empty.changed_at, by=officer, now=now)


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

    def test_takes_the_due_date_of_slides_along_unless_it_is_past(self, officer, now):
        for due, moves in ((now + timedelta(days=3), True), (now - timedelta(days=1), False), (None, True)):
            briefing = a_briefing(materials_due_at=due)
            new, shift = times(briefing.starts_at + timedelta(days=7)), timedelta(days=7 if moves else 0)
            thought = planning.thought_move(briefing, new, now).materials_due_at
            before = materials_due(briefing)
            self.move(briefing, officer, now, new)
            assert materials_due(briefing) == thought == before + shift


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
