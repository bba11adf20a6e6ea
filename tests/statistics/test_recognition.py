"""Who took part most: counted by hand here, weighed by staff, taken away with a reason."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from briefings.audit.models import AuditEntry
from briefings.db import db
from briefings.live.models import Attendance
from briefings.organizations.models import OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.rights.emptying import empty
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration
from tests.builders import a_briefing, a_need, a_registration, a_reply, a_user, an_organization, an_owner, saved

AT = datetime(2026, 11, 10, 1, tzinfo=UTC)
SPRING = datetime(2026, 3, 10, 1, tzinfo=UTC)


@pytest.fixture
def season(app, now):
    """A public institution that did everything once, a company that came, replied and joined, and one long ago."""
    public = an_organization("한려해양공단")
    owner = an_owner(public, name="홍길동", email="gildong@example.kr")
    need = a_need(organization=public, published_at=AT, created_by=owner)
    company = an_organization("가온재활용", OrganizationKind.COMPANY)
    briefing = a_briefing(needs=0, starts_at=AT, now=AT - timedelta(days=30))
    db.session.refresh(briefing)
    slot = a_briefing(needs=1, now=AT - timedelta(days=30), starts_at=AT + timedelta(days=1)).slots[0]
    slot.need_id, slot.presenter_email, slot.presenter_name = need.id, "Nuri@example.kr", "박누리"
    person = {"organization": company, "email": "gaon@example.com", "name": "이가온"}
    place = a_registration(db.session.get(Briefing, briefing.id), **person)
    saved(Attendance(registration_id=place.id, first_seen_at=AT, last_seen_at=AT))
    reply = a_reply(need, **person, sent_at=AT, acknowledged_at=AT, due_at=AT + timedelta(days=7))
    reply.state = ReplyState.MATCHED
    match = Match(need=need, matched_on=date(2026, 11, 12), summary="요약", recorded_at=AT, confirmed_at=AT)
    match.organizations = [
        MatchOrganization(organization=public, confirmed_at=AT),
        MatchOrganization(organization=company, confirmed_at=AT),
    ]
    saved(match)
    a_need(
        organization=an_organization("새별시"),
        published_at=SPRING,
        contact_email="byeol@example.kr",
        contact_name="최별",
    )
    return public, company


def text_of(client, query=""):
    """What the page says, without its tags."""
    page = client.get(f"/staff/recognition{query}").text
    return " ".join("".join(part.split(">")[-1] for part in page.split("<")).split())


def test_points_are_what_can_be_counted_again(app, client, season):
    client.sign_in(a_user())
    page = text_of(client)
    assert "입력한 내용을 확인해 주세요" not in page
    assert "2026년 하반기 기관 3곳" in page  # the builder's own need, too
    assert "한려해양공단 공공기관 20점 수요 등록 1×3 + 설명회 발표 1×5 + 기한 안 확인 1×2 + 협업 성사 1×10" in page
    assert "가온재활용 기업 13점 설명회 참석 1×1 + 참여 답글 1×2 + 협업 성사 1×10" in page
    assert page.index("한려해양공단") < page.index("가온재활용")
    weighed = text_of(client, "?needs=0&presented=0&matched=0&replies=100")
    assert weighed.index("가온재활용") < weighed.index("한려해양공단")
    assert "새별시 공공기관 3점" in text_of(client, "?half=2026-1")
    assert "한려해양공단" not in text_of(client, "?kind=company")
    assert "점수를 받은 기관이 없습니다" in text_of(client, "?kind=university")


def test_officers_are_told_apart_by_address_and_organization(app, client, season):
    client.sign_in(a_user())
    page = text_of(client, "?who=officers")
    assert "담당자 3명" in page
    assert "홍길동" in page and "gildong@example.kr" in page
    assert "박누리" in page and "nuri@example.kr" in page and "설명회 발표 1×5" in page
    assert "이가온" in page and "13점" in page


def test_whoever_had_themselves_erased_is_nominated_no_more_while_the_organization_keeps_its_points(
    app, client, season
):
    empty(Registration, list(db.session.scalars(select(Registration.id))))
    empty(ParticipationReply, list(db.session.scalars(select(ParticipationReply.id))))
    db.session.commit()
    client.sign_in(a_user())
    page = text_of(client, "?who=officers")
    assert "담당자 2명" in page and "○○○" not in page and "@invalid" not in page
    assert "가온재활용 기업 13점" in text_of(client)


def test_those_with_as_many_points_share_a_place(app, client, season):
    a_need(organization=an_organization("나래군"), published_at=SPRING)
    client.sign_in(a_user())
    assert text_of(client, "?half=2026-1").count("1위") == 2


def test_weights_that_make_no_sense_are_said_at_the_field_and_the_usual_ones_count(app, client, season):
    client.sign_in(a_user())
    page = text_of(client, "?needs=500&matched=x&half=1999-9&who=everybody&kind=x&page=x")
    assert "20점" in page and "입력한 내용을 확인해 주세요" in page


def test_the_list_of_nominations_is_taken_away_with_a_reason(app, client, season):
    client.sign_in(a_user(name="김하늘"))
    address = "/staff/exports/recognition?who=officers&matched=20&places=2"
    assert "입력해 주세요" in client.post(address, data={"format": "xlsx", "people": "with"}).text
    form = {"format": "xlsx", "people": "with", "reason": "2026년 하반기 포상 추천"}
    answer = client.post(address, data=form)
    sheet = load_workbook(io.BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:5] == ("순위", "기관", "기관 유형", "이름", "전자우편")
    assert [row[3] for row in rows[1:]] == ["홍길동", "이가온"]
    assert rows[1][-1].startswith("2026년 하반기 수요 과제 1건 등록") and rows[1][-2] == 25
    entry = db.session.query(AuditEntry).filter_by(action="recognition.exported").one()
    assert entry.detail["reason"] == "2026년 하반기 포상 추천" and entry.detail["rows"] == 2
    assert entry.detail["weights"]["matched"] == 20
    assert "이가온" not in str(entry.detail)
    lines = client.post(address, data=form | {"format": "csv"}).data.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "내려받을 것이 없습니다" in client.get("/staff/exports/recognition?half=2026-2&kind=university").text


def test_the_number_of_queries_does_not_grow(app, client, season, count_queries):
    client.sign_in(a_user())
    client.get("/staff/recognition")
    with count_queries() as few:
        client.get("/staff/recognition")
    for _ in range(3):
        a_reply(a_need(published_at=AT), sent_at=AT)
    with count_queries() as more:
        client.get("/staff/recognition")
    assert len(more) == len(few)
