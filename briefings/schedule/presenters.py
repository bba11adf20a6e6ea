"""What presenters are told and have in their calendars: their own slot times, the rehearsal, and what they answer.

An item belongs to one need's slot and one address. `keep_calendars` compares what should stand with what does and tells
each person only their own difference: nothing has to know which edit led there.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.schedule import items
from briefings.schedule.calendar_models import CalendarItem, ItemKind, ItemState
from briefings.schedule.invitations import invite, open_item, withdraw
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot, SlotState
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.slots import plan_of, refuse_clashes
from briefings.web.erased import is_marker

HELD_BACK = timedelta(days=2)
"""Nobody is pressed for an answer within this time of being asked."""


class Entry(NamedTuple):
    """What should stand in one presenter's calendar."""

    kind: ItemKind
    need_id: int | None
    email: str


Times = tuple[datetime, datetime]


class Why(StrEnum):
    """Why somebody is asked who was not before, where that is more than that they are named."""

    HANDED_OVER = "handed_over"
    STOOD_BY = "stood_by"


class Instead(NamedTuple):
    """Who presents a need instead of whom: for the words of the mail that asks them."""

    need_id: int
    why: Why
    entry_before: int | None
    """The entry in the calendar of whoever presented it before: their name stands there alone, and goes with it."""


def keep_calendars(
    briefing: Briefing, now: datetime, news: Collection[str] = (), instead: Instead | None = None
) -> None:
    """Bring presenters' calendars to what the briefing says, and tell each what is new, all of it by one message.

    `news` is what changed for everybody beside the times: `room`, `title`.
    """
    if briefing.is_over(now):
        return
    wanted, standing = _wanted(briefing), _standing(briefing)
    for entry, item in standing.items():
        if entry not in wanted:
            release(item, now)
    for entry, (name, times) in wanted.items():
        if entry in standing:
            _renew(standing[entry], times, now, news)
        else:
            about = instead and instead.need_id == entry.need_id and {"why": instead.why, "after": instead.entry_before}
            _present(briefing, entry, name, times, now, **(about or {}))
    _leave_places_to_registrants(briefing, {entry.email for entry in wanted}, now)


def release(item: CalendarItem, now: datetime, silently: bool = False) -> None:
    """Take an entry out of a presenter's calendar; `silently` when the calendar itself said no and has done so."""
    item.close(now)
    if not silently:
        items.tell(item, "rehearsal_off" if item.kind is ItemKind.REHEARSAL else "presenter_released", now)


def accept(slot: PresenterSlot, now: datetime, by: Actor | None = None) -> None:
    """The presenter will come, as they say themselves or as staff (`by`) heard; saying so again changes nothing."""
    _lock(slot, now)
    if slot.state is SlotState.DECLINED:
        raise Refused(N_("이미 사양한 발표입니다. 다시 맡으시려면 담당자에게 알려 주세요."))
    if slot.state is SlotState.ACCEPTED:
        return
    slot.state, slot.answered_at = SlotState.ACCEPTED, now
    if item := item_of(slot):
        item.partstat = "ACCEPTED"
    _record("slot.accepted", slot, now, by)


def decline(slot: PresenterSlot, now: datetime, reason: str = "", by_calendar: bool = False) -> None:
    """The presenter will not come: the stand-by takes the slot and is asked, or it stands open for staff to fill.

    The entry leaves the presenter's calendar; `by_calendar` when it has left already.
    """
    _lock(slot, now)
    if slot.state is SlotState.DECLINED:
        return
    slot.state, slot.answered_at, slot.decline_reason = SlotState.DECLINED, now, reason
    _record("slot.declined", slot, now, reason=reason)
    instead = _instead_of_presenter(slot, Why.STOOD_BY)
    if by_calendar and (item := item_of(slot)):
        release(item, now, silently=True)
    _raise_standby(slot)
    keep_calendars(slot.briefing, now, instead=instead)


def hand_over(slot: PresenterSlot, name: str, title: str, email: str, now: datetime) -> None:
    """A colleague presents instead: one calendar entry is withdrawn, another sent, and the colleague is asked."""
    _lock(slot, now)
    if email.lower() == slot.presenter_email.lower():
        raise Refused(N_("지금 발표자와 같은 주소입니다. 동료의 주소를 적어 주세요."), field="email")
    _record("slot.handed_over", slot, now, to=name)
    instead = _instead_of_presenter(slot, Why.HANDED_OVER)
    slot.hand_over(name, title, email)
    _settle(slot, now, instead)


