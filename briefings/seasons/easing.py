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
DECIDES = {"if_max": "max", "if_min": "min", "if_parallel": "parallel", "if_sharing": "pair", "if_time": "time"}
"""Code of a remedy → which of its values says what is done."""
DOABLE = {*RULES, "if_time"}


def mark_of(code: str, values: dict[str, Any]) -> str:
    """What a remedy does, as one text: by it a page that was opened a while ago says which one is meant."""
    return f"{code}:{values.get(DECIDES.get(code, ''), '')}"


def ease(season: Season, need_id: int, mark: str, *, by: Actor, now: datetime) -> tuple[str, Any, Any]:
    """Do this remedy of a need left over, for the next plan: which rule, what it was, what it is.

    Refused where no plan says so any more, or it is done already.
    """
    open_for_change(season)
    code, values = _remedy(season, need_id, mark)
    if code == "if_time":
        moment = datetime.fromisoformat(values["time"])
        if not add_times(season, [moment], by, now):
            raise Refused(GONE)
        return "times", None, moment
    rule, value = RULES[code](season, values)
    before = getattr(season, rule)
    if before == value:
        raise Refused(GONE)
    setattr(season, rule, value)
    season.changed_at = now
    record(by, "season.rules_changed", season, now, changed={rule: [before, value]})
    return rule, before, value


def _remedy(season: Season, need_id: int, mark: str) -> tuple[str, dict[str, Any]]:
    card = next((card for card in season.cards if card.need_id == need_id), None)
    for each in card.why.get("remedies", []) if card else []:
        if each["code"] in DOABLE and mark_of(each["code"], each["values"]) == mark:
            return each["code"], each["values"]
    raise Refused(GONE)


def _together(groups: list[list[int]], pair: list[int]) -> list[list[int]]:
    """The groups of audiences with both of `pair` in one: the groups that either was in become one."""
    joined = {*pair}.union(*(group for group in groups if {*group} & {*pair}))
    return [*(group for group in groups if not {*group} & joined), sorted(joined)]
