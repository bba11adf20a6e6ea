"""What staff do with a briefing: compose, copy, edit, publish, move, call off."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.needs.models import Need, NeedState
from briefings.schedule import invitations, presenters
from briefings.schedule.changes import differences, refuse_stale
from briefings.schedule.finding import places_of
from briefings.schedule.models import Briefing, BriefingState, SlotState
from briefings.schedule.registering import fill
from briefings.schedule.slots import Plan, SlotPlan, arrange, clashes, plan_of, refuse_clashes, slot_for

SAME_TIME = "지금과 같은 일시입니다. 새 일시를 넣어 주세요."


class Lengths(NamedTuple):
    """Minutes of the opening, of each talk and of the questions after it."""

    opening: int = 10
    talk: int = 9
    questions: int = 6


USUAL = Lengths()


@dataclass(frozen=True, kw_only=True)
class Details:
    """What staff write about a briefing beside its programme; `times` only while it is a draft (else `reschedule`)."""

    title: str
    theme_id: int
    audience_id: int
    description: str
    opening_minutes: int
    moderator: str
    capacity: int | None
    registration_opens_at: datetime
    registration_closes_at: datetime
    room_url: str
    room_note: str
    replay_url: str
    times: tuple[datetime, datetime] | None = None


def settled_reason(briefing: Briefing, now: datetime) -> str | None:
    """Why nothing can be planned about it any more, or None."""
    if briefing.state is BriefingState.CANCELLED:
        return "취소된 설명회입니다."
    return "이미 끝난 설명회입니다." if briefing.is_over(now) else None


def usual_window(starts_at: datetime, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Registration from now until 18:00 of the day before, or until the start where that is past."""
    day_before = starts_at.astimezone(zone) - timedelta(days=1)
    evening = day_before.replace(hour=18, minute=0, second=0, microsecond=0)
    closes_at = evening if evening > now else starts_at
    opens_at = now.replace(second=0, microsecond=0)
    return opens_at, max(closes_at, opens_at + timedelta(minutes=1))


