"""What a need has behind it: said on pages too, which load no solver."""

from collections.abc import Iterator

from briefings.planner.model import PlannedNeed, Reason
from briefings.planner.objective import UNANSWERED

LONG = 90
"""Days of waiting that are worth a word."""


def for_its_past(need: PlannedNeed) -> Iterator[Reason]:
    """What a need has behind it and gets points for, or none."""
    if need.replied:
        yield Reason("answered", {"date": need.presented_on})
    elif need.presented_on:
        yield Reason("unanswered", {"date": need.presented_on, "days": need.waiting_days, "points": UNANSWERED})
    elif need.waiting_days >= LONG:
        yield Reason("waited", {"days": need.waiting_days})
