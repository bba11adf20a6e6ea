"""What stands on top of a presenter's own page on the day."""

from datetime import datetime

from briefings.live import running
from briefings.live.presenting import day_reason
from briefings.schedule.models import PresenterSlot, SlotState
from briefings.schedule.presenter_boxes import Box


def box_of_day(slot: PresenterSlot, token: str, now: datetime) -> Box | None:
    """The button that says they are there, and the way to the order and the time left."""
    if slot.state is SlotState.DECLINED or day_reason(slot.briefing, now):
        return None
    mine = next((each for each in running.state_of(slot.briefing, now).slots if each.slot.id == slot.id), None)
    seen_at = mine.seen_at if mine else None
    return Box("live/presenter/box.html", {"seen_at": seen_at}, first=True, there=bool(mine and _is_there(mine)))


def _is_there(mine: running.SlotState) -> bool:
    """Whether they said so, or their talk has begun, by a press or by the programme."""
    return bool(mine.seen_at or mine.began_at or mine.is_now or mine.is_done)
