"""People counted ahead are the people there are: whatever is done, in whatever order, by whomever at once."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, event, select, text

from briefings import clock, jobs
from briefings.app import BELONGINGS
from briefings.db import db, dialect, unit_of_work
from briefings.errors import Refused
from briefings.live import joining, marking
from briefings.live.models import Attendance, AttendanceState
from briefings.organizations import looking_after
from briefings.organizations.models import Organization, OrganizationKind
from briefings.rights import erasing
from briefings.schedule import editing, entering, planning, registering
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.slots import plan_of
from briefings.statistics import tallies
from briefings.statistics.funnel import funnels
from briefings.statistics.models import BriefingTally, overtaken_tallies
from briefings.statistics.scope import Axis, Scope, briefings_in
from tests.builders import a_briefing, a_registration, a_round, a_user
from tests.operation.test_backups import application
from tests.prepared import a_database
from tests.schedule.signing_up import an_applicant
from tests.schedule.steps import details_of

pytestmark = pytest.mark.each_database

SEOUL = ZoneInfo("Asia/Seoul")
ROUNDS, PEOPLE = 3, 12
KINDS = (OrganizationKind.COMPANY, OrganizationKind.LOCAL, OrganizationKind.UNIVERSITY)
SCOPES = {
    Scope(): tuple(Axis),
    Scope(kind=OrganizationKind.COMPANY): (Axis.KIND, Axis.ROUND),
    Scope(owner_kind=OrganizationKind.LOCAL): (Axis.BRIEFING,),
}
LIVE = (RegistrationState.CONFIRMED, RegistrationState.WAITLISTED)


def told(now):
    """The people of each briefing."""
    return {each.briefing_id: each for each in tallies.tallies(briefings_in(Scope(), SEOUL), now)}


def everything(now):
    """The funnels of several scopes, and along every axis."""
    return [funnels(scope, axes, SEOUL, now) for scope, axes in SCOPES.items()]


def from_rows(count, now):
    """What `count` finds where nothing was counted ahead."""
    with db.session.begin_nested() as point:
        db.session.execute(delete(BriefingTally))
        found = count(now)
        point.rollback()
    return found


class Installation:
    """Two briefings to come and two that have begun, and whatever may be done there."""

    def __init__(self, now: datetime) -> None:
        self.now, self.draw, self.staff = now, Random(7), a_user()  # noqa: S311 (the same every time)
        opened = {"registration_opens_at": now - timedelta(days=9)}
        ends_at = now + timedelta(hours=1)
        begun = opened | {"starts_at": now - timedelta(minutes=5), "ends_at": ends_at}
        self.coming = [a_briefing(2, now=now, capacity=2, **opened) for _ in range(2)]
        self.begun = [a_briefing(2, now=now, registration_closes_at=ends_at, **begun) for _ in range(2)]
        self.coming[0].slots[0].need.round = a_round()
        self.acts: dict[str, Callable[[], object]] = {
            "register": lambda: registering.register(self.one_of(self.coming + self.begun), self.applicant(), now),
            "enter": lambda: entering.enter(self.one_of(self.coming), self.applicant(), now),
            "cancel": lambda: registering.cancel(self.somebody(self.coming, *LIVE), now),
            "come back": lambda: registering.register_again(self.somebody(self.coming, "cancelled"), now),
            "change": lambda: registering.change(self.somebody(self.coming, *LIVE), self.applicant(), now),
            "move": lambda: entering.move_to(self.somebody(self.coming[:1], *LIVE), self.coming[1], now),
            "raise capacity": self.raise_capacity,
            "come": lambda: joining.enter(self.somebody(self.begun, "confirmed"), now),
            "mark": self.mark,
            "reschedule": self.reschedule,
            "merge organizations": self.merge_organizations,
            "change kind": self.change_kind,
            "forget": self.forget,
        }

    def one_of(self, rows):
        return self.draw.choice(list(rows))

    def somebody(self, among, *states):
        """A registration there; Refused where there is none."""
        there = Registration.briefing_id.in_([each.id for each in among]), Registration.state.in_(states)
        if not (people := db.session.scalars(select(Registration).where(*there).order_by(Registration.id)).all()):
            raise Refused("nobody")
        return self.one_of(people)

    def applicant(self):
        """One of a few people, of one of a few organizations."""
        who = self.draw.randrange(PEOPLE)
        return an_applicant(f"p{who}@example.com", kind=KINDS[who % 3], organization=f"기관 {self.draw.randrange(4)}")

    def raise_capacity(self):
        briefing = self.one_of(self.coming)
        details = details_of(briefing, capacity=(briefing.capacity or 0) + 1)
        slots, seen = plan_of(briefing).slots, briefing.changed_at
        editing.edit(briefing, details, slots, seen=seen, by=self.staff, now=self.now)

    def mark(self):
        person, as_ = self.somebody(self.begun, *RegistrationState), self.one_of([None, *AttendanceState])
        marking.mark(person.briefing, [person], as_, "명단", self.staff, self.now)

    def reschedule(self):
        briefing = self.one_of(self.coming)
        times = (briefing.starts_at + timedelta(days=200), briefing.ends_at + timedelta(days=200))
        planning.reschedule(briefing, times, seen=briefing.changed_at, by=self.staff, now=self.now)

    def merge_organizations(self):
        gone, stays = self.draw.sample(self.bodies(), 2)
        looking_after.merge(gone, stays, looking_after.as_read(gone, stays), BELONGINGS, self.staff, self.now)

    def change_kind(self):
        body, kind = self.one_of(self.bodies()), self.one_of(OrganizationKind)
        looking_after.correct(
            body, f"{body.name} 2", kind, looking_after.as_read(body), BELONGINGS, self.staff, self.now
        )

    def bodies(self):
        """Whoever somebody registered from."""
        theirs = select(Registration.organization_id)
        return list(
            db.session.scalars(select(Organization).where(Organization.id.in_(theirs)).order_by(Organization.id))
        )

    def forget(self):
        """Nothing is known any more of how somebody attended."""
        of_it = Attendance.registration_id == self.somebody(self.begun, *RegistrationState).id
        db.session.execute(delete(Attendance).where(of_it))

    def do(self, act):
        """Whether it could be done."""
        try:
            with unit_of_work():
                self.acts[act]()
        except Refused:
            return False
        return True


@pytest.mark.slow
def test_whatever_is_done_those_counted_ahead_are_those_there_are(app, now):
    there, done = Installation(now), set()
    acts = [
        act for _ in range(ROUNDS) for act in ["register"] * 4 + there.draw.sample(list(there.acts), len(there.acts))
    ]
    for step, act in enumerate(acts):
        if there.do(act):
            done.add(act)
        there_are = from_rows(told, now)
        assert told(now) == there_are, (step, act)
        if step % 3 == 0:
            jobs.count_people_ahead(app)
            assert tallies.overtaken() == [] and told(now) == there_are
    assert done == set(there.acts)
    erased = there.somebody(there.begun, "confirmed").email
    with unit_of_work():
        erasing.ask(erased, "ko", now)
    for _ in range(3):
        jobs.deliver(app)
        jobs.erase_people(app)
    jobs.count_people_ahead(app)
    there.do("register")
    assert 0 < len(tallies.overtaken()) < 4 and everything(now) == from_rows(everything, now)
    later = now + timedelta(days=900)  # by when all have begun, which nobody had to count anew
    assert told(later) == from_rows(told, later) != told(now)


def test_only_what_is_counted_has_a_briefing_counted_anew(app, now):
    briefing = a_briefing(starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=1))
    person, other = a_registration(briefing), a_registration()
    with unit_of_work():
        joining.enter(person, now)
    jobs.count_people_ahead(app)
    with unit_of_work():
        joining.enter(person, now + timedelta(minutes=1))
        joining.stay(person, now + timedelta(minutes=2))
        person.name = other.name = "다른 이름"
    assert tallies.overtaken() == []
    with unit_of_work():
        registering.cancel(other, now)
    assert tallies.overtaken() == [other.briefing_id]


def test_organizations_of_a_briefing_are_read_once_for_each_time_they_are_counted(app, now, count_queries):
    briefing = a_briefing(needs=0)
    for turn in (1, 2):
        a_registration(briefing)
        jobs.count_people_ahead(app)
        for reads in (2, 1):
            with count_queries() as sent:
                [tally] = tallies.tallies(briefings_in(Scope(), SEOUL), now)
            assert (len(sent), tally.registered.bit_count()) == (reads, turn)
            db.session.rollback()


def test_what_is_counted_again_between_two_looks_is_not_mixed(app, now):
    briefing = a_briefing(needs=0)
    a_registration(briefing)
    jobs.count_people_ahead(app)

    def count_again(connection, cursor, statement, *_):
        if statement.startswith("SELECT") and "briefing_tallies.attended" in statement:
            cursor.execute("UPDATE briefing_tallies SET version = version - 1, by_kind = '{}'")

    event.listen(db.engine, "before_cursor_execute", count_again)
    try:
        assert told(now) == from_rows(told, now) != {}
    finally:
        event.remove(db.engine, "before_cursor_execute", count_again)


def test_of_what_is_kept_others_are_forgotten_before_it_is_too_much():
    kept = tallies.Kept(most=100)
    for version in range(9):
        assert kept.keep(version, (1 << 160, 1 << 80)) == (1 << 160, 1 << 80)
    assert [version for version in range(9) if kept.get(version)] == [6, 7, 8]


@pytest.mark.parametrize("on", ["sqlite", "postgresql"])
def test_whoever_comes_while_people_are_counted_is_counted(on):
    with a_database(on) as url, application(url) as app:
        now = clock.now()
        briefing = a_briefing(starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=1))
        numbers = [a_registration(briefing).id for _ in range(3)]

        def come(number):
            with app.app_context(), unit_of_work():
                joining.enter(db.session.get_one(Registration, number), now)

        def seen():
            db.session.rollback()
            assert told(now) == from_rows(told, now)
            [tally] = told(now).values()
            return tally.attended.bit_count()

        with unit_of_work():
            tallies.count_ahead([briefing.id])
            late = threading.Thread(target=come, args=numbers[:1])
            late.start()  # and waits until it is counted
            wait_until_somebody_waits()
        late.join(timeout=30)
        assert seen() == 1 and tallies.overtaken() == [briefing.id]

        with unit_of_work():
            joining.enter(db.session.get_one(Registration, numbers[1]), now)
            if on == "postgresql":  # a worker looks, and passes by
                other = threading.Thread(target=lambda: count_in(app))
                other.start()
                other.join(timeout=30)
        assert seen() == 2 and tallies.overtaken() == [briefing.id]

        with pytest.raises(ZeroDivisionError), unit_of_work() as session:
            tallies.count_ahead([briefing.id])
            session.connection().invalidate()  # all that a database hears of a worker that is killed
            raise ZeroDivisionError
        assert tallies.overtaken() == [briefing.id] and seen() == 2
        jobs.count_people_ahead(app)
        assert tallies.overtaken() == [] and seen() == 2
        assert db.session.execute(select(overtaken_tallies)).all() == []


def count_in(app):
    """As a worker does."""
    with app.app_context():
        jobs.count_people_ahead(app)


def wait_until_somebody_waits():
    """On PostgreSQL for a lock; on SQLite writers of one process take turns before they begin."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    while dialect() == "postgresql" and not db.session.scalar(text(waiting)):
        pass
