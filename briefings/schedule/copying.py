"""A new draft like an earlier briefing on another day: what hangs on the day moves along and keeps off holidays."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from briefings.audit.recording import Actor
from briefings.calendar.holidays import holiday_on, is_working_day, working_days_from
from briefings.needs.models import NeedState
from briefings.schedule.editing import refuse_times
from briefings.schedule.models import Briefing
from briefings.schedule.planning import add_draft, usual_window
from briefings.schedule.slots import Plan, Presenter, SlotPlan, plan_of

Times = tuple[datetime, datetime]

TAKEN_ALONG = (
    "theme_id",
    "audience_id",
    "description",
    "visibility",
    "opening_minutes",
    "capacity",
    "eligibility",
    "eligible_kinds",
    "approval",
    "room_note",
    "moderator",
    "reminders",
)
NOBODY = Presenter("", "", "")
USUAL_LEAD = timedelta(days=21)


class Order(StrEnum):
    """How much of the order a copy takes along; of either only needs that are still published."""

    PRESENTERS = "presenters"
    NEEDS = "needs"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Shifted:
    """One moment that hangs on the start: where it was, where it comes to be, and why not exactly as far before.

    `at` is None where it falls away.
    """

    was: datetime
    at: datetime | None
    why: str = ""


def proposed_times(source: Briefing, now: datetime, zone: tzinfo) -> Times:
    """The same weekday and hour, at least three weeks ahead and on no holiday; as long as `source`."""
    start, week = source.starts_at.astimezone(zone), timedelta(days=7)
    start += max(-((start - now - USUAL_LEAD) // week), 0) * week
    while holiday_on(start.date()) or start <= now:
        start += week
    return start, start + (source.ends_at - source.starts_at)


def shifted(source: Briefing, times: Times, now: datetime, zone: tzinfo) -> dict[str, Shifted]:
    """Of the window, the rehearsal and the due date of slides, by the names of their columns, those that are set."""
    found = _window(source, times, now, zone)
    for name in ("rehearsal_starts_at", "materials_due_at"):
        if was := getattr(source, name):
            moved = _as_far_before(was, source, times, zone, -1)
            gone = moved.at is None or moved.at <= now
            found[name] = Shifted(was, None, "옮길 때가 이미 지나 비워 둡니다.") if gone else moved
    return found


def _window(source: Briefing, times: Times, now: datetime, zone: tzinfo) -> dict[str, Shifted]:
    """When registration opens and closes: from now on at the earliest, and never until after the end."""
    usual_opening, usual_closing = usual_window(times[0], now, zone)
    opening = _as_far_before(source.registration_opens_at, source, times, zone, 1)
    if opening.at is None or not now < opening.at < times[0]:
        opening = Shifted(opening.was, usual_opening, "옮길 때가 이미 지나 지금부터 받습니다.")
    closing = _as_far_before(source.registration_closes_at, source, times, zone, -1)
    if closing.at is None or closing.at <= max(now, opening.at or now):
        closing = Shifted(closing.was, usual_closing, "옮길 때가 맞지 않아 전날 저녁으로 했습니다.")
    elif closing.at > times[1]:
        closing = Shifted(closing.was, times[0], "옮길 때가 끝난 뒤여서 시작할 때 마감합니다.")
    return {"registration_opens_at": opening, "registration_closes_at": closing}


def copied_plan(source: Briefing, times: Times, order: Order, moments: dict[str, Shifted]) -> Plan:
    """The order as the copy would run it, to be looked at before it is made."""
    due = moments.get("materials_due_at")
    return replace(
        plan_of(source),
        starts_at=times[0],
        ends_at=times[1],
        room_url="",
        slots=tuple(_slots(source, order)),
        briefing_id=0,
        registration_closes_at=moments["registration_closes_at"].at,
        materials_due_at=due.at if due else None,
    )


def copy_briefing(
    source: Briefing, *, title: str, times: Times, order: Order, by: Actor, now: datetime, zone: tzinfo
) -> Briefing:
    """A draft like `source` at another time; its presenters are asked anew when it is published."""
    refuse_times(times, now)
    moments = shifted(source, times, now, zone)
    moved = {name: each.at for name, each in moments.items()}
    rehearsal = moved.get("rehearsal_starts_at")
    if rehearsal and source.rehearsal_starts_at and source.rehearsal_ends_at:
        moved["rehearsal_ends_at"] = rehearsal + (source.rehearsal_ends_at - source.rehearsal_starts_at)
    briefing = Briefing(
        **{name: getattr(source, name) for name in TAKEN_ALONG},
        **moved,
        title=title,
        starts_at=times[0],
        ends_at=times[1],
        created_at=now,
        changed_at=now,
    )
    return add_draft(briefing, _slots(source, order), "briefing.copied", by, now, source=source.id)


def left_behind(source: Briefing) -> list[str]:
    """The titles of needs that no copy takes along: they are no longer published."""
    return [slot.need.title for slot in source.slots if slot.need.state is not NeedState.PUBLISHED]


def _slots(source: Briefing, order: Order) -> list[SlotPlan]:
    if order is Order.NOTHING:
        return []
    published = {slot.need_id for slot in source.slots if slot.need.state is NeedState.PUBLISHED}
    kept = [slot for slot in plan_of(source).slots if slot.need_id in published]
    return kept if order is Order.PRESENTERS else [slot.presented_by(NOBODY) for slot in kept]


def _as_far_before(was: datetime, source: Briefing, times: Times, zone: tzinfo, step: int) -> Shifted:
    """As many days before the start at the same hour; the working day before it (`step` -1) or after it (1) instead
    of a day that is none, where the earlier one was. What is on the day itself stays as long before."""
    start, old, there = times[0].astimezone(zone), source.starts_at.astimezone(zone), was.astimezone(zone)
    if there.date() == old.date():
        return Shifted(was, was + (times[0] - source.starts_at))
    at = there + timedelta(days=(start.date() - old.date()).days)
    if is_working_day(at.date()) or not is_working_day(there.date()):
        return Shifted(was, at)
    day = working_days_from(at.date(), step)
    name = holiday_on(at.date()) or f"{'월화수목금토일'[at.weekday()]}요일"
    toward = "뒤로 미뤘습니다" if step > 0 else "앞으로 당겼습니다"
    return Shifted(was, datetime.combine(day, at.timetz()), f"{at.month}. {at.day}.이 쉬는 날({name})이라 {toward}.")
