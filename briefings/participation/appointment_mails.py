"""The words of talks between owner and replier: in calendars, and in mails to each side with its own page."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.needs.models import Need
from briefings.needs.registering import has_left
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.participation.links import token_of
from briefings.participation.models import Appointment, AppointmentState, ParticipationReply, Side
from briefings.schedule.calendar_models import CalendarItem, ItemState
from briefings.schedule.calendar_objects import Entry, calendar_part, words_without_invitation, zone_name
from briefings.schedule.items import GONE, still_to_tell, told_of
from briefings.web.filters import period, when
from briefings.web.labels import label

CHANGED = Dropped("그사이 협의의 시간이 바뀌었거나 취소되었습니다.")
LEFT = Dropped("그 사이 과제의 기관을 떠난 계정")


def entries(items: Iterable[CalendarItem]) -> Mapping[int, Entry]:
    """What talks say in calendars: who with and about what, no names of persons, no personal link."""
    ids = [item.id for item in items]
    found = _with_both_sides().where(or_(Appointment.owner_item_id.in_(ids), Appointment.replier_item_id.in_(ids)))
    said = {}
    for each in db.session.scalars(found):
        for side in Side:
            item = each.item_of(side)
            if item is not None and item.id in ids:
                said[item.id] = _entry(each, side)
    return {number: said.get(number) or _entry_of_none() for number in ids}


def talk(message: Message, now: datetime) -> Mail | Dropped:
    """When a talk is, into the calendar of one side; what is new where they have been told before."""
    told = still_to_tell(message, now)
    if isinstance(told, Dropped):
        return told
    found = _side_of(told.item)
    if found is None:
        return GONE
    appointment, side = found
    if _is_stranger(appointment, side, message):
        return LEFT
    text = "talk" if told.before is None or message.params.get("again") else NEWS[message.params["news"]]
    part = calendar_part(told.item, message.params["sequence"])
    answer = _("일정 초대를 함께 보냅니다. 달력에서 ‘거절’을 누르시면 협의가 취소되고 상대 기관에 알립니다.")
    values = _said(appointment, side, message) | {"달력 안내": answer if part else words_without_invitation(told.item)}
    calendar, method = part or (None, None)
    before = told.before.reference if told.before else None
    return write(text, values, calendar=calendar, method=method, in_reply_to=before)


def talk_off(message: Message, now: datetime) -> Mail | Dropped:
    """That there is no talk, out of the calendar; nothing to those who were never told of one."""
    told = told_of(message, now)
    if isinstance(told, Dropped):
        return told
    replaced = message.params.get("replaced", False)
    of_another = _appointment(message) if replaced else None
    found = (of_another, Side.REPLIER) if of_another else _side_of(told.item)
    if found is None or not told.may_stand:
        return GONE
    appointment, side = found
    part = calendar_part(told.item, message.params["sequence"])
    calendar, method = part or (None, None)
    why = _why_replaced() if replaced else _why_off(appointment)
    values = _said(appointment, side, message) | why | {"달력 안내": _out_of_calendar() if part else ""}
    before = told.before.reference if told.before else None
    return write("talk_off", values, calendar=calendar, method=method, in_reply_to=before)


def talk_offered(message: Message, now: datetime) -> Mail | Dropped:
    """The times among which the replying side is to choose."""
    appointment = _appointment(message)
    if appointment is None:
        return GONE
    coming = [each.starts_at for each in appointment.times if each.starts_at > now]
    if not appointment.waits or not coming:
        return CHANGED
    zone = zone_name(coming[0])
    times = "\n".join(f"- {period((moment, moment + _length(appointment)))} ({zone})" for moment in coming)
    stands = appointment.state is AppointmentState.AGREED
    values = _said(appointment, Side.REPLIER, message) | {"시간 목록": times}
    others = stands or message.params["news"] == "others"
    return write("talk_offered_others" if others else "talk_offered", values)


def talk_offer_ended(message: Message, now: datetime) -> Mail | Dropped:
    """The owner does not offer times any more, and why."""
    appointment = _appointment(message)
    if appointment is None:
        return GONE
    if appointment.state is not AppointmentState.CANCELLED:
        return CHANGED
    return write("talk_offer_ended", _said(appointment, Side.REPLIER, message) | _why_off(appointment))


def to_owner(message: Message, now: datetime) -> Mail | Dropped:
    """What the replying side says about the times: none fits, or another one is asked for."""
    appointment = _appointment(message)
    if appointment is None:
        return GONE
    if _is_stranger(appointment, Side.OWNER, message):
        return LEFT
    reply_page = url_for("owner_replies.show", public_id=appointment.reply.public_id, _external=True)
    offer_page = url_for("owner_talks.offer", public_id=appointment.reply.public_id, _external=True)
    if appointment.state is AppointmentState.AGREED:
        offer_page = url_for("owner_talks.offer_others", public_id=appointment.public_id, _external=True)
    values = _said(appointment, Side.OWNER, message)
    said = {"전하는 말": message.params["words"], "시간 제안 주소": offer_page, "답글 주소": reply_page}
    return write(message.kind, values | said)


def talk_declined(message: Message, now: datetime) -> Mail | Dropped:
    """A talk called off by declining it in the calendar, and how to arrange another."""
    appointment = _appointment(message)
    if appointment is None:
        return GONE
    if appointment.is_over(now) or (appointment.ends_at and now >= appointment.ends_at):
        return CHANGED
    return write("talk_declined", _said(appointment, Side(message.params["side"]), message))


def talk_decline_asked(message: Message, now: datetime) -> Mail | Dropped:
    """A no in a calendar that may be somebody else's: where to call the talk off."""
    item = db.session.get(CalendarItem, message.params["item"])
    found = _side_of(item) if item else None
    if item is None or found is None:
        return GONE
    if item.state is ItemState.CLOSED or item.partstat != "DECLINED" or item.is_over(now):
        return CHANGED
    appointment, side = found
    return write("talk_decline_asked", _said(appointment, side, message))