def usual_times(needs: int, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """A Wednesday at 14:00 at least three weeks ahead, long enough for so many needs with an opening and a close."""
    day = now.astimezone(zone) + timedelta(days=21)
    wednesday = day + timedelta(days=(2 - day.weekday()) % 7)
    starts_at = wednesday.replace(hour=14, minute=0, second=0, microsecond=0)
    return starts_at, starts_at + timedelta(minutes=20 + 15 * max(needs, 4))


def compose_briefing(
    needs: Sequence[Need],
    *,
    title: str,
    theme_id: int,
    audience_id: int,
    times: tuple[datetime, datetime],
    capacity: int | None,
    by: Actor,
    now: datetime,
    zone: tzinfo,
    lengths: Lengths = USUAL,
) -> Briefing:
    """A draft that presents `needs` in this order; Refused when a presenter would be in two places at once."""
    _refuse_times(times, now)
    opens_at, closes_at = usual_window(times[0], now, zone)
    briefing = Briefing(
        title=title,
        theme_id=theme_id,
        audience_id=audience_id,
        starts_at=times[0],
        ends_at=times[1],
        opening_minutes=lengths.opening,
        capacity=capacity,
        registration_opens_at=opens_at,
        registration_closes_at=closes_at,
        created_at=now,
        changed_at=now,
    )
    slots = [replace(slot_for(need), talk_minutes=lengths.talk, question_minutes=lengths.questions) for need in needs]
    return _add(briefing, slots, "briefing.composed", by, now)


def copy_briefing(
    source: Briefing, *, title: str, times: tuple[datetime, datetime], with_slots: bool, by: Actor, now: datetime
) -> Briefing:
    """A draft like `source` at another time, its registration window shifted along; with the needs still published."""
    _refuse_times(times, now)
    shift = times[0] - source.starts_at
    kept = {
        name: getattr(source, name)
        for name in (
            "theme_id",
            "audience_id",
            "description",
            "opening_minutes",
            "capacity",
            "room_note",
            "moderator",
            "reminders",
        )
    }
    briefing = Briefing(
        **kept,
        title=title,
        starts_at=times[0],
        ends_at=times[1],
        registration_opens_at=source.registration_opens_at + shift,
        registration_closes_at=source.registration_closes_at + shift,
        created_at=now,
        changed_at=now,
    )
    published = {slot.need_id for slot in source.slots if slot.need.state is NeedState.PUBLISHED}
    slots = [slot for slot in plan_of(source).slots if with_slots and slot.need_id in published]
    return _add(briefing, slots, "briefing.copied", by, now, source=source.id)


def _add(
    briefing: Briefing, slots: Sequence[SlotPlan], action: str, by: Actor, now: datetime, **detail: Any
) -> Briefing:
    db.session.add(briefing)
    db.session.flush()
    arrange(briefing, slots)
    refuse_clashes(plan_of(briefing), briefing.id)
    record(by, action, briefing, now, title=briefing.title, **detail)
    return briefing


def edit(
    briefing: Briefing, details: Details, slots: Sequence[SlotPlan], *, seen: datetime, by: Actor, now: datetime
) -> bool:
    """Write everything down at once; whether anything changed. A published briefing's presenters and registrants hear.

    `seen` is the `changed_at` the editor started from: Refused, naming the change, when somebody else was quicker.
    """
    lock(briefing)
    refuse_stale(briefing, seen)
    if briefing.state is BriefingState.CANCELLED:
        raise Refused("취소된 설명회는 고칠 수 없습니다.")
    before, old_title, old_room = plan_of(briefing), briefing.title, briefing.room_url
    _refuse_window(briefing, details)
    if details.times and details.times != (briefing.starts_at, briefing.ends_at):
        _refuse_times(details.times, now)
    changed = _write_down(briefing, details)
    change_capacity(briefing, details.capacity, now)
    if tuple(slots) != before.slots:
        if briefing.is_over(now):
            raise Refused("끝난 설명회의 발표 순서는 바꿀 수 없습니다.")
        arrange(briefing, slots)
        changed["slots"] = [[slot.title for slot in before.slots], [slot.title for slot in slots]]
    if not changed:
        return False
    briefing.changed_at = now
    after = plan_of(briefing)
    if not briefing.is_over(now):
        refuse_clashes(after, briefing.id)
    _tell_of_edit(briefing, old_title, old_room, now)
    record(by, "briefing.edited", briefing, now, changed=changed)
    return True


def _tell_of_edit(briefing: Briefing, old_title: str, old_room: str, now: datetime) -> None:
    """Presenters hear at once of their time and room; a title waits a while. Registrants' way in stays the same."""
    if briefing.state is not BriefingState.PUBLISHED:
        return
    new_title, new_room = briefing.title != old_title, briefing.room_url != old_room
    presenters.keep_calendars(briefing, now, "room" if new_room else "title" if new_title else "time")
    if new_title:
        invitations.tell_of_new_title(briefing, now)


def _write_down(briefing: Briefing, details: Details) -> dict[str, list[Any]]:
    values = asdict(details)
    if times := values.pop("times"):
        values["starts_at"], values["ends_at"] = times
    changed = differences(briefing, values)
    for name in changed.keys() - {"capacity"}:  # the waiting list has a say in that one
        setattr(briefing, name, values[name])
    db.session.flush()
    return changed


def _refuse_window(briefing: Briefing, details: Details) -> None:
    ends_at = details.times[1] if details.times else briefing.ends_at
    if details.times and briefing.state is not BriefingState.DRAFT:
        raise Refused("공개한 설명회의 일시는 ‘일시 변경’에서 바꿔 주세요.")
    if details.registration_closes_at <= details.registration_opens_at:
        raise Refused("신청 마감이 신청 시작보다 뒤여야 합니다.", field="registration_closes_at")
    if details.registration_closes_at > ends_at:
        raise Refused("신청 마감은 설명회가 끝나기 전이어야 합니다.", field="registration_closes_at")


def _refuse_times(times: tuple[datetime, datetime], now: datetime) -> None:
    starts_at, ends_at = times
    if starts_at <= now:
        raise Refused("시작 일시가 이미 지났습니다. 앞으로의 일시를 넣어 주세요.", field="starts_at")
    if ends_at <= starts_at:
        raise Refused("끝나는 일시가 시작 일시보다 뒤여야 합니다.", field="ends_at")


def change_capacity(briefing: Briefing, capacity: int | None, now: datetime) -> int:
    """Set the number of places (None: no limit); how many got one from the waiting list. The caller holds the lock.

    Refused below the number of confirmed places.
    """
    if capacity == briefing.capacity:
        return 0
    confirmed = places_of(briefing).confirmed
    if capacity is not None and capacity < confirmed:
        raise Refused(
            "이미 %(confirmed)s명이 확정되었습니다. 정원은 %(confirmed)s명보다 줄일 수 없습니다.",
            field="capacity",
            confirmed=confirmed,
        )
    briefing.capacity = capacity
    db.session.flush()
    return fill(briefing, now) if briefing.state is BriefingState.PUBLISHED else 0


def obstacles(briefing: Briefing, now: datetime) -> list[str]:
    """Why a draft cannot be published yet; sentences, none when it can."""
    plan = plan_of(briefing)
    found = []
    if briefing.starts_at <= now:
        found.append("시작 일시가 이미 지났습니다.")
    elif briefing.registration_closes_at <= now:
        found.append("신청 마감이 이미 지났습니다.")
    if not plan.slots:
        found.append("발표할 수요가 없습니다.")
    found.extend(lapsed_needs(briefing))
    for clash in clashes(plan, briefing.id):
        who = clash.presenter_name or clash.presenter_email
        found.append(f"{who} 님이 같은 시간에 ‘{clash.other.title}’에서도 발표합니다.")
    return found


def lapsed_needs(briefing: Briefing) -> list[str]:
    """Which of its needs were closed or withdrawn since they were put in; sentences."""
    lapsed = [slot.need.title for slot in briefing.slots if slot.need.state is not NeedState.PUBLISHED]
    return [f"‘{title}’ 수요는 더는 게시 중이 아닙니다." for title in lapsed]


def declined_slots(briefing: Briefing) -> list[str]:
    """Which slots stand open because their presenters declined; sentences."""
    declined = [slot for slot in briefing.slots if slot.state is SlotState.DECLINED]
    return [
        f"{slot.presenter_name or slot.presenter_email} 님이 ‘{slot.need.title}’ 발표를 사양했습니다. "
        "다른 발표자를 찾아 주세요."
        for slot in declined
    ]


def publish(briefing: Briefing, *, by: Actor, now: datetime) -> None:
    """Show it to everyone and tell each presenter their time; Refused with the first obstacle."""
    lock(briefing)
    if briefing.state is BriefingState.DRAFT:
        for obstacle in obstacles(briefing, now):
            raise Refused(f"{obstacle} 고친 뒤에 공개해 주세요.")
    briefing.publish(now)
    presenters.keep_calendars(briefing, now)
    record(by, "briefing.published", briefing, now)


def reschedule(
    briefing: Briefing, times: tuple[datetime, datetime], *, seen: datetime, by: Actor, now: datetime
) -> None:
    """Move it and tell everyone with a place, everyone waiting and every presenter; Refused for the same time."""
    lock(briefing)
    refuse_stale(briefing, seen)
    before = plan_of(briefing)
    if not briefing.move(*times, now):
        raise Refused(SAME_TIME, field="starts_at")
    db.session.flush()
    refuse_clashes(plan_of(briefing), briefing.id)
    if briefing.state is BriefingState.PUBLISHED:
        invitations.tell_of_new_time(briefing, now)
        presenters.keep_calendars(briefing, now)
    moved = {"starts_at": [_iso(before.starts_at), _iso(times[0])], "ends_at": [_iso(before.ends_at), _iso(times[1])]}
    record(by, "briefing.moved", briefing, now, changed=moved)


def thought_move(briefing: Briefing, times: tuple[datetime, datetime], now: datetime) -> Plan:
    """The order as it would run at other times; Refused where `reschedule` would be."""
    _refuse_times(times, now)
    if times == (briefing.starts_at, briefing.ends_at):
        raise Refused(SAME_TIME, field="starts_at")
    plan = replace(plan_of(briefing), starts_at=times[0], ends_at=times[1])
    refuse_clashes(plan, briefing.id)
    return plan


def cancel(briefing: Briefing, reason: str, *, by: Actor, now: datetime) -> None:
    """Call it off for good, take it out of every calendar and tell everyone why."""
    lock(briefing)
    briefing.cancel(reason, now)
    invitations.tell_of_cancellation(briefing, now)
    presenters.keep_calendars(briefing, now)
    record(by, "briefing.cancelled", briefing, now, reason=reason)


def hold_mails(briefing: Briefing, on: bool, *, by: Actor, now: datetime) -> None:
    """Whether mail about it that is queued from now on waits for staff to let it go; what waits already stays."""
    lock(briefing)
    if briefing.hold_mails != on:
        briefing.hold_mails = on
        record(by, "briefing.mails_held" if on else "briefing.mails_not_held", briefing, now)


def discard(briefing: Briefing, *, by: Actor, now: datetime) -> None:
    """Delete a draft; its needs are open again."""
    lock(briefing)
    if briefing.state is not BriefingState.DRAFT:
        raise Refused("초안만 지울 수 있습니다. 공개한 설명회는 취소해 주세요.")
    record(by, "briefing.discarded", briefing, now, title=briefing.title)
    db.session.delete(briefing)


def _iso(moment: datetime) -> str:
    return moment.isoformat()
