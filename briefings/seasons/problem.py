"""A season as the planner is given it: its needs, its times, what is held, and what goes on beside it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from briefings.db import db
from briefings.needs.models import Need, NeedState
from briefings.needs.review_models import Outcome, Selection
from briefings.planner.model import (
    BusyBriefing,
    Held,
    HeldBriefing,
    PlannedNeed,
    Problem,
    Rules,
    Time,
)
from briefings.schedule.grouping import is_open, last_presented
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.slots import COMING
from briefings.seasons.availability import said_by, span
from briefings.seasons.making import end_of, lane_titles, lanes_in_order
from briefings.seasons.models import Card, Lane, Season

NOT_PUBLISHED = "게시 중이 아닙니다."
MATCHED = "이미 성사되었습니다."
PLANNED = "이미 다른 설명회에 들어 있습니다."


@dataclass(frozen=True)
class Asked:
    """What the planner is asked, and which needs it is not asked about: id → why (a sentence)."""

    problem: Problem
    left_out: dict[int, str] = field(default_factory=dict)


class Past(NamedTuple):
    """What a need has behind it: what a plan gives it points for.

    It waits since it was last presented, or since it was published; `replied`: whether anybody answered since then.
    """

    waiting_days: int
    presented_at: datetime | None
    replied: bool


def past_of(need: Need, presented_at: datetime | None, now: datetime) -> Past:
    """The past of a need that was last presented at a moment, or never."""
    since = presented_at or need.published_at or now
    answered = need.last_reply_at
    replied = presented_at is not None and answered is not None and answered >= presented_at
    return Past(max((now - since).days, 0), presented_at, replied)


def presenter_of(need: Need) -> str:
    """Who presents it, as one key for one person; empty: nobody is known."""
    if need.contact_email:
        return need.contact_email.lower()
    return f"{need.organization_id}|{need.contact_name}" if need.contact_name else ""


def ask_of(season: Season, now: datetime, zone: tzinfo) -> Asked:
    """The problem of a season that was loaded whole; a fixed number of statements, whatever its size."""
    held = _held(season, zone)
    kept = {int(key) for briefing in held for key in briefing.needs}
    left_out = _left_out(season, kept, now)
    cards = [card for card in season.cards if card.need_id not in left_out]
    moments = {each.starts_at for each in season.times if each.starts_at > now}
    fixed = {
        lane.starts_at for lane in season.lanes if lane.starts_at and time_key(lane.starts_at, zone) in _used(held)
    }
    times = tuple(
        Time(time_key(moment, zone), moment.astimezone(zone), moment in moments) for moment in sorted(moments | fixed)
    )
    needs = tuple(_planned(season, cards, sorted(moments | fixed), now, zone))
    busy = busy_between(min(moments | fixed, default=now), max(moments | fixed, default=now), season, now)
    problem = Problem(
        needs,
        times,
        _rules(season),
        Held(held, tuple(_busy(each, zone) for each in busy)),
        themes={str(theme.id): theme.name for card in cards for theme in card.need.themes} | _lane_names(season)[0],
        audiences={str(each.id): each.name for card in cards for each in card.need.audiences} | _lane_names(season)[1],
        organizations={str(card.need.organization_id): card.need.organization.name for card in cards},
    )
    return Asked(problem, left_out)


def time_key(moment: datetime, zone: tzinfo) -> str:
    """What the planner calls a time."""
    return moment.astimezone(zone).isoformat(timespec="minutes")


def busy_between(first: datetime, last: datetime, season: Season, now: datetime) -> list[Briefing]:
    """Coming briefings, drafts too, that may overlap a time of the season, each with its order."""
    found = select(Briefing).where(
        Briefing.state.in_(COMING),
        Briefing.ends_at > max(now, first),
        Briefing.starts_at < end_of(season, last),
    )
    with_needs = selectinload(Briefing.slots).joinedload(PresenterSlot.need)
    return list(db.session.scalars(found.options(with_needs).order_by(Briefing.starts_at, Briefing.id)))


def _used(held: Iterable[HeldBriefing]) -> set[str]:
    return {briefing.time for briefing in held if briefing.time}


def _held(season: Season, zone: tzinfo) -> tuple[HeldBriefing, ...]:
    """Locked briefings as they are; of others in which cards are locked the topic and these cards, not the time."""
    titles = lane_titles(season)
    return tuple(
        _held_briefing(lane, [card for card in cards if lane.locked or card.locked], titles[lane.id], zone)
        for lane, cards in lanes_in_order(season)
        if lane.locked or any(card.locked for card in cards)
    )


def _held_briefing(lane: Lane, cards: list[Card], title: str, zone: tzinfo) -> HeldBriefing:
    return HeldBriefing(
        str(lane.id),
        str(lane.theme_id),
        str(lane.audience_id),
        time_key(lane.starts_at, zone) if lane.locked and lane.starts_at else None,
        tuple(str(card.need_id) for card in cards),
        whole=lane.locked and bool(cards),
        title=title,
    )


def _left_out(season: Season, kept: set[int], now: datetime) -> dict[int, str]:
    ids = [card.need_id for card in season.cards]
    waiting = set(db.session.scalars(select(Need.id).where(Need.id.in_(ids), *is_open(now))))
    return {
        card.need_id: why_not_open(card.need)
        for card in season.cards
        if card.need_id not in waiting and card.need_id not in kept
    }


def why_not_open(need: Need) -> str:
    """Why a need that waits for no briefing does not, in a sentence."""
    if need.state is not NeedState.PUBLISHED:
        return NOT_PUBLISHED
    return MATCHED if need.matched_at else PLANNED


def _planned(
    season: Season, cards: list[Card], moments: list[datetime], now: datetime, zone: tzinfo
) -> Iterable[PlannedNeed]:
    said = said_by(card.need.contact_email for card in cards if card.need.contact_email)
    selected, presented = _selected(season), last_presented([card.need_id for card in cards], now)
    for card in cards:
        need, answers = card.need, said.get(card.need.contact_email.lower())
        past = past_of(need, presented.get(need.id), now)
        impossible = [moment for moment in moments if answers and answers.about(*span(season, moment)) is False]
        yield PlannedNeed(
            str(need.id),
            need.title,
            tuple(str(theme.id) for theme in need.themes),
            tuple(str(audience.id) for audience in need.audiences),
            str(need.organization_id),
            presenter_of(need),
            need.key_since is not None or need.id in selected,
            past.waiting_days,
            frozenset(time_key(moment, zone) for moment in impossible),
            past.presented_at.astimezone(zone).date().isoformat() if past.presented_at else "",
            past.replied,
        )


def _selected(season: Season) -> set[int]:
    of_season = Selection.need_id.in_(select(Card.need_id).where(Card.season_id == season.id))
    return set(db.session.scalars(select(Selection.need_id).where(of_season, Selection.outcome == Outcome.SELECTED)))


def _rules(season: Season) -> Rules:
    return Rules(
        season.min_slots,
        season.max_slots,
        season.talk_minutes,
        season.question_minutes,
        season.opening_minutes,
        season.closing_minutes,
        season.parallel,
        season.organization_once,
        tuple(tuple(str(number) for number in group) for group in season.sharing),
    )


def _busy(briefing: Briefing, zone: tzinfo) -> BusyBriefing:
    people = {slot.presenter_email.lower() for slot in briefing.slots} - {""}
    bodies = {str(slot.need.organization_id) for slot in briefing.slots}
    return BusyBriefing(
        briefing.title,
        briefing.starts_at.astimezone(zone),
        briefing.ends_at.astimezone(zone),
        str(briefing.audience_id),
        frozenset(people),
        frozenset(bodies),
    )


def _lane_names(season: Season) -> tuple[dict[str, str], dict[str, str]]:
    themes = {str(lane.theme_id): lane.theme.name for lane in season.lanes}
    return themes, {str(lane.audience_id): lane.audience.name for lane in season.lanes}