def talk_reminder(message: Message, now: datetime) -> Mail | Dropped:
    """That a talk is tomorrow, or within the hour."""
    appointment = _appointment(message)
    if appointment is None:
        return GONE
    agreed = appointment.state is AppointmentState.AGREED and appointment.starts_at
    if not agreed or agreed.isoformat() != message.params["at"] or now >= agreed:
        return CHANGED
    side = Side(message.params["side"])
    if _is_stranger(appointment, side, message):
        return LEFT
    return write(REMINDERS[message.params["news"]], _said(appointment, side, message))


def talk_url(appointment: Appointment, side: Side, address: str) -> str:
    """The full address of the page of a talk: of the owner's account, or personal for whoever replied."""
    if side is Side.OWNER:
        return url_for("owner_talks.show", public_id=appointment.public_id, _external=True)
    return url_for("talks.show", token=token_of(appointment.reply, address, "talk"), _external=True)


def _entry(appointment: Appointment, side: Side) -> Entry:
    need = appointment.reply.need
    other = appointment.reply.organization if side is Side.OWNER else need.organization
    with_whom, about, partner, place = _("1:1 협의"), _("과제"), _("상대 기관"), _("만나는 곳")
    lines = [f"{about}: {need.title}", f"{partner}: {other.name}"]
    lines += [f"{place}: {appointment.place}"] if appointment.place else []
    summary = f"[{with_whom}] {other.name}: {need.title}"
    return Entry(
        summary, tuple(lines), url_for("talks.door", public_id=appointment.public_id, _external=True), with_whom
    )


def _entry_of_none() -> Entry:
    return Entry(_("1:1 협의"), (), url_for("front.home", _external=True), _("1:1 협의"))


