"""The history of a season's board: each change with who made it, undone and done again, and what was in its way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.audit.recording import Actor
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.needs.models import Need
from briefings.seasons.making import settled_reason
from briefings.seasons.models import BoardStep, Card, Lane, Season

REMEMBERED = 100
"""How many changes are looked back at when one is to be undone."""
LANE = ("position", "theme_id", "audience_id", "title", "starts_at", "locked", "why", "briefing_id")
CARD = ("lane_id", "position", "locked", "why")
Row = dict[str, Any]


@dataclass(frozen=True)
class Picture:
    """All lanes by id and all cards by need, as plain values."""

    lanes: dict[int, Row]
    cards: dict[int, Row]


@dataclass(frozen=True)
class Deed:
    """A change in words: `‘…’을 1회차로` + `옮겼습니다` once it is done, `옮기기` while it is only wanted."""

    what: str
    done: str
    to_do: str

    @property
    def sentence(self) -> str:
        """What was done."""
        return f"{self.what} {self.done}."

    @property
    def wish(self) -> str:
        """What somebody wants to do."""
        return f"{self.what} {self.to_do}"


class Stale(Refused):
    """What somebody wants to change, others have changed since they looked: `steps`. Nothing was done."""

    def __init__(self, deed: Deed, steps: Sequence[BoardStep]) -> None:
        super().__init__("그사이 편성판이 바뀌었습니다.")
        self.deed = deed
        self.steps = list(steps)


def open_board(season: Season) -> Picture:
    """The board as it is, held for whoever changes it; Refused once the season is settled."""
    lock(season)
    if settled := settled_reason(season):
        raise Refused(settled)
    return picture(season)


def picture(season: Season) -> Picture:
    """Lanes and cards as they stand in the database."""
    db.session.flush()
    lanes = select(Lane.id, *(getattr(Lane, name) for name in LANE)).where(Lane.season_id == season.id)
    cards = select(Card.need_id, *(getattr(Card, name) for name in CARD)).where(Card.season_id == season.id)
    return Picture(
        {key: dict(zip(LANE, map(_plain, values), strict=True)) for key, *values in db.session.execute(lanes)},
        {key: dict(zip(CARD, map(_plain, values), strict=True)) for key, *values in db.session.execute(cards)},
    )


def tidy(season: Season) -> None:
    """Write everything down, lanes numbered from 1, cards from 1 in each lane and in none; those in none unlocked."""
    db.session.flush()
    lanes = select(Lane).where(Lane.season_id == season.id).order_by(Lane.position, Lane.id)
    for number, lane in enumerate(db.session.scalars(lanes), start=1):
        lane.position = number
    places: dict[int | None, int] = {}
    cards = select(Card).where(Card.season_id == season.id).order_by(Card.position, Card.id)
    for card in db.session.scalars(cards):
        places[card.lane_id] = card.position = places.get(card.lane_id, 0) + 1
        card.locked = card.locked and card.lane_id is not None
    db.session.flush()


def take_step(
    season: Season,
    before: Picture,
    deed: Deed,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    kind: Mapping[str, int] | None = None,
) -> BoardStep | None:
    """Put the change since `before` down in the history and raise the version; None if nothing is different.

    `seen` is the version that whoever changes it looked at: Stale if others have touched since then what this touches.
    """
    changed = _difference(before, picture(season))
    if not (changed["lanes"] or changed["needs"]):
        return None
    if seen is not None and (others := _in_the_way(season, seen, changed["touched"])):
        raise Stale(deed, others)
    season.version += 1
    season.changed_at = now
    step = BoardStep(
        season_id=season.id,
        version=season.version,
        by_id=by.id,
        at=now,
        what=deed.sentence,
        before=changed | dict(kind or {}),
    )
    db.session.add(step)
    db.session.flush()
    return step


def _difference(before: Picture, after: Picture) -> Row:
    """The earlier values of what differs, None for what was not there, and what that touches.

    A place in the heap of cards without a lane, and the number of a lane, change with every coming and going of
    others: alone they are not what anybody decided.
    """
    lanes = {key: before.lanes.get(key) for key in _unlike(before.lanes, after.lanes)}
    cards = {key: before.cards.get(key) for key in _unlike(before.cards, after.cards)}
    touched_lanes = {key for key in lanes if _without_place(before.lanes, key) != _without_place(after.lanes, key)}
    for key in cards:
        touched_lanes |= {row["lane_id"] for row in (before.cards.get(key), after.cards.get(key)) if row}
    touched = {key for key in cards if _without_place(before.cards, key) != _without_place(after.cards, key)}
    return {
        "lanes": {str(key): row for key, row in lanes.items()},
        "needs": {str(key): row for key, row in cards.items()},
        "touched": {"lanes": sorted(touched_lanes - {None}), "needs": sorted(touched)},
    }


def _unlike(before: Mapping[int, Row], after: Mapping[int, Row]) -> list[int]:
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))


def _without_place(rows: Mapping[int, Row], key: int) -> Row | None:
    row = rows.get(key)
    return row and {name: value for name, value in row.items() if name != "position"}


def _in_the_way(season: Season, seen: int, touched: Row) -> list[BoardStep]:
    return [step for step in since(season, seen) if meet(step.before["touched"], touched)]


def meet(one: Mapping[str, list[int]], other: Mapping[str, list[int]]) -> bool:
    """Whether two changes touch the same lane or the same need."""
    return any(set(one[kind]) & set(other[kind]) for kind in ("lanes", "needs"))


def since(season: Season, version: int) -> list[BoardStep]:
    """The changes that came after a version, in their order."""
    found = select(BoardStep).where(BoardStep.season_id == season.id, BoardStep.version > version)
    return list(db.session.scalars(found.options(joinedload(BoardStep.by)).order_by(BoardStep.version)))


@dataclass(frozen=True)
class Past:
    """One change as the history shows it; `undoable`: nothing that counts since then touches what it touched."""

    step: BoardStep
    undoable: bool

    @property
    def took_back(self) -> bool:
        """Whether it was the undoing, or doing again, of another."""
        return bool(self.step.before.keys() & {"undoes", "redoes"})


def past(season: Season) -> list[Past]:
    """The last hundred changes, the latest first."""
    found: list[Past] = []
    later: list[Mapping[str, list[int]]] = []
    for step in _latest(season):
        counts = not (step.undone or step.before.keys() & {"undoes", "redoes"})
        free = counts and not any(meet(touched, step.before["touched"]) for touched in later)
        found.append(Past(step, free))
        if counts:
            later.append(step.before["touched"])
    return found


def to_redo(history: Iterable[Past]) -> BoardStep | None:
    """The undoing that can be taken back: the last one, while nothing else was done since."""
    for each in history:
        if not each.took_back:
            return None
        if "undoes" in each.step.before and not each.step.undone:
            return each.step
    return None


def undo(season: Season, version: int, *, others_too: bool = False, by: Actor, now: datetime) -> BoardStep | None:
    """Take one change back; Refused if it was somebody else's (unless `others_too`) or later ones build on it."""
    before = open_board(season)
    history = past(season)
    done = next((each for each in history if each.step.version == version and not each.took_back), None)
    if done is None or done.step.undone:
        raise Refused("이미 되돌렸거나 너무 오래되어 되돌릴 수 없는 변경입니다.")
    if not done.undoable:
        raise Refused("이 변경 뒤에 같은 회차나 수요를 다시 바꾸었습니다. 나중에 한 변경부터 차례로 되돌려 주세요.")
    if done.step.by_id != by.id and not others_too:
        raise Refused("다른 사람이 한 변경입니다. 누가 무엇을 했는지 확인한 뒤에 되돌려 주세요.")
    step = _go_back(
        season, done.step, before, Deed(f"“{done.step.what}”", "되돌렸습니다", "되돌리기"), "undoes", by, now
    )
    done.step.undone = True
    return step


