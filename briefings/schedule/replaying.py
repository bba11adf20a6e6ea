"""The recording of a briefing: shown once it has captions or a transcript, with a chapter for each need."""

from collections.abc import Sequence
from dataclasses import dataclass

from briefings.schedule.models import Briefing
from briefings.schedule.programme import ProgrammeEntry


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
    """The recording with a chapter for each need whose place is known; None before there are captions or a transcript."""
    if not briefing.shown_replay_url:
        return None
    known = [(entry, entry.slot.replay_seconds) for entry in programme]
    chapters = [Chapter(entry, seconds) for entry, seconds in known if seconds is not None]
    chapters.sort(key=lambda chapter: chapter.seconds)
    return Replay(briefing.replay_url, briefing.replay_captioned, briefing.replay_transcript, chapters)


def clock_of(seconds: int) -> str:
    """A place in a recording as people write it: `12:30`, or `1:02:30`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
