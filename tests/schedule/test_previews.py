"""What staff see before they publish, move, change or call off a briefing: the mails themselves; nothing happens."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from briefings.db import Base, ContentVersion, db, unit_of_work
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.schedule import invitations
from briefings.schedule.calendar_models import CalendarSetting, Channel
from briefings.schedule.links import token_of
from briefings.schedule.models import BriefingState
from briefings.schedule.presenters import keep_calendars
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.web.tokens import HIDDEN
from tests.builders import BEFORE, a_briefing, a_registration, a_user, saved
from tests.client import PageClient
from tests.schedule.desk import filled, posted, text_of


@pytest.fixture
def desk(client: PageClient) -> PageClient:
    """Staff at work."""
    return client.sign_in(a_user(name="이보람"))


def everything() -> dict[str, list]:
    """Every row of every table, but for the numbers that only say when to look again."""
    tables = [table for table in Base.metadata.sorted_tables if table is not ContentVersion.__table__]
    with unit_of_work() as session:
        return {table.name: session.execute(select(table)).all() for table in tables}


@pytest.fixture
def crowded(app, now):
    """A briefing with registrants of every sort, all of whom were told of it."""
    briefing = a_briefing(needs=2, title="순환경제 설명회")
    briefing.slots[0].presenter_email, briefing.slots[1].presenter_name = "hong@example.kr", "윤다온"
    gone = {"state": RegistrationState.CANCELLED, "confirmed_at": None, "cancelled_at": BEFORE}
    people = [
        a_registration(briefing, name="김바다", email="bada@example.kr"),
        a_registration(briefing, name="Ann", email="ann@example.com", locale="en"),
        a_registration(briefing, name="이구독", email="feed@example.kr"),
        a_registration(briefing, name="박없음", email="gone@example.kr"),
    ]
    a_registration(briefing, name="정대기", state=RegistrationState.WAITLISTED)
    a_registration(briefing, name="최취소", **gone)
    saved(CalendarSetting(email="feed@example.kr", channel=Channel.NONE, changed_at=BEFORE))
    saved(UndeliverableAddress(address="gone@example.kr", since=now, reason="550 5.1.1 No such user"))
    with unit_of_work():
        for person in people:
            invitations.invite(person, now - timedelta(days=1))
        keep_calendars(briefing, now - timedelta(days=1))
        for message in db.session.scalars(select(Message)):
            message.state, message.sent_at = "sent", now - timedelta(days=1)
    return briefing


def steps(briefing, page):
    """What is posted to see what each step would do; `page` is the editor."""
    return {
        "move": posted(briefing.starts_at + timedelta(days=1)) | {"seen": briefing.changed_at.isoformat()},
        "cancel": {"reason": "발표 기관의 사정"},
        "edit": {**filled(page), "title": "새 제목", "do": "save"},
    }


@pytest.mark.parametrize(
    ("step", "sentences"),
    [
        (
            "move",
            [
                "확정된 3명에게 일정 초대를 다시 보냅니다.",
                "대기 중인 1명에게 바뀐 일시를 알립니다.",
                "발표자 1명(홍길동)에게 바뀐 발표 시각을 알립니다.",
                "신청을 취소한 1명에게는 알리지 않습니다.",
                "[일시 변경]",
                "(영어)",
            ],
        ),
        (
            "cancel",
            [
                "확정된 3명에게 취소를 알리고 달력에서 일정을 지웁니다.",
                "대기 중인 1명에게 취소를 알립니다.",
                "발표자 1명(홍길동)에게 발표가 취소되었다고 알립니다.",
                "[취소] 순환경제 설명회",
            ],
        ),
        (
            "edit",
            [
                "확정된 3명의 달력에 새 제목을 보냅니다.",
                "발표자 1명(홍길동)에게 바뀐 제목을 알립니다.",
                "대기 중인 1명에게는 새 제목을 알리지 않습니다.",
                "새 제목",
                "10:15 에 보냄",
            ],
        ),
    ],
)
def test_a_step_is_shown_as_its_readers_will_read_it_and_changes_nothing(app, desk, crowded, step, sentences):
    address = f"/staff/briefings/{crowded.id}/{step}"
    form = steps(crowded, desk.get(f"/staff/briefings/{crowded.id}/edit").text)[step]
    tokens = [
        token_of(person, purpose)
        for person in db.session.scalars(select(Registration))
        for purpose in ("registration", "join")
    ]
    before = everything()
    page = desk.post(address, data=form).text
    words = text_of(page)
    for sentence in (
        *sentences,
        "달력 초대를 받지 않기로 한 1명에게는 글만 보냅니다.",
        "전자우편이 적히지 않은 발표자(윤다온)에게는 알리지 못합니다.",
        "전자우편이 되돌아온 주소 1개로는 보내지 않습니다: gone@example.kr",
        "김바다",
        "보낸 사람",
        "달력에 들어가는 일정",
    ):
        assert sentence in words, sentence
    assert HIDDEN in page or step == "cancel"
    assert not [token for token in tokens if token in page]
    assert everything() == before


def test_publishing_shows_the_presenters_their_mails(desk, now):
    draft = a_briefing(needs=1, state=BriefingState.DRAFT, published_at=None)
    draft.slots[0].presenter_email = "hong@example.kr"
    db.session.commit()
    before = everything()
    page = desk.get(f"/staff/briefings/{draft.id}/publish").text
    assert "발표자 1명(홍길동)에게 발표 시각을 알립니다." in page and "hong@example.kr" in page and HIDDEN in page
    assert everything() == before
    desk.post(f"/staff/briefings/{draft.id}/publish", data=filled(page))
    assert [m.recipient for m in db.session.scalars(select(Message))] == ["hong@example.kr"]


def test_what_was_shown_is_what_is_sent(desk, crowded, now):
    """The counts of the preview are the counts of the messages."""
    address = f"/staff/briefings/{crowded.id}/move"
    form = steps(crowded, desk.get(f"/staff/briefings/{crowded.id}/edit").text)["move"]
    page = desk.post(address, data=form).text
    agreed = re.search(r'name="agreed" type="hidden" value="([^"]+)"', page)[1]
    desk.post(address, data=form | {"agreed": agreed})
    sent = select(Message.kind, Message.recipient).where(Message.created_at == now).order_by(Message.kind, Message.id)
    told = db.session.execute(sent).all()
    assert [kind for kind, _ in told] == ["new_time"] * 4 + ["presenter_slot", "waiting_new_time"]


def test_held_mail_is_said_to_be_held(desk, crowded):
    desk.post(f"/staff/briefings/{crowded.id}/hold-mails", data={"on": "1"})
    page = desk.post(f"/staff/briefings/{crowded.id}/cancel", data={"reason": "사정"}).text
    assert "내보낼 때까지 나가지 않습니다" in page
    done = desk.post(
        f"/staff/briefings/{crowded.id}/cancel", data={"reason": "사정", "agreed": "사정"}, follow_redirects=True
    )
    assert (
        "설명회를 취소하고 모두에게 알릴 전자우편을 보류해 두었습니다." in done.text and "알렸습니다." not in done.text
    )


def test_a_refusal_is_shown_at_its_field(desk, crowded, now):
    address = f"/staff/briefings/{crowded.id}/move"
    stale = posted(crowded.starts_at + timedelta(days=1)) | {"seen": "2020-01-01T00:00:00+00:00"}
    assert "오래된 화면입니다" in desk.post(address, data=stale).text
    assert "이미 지났습니다" in desk.post(address, data=stale | posted(now - timedelta(days=1))).text
