"""Seasons: a plan for several briefings, made, settled or given up; its rules; finding them for staff."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.needs.models import Audience, Need, Round
from briefings.seasons.models import Card, Lane, Season, SeasonState, SeasonTime

HIGHEST_ID = 2**31 - 1
LATEST = 50
LONGEST_TITLE = 110
"""What leaves room for a number after it."""
CHANGED = "그사이 다른 사람이, 또는 다른 창에서 이 편성안을 고쳤습니다. 바뀐 내용을 확인한 뒤에 다시 저장해 주세요."


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What staff settle about every briefing of a season, and its name."""

    name: str
    min_slots: int = 4
    max_slots: int = 6
    talk_minutes: int = 9
    question_minutes: int = 6
    opening_minutes: int = 10
    closing_minutes: int = 10
    capacity: int | None = 100
    parallel: int | None = 1
    organization_once: bool = True
    sharing: Sequence[Sequence[int]] = ()


@dataclass(frozen=True)
class Row:
    """One season of the list with its numbers."""

    season: Season
    needs: int
    placed: int
    lanes: int
    times: int


def length(season: Season | Rules, slots: int) -> int:
    """How many minutes a briefing of so many needs takes, opening and close included."""
    each = season.talk_minutes + season.question_minutes
    return season.opening_minutes + slots * each + season.closing_minutes


def end_of(season: Season, starts_at: datetime) -> datetime:
    """When a full briefing would be over that begins then."""
    return starts_at + timedelta(minutes=length(season, season.max_slots))


def settled_reason(season: Season) -> str | None:
    """Why nothing of it can be changed any more, or None."""
    if season.state is SeasonState.ACCEPTED:
        return "이미 확정해 초안으로 만든 편성안입니다. 설명회 화면에서 고쳐 주세요."
    return "버린 편성안입니다. 새 편성안을 만들어 주세요." if season.state is SeasonState.DISCARDED else None


def open_for_change(season: Season) -> None:
    """Hold the season until the transaction ends, loaded whole; Refused once it is settled."""
    lock(season)
    numbered(season.id)
    if reason := settled_reason(season):
        raise Refused(reason)


def make(rules: Rules, needs: Iterable[Need], round_: Round | None, *, by: Actor, now: datetime) -> Season:
    """A season with a card for each need, without times yet."""
    values = asdict(rules) | {"sharing": _groups(rules)}
    season = Season(**values, round=round_, created_by_id=by.id, created_at=now, changed_at=now)
    season.cards = [Card(need=need, position=place) for place, need in enumerate(needs, start=1)]
    db.session.add(season)
    db.session.flush()
    record(by, "season.made", season, now, name=season.name, needs=len(season.cards))
    return season


def change_rules(season: Season, rules: Rules, *, seen: datetime, by: Actor, now: datetime) -> bool:
    """Write the rules down; whether anything changed. Refused when somebody was quicker (`seen`: its `changed_at`)."""
    open_for_change(season)
    if season.changed_at != seen:
        raise Refused(CHANGED)
    values: dict[str, Any] = asdict(rules) | {"sharing": _groups(rules)}
    changed = {name: [getattr(season, name), value] for name, value in values.items() if getattr(season, name) != value}
    for name, (_, value) in changed.items():
        setattr(season, name, value)
    if changed:
        season.changed_at = now
        record(by, "season.rules_changed", season, now, changed=changed)
    return bool(changed)


def discard(season: Season, why: str, *, by: Actor, now: datetime) -> None:
    """Give it up: it stays to be read, its needs are free for others."""
    open_for_change(season)
    season.state, season.settled_at, season.changed_at = SeasonState.DISCARDED, now, now
    record(by, "season.discarded", season, now, why=why)


def numbered(season_id: int) -> Season | None:
    """One season with all that its pages show, in a fixed number of statements."""
    need = joinedload(Card.need)
    return db.session.scalar(
        select(Season)
        .where(Season.id == season_id)
        .options(
            joinedload(Season.created_by),
            joinedload(Season.round),
            selectinload(Season.times),
            selectinload(Season.lanes).options(
                joinedload(Lane.theme), joinedload(Lane.audience), joinedload(Lane.briefing)
            ),
            selectinload(Season.cards).options(
                need.joinedload(Need.organization), need.selectinload(Need.themes), need.selectinload(Need.audiences)
            ),
        )
        .execution_options(populate_existing=True)
    )


