"""The words of mails to presenters, made when each is sent from the order as it is then."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from briefings.db import db
from briefings.errors import N_
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.calendar_objects import calendar_part, landing_url, words_without_invitation, zone_name
from briefings.schedule.items import GONE, OVER, still_to_tell, thread_of, told_of
from briefings.schedule.links import personal_url, presenter_url
from briefings.schedule.materials import is_late
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot, SlotState
from briefings.schedule.presenters import Why, slot_of
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.slots import materials_due
from briefings.web.filters import period, when


def presenter_slot(message: Message, now: datetime) -> Mail | Dropped:
    """When and where somebody presents, into their calendar; what is new where they have been told before."""
    found = still_to_tell(message, now)
    if isinstance(found, Dropped):
        return found
    slot = slot_of(found.item)
    if slot is None:
        return Dropped("발표자가 바뀌었습니다.")
    if _is_of_the_day(message, slot.briefing):
        text = "presenter_today"
    elif found.before is None or message.params.get("again"):
        text = "presenter_slot"
    else:
        text = CHANGES[message.params["news"]]
    values = _of_slot(slot, found.item, now) | {"바뀐 것": ", ".join(_(PARTS[part]) for part in _changed(message))}
    return _write(text, message, found.item, values, found.before and found.before.reference)


def presenter_released(message: Message, now: datetime) -> Mail | Dropped:
    """That somebody need not present, out of the calendar; nothing to those who were never told to."""
    found = told_of(message, now)
    if isinstance(found, Dropped):
        return found
    if not found.may_stand:
        return Dropped("발표 안내를 보낸 적이 없습니다.")
    called_off = found.item.briefing.state is BriefingState.CANCELLED
    today = "presenter_released_today" if _is_of_the_day(message, found.item.briefing) else "presenter_released"
    text = "presenter_called_off" if called_off else today
    return _write(text, message, found.item, _of_need(found.item), found.before and found.before.reference)


def rehearsal(message: Message, now: datetime) -> Mail | Dropped:
    """When presenters try the room out, into the calendar."""
    found = still_to_tell(message, now)
    if isinstance(found, Dropped):
        return found
    if found.item.ends_at <= now:
        return OVER
    first = found.before is None or message.params.get("again")
    values = {"접속 주소": found.item.briefing.room_url}
    text = "rehearsal" if first else "rehearsal_changed"
    return _write(text, message, found.item, values, found.before and found.before.reference)


def rehearsal_off(message: Message, now: datetime) -> Mail | Dropped:
    """That there is no rehearsal, or not for this presenter any more."""
    found = told_of(message, now)
    if isinstance(found, Dropped):
        return found
    if not found.may_stand or found.item.ends_at <= now:
        return Dropped("알릴 것이 없는 리허설입니다.")
    return _write("rehearsal_off", message, found.item, {}, found.before and found.before.reference)


def presenter_chase(message: Message, now: datetime) -> Mail | Dropped:
    """A question whether somebody will come, to those who have not said so."""
    slot = _still_ahead(message, now)
    if isinstance(slot, Dropped):
        return slot
    if slot.state is not SlotState.UNANSWERED:
        return Dropped("그사이 답했습니다.")
    return write("presenter_chase", _of_talk(slot, message))


def presenter_reminder(message: Message, now: datetime) -> Mail | Dropped:
    """When and where, the day before, to those who said that they present."""
    slot = _still_ahead(message, now)
    if isinstance(slot, Dropped):
        return slot
    if slot.state is not SlotState.ACCEPTED:
        return Dropped("그사이 발표를 사양했습니다.")
    return write("presenter_reminder", _of_talk(slot, message) | _of_room(slot.briefing))


def _still_ahead(message: Message, now: datetime) -> PresenterSlot | Dropped:
    of_need = (
        PresenterSlot.briefing_id == message.params["briefing"],
        PresenterSlot.need_id == message.params["need"],
    )
    slot = db.session.scalar(select(PresenterSlot).where(*of_need))
    if slot is None or slot.presenter_email.lower() != message.recipient.lower():
        return Dropped("발표자가 바뀌었습니다.")
    if slot.briefing.state is not BriefingState.PUBLISHED or now >= slot.briefing.starts_at:
        return Dropped("취소되었거나 이미 시작한 설명회입니다.")
    return slot


def place_of_presenter(message: Message, now: datetime) -> Mail | Dropped:
    """A confirmed place of somebody who presents: the calendar has the slot already."""
    registration = db.session.get(Registration, message.params["registration"])
    confirmed = registration is not None and registration.state is RegistrationState.CONFIRMED
    if registration is None or not confirmed or registration.email != message.recipient:
        return GONE
    if registration.briefing.is_over(now):
        return OVER
    values = _of_briefing(registration.briefing) | {
        "이름": registration.name,
        "신청 내역 링크": personal_url(registration),
    }
    return write("place_of_presenter", values)


def _write(text: str, message: Message, item: CalendarItem, values: dict[str, str], before: str | None) -> Mail:
    part = calendar_part(item, message.params["sequence"])
    answer = _("일정 초대를 함께 보냅니다. 달력에서 ‘수락’이나 ‘거절’을 누르셔도 됩니다.")
    said = _of_briefing(item.briefing) | {
        "이름": item.name or message.recipient_name,
        "일시": period((item.starts_at, item.ends_at)),
        "시작": when(item.starts_at),
        "달력 안내": answer if part else words_without_invitation(item),
    }
    calendar, method = part or (None, None)
    return write(text, said | values, calendar=calendar, method=method, in_reply_to=before)


def _is_of_the_day(message: Message, briefing: Briefing) -> bool:
    """Whether it comes of what was done while presenters gather, or later: no time for many words."""
    return message.created_at >= briefing.starts_at - GATHERING and not message.params.get("again")


def _changed(message: Message) -> list[str]:
    """What is new to the reader where that is several things."""
    changed: list[str] = message.params.get("changed", [])
    return [part for part in PARTS if part in changed]


def _of_briefing(briefing: Briefing) -> dict[str, str]:
    return {
        "설명회": briefing.title,
        "설명회 일시": f"{period((briefing.starts_at, briefing.ends_at))} ({zone_name(briefing.starts_at)})",
        "사회": briefing.moderator,
        "안내 주소": landing_url(briefing),
        "취소 사유": briefing.cancel_reason,
    }


def _of_talk(slot: PresenterSlot, message: Message) -> dict[str, str]:
    briefing = slot.briefing
    times = dict(zip((each.id for each in briefing.slots), briefing.times_of(briefing.slots), strict=True))[slot.id]
    return _of_briefing(briefing) | {
        "이름": slot.presenter_name or message.recipient_name,
        "발표 일시": period(times),
        "발표 시작": when(times[0]),
        "수요": slot.need.title,
        "발표자 링크": presenter_url(slot),
    }


def _of_room(briefing: Briefing) -> dict[str, str]:
    return {
        "접속 주소": briefing.room_url,
        "접속이 안 될 때": briefing.room_note if briefing.room_url else "",
        "접속 주소 없음": "" if briefing.room_url else _("접속 주소는 정해지는 대로 다시 알려 드립니다."),
    }


def _of_slot(slot: PresenterSlot, item: CalendarItem, now: datetime) -> dict[str, str]:
    minutes = _("발표 %(talk)s분, 질의 %(questions)s분", talk=slot.talk_minutes, questions=slot.question_minutes)
    return (
        _of_need(item)
        | _of_room(slot.briefing)
        | {
            "시간 배분": minutes,
            "발표자 링크": presenter_url(slot),
            "자료 기한": "" if is_late(slot.briefing, now) else when(materials_due(slot.briefing)),
            "부탁드리는 까닭": _why(item),
        }
    )


def _why(item: CalendarItem) -> str:
    """Why its owner is asked who was not before; the first message about an entry knows, whichever is sent."""
    first = select(Message.params).where(Message.thread == thread_of(item.id)).order_by(Message.id).limit(1)
    params = db.session.scalar(first) or {}
    before = db.session.get(CalendarItem, params["after"]) if params.get("after") else None
    if before is None or not (who := before.name or before.email):
        return ""
    words = WHYS[params["why"]]
    return _(words, name=who)


def _of_need(item: CalendarItem) -> dict[str, str]:
    return {"수요": item.need.title if item.need else ""}


GATHERING = timedelta(hours=1)
"""So long before the start a presenter who is named is expected in the room."""

CHANGES = {
    "new": "presenter_moved",
    "time": "presenter_moved",
    "room": "presenter_room",
    "title": "presenter_title",
    "several": "presenter_changed",
}
"""What is new → the text that says so."""
PARTS = {"time": N_("발표 시각"), "room": N_("접속 주소"), "title": N_("설명회 이름")}
"""What may be new → the words for it where several are."""
WHYS = {
    Why.HANDED_OVER: N_("%(name)s 님이 이 발표를 넘기면서 대신 발표하실 분으로 적어 주셨습니다."),
    Why.STOOD_BY: N_("%(name)s 님 대신 발표하실 예비 발표자로 적혀 있어 부탁드립니다."),
}
"""Why somebody is asked who was not before, by `why` of the message."""

COMPOSERS: dict[str, Composer] = {
    "presenter_slot": presenter_slot,
    "presenter_released": presenter_released,
    "presenter_chase": presenter_chase,
    "presenter_reminder": presenter_reminder,
    "rehearsal": rehearsal,
    "rehearsal_off": rehearsal_off,
    "place_of_presenter": place_of_presenter,
}

_BRIEFING = (
    Placeholder("설명회", "설명회의 이름", "탄소중립 협업이음 사업설명회"),
    Placeholder("설명회 일시", "설명회의 시작과 끝", "2026. 12. 3.(목) 10:00~11:30 (대한민국 표준시)"),
    Placeholder("안내 주소", "설명회 안내 화면의 주소", "https://briefings.example.kr/b/4h2k9xyz"),
)
_ENTRY = (
    NAME,
    *_BRIEFING,
    Placeholder("일시", "달력에 들어가는 시작과 끝", "2026. 12. 3.(목) 10:10~10:25"),
    Placeholder("시작", "달력에 들어가는 시작", "2026. 12. 3.(목) 10:10"),
)
_CALENDAR = Placeholder(
    "달력 안내",
    "일정 초대를 함께 보낼 때의 설명",
    "일정 초대를 함께 보냅니다. 달력에서 ‘수락’이나 ‘거절’을 누르셔도 됩니다.",
    True,
)
_ROOM = Placeholder("접속 주소", "화상회의의 주소", "https://room.example.kr/abc", True)
_NEED = Placeholder("수요", "발표할 수요의 이름", "폐어망 되살림 공정 함께 만들기")
_LINK = Placeholder(
    "발표자 링크", "본인만 쓰는, 수락하거나 사양하거나 넘기는 주소", "https://briefings.example.kr/present/…"
)
_WAYS_IN = (
    Placeholder("접속이 안 될 때", "접속하지 못할 때의 전화나 주소", "044-000-0000", True),
    Placeholder(
        "접속 주소 없음", "접속 주소가 아직 없을 때의 설명", "접속 주소는 정해지는 대로 다시 알려 드립니다.", True
    ),
)
_TALK = (
    NAME,
    *_BRIEFING,
    _NEED,
    _LINK,
    Placeholder("발표 일시", "발표의 시작과 끝", "2026. 12. 3.(목) 10:10~10:25"),
    Placeholder("발표 시작", "발표의 시작", "2026. 12. 3.(목) 10:10"),
)
_SLOT = (
    *_ENTRY,
    _NEED,
    _LINK,
    _ROOM,
    _CALENDAR,
    Placeholder("자료 기한", "발표자료를 올릴 마지막 일시, 지났으면 비움", "2026. 11. 19.(목) 18:00", True),
    Placeholder("시간 배분", "발표와 질의의 길이", "발표 9분, 질의 6분"),
    Placeholder("사회", "사회자의 이름", "윤다온", True),
    Placeholder(
        "부탁드리는 까닭",
        "동료가 넘긴 발표이거나 예비 발표자일 때의 설명",
        "박누리 님이 이 발표를 넘기면서 대신 발표하실 분으로 적어 주셨습니다.",
        True,
    ),
    *_WAYS_IN,
)
_OFF = (*_ENTRY, _NEED)
_REHEARSAL = (*_ENTRY, _ROOM, _CALENDAR)
TEXTS = {
    "presenter_slot": Text("발표 부탁과 발표 일정", _SLOT, must=("일시", "발표자 링크")),
    "presenter_today": Text(
        "당일에 발표를 맡게 된 사람에게", _SLOT, must=("일시", "발표자 링크"), kinds=("presenter_slot",)
    ),
    "presenter_moved": Text("발표 시각 변경", _SLOT, must=("일시", "발표자 링크"), kinds=("presenter_slot",)),
    "presenter_room": Text("발표자의 접속 주소 변경", _SLOT, must=("일시",), kinds=("presenter_slot",)),
    "presenter_title": Text("발표자에게 설명회 이름 변경", _SLOT, must=("일시",), kinds=("presenter_slot",)),
    "presenter_changed": Text(
        "발표 일정의 여러 변경",
        (*_SLOT, Placeholder("바뀐 것", "무엇이 바뀌었는지", "발표 시각, 접속 주소")),
        must=("일시", "바뀐 것", "발표자 링크"),
        kinds=("presenter_slot",),
    ),
    "presenter_released": Text("발표 일정 취소", _OFF, must=("수요",)),
    "presenter_released_today": Text(
        "당일에 발표를 넘긴 사람에게", _OFF, must=("수요",), kinds=("presenter_released",)
    ),
    "presenter_called_off": Text(
        "설명회 취소 (발표자)",
        (*_OFF, Placeholder("취소 사유", "설명회를 취소한 까닭", "발표 기관의 사정으로 열지 못합니다.", True)),
        must=("수요",),
        kinds=("presenter_released",),
    ),
    "presenter_chase": Text("발표 확인 부탁", _TALK, must=("발표 일시", "발표자 링크")),
    "presenter_reminder": Text("발표 하루 전 알림", (*_TALK, _ROOM, *_WAYS_IN), must=("발표 일시", "발표자 링크")),
    "rehearsal": Text("리허설 일정", _REHEARSAL, must=("일시",)),
    "rehearsal_changed": Text("리허설 일정 변경", _REHEARSAL, must=("일시",), kinds=("rehearsal",)),
    "rehearsal_off": Text("리허설 취소", _ENTRY, must=("설명회",)),
    "place_of_presenter": Text(
        "발표자의 설명회 신청 완료",
        (
            NAME,
            *_BRIEFING,
            Placeholder("신청 내역 링크", "본인만 쓰는 신청 내역의 주소", "https://briefings.example.kr/r/…"),
        ),
        must=("신청 내역 링크",),
    ),
}
