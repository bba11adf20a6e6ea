"""Seasons with a board, for tests; everything committed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.seasons import board
from briefings.seasons.board_steps import Picture, picture
from briefings.seasons.models import Card, Lane, Season, SeasonState, SeasonTime
from tests.builders import BEFORE, _audience, _need, _theme, a_user, saved

FIRST_TIME = datetime(2026, 12, 9, 5, 0, tzinfo=UTC)
"""A Wednesday, 14:00 in Seoul; the season's times are a day apart from it."""


def a_board(*lanes: int, heap: int = 0, by: User | None = None, times: int = 4, **given: Any) -> Season:
    """A season of lanes with so many cards each, and so many in none; the n-th lane begins at the n-th time."""
    by = by or a_user()
    values = {"min_slots": 1, "max_slots": 4, "created_by_id": by.id, "created_at": BEFORE, "changed_at": BEFORE}
    season = Season(**{"name": "2026년 하반기 사업설명회"} | values | given)
    season.times = [SeasonTime(starts_at=time(n)) for n in range(times)]
    theme, audience = _theme(), _audience()
    for number, size in enumerate(lanes):
        lane = Lane(position=number + 1, theme=theme, audience=audience, starts_at=time(number))
        season.lanes.append(lane)
        season.cards += [_card(n, theme, audience, lane) for n in range(1, size + 1)]
    season.cards += [_card(n, theme, audience, None) for n in range(1, heap + 1)]
    return saved(season)


def time(number: int) -> datetime:
    """The start of a briefing at the season's time of this number, from 0."""
    return FIRST_TIME + timedelta(days=number)


def _card(position: int, theme: Any, audience: Any, lane: Lane | None) -> Card:
    n = position if lane is None else lane.position * 10 + position
    contact = {"contact_name": f"발표자 {n}", "contact_email": f"presents{n}@gaon.example.kr"}
    need = _need(
        title=f"수요 {'미배정' if lane is None else lane.position}-{position}",
        themes=[theme],
        **contact,
        audiences=[audience],
    )
    return Card(need=need, lane=lane, position=position, why={"sentences": ["주제가 같습니다."]})


def rows(season: Season) -> list[list[str]]:
    """What the board holds: the titles of the cards in none, then lane by lane."""
    db.session.expire_all()
    found = select(Card).where(Card.season_id == season.id).order_by(Card.position)
    cards = list(db.session.scalars(found))
    lanes = list(db.session.scalars(select(Lane.id).where(Lane.season_id == season.id).order_by(Lane.position)))
    for lane in [None, *lanes]:
        in_lane = [card.position for card in cards if card.lane_id == lane]
        assert in_lane == list(range(1, len(in_lane) + 1)), f"positions with gaps: {in_lane}"
    return [
        [card.need.title.removeprefix("수요 ") for card in cards if card.lane_id == lane] for lane in [None, *lanes]
    ]


def need_of(season: Season, title: str) -> int:
    """The need with this title on the board."""
    return next(card.need_id for card in season.cards if card.need.title == f"수요 {title}")


def state(season: Season) -> Picture:
    """Everything on the board, to compare."""
    db.session.expire_all()
    return picture(season)


def of_every_kind(officer: User, other: User, long_title: str) -> dict[str, int]:
    """Boards in every state a page can show, under short names: worked on by two, settled, without lanes, empty."""
    season = a_board(5, 2, heap=3, by=officer, parallel=1, min_slots=3)
    first, second = sorted(season.lanes, key=lambda lane: lane.position)
    needs = {card.need.title.removeprefix("수요 "): card.need for card in season.cards}
    needs["1-1"].title, needs["1-1"].key_since, second.starts_at = long_title, BEFORE, first.starts_at
    needs["1-2"].contact_email = ""
    reasons = ["주제와 대상이 같고 오래 기다린 수요를 모았습니다.", "이 시각에 발표자 모두 할 수 있습니다."]
    first.why = season.cards[1].why = {"sentences": reasons}
    db.session.commit()
    presses: list[tuple[User, Any, list[Any]]] = [
        (other, board.make_lane, [[needs["미배정-1"].id]]),
        (officer, board.hold, [needs["1-2"].id, True]),
        (officer, board.hold_lane, [second.id, True]),
        (officer, board.move, [[needs["미배정-2"].id], second.id]),
    ]
    with unit_of_work():
        for by, act, args in presses:
            act(season, *args, seen=season.version, by=by, now=BEFORE)
    settled = a_board(2, heap=1, by=officer, state=SeasonState.ACCEPTED, settled_at=BEFORE)
    found = {"board": season.id, "board_lane": first.id, "board_need": needs["1-1"].id, "board_settled": settled.id}
    return found | {"board_bare": a_board(heap=2, by=officer).id, "board_empty": a_board(by=officer).id}
