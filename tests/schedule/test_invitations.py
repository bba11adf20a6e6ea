"""What reaches registrants' mailboxes and calendars, as the worker sends it and calendar programs take it."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from briefings.accounts.models import Role
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox.finding import Search
from briefings.outbox.handling import Act, chosen, do, trust
from briefings.outbox.models import Message, MessageState, UndeliverableAddress
from briefings.schedule import invitations, registering
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_registration, a_user, saved
from tests.calendar.clients import CLIENTS
from tests.schedule.letters import delivered, dropped
from tests.schedule.test_registering import cancel, register

GAON = "gaon@example.com"


@pytest.fixture
def briefing(app) -> Briefing:
    return a_briefing(title="탄소중립 설명회, 1차", capacity=1)


@pytest.fixture
def later():
    """Move the clock: `later(minutes=5)`; the time it is then."""
    with time_machine.travel(datetime.fromisoformat("2026-11-23T01:00:00+00:00"), tick=False) as traveller:

        def move(**by: float) -> datetime:
            traveller.shift(timedelta(**by))
            return datetime.now().astimezone()

        yield move


def move(briefing: Briefing, starts_at: datetime, now: datetime) -> int:
    with unit_of_work():
        briefing.move(starts_at, starts_at + timedelta(minutes=90), now)
        return invitations.tell_of_new_time(briefing, now)


def call_off(briefing: Briefing, now: datetime) -> int:
    with unit_of_work():
        briefing.cancel("강사 사정", now)
        return invitations.tell_of_cancellation(briefing, now)


def resend(registration: Registration, now: datetime) -> None:
    with unit_of_work():
        invitations.resend_invite(registration, now)


def rename(briefing: Briefing, title: str, now: datetime) -> None:
    with unit_of_work():
        briefing.title = title
        invitations.tell_of_new_title(briefing, now)


class TestAConfirmedPlace:
    def test_is_one_request_that_all_readers_take_alike(self, app, briefing, now):
        register(briefing, now)
        (letter,) = delivered(app, GAON)

        facts = letter.facts
        assert (facts.method, facts.sequence) == ("REQUEST", 0)
        assert (facts.starts_at, facts.ends_at) == (briefing.starts_at, briefing.ends_at)
        assert facts.summary == "탄소중립 설명회, 1차"
        assert facts.attendees == (f"mailto:{GAON}",) or facts.attendees == (GAON,)
        assert facts.uid.endswith("@cal.briefings.example.kr")
        assert letter.parsed["From"].addresses[0].addr_spec == "invite@briefings.example.kr"

    def test_puts_nothing_personal_into_the_calendar(self, app, briefing, now):
        registration = register(briefing, now)
        (letter,) = delivered(app, GAON)
        calendar = letter.calendar.replace(b"\r\n ", b"").decode()
        assert f"http://briefings.example.kr/b/{briefing.public_id}" in calendar
        assert "/join/" not in calendar and "/r/" not in calendar and registration.public_id not in calendar
        assert "/join/" in letter.text and "/r/" in letter.text

    def test_in_line_gets_words_only(self, app, briefing, now):
        register(briefing, now, "first@example.com")
        register(briefing, now)
        (letter,) = delivered(app, GAON)
        assert letter.kind == "waitlisted" and letter.calendar is None
        assert "대기 순번은 1번" in letter.text

    def test_after_waiting_says_that_a_place_came_free(self, app, briefing, now):
        first = register(briefing, now, "first@example.com")
        register(briefing, now)
        cancel(first, now)
        letter = delivered(app, GAON)[-1]
        assert letter.facts.method == "REQUEST" and "자리가 나서" in letter.text

    def test_of_an_address_calendars_cannot_take_comes_as_words(self, app, briefing, now):
        register(briefing, now, "가온@example.com")
        (letter,) = delivered(app, "가온@example.com")
        assert letter.calendar is None and "/join/" in letter.text

    def test_of_our_own_address_comes_as_words(self, app, briefing, now):
        register(briefing, now, "invite@briefings.example.kr")
        (letter,) = delivered(app, "invite@briefings.example.kr")
        assert letter.calendar is None

    def test_is_not_sent_after_the_end(self, app, briefing, later, now):
        register(briefing, now)
        later(days=11)
        assert delivered(app, GAON) == []
        assert dropped(GAON) == [("invitation", "설명회가 이미 끝났습니다.")]


class TestANewTime:
    def test_is_the_same_entry_moved(self, app, briefing, later, now):
        registration = register(briefing, now)
        (first,) = delivered(app, GAON)
        moved_to = briefing.starts_at + timedelta(days=2)

        assert move(briefing, moved_to, later(hours=1)) == 1

        _, update_ = delivered(app, GAON)
        assert update_.subject.startswith("[일시 변경] ")
        assert update_.facts == first.facts._replace(
            sequence=1, starts_at=moved_to, ends_at=moved_to + timedelta(minutes=90)
        )
        assert update_.parsed["In-Reply-To"] == update_.parsed["References"] == first.parsed["Message-ID"]
        db.session.refresh(registration)
        item = invitations.open_item(registration)
        assert (item.sequence, item.partstat) == (1, "ACCEPTED")

    def test_reaches_everyone_and_the_waiting_list_in_words(self, app, briefing, later, now):
        register(briefing, now)
        register(briefing, now, "second@example.com")
        delivered(app, GAON)
        assert move(briefing, briefing.starts_at + timedelta(days=1), later(hours=1)) == 2
        letter = delivered(app, "second@example.com")[-1]
        assert letter.subject.startswith("[일시 변경] ") and letter.calendar is None
        assert "/join/" not in letter.text

    def test_twice_before_the_worker_came_is_told_once(self, app, briefing, later, now):
        register(briefing, now)
        delivered(app, GAON)
        start = briefing.starts_at
        move(briefing, start + timedelta(days=1), later(seconds=1))
        move(briefing, start + timedelta(days=2), later(seconds=1))

        letters = delivered(app, GAON)

        assert [letter.facts.sequence for letter in letters] == [0, 2]
        assert letters[-1].facts.starts_at == start + timedelta(days=2)
        assert dropped(GAON) == [("new_time", "더 새로운 안내가 뒤따릅니다.")]

    def test_before_the_invitation_left_makes_one_invitation_with_the_new_time(self, app, briefing, later, now):
        register(briefing, now)
        move(briefing, briefing.starts_at + timedelta(days=1), later(seconds=1))
        (letter,) = delivered(app, GAON)
        assert letter.subject.startswith("[초대] ") and "확정되었습니다" in letter.text
        assert letter.facts.sequence == 1 and letter.facts.starts_at == briefing.starts_at

    def test_raises_the_stamp_of_every_item_by_a_second_at_least(self, briefing, now):
        registration = register(briefing, now)
        before = invitations.open_item(registration).dtstamp
        move(briefing, briefing.starts_at + timedelta(days=1), now)
        db.session.expire_all()
        assert invitations.open_item(registration).dtstamp == before + timedelta(seconds=1)

    def test_is_told_to_nobody_who_cancelled(self, app, briefing, later, now):
        cancel(register(briefing, now), now)
        assert move(briefing, briefing.starts_at + timedelta(days=1), later(hours=1)) == 0


class TestANewTitle:
    def test_waits_for_further_edits_and_is_told_once(self, app, briefing, later, now):
        register(briefing, now)
        delivered(app, GAON)
        for n in range(20):
            rename(briefing, f"탄소중립 설명회 {n}", later(seconds=30))
        assert len(delivered(app, GAON)) == 1
        later(minutes=16)
        letters = delivered(app, GAON)
        assert [letter.facts.summary for letter in letters[1:]] == ["탄소중립 설명회 19"]
        assert letters[-1].subject.startswith("[변경] ") and letters[-1].facts.sequence == 20

    def test_holds_no_invitation_up(self, app, briefing, later, now):
        register(briefing, now)
        rename(briefing, "새 이름", later(seconds=1))
        (invitation,) = delivered(app, GAON)
        assert (invitation.facts.sequence, invitation.facts.summary) == (0, "새 이름")
        later(minutes=16)
        _, update_ = delivered(app, GAON)
        assert update_.facts.sequence == 1
        assert _stamp(update_.calendar) > _stamp(invitation.calendar)

    def test_holds_no_new_time_up(self, app, briefing, later, now):
        register(briefing, now)
        delivered(app, GAON)
        move(briefing, briefing.starts_at + timedelta(days=1), later(seconds=1))
        rename(briefing, "새 이름", later(seconds=1))
        assert [letter.subject.split()[0] for letter in delivered(app, GAON)] == ["[초대]", "[일시"]


def _stamp(calendar: bytes) -> bytes:
    return next(line for line in calendar.splitlines() if line.startswith(b"DTSTAMP"))


class TestAWithdrawal:
    def test_takes_the_entry_out(self, app, briefing, later, now):
        registration = register(briefing, now)
        (first,) = delivered(app, GAON)
        cancel(registration, later(hours=1))
        _, withdrawal = delivered(app, GAON)
        assert withdrawal.facts == first.facts._replace(method="CANCEL", sequence=1)
        assert withdrawal.subject.startswith("[취소] ") and "요청하신 대로" in withdrawal.text
        assert withdrawal.parsed["In-Reply-To"] == first.parsed["Message-ID"]

    def test_by_staff_says_so(self, app, briefing, later, now):
        registration = register(briefing, now)
        delivered(app, GAON)
        cancel(registration, later(hours=1), by_staff=True)
        assert "담당자가" in delivered(app, GAON)[-1].text

    def test_of_the_briefing_reaches_everyone_with_the_reason(self, app, briefing, later, now):
        register(briefing, now)
        register(briefing, now, "second@example.com")
        delivered(app, GAON)
        assert call_off(briefing, later(hours=1)) == 2
        with_place, waiting = delivered(app, GAON)[-1], delivered(app, "second@example.com")[-1]
        assert (with_place.facts.method, with_place.facts.sequence) == ("CANCEL", 1)
        assert waiting.calendar is None
        assert "강사 사정" in with_place.text and "강사 사정" in waiting.text

    def test_of_what_never_left_is_words_only(self, app, briefing, later, now):
        cancel(register(briefing, now), later(seconds=1))
        (letter,) = delivered(app, GAON)
        assert letter.kind == "withdrawal" and letter.calendar is None
        assert dropped(GAON) == [("invitation", "더 새로운 안내가 뒤따릅니다.")]

    def test_of_what_may_have_left_takes_the_entry_out(self, app, briefing, later, now):
        registration = register(briefing, now)
        with unit_of_work():  # a worker died between handing over and writing so down
            db.session.execute(update(Message).values(state=MessageState.SENDING, claimed_until=now))
        cancel(registration, later(seconds=1))
        (letter,) = delivered(app, GAON)
        assert dropped(GAON) == [("invitation", "더 새로운 안내가 뒤따릅니다.")]
        assert (letter.facts.method, letter.facts.sequence) == ("CANCEL", 1)

    def test_and_a_new_registration_leave_one_new_entry(self, app, briefing, later, now):
        registration = register(briefing, now)
        delivered(app, GAON)
        cancel(registration, later(hours=1))
        register(briefing, later(hours=1))
        letters = delivered(app, GAON)
        assert [(each.facts.method, each.facts.sequence) for each in letters] == [
            ("REQUEST", 0),
            ("CANCEL", 1),
            ("REQUEST", 0),
        ]
        assert letters[0].facts.uid == letters[1].facts.uid != letters[2].facts.uid

    def test_is_not_sent_where_the_invitation_could_not_be_delivered(self, app, briefing, later, now):
        registration = register(briefing, now)
        with unit_of_work():
            db.session.execute(update(Message).values(state=MessageState.FAILED, attempts=1))
        cancel(registration, later(hours=1))
        assert delivered(app, GAON) == []
        assert dropped(GAON) == [("withdrawal", "초대가 전달되지 않은 주소입니다.")]


class TestSendingAgain:
    def test_is_the_same_calendar_object_in_a_new_mail(self, app, briefing, later, now):
        registration = register(briefing, now)
        delivered(app, GAON)
        resend(registration, later(minutes=5))
        first, again = delivered(app, GAON)
        assert again.calendar == first.calendar
        assert again.parsed["Message-ID"] != first.parsed["Message-ID"]

    def test_three_times_an_hour_and_no_more(self, app, briefing, later, now):
        registration = register(briefing, now)
        for _ in range(3):
            resend(registration, later(minutes=1))
        with pytest.raises(Refused, match="한 시간에 세 번"):
            resend(registration, later(minutes=1))
        resend(registration, later(hours=1))

    def test_waits_for_staff_only_behind_what_they_hold(self, app, briefing, later, now):
        registration = register(briefing, now)
        delivered(app, GAON)
        briefing.hold_mails = True
        db.session.commit()
        resend(registration, later(minutes=1))
        assert len(delivered(app, GAON)) == 2
        move(briefing, briefing.starts_at + timedelta(days=1), later(minutes=1))
        resend(registration, later(minutes=1))
        assert len(delivered(app, GAON)) == 2

    def test_needs_a_place_and_a_future(self, briefing, now):
        waiting = a_registration(briefing, state=RegistrationState.WAITLISTED)
        over = register(a_briefing(starts_at=now + timedelta(hours=2)), now)
        with pytest.raises(Refused, match="보낼 초대가 없습니다"):
            resend(waiting, now)
        with pytest.raises(Refused, match="보낼 초대가 없습니다"):
            resend(over, now + timedelta(hours=4))

    def test_is_tried_even_where_an_earlier_one_failed(self, app, briefing, later, now):
        registration = register(briefing, now)
        with unit_of_work():
            db.session.execute(update(Message).values(state=MessageState.FAILED))
        resend(registration, later(minutes=1))
        assert [letter.kind for letter in delivered(app, GAON)] == ["invitation"]

    def test_what_failed_is_sent_by_staff_although_what_followed_was_dropped(self, app, briefing, later, now):
        register(briefing, now)
        with unit_of_work():
            db.session.execute(update(Message).values(state=MessageState.FAILED, attempts=1))
        starts_at = briefing.starts_at + timedelta(days=1)
        move(briefing, starts_at, later(minutes=1))
        assert delivered(app, GAON) == [] and len(dropped(GAON)) == 1
        with unit_of_work():
            again = chosen(Act.AGAIN, Search(q=GAON), None)
            assert do(Act.AGAIN, again, a_user(Role.OFFICER), later(minutes=1)) == 1
        (letter,) = delivered(app, GAON)
        assert (letter.kind, letter.facts.starts_at) == ("invitation", starts_at)

    def test_what_was_kept_back_is_sent_by_staff_once_they_trust_the_address(self, app, briefing, later, now):
        register(briefing, now)
        delivered(app, GAON)
        saved(UndeliverableAddress(address=GAON, since=now, reason="550 No such user"))
        starts_at, officer = briefing.starts_at + timedelta(days=1), a_user(Role.OFFICER)
        move(briefing, starts_at, later(minutes=1))
        assert len(delivered(app, GAON)) == 1
        with unit_of_work():
            trust(GAON, officer, later(minutes=1))
            assert do(Act.AGAIN, chosen(Act.AGAIN, Search(q=GAON), None), officer, later(minutes=1)) == 1
        _, letter = delivered(app, GAON)
        assert (letter.kind, letter.facts.starts_at, letter.facts.sequence) == ("new_time", starts_at, 1)

    def test_a_change_reaches_whoever_is_trusted_again_before_anything_left(self, app, briefing, later, now):
        saved(UndeliverableAddress(address=GAON, since=now, reason="550 No such user"))
        register(briefing, now)
        assert delivered(app, GAON) == []
        with unit_of_work():
            trust(GAON, a_user(Role.OFFICER), later(minutes=1))
        move(briefing, briefing.starts_at + timedelta(days=1), later(minutes=1))
        (letter,) = delivered(app, GAON)
        assert letter.subject.startswith("[초대]") and letter.facts.sequence == 1


def test_every_calendar_program_ends_in_the_right_state(app, briefing, later, now):
    registration = register(briefing, now)
    delivered(app, GAON)
    move(briefing, briefing.starts_at + timedelta(days=2), later(hours=1))
    resend(registration, later(hours=1))
    delivered(app, GAON)
    cancel(registration, later(hours=1))
    register(briefing, later(hours=1))
    move(briefing, briefing.starts_at + timedelta(days=1), later(hours=1))

    letters = delivered(app, GAON)
    for program in CLIENTS:
        calendar = program(GAON)
        for letter in letters:
            calendar.receive(letter.raw)

        (shown,) = [entry for entry in calendar.entries.values() if not entry.cancelled]
        assert shown.starts_at == briefing.starts_at, program


@pytest.mark.parametrize(
    ("answer", "then"), [("ACCEPTED", "ACCEPTED"), ("DECLINED", "NEEDS-ACTION"), ("TENTATIVE", "NEEDS-ACTION")]
)
def test_a_yes_stays_when_the_time_changes_and_any_other_answer_is_asked_for_anew(
    app, briefing, later, now, answer, then
):
    registration = register(briefing, now)
    invitations.open_item(registration).partstat = answer
    db.session.commit()
    delivered(app, GAON)
    move(briefing, briefing.starts_at + timedelta(days=1), later(hours=1))
    assert f"PARTSTAT={then};".encode() in delivered(app, GAON)[-1].calendar.replace(b"\r\n ", b"")
    assert invitations.open_item(registration).time_sequence == 1


def test_nothing_is_told_about_what_is_over(app, briefing, now):
    register(briefing, now)
    with unit_of_work():
        assert invitations.tell_of_new_title(briefing, briefing.ends_at) == 0
        assert invitations.tell_of_cancellation(briefing, briefing.ends_at) == 0


def test_a_registration_that_was_destroyed_gets_nothing_more(app, briefing, now):
    registration = register(briefing, now)
    with unit_of_work():
        registering.find_mine(GAON, now)
        db.session.delete(db.session.scalars(select(CalendarItem)).one())
        db.session.delete(registration)
    assert delivered(app, GAON) == []
    assert {reason for _, reason in dropped(GAON)} == {
        "신청 기록이 더는 없습니다.",
        "앞으로 열릴 설명회의 신청이 없습니다.",
    }


def test_what_the_worker_reads_for_many_is_as_many_statements_as_for_one(app, now, count_queries):
    sent = {}
    for people in (1, 5):
        briefing = a_briefing()
        for number in range(people):
            register(briefing, now, email=f"person{number}@{people}.example.com")
        with count_queries() as statements:
            assert len(delivered(app, f"person{people - 1}@{people}.example.com")) == 1
        sent[people] = [each for each in statements if each.startswith("SELECT")]
    assert len(sent[5]) == len(sent[1])


def test_everybody_told_has_a_message_of_their_own_and_whoever_was_erased_has_none(app, now):
    briefing = a_briefing(capacity=2)
    for name in ("gaon", "haneul", "raon"):  # the last one waits
        register(briefing, now, email=f"{name}@example.com")
    with unit_of_work() as session:
        for kind in (Registration, CalendarItem):
            session.execute(update(kind).where(kind.email == "haneul@example.com").values(email="4@invalid"))
    assert move(briefing, briefing.starts_at + timedelta(days=1), now + timedelta(minutes=1)) == 2
    told = db.session.scalars(select(Message).where(Message.kind.in_(("new_time", "waiting_new_time")))).all()
    assert {(each.kind, each.recipient, each.recipient_name, each.locale) for each in told} == {
        ("new_time", "gaon@example.com", "이가온", "ko"),
        ("waiting_new_time", "raon@example.com", "이가온", "ko"),
    }
    assert len({each.reference for each in told}) == 2 and {len(each.reference) for each in told} == {32}
    assert [each.attempts for each in told] == [0, 0] and {each.about for each in told} == {f"briefing:{briefing.id}"}
