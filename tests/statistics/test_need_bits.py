"""Needs counted in memory are the needs there are: whatever changes, in whatever order, by whomever at once."""

import threading
from collections import defaultdict
from datetime import date, timedelta
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import and_, delete, event, func, insert, select, update

from briefings import clock, jobs
from briefings.db import db, unit_of_work
from briefings.needs.models import Need, Region, need_audiences, need_themes
from briefings.organizations.models import Organization, OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import Consultation, ParticipationReply, ReplyState
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registration_models import Registration
from briefings.statistics import funnel as funnels_module
from briefings.statistics import need_bits
from briefings.statistics.funnel import Step, funnel, funnels
from briefings.statistics.models import need_changes
from briefings.statistics.scope import Axis, Scope
from tests.builders import a_need, an_organization
from tests.operation.test_backups import application
from tests.prepared import a_database
from tests.statistics.generated import REGIONS, an_installation

pytestmark = pytest.mark.each_database

SEOUL = ZoneInfo("Asia/Seoul")
AXES = [axis for axis in Axis if axis is not Axis.BRIEFING]


@pytest.fixture
def installation(app, now):
    """Small enough to be counted often."""
    return an_installation(now, 40)


def scopes_of(installation):
    """One for each thing that can be asked for, and some of several."""
    theme, audience, of_round = installation.themes[0], installation.audiences[0], installation.rounds[0]
    return [
        Scope(),
        Scope(theme_id=theme),
        Scope(audience_id=audience, kind=OrganizationKind.COMPANY),
        Scope(region=REGIONS[1], since=date(2023, 7, 1)),
        Scope(round_id=of_round, until=date(2025, 12, 31)),
        Scope(owner_kind=OrganizationKind.LOCAL),
        Scope(since=date(2024, 3, 1), until=date(2025, 3, 31), kind=OrganizationKind.UNIVERSITY),
    ]


