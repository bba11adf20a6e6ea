"""Doing what would give a need left over its place: one rule loosened, or one time more, as its reasons say."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from briefings.audit.recording import Actor, record
from briefings.errors import Refused
from briefings.seasons.candidate_times import add_times
from briefings.seasons.making import open_for_change
from briefings.seasons.models import Season

GONE = "이 방법은 이미 반영했거나 지금은 맞지 않습니다. 편성안을 다시 만들어 확인해 주세요."
RULES: dict[str, Callable[[Season, dict[str, Any]], tuple[str, Any]]] = {
    "if_max": lambda season, values: ("max_slots", max(values["max"], season.max_slots)),
    "if_min": lambda season, values: ("min_slots", min(values["min"], season.min_slots)),
    "if_parallel": lambda season, values: ("parallel", season.parallel and max(values["parallel"], season.parallel)),
    "if_organization": lambda season, values: ("organization_once", False),
    "if_sharing": lambda season, values: ("sharing", _together(season.sharing, [int(key) for key in values["pair"]])),
}
"""Code of a remedy → the rule that gives way and what it becomes."""
DOABLE = {*RULES, "if_time"}


def ease(season: Season, need_id: int, number: int, *, by: Actor, now: datetime) -> None:
    """Do the n-th remedy of a need left over, for the next plan; Refused where it is done already."""
    open_for_change(season)
    remedies: list[dict[str, Any]] = next(
        (card.why.get("remedies", []) for card in season.cards if card.need_id == need_id), []
    )
    if not 0 <= number < len(remedies) or remedies[number]["code"] not in DOABLE:
        raise Refused(GONE)
    code, values = remedies[number]["code"], remedies[number]["values"]
    if code == "if_time":
        if not add_times(season, [datetime.fromisoformat(values["time"])], by, now):
            raise Refused(GONE)
        return
    rule, value = RULES[code](season, values)
    before = getattr(season, rule)
    if before == value:
        raise Refused(GONE)
    setattr(season, rule, value)
    season.changed_at = now
    record(by, "season.rules_changed", season, now, changed={rule: [before, value]})


def _together(groups: list[list[int]], pair: list[int]) -> list[list[int]]:
    """The groups of audiences with both of `pair` in one: the groups that either was in become one."""
    joined = {*pair}.union(*(group for group in groups if {*group} & {*pair}))
    return [*(group for group in groups if not {*group} & joined), sorted(joined)]
