"""What a draft changes, and what it contests, as staff read it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from briefings.db import db
from briefings.needs.models import Audience, Need, Theme
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.schedule.drafting import MOMENTS, Conflict, Draft
from briefings.schedule.models import Eligibility, Visibility
from briefings.schedule.words import APPROVAL, DETAILS, ELIGIBILITIES, VISIBILITIES
from briefings.web.filters import period, when

NOTHING = "없음"


class Change(NamedTuple):
    """One difference: what it is about, as everybody sees it now, and as it is to be."""

    what: str
    was: str
    now: str


class Contested(NamedTuple):
    """The same of a conflict: its key, what it was at first, what it has become, what the draft says."""

    key: str
    what: str
    was: str
    theirs: str
    ours: str


@dataclass(frozen=True)
class Names:
    """Titles of needs, names of themes and audiences, by id."""

    needs: Mapping[int, str]
    themes: Mapping[int, str]
    audiences: Mapping[int, str]


def changes_of(draft: Draft) -> list[Change]:
    """Every difference, in the order of the editor, those of the order last."""
    names = _names(draft)
    found = [
        _change(name, draft.changes[name], names)
        for name in DETAILS
        if name in draft.changes and name not in ("order", "presenter", "minutes")
    ]
    before, after = draft.changes.get("order", [draft.state["order"]] * 2)
    found += [Change("순서에 넣음", "", _need(number, names)) for number in after if number not in before]
    found += [Change("순서에서 뺌", _need(number, names), "") for number in before if number not in after]
    stay = [number for number in before if number in after]
    if stay != [number for number in after if number in before]:
        found.append(Change(DETAILS["order"], _order(before, names), _order(after, names)))
    of_slots = (key for number in stay for key in (f"presenter:{number}", f"minutes:{number}"))
    return found + [_change(key, draft.changes[key], names) for key in of_slots if key in draft.changes]


def contested_of(draft: Draft) -> list[Contested]:
    """Every conflict in words."""
    names = _names(draft)
    return [_contested(conflict, names) for conflict in draft.conflicts]


def _change(key: str, change: Sequence[Any], names: Names) -> Change:
    was, now = (_said(key, value, names) for value in change)
    return Change(_label(key, names), was, now)


def _contested(conflict: Conflict, names: Names) -> Contested:
    values = (conflict.was, conflict.theirs, conflict.ours)
    return Contested(conflict.key, _label(conflict.key, names), *(_said(conflict.key, each, names) for each in values))


def _label(key: str, names: Names) -> str:
    part, _, number = key.partition(":")
    return f"{_need(int(number), names)} {DETAILS[part]}" if number else DETAILS[part]


def _said(key: str, value: Any, names: Names) -> str:
    part = key.partition(":")[0]
    if value is None or value == "":
        return {"capacity": "제한 없음", "materials_due_at": "따로 정하지 않음"}.get(part, NOTHING)
    if part in MOMENTS:
        return when(datetime.fromisoformat(value))
    words: dict[str, Callable[[Any], str]] = {
        "times": lambda both: period((datetime.fromisoformat(both[0]), datetime.fromisoformat(both[1]))),
        "theme_id": lambda number: names.themes.get(number, NOTHING),
        "audience_id": lambda number: names.audiences.get(number, NOTHING),
        "visibility": lambda name: VISIBILITIES[Visibility(name)],
        "eligibility": lambda name: ELIGIBILITIES[Eligibility(name)],
        "eligible_kinds": lambda names: ", ".join(KINDS[OrganizationKind(name)] for name in names) or NOTHING,
        "approval": lambda on: APPROVAL[on],
        "capacity": lambda number: f"{number:,}명",
        "opening_minutes": lambda number: f"{number}분",
        "order": lambda numbers: _order(numbers, names),
        "presenter": _presenter,
        "minutes": lambda both: f"발표 {both[0]}분, 질의 {both[1]}분",
    }
    return words.get(part, str)(value)


def _presenter(value: Collection[str]) -> str:
    name, title, email = value
    who = " ".join(each for each in (name, title) if each)
    return (f"{who} ({email})" if who else email) if email else who or NOTHING


def _order(numbers: Collection[int], names: Names) -> str:
    return ", ".join(f"{place}. {_need(number, names)}" for place, number in enumerate(numbers, start=1)) or NOTHING


def _need(number: int, names: Names) -> str:
    return f"‘{names.needs.get(number, NOTHING)}’"


def _names(draft: Draft) -> Names:
    numbers = {*draft.state["order"]}
    for state in (draft.changes, draft.kept):
        numbers |= {number for side in state.get("order", []) for number in side}
    numbers |= {number for conflict in draft.conflicts for number in _numbers(conflict)}
    needs = select(Need.id, Need.title).where(Need.id.in_(numbers))
    return Names(_pairs(needs), _pairs(select(Theme.id, Theme.name)), _pairs(select(Audience.id, Audience.name)))


def _numbers(conflict: Conflict) -> list[int]:
    return [*conflict.theirs] if conflict.key == "order" else []


def _pairs(found: Any) -> dict[int, str]:
    return {number: name for number, name in db.session.execute(found)}
