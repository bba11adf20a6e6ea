"""The parts in which a need is written, each on a page of its own, and what they still lack."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from briefings.needs.models import Need, NeedState
from briefings.needs.registering import lacking


class Part(StrEnum):
    """In the order in which they are offered; the last one only shows what the others say."""

    INTRODUCTION = "introduction"
    EXCHANGE = "exchange"
    TOPICS = "topics"
    CONTACT = "contact"
    FILES = "files"
    CHECK = "check"


FIELDS_OF: dict[Part, tuple[str, ...]] = {
    Part.INTRODUCTION: ("title", "summary", "background"),
    Part.EXCHANGE: ("offers", "offer_tags", "seeks", "seek_tags"),
    Part.TOPICS: ("themes", "audiences", "region", "stage", "beneficiaries", "period"),
    Part.CONTACT: ("department", "contact_name", "contact_phone", "contact_email"),
    Part.FILES: (),
    Part.CHECK: (),
}
PART_OF = {field: part for part, names in FIELDS_OF.items() for field in names} | {"round": Part.TOPICS}


@dataclass(frozen=True)
class Standing:
    """One part of a need and the required fields that are still empty in it."""

    part: Part
    lacking: Sequence[str]


def standings(need: Need | None) -> list[Standing]:
    """Each part with what it lacks; of a need that is not there yet, nothing is counted."""
    missing = lacking(need) if need else []
    return [Standing(part, [name for name in missing if PART_OF[name] is part]) for part in Part]


def part_after(part: Part) -> Part:
    """The next one; the last is followed by itself."""
    order = list(Part)
    return order[min(order.index(part) + 1, len(order) - 1)]


def unfinished_part(need: Need) -> Part:
    """Where to go on: the first part that lacks something; of a complete draft its end, otherwise the beginning."""
    complete = Part.CHECK if need.state is NeedState.DRAFT else Part.INTRODUCTION
    return next((each.part for each in standings(need) if each.lacking), complete)