def raise_standby(slot: PresenterSlot, by: Actor, now: datetime) -> None:
    """Staff let the stand-by present; Refused where there is none."""
    _lock(slot, now)
    if not _has_standby(slot):
        raise Refused("예비 발표자가 없습니다. 먼저 적어 주세요.")
    _record("slot.standby_raised", slot, now, by, to=slot.standby_name)
    instead = _instead_of_presenter(slot, Why.STOOD_BY)
    _raise_standby(slot)
    _settle(slot, now, instead)


def let_standby_present(slot: PresenterSlot, by: Actor, now: datetime) -> None:
    """On the day: the stand-by has the talk at once, as somebody who is there, and who had it stands by instead.

    So it can be turned back. Calendars follow and both are told, unless the planned end is past; Refused where nobody
    stands by. Whoever calls holds the lock on the briefing and has looked at what others did meanwhile.
    """
    if not _has_standby(slot):
        raise Refused("예비 발표자가 없습니다. 발표자 화면에서 먼저 적어 주세요.")
    before = (slot.presenter_name, slot.presenter_title, slot.presenter_email)
    _record("slot.standby_presents", slot, now, by, to=slot.standby_name)
    instead = _instead_of_presenter(slot, Why.STOOD_BY)
    _raise_standby(slot)
    slot.standby_name, slot.standby_title, slot.standby_email = before
    slot.state, slot.answered_at = SlotState.ACCEPTED, now
    _settle(slot, now, instead)
    if item := item_of(slot):
        item.partstat = "ACCEPTED"


def ask_again(slot: PresenterSlot, by: Actor, now: datetime) -> None:
    """Staff ask the same presenter once more, who had declined; Refused otherwise."""
    _lock(slot, now)
    if slot.state is not SlotState.DECLINED:
        raise Refused("사양한 발표자에게만 다시 부탁할 수 있습니다.")
    if is_marker(slot.presenter_email):
        raise Refused("개인정보를 지운 분에게는 다시 부탁할 수 없습니다. 다른 발표자를 적어 주세요.")
    _record("slot.asked_again", slot, now, by)
    slot.hand_over(slot.presenter_name, slot.presenter_title, slot.presenter_email)
    _settle(slot, now)


def name_standby(slot: PresenterSlot, name: str, title: str, email: str, by: Actor | None, now: datetime) -> bool:
    """Write down who presents if the presenter cannot, as staff (`by`) or the presenter says; whether it is new."""
    if by:
        lock(slot.briefing)
        lock(slot)
    else:
        _lock(slot, now)
    if email and email.lower() == slot.presenter_email.lower():
        own = N_("본인과 같은 주소입니다. 대신 발표할 동료의 주소를 적어 주세요.")
        raise Refused("발표자와 같은 주소입니다. 대신 발표할 사람의 주소를 적어 주세요." if by else own, field="email")
    if (name, title, email) == (slot.standby_name, slot.standby_title, slot.standby_email):
        return False
    slot.standby_name, slot.standby_title, slot.standby_email = name, title, email
    _record("slot.standby_named", slot, now, by, to=name)
    return True


def _raise_standby(slot: PresenterSlot) -> None:
    if _has_standby(slot):
        slot.hand_over(slot.standby_name, slot.standby_title, slot.standby_email)


def _has_standby(slot: PresenterSlot) -> bool:
    """Whether somebody else than the presenter stands by."""
    return slot.standby_email.lower() not in ("", slot.presenter_email.lower())


def _instead_of_presenter(slot: PresenterSlot, why: Why) -> Instead:
    """For whoever is about to have the slot: that they come after its presenter."""
    latest = select(CalendarItem.id).where(*_of_presenter(slot)).order_by(CalendarItem.id.desc()).limit(1)
    return Instead(slot.need_id, why, db.session.scalar(latest))


def _settle(slot: PresenterSlot, now: datetime, instead: Instead | None = None) -> None:
    """Nobody is in two places at once, and calendars follow."""
    db.session.flush()
    refuse_clashes(plan_of(slot.briefing))
    keep_calendars(slot.briefing, now, instead=instead)


def _record(action: str, slot: PresenterSlot, now: datetime, by: Actor | None = None, **detail: str) -> None:
    """In the course of the briefing; without an actor it was the presenter."""
    who = slot.presenter_name or slot.presenter_email
    record(by, action, slot.briefing, now, need=slot.need.title, presenter=who, **detail)


def item_of(slot: PresenterSlot) -> CalendarItem | None:
    """The open entry of a slot's present presenter, if there is one."""
    found = select(CalendarItem).where(*_of_presenter(slot), CalendarItem.state == ItemState.OPEN)
    return db.session.scalar(found)


