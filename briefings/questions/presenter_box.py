"""What a presenter's own page shows of what people ask."""

from datetime import datetime

from sqlalchemy import or_

from briefings.questions.board import asked_where, in_order
from briefings.questions.models import SHOWN, Question
from briefings.schedule.models import PresenterSlot, SlotState
from briefings.schedule.presenter_boxes import Box

MOST = 10


def presenter_box(slot: PresenterSlot, token: str, now: datetime) -> Box | None:
    """The questions about what a slot presents, and those that may be: asked about nothing in particular."""
    if slot.state is SlotState.DECLINED:
        return None
    concerned = or_(Question.slot_id == slot.id, Question.slot_id.is_(None))
    asked = asked_where(Question.briefing_id == slot.briefing_id, Question.state.in_(SHOWN), concerned)
    own = sorted((each for each in asked if each.slot_id == slot.id), key=in_order)
    other = sorted((each for each in asked if each.slot_id is None), key=in_order)
    return Box("questions/presenter_box.html", {"own": own[:MOST], "number": len(own), "other": other[:MOST]})
