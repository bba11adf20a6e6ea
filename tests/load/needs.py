"""Lists, searches and the funnel of needs with a thousand and with a hundred thousand of them, on both databases."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import Connection, insert, select, text

from briefings import clock, jobs
from briefings.accounts.models import Role, User
from briefings.accounts.sessions import begin
from briefings.app import create_app
from briefings.db import db
from briefings.needs.models import Need, NeedState, Region, Stage, need_audiences, need_themes
from briefings.needs.search_index import FIELDS, index
from briefings.organizations.models import Organization, OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import Consultation, ParticipationReply, ReplyState
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from tests.builders import a_theme, a_user, an_audience
from tests.load.programs import ROOT, environment

WHAT_ABOUT = """
해양 폐기물 휠체어 전동차 독거노인 병원 배터리 태양광 국유지 나무심기 산불 가스 안전지도 통학로 편의점 이불빨래
밀키트 백년가게 바이오차 가축분뇨 응급환자 이송경로 자격증 모바일 증명 전기요금 복지할인 마을버스 보조기기 어선
투명페트병 폐그물 커피박 석탄재 도시숲 케어팜 발달장애인 치유농장 화재경보기 치매 아동 돌봄 청년 일자리 로봇 드론
물류 농산물 직거래 관광 문화재 수어 통역 데이터 지도 관제 재난 경보 하천 수질 미세먼지 소음
"""
WITH_WHAT = """
협업 지원 사업 기관 지역 주민 운영 시설 장비 인력 자료 홍보 예산 기술 수거 재활용 제작 설치 점검 교육 연계 공유 개발
실증 확산 보급 나눔 수리 이동 편의 서비스 체계 구축 활용 관리 참여 공동 시범 전국 현장 조사 상담 안내 판로 구매 제품
원료 설비 공정 작업장 창고 차량 운전 자원봉사
"""
AND_SO_ON = "을 를 이 가 은 는 에 의 로 와 과 도 에서 까지 부터 합니다 했습니다 하는 있는 위한"
SUBJECTS, WORDS, ENDINGS = WHAT_ABOUT.split(), WITH_WHAT.split(), AND_SO_ON.split()
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)
BATCH = 2000
PUBLISHED = (
    select(Need.id, Need.organization_id, Need.published_at, Need.consulting_since, Need.matched_at)
    .where(Need.published_at.is_not(None))
    .order_by(Need.id)
)
PAGES = {
    "list": "/needs",
    "list, page 50": "/needs?page=50",
    "by name": "/needs?sort=title",
    "theme and audience": "/needs?theme={theme}&audience={audience}",
    "all filters": "/needs?theme={theme}&audience={audience}&region=KR-50&status=open",
    "common word": "/needs?q=%ED%98%91%EC%97%85",
    "two words": "/needs?q=%ED%95%B4%EC%96%91+%EC%88%98%EA%B1%B0",
    "rare word": "/needs?q=%EA%B3%A0%EB%8B%88%EB%A7%88%EC%9D%84",
    "word and theme": "/needs?q=%ED%9C%A0%EC%B2%B4%EC%96%B4&theme={theme}",
    "first consonants": "/needs?q=%E3%85%8E%E3%85%87%E3%85%8D%E3%85%87",
    "nothing found": "/needs?q=%EC%97%86%EB%8A%94%EB%82%B1%EB%A7%90",
    "one need": "/needs/{need}",
    "staff: list": "/staff/needs",
    "staff: submitted": "/staff/needs?state=submitted",
    "staff: word": "/staff/needs?q=%EC%88%98%EA%B1%B0",
    "funnel": "/staff/statistics/funnel",
    "funnel by theme": "/staff/statistics/funnel?by=theme",
    "funnel by region": "/staff/statistics/funnel?by=region",
    "funnel by half-year": "/staff/statistics/funnel?by=half",
    "funnel by kind": "/staff/statistics/funnel?by=kind",
    "funnel of a theme in a year, by region": (
        "/staff/statistics/funnel?theme={theme}&since=2024-07-01&until=2025-06-30&by=region"
    ),
}


def ready(url: str, number: int) -> Flask:
    """The program on a database with so many needs, as on a machine that has run for a while."""
    app = create_app(environ=environment(url))
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        _fill(number, random.Random(number))  # noqa: S311 (the same needs each time)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE" if db.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
        jobs.count_people_ahead(app)  # within the first minutes of a worker
        db.session.remove()
    return app


def _fill(number: int, chance: random.Random) -> None:
    themes = [a_theme().id for _ in range(8)]
    audiences = [an_audience().id for _ in range(6)]
    a_user(Role.OFFICER, email="staff@load.example.kr")
    kinds = list(OrganizationKind)
    bodies = [
        {
            "name": f"{chance.choice(SUBJECTS)}협력기관 {n}",
            "name_key": f"{n}",
            "kind": kinds[n % len(kinds)],
            "created_at": BEGINNING,
        }
        for n in range(max(number // 50, 10))
    ]
    with db.engine.begin() as connection:
        connection.execute(insert(Organization), bodies)
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP INDEX ix_need_grams_grams"))  # made at once it takes a tenth of the time
        names = dict(connection.execute(text("SELECT id, name FROM organizations")).all())
        for start in range(0, number, BATCH):
            rows = [_need(n, list(names), chance) for n in range(start + 1, min(start + BATCH, number) + 1)]
            connection.execute(insert(Need), rows)
            for table, column, topics in (
                (need_themes, "theme_id", themes),
                (need_audiences, "audience_id", audiences),
            ):
                connection.execute(insert(table), list(_topics(rows, column, topics, chance)))
            said = {row["id"]: [*(row[field] for field in FIELDS), names[row["organization_id"]]] for row in rows}
            index(connection, said)
        if connection.dialect.name == "postgresql":
            connection.execute(text("CREATE INDEX ix_need_grams_grams ON need_grams USING gin (grams)"))
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence('needs', 'id'), (SELECT max(id) FROM needs))")
            )
        _present(connection, themes, audiences, chance)
        _answer(connection, list(names), chance)


def _need(number: int, organizations: Sequence[int], chance: random.Random) -> dict[str, Any]:
    at = BEGINNING + timedelta(minutes=10 * number)
    state = chance.choices(list(NeedState), (5, 5, 3, 72, 10, 5))[0]
    subject = chance.choice(SUBJECTS)
    rare = " 고니마을" if number % 997 == 1 else ""
    public = state in (NeedState.PUBLISHED, NeedState.CLOSED)
    return {
        "id": number,
        "organization_id": chance.choice(organizations),
        "title": f"{subject} {chance.choice(WORDS)} {chance.choice(WORDS)}{rare} {number}",
        "summary": f"{subject} {_said(chance, 8)}",
        "background": _said(chance, 90),
        "offers": _said(chance, 50),
        "seeks": _said(chance, 50),
        "beneficiaries": _said(chance, 3),
        "region": chance.choice(list(Region)),
        "stage": chance.choice(list(Stage)),
        "state": state,
        "created_at": at,
        "changed_at": at,
        "submitted_at": None if state is NeedState.DRAFT else at,
        "published_at": at if public else None,
        "matched_at": at if public and chance.random() < 0.15 else None,
        "consulting_since": at if public and chance.random() < 0.2 else None,
    }


def _said(chance: random.Random, words: int) -> str:
    """So many words with endings; some subjects among them, the first of the list more often than the last."""
    common = chance.choices(WORDS, [1 / (place + 1) for place in range(len(WORDS))], k=words)
    said = [chance.choice(SUBJECTS) if chance.random() < 0.1 else word for word in common]
    return " ".join(word + chance.choice(ENDINGS) for word in said)


def _topics(
    rows: Sequence[dict[str, Any]], column: str, topics: Sequence[int], chance: random.Random
) -> Iterator[dict]:
    weights = [2.0**-place for place in range(len(topics))]
    for row in rows:
        for topic in set(chance.choices(topics, weights, k=chance.randint(1, 3))):
            yield {"need_id": row["id"], column: topic}


def _present(connection: Connection, themes: Sequence[int], audiences: Sequence[int], chance: random.Random) -> None:
    """One public need in eighty to a briefing of five."""
    needs = connection.execute(PUBLISHED).all()
    at_once = range(max(len(needs) // 80, 2))
    rows: list[dict[str, Any]] = []
    for n in at_once:
        at = BEGINNING + timedelta(days=60 + 700 * n / len(at_once))
        row = {"id": n + 1, "title": f"사업설명회 {n}", "theme_id": chance.choice(themes), "starts_at": at}
        row |= {"ends_at": at + timedelta(hours=2), "registration_opens_at": BEGINNING, "registration_closes_at": at}
        row |= {"audience_id": chance.choice(audiences), "state": BriefingState.PUBLISHED, "sequence": 0}
        rows.append(row | {"created_at": BEGINNING, "changed_at": BEGINNING, "published_at": BEGINNING})
    connection.execute(insert(Briefing), rows)
    slots = [
        {"briefing_id": row["id"], "need_id": need.id, "position": position, "presenter_name": "홍길동"}
        for row in rows
        for position, need in enumerate(chance.sample(needs, 5))
    ]
    connection.execute(insert(PresenterSlot), slots)


def _answer(connection: Connection, organizations: Sequence[int], chance: random.Random) -> None:
    """Replies to the needs that are talked about, one or two each, and the matches of those that are matched."""
    rows: list[dict[str, Any]] = []
    matches, joined = [], []
    for need in connection.execute(PUBLISHED):
        if not need.consulting_since and not need.matched_at:
            continue
        repliers = chance.sample(organizations, chance.randint(1, 2))
        for replier in repliers:
            at, state = need.published_at, chance.choice(list(ReplyState))
            row = {"id": len(rows) + 1, "need_id": need.id, "organization_id": replier, "state": state, "sent_at": at}
            row |= {"due_at": at + timedelta(days=7), "name": "이가온", "email": "gaon@example.com", "offer": "설비"}
            row |= {"acknowledged_at": None if state is ReplyState.SENT else at + timedelta(days=chance.randint(1, 9))}
            rows.append(row | {"withdrawn_at": at if state is ReplyState.WITHDRAWN else None})
        if need.matched_at:
            at = need.matched_at
            match = {"id": len(matches) + 1, "need_id": need.id, "matched_on": at.date(), "summary": "함께"}
            matches.append(match | {"recorded_at": at, "confirmed_at": at})
            for each in {need.organization_id, *repliers}:
                joined.append({"match_id": match["id"], "organization_id": each, "confirmed_at": at})
    noted = {"held_on": BEGINNING.date(), "notes": "만남", "noted_at": BEGINNING}
    talks = [{"reply_id": row["id"]} | noted for row in rows if row["id"] % 10 == 0]
    for table, some in (
        (ParticipationReply, rows),
        (Consultation, talks),
        (Match, matches),
        (MatchOrganization, joined),
    ):
        if some:
            connection.execute(insert(table), some)


def addresses(app: Flask) -> dict[str, str]:
    """By name what each page is asked for; who is staff stands in the settings then."""
    with app.app_context():
        staff = db.session.scalars(select(User).filter_by(email="staff@load.example.kr")).one()
        app.config["STAFF"] = begin(staff, clock.now()).id
        db.session.commit()
        given = {
            "theme": db.session.execute(text("SELECT min(theme_id) + 5 FROM need_themes")).scalar_one(),
            "audience": db.session.execute(text("SELECT min(audience_id) + 4 FROM need_audiences")).scalar_one(),
            "need": db.session.execute(text("SELECT min(id) FROM needs WHERE state = 'published'")).scalar_one(),
        }
    return {name: path.format(**given) for name, path in PAGES.items()}
