"""Briefings as calendars see them, in the reader's language: with the landing page, and nothing personal."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from babel.dates import get_timezone_name
from flask import current_app, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from briefings.calendar.addresses import Mailbox, has_calendar_address
from briefings.calendar.items import CalendarObject, PartStat, cancel, request
from briefings.outbox.rendering import sender
from briefings.schedule.models import Briefing, BriefingState, CalendarItem, ItemState
from briefings.web.filters import local, period, phone

ALARM_MINUTES = 10


class CalendarPart(NamedTuple):
    """The calendar object of a mail and its METHOD."""

    data: bytes
    method: str


def calendar_part(item: CalendarItem, sequence: int) -> CalendarPart | None:
    """The REQUEST or, for a closed item, the CANCEL to send; None for an address no calendar message can go to."""
    config, address = current_app.config, item.registration.email
    if not has_calendar_address(address) or address == config["MAIL_FROM"].lower():
        return None
    attendee = Mailbox(item.registration.name, address)
    entry = item_object(item, sequence, organizer=sender(), attendee=attendee)
    if entry.cancelled:
        return CalendarPart(cancel(entry), "CANCEL")
    return CalendarPart(request(entry), "REQUEST")


def item_object(
    item: CalendarItem, sequence: int, *, organizer: Mailbox | None = None, attendee: Mailbox | None = None
) -> CalendarObject:
    """What stands, or stood, in the calendar of one registrant."""
    return CalendarObject(
        uid=f"{item.uid}@{current_app.config['CALENDAR_DOMAIN']}",
        sequence=sequence,
        # A message sent while a later one, such as a new title, is put off bears an earlier stamp than that one will.
        dtstamp=item.dtstamp - timedelta(seconds=item.sequence - sequence),
        created=item.created_at,
        modified=item.modified_at,
        **_of_briefing(item.registration.briefing),
        organizer=organizer,
        attendee=attendee,
        partstat=PartStat(item.partstat),
        alarm_minutes=ALARM_MINUTES,
        cancelled=item.state is ItemState.CLOSED,
    )


def public_object(briefing: Briefing) -> CalendarObject:
    """A briefing as anyone may keep it."""
    return CalendarObject(
        uid=f"s-{briefing.public_id}@{current_app.config['CALENDAR_DOMAIN']}",
        sequence=briefing.sequence,
        dtstamp=briefing.changed_at,
        created=briefing.created_at,
        modified=briefing.changed_at,
        **_of_briefing(briefing),
        cancelled=briefing.state is BriefingState.CANCELLED,
    )


def landing_url(briefing: Briefing) -> str:
    """The short address of a briefing's page, in full."""
    return url_for("briefings.short", public_id=briefing.public_id, _external=True)


def zone_name(moment: datetime) -> str:
    """The installation's time zone in words: `대한민국 표준시`."""
    return get_timezone_name(local(moment), locale=get_locale())


def _of_briefing(briefing: Briefing) -> dict[str, Any]:
    config = current_app.config
    landing = landing_url(briefing)
    times = period((briefing.starts_at, briefing.ends_at))
    contact = f"{config['CONTACT_EMAIL']}, {phone(config['CONTACT_PHONE'])}"
    when, details, questions = _("일시"), _("안내"), _("문의")
    lines = (
        f"{when}: {times} ({zone_name(briefing.starts_at)})",
        f"{details}: {landing}",
        "",
        _("입장 링크는 전자우편으로 보내 드린 안내에 있습니다."),
        f"{questions}: {contact}",
    )
    return {
        "starts_at": briefing.starts_at,
        "ends_at": briefing.ends_at,
        "timezone": config["TIMEZONE"],
        "summary": briefing.title,
        "description": "\n".join(lines),
        "url": landing,
        "conference_label": _("온라인 설명회"),
    }
