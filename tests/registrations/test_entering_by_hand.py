"""Staff register one person by hand, after they saw what that person is told."""

import re

import pytest
from sqlalchemy import select

from briefings.audit.recording import history_of
from briefings.db import db
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.registrations.staff_forms import BY_REQUEST
from briefings.schedule.models import BriefingState, Eligibility
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import BEFORE, a_briefing, a_registration, a_user, saved
from tests.client import PageClient

PERSON = {
    "organization": "가온시",
    "kind": "local",
    "name": "홍길동",
    "email": "gaon@example.kr",
    "rank": "주무관",
    "phone": "01012345678",
    "locale": "ko",
    "source": "본인이 전화로 알려 준 내용",
}


@pytest.fixture
def desk(client: PageClient) -> PageClient:
    """Staff at work."""
    return client.sign_in(a_user(name="이보람"))


def test_neither_eligibility_nor_approval_nor_the_window_bind_staff_but_places_do(desk):
    closed = {"registration_closes_at": BEFORE.replace(day=2), "approval": True, "eligibility": Eligibility.INVITED}
    briefing = a_briefing(capacity=1, **closed)
    address = f"/staff/briefings/{briefing.id}/registrations/enter"

    page = desk.post(address, data=PERSON).text
    assert "아직 신청하지 않았습니다" in page and "자리를 받습니다" in page
    assert "본인이 전화로 알려 준 내용" in page and not db.session.scalars(select(Registration)).all()
    mark = re.search(r'name="agreed"[^>]*value="([0-9a-f]+)"', page)[1]
    # Whoever changes what was shown sees it anew.
    assert "아직 신청하지 않았습니다" in desk.post(address, data=PERSON | {"name": "홍길순", "agreed": mark}).text
    done = desk.post(address, data=PERSON | {"agreed": mark}, follow_redirects=True)

    assert "홍길동 님의 신청을 확정하고 알렸습니다." in done.text and "담당자가 넣음" in done.text
    made = db.session.scalars(select(Registration)).one()
    assert (made.state, made.by_staff, made.phone) == (RegistrationState.CONFIRMED, True, "010-1234-5678")
    assert [entry.action for entry in history_of(made)] == ["registration.entered"]
    assert db.session.scalars(select(Message.recipient)).all() == ["gaon@example.kr"]
    assert "대기 순번을 받습니다" in desk.post(address, data=PERSON | {"email": "next@example.kr"}).text


def test_who_reads_english_reads_where_the_data_came_from_too(desk):
    address = f"/staff/briefings/{a_briefing().id}/registrations/enter"
    page = desk.post(address, data=PERSON | {"locale": "en", "source": BY_REQUEST}).text
    assert "come from this source: what you told us by phone or e-mail." in page


def test_says_at_the_address_who_is_there_already_and_warns_of_one_that_takes_nothing(desk):
    briefing = a_briefing()
    a_registration(briefing, email="gaon@example.kr")
    saved(UndeliverableAddress(address="back@example.kr", since=BEFORE, reason="550"))
    address = f"/staff/briefings/{briefing.id}/registrations/enter"

    assert "이미 신청되어 있습니다" in desk.post(address, data=PERSON).text
    assert "되돌아온 주소라" in desk.post(address, data=PERSON | {"email": "back@example.kr"}).text
    draft = a_briefing(state=BriefingState.DRAFT)
    assert "공개한 뒤에" in desk.post(f"/staff/briefings/{draft.id}/registrations/enter", data=PERSON).text
