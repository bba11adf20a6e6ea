"""What other programs can be told of, and how what it is about is named to them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Event(StrEnum):
    """Something that everybody may know happened; never anything about a person."""

    NEED_PUBLISHED = "need.published"
    NEED_CHANGED = "need.changed"
    NEED_CLOSED = "need.closed"
    BRIEFING_PUBLISHED = "briefing.published"
    BRIEFING_MOVED = "briefing.moved"
    BRIEFING_CHANGED = "briefing.changed"
    BRIEFING_CANCELLED = "briefing.cancelled"
    BRIEFING_ENDED = "briefing.ended"
    MATERIALS_PUBLISHED = "materials.published"
    MATCH_CONFIRMED = "match.confirmed"
    STORY_PUBLISHED = "story.published"


TEST = "webhook.test"
"""What the button for trying it out sends."""
KINDS: Mapping[str, tuple[str, str]] = {
    "needs": ("need", "id"),
    "briefings": ("briefing", "public_id"),
    "matches": ("match", "need_id"),
    "stories": ("story", "public_id"),
}
"""For each table what a row is called, and the column by which the addresses of pages and API name it."""


def about_of(row: Any) -> str:
    """`briefing:4`: the row for whoever composes what is told of it."""
    return f"{KINDS[row.__tablename__][0]}:{row.id}"


def subject_of(row: Any) -> dict[str, Any]:
    """`{"kind": "briefing", "id": "k7m2p4qx"}`: what is told even where nobody may see it any more."""
    kind, column = KINDS[row.__tablename__]
    return {"kind": kind, "id": getattr(row, column)}


def is_unlisted(row: Any) -> bool:
    """Whether it is for those who know its address: programs tell others, so they are not told of it."""
    return getattr(row, "visibility", "") == "unlisted"
