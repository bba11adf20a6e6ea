"""What presenters read, made from the order as it is when the mail is sent."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.outbox.mail import Dropped, Mail
from briefings.outbox.models import Message, MessageState
from briefings.schedule import planning
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.slots import plan_of
from tests.builders import a_briefing, a_user
from tests.mails import mails_to
from tests.schedule.test_planning import details_of

NURI = "nuri@example.kr"
START = datetime(2026, 12, 9, 14, 0, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.fixture
def officer(app) -> User:
    return a_user(name="이보람")


@pytest.fixture
def briefing(officer, now) -> Briefing:
    """Just published, with one presenter who has an address."""
    made = a_briefing(needs=2, state=BriefingState.DRAFT, starts_at=START, title="바다 설명회", moderator="윤다온")
    made.slots[1].presenter_name, made.slots[1].presenter_email = "박누리", NURI
    made.slots[1].need.title = "폐어망 되살림"
    db.session.commit()
    with unit_of_work():
        planning.publish(made, by=officer, now=now)
    return made


def sent(app, address: str = NURI) -> list[Mail | Dropped]:
    """The mails to `address`, all of which then count as delivered."""
    found = mails_to(app, address)
    for message in db.session.scalars(select(Message).where(Message.recipient == address)):
        message.state = MessageState.SENT
    db.session.commit()
    return found


def edit(briefing: Briefing, officer: User, now: datetime, slots, **given) -> None:
    with unit_of_work():
        planning.edit(briefing, details_of(briefing, **given), slots, seen=briefing.changed_at, by=officer, now=now)


def test_publication_tells_the_time_the_way_in_and_whom_to_call(app, briefing):
    [mail] = sent(app)

    assert mail.subject == "[발표 일정] 바다 설명회: 2026. 12. 9.(수) 14:25"
    for words in (
        "박누리 님께",
        "2026. 12. 9.(수) 14:25~14:40 (발표 9분, 질의 6분)",
        "수요: 폐어망 되살림",
        "설명회: 2026. 12. 9.(수) 14:00~15:30",
        "사회: 윤다온",
        "https://room.example.kr/abc",
        f"http://briefings.example.kr/briefings/{briefing.public_id}",
    ):
        assert words in mail.text
    assert mail.calendar is None


def test_without_a_room_yet_it_promises_to_tell(app, briefing, officer, now):
    edit(briefing, officer, now + timedelta(hours=1), plan_of(briefing).slots, room_url="")
    assert "접속 주소는 정해지는 대로 다시 알려 드립니다." in sent(app)[-1].text


def test_another_room_is_told_again(app, briefing, officer, now):
    sent(app)
    edit(briefing, officer, now + timedelta(hours=1), plan_of(briefing).slots, room_url="https://other.example.kr/9")

    again = sent(app)[-1]
    assert again.subject.startswith("[발표 일정 변경]")
    assert "https://other.example.kr/9" in again.text


def test_a_move_says_that_the_time_changed(app, briefing, officer, now):
    sent(app)
    new = (START + timedelta(days=7), START + timedelta(days=7, minutes=90))
    with unit_of_work():
        planning.reschedule(briefing, new, seen=briefing.changed_at, by=officer, now=now + timedelta(hours=1))

    moved = sent(app)[-1]
    assert moved.subject == "[발표 일정 변경] 바다 설명회: 2026. 12. 16.(수) 14:25"
    assert "일정이 바뀌었습니다" in moved.text


def test_two_changes_before_the_first_mail_leaves_make_one_mail_that_knows_no_change(app, briefing, officer, now):
    first, second = plan_of(briefing).slots
    edit(briefing, officer, now + timedelta(minutes=1), [second, first])

    older, newer = sent(app)
    assert older == Dropped("더 새로운 안내가 뒤따릅니다.")
    assert newer.subject == "[발표 일정] 바다 설명회: 2026. 12. 9.(수) 14:10"


def test_who_presents_no_longer_hears_it_unless_never_told(app, briefing, officer, now):
    first, second = plan_of(briefing).slots
    handed_over = replace(second, presenter_email="haneul@example.kr", presenter_name="김하늘")
    edit(briefing, officer, now + timedelta(minutes=1), [first, handed_over])

    assert mails_to(app, NURI) == [Dropped("발표자가 바뀌었습니다."), Dropped("발표 안내를 보낸 적이 없습니다.")]
    db.session.scalars(select(Message).where(Message.recipient == NURI)).first().state = MessageState.SENT
    db.session.commit()
    released = mails_to(app, NURI)[-1]
    assert released.subject == "[발표 취소] 바다 설명회"
    assert "순서에서 빠졌습니다" in released.text
    assert mails_to(app, "haneul@example.kr")[0].text.startswith("김하늘 님께")

    edit(briefing, officer, now + timedelta(minutes=2), [first, second])
    assert mails_to(app, NURI)[1] == Dropped("다시 발표하게 되었습니다.")


def test_calling_off_gives_the_reason(app, briefing, officer, now):
    sent(app)
    with unit_of_work():
        planning.cancel(briefing, "발표 기관의 사정", by=officer, now=now + timedelta(hours=1))

    first, called_off = sent(app)
    assert first == Dropped("취소되었거나 끝난 설명회입니다.")
    assert "취소 사유: 발표 기관의 사정" in called_off.text


def test_nothing_leaves_after_the_end(app, briefing, officer, now):
    with unit_of_work():
        planning.cancel(briefing, "사정", by=officer, now=now)
    briefing.ends_at, briefing.starts_at = now, now - timedelta(hours=1)
    briefing.registration_closes_at = now - timedelta(hours=2)
    db.session.commit()

    assert [type(mail) for mail in mails_to(app, NURI)] == [Dropped, Dropped]
