"""The staff's and the public pages of rounds."""

import re
from datetime import timedelta

import pytest

from briefings.accounts.models import Role
from briefings.db import db
from briefings.needs.models import NeedState, Round
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.rounds.links import contact_token
from briefings.rounds.models import RoundContact
from briefings.web.filters import local
from tests.builders import a_contact, a_need, a_round, a_user, an_organization, an_owner, saved

DAY = timedelta(days=1)


@pytest.fixture
def desk(app, client):
    """Staff at work."""
    return client.sign_in(a_user(name="이보람"))


def moment(name, value):
    """What the two controls of a moment post."""
    return {name: [f"{local(value):%Y-%m-%d}", f"{local(value):%H:%M}"]}


def test_a_round_from_its_first_line_to_its_last_day(desk, client, now):
    assert "아직 수요조사가 없습니다" in desk.get("/staff/rounds").text
    typed = {"name": "2027년 상반기 협업 수요조사", "description": "함께 풀 과제를 찾습니다."}
    typed |= moment("opens_at", now - DAY) | moment("closes_at", now + 8 * DAY)
    page = desk.post("/staff/rounds/new", data=typed | {"reviews_due_on": "2026-11-24"}).text
    assert "심사 기한은 접수 마감과 같은 날이거나 뒤여야 합니다." in page
    assert "함께 풀 과제를 찾습니다.</textarea>" in page
    page = desk.post("/staff/rounds/new", data=typed, follow_redirects=True).text
    assert "아직 직원만 보는 수요조사입니다" in page
    round = db.session.query(Round).one()
    here, contacts = f"/staff/rounds/{round.id}", f"/staff/rounds/{round.id}/contacts"
    assert desk.get(f"/rounds/{round.public_id}").status_code == 404
    desk.post(contacts, data={"organization": "가온시", "kind": "local", "email": "gaon@example.kr", "locale": "ko"})
    assert "먼저 예고해 주세요" in desk.get(f"{contacts}/ask").text
    page = desk.get(f"{here}/announce").text
    assert "바로 과제를 받기 시작해" in page
    assert "예고했습니다" in desk.post(f"{here}/announce", follow_redirects=True).text
    assert desk.get(f"/rounds/{round.public_id}").status_code == 200
    page = desk.get(f"{contacts}/ask").text
    assert "1명에게 부탁하시겠습니까?" in page
    assert "가온시의 과제를 찾습니다" in page
    assert db.session.query(Message).count() == 0, "looking sends nothing"
    assert (
        "1명에게 부탁하는 전자우편을 보냅니다."
        in desk.post(f"{contacts}/ask", data={"agreed": "sent:False"}, follow_redirects=True).text
    )
    assert db.session.query(Message).count() == 1
    page = desk.get(f"{here}/dates").text
    assert "바꾸면 어떻게 되는지 보기" in page
    round.reviews_due_on = local(now + 15 * DAY).date()
    db.session.commit()
    late = {"seen": round.changed_at.isoformat()} | moment("closes_at", now + 16 * DAY)
    assert "심사 기한(2026. 12. 8.(화))보다 뒤입니다." in desk.post(f"{here}/dates", data=late).text
    seen = {"seen": round.changed_at.isoformat(), "tell": "y"} | moment("closes_at", now + 15 * DAY)
    page = desk.post(f"{here}/dates", data=seen).text
    assert "답하지 않은 1명에게 바뀐 접수 기간을 알립니다." in page
    db.session.refresh(round)
    assert round.closes_at < now + 9 * DAY, "looking changes nothing"
    agreed = page.split('name="agreed" type="hidden" value="')[1].split('"')[0]
    desk.post(f"{here}/dates", data=seen | {"agreed": agreed})
    db.session.refresh(round)
    assert round.closes_at > now + 14 * DAY
    page = desk.get(here).text
    assert "접수 기간을 바꿈" in page
    assert "부탁하는 전자우편을 보냄</strong> 1명" in page


def test_pasted_lines_are_all_checked_before_any_is_taken(desk):
    round = a_round()
    way = f"/staff/rounds/{round.id}/contacts/lines"
    lines = "가온시, 지방자치단체, 홍길동, gaon@example.kr\n나래시, 시, 김하늘, narae@example.kr"
    page = desk.post(way, data={"lines": lines}).text
    assert "고쳐야 할 줄 1개" in page
    assert "없는 기관 유형입니다" in page
    assert "나래시, 시, 김하늘, narae@example.kr</textarea>" in page
    assert db.session.query(RoundContact).count() == 0
    assert "읽을 줄을 찾지 못했습니다" in desk.post(way, data={"lines": "기관, 유형, 담당자, 전자우편"}).text
    page = desk.post(way, data={"lines": lines.replace(", 시,", ", 지방자치단체,")}, follow_redirects=True).text
    assert "2명을 명단에 넣었습니다." in page
    again = desk.post(way, data={"lines": "가온시, 지방자치단체, 홍길동, gaon@example.kr"}, follow_redirects=True).text
    assert "이미 명단에 있던 주소 1개는" in again


