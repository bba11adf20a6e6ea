"""What slices above know of a need, shown on the pages of its owner and of staff; which ones there are, app.py says."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from briefings.needs.models import Need


class Box(NamedTuple):
    """A part of a page: the template to include, and what it shows (`box.values` in it)."""

    template: str
    values: Mapping[str, Any]


Show = Callable[[Need, datetime], Box | None]
"""What there is to show of a need; None: nothing."""


def shown(shows: Iterable[Show], need: Need, now: datetime) -> list[Box]:
    """The boxes of one need, in their order."""
    return [box for show in shows if (box := show(need, now))]
