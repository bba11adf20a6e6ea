"""What staff see of a season: how good its plan is, what stands in it and why, what changed, what was done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.audit.recording import history_of
from briefings.calendar.holidays import holiday_on
from briefings.db import db
from briefings.planner.objective import NEED
from briefings.seasons.availability import Answers, said_by
from briefings.seasons.easing import mark_of
from briefings.seasons.making import lane_titles, lanes_in_order, length
from briefings.seasons.models import BoardStep, Card, Lane, Season
from briefings.seasons.words import ACTIONS, change

LATEST = 200


@dataclass(frozen=True)
class CardView:
    """A need in its briefing: why it is there, and whether its presenter said that they can (None: unknown)."""

    card: Card
    why: list[str]
    can: bool | None


@dataclass(frozen=True)
class LaneView:
    """A briefing of the season as staff read it."""

    lane: Lane
    title: str
    minutes: int
    why: list[str]
    cards: list[CardView]

    @property
    def times(self) -> tuple[datetime, datetime] | None:
        """Start and end; None without a time."""
        start = self.lane.starts_at
        return (start, start + timedelta(minutes=self.minutes)) if start else None


@dataclass(frozen=True)
class Remedy:
    """What would give a need left over its place: a sentence, the code and values it follows from."""

    sentence: str
    code: str
    values: dict[str, Any]

    @property
    def mark(self) -> str:
        """What doing it is asked by."""
        return mark_of(self.code, self.values)

    @property
    def time(self) -> datetime:
        """The time it speaks of."""
        return datetime.fromisoformat(self.values["time"])

    @property
    def holiday(self) -> str | None:
        """Whether that is a public holiday, of which the planner knows nothing."""
        return holiday_on(self.time.date())


@dataclass(frozen=True)
class LeftOverView:
    """A need without a briefing, why, and what would help."""

    card: Card
    why: list[str]
    remedies: list[Remedy]


@dataclass(frozen=True)
class Change:
    """A need that the last plan put elsewhere: topic and time before and after; None: in no briefing."""

    title: str
    before: tuple[str, datetime | None] | None
    after: tuple[str, datetime | None] | None


@dataclass(frozen=True)
class View:
    """Everything the page of a season says of its plan."""

    lanes: list[LaneView]
    left_over: list[LeftOverView]
    changes: list[Change]
    needs: int
    placed: int
    unconfirmed: int
    """How many places hang on somebody who has not said whether they can."""

    @property
    def briefings(self) -> int:
        """How many briefings have needs."""
        return sum(bool(lane.cards) for lane in self.lanes)


def view_of(season: Season) -> View:
    """The plan of a season (loaded whole), by one statement more."""
    titles, cards = lane_titles(season), season.cards
    said = said_by(card.need.contact_email for card in cards if card.need.contact_email)
    lanes = [
        LaneView(lane, titles[lane.id], length(season, len(mine)), _why(lane.why), _cards(season, lane, mine, said))
        for lane, mine in lanes_in_order(season)
    ]
    views = [view for lane in lanes for view in lane.cards]
    left_over = [_left_over(card) for card in cards if card.lane_id is None]
    unconfirmed = sum(view.can is None for view in views)
    return View(lanes, left_over, _changes(season), len(cards), len(views), unconfirmed)


def _cards(season: Season, lane: Lane, cards: list[Card], said: dict[str, Answers]) -> list[CardView]:
    ends_at = lane.starts_at and lane.starts_at + timedelta(minutes=length(season, len(cards)))
    views = []
    for card in cards:
        answers = said.get(card.need.contact_email.lower())
        can = answers.about(lane.starts_at, ends_at) if answers and lane.starts_at and ends_at else None
        views.append(CardView(card, _why(card.why), can))
    return views


def _why(why: dict[str, Any]) -> list[str]:
    return list(why.get("sentences", []))


def _left_over(card: Card) -> LeftOverView:
    remedies = [Remedy(**each) for each in card.why.get("remedies", [])]
    return LeftOverView(card, _why(card.why), remedies)


def _changes(season: Season) -> list[Change]:
    """What the last plan changed, of the needs that are still on the board; nothing for a first plan."""
    if not season.report.get("previous"):
        return []
    titles = {card.need_id: card.need.title for card in season.cards}
    return [
        Change(titles[each["need"]], _place(each["from"]), _place(each["to"]))
        for each in season.report["changes"]
        if each["need"] in titles
    ]


def _place(place: list[str] | None) -> tuple[str, datetime | None] | None:
    if place is None:
        return None
    topic, at = place
    return topic, datetime.fromisoformat(at) if at else None


@dataclass(frozen=True)
class Quality:
    """How good the plan that was solved is; `gap`: how much better another could be at most, as a share."""

    proven: bool
    gap: float
    needs_worth: int
    """No other plan is better by more than so many needs more with a briefing."""
    changed_since: int
    """How many changes staff made to the board since."""


def quality_of(season: Season) -> Quality | None:
    """How good the last plan is; None before there was one."""
    if season.solved_at is None or season.objective is None or season.bound is None:
        return None
    gap = max(0.0, (season.bound - season.objective) / season.bound) if season.bound > 0 else 0.0
    proven = season.bound <= season.objective
    worth = 0 if proven else int(-(-(season.bound - season.objective) // NEED))
    return Quality(proven, gap, worth, season.version - (season.solved_version or 0))


def percent(share: float) -> str:
    """A share as staff read it, rounded up to a tenth: nothing is promised that was not proven."""
    tenths = -int(-share * 1000 // 1)
    return f"{tenths / 10:.1f}%"


@dataclass(frozen=True)
class Decision:
    """How a season was settled: who did it, when, and what they wrote about it."""

    at: datetime
    who: str
    note: str


def decision_about(season: Season) -> Decision | None:
    """How it was settled; None while it is planned."""
    for entry in reversed(history_of(season) if season.settled_at else []):
        if entry.action in ("season.accepted", "season.discarded"):
            return Decision(entry.at, entry.actor_name, entry.detail.get("note") or entry.detail.get("why") or "")
    return None


@dataclass(frozen=True)
class Deed:
    """Something that was done with a season: when, by whom, what in a sentence, and what else there is to say."""

    at: datetime
    who: str
    what: str
    more: list[str]
    undone: bool = False


def history(season: Season) -> list[Deed]:
    """What was done with a season and its board, the latest first."""
    found = select(BoardStep).where(BoardStep.season_id == season.id).options(joinedload(BoardStep.by))
    steps = db.session.scalars(found.order_by(BoardStep.version.desc()).limit(LATEST))
    deeds = [Deed(step.at, step.by.name, step.what, [], step.undone) for step in steps]
    for entry in history_of(season)[:-LATEST:-1]:
        what = f"{ACTIONS.get(entry.action, entry.action)}."
        deeds.append(Deed(entry.at, entry.actor_name or "발표할 사람", what, _more(entry.detail)))
    return sorted(deeds, key=lambda deed: deed.at, reverse=True)


def _more(detail: dict[str, Any]) -> list[str]:
    found = [change(name, old, new) for name, (old, new) in detail.get("changed", {}).items()]
    found += [text for key in ("note", "why") if (text := detail.get(key))]
    counted = {"needs": "수요 %s건", "people": "%s명", "possible": "가능 %s개", "impossible": "불가 %s개"}
    found += [words % detail[key] for key, words in counted.items() if isinstance(detail.get(key), int)]
    if times := detail.get("times"):
        found.append(f"{len(times)}개")
    if briefings := detail.get("briefings"):
        found.append(f"초안 {len(briefings)}개")
    return found
