"""Telling presenters when they speak: once at publication, later only those whose time or place changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from briefings.outbox.queueing import Recipient, queue
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.slots import Plan, SlotPlan, plan_of


@dataclass(frozen=True)
class Affected:
    """Whom a change of the order concerns; only presenters with an e-mail."""

    new: list[SlotPlan]
    moved: list[SlotPlan]
    released: list[SlotPlan]

    def __bool__(self) -> bool:
        return bool(self.new or self.moved or self.released)


def affected(before: Plan, after: Plan) -> Affected:
    """Who presents now and did not, whose time or room is another one, who presents no longer."""
    then, now = _places(before), _places(after)
    return Affected(
        [slot for key, (slot, _) in now.items() if key not in then],
        [slot for key, (slot, place) in now.items() if key in then and then[key][1] != place],
        [slot for key, (slot, _) in then.items() if key not in now],
    )


def _places(plan: Plan) -> dict[tuple[int, str], tuple[SlotPlan, object]]:
    return {
        (slot.need_id, slot.presenter_email.lower()): (slot, (times, plan.room_url))
        for slot, times in zip(plan.slots, plan.times(), strict=True)
        if slot.presenter_email
    }


def tell_all(briefing: Briefing, now: datetime) -> None:
    """Tell every presenter with an e-mail their slot's time."""
    _tell(briefing, (slot for slot in plan_of(briefing).slots if slot.presenter_email), now, moved=False)


def tell_of_changes(briefing: Briefing, before: Plan, now: datetime) -> None:
    """Tell those of a published briefing whom the change since `before` concerns; nobody after its end."""
    if briefing.state is not BriefingState.PUBLISHED or briefing.is_over(now):
        return
    who = affected(before, plan_of(briefing))
    _tell(briefing, who.new, now, moved=False)
    _tell(briefing, who.moved, now, moved=True)
    _release(briefing, who.released, now)


def release_all(briefing: Briefing, now: datetime) -> None:
    """Tell every presenter with an e-mail that they need not present."""
    _release(briefing, (slot for slot in plan_of(briefing).slots if slot.presenter_email), now)


def about(briefing_id: int, need_id: int) -> str:
    """What the keys of all mails about one presenter's time begin with."""
    return f"presenter_slot:{briefing_id}:{need_id}:"


def _tell(briefing: Briefing, slots: Iterable[SlotPlan], now: datetime, *, moved: bool) -> None:
    for slot in slots:
        key = about(briefing.id, slot.need_id) + now.isoformat()
        to = Recipient(slot.presenter_email, slot.presenter_name)
        queue("presenter_slot", key, to, now, briefing=briefing.id, need=slot.need_id, moved=moved)


def _release(briefing: Briefing, slots: Iterable[SlotPlan], now: datetime) -> None:
    for slot in slots:
        key = f"presenter_released:{briefing.id}:{slot.need_id}:{now.isoformat()}"
        to = Recipient(slot.presenter_email, slot.presenter_name)
        queue("presenter_released", key, to, now, briefing=briefing.id, need=slot.need_id)
