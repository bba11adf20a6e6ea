"""Taking a place, waiting for one, changing one's mind."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.organizations.models import OrganizationKind
from briefings.outbox.models import Message
from briefings.privacy.consenting import consents_with, current_texts
from briefings.privacy.models import Purpose
from briefings.schedule import eligibility, registering
from briefings.schedule.calendar_models import CalendarItem, ItemState
from briefings.schedule.finding import place_in_line, places_of
from briefings.schedule.models import BriefingState
from briefings.schedule.registering import Details, More
from briefings.schedule.registration_models import Registration, SupportState
from briefings.schedule.waiting import fill, standing_of
from tests.builders import a_briefing, a_need, a_registration
from tests.schedule.signing_up import CANCELLED, CONFIRMED, WAITLISTED, cancel, register, register_all, told

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.each_database]


def kinds() -> list[str]:
    return list(db.session.scalars(select(Message.kind).order_by(Message.id)))


class TestRegistering:
    def test_gives_a_place_and_invites(self, now):
        registration = register(a_briefing(), now)

        assert registration.state is CONFIRMED and registration.confirmed_at == now
        assert kinds() == ["invitation"]

    def test_keeps_what_the_person_said(self, now):
        briefing = a_briefing(needs=2)
        interesting, _ = (slot.need for slot in briefing.slots)
        elsewhere = a_need()

        registration = register(
            briefing,
            now,
            email="Gaon@Example.com",
            department="사업개발팀",
            phone="010-1234-5678",
            support="문자 통역",
            question="설비는 언제부터 씁니까?",
            interests=(interesting.id, elsewhere.id),
        )

        assert registration.email == "gaon@example.com"
        assert registration.organization.name == "가온재활용"
        assert registration.department == "사업개발팀"
        assert registration.phone == "010-1234-5678"
        assert registration.support == "문자 통역"
        assert registration.question == "설비는 언제부터 씁니까?"
        assert registration.interests == [interesting], "only what is presented there counts"

    def test_keeps_every_answer_about_consent_with_the_text_that_was_shown(self, now):
        texts = current_texts([Purpose.REGISTRATION, Purpose.NEWS], "ko")
        answers = ((texts[Purpose.REGISTRATION].id, True), (texts[Purpose.NEWS].id, False))

        registration = register(a_briefing(), now, consents=answers)

        kept = {
            consent.text.purpose: consent.stands for consent in consents_with(registering.consents_of(registration))
        }
        assert kept == {Purpose.REGISTRATION: True, Purpose.NEWS: False}

    def test_puts_in_line_when_all_places_are_taken(self, now):
        briefing = a_briefing(capacity=1)
        register(briefing, now, "first@example.com")

        second = register(briefing, now, "second@example.com")
        third = register(briefing, now, "third@example.com")

        assert (second.state, second.waiting_since) == (WAITLISTED, now)
        assert [place_in_line(second), place_in_line(third)] == [1, 2]
        assert kinds() == ["invitation", "waitlisted", "waitlisted"]

    def test_has_no_end_without_a_capacity(self, now):
        briefing = a_briefing(capacity=None)
        assert {register(briefing, now, f"{n}@example.com").state for n in range(5)} == {CONFIRMED}

    def test_nobody_overtakes_the_waiting_list(self, now):
        briefing = a_briefing(capacity=1)
        a_registration(briefing, state=WAITLISTED)
        assert register(briefing, now).state is WAITLISTED

    def test_the_same_address_again_changes_nothing_and_is_told_by_mail_only(self, now):
        briefing = a_briefing()
        first = register(briefing, now, name="이가온")

        again = register(briefing, now + timedelta(minutes=1), email="GAON@example.com", name="다른 사람")

        assert again == first and again.name == "이가온" and again.registered_at == now
        assert kinds() == ["invitation", "already_registered"]
        assert places_of(briefing).confirmed == 1

    def test_the_same_address_is_told_at_most_three_times_an_hour(self, now):
        briefing = a_briefing()
        for minute in range(8):
            register(briefing, now + timedelta(minutes=minute))
        assert kinds().count("already_registered") == 3
        register(briefing, now + timedelta(minutes=90))
        assert kinds().count("already_registered") == 4

    def test_after_a_cancellation_the_same_row_is_taken_up_with_a_new_calendar_item(self, now):
        briefing = a_briefing()
        registration = register(briefing, now)
        cancel(registration, now)

        again = register(briefing, now + timedelta(hours=1), name="이가온누리")

        assert again == registration and again.state is CONFIRMED and again.name == "이가온누리"
        assert again.cancelled_at is None
        items = db.session.scalars(select(CalendarItem).order_by(CalendarItem.id)).all()
        assert [(item.state, item.sequence) for item in items] == [(ItemState.CLOSED, 1), (ItemState.OPEN, 0)]
        assert items[0].uid != items[1].uid
        assert kinds() == ["invitation", "withdrawal", "invitation"]

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"state": BriefingState.DRAFT}, "아직 공개되지 않은"),
            ({"state": BriefingState.CANCELLED}, "취소된 설명회"),
            ({"starts_at": timedelta(hours=-2)}, "이미 끝난"),
            ({"registration_opens_at": timedelta(hours=1)}, "아직 신청을 받지 않습니다"),
            ({"registration_closes_at": timedelta(0)}, "마감되었습니다"),
        ],
    )
    def test_is_refused_with_the_reason_outside_its_time(self, now, given, words):
        given = {name: now + value if isinstance(value, timedelta) else value for name, value in given.items()}
        briefing = a_briefing(**given)
        with pytest.raises(Refused, match=words):
            register(briefing, now)
        assert kinds() == []

    def test_is_open_until_it_closes_even_while_live(self, now):
        late = a_briefing(starts_at=now - timedelta(minutes=10), registration_closes_at=now + timedelta(minutes=5))
        assert eligibility.closed_reason(late, now) is None


class TestPressingTwice:
    def test_the_same_form_is_one_press_with_one_answer_and_one_mail(self, now):
        briefing, later = a_briefing(), now + timedelta(seconds=2)
        first = register(briefing, now, form_token="t1")

        again = register(briefing, later, form_token="t1")

        assert again == first and kinds() == ["invitation"]
        assert registering.is_new(again, later, "t1") and not registering.is_new(again, later, "t2")

    def test_so_it_is_for_colleagues_and_for_an_address_that_is_known(self, now):
        briefing = a_briefing()
        register(briefing, now, "known@example.com", form_token="t1")
        for seconds in (1, 2):
            moment = now + timedelta(seconds=seconds)
            register_all(briefing, moment, "gaon@example.com", "known@example.com", form_token="t2")
        assert told("gaon@example.com") == ["invitation"]
        assert told("known@example.com") == ["invitation", "already_registered"]

    def test_another_form_of_the_same_person_is_another_press(self, now):
        briefing = a_briefing()
        register(briefing, now, form_token="t1")
        register(briefing, now + timedelta(seconds=2), form_token="t2")
        assert kinds() == ["invitation", "already_registered"]


class TestAddingDetails:
    def test_adds_what_is_said_and_leaves_the_rest(self, now):
        registration = register(a_briefing(), now, department="사업개발팀", support="문자 통역")

        with unit_of_work():
            registering.add_details(registration, More(rank="과장", phone="010-1234-5678"), now)

        assert (registration.department, registration.rank, registration.phone) == (
            "사업개발팀",
            "과장",
            "010-1234-5678",
        )
        assert (registration.support, registration.support_state) == ("문자 통역", SupportState.ASKED)
        assert kinds() == ["invitation"]

    def test_is_refused_after_a_cancellation_and_after_the_end(self, now):
        cancelled = a_registration(state=CANCELLED)
        over = a_registration(a_briefing(starts_at=now - timedelta(hours=3)))
        for registration, words in ((cancelled, "취소한 신청"), (over, "이미 끝난")):
            with pytest.raises(Refused, match=words), unit_of_work():
                registering.add_details(registration, More(rank="과장"), now)


class TestCancelling:
    def test_frees_the_place_for_the_first_in_line(self, now):
        briefing = a_briefing(capacity=1)
        first = register(briefing, now, "first@example.com")
        second = register(briefing, now, "second@example.com")
        third = register(briefing, now + timedelta(minutes=1), "third@example.com")

        cancel(first, now + timedelta(hours=1))

        assert (first.state, second.state, third.state) == (CANCELLED, CONFIRMED, WAITLISTED)
        assert second.confirmed_at == now + timedelta(hours=1)
        assert places_of(briefing) == (1, 1, 1)
        assert kinds() == ["invitation", "waitlisted", "waitlisted", "withdrawal", "invitation"]

    def test_of_a_place_in_line_is_told_and_moves_the_others_up(self, now):
        briefing = a_briefing(capacity=0)
        first, second = (register(briefing, now, f"{n}@example.com") for n in (1, 2))

        cancel(first, now)

        assert first.state is CANCELLED and place_in_line(second) == 1
        assert kinds() == ["waitlisted", "waitlisted", "waiting_ended"]

    def test_twice_is_refused(self, now):
        registration = register(a_briefing(), now)
        cancel(registration, now)
        with pytest.raises(Refused, match="이미 취소된"):
            cancel(registration, now)

    def test_is_refused_after_the_end(self, now):
        registration = a_registration(a_briefing(starts_at=now - timedelta(hours=3)))
        with pytest.raises(Refused, match="이미 끝난"):
            cancel(registration, now)

    def test_of_a_cancelled_briefing_gives_nobody_a_place(self, now):
        briefing = a_briefing(capacity=1)
        first, second = (register(briefing, now, f"{n}@example.com") for n in (1, 2))
        with unit_of_work():
            briefing.cancel("강사 사정", now)
        cancel(first, now)
        assert second.state is WAITLISTED


class TestFilling:
    def test_gives_as_many_places_as_there_are_in_order(self, now):
        briefing = a_briefing(capacity=0)
        waiting = [register(briefing, now + timedelta(minutes=n), f"{n}@example.com") for n in range(4)]
        briefing.capacity = 3
        with unit_of_work():
            assert fill(briefing, now + timedelta(hours=1)) == 3
        assert [r.state for r in waiting] == [CONFIRMED, CONFIRMED, CONFIRMED, WAITLISTED]

    def test_gives_everyone_a_place_when_the_limit_is_lifted(self, now):
        briefing = a_briefing(capacity=0)
        waiting = [register(briefing, now, f"{n}@example.com") for n in range(3)]
        briefing.capacity = None
        with unit_of_work():
            assert fill(briefing, now) == 3
        assert {r.state for r in waiting} == {CONFIRMED}

    def test_does_nothing_once_it_is_over(self, now):
        briefing = a_briefing(starts_at=now - timedelta(hours=3), capacity=5)
        a_registration(briefing, state=WAITLISTED)
        with unit_of_work():
            assert fill(briefing, now) == 0

    def test_takes_nothing_away_when_there_are_fewer_places_than_people(self, now):
        briefing = a_briefing(capacity=1)
        a_registration(briefing)
        a_registration(briefing)
        a_registration(briefing, state=WAITLISTED)
        with unit_of_work():
            assert fill(briefing, now) == 0
        assert places_of(briefing) == (1, 2, 1)


class TestChanging:
    def test_replaces_what_was_said_and_keeps_the_place(self, now):
        briefing = a_briefing(needs=2)
        first, second = (slot.need for slot in briefing.slots)
        registration = register(briefing, now, interests=(first.id,))
        said = Details(
            kind=OrganizationKind.UNIVERSITY, organization="한빛대학교", name="이가온", interests=(second.id,)
        )
        with unit_of_work():
            registering.change(registration, said, now)

        assert registration.organization.name == "한빛대학교"
        assert registration.interests == [second]
        assert registration.state is CONFIRMED and kinds() == ["invitation"]

    def test_is_refused_after_a_cancellation_and_after_the_end(self, now):
        said = Details(kind=OrganizationKind.COMPANY, organization="가온재활용", name="이가온")
        cancelled = a_registration(state=CANCELLED)
        over = a_registration(a_briefing(starts_at=now - timedelta(hours=3)))
        for registration, words in ((cancelled, "취소한 신청"), (over, "이미 끝난")):
            with pytest.raises(Refused, match=words), unit_of_work():
                registering.change(registration, said, now)


class TestRegisteringAgain:
    def test_takes_the_old_words_and_a_new_place(self, now):
        registration = register(a_briefing(), now, department="사업개발팀")
        cancel(registration, now)
        with unit_of_work():
            registering.register_again(registration, now)
        assert registration.state is CONFIRMED and registration.department == "사업개발팀"
        assert kinds() == ["invitation", "withdrawal", "invitation"]

    def test_ticks_the_same_needs_once_more_without_harm(self, now):
        briefing = a_briefing(needs=2)
        first, second = (slot.need for slot in briefing.slots)
        registration = register(briefing, now, interests=(first.id, second.id))
        registration.reconfirmed_at = now
        cancel(registration, now)

        again = register(briefing, now + timedelta(hours=1), interests=(first.id,))

        assert again == registration and again.interests == [first] and again.reconfirmed_at is None

    def test_goes_to_the_end_of_the_line_when_full(self, now):
        briefing = a_briefing(capacity=1)
        first, second = (register(briefing, now, f"{n}@example.com") for n in (1, 2))
        cancel(first, now)
        with unit_of_work():
            registering.register_again(first, now + timedelta(minutes=1))
        assert (first.state, second.state) == (WAITLISTED, CONFIRMED)

    def test_is_refused_while_it_stands_and_when_closed(self, now):
        stands = register(a_briefing(), now)
        closed = a_registration(a_briefing(registration_closes_at=now), state=CANCELLED)
        for registration, words in ((stands, "취소한 신청만"), (closed, "마감되었습니다")):
            with pytest.raises(Refused, match=words), unit_of_work():
                registering.register_again(registration, now)


class TestFindingMine:
    def test_sends_one_mail_to_an_address_with_something_to_come(self, now):
        register(a_briefing(), now)
        register(a_briefing(), now)
        with unit_of_work():
            registering.find_mine("GAON@example.com", now)
        assert kinds() == ["invitation", "invitation", "my_registrations"]

    def test_sends_nothing_to_an_unknown_address_or_about_what_is_over_or_cancelled(self, now):
        a_registration(a_briefing(starts_at=now - timedelta(days=2)), email="a@example.com")
        a_registration(a_briefing(), email="b@example.com", state=CANCELLED)
        a_registration(a_briefing(state=BriefingState.CANCELLED), email="c@example.com")
        with unit_of_work():
            for name in "abcd":
                registering.find_mine(f"{name}@example.com", now)
        assert kinds() == []

    def test_sends_at_most_three_an_hour(self, now):
        register(a_briefing(), now)
        for minute in range(6):
            with unit_of_work():
                registering.find_mine("gaon@example.com", now + timedelta(minutes=minute))
        assert kinds().count("my_registrations") == 3


class TestTakingUpAgain:
    def test_asks_anew_for_the_support_that_was_promised_before(self, now):
        registration = a_registration(support="문자 통역", support_state=SupportState.ARRANGED, support_answer="준비함")
        cancel(registration, now)

        with unit_of_work():
            registering.register_again(registration, now)

        assert (registration.support_state, registration.support_answer) == (SupportState.ASKED, "")

    def test_is_ones_own_doing_even_if_a_colleague_came_first(self, now):
        briefing = a_briefing()
        bringer = a_registration(briefing)
        registration = a_registration(briefing, brought_by=bringer)
        cancel(registration, now)

        with unit_of_work():
            registering.register_again(registration, now)

        assert registration.brought_by is None

    def test_sees_what_became_of_it_while_it_waited_for_the_lock(self, now):
        briefing = a_briefing()
        registration = a_registration(briefing, state=CANCELLED, cancelled_at=now, confirmed_at=None)
        meanwhile = update(Registration).values(state=CONFIRMED, cancelled_at=None, confirmed_at=now)
        db.session.execute(meanwhile, execution_options={"synchronize_session": False})

        assert standing_of(briefing, registration.email).holds is registration
