"""Changes kept to be published later, as staff see, settle, publish and throw them away."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.outbox.models import Message
from briefings.schedule import materials, presenters
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.models import BriefingState
from briefings.schedule.registration_models import RegistrationState
from tests.builders import a_briefing, a_user
from tests.client import PageClient
from tests.files import samples
from tests.schedule.desk import SEOUL, filled, invited, posted, registered, text_of

START = datetime(2026, 12, 9, 14, 0, tzinfo=SEOUL)


@pytest.fixture
def officer(app):
    return a_user(name="이보람")


@pytest.fixture
def desk(client: PageClient, officer) -> PageClient:
    """Staff at work."""
    return client.sign_in(officer)


@pytest.fixture
def briefing(desk, now):
    """Published; a presenter who accepted, somebody with a place who reconfirmed, somebody who waits."""
    made = a_briefing(needs=2, starts_at=START, title="바다 설명회")
    made.slots[0].presenter_email = "nuri@example.kr"
    db.session.commit()
    invited(made, 1, now).reconfirmed_at = now
    registered(made, 2, RegistrationState.WAITLISTED)
    with unit_of_work():
        presenters.keep_calendars(made, now)
        presenters.accept(made.slots[0], now)
    return made


def address(briefing, page=""):
    return f"/staff/briefings/{briefing.id}{page}"


def kept(desk, briefing, **given):
    """Put aside through the editor; the answer."""
    form = filled(desk.get(address(briefing, "/edit")).text) | given
    return desk.post(address(briefing, "/edit"), data=form | {"do": "keep"})


def queued() -> list[tuple[str, str]]:
    found = select(Message.kind, Message.recipient).order_by(Message.id)
    return [tuple(row) for row in db.session.execute(found)]


def test_what_is_kept_is_shown_as_not_published_and_taken_up_again(desk, briefing):
    before = queued()
    answer = kept(desk, briefing, title="새 제목", moderator="윤다온")
    assert answer.location.endswith(address(briefing))

    page = text_of(desk.get(address(briefing)).text)
    assert "임시 저장했습니다. 공개하기 전에는" in page
    assert "제목 : 바다 설명회 → 새 제목" in page and "이보람 님이 2026. 11. 23.(월) 10:00 에 임시 저장" in page
    editor = desk.get(address(briefing, "/edit")).text
    assert filled(editor)["title"] == ["새 제목"] and "아직 공개하지 않은 내용을 이어서 고칩니다" in editor
    assert "바다 설명회" in desk.get(f"/briefings/{briefing.public_id}").text
    assert "새 제목" not in desk.get(f"/briefings/{briefing.public_id}").text
    assert queued() == before
    assert "공개하지 않은 변경" in text_of(desk.get("/staff/briefings").text)


def test_nothing_is_kept_that_is_as_published(desk, briefing):
    kept(desk, briefing)
    assert "공개된 내용과 다른 것이 없습니다" in desk.get(address(briefing)).text
    for page in ("/changes", "/changes/discard"):
        assert desk.get(address(briefing, page)).location.endswith(address(briefing))


def test_publishing_shows_the_effects_and_the_very_mails_then_tells(desk, briefing):
    db.session.scalars(
        select(CalendarItem).where(CalendarItem.email == "person1@example.kr")
    ).one().partstat = "TENTATIVE"
    db.session.commit()
    kept(desk, briefing, title="새 제목", **posted(START + timedelta(days=7)))
    before = queued()

    page = desk.get(address(briefing, "/changes")).text

    words = text_of(page)
    for sentence in (
        "일시 2026. 12. 9.(수) 14:00~15:30 2026. 12. 16.(수) 14:00~15:30",
        "확정된 1명에게 새 일시와 새 제목을 담은 일정 초대를 다시 보냅니다.",
        "대기 중인 1명에게 바뀐 일시와 제목을 알립니다.",
        "발표자 1명(홍길동)에게 바뀐 내용을 한 번에 알립니다.",
        "달력에서 미정이나 거절로 답한 1명은 새 일시로 다시 답하게 됩니다.",
        "온다고 확인해 준 신청자 1명은 새 일시로 다시 확인해야 합니다.",
        "발표를 수락한 1명(홍길동)의 수락은 그대로 둡니다.",
        "전자우편이 적히지 않은 발표자(홍길동)에게는 알리지 못합니다.",
        "[일시와 이름 변경] 새 제목",
    ):
        assert sentence in words, sentence
    assert queued() == before

    answer = desk.post(address(briefing, "/changes"), data=filled(page) | {"do": "publish"})

    assert answer.location.endswith(address(briefing))
    assert sorted(queued()[len(before) :]) == [
        ("new_time", "person1@example.kr"),
        ("presenter_slot", "nuri@example.kr"),
        ("waiting_new_time", "person2@example.kr"),
    ]
    db.session.refresh(briefing)
    assert (briefing.title, briefing.starts_at, briefing.pending) == ("새 제목", START + timedelta(days=7), None)
    again = desk.post(address(briefing, "/changes"), data=filled(page) | {"do": "publish"})
    assert again.status_code == 302, "pressed twice it is done once"
    told = text_of(desk.get(address(briefing)).text)
    changed = "일시 변경, 제목 ‘새 제목’"  # and not that somebody accepted
    assert f"10:00에 먼저 바꾸었습니다: {changed}. 지금 내용을 확인해 주세요." in told
    assert len(queued()) == len(before) + 3


def test_slides_that_would_go_with_their_need_are_named_before_it_is_published(desk, briefing, officer, now):
    gone = briefing.slots[1]
    with unit_of_work():
        materials.hand_in(gone, "발표.pdf", samples.a_pdf(), now, officer)
    form = filled(desk.get(address(briefing, "/edit")).text)
    without = desk.post(address(briefing, "/edit"), data=form | {"do": f"remove-{gone.need_id}"}).text
    desk.post(address(briefing, "/edit"), data=filled(without) | {"do": "keep"})

    words = text_of(desk.get(address(briefing, "/changes")).text)

    assert f"‘{gone.need.title}’의 발표자료 1개도 지워집니다." in words
    assert "바뀐 것을 알릴 사람이 없습니다." in words
    assert materials.files_of(gone), "looking deletes nothing"


def test_what_cannot_be_published_says_why_and_leads_back(desk, briefing, now):
    kept(desk, briefing, **posted(now - timedelta(hours=3)), registration_closes_at=["2026-11-23", "07:00"])
    page = desk.get(address(briefing, "/changes")).text
    assert "시작 일시가 이미 지났습니다" in page and "바뀐 내용 공개하기" not in page
    assert "아직 공개할 수 없습니다" in page


def test_what_both_changed_is_settled_one_by_one(desk, briefing, now):
    kept(
        desk,
        briefing,
        title="새 제목",
        **{"slots-0-presenter_name": "오우리", "slots-0-presenter_email": "a@example.kr"},
    )
    with unit_of_work():
        presenters.hand_over(briefing.slots[0], "최다온", "", "daon@example.kr", now)

    assert "그사이 바뀐 것과 겹치는 곳이 1군데" in desk.get(address(briefing)).text
    assert "그사이 최다온 (daon@example.kr), 아래에는 오우리 (a@example.kr)" in text_of(
        desk.get(address(briefing, "/edit")).text
    )
    page = desk.get(address(briefing, "/changes")).text
    assert "그사이 바뀐 대로: 최다온 (daon@example.kr)" in page and "바뀐 내용 공개하기" not in page
    form = filled(page)
    refused = desk.post(address(briefing, "/changes"), data=form | {"do": "settle"})
    assert "어느 쪽을 따를지 골라 주세요" in refused.text
    side = re.search(r'name="(side-presenter:\d+)"', page)[1]
    assert desk.post(address(briefing, "/changes"), data=form | {"do": "settle", side: "theirs"}).status_code == 303

    page = desk.get(address(briefing, "/changes")).text
    assert "겹치는 곳" not in page and "발표자 1명(최다온)에게 바뀐 제목을 알립니다." in text_of(page)


def test_a_second_officer_is_told_who_keeps_what(desk, officer, briefing, now):
    stale = filled(desk.get(address(briefing, "/edit")).text)
    kept(desk, briefing, title="먼저 고친 제목")
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        for do in ("keep", "save"):
            page = desk.post(address(briefing, "/edit"), data=stale | {"title": "늦은 제목", "do": do}).text
            assert "이보람 님이 2026. 11. 23.(월) 10:00에 먼저 임시 저장했습니다: 제목" in page
            assert filled(page)["title"] == ["늦은 제목"]
        again = desk.post(address(briefing, "/edit"), data=filled(page) | {"do": "keep"})
    assert again.status_code == 302
    desk.sign_in(officer)
    assert "제목 : 바다 설명회 → 늦은 제목" in text_of(desk.get(address(briefing)).text)
    late = desk.post(address(briefing, "/changes"), data={"seen": stale["seen"], "seen_draft": "x", "do": "publish"})
    assert "먼저 임시 저장했습니다" in late.text


def test_the_public_page_is_shown_as_it_will_be_and_nothing_happens(desk, briefing):
    published = f"/briefings/{briefing.public_id}"
    assert desk.get(address(briefing, "/preview")).location.endswith(published)
    kept(desk, briefing, title="새 제목", **posted(START + timedelta(days=7)))
    before = queued()

    page = text_of(desk.get(address(briefing, "/preview")).text)

    assert "미리보기입니다" in page and "새 제목" in page and "2026. 12. 16.(수) 14:00~15:30" in page
    assert "새 제목" not in desk.get(published).text and queued() == before
    draft = a_briefing(needs=2, state=BriefingState.DRAFT, title="만드는 설명회")
    page = text_of(desk.get(address(draft, "/preview")).text)
    assert "만드는 설명회" in page and "신청 받는 중" in page
    assert desk.get(f"/briefings/{draft.public_id}").status_code == 404


def test_thrown_away_it_is_gone_after_asking(desk, briefing):
    kept(desk, briefing, title="새 제목")
    page = desk.get(address(briefing, "/changes/discard")).text
    assert "새 제목" in page and "되돌릴 수 없습니다" in page
    mark = re.search(r'name="seen_draft" type="hidden" value="([^"]+)"', page)[1]
    answer = desk.post(address(briefing, "/changes/discard"), data={"seen_draft": mark}, follow_redirects=True)
    assert "임시 저장한 내용을 버렸습니다" in answer.text
    db.session.refresh(briefing)
    assert briefing.pending is None
    assert desk.post(address(briefing, "/changes/discard"), data={"seen_draft": mark}).status_code == 409


def test_other_steps_say_what_becomes_of_it(desk, briefing):
    kept(desk, briefing, title="새 제목")
    assert "공개하지 않은 바뀐 내용은 그대로 남습니다" in desk.get(address(briefing, "/move")).text
    assert "임시 저장해 둔 바뀐 내용은 사라집니다" in desk.get(address(briefing, "/cancel")).text


def test_of_a_briefing_that_is_over_it_can_only_be_thrown_away(desk, officer, briefing):
    kept(desk, briefing, title="새 제목")
    with time_machine.travel(START + timedelta(days=1), tick=False):
        page = desk.sign_in(officer).get(address(briefing)).text
        assert "버리기" in page and "바뀐 내용 공개하기" not in page
        assert filled(desk.get(address(briefing, "/edit")).text)["title"] == ["바다 설명회"]
