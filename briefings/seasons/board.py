"""What staff do on the board of a season: move needs, make, change, split, merge and delete lanes, keep them fast.

Each takes the version that was looked at (`seen`) and gives back the step it put down, or None where nothing changed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from briefings.audit.recording import Actor
from briefings.db import db
from briefings.errors import Refused
from briefings.needs.models import Audience, Need, Theme
from briefings.seasons.board_steps import Deed, Picture, open_board, take_step, tidy
from briefings.seasons.models import BoardStep, Card, Lane, Season, SeasonTime

HEAP = "미배정"
PARTS = {"title": "이름", "theme_id": "주제", "audience_id": "대상", "starts_at": "일시"}
"""What staff read for the parts of a lane."""
WITH_FINAL = "013678"
"""Digits whose Korean names end in a consonant."""


class Gone(Refused):
    """A lane or a card that somebody took away since it was looked at."""


@dataclass(frozen=True)
class Board:
    """The lanes of a season in order, and its cards by need in the order of the board, while they are being changed."""

    season: Season
    before: Picture
    lanes: dict[int, Lane]
    cards: dict[int, Card]

    @classmethod
    def of(cls, season: Season) -> "Board":
        """The board, held until the transaction ends; Refused once the season is settled."""
        before = open_board(season)
        lanes = db.session.scalars(select(Lane).where(Lane.season_id == season.id).order_by(Lane.position))
        found = select(Card).where(Card.season_id == season.id).order_by(Card.position, Card.id)
        titles = joinedload(Card.need).load_only(Need.id, Need.title)
        cards = list(db.session.scalars(found.options(titles)))
        rows = {lane.id: lane for lane in lanes}
        turn = {number: place for place, number in enumerate(rows)}
        cards.sort(key=lambda card: turn.get(card.lane_id or 0, -1))
        return cls(season, before, rows, {card.need_id: card for card in cards})

    def lane(self, number: int) -> Lane:
        """The lane; Gone if there is none."""
        if number not in self.lanes:
            raise Gone("그 회차가 없어졌습니다. 다른 회차를 골라 주세요.")
        return self.lanes[number]

    def chosen(self, needs: Iterable[int]) -> list[Card]:
        """The cards of `needs` in the order of the board; Refused for none, Gone without one of them."""
        wanted = set(needs)
        if not wanted:
            raise Refused("먼저 수요를 골라 주세요.", field="need")
        if wanted - self.cards.keys():
            raise Gone("고른 수요가 편성안에서 빠졌습니다. 다른 수요를 골라 주세요.")
        return [card for need, card in self.cards.items() if need in wanted]

    def row(self, lane_id: int | None) -> list[Card]:
        """The cards in one lane, or in none, in their order."""
        return [card for card in self.cards.values() if card.lane_id == lane_id]

    def finish(self, deed: Deed, seen: int, by: Actor, now: datetime) -> BoardStep | None:
        """Put it down in the history; Stale where others touched the same since `seen`."""
        tidy(self.season)
        return take_step(self.season, self.before, deed, by=by, now=now, seen=seen)


def move(
    season: Season,
    needs: Sequence[int],
    to: int | None,
    *,
    position: int | None = None,
    before: int | None = None,
    seen: int,
    by: Actor,
    now: datetime,
) -> BoardStep | None:
    """Put the cards of `needs` into a lane, or into none, behind each other: at a position, before a need, or last."""
    board = Board.of(season)
    lane = board.lane(to) if to else None
    cards = board.chosen(needs)
    others = [card for card in board.row(lane.id if lane else None) if card not in cards]
    index = _index(others, position, before)
    _put(cards, lane, others[:index], others[index:])
    return board.finish(_moved(cards, lane, index + 1), seen, by, now)


def _index(others: Sequence[Card], position: int | None, before: int | None) -> int:
    if before is not None:
        return next((n for n, card in enumerate(others) if card.need_id == before), len(others))
    return len(others) if position is None else min(max(position - 1, 0), len(others))


def _put(cards: Sequence[Card], lane: Lane | None, above: Sequence[Card], below: Sequence[Card]) -> None:
    lane_id = lane.id if lane else None
    for card in cards:
        if card.lane_id != lane_id:
            card.lane_id, card.why = lane_id, {}
    for place, card in enumerate([*above, *cards, *below], start=1):
        card.position = place


def _moved(cards: Sequence[Card], lane: Lane | None, position: int, within: bool = False) -> Deed:
    """`within`: it was there before; of what comes to those left over nobody need know the place."""
    placed = len(cards) == 1 and (lane or within)
    where = f"{number_of(lane)} {position}번 자리로" if placed else f"{number_of(lane)}로"
    return Deed(f"{listed(cards)} {where.replace(f'{HEAP}로', f'{HEAP}으로')}", "옮겼습니다", "옮기기")


def shift(season: Season, need: int, steps: int, *, seen: int, by: Actor, now: datetime) -> BoardStep | None:
    """Move a card up (-1) or down (1) among its neighbours; nothing at the end of the row."""
    board = Board.of(season)
    [card] = board.chosen([need])
    lane = board.lanes.get(card.lane_id or 0)
    others = [each for each in board.row(card.lane_id) if each is not card]
    index = min(max(card.position - 1 + steps, 0), len(others))
    _put([card], lane, others[:index], others[index:])
    return board.finish(_moved([card], lane, index + 1, within=True), seen, by, now)


def hold(season: Season, need: int, on: bool, *, seen: int, by: Actor, now: datetime) -> BoardStep | None:
    """Let the solver leave a card in its lane, or no longer; Refused for one that is in no lane."""
    board = Board.of(season)
    [card] = board.chosen([need])
    if on and card.lane_id is None:
        raise Refused("미배정 수요는 고정할 수 없습니다. 먼저 회차로 옮겨 주세요.")
    card.locked = on
    return board.finish(_held(f"{listed([card])} {number_of(card.lane)}에", on), seen, by, now)


def hold_lane(season: Season, lane_id: int, on: bool, *, seen: int, by: Actor, now: datetime) -> BoardStep | None:
    """Let the solver leave a whole lane as it is, or no longer."""
    board = Board.of(season)
    lane = board.lane(lane_id)
    lane.locked = on
    return board.finish(_held(f"{number_of(lane)}를", on), seen, by, now)


def _held(what: str, on: bool) -> Deed:
    return Deed(what, "고정했습니다", "고정하기") if on else Deed(f"{what} 고정한 것을", "풀었습니다", "풀기")


def make_lane(season: Season, needs: Sequence[int], *, seen: int, by: Actor, now: datetime) -> BoardStep | None:
    """A lane of these needs, behind the others; its theme and audience are those that most of them have."""
    board = Board.of(season)
    cards = board.chosen(needs)
    theme, audience = usual_topic([card.need_id for card in cards])
    lane = _added(board, len(board.lanes) + 1, theme.id, audience.id)
    _put(cards, lane, [], [])
    named = f"{listed(cards)} 모아 {number_of(lane)} {theme.name} × {audience.name} 설명회를"
    return board.finish(Deed(named, "만들었습니다", "만들기"), seen, by, now)


def usual_topic(needs: Iterable[int]) -> tuple[Theme, Audience]:
    """The theme and the audience that most of the needs have; of equals the one staff put first."""
    found = select(Need).where(Need.id.in_(needs))
    topics = selectinload(Need.themes), selectinload(Need.audiences)
    chosen = list(db.session.scalars(found.options(*topics)))
    themes = Counter(theme for need in chosen for theme in need.themes)
    audiences = Counter(audience for need in chosen for audience in need.audiences)
    if not (themes and audiences):
        raise Refused("고른 수요에 주제나 대상이 없습니다. 수요를 고친 뒤에 다시 해 주세요.")
    return (
        min(themes, key=lambda theme: (-themes[theme], theme.position, theme.id)),
        min(audiences, key=lambda audience: (-audiences[audience], audience.position, audience.id)),
    )


def _added(board: Board, position: int, theme_id: int, audience_id: int) -> Lane:
    for lane in board.lanes.values():
        lane.position += lane.position >= position
    new = Lane(season_id=board.season.id, position=position, theme_id=theme_id, audience_id=audience_id)
    db.session.add(new)
    db.session.flush()
    return new


def split(season: Season, needs: Sequence[int], *, seen: int, by: Actor, now: datetime) -> BoardStep | None:
    """Take some cards of one lane into a second one of the same topic right behind it, without a time."""
    board = Board.of(season)
    cards = board.chosen(needs)
    if len({card.lane_id for card in cards}) > 1 or cards[0].lane_id is None:
        raise Refused("한 회차에 있는 수요만 골라야 나눌 수 있습니다.", field="need")
    lane = board.lane(cards[0].lane_id)
    if len(cards) == len(board.row(lane.id)):
        raise Refused("회차의 수요를 모두 골랐습니다. 나누려면 남길 수요의 표시를 지워 주세요.", field="need")
    new = _added(board, lane.position + 1, lane.theme_id, lane.audience_id)
    _put(cards, new, [], [])
    what = f"{number_of(lane)}에서 {listed(cards)} 새 {number_of(new)}로"
    return board.finish(Deed(what, "나누었습니다", "나누기"), seen, by, now)


def merge(season: Season, lane_id: int, into: int, *, seen: int, by: Actor, now: datetime) -> BoardStep | None:
    """Put all cards of one lane behind those of another, and delete the empty one."""
    board = Board.of(season)
    lane, target = board.lane(lane_id), board.lane(into)
    if lane is target:
        raise Refused("다른 회차를 골라 주세요.", field="into")
    deed = Deed(f"{number_of(lane)}를 {number_of(target)}에", "합쳤습니다", "합치기")
    _put(board.row(lane.id), target, board.row(target.id), [])
    _delete(lane)
    return board.finish(deed, seen, by, now)


def remove_lane(season: Season, lane_id: int, *, seen: int, by: Actor, now: datetime) -> BoardStep | None:
    """Delete a lane; its cards wait in no lane again."""
    board = Board.of(season)
    lane = board.lane(lane_id)
    cards = board.row(lane.id)
    kept = f" (수요 {len(cards)}건은 {HEAP}으로)" if cards else ""
    name = name_of(lane)
    _put(cards, None, board.row(None), [])
    deed = Deed(f"{number_of(lane)} ‘{name}’{_particle(name)}{kept}", "지웠습니다", "지우기")
    _delete(lane)
    return board.finish(deed, seen, by, now)


def _delete(lane: Lane) -> None:
    db.session.flush()  # first the cards leave it
    db.session.delete(lane)


def change_lane(
    season: Season,
    lane_id: int,
    *,
    title: str,
    theme_id: int,
    audience_id: int,
    starts_at: datetime | None,
    seen: int,
    by: Actor,
    now: datetime,
) -> BoardStep | None:
    """Give a lane another name, topic or time; with topic or time go the solver's reasons for it."""
    board = Board.of(season)
    lane = board.lane(lane_id)
    _refuse_time(season, lane, starts_at, now)
    wanted = {"title": title, "theme_id": theme_id, "audience_id": audience_id, "starts_at": starts_at}
    changed = [name for name, value in wanted.items() if getattr(lane, name) != value]
    for name in changed:
        setattr(lane, name, wanted[name])
    if set(changed) - {"title"}:
        lane.why = {}
    last = PARTS[changed[-1]] if changed else ""
    what = ", ".join(PARTS[name] for name in changed) + _particle(last)
    return board.finish(Deed(f"{number_of(lane)}의 {what}", "고쳤습니다", "고치기"), seen, by, now)