def redo(season: Season, version: int, *, by: Actor, now: datetime) -> BoardStep | None:
    """Do again what the undoing of this version took back; Refused once something else was done."""
    before = open_board(season)
    undoing = to_redo(past(season))
    if undoing is None or undoing.version != version:
        raise Refused("그사이 다른 변경이 있어 다시 할 수 없습니다.")
    same = (BoardStep.season_id == season.id, BoardStep.version == undoing.before["undoes"])
    done = db.session.scalars(select(BoardStep).where(*same)).one()
    deed = Deed(f"“{done.what}”", "다시 했습니다", "다시 하기")
    step = _go_back(season, undoing, before, deed, "redoes", by, now)
    undoing.undone, done.undone = True, False
    return step


def _latest(season: Season) -> list[BoardStep]:
    found = select(BoardStep).where(BoardStep.season_id == season.id).order_by(BoardStep.version.desc())
    return list(db.session.scalars(found.options(joinedload(BoardStep.by)).limit(REMEMBERED)))


def _go_back(
    season: Season, step: BoardStep, before: Picture, deed: Deed, kind: str, by: Actor, now: datetime
) -> BoardStep | None:
    _put_back_lanes(season, step)
    _put_back_cards(season, step)
    gone = [int(key) for key, row in step.before["lanes"].items() if row is None]
    for lane in db.session.scalars(select(Lane).where(Lane.season_id == season.id, Lane.id.in_(gone))):
        db.session.delete(lane)
    tidy(season)
    return take_step(season, before, deed, by=by, now=now, kind={kind: step.version})


