"""Briefings as calendars see them, in the reader's language: with the landing page, and nothing personal."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from babel.dates import get_timezone_name
from flask import current_app, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from briefings.calendar.addresses import Mailbox, has_calendar_address
from briefings.calendar.items import CalendarObject, PartStat, cancel, request
from briefings.outbox.rendering import once_for_all, sender
from briefings.schedule.calendar_models import CalendarItem, Channel, ItemKind, ItemState
from briefings.schedule.items import channel_of
from briefings.schedule.models import Briefing, BriefingState
from briefings.web.filters import local, period, phone

ALARM_MINUTES = {ItemKind.REGISTRATION: 10, ItemKind.PRESENTATION: 30, ItemKind.REHEARSAL: 10, ItemKind.APPOINTMENT: 10}


PART_OF_BRIEFING = (ItemKind.PRESENTATION, ItemKind.REHEARSAL)


class CalendarPart(NamedTuple):
    """The calendar object of a mail and its METHOD."""

    data: bytes
    method: str


class Entry(NamedTuple):
    """What an entry says that belongs to no briefing: its title, lines under the time, landing page, how one meets."""

    summary: str
    lines: tuple[str, ...]
    url: str
    label: str


Describe = Callable[[Iterable[CalendarItem]], Mapping[int, Entry]]
"""Gives, by item, the words for entries of one kind: `app.extensions["entries"]` has it for kinds of slices above."""


def calendar_part(item: CalendarItem, sequence: int) -> CalendarPart | None:
    """The REQUEST or, for a closed item, the CANCEL to send; None where no calendar message can or should go."""
    config, address = current_app.config, item.email
    if not item.by_mail or not has_calendar_address(address) or address == config["MAIL_FROM"].lower():
        return None
    entry = item_object(item, sequence, organizer=sender(), attendee=Mailbox(item.name, address))
    if entry.cancelled:
        return CalendarPart(cancel(entry), "CANCEL")
    return CalendarPart(request(entry), "REQUEST")


def words_without_invitation(item: CalendarItem) -> str:
    """Why no invitation comes with a mail about an item whose recipient chose another way; "" where they did not."""
    if item.by_mail:
        return ""
    if channel_of(item.email) is Channel.FEED:
        return _("구독을 고르셔서 일정 초대는 함께 보내지 않습니다. 구독하시는 달력에 몇 시간 안에 나타납니다.")
    return _(
        "일정 초대를 받지 않기로 하셔서 함께 보내지 않습니다. 위의 링크를 열면 ‘달력에 넣기’에서 바꿀 수 있습니다."
    )


def item_object(
    item: CalendarItem, sequence: int, *, organizer: Mailbox | None = None, attendee: Mailbox | None = None
) -> CalendarObject:
    """What stands, or stood, in the calendar of one recipient."""
    return _object(item, sequence, _entry_of(item), organizer, attendee)


def item_objects(items: Iterable[CalendarItem]) -> list[CalendarObject]:
    """What stands in somebody's feed; of each kind the words are found at once."""
    listed = list(items)
    known: dict[int, Entry] = {}
    for kind, describe in _describers().items():
        if of_kind := [item for item in listed if item.kind is kind]:
            known |= describe(of_kind)
    return [_object(item, item.sequence, known.get(item.id) or _entry_of(item)) for item in listed]


def _object(
    item: CalendarItem,
    sequence: int,
    entry: Entry,
    organizer: Mailbox | None = None,
    attendee: Mailbox | None = None,
) -> CalendarObject:
    return CalendarObject(
        uid=f"{item.uid}@{current_app.config['CALENDAR_DOMAIN']}",
        sequence=sequence,
        # A message sent while a later one, such as a new title, is put off bears an earlier stamp than that one will.
        dtstamp=item.dtstamp - timedelta(seconds=item.sequence - sequence),
        created=item.created_at,
        modified=item.modified_at,
        **_described((item.starts_at, item.ends_at), entry),
        organizer=organizer,
        attendee=attendee,
        partstat=PartStat(item.partstat),
        alarm_minutes=ALARM_MINUTES[item.kind],
        related_to=public_uid(item.briefing) if item.kind in PART_OF_BRIEFING else None,
        cancelled=item.state is ItemState.CLOSED,
    )


