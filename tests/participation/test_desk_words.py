"""The words of mails about talks and of what waits on an owner's desk, in both languages, as files to be read.

`UPDATE_SNAPSHOTS=1 pytest tests/participation/test_desk_words.py` writes them anew.
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from briefings.outbox.mail import Mail
from briefings.outbox.models import Message, MessageState
from briefings.outbox.rendering import compose
from briefings.participation.chasing import BY_STAFF, FIRST, LAST
from briefings.participation.models import (
    Appointment,
    AppointmentState,
    AppointmentTime,
    Consultation,
    ParticipationReply,
    Side,
)
from briefings.schedule.calendar_models import CalendarItem, ItemKind, ItemState
from tests.builders import a_need, a_reply, an_organization, an_owner, saved

SNAPSHOTS = Path(__file__).parent / "snapshots"
READER = {"recipient": "owner@agency.example.kr", "recipient_name": "홍길동"}


def a_talk(now, **given) -> Appointment:
    """A talk agreed on for the second hour of tomorrow, with an entry in both calendars."""
    reply = the_reply()
    starts_at = now + timedelta(days=1, hours=1)
    values = {"state": AppointmentState.AGREED, "starts_at": starts_at, "agreed_at": now, "place": "044-000-0000"}
    values |= {"note": "설비 규모를 여쭙고 싶습니다.", "offered_at": now, "reply": reply, "public_id": "4h2k9xyz"}
    talk = saved(Appointment(**values | given))
    if talk.starts_at:
        talk.owner_item, talk.replier_item = (
            saved(an_item(name, email, talk, now))
            for name, email in (("홍길동", READER["recipient"]), ("이가온", reply.email))
        )
    return saved(talk)


def an_item(name, email, talk, now) -> CalendarItem:
    """What stands in one calendar."""
    stamps = {"created_at": now, "modified_at": now, "dtstamp": now}
    times = {"starts_at": talk.starts_at, "ends_at": talk.ends_at}
    return CalendarItem(kind=ItemKind.APPOINTMENT, name=name, email=email, **times, **stamps)


def the_reply() -> ParticipationReply:
    """A reply of 가온재활용 to a need of 한려해양공단."""
    organization = an_organization("한려해양공단")
    an_owner(organization, email=READER["recipient"], name="홍길동")
    need = a_need(id=815, title="폐어망 되살림 공정 함께 만들기", organization=organization)
    return a_reply(need, public_id="7p3vdabc", organization=an_organization("가온재활용"), email="gaon@example.com")


def told_before(item) -> None:
    """An invitation to `item` has left."""
    moment = item.created_at
    about = {"thread": f"item:{item.id}", "params": {"item": item.id, "sequence": 0}, "recipient": item.email}
    saved(
        Message(
            key="before", kind="talk", locale="ko", recipient_name=item.name, state=MessageState.SENT,
            created_at=moment, due_at=moment, sent_at=moment, **about,
        )
    )  # fmt: skip


def talk(now, side=Side.OWNER, news="new"):
    made = a_talk(now)
    item = made.item_of(side)
    if news != "new":
        told_before(item)
    return "talk", {"item": item.id, "sequence": 0, "talk": made.id, "side": side.value, "news": news}


def talk_of_replier(now):
    return talk(now, Side.REPLIER)


def talk_moved(now):
    return talk(now, news="time")


def talk_place(now):
    return talk(now, news="place")


def talk_off(now):
    made = a_talk(now, state=AppointmentState.CANCELLED, cancelled_by=Side.REPLIER, cancel_reason="출장을 갑니다.")
    made.owner_item.state = ItemState.CLOSED
    told_before(made.owner_item)
    return "talk_off", {"item": made.owner_item_id, "sequence": 0, "talk": made.id, "side": "owner"}


def talk_off_with_reply(now):
    made = a_talk(now, state=AppointmentState.CANCELLED)
    made.owner_item.state = ItemState.CLOSED
    told_before(made.owner_item)
    return "talk_off", {"item": made.owner_item_id, "sequence": 0, "talk": made.id, "side": "owner"}


def talk_offered(now):
    return offered(now, "new", state=AppointmentState.OFFERED, starts_at=None, agreed_at=None)


def talk_offered_others(now):
    return offered(now, "others")


def offered(now, news, **given):
    times = [AppointmentTime(starts_at=now + timedelta(days=day)) for day in (2, 3, 4)]
    return "talk_offered", {"talk": a_talk(now, times=times, **given).id, "news": news}


def talk_offer_ended(now):
    off = {"state": AppointmentState.CANCELLED, "cancelled_by": Side.OWNER, "cancel_reason": "담당자가 바뀝니다."}
    return "talk_offer_ended", {"talk": a_talk(now, starts_at=None, agreed_at=None, **off).id}


def talk_refused(now):
    off = {"state": AppointmentState.CANCELLED, "starts_at": None, "agreed_at": None}
    return "talk_refused", {"talk": a_talk(now, **off).id, "words": "다음 주가 좋습니다.\n오후면 더 좋습니다."}


def talk_other_time(now):
    return "talk_other_time", {"talk": a_talk(now).id, "words": "오후가 좋습니다."}


def talk_declined(now):
    return "talk_declined", {"talk": a_talk(now, state=AppointmentState.CANCELLED).id, "side": "owner"}


def talk_decline_asked(now):
    made = a_talk(now)
    made.owner_item.partstat = "DECLINED"
    return "talk_decline_asked", {"item": saved(made.owner_item).id}


def talk_reminder_day(now, news="day"):
    made = a_talk(now)
    return "talk_reminder", {"talk": made.id, "side": "owner", "at": made.starts_at.isoformat(), "news": news}


def talk_reminder_hour(now):
    return talk_reminder_day(now, "hour")


def next_step(now):
    reply = the_reply()
    days = {"held_on": now.date(), "next_on": now.date() + timedelta(days=7)}
    noted = Consultation(reply=reply, notes="나눈 이야기", next_step="현장 방문 날짜 정하기", noted_at=now, **days)
    return "next_step", {"consultation": saved(noted).id, "day": f"{days['next_on']}"}


def reply_chase(now, step=FIRST, words=""):
    return "reply_chase", {"need": 815, "replies": [the_reply().id], "step": step, "words": words}


def reply_chase_last(now):
    return reply_chase(now, LAST)


def reply_chase_staff(now):
    return reply_chase(now, BY_STAFF, "설명회 뒤에 온 답글입니다.")


SCENES = (
    talk,
    talk_of_replier,
    talk_moved,
    talk_place,
    talk_off,
    talk_off_with_reply,
    talk_offered,
    talk_offered_others,
    talk_offer_ended,
    talk_refused,
    talk_other_time,
    talk_declined,
    talk_decline_asked,
    talk_reminder_day,
    talk_reminder_hour,
    next_step,
    reply_chase,
    reply_chase_last,
    reply_chase_staff,
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_every_mail_reads_as_it_should(app, now, scene):
    kind, params = scene(now)
    for locale in ("ko", "en"):
        message = Message(id=10**6, kind=kind, params=params, created_at=now, locale=locale, **READER)
        mail = compose(app, message, now)
        assert isinstance(mail, Mail), mail
        file = SNAPSHOTS / f"{scene.__name__}.{locale}.txt"
        written = f"Subject: {mail.subject}\n{mail.text}"
        if os.environ.get("UPDATE_SNAPSHOTS"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(written, encoding="utf-8")
        assert written == file.read_text(encoding="utf-8")
