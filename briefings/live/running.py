"""How a briefing goes at a moment: what is on, what comes next, which needs take word of interest.

Where nobody leads (no press on the run sheet yet) the programme's own times decide; presses from the first on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from briefings.db import db
from briefings.live.days import closes_at, day_of
from briefings.live.models import BriefingDay, SlotRun
from briefings.needs.models import Need
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.programme import ProgrammeEntry, programme_of

_NowAndNext = tuple[ProgrammeEntry | None, ProgrammeEntry | None]


class _Latest(NamedTuple):
    entry: ProgrammeEntry
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class SlotState:
    """Where one talk stands. Planned times are `starts_at` and `ends_at`; `run` is None where nobody pressed anything.

    `expected_at` is when it begins as things go, or began; it changes with presses only, never with the clock.
    """

    entry: ProgrammeEntry
    run: SlotRun | None
    expected_at: datetime
    is_now: bool
    is_next: bool
    is_done: bool
    is_open: bool
    """Whether people can say that they are interested."""

    @property
    def slot(self) -> PresenterSlot:
        """The slot, with its need and the need's organization."""
        return self.entry.slot

    @property
    def need(self) -> Need:
        """The presented need."""
        return self.entry.need

    @property
    def starts_at(self) -> datetime:
        """When it was planned to begin."""
        return self.entry.starts_at

    @property
    def ends_at(self) -> datetime:
        """When it was planned to end, questions included."""
        return self.entry.ends_at

    @property
    def began_at(self) -> datetime | None:
        """When it was begun by hand."""
        return self.run.began_at if self.run else None

    @property
    def ended_at(self) -> datetime | None:
        """When it was ended by hand."""
        return self.run.ended_at if self.run else None

    @property
    def seen_at(self) -> datetime | None:
        """Since when the presenter is known to be there."""
        return self.run.presenter_seen_at if self.run else None

    @property
    def standby_since(self) -> datetime | None:
        """Since when the stand-by has the talk, where they took it over on the day."""
        return self.run.standby_since if self.run else None

    @property
    def is_closed(self) -> bool:
        """Whether staff take no more word of interest for it."""
        return bool(self.run and self.run.replies_closed_at)

    @property
    def talk_until(self) -> datetime:
        """Until when the talk itself has time."""
        return self.expected_at + timedelta(minutes=self.slot.talk_minutes)

    @property
    def until(self) -> datetime:
        """Until when it has time, questions included."""
        return self.expected_at + timedelta(minutes=self.slot.minutes)


@dataclass(frozen=True)
class DayState:
    """How a briefing goes; `slots` in the order of the programme, `now` and `next` among them."""

    briefing: Briefing
    day: BriefingDay
    is_led: bool
    """Whether somebody has pressed anything, so that the clock decides no longer."""
    is_on: bool
    is_over: bool
    slots: list[SlotState]
    flips_at: datetime | None
    """When the clock alone changes any of this next; None: not before somebody presses."""

    @property
    def now(self) -> SlotState | None:
        """The talk that is on."""
        return next((slot for slot in self.slots if slot.is_now), None)

    @property
    def next(self) -> SlotState | None:
        """The talk that comes next."""
        return next((slot for slot in self.slots if slot.is_next), None)

    @property
    def line(self) -> str:
        """What is said to everybody right now."""
        return self.day.line

    @property
    def began_at(self) -> datetime | None:
        """When it was opened by hand."""
        return self.day.began_at

    @property
    def ended_at(self) -> datetime | None:
        """When it was closed by hand."""
        return self.day.ended_at

    @property
    def expected_end(self) -> datetime:
        """When it ends as things go: what is left after the last talk is as long as it was planned."""
        if not self.slots:
            return self.briefing.ends_at
        closing = self.briefing.ends_at - self.slots[-1].ends_at
        return max(slot.ended_at or slot.until for slot in self.slots) + closing