def from_rows(count):
    """What `count` finds where nothing is counted in memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(funnels_module._Read, "bits", None)
        return count()


@pytest.mark.slow
def test_along_every_axis_of_every_scope_they_are_those_that_rows_say(app, installation, now):
    for scope, at in product(scopes_of(installation), (now, now - timedelta(days=400))):

        def count(scope=scope, at=at):
            return funnels(scope, AXES, SEOUL, at)

        told = count()
        assert told == from_rows(count), (scope, at)
        assert told.whole[Step.NEEDS].number or at != now, scope


class Changes:
    """Every column that is counted, changed in one row after another, and rows added and taken away."""

    def __init__(self, installation, now):
        self.draw, self.now = Random(3), now  # noqa: S311 (the same every time)
        self.bodies, self.needs = ([build().id for _ in range(20)] for build in (an_organization, a_need))
        self.acts = {
            "owner": lambda: self.change(Need, organization_id=self.one_of(Organization.id)),
            "unpublish": lambda: self.change(Need, published_at=None),
            "publish": lambda: self.change(Need, published_at=now - timedelta(days=self.draw.randrange(900))),
            "region": lambda: self.change(Need, region=self.draw.choice(list(Region))),
            "round": lambda: self.change(Need, round_id=self.draw.choice([None, *installation.rounds])),
            "theme": lambda: self.add_topic(need_themes, "theme_id", installation.themes),
            "audience": lambda: self.add_topic(need_audiences, "audience_id", installation.audiences),
            "no theme": lambda: self.take_topic(need_themes),
            "no audience": lambda: self.take_topic(need_audiences),
            "other theme": lambda: self.turn_topic(need_themes, "theme_id", installation.themes),
            "kind": lambda: self.change(Organization, kind=self.draw.choice(list(OrganizationKind))),
            "reply": self.reply,
            "other replier": lambda: self.change(ParticipationReply, organization_id=self.bodies.pop()),
            "reply of another need": lambda: self.change(ParticipationReply, need_id=self.needs.pop()),
            "talk begins": lambda: self.change(ParticipationReply, state=ReplyState.CONSULTING),
            "due": lambda: self.change(ParticipationReply, due_at=now + timedelta(days=self.draw.randint(-9, 9))),
            "read": lambda: self.change(ParticipationReply, acknowledged_at=now - timedelta(days=3)),
            "taken back": lambda: self.change(ParticipationReply, withdrawn_at=now),
            "no reply": lambda: self.take(ParticipationReply, ~ParticipationReply.consultations.any()),
            "talk": lambda: self.add(Consultation, reply_id=self.one_of(ParticipationReply.id), notes="만남"),
            "talk of another": lambda: self.change(Consultation, reply_id=self.one_of(ParticipationReply.id)),
            "no talk": lambda: self.take(Consultation),
            "match of another": lambda: self.change(Match, need_id=self.needs.pop()),
            "matched on": lambda: self.change(Match, matched_on=now.date() + timedelta(days=9)),
            "confirmed": lambda: self.change(Match, confirmed_at=self.draw.choice([None, now])),
            "no match": lambda: self.take(Match),
            "joined": lambda: self.add(
                MatchOrganization, match_id=self.one_of(Match.id), organization_id=self.bodies.pop()
            ),
            "joined by another": lambda: self.change(MatchOrganization, organization_id=self.bodies.pop()),
            "agreed": lambda: self.change(MatchOrganization, confirmed_at=self.draw.choice([None, now])),
            "left": lambda: self.take(MatchOrganization),
            "slot": self.present,
            "slot of another": lambda: self.change(PresenterSlot, need_id=self.needs.pop()),
            "no slot": lambda: self.take(PresenterSlot),
            "called off": lambda: self.change(Briefing, state=self.draw.choice(list(BriefingState))),
            "moved": lambda: self.change(
                Briefing, starts_at=now + timedelta(days=self.draw.choice((-9, 9))), ends_at=now + timedelta(days=30)
            ),
            "no briefing": lambda: self.take(Briefing, ~Briefing.id.in_(select(Registration.briefing_id))),
        }

    def one_of(self, column, *which):
        """Its value in some row."""
        return self.draw.choice(db.session.scalars(select(column).where(*which).order_by(column)).all())

    def some(self, table, *which):
        """The condition that it is some row."""
        keys = table.__table__.primary_key.columns
        row = self.draw.choice(db.session.execute(select(*keys).where(*which).order_by(*keys)).all())
        return and_(*(key == value for key, value in zip(keys, row, strict=True)))

    def change(self, table, **values):
        db.session.execute(update(table.__table__).where(self.some(table)).values(**values))

    def take(self, table, *which):
        db.session.execute(delete(table.__table__).where(self.some(table, *which)))

    def add(self, table, **values):
        values |= {"held_on": self.now.date(), "noted_at": self.now} if table is Consultation else {}
        values |= {"confirmed_at": self.now} if table is MatchOrganization else {}
        db.session.execute(insert(table.__table__).values(**values))

    def reply(self):
        row = {"organization_id": self.bodies.pop(), "name": "이가온", "offer": "설비", "email": "gaon@example.com"}
        row |= {"need_id": self.one_of(Need.id), "sent_at": self.now, "due_at": self.now + timedelta(days=7)}
        self.add(ParticipationReply, **row)

    def present(self):
        need_id = self.needs.pop()
        self.add(PresenterSlot, briefing_id=self.one_of(Briefing.id), need_id=need_id, position=9)

    def add_topic(self, table, column, topics):
        need_id = self.one_of(Need.id, ~Need.id.in_(select(table.c.need_id)))
        db.session.execute(insert(table).values({"need_id": need_id, column: self.draw.choice(topics)}))

    def take_topic(self, table):
        db.session.execute(delete(table).where(table.c.need_id == self.one_of(table.c.need_id)))

    def turn_topic(self, table, column, topics):
        one = select(table.c.need_id).group_by(table.c.need_id).having(func.count() == 1)
        need_id = self.draw.choice(db.session.scalars(one.order_by(table.c.need_id)).all())
        db.session.execute(update(table).where(table.c.need_id == need_id).values({column: self.draw.choice(topics)}))


def kept_now():
    """Every row that is kept, and how many lie together: whatever is counted comes of them."""
    parts = [part for rows in need_bits.picture()[1:] for part in vars(rows)["_parts"]]
    return [(part.needs, part.bodies, rows_in(part)) for part in parts]


def rows_in(part):
    """Tags and moments of each; of one need they may stand in any order."""
    rows = defaultdict(list)
    for tag, bits in part.tags.items():
        found = int.from_bytes(bits, "little")
        for place in range(part.size):
            if found >> place & 1:
                rows[place].append(str(tag))
    for name, (moments, places, _) in part.moments.items():
        for moment, place in zip(moments, places, strict=True):
            rows[place].append(f"{name} {moment}")
    return sorted(sorted(row) for row in rows.values())


def read_anew():
    """The same, if nothing had been kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(need_bits._Kept, "picture", None)
        patch.setattr(need_bits._Kept, "of", {})
        return kept_now()


