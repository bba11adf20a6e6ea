"""The ways into a briefing: its main room and those beside it."""

from dataclasses import dataclass

from briefings.schedule.models import Briefing, RoomKind

MAIN = "main"
"""What the main room is called where rooms are told apart."""


@dataclass(frozen=True)
class Way:
    """One way in: `key` tells it from the others; `address` is a full address, or a telephone number."""

    key: str
    kind: RoomKind
    name: str
    address: str
    note: str


def ways_into(briefing: Briefing) -> list[Way]:
    """All ways in, the main room first; none where no address is known yet."""
    main = [Way(MAIN, RoomKind.LINK, "", briefing.room_url, briefing.room_note)] if briefing.room_url else []
    return main + [Way(str(room.id), room.kind, room.name, room.address, room.note) for room in briefing.rooms]
