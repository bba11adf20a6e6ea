"""Whatever people and staff do in whatever order: the program and a plain model agree after every step.

Places are never over and none stands empty that somebody in line would fit, the line keeps its order, everybody was
told once of each thing, and exactly those who hold a place have one entry in their calendar.

`REGISTERING_EXAMPLES=500 REGISTERING_STEPS=50 pytest tests/schedule/test_registering_machine.py` looks much longer,
each time elsewhere, and then for the shortest way to what it found.
"""

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest
from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import select, update

from briefings.accounts.models import User
from briefings.calendar.evidence import Evidence
from briefings.calendar.replies import Answer
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.organizations.models import OrganizationKind
from briefings.outbox.models import Message, MessageState
from briefings.schedule import answers, approving, entering, planning, registering, waiting
from briefings.schedule.answers import Trust
from briefings.schedule.calendar_models import CalendarItem, ItemState
from briefings.schedule.finding import place_in_line, places_of
from briefings.schedule.models import Briefing, Eligibility
from briefings.schedule.registration_models import Invitee, Registration
from tests.builders import a_briefing, a_user, an_invitee
from tests.schedule.registering_model import No, Session
from tests.schedule.signing_up import an_applicant
from tests.schedule.steps import edit

pytestmark = pytest.mark.each_database

EXAMPLES = int(os.environ.get("REGISTERING_EXAMPLES", "9"))
STEPS = int(os.environ.get("REGISTERING_STEPS", "25"))
LONGER = "REGISTERING_EXAMPLES" in os.environ

PEOPLE = 6
HOLDING = ("confirmed", "waitlisted", "requested")

examples = count(1)
somebody = st.integers(0, PEOPLE - 1)
somewhere = st.sampled_from([0, 0, 0, 1])
capacities = st.sampled_from([1, 2, 2, 3, 3, 0, 4, None])
kinds = st.sampled_from(["company", "company", "company", "local"])


def where_there_are(*states: str, party: bool = False) -> Callable[[Any], Any]:
    """Only while somebody is in one of these states (and of a party)."""
    return precondition(lambda self: bool(self.those(states, party)))


class Scene(NamedTuple):
    """When, by whom, and the other briefing."""

    now: datetime
    by_staff: bool
    other: Briefing
    other_model: Session


ACTS: dict[str, tuple[Callable[[Registration, Scene], Any], Callable[[Session, str, Scene], None]]] = {
    "cancel": (
        lambda it, scene: registering.cancel(it, scene.now, by_staff=scene.by_staff),
        lambda model, email, scene: model.cancel(email),
    ),
    "register_again": (
        lambda it, scene: registering.register_again(it, scene.now),
        lambda model, email, scene: model.register_again(email, scene.now),
    ),
    "take_any": (
        lambda it, scene: waiting.take_any(it, scene.now),
        lambda model, email, scene: model.take_any(email),
    ),
    "approve": (
        lambda it, scene: approving.approve(it, scene.now),
        lambda model, email, scene: model.approve(email),
    ),
    "refuse": (
        lambda it, scene: approving.refuse(it, "자리가 없습니다.", scene.now),
        lambda model, email, scene: model.refuse(email),
    ),
    "move_to": (
        lambda it, scene: entering.move_to(it, scene.other, scene.now),
        lambda model, email, scene: model.move_to(email, scene.other_model, scene.now),
    ),
}
"""What may be done about what somebody has, by the program and by the model."""


