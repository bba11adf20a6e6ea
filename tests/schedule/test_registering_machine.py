"""Whatever people and staff do in whatever order: the program and a plain model agree after every step.

Places are never over and none stands empty that somebody in line would fit, the line keeps its order, everybody was
told once of each thing, and exactly those who hold a place have one entry in their calendar.

`REGISTERING_EXAMPLES=500 REGISTERING_STEPS=50 pytest tests/schedule/test_registering_machine.py` looks much longer,
each time elsewhere, and then for the shortest way to what it found.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from briefings.accounts.models import User
from briefings.calendar.evidence import Evidence
from briefings.calendar.replies import Answer
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.organizations.models import OrganizationKind
from briefings.outbox.models import Message
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

EXAMPLES = int(os.environ.get("REGISTERING_EXAMPLES", "12"))
STEPS = int(os.environ.get("REGISTERING_STEPS", "25"))
LONGER = "REGISTERING_EXAMPLES" in os.environ

examples = count(1)
somebody = st.integers(0, 5)
somewhere = st.integers(0, 1)
capacities = st.one_of(st.integers(0, 4), st.none())
kinds = st.sampled_from(["company", "local"])


class Registering(RuleBasedStateMachine):
    """Two briefings, six people, an officer; a minute passes with each step."""

    now: datetime

    def __init__(self) -> None:
        super().__init__()
        self.example = next(examples)
        self.pressed: list[tuple[Any, ...]] = []
        self.tokens = count(1)

    @initialize(capacities=st.tuples(capacities, capacities), approval=st.booleans())
    def begin(self, capacities: tuple[int | None, int | None], approval: bool) -> None:
        self.officer: User = a_user()
        self.briefings = [
            a_briefing(needs=0, capacity=capacity, approval=approval and not n) for n, capacity in enumerate(capacities)
        ]
        self.model = [Session(capacity, approval and not n) for n, capacity in enumerate(capacities)]

    # What people do

    @rule(where=somewhere, who=st.lists(somebody, min_size=1, max_size=3, unique=True), data=st.data())
    def register(self, where: int, who: list[int], data: st.DataObject) -> None:
        kind, together, invitee = data.draw(kinds), data.draw(st.booleans()), data.draw(st.booleans())
        self.press(where, who, kind, together, invitee, f"{self.example}:{next(self.tokens)}")

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

    @rule(where=somewhere, who=somebody, by_staff=st.booleans())
    def cancel(self, where: int, who: int, by_staff: bool) -> None:
        self.with_place(
            where, who, lambda it: registering.cancel(it, self.now, by_staff=by_staff), lambda m, e: m.cancel(e)
        )

    @rule(where=somewhere, who=somebody, believed=st.booleans())
    def decline(self, where: int, who: int, believed: bool) -> None:
        """A no from the calendar to the newest invitation."""
        email, here = self.email(who), self.briefings[where]
        found = select(CalendarItem).where(CalendarItem.email == email, CalendarItem.briefing_id == here.id)
        item = db.session.scalar(found.order_by(CalendarItem.id.desc()).limit(1))
        if item is None:
            return
        no = Answer(method="REPLY", uid=f"{item.uid}@x", attendee=email, partstat="DECLINED", dtstamp=self.now)
        self.step(
            where,
            lambda here: answers.take(no, Evidence(email, believed), self.now, Trust()),
            lambda model: model.decline(email, believed),
        )

    @rule(where=somewhere, who=somebody)
    def register_again(self, where: int, who: int) -> None:
        self.with_place(
            where,
            who,
            lambda it: registering.register_again(it, self.now),
            lambda model, email: model.register_again(email, self.now),
        )

    @rule(where=somewhere, who=somebody)
    def take_any(self, where: int, who: int) -> None:
        self.with_place(
            where, who, lambda it: waiting.take_any(it, self.now), lambda model, email: model.take_any(email)
        )

    # What staff do

    @rule(where=somewhere, who=somebody, yes=st.booleans())
    def decide(self, where: int, who: int, yes: bool) -> None:
        self.with_place(
            where,
            who,
            lambda it: approving.approve(it, self.now) if yes else approving.refuse(it, "자리가 없습니다.", self.now),
            lambda model, email: model.approve(email) if yes else model.refuse(email),
        )

    @rule(where=somewhere, who=somebody)
    def enter(self, where: int, who: int) -> None:
        email = self.email(who)
        self.step(
            where,
            lambda here: entering.enter(here, an_applicant(email), self.now),
            lambda model: model.enter(email, self.now),
        )

    @rule(where=somewhere, who=somebody)
    def move_person(self, where: int, who: int) -> None:
        other = self.briefings[1 - where]
        self.with_place(
            where,
            who,
            lambda it: entering.move_to(it, other, self.now),
            lambda model, email: model.move_to(email, self.model[1 - where], self.now),
        )

    @rule(where=somewhere, capacity=capacities)
    def change_capacity(self, where: int, capacity: int | None) -> None:
        self.change(where, lambda model: model.set_capacity(capacity), capacity=capacity)

    @rule(where=somewhere, on=st.booleans())
    def change_approval(self, where: int, on: bool) -> None:
        self.change(where, lambda model: model.set_approval(on), approval=on)

    @rule(where=somewhere, to=st.sampled_from(Eligibility))
    def change_eligibility(self, where: int, to: Eligibility) -> None:
        local = [OrganizationKind.LOCAL.value] if to is Eligibility.KINDS else []

        def said(model: Session) -> None:
            if model.off:
                raise No
            model.kinds, model.invited_only = set(local) or None, to is Eligibility.INVITED

        self.change(where, said, eligibility=to, eligible_kinds=local)

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

    @rule(where=somewhere, really=st.sampled_from([True, False, False, False]))
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

    def with_place(
        self,
        where: int,
        who: int,
        program: Callable[[Registration], Any],
        model: Callable[[Session, str], None],
    ) -> None:
        """A step about what somebody has there; nothing where they never had anything."""
        email = self.email(who)
        if email in self.model[where].people:
            registration = self.registration(where, email)
            self.step(where, lambda here: program(registration), lambda session: model(session, email))

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
        for place in (0, 1):
            self.compare(self.briefings[place], self.model[place])
        return done

    def compare(self, here: Briefing, model: Session) -> None:
        rows = db.session.scalars(select(Registration).where(Registration.briefing_id == here.id)).all()
        parties: dict[str, int] = {}
        found = {
            row.email: (row.state.value, row.waiting_since, bool(row.party) and parties.setdefault(row.party, row.id))
            for row in rows
        }
        groups: dict[int, int] = {}
        ids = {row.email: row.id for row in rows}
        expected = {
            email: (each.state, each.since, bool(each.party) and groups.setdefault(each.party, ids.get(email, 0)))
            for email, each in model.people.items()
        }
        assert found == expected
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

    def registration(self, where: int, email: str) -> Registration:
        of_address = (Registration.briefing_id == self.briefings[where].id, Registration.email == email)
        return db.session.scalars(select(Registration).where(*of_address)).one()

    def invitee(self, where: int, email: str) -> Invitee | None:
        return db.session.scalar(
            select(Invitee).where(Invitee.briefing_id == self.briefings[where].id, Invitee.email == email)
        )


@pytest.mark.slow
def test_the_program_does_what_the_model_says(app: Flask, now: datetime) -> None:
    Registering.now = now
    how: dict[str, Any] = {"derandomize": False} if LONGER else {"phases": [Phase.generate]}
    run_state_machine_as_test(Registering, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, **how))
