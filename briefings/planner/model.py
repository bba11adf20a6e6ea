"""What the planner is given (Problem) and what it hands back (Plan), and both as JSON.

All keys are strings of the caller's choosing. `starts_at` is in the clock people plan by: weeks are counted in it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class PlannedNeed:
    """A need that wants a briefing; an empty organization or presenter is nobody's, and clashes with nothing."""

    key: str
    title: str
    themes: tuple[str, ...]
    audiences: tuple[str, ...]
    organization: str = ""
    presenter: str = ""
    is_key: bool = False
    waiting_days: int = 0
    """Since it was last presented, or since it may be."""
    unavailable: frozenset[str] = frozenset()
    """Times at which its presenter cannot."""
    presented_on: str = ""
    """When it was last presented, as an ISO date; empty: never."""
    replied: bool = False
    """Whether anybody has answered it since."""


@dataclass(frozen=True)
class Time:
    """When a briefing may begin; not `open`: only what is held there already."""

    key: str
    starts_at: datetime
    open: bool = True


@dataclass(frozen=True)
class Rules:
    """What every briefing of the season obeys."""

    min_slots: int = 4
    max_slots: int = 6
    talk_minutes: int = 9
    question_minutes: int = 6
    opening_minutes: int = 10
    closing_minutes: int = 10
    parallel: int | None = None
    """How many briefings at once; None: as many as clash with nothing."""
    organization_once: bool = True
    """Whether an organization, too, is in one briefing at a time only."""
    sharing: tuple[tuple[str, ...], ...] = ()
    """Groups of audiences that may share a briefing."""

    @property
    def length(self) -> timedelta:
        """Of a full briefing: what is kept free for each, however many present."""
        slots = self.max_slots * (self.talk_minutes + self.question_minutes)
        return timedelta(minutes=self.opening_minutes + slots + self.closing_minutes)


@dataclass(frozen=True)
class HeldBriefing:
    """A briefing that staff want: its topic is kept, its time unless that is None, and its needs, whatever their topic.

    Others may join them up to the maximum; a `whole` one stays as it is, however few or many its needs.
    """

    key: str
    theme: str
    audience: str
    time: str | None = None
    needs: tuple[str, ...] = ()
    whole: bool = False
    title: str = ""


