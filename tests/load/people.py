"""Pages about people with ten thousand and with a million registrations, on both databases.

Rows are multiplied by the databases themselves (INSERT … SELECT): a million registrations with a calendar entry, a
message and a consent each stand within minutes. At any time people register for twenty briefings, so the rows of one
lie scattered among those of nineteen others, as they would.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import flask_migrate
from flask import Flask
from sqlalchemy import Connection, insert, select, text

from briefings import clock, jobs
from briefings.accounts.models import Role
from briefings.accounts.sessions import begin
from briefings.app import create_app
from briefings.db import db
from briefings.privacy.models import ConsentText, Purpose
from briefings.schedule.links import token_of
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_need, a_user
from tests.load.programs import ROOT, environment

AT_ONCE = 20
"""How many briefings people register for at the same time."""
TIMES_EACH = 5
"""How many briefings one person comes to."""
OVER = 0.7
"""The share of the briefings that are past."""
FAMILIES = "김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 류 홍"
SURNAMES = FAMILIES.split()
GIVEN = [first + second for first in "가나다라마서민지하은" for second in "온래솜연람윤율준진희"]
ALL_KINDS = "central local public_institution education_office company company association university"
KINDS = ALL_KINDS.split()


class Size(NamedTuple):
    """How many briefings, and how many people register for each."""

    briefings: int
    people: int

    @property
    def registrations(self) -> int:
        """All of them."""
        return self.briefings * self.people


PAGES = {
    "staff: today": "/staff/",
    "staff: briefings to come": "/staff/briefings",
    "staff: briefings over, page 5": "/staff/briefings?shelf=over&page=3",
    "staff: one briefing": "/staff/briefings/{coming}",
    "staff: its people": "/staff/briefings/{coming}/registrations",
    "staff: its people by organization, page 2": "/staff/briefings/{coming}/registrations?sort=organization&page=2",
    "staff: its people by state and kind": "/staff/briefings/{coming}/registrations?state=confirmed&kind=company",
    "staff: its people by a part of a name": "/staff/briefings/{coming}/registrations?q=%EA%B0%80%EC%98%A8",
    "staff: one of its people": "/staff/briefings/{coming}/registrations/{person}",
    "staff: everything about an address": "/staff/people?email={email}",
    "staff: people by the beginning of an address": "/staff/people?email=p77",
    "staff: people by name": "/staff/people?email=%EA%B9%80%EA%B0%80",
    "staff: people by name and organization": "/staff/people?email=%EA%B9%80%EA%B0%80+%EA%B8%B0%EA%B4%80",
    "staff: asking for a file": "/staff/briefings/{coming}/exports/registrations",
    "staff: file of its people, .csv: first byte": "POST /staff/briefings/{coming}/exports/registrations csv",
    "staff: file of its people, .xlsx: first byte": "POST /staff/briefings/{coming}/exports/registrations xlsx",
    "staff: funnel of a briefing": "/staff/statistics/briefings/{over}",
    "staff: figures of every briefing": "/staff/statistics",
    "staff: steps from needs to matches": "/staff/statistics/funnel",
    "staff: the same by kind": "/staff/statistics/funnel?by=kind",
    "staff: the same by briefing": "/staff/statistics/funnel?by=briefing",
    "staff: the same by theme, of companies": "/staff/statistics/funnel?by=theme&kind=company",
    "staff: the same by kind as a file: first byte": "POST /staff/exports/funnel?by=kind csv",
    "staff: who is behind a number": "/staff/statistics/funnel/attended?kind=company",
    "staff: support that people ask for": "/staff/support",
    "public: briefings to come": "/briefings",
    "public: briefings past": "/archive",
    "public: a briefing": "/briefings/{key}",
    "own page: with a place": "/r/{confirmed}",
    "own page: in line": "/r/{waiting}",
}


def ready(url: str, size: Size) -> Flask:
    """The program on a database with so many people, as on a machine that has run for a while."""
    app = create_app({"WTF_CSRF_ENABLED": False}, environ=environment(url))
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        staff = a_user(Role.OFFICER, email="staff@load.example.kr")
        _briefings(size.briefings)
        app.config["STAFF"] = begin(staff, clock.now()).id
        db.session.commit()
        db.session.remove()
        with db.engine.begin() as connection:
            _fill(connection, size)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE" if db.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
        jobs.count_people_ahead(app)  # within the first minutes of a worker
        db.session.remove()
        db.engine.dispose()
    return app


def addresses(app: Flask) -> dict[str, str]:
    """By name what each page is asked for: of a briefing in the middle, and somebody registered for it."""
    with app.app_context():
        now = clock.now()
        coming = db.session.scalars(select(Briefing).where(Briefing.ends_at > now).order_by(Briefing.id)).all()
        over = db.session.scalars(select(Briefing.id).where(Briefing.ends_at <= now).order_by(Briefing.id)).all()
        briefing = coming[len(coming) // 2]
        confirmed, waiting = (
            db.session.scalars(
                select(Registration)
                .where(Registration.briefing_id == briefing.id, Registration.state == state)
                .order_by(Registration.id.desc())
            ).first()
            for state in (RegistrationState.CONFIRMED, RegistrationState.WAITLISTED)
        )
        assert confirmed and waiting
        given = {
            "coming": briefing.id,
            "key": briefing.public_id,
            "over": over[len(over) // 2],
            "person": confirmed.public_id,
            "email": confirmed.email,
            "confirmed": token_of(confirmed),
            "waiting": token_of(waiting),
        }
        return {name: path.format(**given) for name, path in PAGES.items()}


def _briefings(number: int) -> None:
    """So many, half a day apart, most of them past; five needs each, out of forty."""
    now, first = clock.now(), a_briefing(needs=0, now=clock.now())
    needs = [a_need(themes=[first.theme], audiences=[first.audience]).id for _ in range(40)]
    common = {c.name: getattr(first, c.name) for c in Briefing.__table__.columns if c.name not in ("id", "public_id")}
    rows = []
    for n in range(1, number):
        starts_at = now + timedelta(hours=12 * (n - OVER * number), minutes=5)
        times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=90)}
        window = {"registration_opens_at": starts_at - timedelta(days=90), "registration_closes_at": starts_at}
        rows.append(common | times | window | {"public_id": f"load{n}", "title": f"사업설명회 {n}", "capacity": 80})
    db.session.execute(insert(Briefing), rows)
    ids = db.session.scalars(select(Briefing.id)).all()
    slots = [
        {"briefing_id": briefing, "need_id": needs[(briefing + position) % 40], "position": position}
        for briefing in ids
        for position in range(5)
    ]
    db.session.execute(insert(PresenterSlot), [slot | {"presenter_name": "홍길동"} for slot in slots])
    db.session.commit()


def _fill(connection: Connection, size: Size) -> None:
    """Everything about people, by one statement for each table."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA cache_size = -1000000"))  # indexes of random words do not fit into less
    given = _numbers(size) | _moments(connection.dialect.name)
    given["provision"] = (
        connection.execute(
            select(ConsentText.id).where(ConsentText.purpose == Purpose.PROVISION, ConsentText.locale == "ko")
        )
        .scalars()
        .first()
    )
    names = [{"n": n, "name": surname + name} for n, (surname, name) in enumerate(_names())]
    connection.execute(text("CREATE TEMPORARY TABLE load_names (n INTEGER PRIMARY KEY, name TEXT)"))
    connection.execute(text("INSERT INTO load_names VALUES (:n, :name)"), names)
    connection.execute(text("CREATE TEMPORARY TABLE load_kinds (n INTEGER PRIMARY KEY, kind TEXT)"))
    connection.execute(
        text("INSERT INTO load_kinds VALUES (:n, :kind)"), [{"n": n, "kind": k} for n, k in enumerate(KINDS)]
    )
    connection.execute(text("CREATE TEMPORARY TABLE load_numbers (n INTEGER PRIMARY KEY)"))
    connection.execute(text(NUMBERS.format(**given)))
    for statement in STATEMENTS:
        connection.execute(text(statement.format(**given)))
    if connection.dialect.name == "postgresql":
        for table in ("organizations", "registrations", "calendar_items", "messages", "consents"):
            last = f"setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608
            connection.execute(text(f"SELECT {last}"))