def set_time(
    season: Season, lane_id: int, starts_at: datetime | None, words: str, *, seen: int, by: Actor, now: datetime
) -> BoardStep | None:
    """Let a lane begin at one of the season's times, which `words` say, or at none yet."""
    board = Board.of(season)
    lane = board.lane(lane_id)
    _refuse_time(season, lane, starts_at, now)
    if lane.starts_at != starts_at:
        lane.starts_at, lane.why = starts_at, {}
    number = number_of(lane)
    deed = Deed(f"{number}를 {words}에", "열기로 했습니다", "열기로 하기")
    return board.finish(deed if starts_at else Deed(f"{number}의 일시를", "비웠습니다", "비우기"), seen, by, now)


def _refuse_time(season: Season, lane: Lane, starts_at: datetime | None, now: datetime) -> None:
    if starts_at is None or starts_at == lane.starts_at:
        return
    offered = select(SeasonTime.id).where(SeasonTime.season_id == season.id, SeasonTime.starts_at == starts_at)
    if db.session.scalar(offered) is None:
        raise Refused("편성안의 시각 가운데 하나를 골라 주세요.", field="starts_at")
    if starts_at <= now:
        raise Refused("이미 지난 일시입니다. 앞으로의 일시를 골라 주세요.", field="starts_at")