def in_state(state: SeasonState) -> Select[Season]:
    """The seasons of one state, the last changed first."""
    found = select(Season).where(Season.state == state).options(joinedload(Season.created_by))
    return found.order_by(Season.changed_at.desc(), Season.id.desc())


def how_many() -> dict[SeasonState, int]:
    """How many seasons there are in each state, 0 included."""
    counted = {state: n for state, n in db.session.execute(select(Season.state, func.count()).group_by(Season.state))}
    return {state: counted.get(state, 0) for state in SeasonState}


def rows(seasons: Sequence[Season]) -> list[Row]:
    """What the list says about each, by three statements for all."""
    ids = [season.id for season in seasons]
    cards = _counted(select(Card.season_id, func.count(), func.count(Card.lane_id)), Card.season_id, ids)
    lanes = _counted(select(Lane.season_id, func.count()), Lane.season_id, ids)
    times = _counted(select(SeasonTime.season_id, func.count()), SeasonTime.season_id, ids)
    return [
        Row(season, *cards.get(season.id, (0, 0)), *lanes.get(season.id, (0,)), *times.get(season.id, (0,)))
        for season in seasons
    ]


def titles(about: Iterable[str] | None = None) -> dict[str, str]:
    """Seasons as messages name them (`season:4`) with their names: those named, or else the latest there are."""
    found = select(Season.id, Season.name).order_by(Season.id.desc())
    if about is None:
        found = found.limit(LATEST)
    else:
        parted = (each.partition(":") for each in about)
        numbers = {int(number) for kind, _, number in parted if kind == "season" and number.isdecimal()}
        if not numbers:
            return {}
        found = found.where(Season.id.in_({number for number in numbers if number <= HIGHEST_ID}))
    return {f"season:{number}": name for number, name in db.session.execute(found)}


def lanes_in_order(season: Season) -> list[tuple[Lane, list[Card]]]:
    """The briefings by their time, those without one last, each with its cards in order."""
    cards: dict[int | None, list[Card]] = {}
    for card in season.cards:
        cards.setdefault(card.lane_id, []).append(card)
    far = datetime.max.replace(tzinfo=season.created_at.tzinfo)
    lanes = sorted(season.lanes, key=lambda lane: (lane.starts_at or far, lane.position, lane.id))
    return [(lane, cards.get(lane.id, [])) for lane in lanes]


def lane_titles(season: Season) -> dict[int, str]:
    """The name of each briefing by its id: as staff wrote it, else its theme and audience, numbered where several."""
    lanes = [lane for lane, _ in lanes_in_order(season)]
    plain = {lane.id: topic_title(lane.theme.name, lane.audience.name) for lane in lanes if not lane.title}
    several = {title for title, number in Counter(plain.values()).items() if number > 1}
    turns: Counter[str] = Counter()
    titles = {lane.id: lane.title for lane in lanes if lane.title}
    for lane_id, title in plain.items():
        turns[title] += 1
        titles[lane_id] = f"{title} {turns[title]}회" if title in several else title
    return titles


def topic_title(theme: str, audience: str) -> str:
    """The name of a briefing after its theme and audience."""
    full = f"{theme} 협업이음 사업설명회 ({audience})"
    return full if len(full) <= LONGEST_TITLE else f"{theme} 협업이음 사업설명회"


def audiences_that_share(season: Season, audiences: Iterable[Audience]) -> list[list[Audience]]:
    """The groups of audiences that may share a briefing."""
    known = {audience.id: audience for audience in audiences}
    return [[known[number] for number in group if number in known] for group in season.sharing]


def _groups(rules: Rules) -> list[list[int]]:
    return [sorted(group) for group in rules.sharing if len(group) > 1]


def _counted(counting: Any, column: Any, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    found = db.session.execute(counting.where(column.in_(ids)).group_by(column))
    return {row[0]: tuple(row[1:]) for row in found}
