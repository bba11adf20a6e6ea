"""Which needs a season is made of: all that wait, the selected ones of a round, or those staff tick."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload

from briefings.audit.recording import Actor
from briefings.db import db
from briefings.errors import Refused
from briefings.needs.models import Audience, Need, Round, Theme
from briefings.needs.review_models import Outcome, Selection
from briefings.needs.search_index import says
from briefings.outbox.reach import EVERYBODY, Reach
from briefings.schedule.grouping import is_open
from briefings.schedule.reaching import refuse_of_others
from briefings.seasons.board_steps import Deed, picture, take_step, tidy
from briefings.seasons.making import open_for_change
from briefings.seasons.models import Card, Season, SeasonState

PER_PAGE = 30
MOST_NEEDS = 1000
"""The largest season the solver is measured with."""


class Source(StrEnum):
    """Where the needs of a new season come from."""

    OPEN = "open"
    ROUND = "round"
    HAND = "hand"


@dataclass(frozen=True)
class Wanted:
    """Which needs to list; what is None or empty does not matter."""

    q: str = ""
    theme_id: int | None = None
    audience_id: int | None = None
    round_id: int | None = None
    key_only: bool = False
    chosen_only: bool = False
    page: int = 1
    reach: Reach = EVERYBODY


def open_needs(now: datetime, reach: Reach) -> list[Need]:
    """All needs that wait for a briefing and are theirs who ask, key needs and the longest waiting first."""
    return _in_order([*is_open(now), reach.of_need(Need.id)])


def selected_needs(round_id: int, now: datetime, reach: Reach) -> list[Need]:
    """Of those the selected needs of a round, whether or not their owners were told already."""
    return _in_order([*is_open(now), Need.id.in_(_selected(round_id)), reach.of_need(Need.id)])


def rounds_with_selection() -> list[tuple[Round, int]]:
    """Rounds of which needs were selected, the latest first, each with their number."""
    counted = (
        select(Need.round_id, func.count().label("number"))
        .join(Selection, Selection.need_id == Need.id)
        .where(Selection.outcome == Outcome.SELECTED)
        .group_by(Need.round_id)
        .subquery()
    )
    found = select(Round, counted.c.number).join(counted, counted.c.round_id == Round.id)
    return [(each, number) for each, number in db.session.execute(found.order_by(Round.closes_at.desc()))]


def rounds() -> list[Round]:
    """All rounds, the latest first."""
    return list(db.session.scalars(select(Round).order_by(Round.closes_at.desc(), Round.id)))


def left_out_of(round_id: int, now: datetime) -> list[Need]:
    """The selected needs of a round that cannot be presented: not published, matched, or planned already."""
    found = select(Need).where(Need.id.in_(_selected(round_id)), Need.id.not_in(select(Need.id).where(*is_open(now))))
    return list(db.session.scalars(found.options(joinedload(Need.organization)).order_by(Need.id)))


def listed(wanted: Wanted, chosen: Collection[int], now: datetime) -> Pagination:
    """A page of the needs that may be chosen, and of those `chosen` whatever became of them since."""
    conditions = _conditions(wanted)
    may_be = [Need.id.in_(chosen)] if wanted.chosen_only else [Need.id.in_(chosen) | _all(is_open(now))]
    found = select(Need).join(Need.organization).where(*may_be, *conditions)
    complete = found.options(joinedload(Need.organization), selectinload(Need.themes), selectinload(Need.audiences))
    order = (Need.key_since.is_(None), Need.published_at, Need.id)
    shown = db.paginate(complete.order_by(*order), page=wanted.page, per_page=PER_PAGE, error_out=False, count=False)
    shown.total = db.session.scalar(select(func.count(Need.id)).join(Need.organization).where(*may_be, *conditions))
    return shown


def found_ids(wanted: Wanted, now: datetime) -> list[int]:
    """All the open needs that fit, over all pages."""
    found = select(Need.id).join(Need.organization).where(*is_open(now), *_conditions(wanted))
    return list(db.session.scalars(found.limit(MOST_NEEDS)))


def elsewhere(ids: Iterable[int], season: Season | None = None) -> dict[int, list[str]]:
    """Which other seasons in the making hold these needs, by name."""
    found = select(Card.need_id, Season.name).join(Card.season).where(Card.need_id.in_(list(ids)))
    found = found.where(Season.state == SeasonState.PLANNING, Season.id != (season.id if season else 0))
    names: dict[int, list[str]] = {}
    for need_id, name in db.session.execute(found.order_by(Season.id)):
        names.setdefault(need_id, []).append(name)
    return names


def merged(present: Collection[int], chosen: Collection[int], seen: Collection[int]) -> set[int]:
    """The needs there are now with what somebody changed who saw `seen` and chose: what others did since stays."""
    return set(present) - (set(seen) - set(chosen)) | (set(chosen) - set(seen))


def choose(
    season: Season, chosen: Collection[int], *, seen: Collection[int], by: Actor, now: datetime
) -> tuple[int, int]:
    """Put in and take out what was changed of `seen`; how many came in and how many went.

    A need that goes leaves its briefing.
    """
    open_for_change(season)
    present = {card.need_id for card in season.cards}
    wanted = merged(present, chosen, seen)
    if len(wanted) > MOST_NEEDS:
        raise Refused(
            f"한 편성안에는 수요를 {MOST_NEEDS:,}건까지 넣을 수 있습니다. {len(wanted) - MOST_NEEDS:,}건을 빼 주세요."
        )
    new, gone = wanted - present, present - wanted
    refuse_of_others(by, new)
    if not (new or gone):
        return 0, 0
    before = picture(season)
    needs = _in_order([*is_open(now), Need.id.in_(new)])
    if len(needs) < len(new):
        raise Refused("고른 수요 가운데 이제 설명회에 넣을 수 없는 것이 있습니다. 목록을 다시 확인해 주세요.")
    for card in [card for card in season.cards if card.need_id in gone]:
        season.cards.remove(card)
    last = max((card.position for card in season.cards if card.lane_id is None), default=0)
    season.cards += [Card(need=need, position=last + place) for place, need in enumerate(needs, start=1)]
    tidy(season)
    take_step(season, before, _deed(len(new), len(gone)), by=by, now=now)
    return len(new), len(gone)


def _deed(new: int, gone: int) -> Deed:
    if new and gone:
        return Deed(f"수요 {new}건을", f"넣고 {gone}건을 뺐습니다", "넣고 빼기")
    return Deed(f"수요 {new}건을", "넣었습니다", "넣기") if new else Deed(f"수요 {gone}건을", "뺐습니다", "빼기")


def _in_order(conditions: list[ColumnElement[bool]]) -> list[Need]:
    found = select(Need).where(*conditions).order_by(Need.key_since.is_(None), Need.published_at, Need.id)
    return list(db.session.scalars(found))


def _selected(round_id: int) -> ColumnElement[int]:
    of_round = select(Selection.need_id).join(Selection.need).where(Need.round_id == round_id)
    return of_round.where(Selection.outcome == Outcome.SELECTED).scalar_subquery()


def _all(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    together = conditions[0]
    for condition in conditions[1:]:
        together = together & condition
    return together


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = says(wanted.q.split())
    found.append(wanted.reach.of_need(Need.id))
    if wanted.theme_id:
        found.append(Need.themes.any(Theme.id == wanted.theme_id))
    if wanted.audience_id:
        found.append(Need.audiences.any(Audience.id == wanted.audience_id))
    if wanted.round_id:
        found.append(Need.round_id == wanted.round_id)
    if wanted.key_only:
        found.append(Need.key_since.is_not(None))
    return found
