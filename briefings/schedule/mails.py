"""The words of mails to registrants, made when each is sent from what is true then."""

from datetime import datetime
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message, MessageState
from briefings.outbox.rendering import render
from briefings.schedule.calendar_objects import CalendarPart, calendar_part, landing_url, zone_name
from briefings.schedule.finding import coming_of, place_in_line
from briefings.schedule.invitations import Earlier, history_of
from briefings.schedule.links import join_url, personal_url
from briefings.schedule.models import (
    Briefing,
    BriefingState,
    CalendarItem,
    ItemState,
    Registration,
    RegistrationState,
)
from briefings.schedule.reminders import is_stale
from briefings.schedule.words import REGISTRATION_STATES
from briefings.web.filters import clock_time, in_english, local, period

OVER = Dropped("설명회가 이미 끝났습니다.")
GONE = Dropped("신청 기록이 더는 없습니다.")


def invitation(message: Message, now: datetime) -> Mail | Dropped:
    """A confirmed place, the invitation for the calendar with it; sent again as it was on request."""
    found = _to_be_told(message, now)
    return found if isinstance(found, Dropped) else _invitation(found.item, message)


def update(message: Message, now: datetime) -> Mail | Dropped:
    """Another time or title; the invitation itself where nothing about the item has left before."""
    found = _to_be_told(message, now)
    if isinstance(found, Dropped):
        return found
    if found.before is None:
        return _invitation(found.item, message)
    registration, title_only = found.item.registration, message.kind == "new_title"
    calendar = calendar_part(found.item, message.params["sequence"])
    text = _render(registration, "new_time", join=join_url(registration), waiting=False, title_only=title_only)
    subject = _prefixed(_("변경") if title_only else _("일시 변경"), registration.briefing)
    return _mail(subject, text, calendar, found.before)


def withdrawal(message: Message, now: datetime) -> Mail | Dropped:
    """A place given up, taken away or called off, and out of the calendar if it ever stood there."""
    found = _about(message, now)
    if isinstance(found, Dropped):
        return found
    registration, before = found.item.registration, found.before
    calendar = calendar_part(found.item, message.params["sequence"]) if before else None
    why = message.params["why"]
    text = _render(registration, "withdrawal", why=why, waiting=False, with_calendar=calendar is not None)
    subject = _prefixed(_("취소"), registration.briefing)
    return _mail(subject, text, calendar, before)


def waitlisted(message: Message, now: datetime) -> Mail | Dropped:
    """A place in line, and which."""
    registration = _registration(message)
    if registration is None:
        return GONE
    if registration.state is not RegistrationState.WAITLISTED:
        return Dropped("더는 대기 중이 아닙니다.")
    if refused := _nothing_to_come(registration.briefing, now):
        return refused
    text = _render(registration, "waitlisted", place=place_in_line(registration))
    return Mail(_headed(_("대기 신청을 받았습니다"), registration.briefing), text)


def waiting_new_time(message: Message, now: datetime) -> Mail | Dropped:
    """Another time, for somebody in line."""
    registration = _registration(message)
    if registration is None:
        return GONE
    briefing = registration.briefing
    if registration.state is not RegistrationState.WAITLISTED or briefing.sequence != message.params["sequence"]:
        return Dropped("그사이 상황이 바뀌었습니다.")
    if refused := _nothing_to_come(briefing, now):
        return refused
    text = _render(registration, "new_time", join=None, waiting=True, title_only=False)
    return Mail(_prefixed(_("일시 변경"), briefing), text)


def waiting_ended(message: Message, now: datetime) -> Mail | Dropped:
    """A place in line given up, taken away or called off."""
    registration = _registration(message)
    if registration is None:
        return GONE
    if registration.briefing.is_over(now):
        return OVER
    text = _render(registration, "withdrawal", why=message.params["why"], waiting=True, with_calendar=False)
    return Mail(_prefixed(_("취소"), registration.briefing), text)


def already_registered(message: Message, now: datetime) -> Mail | Dropped:
    """Somebody registered with this address again: what there is already, and the link to it."""
    registration = _registration(message)
    if registration is None:
        return GONE
    if registration.state is RegistrationState.CANCELLED:
        return Dropped("그사이 신청을 취소했습니다.")
    waiting = registration.state is RegistrationState.WAITLISTED
    text = _render(registration, "already_registered", waiting=waiting)
    return Mail(_headed(_("이미 신청하신 설명회입니다"), registration.briefing), text)


def my_registrations(message: Message, now: datetime) -> Mail | Dropped:
    """The personal link of each coming briefing this address is registered for."""
    found = coming_of(message.recipient, now)
    if not found:
        return Dropped("앞으로 열릴 설명회의 신청이 없습니다.")
    listed = [
        (
            registration.briefing.title,
            period((registration.briefing.starts_at, registration.briefing.ends_at)),
            _(REGISTRATION_STATES[registration.state]),
            personal_url(registration),
        )
        for registration in found
    ]
    text = render("my_registrations", name=message.recipient_name, registrations=listed, zone=zone_name(now))
    return Mail(_("[협업이음] 신청하신 설명회 %(number)s건", number=len(listed)), text)


