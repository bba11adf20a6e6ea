"""The cue sheet (큐시트): what happens when, who does it, and what they noted for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from briefings.audit.recording import Actor, record
from briefings.db import db
from briefings.errors import Refused
from briefings.live.days import day_of, day_to_change, opens_at
from briefings.live.models import BriefingDay
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.programme import ProgrammeEntry, programme_of

LONGEST_NOTE = 500
GATHERING, OPENING, CLOSING = "gathering", "opening", "closing"


@dataclass(frozen=True)
class Part:
    """One line of the cue sheet; `slot` where it belongs to a talk."""

    key: str
    name: str
    starts_at: datetime
    ends_at: datetime
    note: str
    slot: PresenterSlot | None = None

    @property
    def minutes(self) -> int:
        """How long it has."""
        return round((self.ends_at - self.starts_at) / timedelta(minutes=1))

    @property
    def is_talk(self) -> bool:
        """Whether it is the talk itself, not the questions after it."""
        return self.key.startswith("talk:")


def cue_sheet_of(briefing: Briefing) -> list[Part]:
    """Every part in order, as planned, from the opening of the room to the end; parts without time are left out."""
    return parts_of(briefing, day_of(briefing), programme_of(briefing))


def parts_of(briefing: Briefing, day: BriefingDay, entries: Sequence[ProgrammeEntry]) -> list[Part]:
    """The same for whoever has looked up the day and the programme already."""
    notes = day.cue_notes
    opened = briefing.starts_at + timedelta(minutes=briefing.opening_minutes)
    closing = entries[-1].ends_at if entries else opened
    parts = [
        Part(GATHERING, "입장과 점검", opens_at(briefing, day), briefing.starts_at, notes.get(GATHERING, "")),
        Part(OPENING, "여는 말", briefing.starts_at, opened, notes.get(OPENING, "")),
        *(part for entry in entries for part in _of_slot(entry, notes)),
        Part(CLOSING, "닫는 말", closing, briefing.ends_at, notes.get(CLOSING, "")),
    ]
    return [part for part in parts if part.ends_at > part.starts_at]


def write_notes(briefing: Briefing, notes: Mapping[str, str], seen: str, by: Actor, now: datetime) -> bool:
    """Note what is to be thought of in each part; whether anything is new. Refused where others wrote meanwhile."""
    day = day_to_change(briefing)
    db.session.expire_all()  # what was read before the lock may be older than it
    if seen != mark_of_notes(day):
        raise Refused(
            "그사이 다른 사람이, 또는 다른 창에서 큐시트를 고쳤습니다. 적으신 내용은 그대로 두었습니다. "
            "지금 적힌 내용과 견주어 본 뒤 다시 저장해 주세요."
        )
    kept = day.cue_notes | {key: note for key, note in notes.items()}
    kept = {key: note for key, note in kept.items() if note}
    if kept == day.cue_notes:
        return False
    day.cue_notes = kept
    record(by, "day.cue_notes", briefing, now)
    return True


def mark_of_notes(day: BriefingDay) -> str:
    """What writing notes relies on: those that stand now."""
    return sha256(repr(sorted(day.cue_notes.items())).encode()).hexdigest()[:16]


def _of_slot(entry: ProgrammeEntry, notes: Mapping[str, str]) -> tuple[Part, Part]:
    slot, title = entry.slot, entry.need.title
    turn = entry.starts_at + timedelta(minutes=slot.talk_minutes)
    talk, questions = f"talk:{slot.public_id}", f"questions:{slot.public_id}"
    return (
        Part(talk, title, entry.starts_at, turn, notes.get(talk, ""), slot),
        Part(questions, "질의응답", turn, entry.ends_at, notes.get(questions, ""), slot),
    )
