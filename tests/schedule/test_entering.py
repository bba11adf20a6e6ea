"""Staff enter people, and move them to another briefing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox.models import Message
from briefings.privacy.consenting import consents_with, current_texts
from briefings.privacy.models import Purpose
from briefings.schedule import entering, registering
from briefings.schedule.calendar_models import ItemState
from briefings.schedule.finding import place_in_line, places_of
from briefings.schedule.invitations import open_item
from briefings.schedule.models import BriefingState, Eligibility
from briefings.schedule.registration_models import SupportState
from tests.builders import a_briefing, a_registration
from tests.mails import mails_to
from tests.schedule.letters import delivered
from tests.schedule.signing_up import (
    CANCELLED,
    CONFIRMED,
    REQUESTED,
    WAITLISTED,
    an_applicant,
    cancel,
    register,
    register_all,
    states,
    told,
)

pytestmark = pytest.mark.usefixtures("app")

GAON, NARU = "gaon@example.com", "naru@example.com"


def enter(briefing, now, email=GAON, source="", **given):
    with unit_of_work():
        return entering.enter(briefing, an_applicant(email, **given), now, source)


def move(registration, other, now):
    with unit_of_work():
        return entering.move_to(registration, other, now)


class TestEntering:
    def test_gives_a_place_whatever_binds_others_and_says_who_did_it_and_how_to_say_no(self, app, now):
        closed = now - timedelta(hours=1)
        briefing = a_briefing(registration_closes_at=closed, eligibility=Eligibility.INVITED, approval=True)

        entered = enter(briefing, now, source="소속 기관이 낸 참석자 명단")

        assert entered.state is CONFIRMED and entered.by_staff
        assert consents_with(registering.consents_of(entered)) == []
        (mail,) = mails_to(app, GAON)
        for words in ("협업이음", "‘소속 기관이 낸 참석자 명단’", "개인정보 보호법 제20조", "취소해 주세요"):
            assert words in mail.text

    def test_gives_a_place_in_line_where_all_are_taken(self, app, now):
        briefing = a_briefing(capacity=0)
        assert enter(briefing, now).state is WAITLISTED
        (mail,) = mails_to(app, GAON)
        assert "대기 순번은 1번" in mail.text and "‘담당 부서가 받은 참석 명단’" in mail.text

    def test_says_so_where_the_address_is_registered_already(self, now):
        briefing = a_briefing(approval=True)
        a_registration(briefing, email=NARU)
        register(briefing, now, GAON)

        for email, words in ((NARU, "이미 신청되어"), (GAON, "승인을 기다리는 신청이")):
            with pytest.raises(Refused, match=words) as refused:
                enter(briefing, now, email)
            assert refused.value.field == "email"
        assert told(NARU) == [] and told(GAON) == ["requested"]

    def test_takes_up_again_what_was_cancelled_and_does_it_once_for_one_press(self, now):
        briefing = a_briefing()
        cancelled = register(briefing, now)
        cancel(cancelled, now)

        again = enter(briefing, now + timedelta(hours=1), form_token="t1")
        twice = enter(briefing, now + timedelta(hours=1), form_token="t1")

        assert again == twice == cancelled and again.by_staff
        assert told(GAON) == ["invitation", "withdrawal", "invitation"]

    def test_is_refused_where_nothing_is_to_come(self, now):
        over = a_briefing(starts_at=now - timedelta(hours=3))
        for briefing in (a_briefing(state=BriefingState.DRAFT), a_briefing(state=BriefingState.CANCELLED), over):
            with pytest.raises(Refused):
                enter(briefing, now)
        assert told(GAON) == []

    def test_who_registers_by_themselves_later_has_agreed_to_it(self, now):
        briefing = a_briefing()
        entered = enter(briefing, now)
        cancel(entered, now)
        register(briefing, now + timedelta(hours=1))
        assert not entered.by_staff


class TestMoving:
    def test_frees_the_place_for_the_next_and_takes_one_at_the_other(self, now):
        here, other = a_briefing(capacity=1), a_briefing(capacity=1)
        registration, next_one = register(here, now), register(here, now, NARU)

        moved = move(registration, other, now + timedelta(hours=1))

        assert states([registration, moved, next_one]) == [CANCELLED, CONFIRMED, CONFIRMED]
        assert moved.briefing == other and (moved.name, moved.email) == (registration.name, registration.email)
        assert told(NARU) == ["waitlisted", "invitation"]

    def test_reads_as_one_story_and_the_calendar_has_the_new_entry_alone(self, app, now):
        here, other = a_briefing(title="자원순환 설명회"), a_briefing(title="탄소중립 설명회")
        registration = register(here, now - timedelta(minutes=1))
        delivered(app, GAON)

        moved = move(registration, other, now)

        _, gone, come = delivered(app, GAON)
        assert (gone.kind, come.kind) == ("withdrawal", "invitation")
        assert gone.facts.method == "CANCEL" and "옮긴 설명회: 탄소중립 설명회" in gone.text
        assert come.facts.method == "REQUEST" and "‘자원순환 설명회’" in come.text and "옮겼고" in come.text
        assert open_item(registration) is None and open_item(moved).state is ItemState.OPEN

    def test_to_a_full_one_goes_to_the_end_of_the_line_with_one_mail_where_nothing_stood_in_the_calendar(self, now):
        here, other = a_briefing(capacity=0), a_briefing(capacity=0)
        a_registration(other, state=WAITLISTED, waiting_since=now)
        waited = register(here, now - timedelta(days=1))

        moved = move(waited, other, now + timedelta(hours=1))

        assert (
            moved.state is WAITLISTED and place_in_line(moved) == 2 and moved.waiting_since == now + timedelta(hours=1)
        )
        assert told(GAON) == ["waitlisted", "waitlisted"]

    def test_takes_along_what_was_said_and_agreed_to(self, now):
        here, other = a_briefing(needs=2), a_briefing(needs=0)
        both, here_only = (slot.need for slot in here.slots)
        other.slots.append(type(here.slots[0])(need=both, position=1))
        text = current_texts([Purpose.NEWS], "ko")[Purpose.NEWS]
        said = {"department": "사업팀", "support": "문자 통역", "interests": (both.id, here_only.id)}
        registration = register(here, now, consents=((text.id, True),), **said)
        registration.support_state = SupportState.ARRANGED

        moved = move(registration, other, now + timedelta(hours=1))

        assert (moved.department, moved.support, moved.support_state) == ("사업팀", "문자 통역", SupportState.ASKED)
        assert moved.interests == [both]
        (consent,) = consents_with(registering.consents_of(moved))
        assert consent.stands and consent.answered_at == now

    def test_approves_who_still_waited_for_a_decision_and_asks_nobody_there(self, now):
        here = a_briefing(approval=True)
        other = a_briefing(approval=True, eligibility=Eligibility.INVITED, registration_closes_at=now)
        asked = register(here, now)

        moved = move(asked, other, now + timedelta(hours=1))

        assert states([asked, moved]) == [CANCELLED, CONFIRMED] and told(GAON) == ["requested", "invitation"]

    def test_from_one_that_was_called_off_says_nothing_of_that_again(self, now):
        here, other = a_briefing(), a_briefing()
        registration = register(here, now)
        with unit_of_work():
            here.cancel("사정", now)
            open_item(registration).close(now)

        moved = move(registration, other, now + timedelta(hours=1))

        assert states([registration, moved]) == [CANCELLED, CONFIRMED] and told(GAON) == ["invitation", "invitation"]

    def test_out_of_a_party_leaves_the_others_fewer_to_wait_for(self, now):
        here, other = a_briefing(capacity=2), a_briefing()
        register(here, now, NARU)
        party = register_all(here, now, GAON, "b@example.com", together=True)

        moved = move(party[0], other, now + timedelta(hours=1))

        assert moved.party == "" and states([moved, party[1]]) == [CONFIRMED, CONFIRMED]

    def test_takes_up_again_what_was_cancelled_there(self, now):
        here, other = a_briefing(), a_briefing()
        there = register(other, now)
        cancel(there, now)
        assert move(register(here, now), other, now + timedelta(hours=1)) == there and there.state is CONFIRMED

    def test_is_refused_where_it_makes_no_sense(self, now):
        here, other = a_briefing(), a_briefing()
        registration, over = register(here, now), a_briefing(starts_at=now - timedelta(hours=3))
        register(other, now)
        gone = a_registration(here, state=CANCELLED)
        late = a_registration(over, state=REQUESTED)

        for one, to, words in (
            (registration, here, "지금과 같은"),
            (registration, other, "이미 신청되어"),
            (registration, over, "취소되었거나 끝난"),
            (registration, a_briefing(state=BriefingState.DRAFT), "공개하지 않은"),
            (gone, a_briefing(), "취소된 신청"),
            (late, a_briefing(), "이미 끝난"),
        ):
            with pytest.raises(Refused, match=words):
                move(one, to, now)
        assert places_of(here).confirmed == 1


def test_removed_by_staff_somebody_reads_why(app, now):
    registration = register(a_briefing(), now)
    cancel(registration, now, by_staff=True, reason="발표자로 참석하십니다.")
    assert "취소한 이유: 발표자로 참석하십니다." in mails_to(app, GAON)[-1].text
    assert db.session.scalars(select(Message.kind)).all() == ["invitation", "withdrawal"]
