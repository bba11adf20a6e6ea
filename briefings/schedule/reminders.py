"""Reminders, derived from the clock: a briefing that moves takes them along, for they are stored nowhere."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, cast, exists, false, func, literal, or_, select

from briefings.audit.models import AuditEntry
from briefings.db import db
from briefings.outbox.models import Message
from briefings.outbox.queueing import Draft, Recipient, queue_many
from briefings.outbox.quiet import QuietHours
from briefings.schedule.calendar_models import CalendarItem, ItemKind, ItemState
from briefings.schedule.items import concerning
from briefings.schedule.ladder import AFTERWARDS, BEFORE_START, RUNGS, Rung, climbs, is_due, latest, told_by
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot, SlotState, Step
from briefings.schedule.presenters import HELD_BACK
from briefings.schedule.registration_models import Registration, RegistrationState

MOST = 1000
"""So many messages of one step are queued in one transaction; whoever calls goes on until none is new."""
CHASES = {10: 8, 5: 3, 2: 1}
"""Days before the start on which a silent presenter is asked again → days before it after which that is too late."""

Moments = Mapping[int, datetime]
"""The id of a briefing → when it was last moved; only of those that were."""

KINDS = {
    Rung(Step.WEEK): "reminder_week",
    Rung(Step.THREE_DAYS): "reminder_three_days",
    Rung(Step.RECONFIRM): "reconfirm",
    Rung(Step.DAY): "reminder",
    Rung(Step.DAY, by_text=True): "reminder_text",
    Rung(Step.TWO_HOURS): "reminder_two_hours",
    Rung(Step.TWO_HOURS, by_text=True): "reminder_two_hours_text",
    Rung(Step.MISSED): "missed",
    Rung(Step.MISSED, by_text=True): "missed_text",
    Rung(Step.THANKS): "thanks",
    Rung(Step.ABSENT): "absent",
}
"""The kind of message that each rung sends."""
ANYBODY: Sequence[ColumnElement[bool]] = ()


def queue_due(now: datetime, quiet: QuietHours, by_text: bool = False) -> int:
    """Queue what is due before the start, ask silent presenters again and remind the others; how many were new.

    `by_text` where a gateway can send to phones. Whoever got the place, or was told of a new time, within the span of a
    step is not told twice.
    """
    concerned = {step: ANYBODY for step in BEFORE_START}
    return queue_steps(concerned, now, quiet, by_text) + _write_to_presenters(now, quiet)


def queue_steps(
    concerned: Mapping[Step, Sequence[ColumnElement[bool]]], now: datetime, quiet: QuietHours, by_text: bool
) -> int:
    """Queue each of these steps for everyone with a place who meets its conditions; how many were new.

    One statement for each rung that is due anywhere, however many briefings there are.
    """
    rungs = [rung for rung in RUNGS if rung.step in concerned and (by_text or not rung.by_text)]
    briefings = _near(now)
    due = {
        rung: [each for each in briefings if climbs(each, rung) and is_due(rung, each, now, quiet)] for rung in rungs
    }
    climbing = {briefing.id for of_rung in due.values() for briefing in of_rung}
    moved = last_moves(climbing)
    return sum(
        _queue_rung(rung, of_rung, concerned[rung.step], moved, now, quiet) for rung, of_rung in due.items() if of_rung
    )


def queue_early(step: Step, briefing: Briefing, concerned: Sequence[ColumnElement[bool]], now: datetime) -> int:
    """Queue a step of one briefing before its hour, to those who meet the conditions; how many were new.

    Its hour finds them told. Nothing where the step is switched off, or too late.
    """
    rung, never = Rung(step), QuietHours(UTC, 0, 0)
    if not climbs(briefing, rung) or now >= latest(step, briefing):
        return 0
    moved, queued = last_moves([briefing.id]), 0
    while new := _queue_rung(rung, [briefing], concerned, moved, now, never):
        queued += new
    return queued


def last_moves(briefing_ids: Iterable[int]) -> Moments:
    """When each of these briefings was moved last: everybody was told of the new time then."""
    ids = set(briefing_ids)
    if not ids:
        return {}
    moves = (AuditEntry.about_type == Briefing.__tablename__, AuditEntry.action == "briefing.moved")
    found = select(AuditEntry.about_id, func.max(AuditEntry.at)).where(*moves, AuditEntry.about_id.in_(ids))
    return dict(db.session.execute(found.group_by(AuditEntry.about_id)).all())


def to_tell(rung: Rung, briefing: Briefing, moved: datetime | None, quiet: QuietHours) -> ColumnElement[bool]:
    """Whose registrations a rung of one briefing concerns, as far as this slice knows."""
    told = told_by(rung.step, briefing, quiet.zone)
    if moved is not None and moved > told:
        return false()
    conditions = [
        Registration.briefing_id == briefing.id,
        Registration.state == RegistrationState.CONFIRMED,
        Registration.confirmed_at <= told,
    ]
    if rung.by_text:
        conditions.append(Registration.phone.startswith("01"))
    if rung.step is Step.RECONFIRM:
        conditions.append(Registration.reconfirmed_at.is_(None))
    return and_(*conditions)


def _near(now: datetime) -> Sequence[Briefing]:
    """Briefings of which anything may be due: those that begin within the longest span or ended not long ago."""
    soon = Briefing.starts_at <= now + max(before for before, _ in BEFORE_START.values())
    lately = Briefing.ends_at > now - AFTERWARDS
    found = select(Briefing).where(Briefing.state == BriefingState.PUBLISHED, soon, lately)
    return db.session.scalars(found.order_by(Briefing.id)).all()


def _queue_rung(
    rung: Rung,
    briefings: Sequence[Briefing],
    concerned: Sequence[ColumnElement[bool]],
    moved: Moments,
    now: datetime,
    quiet: QuietHours,
) -> int:
    key = literal(f"reminder:{rung.value}:") + _words(Registration.id) + literal(":") + _words(Briefing.sequence)
    somebody = or_(*(to_tell(rung, briefing, moved.get(briefing.id), quiet) for briefing in briefings))
    columns = (key, Registration.id, Registration.email, Registration.name, Registration.locale, Registration.phone)
    found = select(Registration.briefing_id, *columns).join(Registration.briefing).where(somebody, *concerned)
    new = found.where(~exists().where(Message.key == key)).order_by(Registration.briefing_id, Registration.id)
    rows = db.session.execute(new.limit(MOST)).all()
    by_id = {briefing.id: briefing for briefing in briefings}
    queued = 0
    for briefing_id, of_briefing in groupby(rows, key=lambda row: row[0]):
        briefing = by_id[briefing_id]
        drafts = [
            Draft(
                words,
                Recipient(email, name, locale),
                {"registration": registration, "sequence": briefing.sequence},
                phone=phone if rung.by_text else "",
            )
            for _, words, registration, email, name, locale, phone in of_briefing
        ]
        queued += queue_many(KINDS[rung], drafts, now, **concerning(briefing))
    return queued


def _write_to_presenters(now: datetime, quiet: QuietHours) -> int:
    return 0 if quiet.cover(now) else _remind(now) + sum(_chase(days, now) for days in CHASES)


def _chase(days: int, now: datetime) -> int:
    """Ask those again who were asked at least HELD_BACK ago and have said nothing; how many are new."""
    span = timedelta(days=days), timedelta(days=CHASES[days])
    silent = (PresenterSlot.state == SlotState.UNANSWERED, CalendarItem.created_at <= now - HELD_BACK)
    found = _presenting("presenter_chase", span, now, *silent, days=days)
    return sum(_queue_to_presenter("presenter_chase", row, now, days=days) for row in found)


def _remind(now: datetime) -> int:
    """Tell those who said that they present when and where, the day before: weeks may lie between; how many are new.

    Not who said so, or was told of another time, within that day.
    """
    span = BEFORE_START[Step.DAY]
    found = _presenting("presenter_reminder", span, now, PresenterSlot.state == SlotState.ACCEPTED)
    moved, queued = last_moves({briefing.id for briefing, *_ in found}), 0
    for briefing, words, item, answered_at in found:
        told = briefing.starts_at - span[0]
        if (answered_at is None or answered_at <= told) and moved.get(briefing.id, told) <= told:
            queued += _queue_to_presenter("presenter_reminder", (briefing, words, item, answered_at), now)
    return queued


def _presenting(
    kind: str, span: tuple[timedelta, timedelta], now: datetime, *which: ColumnElement[bool], days: int | None = None
) -> Sequence[Row[Briefing, str, CalendarItem, datetime | None]]:
    """Who presents so long before the start, with the key of what was not written to them yet."""
    turn = "" if days is None else f"{days}:"
    key = literal(f"{kind}:") + PresenterSlot.public_id + literal(":") + _words(PresenterSlot.link_version)
    key = key + literal(f":{turn}") + _words(Briefing.sequence)
    entry = and_(
        CalendarItem.briefing_id == PresenterSlot.briefing_id,
        CalendarItem.need_id == PresenterSlot.need_id,
        CalendarItem.email == func.lower(PresenterSlot.presenter_email),
        CalendarItem.kind == ItemKind.PRESENTATION,
        CalendarItem.state == ItemState.OPEN,
    )
    found = (
        select(Briefing, key, CalendarItem, PresenterSlot.answered_at)
        .select_from(PresenterSlot)
        .join(PresenterSlot.briefing)
        .join(CalendarItem, entry)
    )
    concerned = found.where(
        Briefing.state == BriefingState.PUBLISHED,
        Briefing.starts_at <= now + span[0],
        Briefing.starts_at > now + span[1],
        *which,
        ~exists().where(Message.key == key),
    )
    return db.session.execute(concerned.order_by(Briefing.id, PresenterSlot.position).limit(MOST)).all()


def _queue_to_presenter(kind: str, row: Sequence[Any], now: datetime, **more: int) -> int:
    briefing, words, item, _ = row
    params = {"briefing": briefing.id, "need": item.need_id, **more}
    draft = Draft(words, Recipient(item.email, item.name, item.locale), params)
    return queue_many(kind, [draft], now, **concerning(briefing))


def _words(column: Any) -> ColumnElement[str]:
    return cast(column, String)
