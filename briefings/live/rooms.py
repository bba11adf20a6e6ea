"""The ways into a briefing: its main room and those beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.live.days import closes_at, day_of
from briefings.schedule import presenters
from briefings.schedule.drafting import settle_what_stands
from briefings.schedule.models import Briefing, BriefingState, Room, RoomKind

MAIN = "main"
"""What the main room is called where rooms are told apart."""
MOST_WAYS = 10


@dataclass(frozen=True)
class Way:
    """One way in: `key` tells it from the others; `address` is a full address, or a telephone number."""

    key: str
    kind: RoomKind
    name: str
    address: str
    note: str


@dataclass(frozen=True)
class WayPlan:
    """A way in beside the main room as staff write it down."""

    kind: RoomKind
    name: str
    address: str
    note: str


def ways_into(briefing: Briefing) -> list[Way]:
    """All ways in, the main room first; none where no address is known yet."""
    main = [Way(MAIN, RoomKind.LINK, "", briefing.room_url, briefing.room_note)] if briefing.room_url else []
    return main + [Way(str(room.id), room.kind, room.name, room.address, room.note) for room in briefing.rooms]


def change_now(briefing: Briefing, url: str, note: str, *, seen: str, by: Actor, now: datetime) -> bool:
    """Lead everybody to another main room from this moment on; whether it is another one.

    Who is in the room sees it at the next look of their page: no mail is needed, for the link to the join page stays.
    Presenters, whose calendars name the room itself, are told. `seen` is the mark of the room the page showed
    (`mark_of_main`). Changes that are kept to be published later stay; what they say of the room is settled where it is
    the same, and asked about if not.
    """
    lock(briefing)
    if briefing.state is BriefingState.CANCELLED or now >= closes_at(briefing, day_of(briefing)):
        raise Refused("취소되었거나 끝난 설명회의 설명회장은 바꿀 수 없습니다.")
    if mark_of_main(briefing) != seen and (briefing.room_url, briefing.room_note) != (url, note):
        raise Refused(
            "그사이 다른 사람이, 또는 다른 창에서 설명회장을 먼저 바꾸었습니다. "
            "지금 주소: %(url)s, 접속이 안 될 때: %(note)s. 확인한 뒤에 다시 눌러 주세요.",
            field="room_url",
            url=briefing.room_url or "없음",
            note=briefing.room_note or "없음",
        )
    before = {"room_url": briefing.room_url, "room_note": briefing.room_note}
    changed = {
        name: [before[name], new] for name, new in (("room_url", url), ("room_note", note)) if before[name] != new
    }
    if not changed:
        return False
    briefing.room_url, briefing.room_note, briefing.changed_at = url, note, now
    settle_what_stands(briefing)
    db.session.flush()
    if briefing.state is BriefingState.PUBLISHED and "room_url" in changed:
        presenters.keep_calendars(briefing, now, {"room"})
    record(by, "briefing.edited", briefing, now, changed=changed)
    return True


def mark_of_main(briefing: Briefing) -> str:
    """A few signs that are others as soon as the main room, or what is said of it, is another."""
    return sha256(repr((briefing.room_url, briefing.room_note)).encode()).hexdigest()[:16]


def other_ways(briefing: Briefing) -> list[WayPlan]:
    """The ways in beside the main room, as they are written down."""
    found = select(Room).where(Room.briefing_id == briefing.id).order_by(Room.position)
    return [WayPlan(room.kind, room.name, room.address, room.note) for room in db.session.scalars(found)]


def mark_of(ways: Sequence[WayPlan]) -> str:
    """A few signs that are others as soon as any of the ways is another."""
    return sha256(repr(list(ways)).encode()).hexdigest()[:16]


def set_ways(briefing: Briefing, plans: Sequence[WayPlan], *, seen: str, by: Actor, now: datetime) -> bool:
    """Let these be the ways in beside the main room, in this order; whether that is new.

    `seen` is the mark of those the page showed: Refused where somebody else was quicker.
    """
    lock(briefing)
    if len(plans) > MOST_WAYS:
        raise Refused("다른 길은 %(number)s개까지 둘 수 있습니다.", number=MOST_WAYS)
    before = other_ways(briefing)
    if before == list(plans):
        return False
    if mark_of(before) != seen:
        raise Refused(
            "그사이 다른 사람이, 또는 다른 창에서 들어가는 길을 먼저 바꾸었습니다. 확인한 뒤에 다시 저장해 주세요."
        )
    rooms = list(briefing.rooms)
    briefing.rooms = [_room(rooms, place, plan) for place, plan in enumerate(plans)]
    record(by, "briefing.ways_set", briefing, now, ways=[[plan.kind, plan.name, plan.address] for plan in plans])
    return True


def _room(rooms: Sequence[Room], place: int, plan: WayPlan) -> Room:
    """The row in this place, taken over where there is one."""
    room = rooms[place] if place < len(rooms) else Room()
    room.position, room.kind, room.name = place + 1, plan.kind, plan.name
    room.address, room.note = plan.address, plan.note
    return room