def test_the_list_is_taken_from_earlier_rounds_and_accounts_and_can_be_shortened(desk, now):
    round, earlier = a_round(), a_round()
    an_owner()
    old = a_contact(earlier)
    way = f"/staff/rounds/{round.id}/contacts"
    assert earlier.name in desk.get(f"{way}/take").text
    desk.post(f"{way}/take", data={"earlier": earlier.id})
    desk.post(f"{way}/members")
    assert db.session.query(RoundContact).filter_by(round_id=round.id).count() == 2
    assert desk.get(f"{way}/{old.id}/remove").status_code == 404, "of another round"
    mine = db.session.query(RoundContact).filter_by(round_id=round.id).first()
    assert "명단에서 빼시겠습니까?" in desk.get(f"{way}/{mine.id}/remove").text
    desk.post(f"{way}/{mine.id}/remove")
    assert db.session.query(RoundContact).filter_by(round_id=round.id).count() == 1


def test_an_address_mail_came_back_from_is_marked_and_corrected(desk, client, now):
    round = a_round()
    contact = a_contact(round, email="gone@example.kr", nothing_at=now, nothing_reason="담당이 아닙니다.")
    a_contact(round, email="taken@example.kr")
    saved(UndeliverableAddress(address="gone@example.kr", since=now, reason="550 5.1.1 No such user"))
    way, old = f"/staff/rounds/{round.id}/contacts", contact_token(contact)
    assert desk.get(way).text.count("되돌아온 주소") == 1
    typed = {"name": "윤새로", "email": "Taken@example.kr", "locale": "en"}
    page = desk.post(f"{way}/{contact.id}/edit", data=typed).text
    assert "이미 명단에 있는" in page
    assert 'value="윤새로"' in page
    same = desk.post(f"{way}/{contact.id}/edit", data=typed | {"email": "gone@example.kr"}, follow_redirects=True).text
    assert "담당자를 고쳤습니다." in same
    assert "새 주소로" not in same
    assert contact.asked_at is not None
    assert contact.nothing_at == now
    desk.post(f"{way}/{contact.id}/edit", data=typed | {"email": "new@example.kr"})
    assert (contact.name, contact.email, contact.locale, contact.asked_at) == ("윤새로", "new@example.kr", "en", None)
    assert (contact.nothing_at, contact.nothing_reason) == (None, ""), "another person answers for themselves"
    assert client.get(f"/rounds/for/{old}").status_code == 410
    assert "1명에게 부탁하시겠습니까?" in desk.get(f"{way}/ask").text
    assert desk.get(f"/staff/rounds/{a_round().id}/contacts/{contact.id}/edit").status_code == 404


def test_a_reminder_is_shown_before_it_is_sent_and_spares_who_was_just_asked(desk, now):
    round = a_round()
    a_contact(round, email="silent@example.kr")
    a_contact(round, email="fresh@example.kr", asked_at=now - DAY)
    way = f"/staff/rounds/{round.id}/contacts/remind"
    page = desk.get(way).text
    assert "1명에게 다시 알리시겠습니까?" in page
    assert "1명은 이틀 안에 전자우편을 받아" in page
    page = desk.post(way, data={"agreed": "sent:False", "at_once": "y"}).text
    assert "2명에게 다시 알리시겠습니까?" in page, "what was not shown is shown first"
    assert db.session.query(Message).count() == 0
    assert (
        "2명에게 다시 알립니다."
        in desk.post(way, data={"agreed": "sent:True", "at_once": "y"}, follow_redirects=True).text
    )
    assert "지금 다시 알릴 분이 없습니다" in desk.post(way, data={"agreed": "sent:False"}).text


