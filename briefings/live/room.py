"""What everybody in a room sees alike: the gate, ways in, how the day goes, what is asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from briefings.db import db
from briefings.files.models import StoredFile
from briefings.live.days import closes_at, opens_at
from briefings.live.joining import Gate, gate_of
from briefings.live.rooms import Way, ways_into
from briefings.live.running import DayState, state_of
from briefings.questions.board import ASKED_FOR
from briefings.schedule.materials import files_by_slot
from briefings.schedule.models import Briefing
from briefings.schedule.replaying import Replay, replay_of


@dataclass(frozen=True)
class RoomNow:
    """A room at a moment, as those see it who have a place, or have none; who came through the gate, or did not."""

    briefing: Briefing
    gate: Gate
    inside: bool
    opens_at: datetime
    state: DayState
    ways: list[Way]
    slides: dict[int, list[StoredFile]]
    """What presenters let others have, by the id of the slot; for those inside, and for all afterwards."""
    replay: Replay | None
    flips_at: datetime | None
    """When the clock alone changes any of this next."""


def room_now(briefing_id: int, has_place: bool, has_entered: bool, now: datetime) -> RoomNow:
    """How the room of a briefing looks at `now`; the ways in stand open to those inside only."""
    briefing = db.session.scalars(
        select(Briefing).where(Briefing.id == briefing_id).options(selectinload(Briefing.rooms))
    ).one()
    state = state_of(briefing, now)
    gate = gate_of(briefing, state.day, has_place, now)
    inside = gate is Gate.OPEN and has_entered
    opens, closes = opens_at(briefing, state.day), closes_at(briefing, state.day)
    moments = (opens, briefing.starts_at, closes, briefing.ends_at + ASKED_FOR, state.flips_at)
    flips = [at for at in moments if at is not None and at > now]
    return RoomNow(
        briefing=briefing,
        gate=gate,
        inside=inside,
        opens_at=opens,
        state=state,
        ways=ways_into(briefing) if inside else [],
        slides=_slides(briefing) if inside or gate is Gate.OVER else {},
        replay=replay_of(briefing, [slot.entry for slot in state.slots]) if gate is Gate.OVER else None,
        flips_at=min(flips, default=None),
    )


def slides_of(room: RoomNow, public_id: str) -> StoredFile | None:
    """The file of that name among those the room may take away."""
    files = (file for several in room.slides.values() for file in several)
    return next((file for file in files if file.public_id == public_id), None)


def _slides(briefing: Briefing) -> dict[int, list[StoredFile]]:
    given = {
        slot_id: [each.file for each in files if each.public] for slot_id, files in files_by_slot(briefing).items()
    }
    return {slot_id: files for slot_id, files in given.items() if files}