def _said(appointment: Appointment, side: Side, message: Message) -> dict[str, str]:
    made = appointment.reply
    of_owner = side is Side.OWNER
    other = appointment.item_of(Side.REPLIER if of_owner else Side.OWNER)
    known = made.name if of_owner else ""
    times = ""
    if appointment.starts_at and appointment.ends_at:
        times = f"{period((appointment.starts_at, appointment.ends_at))} ({zone_name(appointment.starts_at)})"
    return {
        "이름": message.recipient_name,
        "과제": made.need.title,
        "상대 기관": made.organization.name if of_owner else made.need.organization.name,
        "상대 이름": other.name if other else known,
        "일시": times,
        "시작": when(appointment.starts_at) if appointment.starts_at else "",
        "만나는 곳": appointment.place,
        "수요기관의 말": appointment.note,
        "협의 주소": talk_url(appointment, side, message.recipient),
        "주소 주의": "" if of_owner else _("본인만 쓰는 주소이니 다른 사람에게 전하지 말아 주세요."),
    }


def _why_off(appointment: Appointment) -> dict[str, str]:
    by = label(appointment.cancelled_by) if appointment.cancelled_by else ""
    ended = "" if by else _("답글이 끝나서 협의도 함께 취소되었습니다.")
    return {"취소한 쪽": by, "까닭": appointment.cancel_reason, "답글이 끝남": ended}


def _why_replaced() -> dict[str, str]:
    return {
        "취소한 쪽": "",
        "까닭": _("답글에 더는 함께하지 않으셔서, 답글을 보낸 분이 대신 협의합니다."),
        "답글이 끝남": "",
        "협의 주소": url_for("front.home", _external=True),
    }


def _out_of_calendar() -> str:
    return _(
        "달력의 일정도 함께 취소됩니다. ‘취소됨’으로 남아 있으면 직접 지워 주세요. 첨부 파일은 열지 않으셔도 됩니다."
    )


def _is_stranger(appointment: Appointment, side: Side, message: Message) -> bool:
    return side is Side.OWNER and has_left(message.recipient, appointment.reply.need)


def _length(appointment: Appointment) -> timedelta:
    return timedelta(minutes=appointment.minutes)


def _appointment(message: Message) -> Appointment | None:
    return db.session.scalar(_with_both_sides().where(Appointment.id == message.params["talk"]))


def _side_of(item: CalendarItem) -> tuple[Appointment, Side] | None:
    """The talk an entry is about, and whose entry it is."""
    of_item = or_(Appointment.owner_item_id == item.id, Appointment.replier_item_id == item.id)
    found = db.session.scalar(_with_both_sides().where(of_item))
    if found is None:
        return None
    return found, Side.OWNER if found.owner_item_id == item.id else Side.REPLIER


def _with_both_sides() -> Select[Appointment]:
    reply = joinedload(Appointment.reply)
    return select(Appointment).options(
        reply.joinedload(ParticipationReply.need).joinedload(Need.organization),
        reply.joinedload(ParticipationReply.organization),
        joinedload(Appointment.owner_item),
        joinedload(Appointment.replier_item),
    )


NEWS = {"new": "talk_moved", "time": "talk_moved", "place": "talk_place"}
"""What is new → the text that says so."""
REMINDERS = {"day": "talk_reminder_day", "hour": "talk_reminder_hour"}
"""How near the talk is → the text that says so."""

COMPOSERS: dict[str, Composer] = {
    "talk": talk,
    "talk_off": talk_off,
    "talk_offered": talk_offered,
    "talk_offer_ended": talk_offer_ended,
    "talk_refused": to_owner,
    "talk_other_time": to_owner,
    "talk_declined": talk_declined,
    "talk_decline_asked": talk_decline_asked,
    "talk_reminder": talk_reminder,
}

