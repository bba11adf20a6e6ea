"""The plan of a season as a file for staff: each need with its briefing, and why it is there or in none."""

from typing import NamedTuple

from briefings.exports.lists import Asked, Column, Found, ListFile, NotThere, Step, at_hand
from briefings.seasons import making
from briefings.seasons.models import Card, Season
from briefings.seasons.overview import LaneView, view_of

ANSWERS = {None: "확인 전", True: "가능", False: "안 됨"}


class Planned(NamedTuple):
    """A need on the board with its briefing, its place there, and what is known of its presenter."""

    card: Card
    lane: LaneView | None
    place: int | None
    why: list[str]
    can: bool | None


COLUMNS: tuple[Column[Planned], ...] = (
    Column("설명회", 40, lambda each: each.lane.title if each.lane else "남은 수요"),
    Column("시작", 17, lambda each: each.lane.times[0] if each.lane and each.lane.times else None),
    Column("끝", 17, lambda each: each.lane.times[1] if each.lane and each.lane.times else None),
    Column("주제", 20, lambda each: each.lane.lane.theme.name if each.lane else ""),
    Column("대상", 20, lambda each: each.lane.lane.audience.name if each.lane else ""),
    Column("순서", 8, lambda each: each.place),
    Column("과제 번호", 10, lambda each: each.card.need_id),
    Column("과제", 40, lambda each: each.card.need.title),
    Column("수요기관", 28, lambda each: each.card.need.organization.name),
    Column("주요 과제", 10, lambda each: "예" if each.card.need.key_since else ""),
    Column("고정", 8, lambda each: "예" if each.card.locked else ""),
    Column("발표할 사람", 12, lambda each: each.card.need.contact_name, personal=True),
    Column("발표할 수 있는지", 16, lambda each: ANSWERS[each.can] if each.lane else ""),
    Column("까닭", 60, lambda each: " ".join(each.why)),
)


def find_plan(asked: Asked) -> Found[Planned]:
    """Every need of a season, briefing by briefing, those left over last."""
    season = making.numbered(asked.path["season_id"])
    if season is None:
        raise NotThere("season_id")
    return Found(
        COLUMNS,
        at_hand(_rows(season)),
        about=season,
        subtitle=season.name,
        above=(Step("편성안", "seasons.index", {}),),
    )


def _rows(season: Season) -> list[Planned]:
    view = view_of(season)
    placed = [
        Planned(each.card, lane, place, each.why, each.can)
        for lane in view.lanes
        for place, each in enumerate(lane.cards, start=1)
    ]
    return placed + [Planned(each.card, None, None, each.why, None) for each in view.left_over]


LISTS = (ListFile("plan", "편성안", "seasons.show", find_plan, of=("season_id",), across=True),)