def _put_back_lanes(season: Season, step: BoardStep) -> None:
    """As they were; of a lane whose number only moved along, the number: the rest others may have changed since."""
    there = {lane.id: lane for lane in _lanes(season)}
    touched = step.before["touched"]["lanes"]
    for key, row in list(step.before["lanes"].items()):
        if row is None:
            continue
        values = row | {"starts_at": row["starts_at"] and datetime.fromisoformat(row["starts_at"])}
        lane = there.get(int(key))
        if lane:
            for name in LANE if int(key) in touched else ("position",):
                setattr(lane, name, values[name])
        elif int(key) in touched:
            _make_again(season, int(key), values)
    db.session.flush()


def _lanes(season: Season) -> Iterator[Lane]:
    yield from db.session.scalars(select(Lane).where(Lane.season_id == season.id))


def _make_again(season: Season, number: int, values: Row) -> None:
    """A lane that was deleted, under its number; where that was given to another meanwhile, history learns the new."""
    free = db.session.get(Lane, number) is None
    lane = Lane(season_id=season.id, **values, **({"id": number} if free else {}))
    db.session.add(lane)
    db.session.flush()
    if not free:
        for step in since(season, 0):
            step.before = _renamed(step.before, number, lane.id)


def _renamed(before: Row, old: int, new: int) -> Row:
    def card(row: Row | None) -> Row | None:
        return row and row | {"lane_id": new if row["lane_id"] == old else row["lane_id"]}

    touched = before["touched"]
    return before | {
        "lanes": {str(new) if key == str(old) else key: row for key, row in before["lanes"].items()},
        "needs": {key: card(row) for key, row in before["needs"].items()},
        "touched": touched | {"lanes": [new if lane == old else lane for lane in touched["lanes"]]},
    }


def _put_back_cards(season: Season, step: BoardStep) -> None:
    """As they were; of a card whose place only moved along, the place, if it is still in the same lane or in none."""
    cards = {card.need_id: card for card in db.session.scalars(select(Card).where(Card.season_id == season.id))}
    lanes = {lane.id for lane in _lanes(season)}
    needs = set(db.session.scalars(select(Need.id).where(Need.id.in_(map(int, step.before["needs"])))))
    touched = step.before["touched"]["needs"]
    for need, row in ((int(key), row) for key, row in step.before["needs"].items()):
        card = cards.get(need)
        if row is None:
            if card:
                db.session.delete(card)
        elif need in touched and need in needs:
            if card is None:
                card = Card(season_id=season.id, need_id=need)
                db.session.add(card)
            for name, value in row.items():
                setattr(card, name, value)
            card.lane_id = card.lane_id if card.lane_id in lanes else None
        elif card and card.lane_id == row["lane_id"]:
            card.position = row["position"]
    db.session.flush()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
