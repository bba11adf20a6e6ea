"""What feeds hold: one person's entries, or the briefings everybody may see, some way back and some way ahead."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from briefings.db import db, lock
from briefings.schedule.calendar_models import CalendarItem, CalendarSetting, ItemKind, ItemState
from briefings.schedule.finding import LISTED
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot

BACK, AHEAD = timedelta(days=90), timedelta(days=400)
CANCELLED_SHOWN = timedelta(days=30)
"""How long after its start something cancelled still says that it was."""
MOST = 500


class Entries(NamedTuple):
    """What one person has in the calendar, and the briefings around what they present."""

    own: list[CalendarItem]
    around: list[Briefing]


def entries_of(email: str, now: datetime) -> Entries:
    """What a personal feed holds: everything of one address in the window, the latest if there is too much."""
    found = select(CalendarItem).where(
        CalendarItem.email == email,
        CalendarItem.starts_at >= now - BACK,
        CalendarItem.starts_at < now + AHEAD,
        or_(CalendarItem.state == ItemState.OPEN, and_(_cancelled_lately(CalendarItem.starts_at, now), ~_had_again())),
    )
    in_order = found.order_by(CalendarItem.starts_at.desc(), CalendarItem.id.desc()).limit(MOST)
    own = list(db.session.scalars(in_order.options(joinedload(CalendarItem.briefing), joinedload(CalendarItem.need))))
    presented = [each for each in own if each.kind is ItemKind.PRESENTATION and each.state is ItemState.OPEN]
    around = {each.briefing.id: each.briefing for each in presented}
    return Entries(own, list(around.values())[: MOST - len(own)])


def standing_of(slot: PresenterSlot) -> list[CalendarItem]:
    """What stands in a presenter's calendar because of a slot: the talk, and the rehearsal if there is one."""
    found = select(CalendarItem).where(
        CalendarItem.briefing_id == slot.briefing_id,
        CalendarItem.email == slot.presenter_email.lower(),
        CalendarItem.state == ItemState.OPEN,
        or_(CalendarItem.need_id == slot.need_id, CalendarItem.kind == ItemKind.REHEARSAL),
    )
    return list(db.session.scalars(found.order_by(CalendarItem.starts_at, CalendarItem.id)))


def briefings(now: datetime, theme_id: int | None = None, audience_id: int | None = None) -> list[Briefing]:
    """What a public feed holds: briefings in the window, and those cancelled lately; of one topic or of all."""
    published = Briefing.state == BriefingState.PUBLISHED
    cancelled = and_(Briefing.state == BriefingState.CANCELLED, _cancelled_lately(Briefing.starts_at, now))
    found = select(Briefing).where(
        LISTED, Briefing.starts_at >= now - BACK, Briefing.starts_at < now + AHEAD, or_(published, cancelled)
    )
    if theme_id is not None:
        found = found.where(Briefing.theme_id == theme_id)
    if audience_id is not None:
        found = found.where(Briefing.audience_id == audience_id)
    return list(db.session.scalars(found.order_by(Briefing.starts_at.desc(), Briefing.id).limit(MOST)))


def last_change(now: datetime) -> datetime | None:
    """When any public feed may last have become another one; None while there is nothing.

    A briefing changed, or time brought one into the window or out of it. It may be later than the change of a certain
    feed, never earlier: one that left a topic shows in none of its briefings.
    """

    def latest(condition: ColumnElement[bool]) -> ColumnElement[datetime]:
        return func.max(Briefing.starts_at).filter(condition)

    gone, came = now - BACK, now + AHEAD
    forgotten = and_(Briefing.state == BriefingState.CANCELLED, Briefing.starts_at <= now - CANCELLED_SHOWN)
    columns = (
        func.max(Briefing.changed_at),
        latest(Briefing.starts_at < gone),
        latest(forgotten),
        latest(Briefing.starts_at < came),
    )
    changed, left, dropped, entered = db.session.execute(
        select(*columns).where(Briefing.state != BriefingState.DRAFT)
    ).one()
    moments = [
        changed,
        left and left + BACK,
        dropped and dropped + CANCELLED_SHOWN,
        entered and entered - AHEAD,
    ]
    return max((each for each in moments if each), default=None)


def remember(setting: CalendarSetting, etag: str, now: datetime) -> datetime | None:
    """Note that a personal feed is another one than when it was last asked for; since when.

    In whole seconds, and at least one after the last: that is all that HTTP dates can tell apart.
    """
    lock(setting)
    if setting.feed_etag != etag:
        since, before = now.replace(microsecond=0), setting.feed_changed_at
        setting.feed_changed_at = since if before is None else max(since, before + timedelta(seconds=1))
        setting.feed_etag = etag
    return setting.feed_changed_at


def _cancelled_lately(starts_at: InstrumentedAttribute[datetime], now: datetime) -> ColumnElement[bool]:
    return starts_at > now - CANCELLED_SHOWN


def _had_again() -> ColumnElement[bool]:
    """Whether the same thing stands in the same person's calendar under another UID.

    A place in a briefing and presenting there are the same thing to somebody who had the place.
    """
    other = aliased(CalendarItem)
    same_kind = and_(other.kind == CalendarItem.kind, other.need_id.is_not_distinct_from(CalendarItem.need_id))
    presents = and_(CalendarItem.kind == ItemKind.REGISTRATION, other.kind == ItemKind.PRESENTATION)
    return exists().where(
        other.email == CalendarItem.email,
        other.briefing_id == CalendarItem.briefing_id,
        other.state == ItemState.OPEN,
        or_(same_kind, presents),
    )
