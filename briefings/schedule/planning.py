"""What staff do with a briefing: compose, publish, move, call off; changing it is `editing`, copying `copying`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from sqlalchemy import select

from briefings.audit.recording import Actor, record
from briefings.calendar.holidays import holiday_on
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.needs.models import Need, NeedState
from briefings.schedule import invitations, presenters
from briefings.schedule.changes import LOOK_AGAIN, refuse_stale
from briefings.schedule.editing import refuse_times
from briefings.schedule.models import Briefing, BriefingState, Eligibility, SlotState
from briefings.schedule.reaching import refuse_of_others
from briefings.schedule.registration_models import Invitee
from briefings.schedule.slots import (
    Plan,
    SlotPlan,
    arrange,
    clashes,
    plan_of,
    refuse_clashes,
    slot_for,
    usual_materials_due,
)
from briefings.webhooks.announcing import announce
from briefings.webhooks.events import Event

SAME_TIME = "지금과 같은 일시입니다. 새 일시를 넣어 주세요."


class Lengths(NamedTuple):
    """Minutes of the opening, of each talk and of the questions after it."""

    opening: int = 10
    talk: int = 9
    questions: int = 6


class Admission(NamedTuple):
    """Who may register (of which kinds), and whether staff decide about each."""

    eligibility: Eligibility = Eligibility.OPEN
    kinds: tuple[str, ...] = ()
    approval: bool = False


USUAL = Lengths()
EVERYBODY = Admission()


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
    """A Wednesday at 14:00 at least three weeks ahead, no holiday, long enough for so many needs with a frame."""
    day = now.astimezone(zone) + timedelta(days=21)
    wednesday = day + timedelta(days=(2 - day.weekday()) % 7)
    while holiday_on(wednesday.date()):
        wednesday += timedelta(days=7)
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
    admission: Admission = EVERYBODY,
) -> Briefing:
    """A draft that presents `needs` in this order; Refused when a presenter would be in two places at once, or what is
    put into it is for others."""
    refuse_times(times, now)
    refuse_of_others(by, [need.id for need in needs], theme_id, "needs", "theme")
    opens_at, closes_at = usual_window(times[0], now, zone)
    briefing = Briefing(
        title=title,
        theme_id=theme_id,
        audience_id=audience_id,
        starts_at=times[0],
        ends_at=times[1],
        opening_minutes=lengths.opening,
        capacity=capacity,
        eligibility=admission.eligibility,
        eligible_kinds=list(admission.kinds),
        approval=admission.approval,
        registration_opens_at=opens_at,
        registration_closes_at=closes_at,
        created_at=now,
        changed_at=now,
    )
    slots = [replace(slot_for(need), talk_minutes=lengths.talk, question_minutes=lengths.questions) for need in needs]
    return add_draft(briefing, slots, "briefing.composed", by, now)


def add_draft(
    briefing: Briefing, slots: Sequence[SlotPlan], action: str, by: Actor, now: datetime, **detail: Any
) -> Briefing:
    """Keep a new draft with its order; Refused when a presenter would be in two places at once."""
    db.session.add(briefing)
    db.session.flush()
    arrange(briefing, slots)
    refuse_clashes(plan_of(briefing))
    record(by, action, briefing, now, title=briefing.title, **detail)
    return briefing


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
    for clash in clashes(plan):
        who = clash.presenter_name or clash.presenter_email
        found.append(f"{who} 님이 같은 시간에 ‘{clash.other.title}’에서도 발표합니다.")
    return found


def lapsed_needs(briefing: Briefing) -> list[str]:
    """Which of its needs were closed or withdrawn since they were put in; sentences."""
    lapsed = [slot.need.title for slot in briefing.slots if slot.need.state is not NeedState.PUBLISHED]
    return [f"‘{title}’ 수요는 더는 게시 중이 아닙니다." for title in lapsed]


def nobody_invited(briefing: Briefing) -> list[str]:
    """That only invited people may register and there are none yet; a sentence, or nothing."""
    if briefing.eligibility is not Eligibility.INVITED:
        return []
    invited = db.session.scalar(select(Invitee.id).where(Invitee.briefing_id == briefing.id).limit(1))
    return [] if invited else ["초대한 사람만 신청할 수 있는데 초대 명단이 비어 있습니다. 초대 명단을 만들어 주세요."]


def declined_slots(briefing: Briefing) -> list[str]:
    """Which slots stand open because their presenters declined; sentences."""
    declined = [slot for slot in briefing.slots if slot.state is SlotState.DECLINED]
    return [
        f"{slot.presenter_name or slot.presenter_email} 님이 ‘{slot.need.title}’ 발표를 사양했습니다. "
        "다른 발표자를 찾아 주세요."
        for slot in declined
    ]


def publish(briefing: Briefing, *, seen: datetime, by: Actor, now: datetime) -> None:
    """Show it to everyone and tell each presenter their time; Refused with the first obstacle.

    Refused as well where it is no longer what was looked at (`seen`, its `changed_at` then).
    """
    lock(briefing)
    refuse_stale(briefing, seen, LOOK_AGAIN)
    if briefing.state is BriefingState.DRAFT:
        for obstacle in obstacles(briefing, now):
            raise Refused(f"{obstacle} 고친 뒤에 공개해 주세요.")
    briefing.publish(now)
    presenters.keep_calendars(briefing, now)
    record(by, "briefing.published", briefing, now)
    announce(Event.BRIEFING_PUBLISHED, briefing, now)


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
    refuse_clashes(plan_of(briefing))
    if briefing.state is BriefingState.PUBLISHED:
        invitations.tell_of_new_time(briefing, now)
        presenters.keep_calendars(briefing, now)
        announce(Event.BRIEFING_MOVED, briefing, now)
    moved = {"starts_at": [_iso(before.starts_at), _iso(times[0])], "ends_at": [_iso(before.ends_at), _iso(times[1])]}
    record(by, "briefing.moved", briefing, now, changed=moved)


def thought_move(briefing: Briefing, times: tuple[datetime, datetime], now: datetime) -> Plan:
    """The order as it would run at other times; Refused where `reschedule` would be."""
    refuse_times(times, now)
    if times == (briefing.starts_at, briefing.ends_at):
        raise Refused(SAME_TIME, field="starts_at")
    shift, due = times[0] - briefing.starts_at, briefing.materials_due_at
    if due is None:
        due = usual_materials_due(briefing, times[0])
    elif due > now:
        due += shift
    plan = replace(
        plan_of(briefing),
        starts_at=times[0],
        ends_at=times[1],
        registration_closes_at=briefing.registration_closes_at + shift,
        materials_due_at=due,
    )
    refuse_clashes(plan)
    return plan


def cancel(briefing: Briefing, reason: str, *, by: Actor, now: datetime) -> None:
    """Call it off for good, take it out of every calendar and tell everyone why."""
    lock(briefing)
    if briefing.state is BriefingState.PUBLISHED:
        announce(Event.BRIEFING_CANCELLED, briefing, now)
    briefing.cancel(reason, now)
    briefing.pending = briefing.pending_at = None
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
