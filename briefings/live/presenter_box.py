"""What stands on top of a presenter's own page on the day."""

from datetime import datetime

from briefings.live.presenting import day_reason
from briefings.live.running import runs_of
from briefings.schedule.models import PresenterSlot, SlotState
from briefings.schedule.presenter_boxes import Box


def box_of_day(slot: PresenterSlot, token: str, now: datetime) -> Box | None:
    """The button that says they are there, and the way to the order and the time left."""
    if slot.state is SlotState.DECLINED or day_reason(slot.briefing, now):
        return None
    run = runs_of([slot]).get(slot.id)
    return Box("live/presenter/box.html", {"seen_at": run and run.presenter_seen_at}, first=True)