def order_by_time(season: Season, *, seen: int, by: Actor, now: datetime) -> BoardStep | None:
    """Number the lanes by when they begin; those without a time stay behind, in their order."""
    board = Board.of(season)
    in_order = sorted(board.lanes.values(), key=lambda lane: (lane.starts_at is None, lane.starts_at or now))
    for place, lane in enumerate(in_order, start=1):
        lane.position = place
    return board.finish(Deed("회차의 번호를 일시 차례로", "매겼습니다", "매기기"), seen, by, now)


def number_of(lane: Lane | None) -> str:
    """`2회차`, or 미배정 for none."""
    return f"{lane.position}회차" if lane else HEAP


def name_of(lane: Lane) -> str:
    """What staff call it, or its theme and audience."""
    return lane.title or f"{lane.theme.name} × {lane.audience.name}"


def listed(cards: Sequence[Card]) -> str:
    """`‘제목’을`, or the first title and how many in all."""
    title = cards[0].need.title
    return f"‘{title}’ 등 {len(cards)}건을" if len(cards) > 1 else f"‘{title}’{_particle(title)}"


def _particle(word: str) -> str:
    last = word.rstrip(" .)]”’\"'")[-1:]
    if "가" <= last <= "힣":
        return "을" if (ord(last) - ord("가")) % 28 else "를"
    return ("을" if last in WITH_FINAL else "를") if last.isdigit() else "을(를)"
