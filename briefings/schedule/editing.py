"""Changing a briefing in one go: its details, its time and its order, with one mail per person and calendar entry."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.schedule import invitations, presenters
from briefings.schedule.approving import approve_all
from briefings.schedule.changes import differences, refuse_another_draft, refuse_stale
from briefings.schedule.finding import places_of
from briefings.schedule.models import Briefing, BriefingState, Eligibility, Visibility
from briefings.schedule.reaching import refuse_of_others
from briefings.schedule.slots import Presenter, SlotPlan, arrange, plan_of, presenter_of, refuse_clashes
from briefings.schedule.waiting import fill
from briefings.webhooks.announcing import announce, announce_unlisted
from briefings.webhooks.events import Event

TIMES = ("starts_at", "ends_at")


@dataclass(frozen=True, kw_only=True)
class Details:
    """What staff write about a briefing beside its programme."""

    title: str
    theme_id: int
    audience_id: int
    description: str
    moderator: str
    visibility: Visibility
    starts_at: datetime
    ends_at: datetime
    opening_minutes: int
    capacity: int | None
    eligibility: Eligibility
    eligible_kinds: list[str]
    approval: bool
    registration_opens_at: datetime
    registration_closes_at: datetime
    materials_due_at: datetime | None
    room_url: str
    room_note: str
    replay_url: str

    @property
    def times(self) -> tuple[datetime, datetime]:
        """Both ends."""
        return self.starts_at, self.ends_at


@dataclass(frozen=True)
class Before:
    """What people know so far: whatever differs afterwards is news. `last_item`: the latest calendar entry."""

    capacity: int | None
    approval: bool
    title: str
    room_url: str
    times: tuple[datetime, datetime]
    last_item: int


def details_of(briefing: Briefing) -> Details:
    """What is stored."""
    return Details(**{each.name: getattr(briefing, each.name) for each in fields(Details)})


def edit(
    briefing: Briefing,
    details: Details,
    slots: Sequence[SlotPlan],
    *,
    seen: datetime,
    seen_draft: datetime | None = None,
    by: Actor,
    now: datetime,
) -> bool:
    """Write everything down at once; whether anything changed. A published briefing's presenters and registrants hear.

    `seen` is the `changed_at` the editor started from, `seen_draft` the `pending_at`: Refused, naming the change, when
    somebody else was quicker.
    """
    lock(briefing)
    refuse_stale(briefing, seen)
    refuse_another_draft(briefing, seen_draft)
    return write_down(briefing, details, slots, by=by, now=now)


def write_down(briefing: Briefing, details: Details, slots: Sequence[SlotPlan], *, by: Actor, now: datetime) -> bool:
    """The same for whoever holds the lock and has looked; what was kept unpublished is settled by it."""
    if briefing.state is BriefingState.CANCELLED:
        raise Refused("취소된 설명회는 고칠 수 없습니다.")
    if details.times != (briefing.starts_at, briefing.ends_at):
        refuse_times(details.times, now)  # before the window, which may be wrong only because of them
    refuse_window(details)
    refuse_what_is_new(briefing, details, slots, by)
    before = Before(
        briefing.capacity,
        briefing.approval,
        briefing.title,
        briefing.room_url,
        (briefing.starts_at, briefing.ends_at),
        invitations.last_item(briefing),
    )
    changed = differences(briefing, asdict(details))
    _set_time(briefing, details, now)
    _set_details(briefing, details)
    changed |= _set_order(briefing, slots, now)
    briefing.pending = briefing.pending_at = None
    if not changed:
        return False
    briefing.changed_at = now
    db.session.flush()
    if not briefing.is_over(now):
        refuse_clashes(plan_of(briefing))
    if briefing.state is BriefingState.PUBLISHED:
        _tell(briefing, before, now)
    _record(briefing, changed, by, now)
    return True


def refuse_window(details: Details) -> None:
    """Refused, at its field, where the times of registration do not fit each other or the briefing, or nobody may."""
    if details.eligibility is Eligibility.KINDS and not details.eligible_kinds:
        raise Refused("받을 기관 유형을 하나 이상 골라 주세요.", field="eligible_kinds")
    if details.ends_at <= details.starts_at:
        raise Refused("끝나는 일시가 시작 일시보다 뒤여야 합니다.", field="ends_at")
    if details.registration_closes_at <= details.registration_opens_at:
        raise Refused("신청 마감이 신청 시작보다 뒤여야 합니다.", field="registration_closes_at")
    if details.registration_closes_at > details.ends_at:
        raise Refused("신청 마감은 설명회가 끝나기 전이어야 합니다.", field="registration_closes_at")


def refuse_what_is_new(briefing: Briefing, details: Details, slots: Sequence[SlotPlan], by: Actor) -> None:
    """Refused where an officer of some themes puts a need or a theme of others into it; what is there may stay."""
    new = {slot.need_id for slot in slots} - {slot.need_id for slot in briefing.slots}
    theme = details.theme_id if details.theme_id != briefing.theme_id else None
    if new or theme:
        refuse_of_others(by, new, theme, "add", "theme_id")


def refuse_times(times: tuple[datetime, datetime], now: datetime) -> None:
    """Refused, at its field, for a time that is past or ends before it starts."""
    starts_at, ends_at = times
    if starts_at <= now:
        raise Refused("시작 일시가 이미 지났습니다. 앞으로의 일시를 넣어 주세요.", field="starts_at")
    if ends_at <= starts_at:
        raise Refused("끝나는 일시가 시작 일시보다 뒤여야 합니다.", field="ends_at")


def _set_time(briefing: Briefing, details: Details, now: datetime) -> None:
    """What else hangs on the start moves along, unless the details say where it is to be."""
    if details.times == (briefing.starts_at, briefing.ends_at):
        return
    if briefing.state is BriefingState.PUBLISHED:
        briefing.move(*details.times, now)
    else:
        briefing.move_rehearsal(details.starts_at - briefing.starts_at, now)


def _set_details(briefing: Briefing, details: Details) -> None:
    _refuse_capacity(briefing, details.capacity)
    for name, value in asdict(details).items():
        setattr(briefing, name, value)
    db.session.flush()


def _refuse_capacity(briefing: Briefing, capacity: int | None) -> None:
    if capacity is None or capacity == briefing.capacity:
        return
    confirmed = places_of(briefing).confirmed
    if capacity < confirmed:
        raise Refused(
            "이미 %(confirmed)s명이 확정되었습니다. 정원은 %(confirmed)s명보다 줄일 수 없습니다.",
            field="capacity",
            confirmed=confirmed,
        )


def _set_order(briefing: Briefing, slots: Sequence[SlotPlan], now: datetime) -> dict[str, list[Any]]:
    before, wanted = plan_of(briefing).slots, tuple(_heeding_presenters(briefing, slots))
    if wanted == before:
        return {}
    if briefing.is_over(now) and briefing.state is not BriefingState.DRAFT:
        raise Refused("끝난 설명회의 발표 순서는 바꿀 수 없습니다.")
    arrange(briefing, wanted)
    presenters_before = {slot.need_id: slot.presenter for slot in before}
    return {"slots": [[_logged(slot, presenters_before) for slot in order] for order in (before, wanted)]}


def _logged(slot: SlotPlan, presenters_before: Mapping[int, Presenter]) -> str:
    """A row of the order as the log keeps it; who presents is nobody's business there, that it is another is."""
    another = presenters_before.get(slot.need_id, slot.presenter) != slot.presenter
    return f"{slot.title} ({slot.talk_minutes}+{slot.question_minutes}분{', 발표자 바뀜' if another else ''})"


