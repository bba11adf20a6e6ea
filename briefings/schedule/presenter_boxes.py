"""What slices above know of a talk, shown on its presenter's own page; which ones there are, app.py says."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from briefings.schedule.models import PresenterSlot


class Box(NamedTuple):
    """A part of the page: the template to include, and what it shows (`box.values` in it).

    `first`: above the rest. `there`: they are there or have begun, so that nobody asks whether they can present.
    """

    template: str
    values: Mapping[str, Any]
    first: bool = False
    there: bool = False


Show = Callable[[PresenterSlot, str, datetime], Box | None]
"""What there is to show of a slot, for whoever holds the presenter's token; None: nothing."""


def shown(shows: Iterable[Show], slot: PresenterSlot, token: str, now: datetime) -> list[Box]:
    """The boxes of one slot, in their order."""
    return [box for show in shows if (box := show(slot, token, now))]
