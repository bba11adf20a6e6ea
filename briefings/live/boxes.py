"""What stands on somebody's join page beside what everybody in the room sees: given by those who know of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from briefings.schedule.registration_models import Registration


class Box(NamedTuple):
    """A part of the page: its template, and its values (`registration`, `briefing` and `token` are there anyhow)."""

    template: str
    values: Mapping[str, Any]


BoxMaker = Callable[[Registration, datetime], Box | None]
"""What is there for somebody at a moment; None: nothing."""
