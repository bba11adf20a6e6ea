"""What presenters read and have in their calendars, from the order as it is when the mail is sent."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import delete, select, update

from briefings import clock
from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.outbox.models import Message, MessageState
from briefings.schedule import editing, items, planning, presenters, registering
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot, SlotState
from briefings.schedule.slots import plan_of
from tests.builders import a_briefing, a_registration, a_user
from tests.calendar.clients import Strict
from tests.schedule.letters import delivered, dropped
from tests.schedule.steps import details_of

NURI, HANEUL, DAON = "nuri@example.kr", "haneul@example.kr", "daon@example.kr"
START = datetime(2026, 12, 9, 14, 0, tzinfo=ZoneInfo("Asia/Seoul"))
DAY = timedelta(days=1)


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
    """Just published, with one presenter who has an address."""
    made = a_briefing(needs=2, state=BriefingState.DRAFT, starts_at=START, title="바다 설명회", moderator="윤다온")
    made.slots[1].presenter_name, made.slots[1].presenter_email = "박누리", NURI
    made.slots[1].need.title = "폐어망 되살림"
    db.session.commit()
    with unit_of_work():
        planning.publish(made, seen=made.changed_at, by=officer, now=now)
    return made


def edit(briefing: Briefing, officer: User, now: datetime, slots=None, **given) -> None:
    slots = plan_of(briefing).slots if slots is None else slots
    with unit_of_work():
        editing.edit(briefing, details_of(briefing, **given), slots, seen=briefing.changed_at, by=officer, now=now)


def move(briefing: Briefing, officer: User, now: datetime, by: timedelta) -> None:
    times = briefing.starts_at + by, briefing.ends_at + by
    with unit_of_work():
        planning.reschedule(briefing, times, seen=briefing.changed_at, by=officer, now=now)


def call_off(briefing: Briefing, officer: User, now: datetime) -> None:
    with unit_of_work():
        planning.cancel(briefing, "발표 기관의 사정", by=officer, now=now)


def test_publication_puts_their_own_time_into_the_calendar(app, briefing):
    (letter,) = delivered(app, NURI)

    assert letter.parsed["Subject"] == "[발표 일정] 바다 설명회: 2026. 12. 9.(수) 14:25"
    for words in (
        "박누리 님께",
        "2026. 12. 9.(수) 14:25~14:40 (발표 9분, 질의 6분)",
        "수요: 폐어망 되살림",
        "설명회: 2026. 12. 9.(수) 14:00~15:30",
        "사회: 윤다온",
        "https://room.example.kr/abc",
        f"http://briefings.example.kr/b/{briefing.public_id}",
        "http://briefings.example.kr/present/",
    ):
        assert words in letter.text
    facts = letter.facts
    assert (facts.method, facts.sequence, facts.summary) == ("REQUEST", 0, "[발표] 폐어망 되살림")
    assert (facts.starts_at, facts.ends_at) == (START + timedelta(minutes=25), START + timedelta(minutes=40))
    calendar = letter.calendar.replace(b"\r\n ", b"").decode()
    assert f"RELATED-TO;RELTYPE=PARENT:s-{briefing.public_id}@cal.briefings.example.kr" in calendar
    assert "PARTSTAT=NEEDS-ACTION" in calendar and "TRIGGER:-PT30M" in calendar
    assert "room.example.kr" not in calendar and "/present/" not in calendar


def test_without_a_room_yet_it_promises_to_tell(app, briefing, officer, later):
    edit(briefing, officer, later(hours=1), room_url="")
    assert "접속 주소는 정해지는 대로 다시 알려 드립니다." in delivered(app, NURI)[-1].text


def test_another_room_is_told_at_once_and_registrants_keep_their_way_in(app, briefing, officer, later):
    delivered(app, NURI)
    seated = a_registration(briefing)
    edit(briefing, officer, later(hours=1), room_url="https://other.example.kr/9")

    again = delivered(app, NURI)[-1]
    assert again.parsed["Subject"].startswith("[접속 주소 변경]")
    assert "https://other.example.kr/9" in again.text and again.facts.sequence == 1
    assert delivered(app, seated.email) == []


def test_a_move_moves_the_entry(app, briefing, officer, later):
    delivered(app, NURI)
    move(briefing, officer, later(hours=1), by=timedelta(days=7))

    moved = delivered(app, NURI)[-1]
    assert moved.parsed["Subject"] == "[발표 일정 변경] 바다 설명회: 2026. 12. 16.(수) 14:25"
    assert "일정이 바뀌었습니다" in moved.text
    assert (moved.facts.sequence, moved.facts.starts_at) == (1, START + timedelta(days=7, minutes=25))


def test_of_two_slots_only_the_one_that_moved_is_told(app, briefing, officer, later):
    first, second = plan_of(briefing).slots
    both = [replace(first, presenter_email=NURI), second]
    edit(briefing, officer, later(minutes=1), both)
    assert [letter.facts.sequence for letter in delivered(app, NURI)] == [0, 0]

    edit(briefing, officer, later(minutes=2), [both[0], replace(second, talk_minutes=12)])
    (longer,) = delivered(app, NURI)[2:]
    assert (longer.facts.sequence, longer.facts.summary) == (1, "[발표] 폐어망 되살림")


def test_two_changes_before_the_first_mail_leaves_make_one_mail_that_knows_no_change(app, briefing, officer, later):
    first, second = plan_of(briefing).slots
    edit(briefing, officer, later(minutes=1), [second, first])

    (only,) = delivered(app, NURI)
    assert only.parsed["Subject"] == "[발표 일정] 바다 설명회: 2026. 12. 9.(수) 14:10"
    assert [reason for _, reason in dropped(NURI)] == ["더 새로운 안내가 뒤따릅니다."]


def test_another_presenter_gets_another_entry_and_the_first_one_loses_theirs(app, briefing, officer, later):
    nuri = Strict(NURI)
    for letter in delivered(app, NURI):
        nuri.receive(letter.raw)
    first, second = plan_of(briefing).slots
    handed_over = replace(second, presenter_email=HANEUL, presenter_name="김하늘")
    edit(briefing, officer, later(minutes=1), [first, handed_over])

    (released,) = delivered(app, NURI)[1:]
    (asked,) = delivered(app, HANEUL)
    assert released.facts.method == "CANCEL" and "일정에서 빠졌습니다" in released.text
    assert released.parsed["Subject"] == "[발표 취소] 바다 설명회"
    assert asked.facts.uid != released.facts.uid and asked.text.startswith("김하늘 님께")
    assert NURI not in asked.raw.decode() and HANEUL not in released.raw.decode()
    nuri.receive(released.raw)
    assert not [entry for entry in nuri.entries.values() if not entry.cancelled]


def test_who_was_never_told_to_present_need_not_hear_that_they_do_not(app, briefing, officer, later):
    first, second = plan_of(briefing).slots
    edit(briefing, officer, later(minutes=1), [first, replace(second, presenter_email=HANEUL)])
    assert delivered(app, NURI) == []
    assert len(dropped(NURI)) == 2


def test_who_may_have_been_told_loses_the_entry(app, briefing, officer, later, now):
    with unit_of_work():  # a worker died between handing over and writing so down
        db.session.execute(update(Message).values(state=MessageState.SENDING, claimed_until=now))
    call_off(briefing, officer, later(minutes=1))
    assert {letter.facts.method for letter in delivered(app, NURI)} == {"CANCEL"}


def test_calling_off_gives_the_reason(app, briefing, officer, later):
    delivered(app, NURI)
    call_off(briefing, officer, later(hours=1))

    called_off = delivered(app, NURI)[-1]
    assert called_off.facts.method == "CANCEL"
    assert "취소 사유: 발표 기관의 사정" in called_off.text


def test_nothing_leaves_after_the_end(app, briefing, officer, now):
    call_off(briefing, officer, now)
    briefing.ends_at, briefing.starts_at = now, now - timedelta(hours=1)
    briefing.registration_closes_at = now - timedelta(hours=2)
    db.session.commit()
    assert delivered(app, NURI) == []


def test_many_titles_make_one_mail_after_a_while_and_a_time_goes_at_once(app, briefing, officer, now, later):
    delivered(app, NURI)
    for number in range(1, 9):
        edit(briefing, officer, later(seconds=30), title=f"바다 설명회 {number}")
        assert len(delivered(app, NURI)) == 1
    move(briefing, officer, later(minutes=1), by=DAY)
    assert [letter.facts.sequence for letter in delivered(app, NURI)] == [0, 9]
    later(hours=1)
    assert [letter.facts.sequence for letter in delivered(app, NURI)] == [0, 9]


class TestRehearsals:
    @pytest.fixture
    def rehearsed(self, briefing, now) -> Briefing:
        with unit_of_work():
            briefing.rehearsal_starts_at, briefing.rehearsal_ends_at = START - DAY, START - DAY + timedelta(minutes=40)
            presenters.keep_calendars(briefing, now)
        return briefing

    def test_are_an_entry_of_their_own(self, app, rehearsed):
        talk, rehearsal = delivered(app, NURI)
        assert rehearsal.facts.summary == "[리허설] 바다 설명회" and rehearsal.facts.uid != talk.facts.uid
        assert (rehearsal.facts.starts_at, rehearsal.facts.ends_at) == (
            rehearsed.rehearsal_starts_at,
            rehearsed.rehearsal_ends_at,
        )

    def test_move_along_with_the_briefing_as_long_as_there_is_time(self, app, rehearsed, officer, later):
        delivered(app, NURI)
        move(rehearsed, officer, later(minutes=1), by=-3 * DAY)
        assert rehearsed.rehearsal_starts_at == START - 4 * DAY
        assert [letter.facts.sequence for letter in delivered(app, NURI)[2:]] == [1, 1]
        move(rehearsed, officer, later(minutes=1), by=later() + timedelta(hours=2) - rehearsed.starts_at)
        assert rehearsed.rehearsal_starts_at is None
        assert [letter.facts.method for letter in delivered(app, NURI)[4:]] == ["CANCEL", "REQUEST"]

    def test_are_moved_and_called_off_apart_from_the_talk(self, app, rehearsed, later):
        delivered(app, NURI)
        with unit_of_work():
            rehearsed.rehearsal_ends_at += timedelta(minutes=10)
            presenters.keep_calendars(rehearsed, later(minutes=1))
        assert [(letter.facts.method, letter.facts.sequence) for letter in delivered(app, NURI)[2:]] == [("REQUEST", 1)]
        with unit_of_work():
            rehearsed.rehearsal_starts_at = rehearsed.rehearsal_ends_at = None
            presenters.keep_calendars(rehearsed, later(minutes=2))
        assert [(letter.facts.method, letter.facts.sequence) for letter in delivered(app, NURI)[3:]] == [("CANCEL", 2)]


class TestWhoAlsoRegistered:
    def test_has_the_talk_in_the_calendar_and_no_second_entry(self, app, briefing, now):
        (talk,) = delivered(app, NURI)
        seated = a_registration(briefing, email=NURI, state=registering.RegistrationState.CANCELLED)
        with unit_of_work():
            registering.register_again(seated, now)
        place = delivered(app, NURI)[-1]
        assert place.calendar is None and "발표 일정만" in place.text and talk.facts.method == "REQUEST"

    @pytest.mark.parametrize(("by_staff", "words"), [(False, "요청하신 대로"), (True, "담당자가")])
    def test_hears_of_a_place_given_up_though_it_stood_in_no_calendar(self, app, briefing, now, by_staff, words):
        seated = a_registration(briefing, email=NURI)
        with unit_of_work():
            registering.cancel(seated, now, by_staff=by_staff)
        last = delivered(app, NURI)[-1]
        assert last.calendar is None and f"{words} 설명회 참가 신청을 취소했습니다" in last.text

    def test_gets_the_place_back_into_the_calendar_when_the_talk_goes(self, app, briefing, officer, later):
        seated = a_registration(briefing, email=NURI)
        delivered(app, NURI)
        first, second = plan_of(briefing).slots
        edit(briefing, officer, later(minutes=1), [first, replace(second, presenter_email=HANEUL)])
        released, invited = delivered(app, NURI)[1:]
        assert (released.facts.method, invited.facts.method) == ("CANCEL", "REQUEST")
        assert invited.facts.starts_at == seated.briefing.starts_at


class TestAnswers:
    @pytest.fixture
    def slot(self, briefing):
        found = briefing.slots[1]
        found.standby_name, found.standby_email = "김하늘", HANEUL
        db.session.commit()
        return found

    def test_a_yes_is_kept_in_the_calendar_that_is_sent_later(self, app, briefing, slot, officer, now, later):
        delivered(app, NURI)
        with unit_of_work():
            presenters.accept(slot, now)
        move(briefing, officer, later(minutes=1), by=DAY)
        assert slot.state is SlotState.ACCEPTED
        assert b"PARTSTAT=ACCEPTED" in delivered(app, NURI)[-1].calendar.replace(b"\r\n ", b"")

    def test_a_no_raises_the_stand_by(self, app, slot, later):
        delivered(app, NURI)
        with unit_of_work():
            presenters.decline(slot, later(minutes=1), "출장이 겹쳤습니다.")
        assert (slot.presenter_name, slot.state, slot.standby_email) == ("김하늘", SlotState.UNANSWERED, "")
        assert delivered(app, NURI)[-1].facts.method == "CANCEL"
        [asked] = delivered(app, HANEUL)
        assert asked.facts.method == "REQUEST"
        assert "박누리 님 대신 발표하실 예비 발표자로 적혀 있어 부탁드립니다." in asked.text

    def test_a_no_from_a_calendar_is_not_answered_with_a_cancel(self, app, slot, later):
        delivered(app, NURI)
        with unit_of_work():
            presenters.decline(slot, later(minutes=1), by_calendar=True)
        assert len(delivered(app, NURI)) == 1
        assert len(delivered(app, HANEUL)) == 1

    @pytest.mark.parametrize("by_calendar", [False, True])
    @pytest.mark.parametrize("by_editor", [False, True])
    def test_who_stood_by_and_has_the_talk_may_say_no(
        self, app, briefing, slot, officer, now, later, by_editor, by_calendar
    ):
        if by_editor:
            first, second = plan_of(briefing).slots
            edit(briefing, officer, later(minutes=1), [first, replace(second, presenter_email=HANEUL.upper())])
        else:
            with unit_of_work():
                presenters.hand_over(slot, "김하늘", "", HANEUL.upper(), now)
        assert slot.standby_email == ""
        with unit_of_work():
            presenters.decline(slot, later(minutes=2), by_calendar=by_calendar)
        assert slot.state is SlotState.DECLINED
        assert planning.declined_slots(briefing)

    def test_nobody_stands_by_for_themselves(self, app, slot, officer, now):
        with pytest.raises(planning.Refused, match="발표자와 같은 주소"):
            presenters.name_standby(slot, "박누리", "", NURI.upper(), officer, now)
        slot.standby_email = slot.presenter_email
        db.session.commit()
        with pytest.raises(planning.Refused, match="예비 발표자가 없습니다"), unit_of_work():
            presenters.raise_standby(slot, officer, now)
        with unit_of_work():
            presenters.decline(slot, now)
        assert slot.state is SlotState.DECLINED

    def test_a_no_without_a_stand_by_leaves_the_slot_open_for_staff(self, app, briefing, slot, now):
        slot.standby_email = ""
        db.session.commit()
        with unit_of_work():
            presenters.decline(slot, now)
        assert slot.state is SlotState.DECLINED
        assert "박누리 님이 ‘폐어망 되살림’ 발표를 사양했습니다" in planning.declined_slots(briefing)[0]

    def test_who_declined_can_be_asked_again_by_staff_alone(self, app, slot, officer, now):
        slot.standby_email = ""
        db.session.commit()
        with unit_of_work():
            presenters.decline(slot, now)
        with pytest.raises(planning.Refused, match="이미 사양한"), unit_of_work():
            presenters.accept(slot, now)
        version = slot.link_version
        with unit_of_work():
            presenters.ask_again(slot, officer, now)
        assert (slot.state, slot.link_version) == (SlotState.UNANSWERED, version + 1)
        assert [letter.facts.method for letter in delivered(app, NURI)][-1] == "REQUEST"
        with pytest.raises(planning.Refused, match="사양한 발표자에게만"), unit_of_work():
            presenters.ask_again(slot, officer, now)

    def test_a_colleague_is_asked_anew_under_another_link(self, app, slot, now):
        version = slot.link_version
        with unit_of_work():
            presenters.accept(slot, now)
            presenters.hand_over(slot, "최다온", "주무관", "daon@example.kr", now)
        assert (slot.state, slot.link_version) == (SlotState.UNANSWERED, version + 1)
        assert len(delivered(app, "daon@example.kr")) == 1

    def test_a_colleague_reads_who_handed_over_also_after_a_move_and_once_more(
        self, app, briefing, slot, officer, now, later
    ):
        said = "박누리 님이 이 발표를 넘기면서 대신 발표하실 분으로 적어 주셨습니다."
        with unit_of_work():
            presenters.hand_over(slot, "최다온", "주무관", DAON, now)
        move(briefing, officer, later(minutes=1), by=DAY)  # before the first mail has left
        assert [said in letter.text for letter in delivered(app, DAON)] == [True]
        with unit_of_work():
            items.resend(presenters.item_of(slot), later(minutes=2))
        assert [said in letter.text for letter in delivered(app, DAON)] == [True, True]

    def test_who_is_asked_by_staff_reads_of_nobody_before(self, app, slot):
        assert not any("대신 발표하실" in letter.text for letter in delivered(app, NURI))

    def test_nobody_is_handed_a_talk_while_presenting_elsewhere(self, slot, now):
        there = a_briefing(starts_at=START)
        there.slots[0].presenter_email = "daon@example.kr"
        there.slots[0].talk_minutes = 60
        db.session.commit()
        with pytest.raises(planning.Refused, match="발표자가 겹칩니다"), unit_of_work():
            presenters.hand_over(slot, "최다온", "", "daon@example.kr", now)

    @pytest.mark.parametrize("meanwhile", ["handed over", "removed"])
    def test_who_answers_too_late_answers_for_nobody_else(self, slot, now, meanwhile):
        values = {"link_version": slot.link_version + 1} if meanwhile == "handed over" else None
        of_slot = PresenterSlot.id == slot.id
        change = update(PresenterSlot).where(of_slot).values(values) if values else delete(PresenterSlot).where(of_slot)
        with pytest.raises(planning.Refused, match="그사이"), unit_of_work() as session:
            session.refresh(slot)
            session.execute(change, execution_options={"synchronize_session": False})
            presenters.accept(slot, now)


def test_every_mail_to_presenters_knows_its_item(app, briefing):
    messages = db.session.scalars(select(Message)).all()
    assert {message.thread for message in messages} == {f"item:{message.params['item']}" for message in messages}
    assert {message.about for message in messages} == {f"briefing:{briefing.id}"}
