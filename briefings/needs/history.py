"""What happened to a need, step by step, out of the audit log."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from briefings.audit.models import AuditEntry
from briefings.audit.recording import history_of
from briefings.needs.models import Need, Region, Resource, Stage
from briefings.needs.words import ACTIONS, FIELDS, INSIDE, LATER_ACTS, REGIONS, RESOURCES, REVIEW_ACTS, STAGES


@dataclass(frozen=True)
class Change:
    """One part of a need that was edited; personal data comes without `before` and `after`."""

    field: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Step:
    """One entry of the history; `what`, and `field` of each change, are catalogue keys. `file` is the name of one."""

    at: datetime
    who: str
    what: str
    reason: str
    changes: list[Change]
    file: str = ""
    due_on: date | None = None


def steps_of(need: Need, for_staff: bool = False) -> list[Step]:
    """All steps, the last one first; for others without what goes on inside the review."""
    kept = (entry for entry in reversed(history_of(need)) if for_staff or entry.action not in INSIDE)
    return [_step(entry) for entry in kept]


def _step(entry: AuditEntry) -> Step:
    changed: dict[str, list[Any]] = entry.detail.get("changed", {})
    changes = [Change(FIELDS[name], *(_in_words(name, value) for value in values)) for name, values in changed.items()]
    action = f"{entry.action}:{entry.detail['outcome']}" if "outcome" in entry.detail else entry.action
    what = (ACTIONS | REVIEW_ACTS | LATER_ACTS).get(action, action)
    said, due_on = entry.detail, entry.detail.get("due_on")
    until = date.fromisoformat(due_on) if due_on else None
    return Step(
        entry.at,
        entry.actor_name,
        what,
        said.get("reason") or said.get("who", ""),
        changes,
        said.get("file", ""),
        until,
    )


def _in_words(name: str, value: Any) -> str:
    if name == "region":
        return REGIONS[Region(value)]
    if name == "stage":
        return STAGES[Stage(value)]
    if name in ("offer_tags", "seek_tags"):
        return ", ".join(RESOURCES[Resource(tag)] for tag in value)
    return ", ".join(value) if isinstance(value, list) else value