@pytest.mark.slow
def test_whatever_changes_nothing_is_counted_that_was(app, installation, now):
    changes = Changes(installation, now)
    axes = [axis for axis in AXES if axis is not Axis.HALF]
    scopes = [Scope(), Scope(kind=OrganizationKind.COMPANY)]

    def count():
        return funnels(scopes[turn % 2], [axes[turn % len(axes)], Axis.REGION], SEOUL, now)

    for turn, act in enumerate(changes.draw.sample([*changes.acts], len(changes.acts))):
        before = kept_now()
        with db.session.begin_nested() as point:  # and back, as if it had never been
            changes.acts[act]()
            need_bits.picture()
            point.rollback()
        assert kept_now() == before, (turn, act)
        changes.acts[act]()
        assert kept_now() == read_anew(), (turn, act)
        if turn % 4 == 0:
            assert count() == from_rows(count), (turn, act)
        if turn % 12 == 0:
            db.session.commit()
            need_bits.tidy()
            assert kept_now() == read_anew(), (turn, act)
    assert count() == from_rows(count)


def rows_read(count_queries):
    """How many statements look at rows of needs."""
    with count_queries() as sent:
        need_bits.picture()
    return len([statement for statement in sent if "FROM needs" in statement or "JOIN needs" in statement])


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # elsewhere other tests may be about to write
def test_what_was_read_is_read_again_only_where_something_has_changed(app, installation, now, count_queries):
    whole = need_bits.picture()
    assert rows_read(count_queries) == 0 and need_bits.picture() is whole
    with unit_of_work():
        db.session.scalars(select(Need)).first().title = "다른 이름"
    assert need_bits.picture() is whole
    need = db.session.scalars(select(Need).where(Need.published_at.is_not(None))).first()
    with unit_of_work():
        need.region = Region.SEJONG if need.region is not Region.SEJONG else Region.JEJU
    parts = need_bits._Kept.of
    assert rows_read(count_queries) == 4
    new = [part for part, kept in need_bits._Kept.of.items() if parts.get(part) is not kept]
    assert 1 <= len(new) < len(parts) and rows_read(count_queries) == 0


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
def test_versions_are_made_one_without_anything_being_read_again(app, installation, now):
    versions, whole = need_changes.c, need_bits.picture()
    db.session.commit()
    jobs.count_people_ahead(app)
    most = db.session.scalar(
        select(func.count(versions.part)).group_by(versions.part).order_by(func.count().desc()).limit(1)
    )
    assert most == 1 and need_bits.picture() is whole


def test_what_changes_while_it_is_read_is_read_again(app, installation, now):
    def change(connection, cursor, statement, *_):
        if statement.startswith("SELECT participation_replies.need_id"):
            cursor.execute("UPDATE needs SET region = 'KR-50' WHERE published_at IS NOT NULL AND id % 2 = 0")

    def count():
        return funnels(Scope(), [Axis.REGION], SEOUL, now)

    event.listen(db.engine, "before_cursor_execute", change)
    try:
        need_bits.picture()
    finally:
        event.remove(db.engine, "before_cursor_execute", change)
    assert Region.SEJONG in count().by[Axis.REGION] and count() == from_rows(count)


@pytest.mark.slow
def test_of_two_who_do_not_see_each_other_both_are_counted():
    with a_database("postgresql") as url, application(url) as app:
        now = clock.now()
        need, *_, replier = a_need(region=Region.JEJU, published_at=now), *(an_organization() for _ in range(16))
        db.session.commit()
        need_id, replier_id = need.id, replier.id
        row = {"organization_id": replier_id, "name": "이가온", "offer": "설비", "email": "gaon@example.com"}
        row |= {"need_id": need_id, "sent_at": now, "due_at": now + timedelta(days=7)}
        moved, commit = threading.Event(), threading.Event()

        def move():
            with app.app_context():
                db.session.execute(update(Need.__table__).where(Need.id == need_id).values(region=Region.SEJONG))
                moved.set()
                commit.wait(timeout=30)
                db.session.commit()
                db.session.remove()

        def seen(region):
            db.session.rollback()
            return funnel(Scope(region=region), SEOUL, now)[Step.REPLIES]

        db.session.execute(insert(ParticipationReply.__table__).values(**row))
        mover = threading.Thread(target=move)
        mover.start()
        assert moved.wait(timeout=30)  # who cannot see the reply, so that its part is given no version then
        db.session.commit()
        assert (seen(Region.JEJU).number, seen(Region.JEJU).organizations) == (1, 1)
        commit.set()
        mover.join(timeout=30)
        assert (seen(Region.SEJONG).number, seen(Region.SEJONG).organizations) == (1, 1)
        assert (seen(Region.JEJU).number, seen(Region.JEJU).organizations) == (0, 0)
