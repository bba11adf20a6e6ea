"""What the page of a board shows: lanes and cards with all that is known of them, and the matrix of what is left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from briefings.needs.models import Audience, Need, Theme
from briefings.seasons.board import name_of
from briefings.seasons.board_doubts import Doubt, Knowledge, Session, about_card, about_lane, look_up, sessions_of
from briefings.seasons.making import length
from briefings.seasons.models import Card, Lane, Season
from briefings.seasons.problem import Past, past_of

MOST_CHOICES = 1_500
"""Up to so many options altogether each card has its own list of lanes; beyond, a link to a page with the one list."""


@dataclass(frozen=True)
class CardView:
    """One card with finished words."""

    card: Card
    need: Need
    waiting_days: int | None
    past: Past
    presenter: str
    answered: str
    """Whether the presenter said when they can."""
    doubts: list[Doubt]
    why: list[str]


@dataclass(frozen=True)
class LaneView:
    """One lane with its cards; `doubts` about it as a whole."""

    lane: Lane
    name: str
    ends_at: datetime | None
    cards: list[CardView]
    minutes: int
    doubts: list[Doubt]
    why: list[str]

    @property
    def is_grave(self) -> bool:
        """Whether something about it, or a card in it, forbids holding it."""
        return any(doubt.grave for doubt in self.all_doubts)

    @property
    def all_doubts(self) -> list[Doubt]:
        """About the lane and about each card in it."""
        return self.doubts + [doubt for card in self.cards for doubt in card.doubts]


@dataclass(frozen=True)
class Left:
    """How many cards without a lane there are by theme and audience; only rows and columns with any."""

    themes: list[Theme]
    audiences: list[Audience]
    counts: dict[tuple[int, int], int]


@dataclass(frozen=True)
class BoardView:
    """A whole board, or the part of one theme and audience."""

    lanes: list[LaneView]
    heap: list[CardView]
    left: Left
    free_times: list[datetime]
    """Times of the season to come at which no lane is."""
    most_minutes: int
    placed: int
    unplaced: int
    hidden: int
    """How many lanes the filter leaves out."""
    doubtful: list[LaneView]
    all_lanes: list[Lane]
    with_choices: bool
    """Whether each card has its own list of lanes."""


@dataclass(frozen=True)
class Shown:
    """The theme and the audience that are looked at; None: all."""

    theme: Theme | None = None
    audience: Audience | None = None

    def wants_need(self, need: Need) -> bool:
        """Whether a card of the need is shown where it has no lane."""
        fits_theme = self.theme is None or self.theme.id in {theme.id for theme in need.themes}
        return fits_theme and (self.audience is None or self.audience.id in {each.id for each in need.audiences})

    def wants_lane(self, lane: Lane, cards: Iterable[Card]) -> bool:
        """Whether a lane is shown: it is of the topic, or holds a need that is."""
        fits_theme = self.theme is None or lane.theme_id == self.theme.id
        fits = fits_theme and (self.audience is None or lane.audience_id == self.audience.id)
        return fits or any(self.wants_need(card.need) for card in cards)


def view(season: Season, shown: Shown, now: datetime, settled: bool) -> BoardView:
    """The board of a season (loaded whole); by a fixed number of statements. Nothing is doubtful once it is settled."""
    cards: dict[int | None, list[Card]] = {None: [], **{lane.id: [] for lane in season.lanes}}
    for card in sorted(season.cards, key=lambda card: (card.position, card.id)):
        cards[card.lane_id].append(card)
    lanes = sorted(season.lanes, key=lambda lane: (lane.position, lane.id))
    known = Knowledge({card.need_id for card in season.cards}) if settled else look_up(season, now)
    sessions = [] if settled else sessions_of(season, [(lane, cards[lane.id]) for lane in lanes], known)
    views = [_lane(season, lane, cards[lane.id], sessions, known, now, settled) for lane in lanes]
    wanted = [each for each in views if shown.wants_lane(each.lane, cards[each.lane.id])]
    heap = [_card(season, card, None, known, now) for card in cards[None] if shown.wants_need(card.need)]
    taken = {lane.starts_at for lane in lanes}
    return BoardView(
        wanted,
        heap,
        _left(cards[None]),
        [each.starts_at for each in season.times if each.starts_at > now and each.starts_at not in taken],
        season.max_slots * _each(season),
        len(season.cards) - len(cards[None]),
        len(cards[None]),
        len(views) - len(wanted),
        [each for each in views if each.all_doubts],
        lanes,
        len(season.cards) * len(lanes) <= MOST_CHOICES,
    )


def _each(season: Season) -> int:
    return season.talk_minutes + season.question_minutes


def _lane(
    season: Season,
    lane: Lane,
    cards: Sequence[Card],
    sessions: list[Session],
    known: Knowledge,
    now: datetime,
    settled: bool,
) -> LaneView:
    return LaneView(
        lane,
        name_of(lane),
        lane.starts_at and lane.starts_at + timedelta(minutes=length(season, len(cards))),
        [_card(season, card, None if settled else lane, known, now) for card in cards],
        len(cards) * _each(season),
        []
        if settled
        else sorted(about_lane(season, lane, cards, sessions, known, now), key=lambda each: not each.grave),
        sentences(lane.why),
    )


def _card(season: Season, card: Card, lane: Lane | None, known: Knowledge, now: datetime) -> CardView:
    need = card.need
    past = past_of(need, known.presented.get(need.id), now)
    return CardView(
        card,
        need,
        past.waiting_days if need.published_at else None,
        past,
        need.contact_name or need.contact_email,
        _answered(need, known),
        about_card(season, card, lane, known),
        sentences(card.why),
    )


def _answered(need: Need, known: Knowledge) -> str:
    if not need.contact_email:
        return "전자우편 없음"
    if known.answers_of(need):
        return "발표 가능 시간 답함"
    return "발표 가능 시간 답 기다림" if need.contact_email.lower() in known.asked else "발표 가능 시간 묻지 않음"


def sentences(why: dict[str, Any]) -> list[str]:
    """What the solver said, the short reason first; empty where staff decided."""
    found = why.get("sentences", [])
    return [str(each) for each in found]


def _left(cards: Iterable[Card]) -> Left:
    themes: dict[int, Theme] = {}
    audiences: dict[int, Audience] = {}
    counts: dict[tuple[int, int], int] = {}
    for need in (card.need for card in cards):
        for theme in need.themes:
            for audience in need.audiences:
                themes[theme.id], audiences[audience.id] = theme, audience
                counts[theme.id, audience.id] = counts.get((theme.id, audience.id), 0) + 1
    return Left(
        sorted(themes.values(), key=lambda theme: (theme.position, theme.id)),
        sorted(audiences.values(), key=lambda audience: (audience.position, audience.id)),
        counts,
    )