def reminder(message: Message, now: datetime) -> Mail | Dropped:
    """The day before: when, and the way in."""
    registration = _registration(message)
    if registration is None:
        return GONE
    briefing = registration.briefing
    if registration.state is not RegistrationState.CONFIRMED or briefing.sequence != message.params["sequence"]:
        return Dropped("그사이 상황이 바뀌었습니다.")
    if briefing.state is not BriefingState.PUBLISHED or is_stale(briefing, now):
        return Dropped("알리기에 너무 늦었습니다.")
    text = _render(registration, "reminder", join=join_url(registration))
    return Mail(_headed(_("설명회가 곧 열립니다"), briefing), text)


class Told(NamedTuple):
    """What a message is about: the item, and the first message about it that left, if one did."""

    item: CalendarItem
    before: Earlier | None


def _about(message: Message, now: datetime) -> Told | Dropped:
    """The item of a message, unless it is over or the address is known to take nothing."""
    found = select(CalendarItem).where(CalendarItem.id == message.params["item"])
    with_briefing = joinedload(CalendarItem.registration).joinedload(Registration.briefing)
    item = db.session.scalar(found.options(with_briefing))
    if item is None:
        return GONE
    if item.registration.briefing.is_over(now):
        return OVER
    history = history_of(item)
    if not message.params.get("again") and _superseded(message, history, now):
        return Dropped("더 새로운 안내가 뒤따릅니다.")
    earlier = [each for each in history if each.id < message.id]
    before = next((each for each in earlier if each.state is MessageState.SENT), None)
    undeliverable = before is None and any(each.state is MessageState.FAILED for each in earlier)
    if undeliverable and not message.params.get("again"):
        return Dropped("초대가 전달되지 않은 주소입니다.")
    return Told(item, before)


def _to_be_told(message: Message, now: datetime) -> Told | Dropped:
    """The same for what asks to come: only while the item stands."""
    found = _about(message, now)
    if isinstance(found, Told) and found.item.state is ItemState.CLOSED:
        return Dropped("그사이 신청이 취소되었습니다.")
    return found


def _superseded(message: Message, history: list[Earlier], now: datetime) -> bool:
    """Whether a later message says what is true now; a new title, which is put off, counts only against another one."""
    later = [each for each in history if each.id > message.id and not each.again]
    return any(each.due_at <= now or message.kind == "new_title" for each in later)


def _invitation(item: CalendarItem, message: Message) -> Mail:
    registration = item.registration
    calendar = calendar_part(item, message.params["sequence"])
    promoted, with_calendar = bool(message.params.get("promoted")), calendar is not None
    join = join_url(registration)
    text = _render(registration, "invitation", join=join, promoted=promoted, with_calendar=with_calendar)
    return _mail(_prefixed(_("초대"), registration.briefing), text, calendar)


def _mail(subject: str, text: str, part: CalendarPart | None, first: Earlier | None = None) -> Mail:
    calendar, method = part or (None, None)
    return Mail(subject, text, calendar, method, first and first.reference)


def _registration(message: Message) -> Registration | None:
    found = select(Registration).where(Registration.id == message.params["registration"])
    return db.session.scalar(found.options(joinedload(Registration.briefing)))


def _render(registration: Registration, template: str, **values: object) -> str:
    briefing = registration.briefing
    return render(
        template,
        name=registration.name,
        briefing=briefing,
        zone=zone_name(briefing.starts_at),
        landing=landing_url(briefing),
        personal=personal_url(registration),
        index=url_for("briefings.index", _external=True),
        **values,
    )


def _prefixed(prefix: str, briefing: Briefing) -> str:
    return f"[{prefix}] {briefing.title} ({_short(briefing.starts_at)})"


def _headed(words: str, briefing: Briefing) -> str:
    service = _("협업이음")
    return f"[{service}] {words}: {briefing.title} ({_short(briefing.starts_at)})"


def _short(moment: datetime) -> str:
    """`11/24 14:00`: enough to tell mails in a list apart."""
    at = local(moment)
    return f"{at.day} {at:%b} {clock_time(moment)}" if in_english() else f"{at.month}/{at.day} {clock_time(moment)}"


def _nothing_to_come(briefing: Briefing, now: datetime) -> Dropped | None:
    if briefing.state is BriefingState.CANCELLED:
        return Dropped("설명회가 취소되었습니다.")
    return OVER if briefing.is_over(now) else None


COMPOSERS: dict[str, Composer] = {
    "invitation": invitation,
    "new_time": update,
    "new_title": update,
    "withdrawal": withdrawal,
    "waitlisted": waitlisted,
    "waiting_new_time": waiting_new_time,
    "waiting_ended": waiting_ended,
    "already_registered": already_registered,
    "my_registrations": my_registrations,
    "reminder": reminder,
}
