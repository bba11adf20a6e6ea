"""Changes kept to be published later: nobody sees them, what happens meanwhile is not lost, and each hears once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from briefings import clock
from briefings.accounts.models import User
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.outbox.models import Message, MessageState
from briefings.schedule import drafting, invitations, planning, presenters
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.draft_words import changes_of, contested_of
from briefings.schedule.drafting import draft_of
from briefings.schedule.models import Briefing, BriefingState, SlotState, Visibility
from briefings.schedule.registration_models import RegistrationState
from briefings.schedule.slots import Presenter, plan_of, slot_for
from tests.builders import a_briefing, a_need, a_registration, a_user
from tests.calendar.clients import Strict
from tests.schedule.letters import Letter, delivered
from tests.schedule.steps import details_of, edit, refused

NURI, HANEUL, DAON = "nuri@example.kr", "haneul@example.kr", "daon@example.kr"
START = datetime(2026, 12, 9, 14, 0, tzinfo=ZoneInfo("Asia/Seoul"))
WEEK = timedelta(days=7)


@pytest.fixture
def later(now):
    """Move the clock: `later(minutes=5)`; the time it is then."""
    with time_machine.travel(now, tick=False) as traveller:

        def move(**by: float) -> datetime:
            traveller.shift(timedelta(**by))
            return clock.now()

        yield move


@pytest.fixture
def officer(app) -> User:
    return a_user(name="이보람")


@pytest.fixture
def briefing(officer, now) -> Briefing:
    """Published and told: three presenters, of whom one has no address, two with a place and one who waits."""
    made = a_briefing(needs=3, state=BriefingState.DRAFT, starts_at=START, title="바다 설명회", capacity=2)
    for slot, (name, email) in zip(made.slots, (("박누리", NURI), ("홍길동", ""), ("김하늘", HANEUL)), strict=True):
        slot.presenter_name, slot.presenter_email, slot.need.title = name, email, f"{name}의 과제"
    db.session.commit()
    with unit_of_work():
        planning.publish(made, seen=made.changed_at, by=officer, now=now)
    for name in ("gaon", "bada"):
        seated = a_registration(made, email=f"{name}@example.com", name=name)
        with unit_of_work():
            invitations.invite(seated, now)
    a_registration(made, email="waits@example.com", state=RegistrationState.WAITLISTED)
    return made


def keep(briefing: Briefing, officer: User, now: datetime, slots=None, **given) -> bool:
    """Staff put it aside, from a page opened just now on what was kept before."""
    draft = draft_of(briefing)
    if slots is None:
        slots = draft.slots() if draft else plan_of(briefing).slots
    there = {slot.need_id: slot.presenter for slot in plan_of(briefing).slots}
    details = draft.details() if draft else details_of(briefing)
    if both := given.pop("times", None):
        given |= {"starts_at": both[0], "ends_at": both[1]}
    with unit_of_work():
        return drafting.keep(
            briefing,
            replace(details, **given),
            [replace(slot, seen=there.get(slot.need_id)) for slot in slots],
            seen=briefing.changed_at,
            seen_draft=briefing.pending_at,
            by=officer,
            now=now,
        )


def publish(briefing: Briefing, officer: User, now: datetime) -> None:
    with unit_of_work():
        drafting.publish(briefing, seen=briefing.changed_at, seen_draft=briefing.pending_at, by=officer, now=now)


def said(briefing: Briefing) -> list[tuple[str, str, str]]:
    """What the draft changes, in words."""
    return [tuple(change) for change in changes_of(draft_of(briefing))]


@pytest.fixture
def post(app) -> Callable[[str], list[Letter]]:
    """What newly left for an address since it was last looked at."""
    seen: dict[str, int] = {}

    def look(address: str) -> list[Letter]:
        letters = delivered(app, address)
        new = letters[seen.get(address, 0) :]
        seen[address] = len(letters)
        return new

    return look


PEOPLE = (NURI, HANEUL, "gaon@example.com", "bada@example.com", "waits@example.com")


class TestKeeping:
    def test_changes_nothing_that_anybody_sees(self, briefing, officer, later, post):
        before = details_of(briefing), plan_of(briefing), briefing.changed_at, briefing.sequence
        for person in PEOPLE:
            post(person)

        assert keep(briefing, officer, later(hours=1), title="새 제목", times=(START + WEEK, START + 2 * WEEK))

        later(hours=1)
        assert [post(person) for person in PEOPLE] == [[]] * len(PEOPLE)
        assert (details_of(briefing), plan_of(briefing), briefing.changed_at, briefing.sequence) == before
        assert history_of(briefing)[-1].action == "briefing.draft_kept"

    def test_keeps_only_what_differs_and_nothing_once_it_is_as_published(self, briefing, officer, later):
        first, second, third = plan_of(briefing).slots
        keep(briefing, officer, later(hours=1), [third, replace(second, talk_minutes=20)], moderator="윤다온")
        assert briefing.pending == {
            "by": "이보람",
            "changes": {
                "moderator": ["", "윤다온"],
                "order": [[first.need_id, second.need_id, third.need_id], [third.need_id, second.need_id]],
                f"minutes:{second.need_id}": [[9, 6], [20, 6]],
            },
        }
        assert said(briefing) == [
            ("사회자", "없음", "윤다온"),
            ("순서에서 뺌", "‘박누리의 과제’", ""),
            (
                "발표 순서",
                "1. ‘박누리의 과제’, 2. ‘홍길동의 과제’, 3. ‘김하늘의 과제’",
                "1. ‘김하늘의 과제’, 2. ‘홍길동의 과제’",
            ),
            ("‘홍길동의 과제’ 발표와 질의 시간", "발표 9분, 질의 6분", "발표 20분, 질의 6분"),
        ]

        assert not keep(briefing, officer, later(hours=1), [first, second, third], moderator="")
        assert (briefing.pending, briefing.pending_at) == (None, None)

    def test_takes_what_cannot_be_published_yet_but_no_nonsense(self, briefing, officer, later):
        now = later(hours=1)
        assert keep(
            briefing, officer, now, times=(now - WEEK, now - timedelta(days=6)), registration_closes_at=now - WEEK
        )
        with refused("이미 지났습니다"):
            publish(briefing, officer, now)
        with refused("신청 시작보다 뒤"):
            keep(briefing, officer, now, registration_closes_at=briefing.registration_opens_at)
        with refused("두 번"):
            keep(briefing, officer, now, plan_of(briefing).slots * 2)

    @pytest.mark.parametrize("state", [BriefingState.DRAFT, BriefingState.CANCELLED])
    def test_is_for_published_briefings_only(self, officer, now, state):
        with refused("공개되어 있고 끝나지 않은"):
            keep(a_briefing(state=state), officer, now, title="새 제목")

    def test_of_an_older_state_is_refused_naming_who_keeps_what(self, briefing, officer, later):
        keep(briefing, officer, later(hours=1), title="보람의 제목", capacity=90)
        with refused("먼저 임시 저장했습니다") as error, unit_of_work():
            drafting.keep(
                briefing,
                details_of(briefing, title="하늘의 제목"),
                plan_of(briefing).slots,
                seen=briefing.changed_at,
                seen_draft=None,
                by=a_user(name="김하늘"),
                now=later(minutes=1),
            )
        assert (error.value.values["who"], error.value.values["what"]) == ("이보람", "제목, 정원")
        with refused("먼저 임시 저장했습니다"):
            edit(briefing, officer, later(minutes=1), title="바로 알릴 제목")

    def test_thrown_away_leaves_the_published_version(self, briefing, officer, later):
        keep(briefing, officer, later(hours=1), title="새 제목")
        seen = briefing.pending_at
        with unit_of_work():
            drafting.discard(briefing, seen_draft=seen, by=officer, now=later(hours=1))
        assert (briefing.title, briefing.pending) == ("바다 설명회", None)
        with refused("버렸거나 공개했습니다"), unit_of_work():
            drafting.discard(briefing, seen_draft=seen, by=officer, now=later(hours=1))
        with refused("공개하지 않은 내용이 없습니다"):
            publish(briefing, officer, later(hours=1))


class TestPublishing:
    def test_tells_each_person_once_of_all_that_is_new_to_them(self, briefing, officer, later, post):
        clients = {person: Strict(person) for person in PEOPLE}
        for person, client in clients.items():
            for letter in post(person):
                client.receive(letter.raw)
        first, second, third = plan_of(briefing).slots
        given = {"title": "바다와 섬 설명회", "room_url": "https://other.example.kr/9", "capacity": 3}
        new_start = START + WEEK
        keep(
            briefing,
            officer,
            later(hours=1),
            [third, replace(second, presenter_name="최다온", presenter_email=DAON), first],
            times=(new_start, new_start + timedelta(minutes=90)),
            **given,
        )

        publish(briefing, officer, later(hours=1))

        assert (briefing.title, briefing.starts_at, briefing.sequence, briefing.pending) == (
            "바다와 섬 설명회",
            new_start,
            1,
            None,
        )
        letters = {person: post(person) for person in (*PEOPLE, DAON)}
        assert {person: [letter.kind for letter in of] for person, of in letters.items()} == {
            NURI: ["presenter_slot"],
            HANEUL: ["presenter_slot"],
            DAON: ["presenter_slot"],
            "gaon@example.com": ["new_time"],
            "bada@example.com": ["new_time"],
            "waits@example.com": ["invitation"],
        }
        for person, sequence in ((NURI, 1), (HANEUL, 1), (DAON, 0), ("gaon@example.com", 1), ("waits@example.com", 0)):
            assert letters[person][0].facts.sequence == sequence, person
        assert "바뀐 것: 발표 시각, 접속 주소, 설명회 이름" in letters[NURI][0].text
        assert "https://other.example.kr/9" in letters[NURI][0].text
        assert letters["gaon@example.com"][0].subject.startswith("[일시와 이름 변경] 바다와 섬 설명회")
        assert "앞의 이름: 바다 설명회" in letters["gaon@example.com"][0].text
        for person, at in ((NURI, 40), (HANEUL, 10), ("gaon@example.com", 0)):
            clients[person].receive(letters[person][0].raw)
            assert clients[person].shown() == [new_start + timedelta(minutes=at)]
        assert [entry.action for entry in history_of(briefing)[-2:]] == ["briefing.moved", "briefing.edited"]
        later(hours=1)
        assert [post(person) for person in (*PEOPLE, DAON)] == [[]] * 6, "nothing is said a second time"

    def test_tells_nobody_who_has_no_difference(self, briefing, officer, later, post):
        for person in PEOPLE:
            post(person)
        numbers = {item.id: item.sequence for item in db.session.scalars(select(CalendarItem))}
        first, second, third = plan_of(briefing).slots
        keep(briefing, officer, later(hours=1), [first, replace(second, talk_minutes=12), third], description="새 소개")
        publish(briefing, officer, later(hours=1))

        assert {person for person in PEOPLE if post(person)} == {HANEUL}, "whose turn comes three minutes later"
        changed = [item.email for item in db.session.scalars(select(CalendarItem)) if item.sequence != numbers[item.id]]
        assert changed == [HANEUL], "no sequence rises without a message"

    def test_of_a_title_alone_waits_for_the_next_one(self, briefing, officer, later, post):
        post("gaon@example.com")
        keep(briefing, officer, later(hours=1), title="새 제목")
        publish(briefing, officer, later(minutes=1))
        assert post("gaon@example.com") == []
        later(minutes=15)
        assert [letter.facts.sequence for letter in post("gaon@example.com")] == [1]

    def test_respects_that_mails_are_held(self, briefing, officer, later):
        with unit_of_work():
            planning.hold_mails(briefing, True, by=officer, now=later(minutes=1))
        keep(briefing, officer, later(hours=1), times=(START + WEEK, START + WEEK + timedelta(minutes=90)))
        now = later(hours=1)
        publish(briefing, officer, now)
        new = db.session.scalars(select(Message).where(Message.created_at == now)).all()
        assert len(new) == 5 and {message.state for message in new} == {MessageState.HELD}

    def test_takes_registrants_who_present_now_out_once(self, briefing, officer, later, post):
        post("gaon@example.com")
        first, second, third = plan_of(briefing).slots
        presents = replace(second, presenter_name="이가온", presenter_email="gaon@example.com")
        keep(briefing, officer, later(hours=1), [first, presents, third], times=(START + WEEK, START + 2 * WEEK))
        publish(briefing, officer, later(hours=1))
        letters = post("gaon@example.com")
        assert sorted((letter.kind, letter.facts.method, letter.facts.sequence) for letter in letters) == [
            ("presenter_slot", "REQUEST", 0),
            ("withdrawal", "CANCEL", 1),
        ]

    def test_is_refused_as_a_whole_where_a_part_is(self, briefing, officer, later):
        other = a_briefing(title="다른 설명회", starts_at=START + WEEK)
        other.slots[0].presenter_email = NURI
        db.session.commit()
        keep(briefing, officer, later(hours=1), title="새 제목", times=(START + WEEK, START + 2 * WEEK))
        with refused("발표자가 겹칩니다"):
            publish(briefing, officer, later(hours=1))
        db.session.refresh(briefing)
        assert briefing.title == "바다 설명회" and briefing.pending is not None


class TestMeanwhile:
    """What happens to the briefing while staff keep changes back."""

    def test_a_presenter_who_hands_over_stays_handed_over(self, briefing, officer, later):
        first, second, third = plan_of(briefing).slots
        keep(briefing, officer, later(hours=1), [second, replace(first, talk_minutes=20), third], moderator="윤다온")
        with unit_of_work():
            presenters.hand_over(briefing.slots[0], "최다온", "과장", DAON, later(hours=1))
        with unit_of_work():
            presenters.accept(briefing.slots[0], later(minutes=1))

        draft = draft_of(briefing)
        assert draft.conflicts == []
        publish(briefing, officer, later(hours=1))
        moved = briefing.slots[1]
        assert (moved.presenter_email, moved.talk_minutes, moved.state) == (DAON, 20, SlotState.ACCEPTED)
        assert briefing.moderator == "윤다온"

    def test_a_stand_by_who_took_over_and_a_no_stay(self, briefing, officer, later):
        keep(briefing, officer, later(hours=1), title="새 제목")
        with unit_of_work():
            presenters.name_standby(briefing.slots[0], "최다온", "", DAON, officer, later(minutes=1))
        with unit_of_work():
            presenters.decline(briefing.slots[0], later(minutes=1))
            presenters.decline(briefing.slots[2], later(minutes=1))
        publish(briefing, officer, later(hours=1))
        assert [(slot.presenter_email, slot.state) for slot in briefing.slots] == [
            (DAON, SlotState.UNANSWERED),
            ("", SlotState.UNANSWERED),
            (HANEUL, SlotState.DECLINED),
        ]

    @pytest.mark.parametrize(("theirs", "presents"), [(True, DAON), (False, "ours@example.kr")])
    def test_a_presenter_changed_by_both_is_for_staff_to_settle(self, briefing, officer, later, theirs, presents):
        first, second, third = plan_of(briefing).slots
        ours = replace(first, presenter_name="오우리", presenter_email="ours@example.kr")
        keep(briefing, officer, later(hours=1), [ours, second, third], moderator="윤다온")
        with unit_of_work():
            presenters.hand_over(briefing.slots[0], "최다온", "", DAON, later(hours=1))

        (contested,) = contested_of(draft_of(briefing))
        key = f"presenter:{first.need_id}"
        assert contested == (
            key,
            "‘박누리의 과제’ 발표자",
            f"박누리 ({NURI})",
            f"최다온 ({DAON})",
            "오우리 (ours@example.kr)",
        )
        with refused("먼저 어느 쪽을 따를지"):
            publish(briefing, officer, later(hours=1))
        seen = {"seen": briefing.changed_at, "seen_draft": briefing.pending_at}
        with unit_of_work():
            drafting.settle(briefing, {key: theirs}, **seen, by=officer, now=later(minutes=1))
        assert draft_of(briefing).conflicts == []
        publish(briefing, officer, later(hours=1))
        assert briefing.slots[0].presenter_email == presents and briefing.moderator == "윤다온"

    def test_conflicts_are_settled_one_at_a_time_if_staff_want_so(self, briefing, officer, later):
        first, second, third = plan_of(briefing).slots
        ours = replace(first, presenter_name="오우리", presenter_email="ours@example.kr")
        both = START + 2 * WEEK, START + 2 * WEEK + timedelta(minutes=90)
        keep(briefing, officer, later(hours=1), [ours, second, third], times=both)
        moved = START + WEEK, START + WEEK + timedelta(minutes=90)
        with unit_of_work():
            presenters.hand_over(briefing.slots[0], "최다온", "", DAON, later(hours=1))
            planning.reschedule(briefing, moved, seen=briefing.changed_at, by=officer, now=later(hours=1))
        seen = {"seen": briefing.changed_at, "seen_draft": briefing.pending_at}
        assert [each.key for each in contested_of(draft_of(briefing))] == ["times", f"presenter:{first.need_id}"]

        with unit_of_work():
            drafting.settle(briefing, {"times": True}, **seen, by=officer, now=later(minutes=1))

        assert [each.key for each in contested_of(draft_of(briefing))] == [f"presenter:{first.need_id}"]
        assert "times" not in briefing.pending["changes"]
        seen["seen_draft"] = briefing.pending_at
        with unit_of_work():
            theirs = {f"presenter:{first.need_id}": True}
            drafting.settle(briefing, theirs, **seen, by=officer, now=later(minutes=1))
        assert briefing.pending is None, "nothing of ours is left"

    def test_a_move_is_kept_and_moves_what_the_draft_does_not_touch(self, briefing, officer, later):
        keep(briefing, officer, later(hours=1), title="새 제목")
        with unit_of_work():
            times = START + WEEK, START + WEEK + timedelta(minutes=90)
            planning.reschedule(briefing, times, seen=briefing.changed_at, by=officer, now=later(hours=1))
        closes_at = briefing.registration_closes_at
        publish(briefing, officer, later(hours=1))
        assert (briefing.starts_at, briefing.registration_closes_at) == (START + WEEK, closes_at)

    def test_two_new_times_are_for_staff_to_settle(self, briefing, officer, later):
        keep(briefing, officer, later(hours=1), times=(START + 2 * WEEK, START + 2 * WEEK + timedelta(minutes=90)))
        with unit_of_work():
            times = START + WEEK, START + WEEK + timedelta(minutes=90)
            planning.reschedule(briefing, times, seen=briefing.changed_at, by=officer, now=later(hours=1))
        assert [each.what for each in contested_of(draft_of(briefing))] == ["일시"]

    def test_what_became_the_same_is_no_difference_any_more(self, briefing, officer, later):
        keep(briefing, officer, later(hours=1), capacity=10)
        kept = briefing.pending, briefing.pending_at
        with unit_of_work():
            briefing.capacity = 10
        assert draft_of(briefing).changes == {}
        assert (briefing.pending, briefing.pending_at) == kept

    def test_a_cancellation_settles_it(self, briefing, officer, later):
        keep(briefing, officer, later(hours=1), title="새 제목")
        with unit_of_work():
            planning.cancel(briefing, "발표 기관의 사정", by=officer, now=later(hours=1))
        assert (briefing.title, briefing.pending, briefing.pending_at) == ("바다 설명회", None, None)

    def test_an_edit_told_at_once_settles_it_too(self, briefing, officer, later):
        keep(briefing, officer, later(hours=1), title="새 제목")
        with unit_of_work():
            from_draft = draft_of(briefing)
            drafting.publish(
                briefing, seen=briefing.changed_at, seen_draft=from_draft.at, by=officer, now=later(minutes=1)
            )
        assert briefing.title == "새 제목" and briefing.pending is None


def test_every_part_of_a_draft_has_words(briefing, officer, later):
    other = a_briefing(needs=0)
    first, second, third = plan_of(briefing).slots
    given = {
        "theme_id": other.theme_id,
        "audience_id": other.audience_id,
        "visibility": Visibility.UNLISTED,
        "capacity": None,
        "opening_minutes": 5,
        "materials_due_at": START - WEEK,
        "room_note": "044-123-4567",
    }
    slots = [first.presented_by(Presenter("", "", "")), second.presented_by(Presenter("한결", "과장", "")), third]
    keep(briefing, officer, later(hours=1), slots, **given)
    assert {what: (was, now) for what, was, now in said(briefing)} == {
        "주제": (briefing.theme.name, other.theme.name),
        "대상": (briefing.audience.name, other.audience.name),
        "누리집에 보이기": ("목록에 보이기", "주소를 아는 사람만 보기"),
        "여는 말": ("10분", "5분"),
        "정원": ("2명", "제한 없음"),
        "발표자료 기한": ("따로 정하지 않음", "2026. 12. 2.(수) 14:00"),
        "접속이 안 될 때": ("없음", "044-123-4567"),
        "‘박누리의 과제’ 발표자": (f"박누리 ({NURI})", "없음"),
        "‘홍길동의 과제’ 발표자": ("홍길동", "한결 과장"),
    }


ORDERS = [
    # was, ours, theirs, merged, contested
    ([1, 2, 3], [3, 1, 2], [1, 2, 3], [3, 1, 2], False),
    ([1, 2, 3], [1, 2, 3, 9], [3, 2, 1], [3, 2, 1, 9], False),
    ([1, 2, 3], [1, 3], [3, 2, 1], [3, 1], False),
    ([1, 2, 3], [3, 2, 1], [1, 2, 3, 8], [3, 2, 1, 8], False),
    ([1, 2, 3], [3, 2, 1], [1, 3], [3, 1], False),
    ([1, 2, 3], [3, 2, 1], [3, 2, 1], [3, 2, 1], False),
    ([1, 2, 3], [3, 2, 1], [2, 1, 3], [3, 2, 1], True),
]


@pytest.mark.parametrize(("was", "ours", "theirs", "merged", "contested"), ORDERS)
def test_two_orders_become_one(was, ours, theirs, merged, contested):
    assert drafting._merged_order(was, ours, theirs) == (merged, contested)


def test_of_a_need_taken_out_meanwhile_nothing_is_left(briefing, officer, later):
    first, second, third = plan_of(briefing).slots
    new = slot_for(a_need(title="새 과제"))
    keep(briefing, officer, later(hours=1), [replace(first, talk_minutes=20), second, third, new])
    kept = briefing.pending, briefing.pending_at
    with unit_of_work():
        briefing.pending = briefing.pending_at = None
    edit(briefing, officer, later(hours=1), [third, second])
    with unit_of_work():
        briefing.pending, briefing.pending_at = kept

    draft = draft_of(briefing)
    assert [slot.title for slot in draft.slots()] == ["김하늘의 과제", "홍길동의 과제", "새 과제"]
    publish(briefing, officer, later(hours=1))
    assert [slot.need.title for slot in briefing.slots] == ["김하늘의 과제", "홍길동의 과제", "새 과제"]
