"""What the pages of a need show of its match."""

from datetime import datetime

from briefings.needs.boxes import Box
from briefings.needs.models import Need
from briefings.participation.matching import match_of


def of_owner(need: Need, now: datetime) -> Box | None:
    """The match, leading to who has confirmed it and how it goes on."""
    return _box(need, "owner_matches.show")


def of_staff(need: Need, now: datetime) -> Box | None:
    """The same for staff."""
    return _box(need, "staff_matches.show")


def _box(need: Need, endpoint: str) -> Box | None:
    match = match_of(need)
    return Box("participation/match_box.html", {"match": match, "endpoint": endpoint}) if match else None