class Registering(RuleBasedStateMachine):
    """Two briefings, six people, an officer; a minute passes with each step."""

    now: datetime

    def __init__(self) -> None:
        super().__init__()
        self.example = next(examples)
        self.pressed: list[tuple[Any, ...]] = []
        self.tokens = count(1)

    @initialize(capacity=capacities, approval=st.booleans(), first=st.integers(0, 3))
    def begin(self, capacity: int | None, approval: bool, first: int) -> None:
        """So many have registered already."""
        self.officer: User = a_user()
        self.briefings = [a_briefing(needs=0, capacity=capacity, approval=approval), a_briefing(needs=0, capacity=2)]
        first_one = Session(capacity, approval)
        self.model = [first_one, Session(2, reminders=first_one.reminders)]
        for who in range(first):
            self.press(0, [who], "company", False, False, f"first{self.example}:{who}")

    # What people do

    @rule(
        where=somewhere,
        who=st.lists(somebody, min_size=1, max_size=3, unique=True),
        kind=kinds,
        together=st.booleans(),
        by_link=st.sampled_from([False, False, True]),
    )
    def register(self, where: int, who: list[int], kind: str, together: bool, by_link: bool) -> None:
        self.press(where, who, kind, together, by_link, f"{self.example}:{next(self.tokens)}")

    @precondition(lambda self: self.pressed)
    @rule()
    def press_again(self) -> None:
        """The form that was sent last, once more, while nobody has left again."""
        where, who, *_ = self.pressed[-1]
        if all(self.model[where].standing(self.email(one)) for one in who):
            self.press(*self.pressed[-1])

    def press(self, where: int, who: list[int], kind: str, together: bool, by_link: bool, token: str) -> None:
        emails = [self.email(one) for one in who]
        invitee = self.invitee(where, emails[0]) if by_link else None
        applicant = an_applicant(
            emails[0], kind=OrganizationKind(kind), together=together, invitee=invitee, form_token=token
        )
        colleagues = [registering.Colleague("김나루", email) for email in emails[1:]]
        done = self.step(
            where,
            lambda here: registering.register_together(here, applicant, colleagues, self.now),
            lambda model: model.register(emails, self.now, kind, together, by_link, token),
        )
        self.pressed += [(where, who, kind, together, by_link, token)] if done else []

    @where_there_are(*HOLDING)
    @rule(data=st.data(), by_staff=st.booleans())
    def cancel(self, data: st.DataObject, by_staff: bool) -> None:
        self.act(*self.one_of(data, *HOLDING), "cancel", by_staff)

    @where_there_are("confirmed")
    @rule(data=st.data(), believed=st.sampled_from([True, True, False]))
    def decline(self, data: st.DataObject, believed: bool) -> None:
        """A no from the calendar to the newest invitation."""
        where, who = self.one_of(data, "confirmed")
        email, here = self.email(who), self.briefings[where]
        db.session.execute(update(Message).where(Message.recipient == email).values(state=MessageState.SENT))
        found = select(CalendarItem).where(CalendarItem.email == email, CalendarItem.briefing_id == here.id)
        item = db.session.scalars(found.order_by(CalendarItem.id.desc()).limit(1)).one()
        no = Answer(method="REPLY", uid=f"{item.uid}@x", attendee=email, partstat="DECLINED", dtstamp=self.now)
        self.step(
            where,
            lambda here: answers.take(no, Evidence(email, believed), self.now, Trust()),
            lambda model: model.decline(email, believed, self.now),
        )

    @where_there_are("cancelled")
    @rule(data=st.data())
    def register_again(self, data: st.DataObject) -> None:
        self.act(*self.one_of(data, "cancelled"), "register_again")

    @where_there_are("waitlisted", "requested", party=True)
    @rule(data=st.data())
    def take_any(self, data: st.DataObject) -> None:
        self.act(*self.one_of(data, "waitlisted", "requested", party=True), "take_any")

    @rule(where=somewhere, who=somebody, act=st.sampled_from(sorted(ACTS)), data=st.booleans())
    def act_out_of_turn(self, where: int, who: int, act: str, data: bool) -> None:
        """Whatever state they are in: mostly refused."""
        self.act(where, who, act, data)

    # What staff do

    @where_there_are("requested")
    @rule(data=st.data(), yes=st.sampled_from([True, True, False]))
    def decide(self, data: st.DataObject, yes: bool) -> None:
        self.act(*self.one_of(data, "requested"), "approve" if yes else "refuse")

    @where_there_are(*HOLDING)
    @rule(data=st.data())
    def move_person(self, data: st.DataObject) -> None:
        self.act(*self.one_of(data, *HOLDING), "move_to")

    @rule(where=somewhere, who=somebody)
    def enter(self, where: int, who: int) -> None:
        email = self.email(who)
        self.step(
            where,
            lambda here: entering.enter(here, an_applicant(email), self.now),
            lambda model: model.enter(email, self.now),
        )

    @rule(where=somewhere, capacity=capacities)
    def change_capacity(self, where: int, capacity: int | None) -> None:
        self.change(where, lambda model: model.set_capacity(capacity), capacity=capacity)

    @rule(where=somewhere, on=st.booleans())
    def change_approval(self, where: int, on: bool) -> None:
        self.change(where, lambda model: model.set_approval(on), approval=on)

    @rule(where=somewhere, to=st.sampled_from([Eligibility.OPEN, *Eligibility]))
    def change_eligibility(self, where: int, to: Eligibility) -> None:
        local = [OrganizationKind.LOCAL.value] if to is Eligibility.KINDS else []
        self.change(
            where,
            lambda model: model.set_eligibility(set(local), to is Eligibility.INVITED),
            eligibility=to,
            eligible_kinds=local,
        )

    @rule(where=somewhere, who=somebody)
    def invite(self, where: int, who: int) -> None:
        if self.invitee(where, self.email(who)) is None:
            an_invitee(self.briefings[where], email=self.email(who))
            self.model[where].invited.add(self.email(who))

    @rule(where=somewhere)
    def move_briefing(self, where: int) -> None:
        here = self.briefings[where]
        times = (here.starts_at + timedelta(days=1), here.ends_at + timedelta(days=1))
        self.step(
            where,
            lambda here: planning.reschedule(here, times, seen=here.changed_at, by=self.officer, now=self.now),
            lambda model: model.reschedule(),
        )

    @precondition(lambda self: len(self.model[0].people) > 3)
    @rule(where=somewhere, really=st.sampled_from([False, False, False, False, True]))
    def call_off(self, where: int, really: bool) -> None:
        if really:
            self.step(
                where,
                lambda here: planning.cancel(here, "사정", by=self.officer, now=self.now),
                lambda model: model.call_off(),
            )

    # How a step is taken and looked at

    def change(self, where: int, model: Callable[[Session], None], **details: Any) -> None:
        """The editor writes everything down at once."""
        self.step(where, lambda here: edit(here, self.officer, self.now, **details), model, opens=False)

    def act(self, where: int, who: int, act: str, by_staff: bool = False) -> None:
        """A step about what somebody has there; nothing where they never had anything."""
        email, other = self.email(who), 1 - where
        if email not in self.model[where].people:
            return
        found = (Registration.briefing_id == self.briefings[where].id, Registration.email == email)
        registration = db.session.scalars(select(Registration).where(*found)).one()
        program, model = ACTS[act]
        scene = Scene(self.now, by_staff, self.briefings[other], self.model[other])
        self.step(where, lambda here: program(registration, scene), lambda session: model(session, email, scene))
        if act == "move_to":
            self.compare(scene.other, scene.other_model)

    def those(self, states: tuple[str, ...], party: bool = False) -> list[tuple[int, int]]:
        """Where and who, of everybody in one of these states."""
        return [
            (where, who)
            for where, session in enumerate(self.model)
            for who in range(PEOPLE)
            if (place := session.people.get(self.email(who))) and place.state in states and (place.party or not party)
        ]

    def one_of(self, data: st.DataObject, *states: str, party: bool = False) -> tuple[int, int]:
        return data.draw(st.sampled_from(self.those(states, party)))

    def step(
        self,
        where: int,
        program: Callable[[Briefing], Any],
        model: Callable[[Session], None],
        opens: bool = True,
    ) -> bool:
        """Do it with both, a minute later, compare all there is; whether it was done."""
        type(self).now += timedelta(minutes=1)
        done = True
        try:
            model(self.model[where])
        except No:
            done = False
        try:
            if opens:
                with unit_of_work():
                    program(self.briefings[where])
            else:
                program(self.briefings[where])
        except Refused as refused:
            assert not done, f"only the program refuses: {refused}"
        else:
            assert done, "only the model refuses"
        self.compare(self.briefings[where], self.model[where])
        return done

    def compare(self, here: Briefing, model: Session) -> None:
        rows = db.session.scalars(select(Registration).where(Registration.briefing_id == here.id)).all()
        found = {row.email: (row.state.value, row.waiting_since) for row in rows}
        assert found == {email: (each.state, each.since) for email, each in model.people.items()}
        parties = {row.email: row.party for row in rows}
        assert _together(parties) == _together({email: each.party for email, each in model.people.items()})
        confirmed = len(model.those("confirmed"))
        assert places_of(here) == (model.capacity, confirmed, len(model.line()))
        by_email = {row.email: row for row in rows}
        for place, each in enumerate(model.line(), start=1):
            assert place_in_line(by_email[each.email]) == place
        told: dict[str, list[str]] = {}
        about = select(Message.recipient, Message.kind).where(Message.about == f"briefing:{here.id}")
        for email, kind in db.session.execute(about.order_by(Message.id)):
            told.setdefault(email, []).append(kind)
        assert told == model.told
        entries = select(CalendarItem.email, CalendarItem.starts_at)
        open_ones = entries.where(CalendarItem.briefing_id == here.id, CalendarItem.state == ItemState.OPEN)
        stands = [] if model.off else [(each.email, here.starts_at) for each in model.those("confirmed")]
        assert sorted(tuple(row) for row in db.session.execute(open_ones)) == sorted(stands)

    def email(self, who: int) -> str:
        return f"person{who}.{self.example}@example.com"

    def invitee(self, where: int, email: str) -> Invitee | None:
        return db.session.scalar(
            select(Invitee).where(Invitee.briefing_id == self.briefings[where].id, Invitee.email == email)
        )


def _together(parties: Mapping[str, Any]) -> set[frozenset[str]]:
    """Who are a party with whom, whatever it is called."""
    called = set(filter(None, parties.values()))
    return {frozenset(email for email, party in parties.items() if party == each) for each in called}


@pytest.mark.slow
def test_the_program_does_what_the_model_says(app: Flask, now: datetime) -> None:
    Registering.now = now
    how: dict[str, Any] = {"derandomize": False} if LONGER else {"phases": [Phase.generate]}
    run_state_machine_as_test(Registering, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, **how))