def test_the_page_of_a_round_shows_progress_by_answer_and_kind(desk, now, count_queries):
    round, past = a_round(), a_round(name="지난 수요조사", opens_at=now - 90 * DAY, closes_at=now - 60 * DAY)
    a_contact(round)
    a_need(round=round, state=NeedState.SUBMITTED)
    a_need(round=past)
    here = f"/staff/rounds/{round.id}"
    with count_queries() as one:
        page = desk.get(here).text
    assert "지난 수요조사와 견주기" in page
    for _ in range(3):
        a_contact(round)
        a_need(round=round, organization=an_organization(), state=NeedState.RETURNED)
    with count_queries() as many:
        page = desk.get(here).text
    assert len(one) == len(many)
    assert "다도해군" in desk.get(f"{here}?answer=silent").text
    assert "다도해군" not in desk.get(f"{here}?answer=answered").text
    assert "조건에 맞는 기관이 없습니다" in desk.get(f"{here}?answer=nothing&kind=central").text
    with count_queries() as one:
        desk.get(f"{here}/contacts")
    for _ in range(3):
        a_contact(round)
    with count_queries() as many:
        desk.get(f"{here}/contacts?page=1")
    assert len(one) == len(many)
    assert "다도해군" in desk.get(f"{here}/contacts?answering=no").text
    assert "조건에 맞는 분이 없습니다" in desk.get(f"{here}/contacts?answering=yes").text
    listed = desk.get("/staff/rounds").text
    assert past.name in listed
    found = desk.get(f"/staff/needs?round={round.id}").text
    assert "과제 4건" in found
    assert "과제 3건" in desk.get(f"/staff/needs?round={round.id}&state=returned").text


def test_a_round_nobody_saw_can_be_thrown_away(desk):
    here = f"/staff/rounds/{a_round(announced_at=None).id}"
    assert "지우시겠습니까?" in desk.get(f"{here}/discard").text
    assert "수요조사를 지웠습니다." in desk.post(f"{here}/discard", follow_redirects=True).text
    assert desk.get(here).status_code == 404


def test_today_says_which_rounds_close_soon_and_who_is_silent(desk, now):
    round = a_round(closes_at=now + 3 * DAY)
    a_round(closes_at=now + 30 * DAY)
    a_contact(round)
    page = desk.get("/staff/").text
    assert "7일 안에 마감하는 수요조사" in page
    assert "답하지 않은 기관 1곳" in page


@pytest.mark.parametrize(
    ("opens", "closes", "says", "registers"),
    [
        (3, 9, "3일 뒤 접수를 시작합니다", False),
        (-3, 9, "9일 뒤 마감합니다", True),
        (-9, -3, "접수가 끝났습니다", False),
    ],
)
def test_anybody_reads_what_a_round_is_about_and_what_to_do_now(client, now, opens, closes, says, registers):
    round = a_round(opens_at=now + opens * DAY, closes_at=now + closes * DAY)
    page = client.get(f"/rounds/{round.public_id}").text
    assert says in page
    assert (f"/my/needs/new?round={round.public_id}" in page) is registers
    assert client.get(f"/en/rounds/{round.public_id}").status_code == 200
    listed = client.get("/rounds").text
    assert (round.name in listed) is (closes > 0)
    assert ("지금은 진행 중인 수요조사가 없습니다" in listed) is (closes < 0)
    assert (round.name in client.get("/").text) is registers


def test_a_button_that_names_another_round_is_one_text_where_its_parts_differ_in_language(client, now):
    a_round(name="2027년 협업 수요조사")
    closed = a_round(opens_at=now - 8 * DAY, closes_at=now - DAY)
    page = client.get(f"/en/rounds/{closed.public_id}").text
    assert '<span>Open call: <span lang="ko">2027년 협업 수요조사</span></span></a>' in page


def test_whoever_is_signed_in_is_offered_what_they_may_do_in_a_round(app, now):
    round, over = a_round(), a_round(name="지난 수요조사", opens_at=now - 9 * DAY, closes_at=now - 3 * DAY)
    for user, offered in (
        (a_user(), f"/staff/needs/new?round={round.public_id}"),
        (a_user(Role.EXPERT), None),
        (an_owner(), f"/my/needs/new?round={round.public_id}"),
    ):
        client = app.test_client().sign_in(user)
        pages = [client.get(f"/rounds/{each.public_id}").text.partition("<main")[2] for each in (round, over)]
        ways = {way for page in pages for way in re.findall('href="(/(?:my|staff)/[^"]+)"', page)}
        assert offered is None or offered in ways, user.role
        assert {client.get(way).status_code for way in ways} <= {200}, user.role
        assert offered or "과제는 기관 계정으로 등록합니다." in pages[0]


def test_owners_see_open_rounds_and_the_round_of_each_need(client):
    round, organization = a_round(), an_organization()
    a_need(round=round, organization=organization, state=NeedState.DRAFT)
    page = client.sign_in(an_owner(organization)).get("/my/needs").text
    assert page.count(round.name) == 2
    assert "수요조사 접수 중" in page
