"""What the page of a past briefing shows beside what is left of it: given by those who know of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from briefings.schedule.models import Briefing


class Box(NamedTuple):
    """A part of the page: its template, and its values (`briefing` is there anyhow)."""

    template: str
    values: Mapping[str, Any]


BoxMaker = Callable[[Briefing, ZoneInfo, datetime], Box | None]
"""What is there of a briefing that is over; None: nothing."""
