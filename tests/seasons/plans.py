"""Seasons with needs, times and briefings, and plans as the planner hands them over; everything committed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from briefings.db import db, unit_of_work
from briefings.needs.models import Need
from briefings.planner.model import LeftOver, Placement, Plan, Proposal, Reason
from briefings.seasons import making as seasons
from briefings.seasons.making import Rules
from briefings.seasons.models import Lane, Season, SeasonTime
from briefings.seasons.problem import ask_of, time_key
from briefings.seasons.solving import outcome_of
from tests.builders import BEFORE, a_need, saved

SEOUL = ZoneInfo("Asia/Seoul")
AT = datetime(2027, 1, 6, 5, tzinfo=UTC)  # a Wednesday, 14:00 in Seoul


def some_needs(topic, number: int, **given):
    theme, audience = topic
    return [
        a_need(
            themes=[theme],
            audiences=[audience],
            title=f"과제 {place}",
            contact_name=f"담당 {place}",
            contact_email=f"p{place}@example.kr",
            published_at=BEFORE + timedelta(days=place),
            **given,
        )
        for place in range(1, number + 1)
    ]


def a_season(officer, needs=(), times=(AT,), **rules) -> Season:
    """A season with a card for each need and these times."""
    with unit_of_work():
        made = seasons.make(Rules(**{"name": "상반기", "min_slots": 2, **rules}), needs, None, by=officer, now=BEFORE)
        made.times = [SeasonTime(starts_at=moment) for moment in times]
    return made


def a_lane(season: Season, topic, needs, at: datetime | None = AT, **given) -> Lane:
    """A briefing of the season with these needs in it."""
    lane = saved(Lane(season_id=season.id, position=1, theme=topic[0], audience=topic[1], starts_at=at, **given))
    cards = {card.need_id: card for card in season.cards}
    for turn, need in enumerate(needs, start=1):
        cards[need.id].lane_id, cards[need.id].position = lane.id, turn
    db.session.commit()
    return lane


def an_outcome(
    season: Season,
    now: datetime,
    briefings: Sequence[tuple[datetime, Sequence[Need]]],
    left_over: Sequence[LeftOver] = (),
    objective: int = 900,
    bound: int = 1000,
    reason: Reason | None = None,
) -> dict:
    """What the worker would keep of a plan with these briefings, each of the topic of its first need."""
    why = (reason,) if reason else ()
    proposals = tuple(
        Proposal(
            str(needs[0].themes[0].id),
            str(needs[0].audiences[0].id),
            time_key(at, SEOUL),
            tuple(Placement(str(need.id), why) for need in needs),
            why=why,
        )
        for at, needs in briefings
    )
    plan = Plan(proposals, tuple(left_over), objective, bound, {"placed": 3000}, (), 4.2)
    return outcome_of(ask_of(season, now, SEOUL), plan)


def a_way(code: str, **given: object) -> Reason:
    """What would give a need its place, with the values that every such reason has."""
    values = {"theme": "되살림", "audience": "기업", "time": "2027-02-03T14:00+09:00", "with": ["1"], "new": False}
    return Reason(code, values | {"week": "2027-02-01"} | given)