def state_of(briefing: Briefing, now: datetime) -> DayState:
    """How `briefing` goes at `now`, by three queries."""
    entries, day = programme_of(briefing), day_of(briefing)
    runs = runs_of(entry.slot for entry in entries)
    latest = _latest(entries, runs)
    led = day.began_at is not None or day.ended_at is not None or latest is not None
    over = now >= closes_at(briefing, day)
    expected = _expected(briefing, entries, runs, day, latest)
    current, following = (None, None) if over else _on(entries, runs, latest) if led else _planned(entries, now)
    slots = [
        SlotState(
            entry,
            run := runs.get(entry.slot.id),
            expected[entry.slot.id],
            is_now=entry is current,
            is_next=entry is following,
            is_done=over or _is_done(entry, run, led, now),
            is_open=_is_open(entry, run, led, over, now),
        )
        for entry in entries
    ]
    on = not over and (led or now >= briefing.starts_at)
    return DayState(briefing, day, led, on, over, slots, _flips_at(briefing, entries, day, led, now))


def runs_of(slots: Iterable[PresenterSlot]) -> dict[int, SlotRun]:
    """How the talks go, by the id of the slot, as far as anybody pressed anything."""
    found = select(SlotRun).where(SlotRun.slot_id.in_([slot.id for slot in slots]))
    return {run.slot_id: run for run in db.session.scalars(found)}


def _latest(entries: Sequence[ProgrammeEntry], runs: dict[int, SlotRun]) -> _Latest | None:
    """What is on by hand, as a talk that was resumed may be after later ones; otherwise what was begun last."""
    begun = [
        (run.ended_at is None, run.began_at, at)
        for at, entry in enumerate(entries)
        if (run := runs.get(entry.slot.id)) and run.began_at
    ]
    if not begun:
        return None
    _, began_at, at = max(begun)
    return _Latest(entries[at], began_at, runs[entries[at].slot.id].ended_at)


def _on(entries: Sequence[ProgrammeEntry], runs: dict[int, SlotRun], latest: _Latest | None) -> _NowAndNext:
    """By the presses: what was begun last and not ended; next what follows it, or else the first that was left out."""
    waiting = [entry for entry in entries if not ((run := runs.get(entry.slot.id)) and run.began_at)]
    if latest is None:
        return None, next(iter(waiting), None)
    after = [entry for entry in waiting if entry.slot.position > latest.entry.slot.position]
    current = None if latest.ended_at else latest.entry
    return current, next(iter(after + waiting), None)


def _planned(entries: Sequence[ProgrammeEntry], now: datetime) -> _NowAndNext:
    current = next((entry for entry in entries if entry.starts_at <= now < entry.ends_at), None)
    return current, next((entry for entry in entries if entry.starts_at > now), None)


def _expected(
    briefing: Briefing,
    entries: Sequence[ProgrammeEntry],
    runs: dict[int, SlotRun],
    day: BriefingDay,
    latest: _Latest | None,
) -> dict[int, datetime]:
    """When each talk began, or begins as things go."""
    at: datetime | None = None
    if latest is not None:
        at = latest.ended_at or latest.began_at + timedelta(minutes=latest.entry.slot.minutes)
        at = max([at, *(run.ended_at for run in runs.values() if run.ended_at)])
    elif day.began_at is not None:
        at = day.began_at + timedelta(minutes=briefing.opening_minutes)
    expected: dict[int, datetime] = {}
    for entry in entries:
        run_of_it = runs.get(entry.slot.id)
        if run_of_it is not None and run_of_it.began_at is not None:
            expected[entry.slot.id] = run_of_it.began_at
            continue
        expected[entry.slot.id] = at or entry.starts_at
        if at is not None:
            at += timedelta(minutes=entry.slot.minutes)
    return expected


def _is_done(entry: ProgrammeEntry, run: SlotRun | None, led: bool, now: datetime) -> bool:
    return bool(run and run.ended_at) if led else now >= entry.ends_at


def _is_open(entry: ProgrammeEntry, run: SlotRun | None, led: bool, over: bool, now: datetime) -> bool:
    """From the beginning of the talk, or since staff opened it; after the end all; never while staff closed it."""
    if run and run.replies_closed_at:
        return False
    if over or (run and (run.replies_opened_at or run.began_at)):
        return True
    return not led and now >= entry.starts_at


def _flips_at(
    briefing: Briefing, entries: Sequence[ProgrammeEntry], day: BriefingDay, led: bool, now: datetime
) -> datetime | None:
    moments = [closes_at(briefing, day)]
    if not led:
        moments += [briefing.starts_at, *(at for entry in entries for at in (entry.starts_at, entry.ends_at))]
    return min((at for at in moments if at > now), default=None)