@dataclass(frozen=True)
class BusyBriefing:
    """A briefing outside the season that goes on at the same time, with whom it needs."""

    title: str
    starts_at: datetime
    ends_at: datetime
    audience: str = ""
    presenters: frozenset[str] = frozenset()
    organizations: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Held:
    """What stands already."""

    briefings: tuple[HeldBriefing, ...] = ()
    busy: tuple[BusyBriefing, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Everything the planner knows; themes, audiences and organizations are named by key, for the reasons."""

    needs: tuple[PlannedNeed, ...]
    times: tuple[Time, ...]
    rules: Rules = Rules()
    held: Held = Held()
    themes: Mapping[str, str] = field(default_factory=dict)
    audiences: Mapping[str, str] = field(default_factory=dict)
    organizations: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def need(self) -> dict[str, PlannedNeed]:
        """By key."""
        return {need.key: need for need in self.needs}

    @cached_property
    def time(self) -> dict[str, Time]:
        """By key."""
        return {time.key: time for time in self.times}

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        found: dict[str, Any] = _plain(asdict(self))
        return found

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Problem":
        """The problem; TypeError, KeyError or ValueError where it is none."""
        held = given.get("held", {})
        return cls(
            tuple(_need(each) for each in given["needs"]),
            tuple(_time(each) for each in given["times"]),
            _rules(given.get("rules", {})),
            Held(
                tuple(HeldBriefing(**{**each, "needs": _keys(each, "needs")}) for each in held.get("briefings", ())),
                tuple(_busy(each) for each in held.get("busy", ())),
            ),
            *(dict(given.get(names, {})) for names in ("themes", "audiences", "organizations")),
        )


@dataclass(frozen=True)
class Reason:
    """Why something is so: a code, and what it is about; `words.sentence` says it."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Placement:
    """A need in a briefing, and why it is there."""

    need: str
    why: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A briefing of the plan; `held`: the key of the held one it is, or empty."""

    theme: str
    audience: str
    time: str
    placements: tuple[Placement, ...]
    held: str = ""
    why: tuple[Reason, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """Keys of the needs, in the order in which they should present."""
        return tuple(placement.need for placement in self.placements)


@dataclass(frozen=True)
class LeftOver:
    """A need without a briefing, why, and what would give it one; the likeliest first."""

    need: str
    why: tuple[Reason, ...] = ()
    remedies: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What the planner proposes.

    With `clashes` what is held contradicts itself or the rules: then nothing is planned. No plan can be worth more
    than `bound`; one that is `proven` is worth as much as any.
    """

    briefings: tuple[Proposal, ...] = ()
    left_over: tuple[LeftOver, ...] = ()
    objective: int = 0
    bound: int = 0
    parts: dict[str, int] = field(default_factory=dict)
    """What the objective is made of."""
    clashes: tuple[Reason, ...] = ()
    seconds: float = 0.0

    @property
    def proven(self) -> bool:
        """Whether no plan can be better."""
        return not self.clashes and self.bound <= self.objective

    @property
    def gap(self) -> float:
        """How much better another plan could be at most, as a share of the bound."""
        return max(0.0, (self.bound - self.objective) / self.bound) if self.bound > 0 else 0.0

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        found: dict[str, Any] = _plain(asdict(self))
        return found

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Plan":
        """The plan; TypeError, KeyError or ValueError where it is none."""
        return cls(
            tuple(_proposal(each) for each in given["briefings"]),
            tuple(
                LeftOver(each["need"], _reasons(each["why"]), _reasons(each["remedies"])) for each in given["left_over"]
            ),
            given["objective"],
            given["bound"],
            dict(given["parts"]),
            _reasons(given["clashes"]),
            given["seconds"],
        )


@dataclass(frozen=True)
class Progress:
    """How far the planner is: the best plan and the bound it knows by then."""

    seconds: float
    objective: int | None = None
    bound: int | None = None
    briefings: int = 0
    placed: int = 0

    @property
    def gap(self) -> float | None:
        """As of a plan; None before there is one."""
        if self.objective is None or not self.bound:
            return None
        return max(0.0, (self.bound - self.objective) / self.bound)


def _need(given: Mapping[str, Any]) -> PlannedNeed:
    lists = {"themes": _keys(given, "themes"), "audiences": _keys(given, "audiences")}
    return PlannedNeed(**{**given, **lists, "unavailable": frozenset(_keys(given, "unavailable"))})


def _rules(given: Mapping[str, Any]) -> Rules:
    return Rules(**{**given, "sharing": tuple(tuple(group) for group in given.get("sharing", ()))})


def _busy(given: Mapping[str, Any]) -> BusyBriefing:
    people = {name: frozenset(_keys(given, name)) for name in ("presenters", "organizations")}
    moments = {name: _moment(given[name]) for name in ("starts_at", "ends_at")}
    return BusyBriefing(**{**given, **people, **moments})


def _proposal(given: Mapping[str, Any]) -> Proposal:
    placements = tuple(Placement(each["need"], _reasons(each["why"])) for each in given["placements"])
    return Proposal(**{**given, "placements": placements, "why": _reasons(given["why"])})


def _reasons(given: list[Mapping[str, Any]]) -> tuple[Reason, ...]:
    return tuple(Reason(each["code"], dict(each["values"])) for each in given)


def _keys(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = given.get(name, ())
    if isinstance(found, str):
        raise TypeError(f"{name}: {found!r}")  # which would be taken for a list of letters
    return tuple(found)


def _time(given: Mapping[str, Any]) -> Time:
    """A time; its start as it is written stands for a key that is not there."""
    return Time(**{"key": given["starts_at"], **given, "starts_at": _moment(given["starts_at"])})


def _moment(given: str) -> datetime:
    return datetime.fromisoformat(given)


def _plain(value: Any) -> Any:
    """As JSON has it; sets in order, so that the same is written the same."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, datetime) else value