def _of_presenter(slot: PresenterSlot) -> tuple[ColumnElement[bool], ...]:
    return (
        CalendarItem.briefing_id == slot.briefing_id,
        CalendarItem.need_id == slot.need_id,
        CalendarItem.email == slot.presenter_email.lower(),
    )


def slot_of(item: CalendarItem) -> PresenterSlot | None:
    """The slot an entry is about, while its recipient still has it."""
    of_need = (PresenterSlot.briefing_id == item.briefing_id, PresenterSlot.need_id == item.need_id)
    slot = db.session.scalar(select(PresenterSlot).where(*of_need))
    return slot if slot is not None and slot.presenter_email.lower() == item.email else None


def _wanted(briefing: Briefing) -> dict[Entry, tuple[str, Times]]:
    if briefing.state is not BriefingState.PUBLISHED:
        return {}
    wanted: dict[Entry, tuple[str, Times]] = {}
    for slot, times in zip(briefing.slots, briefing.times_of(briefing.slots), strict=True):
        if not slot.presenter_email or slot.state is SlotState.DECLINED:
            continue
        email = slot.presenter_email.lower()
        wanted[Entry(ItemKind.PRESENTATION, slot.need_id, email)] = (slot.presenter_name, times)
        if briefing.rehearsal_starts_at and briefing.rehearsal_ends_at:
            rehearsal = (briefing.rehearsal_starts_at, briefing.rehearsal_ends_at)
            wanted[Entry(ItemKind.REHEARSAL, None, email)] = (slot.presenter_name, rehearsal)
    return wanted


def _standing(briefing: Briefing) -> dict[Entry, CalendarItem]:
    found = select(CalendarItem).where(
        CalendarItem.briefing_id == briefing.id,
        CalendarItem.kind != ItemKind.REGISTRATION,
        CalendarItem.state == ItemState.OPEN,
    )
    return {Entry(item.kind, item.need_id, item.email): item for item in db.session.scalars(found)}


def _renew(item: CalendarItem, times: Times, now: datetime, news: Collection[str]) -> None:
    changed = set(news)
    if (item.starts_at, item.ends_at) != times:
        changed.add("time")
        item.move(*times, now)
    elif changed:
        item.change(now)
    else:
        return
    only = changed.pop() if len(changed) == 1 else ""
    due_at = now + items.DEBOUNCE if only == "title" else None
    about = {"news": only} if only else {"news": "several", "changed": sorted(changed)}
    items.tell(item, items.INVITATIONS[item.kind], now, due_at, **about)


def _present(briefing: Briefing, entry: Entry, name: str, times: Times, now: datetime, **about: Any) -> None:
    item = CalendarItem(
        kind=entry.kind,
        briefing=briefing,
        need_id=entry.need_id,
        name=name,
        email=entry.email,
        partstat="NEEDS-ACTION",
        starts_at=times[0],
        ends_at=times[1],
    )
    items.open_item(item, items.INVITATIONS[entry.kind], now, news="new", **about)


def _leave_places_to_registrants(briefing: Briefing, presenters: Collection[str], now: datetime) -> None:
    """Who presents has no second entry for the same briefing as a registrant; who presents no longer gets it back."""
    confirmed = select(Registration).where(
        Registration.briefing_id == briefing.id, Registration.state == RegistrationState.CONFIRMED
    )
    doubly = db.session.scalars(confirmed.where(Registration.email.in_(presenters))) if presenters else ()
    for registration in doubly:
        withdraw(registration, now, "presents")
    released = select(CalendarItem.email).where(
        CalendarItem.briefing_id == briefing.id,
        CalendarItem.kind == ItemKind.PRESENTATION,
        CalendarItem.state == ItemState.CLOSED,
        CalendarItem.modified_at == now,
    )
    if briefing.state is not BriefingState.PUBLISHED:
        return
    again = confirmed.where(Registration.email.in_(released), Registration.email.not_in(presenters))
    for registration in db.session.scalars(again):
        if open_item(registration) is None:
            invite(registration, now)


def settled_reason(slot: PresenterSlot, now: datetime) -> Refused | None:
    """Why nobody can answer about a slot any more, or None."""
    if slot.briefing.state is not BriefingState.PUBLISHED or slot.briefing.is_over(now):
        return Refused(N_("취소되었거나 끝난 설명회입니다."))
    return None


def _lock(slot: PresenterSlot, now: datetime) -> None:
    """Hold the slot; Refused where nobody can answer any more, or where it is another presenter's by now."""
    asked = slot.link_version
    lock(slot.briefing)
    lock(slot)
    if refused := settled_reason(slot, now):
        raise refused
    if slot.link_version != asked:
        raise Refused(N_("그사이 발표자가 바뀌었습니다. 앞 화면을 새로 열어 확인해 주세요."))
