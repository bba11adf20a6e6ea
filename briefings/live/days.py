"""The set-up of a briefing's day, made when it is first changed."""

from datetime import datetime, timedelta

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.live.models import BriefingDay, SlotRun
from briefings.schedule.models import Briefing, PresenterSlot


def day_of(briefing: Briefing) -> BriefingDay:
    """How its day is set up; the defaults, in a row that is not stored, where nobody changed anything."""
    return db.session.get(BriefingDay, briefing.id) or _usual(briefing)


def day_to_change(briefing: Briefing) -> BriefingDay:
    """The stored row, with the lock on the briefing: what is changed shows on every join page."""
    lock(briefing)
    found = db.session.get(BriefingDay, briefing.id)
    if found is None:
        found = _usual(briefing)
        db.session.add(found)
        db.session.flush()
    return found


def run_to_change(slot: PresenterSlot) -> SlotRun:
    """How the talk of a slot goes, with the lock on its briefing."""
    lock(slot.briefing)
    found = db.session.get(SlotRun, slot.id)
    if found is None:
        found = SlotRun(slot_id=slot.id)
        db.session.add(found)
        db.session.flush()
    return found


def set_up(briefing: Briefing, opens: int, late: int, early: int, by: Actor, now: datetime) -> bool:
    """Say how long before the start the room may be entered, and who counts as late or left early; whether it is new.

    All in minutes. Whoever came stays as they came: late or not follows from these whenever it is looked at.
    """
    day = day_to_change(briefing)
    wanted = {"opens_minutes": opens, "late_minutes": late, "early_minutes": early}
    changed = {name: [getattr(day, name), new] for name, new in wanted.items() if getattr(day, name) != new}
    for name, (_, new) in changed.items():
        setattr(day, name, new)
    if changed:
        record(by, "day.set_up", briefing, now, changed=changed)
    return bool(changed)


OVERRUN = timedelta(hours=1)
"""So long after the planned end a briefing that was begun and not closed by hand still counts as going on."""


def opens_at(briefing: Briefing, day: BriefingDay) -> datetime:
    """From when the room may be entered."""
    return briefing.starts_at - timedelta(minutes=day.opens_minutes)


def closes_at(briefing: Briefing, day: BriefingDay) -> datetime:
    """From when it is over: as planned, unless the moderator opened it, who then closes it too."""
    if day.ended_at is not None:
        return day.ended_at
    return briefing.ends_at + OVERRUN if day.began_at else briefing.ends_at


def _usual(briefing: Briefing) -> BriefingDay:
    return BriefingDay(
        briefing_id=briefing.id,
        opens_minutes=30,
        late_minutes=15,
        early_minutes=15,
        line="",
        moderator_email="",
        moderator_version=1,
        cue_notes={},
    )