def _names() -> list[tuple[str, str]]:
    return [(surname, name) for surname in SURNAMES for name in GIVEN]


def _numbers(size: Size) -> dict[str, Any]:
    people = size.registrations // TIMES_EACH
    return {
        "number": size.registrations,
        "people": people,
        "organizations": max(people // 4, 10),
        "names": len(_names()),
        "kinds": len(KINDS),
        "together": AT_ONCE,
        "group": AT_ONCE * size.people,
        "briefings": size.briefings,
    }


def _moments(dialect: str) -> Mapping[str, str]:
    """A moment so many minutes ago, the present one, and an empty JSON object, as each database writes them."""
    if dialect == "sqlite":
        return {
            "at": "datetime('now', (r.n - 1000000) || ' minutes') || '.000000'",
            "now": "datetime('now')",
            "json": "'{}'",
        }
    return {"at": "now() + (r.n - 1000000) * interval '1 minute'", "now": "now()", "json": "'{}'::json"}


NUMBERS = """
INSERT INTO load_numbers
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {number}) SELECT n FROM r
"""
# One person in a hundred asks for support; of twenty people sixteen have a place, two wait, one is to be decided about.
STATEMENTS = (
    """
    INSERT INTO organizations (id, name, name_key, kind, created_at)
    SELECT 1000 + r.n, '협력기관 ' || r.n, 'load' || r.n, k.kind, {at}
    FROM load_numbers r JOIN load_kinds k ON k.n = r.n % {kinds} WHERE r.n <= {organizations}
    """,
    """
    INSERT INTO registrations (id, public_id, briefing_id, organization_id, name, email, phone, department, rank,
        support, support_state, support_answer, question, locale, state, link_version, party, form_token, by_staff,
        refusal_reason, registered_at, waiting_since, confirmed_at, cancelled_at)
    SELECT r.n, 'r' || r.n, 1 + ((r.n - 1) / {group} * {together} + r.n % {together}) % {briefings},
        1001 + (r.n * 211 % {people}) % {organizations}, m.name, 'p' || (r.n * 211 % {people}) || '@example.com',
        '010-1234-5678', '협력과', '사무관', CASE r.n / 20 % 100 WHEN 1 THEN '수어 통역' ELSE '' END,
        CASE r.n / 20 % 100 WHEN 1 THEN 'asked' END, '', CASE r.n / 20 % 50 WHEN 0 THEN '자료가 있습니까?' ELSE '' END,
        'ko', CASE WHEN r.n / 20 % 20 < 16 THEN 'confirmed' WHEN r.n / 20 % 20 < 18 THEN 'waitlisted'
            WHEN r.n / 20 % 20 = 18 THEN 'cancelled' ELSE 'requested' END,
        1, '', '', false, '', {at}, CASE WHEN r.n / 20 % 20 IN (16, 17) THEN {at} END,
        CASE WHEN r.n / 20 % 20 < 16 THEN {at} END, CASE WHEN r.n / 20 % 20 = 18 THEN {at} END
    FROM load_numbers r JOIN load_names m ON m.n = (r.n * 211 % {people}) % {names}
    """,
    """
    INSERT INTO calendar_items (id, kind, briefing_id, registration_id, name, email, locale, by_mail, uid, sequence,
        time_sequence, state, partstat, starts_at, ends_at, created_at, modified_at, dtstamp, answer_partstat,
        answer_comment)
    SELECT r.id, 'registration', r.briefing_id, r.id, r.name, r.email, 'ko', true, 'load' || r.id, 0, 0, 'open',
        'ACCEPTED', b.starts_at, b.ends_at, r.registered_at, r.registered_at, r.registered_at, '', ''
    FROM registrations r JOIN briefings b ON b.id = r.briefing_id WHERE r.state = 'confirmed'
    """,
    """
    INSERT INTO messages (id, key, kind, thread, about, medium, phone, recipient, recipient_name, locale, params, state,
        created_at, due_at, attempts, sent_at, error, subject, reference)
    SELECT r.id, 'load:' || r.id, 'invitation', 'item:' || r.id, 'briefing:' || r.briefing_id, 'mail', '', r.email,
        r.name, 'ko', {json}, CASE r.id % 5000 WHEN 0 THEN 'failed' ELSE 'sent' END,
        r.registered_at, r.registered_at, 1, r.registered_at, '', '신청이 확정되었습니다', 'load' || r.id
    FROM registrations r
    """,
    """
    INSERT INTO consents (id, about, text_id, given, answered_at)
    SELECT 1000 + r.id, 'registration:' || r.public_id, {provision}, r.id % 3 = 0, r.registered_at FROM registrations r
    """,
    """
    INSERT INTO attendances (registration_id, first_seen_at, last_seen_at, source, mark_reason)
    SELECT r.id, b.starts_at, b.ends_at, 'gate', '' FROM registrations r JOIN briefings b ON b.id = r.briefing_id
    WHERE r.state = 'confirmed' AND b.ends_at < {now} AND r.id % 3 > 0
    """,
)