def _heeding_presenters(briefing: Briefing, slots: Sequence[SlotPlan]) -> Iterator[SlotPlan]:
    """The order with what presenters did since it was looked at; Refused where staff wrote something else down."""
    stored = {slot.need_id: slot for slot in briefing.slots}
    for plan in slots:
        slot = stored.get(plan.need_id)
        there = presenter_of(slot) if slot else None
        if there is None or plan.seen is None or there in (plan.seen, plan.presenter):
            yield plan
        elif plan.presenter == plan.seen:
            yield plan.presented_by(there)
        else:
            raise Refused(
                "‘%(need)s’의 발표자가 그사이 %(there)s 님으로 바뀌었습니다. 입력한 내용은 그대로 두었습니다. "
                "확인한 뒤에 다시 저장하면 지금 입력한 발표자로 바뀝니다.",
                need=plan.title,
                there=there.name or there.email,
            )


def _tell(briefing: Briefing, before: Before, now: datetime) -> None:
    """Each person once, of all that is new to them: who presents, who gets a place now, who had one, who waits.

    A new title alone waits a while for the next one. Registrants' way in stays the same whatever the room.
    """
    retitled = briefing.title != before.title
    news = {"title"} if retitled else set()
    if briefing.room_url != before.room_url:
        news.add("room")
    presenters.keep_calendars(briefing, now, news)
    if before.approval and not briefing.approval:
        approve_all(briefing, now)  # and whoever waits may have come before them
    if briefing.capacity != before.capacity:
        fill(briefing, now)
    if (briefing.starts_at, briefing.ends_at) != before.times:
        title_before = before.title if retitled else ""
        invitations.tell_of_new_time(briefing, now, title_before=title_before, upto=before.last_item)
    elif retitled:
        invitations.tell_of_new_title(briefing, now, upto=before.last_item)


def _record(briefing: Briefing, changed: Mapping[str, list[Any]], by: Actor, now: datetime) -> None:
    """A move as such, for reminders look for it, and the rest."""
    moved = {name: changed[name] for name in TIMES if name in changed}
    rest = {name: values for name, values in changed.items() if name not in TIMES}
    if moved and briefing.state is BriefingState.PUBLISHED:
        record(by, "briefing.moved", briefing, now, changed=moved)
        announce(Event.BRIEFING_MOVED, briefing, now)
    else:
        rest = moved | rest
    if rest:
        record(by, "briefing.edited", briefing, now, changed=rest)
        if briefing.state is BriefingState.PUBLISHED:
            hidden = "visibility" in rest and briefing.visibility is Visibility.UNLISTED
            (announce_unlisted if hidden else announce)(Event.BRIEFING_CHANGED, briefing, now)