_ABOUT = (
    NAME,
    Placeholder("과제", "수요 과제의 제목", "폐어망 되살림 공정 함께 만들기"),
    Placeholder("상대 기관", "협의할 상대 기관", "가온재활용"),
    Placeholder("협의 주소", "협의를 보고 바꾸고 취소하는 주소", "https://briefings.example.kr/talks/…"),
)
_WORDS = Placeholder("수요기관의 말", "수요기관이 협의에 덧붙인 말", "생산 설비의 규모를 먼저 여쭙고 싶습니다.", True)
_PLACE = Placeholder("만나는 곳", "화상회의의 주소, 전화번호나 장소", "https://room.example.kr/talk", True)
_AGREED = (
    *_ABOUT,
    Placeholder("상대 이름", "협의할 사람의 이름", "이가온", True),
    Placeholder("일시", "협의의 시작과 끝", "2026. 12. 3.(목) 10:00~10:20 (대한민국 표준시)"),
    Placeholder("시작", "협의의 시작", "2026. 12. 3.(목) 10:00"),
    _PLACE,
    _WORDS,
)
_CALENDAR = Placeholder("달력 안내", "함께 보내는 일정 초대의 설명", "일정 초대를 함께 보냅니다.", True)
_OFF = (
    Placeholder("취소한 쪽", "협의를 취소한 쪽", "수요기관", True),
    Placeholder("까닭", "취소한 쪽이 적은 까닭", "담당자가 출장을 갑니다.", True),
    Placeholder(
        "답글이 끝남", "답글이 끝나 협의도 취소되었을 때의 설명", "답글이 끝나서 협의도 함께 취소되었습니다.", True
    ),
)
_TIMES = Placeholder("시간 목록", "고를 수 있는 시간", "- 2026. 12. 3.(목) 10:00~10:20 (대한민국 표준시)")
_SAID = (
    *_ABOUT,
    Placeholder("전하는 말", "답글을 보낸 쪽이 적은 말", "다음 주 오후가 좋습니다."),
    Placeholder("시간 제안 주소", "다른 시간을 제안하는 화면의 주소", "https://briefings.example.kr/my/replies/…"),
    Placeholder("답글 주소", "답글을 보는 화면의 주소", "https://briefings.example.kr/my/replies/…"),
)
_ALONE = Placeholder(
    "주소 주의", "답글을 보낸 분의 주소일 때의 주의", "본인만 쓰는 주소이니 다른 사람에게 전하지 말아 주세요.", True
)
TEXTS = {
    "talk": Text("1:1 협의 일정", (*_AGREED, _ALONE, _CALENDAR), must=("일시", "협의 주소")),
    "talk_moved": Text("1:1 협의 일시 변경", (*_AGREED, _CALENDAR), must=("일시", "협의 주소"), kinds=("talk",)),
    "talk_place": Text("1:1 협의 장소 변경", (*_AGREED, _CALENDAR), must=("일시", "협의 주소"), kinds=("talk",)),
    "talk_off": Text("1:1 협의 취소", (*_AGREED, *_OFF, _CALENDAR), must=("일시",)),
    "talk_offered": Text("1:1 협의 시간 제안", (*_ABOUT, _TIMES, _PLACE, _WORDS), must=("시간 목록", "협의 주소")),
    "talk_offered_others": Text(
        "1:1 협의의 다른 시간 제안",
        (
            *_ABOUT,
            _TIMES,
            _PLACE,
            _WORDS,
            Placeholder("일시", "지금 정해진 시간", "2026. 12. 3.(목) 10:00~10:20", True),
        ),
        must=("시간 목록", "협의 주소"),
        kinds=("talk_offered",),
    ),
    "talk_offer_ended": Text("1:1 협의 시간 제안을 거둠", (*_ABOUT, *_OFF), must=("과제",)),
    "talk_refused": Text("1:1 협의 시간이 모두 맞지 않음 (수요기관)", _SAID, must=("전하는 말", "시간 제안 주소")),
    "talk_other_time": Text(
        "1:1 협의를 다른 시간에 부탁 (수요기관)",
        (*_SAID, Placeholder("일시", "지금 정해진 시간", "2026. 12. 3.(목) 10:00~10:20")),
        must=("전하는 말", "시간 제안 주소"),
    ),
    "talk_declined": Text("달력에서 거절해 취소된 1:1 협의", _AGREED, must=("일시",)),
    "talk_decline_asked": Text("달력에서 거절한 1:1 협의를 취소할지 물음", _AGREED, must=("일시", "협의 주소")),
    "talk_reminder_day": Text("1:1 협의 전날 알림", _AGREED, must=("일시", "협의 주소"), kinds=("talk_reminder",)),
    "talk_reminder_hour": Text(
        "1:1 협의 한 시간 전 알림", _AGREED, must=("일시", "협의 주소"), kinds=("talk_reminder",)
    ),
}
