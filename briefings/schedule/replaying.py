"""The recording of a briefing: shown once it has captions or a transcript, with a chapter for each need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from briefings.audit.recording import Actor, record
from briefings.db import lock
from briefings.errors import Refused
from briefings.schedule.drafting import settle_what_stands
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.programme import ProgrammeEntry

MOST_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Chapter:
    """Where the talk about one need begins, in seconds."""

    entry: ProgrammeEntry
    seconds: int

    @property
    def clock(self) -> str:
        """`12:30`, or `1:02:30`."""
        return clock_of(self.seconds)


@dataclass(frozen=True)
class Replay:
    """A recording people may be shown (KWCAG 2.2, 5.2.1)."""

    address: str
    captioned: bool
    transcript: str
    chapters: list[Chapter]


def replay_of(briefing: Briefing, programme: Sequence[ProgrammeEntry]) -> Replay | None:
    """The recording with a chapter for each need whose place is known; None while it may not be shown."""
    if not briefing.shown_replay_url:
        return None
    known = [(entry, entry.slot.replay_seconds) for entry in programme]
    chapters = [Chapter(entry, seconds) for entry, seconds in known if seconds is not None]
    chapters.sort(key=lambda chapter: chapter.seconds)
    return Replay(briefing.replay_url, briefing.replay_captioned, briefing.replay_transcript, chapters)


@dataclass(frozen=True)
class Recording:
    """What staff write down about a recording; `chapters`: where the talk of a slot (by id) begins, in seconds."""

    url: str
    captioned: bool
    transcript: str
    chapters: Mapping[int, int | None]


def put_up(briefing: Briefing, recording: Recording, *, by: Actor, now: datetime) -> bool:
    """Show a recording to everybody as soon as it has captions or a transcript; whether anything changed."""
    lock(briefing)
    if briefing.state is BriefingState.CANCELLED:
        raise Refused("취소된 설명회에는 다시보기를 올릴 수 없습니다.")
    wanted = {
        "replay_url": recording.url,
        "replay_captioned": recording.captioned,
        "replay_transcript": recording.transcript,
    }
    changed = {name: [getattr(briefing, name), new] for name, new in wanted.items() if getattr(briefing, name) != new}
    for name, (_, new) in changed.items():
        setattr(briefing, name, new)
    if "replay_transcript" in changed:
        changed["replay_transcript"] = [f"{len(text):,}자" for text in changed["replay_transcript"]]
    before = [slot.replay_seconds for slot in briefing.slots]
    for slot in briefing.slots:
        slot.replay_seconds = recording.chapters.get(slot.id, slot.replay_seconds)
    after = [slot.replay_seconds for slot in briefing.slots]
    if before != after:
        changed["chapters"] = [before, after]
    if not changed:
        return False
    briefing.changed_at = now
    settle_what_stands(briefing)
    record(by, "briefing.edited", briefing, now, changed=changed)
    return True


def seconds_in(typed: str) -> int | None:
    """The seconds of a place written as `12:30`, `1:02:30` or `754`; None where it cannot be read as one."""
    parts = typed.strip().split(":")
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() and len(part) <= 6 for part in parts):
        return None
    if any(int(part) >= 60 for part in parts[1:]):
        return None
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return seconds if seconds < MOST_SECONDS else None


def clock_of(seconds: int) -> str:
    """A place in a recording as people write it: `12:30`, or `1:02:30`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