def public_object(briefing: Briefing, *, busy: bool = True) -> CalendarObject:
    """A briefing as anyone may keep it; `busy=False` for those who have their own part of it as well."""
    return CalendarObject(
        uid=public_uid(briefing),
        # Another title counts here too, which `sequence` does not follow; it rises by the seconds a change came later.
        sequence=max(briefing.sequence, int((briefing.changed_at - briefing.created_at).total_seconds())),
        dtstamp=briefing.changed_at,
        created=briefing.created_at,
        modified=briefing.changed_at,
        **_described((briefing.starts_at, briefing.ends_at), _of_briefing(briefing, briefing.title, _join_line())),
        busy=busy,
        cancelled=briefing.state is BriefingState.CANCELLED,
    )


def public_uid(briefing: Briefing) -> str:
    """The UID of a briefing in public calendars, and the PARENT of what presenters have in theirs."""
    return f"s-{briefing.public_id}@{current_app.config['CALENDAR_DOMAIN']}"


def landing_url(briefing: Briefing) -> str:
    """The short address of a briefing's page, in full."""
    return url_for("briefings.short", public_id=briefing.public_id, _external=True)


def zone_name(moment: datetime) -> str:
    """The installation's time zone in words: `대한민국 표준시`."""
    return get_timezone_name(local(moment), locale=get_locale())


def _describers() -> Mapping[ItemKind, Describe]:
    describers: Mapping[ItemKind, Describe] = current_app.extensions["entries"]
    return describers


def _entry_of(item: CalendarItem) -> Entry:
    if describe := _describers().get(item.kind):
        return describe([item])[item.id]
    return _of_briefing(item.briefing, *_words(item))


@once_for_all
def _of_briefing(briefing: Briefing, summary: str, lines: tuple[str, ...]) -> Entry:
    return Entry(summary, lines, landing_url(briefing), _("온라인 설명회"))


def _words(item: CalendarItem) -> tuple[str, tuple[str, ...]]:
    """The SUMMARY of an item and what its description says beside the time and the addresses."""
    title = item.briefing.title
    if item.kind is ItemKind.REHEARSAL:
        rehearsal, briefing = _("리허설"), _("설명회")
        times = period((item.briefing.starts_at, item.briefing.ends_at))
        return f"[{rehearsal}] {title}", (
            f"{briefing}: {times}",
            _("발표자 모두 같은 방에서 소리와 화면을 맞춰 봅니다."),
        )
    if item.need is not None:
        talk, briefing = _("발표"), _("설명회")
        times = period((item.briefing.starts_at, item.briefing.ends_at))
        return f"[{talk}] {item.need.title}", (f"{briefing}: {title}, {times}",)
    return title, _join_line()


@once_for_all
def _join_line() -> tuple[str, ...]:
    return (_("입장 링크는 전자우편으로 보내 드린 안내에 있습니다."),)


@once_for_all
def _described(times: tuple[datetime, datetime], entry: Entry) -> dict[str, Any]:
    config = current_app.config
    contact = f"{config['CONTACT_EMAIL']}, {phone(config['CONTACT_PHONE'])}"
    when, details, questions = _("일시"), _("안내"), _("문의")
    described = (
        f"{when}: {period(times)} ({zone_name(times[0])})",
        f"{details}: {entry.url}",
        "",
        *entry.lines,
        f"{questions}: {contact}",
    )
    return {
        "starts_at": times[0],
        "ends_at": times[1],
        "timezone": config["TIMEZONE"],
        "summary": entry.summary,
        "description": "\n".join(described),
        "url": entry.url,
        "conference_label": entry.label,
    }
