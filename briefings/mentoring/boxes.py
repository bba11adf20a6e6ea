"""What the pages of a need show of advice on it."""

from datetime import datetime

from briefings.mentoring.advising import ADVISED, advices_on
from briefings.needs.boxes import Box
from briefings.needs.models import Need


def of_owner(need: Need, now: datetime) -> Box | None:
    """Every advice its owner may read, and how many experts were asked and have not answered yet."""
    asked = advices_on(need)
    if not asked:
        return None
    written = [advice for advice in asked if advice.written_at]
    return Box("mentoring/owner_box.html", {"advices": written, "waiting": len(asked) - len(written)})


def of_staff(need: Need, now: datetime) -> Box | None:
    """Who was asked and what they wrote; nothing while mentors may not read the need."""
    asked = advices_on(need)
    if not asked and need.state not in ADVISED:
        return None
    return Box("mentoring/staff_box.html", {"advices": asked, "need": need, "can_ask": need.state in ADVISED})
