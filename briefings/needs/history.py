"""What happened to a need, step by step, out of the audit log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from briefings.audit.models import AuditEntry
from briefings.audit.recording import history_of
from briefings.needs.models import Need, Region, Resource, Stage
from briefings.needs.words import ACTIONS, FIELDS, REGIONS, RESOURCES, STAGES


@dataclass(frozen=True)
class Change:
    """One part of a need that was edited; personal data comes without `before` and `after`."""

    field: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Step:
    """One entry of the history; `what`, and `field` of each change, are catalogue keys."""

    at: datetime
    who: str
    what: str
    reason: str
    changes: list[Change]


def steps_of(need: Need) -> list[Step]:
    """All steps, the last one first."""
    return [_step(entry) for entry in reversed(history_of(need))]


def _step(entry: AuditEntry) -> Step:
    changed: dict[str, list[Any]] = entry.detail.get("changed", {})
    changes = [Change(FIELDS[name], *(_in_words(name, value) for value in values)) for name, values in changed.items()]
    what = ACTIONS.get(entry.action, entry.action)
    return Step(entry.at, entry.actor_name, what, entry.detail.get("reason", ""), changes)


def _in_words(name: str, value: Any) -> str:
    if name == "region":
        return REGIONS[Region(value)]
    if name == "stage":
        return STAGES[Stage(value)]
    if name in ("offer_tags", "seek_tags"):
        return ", ".join(RESOURCES[Resource(tag)] for tag in value)
    return ", ".join(value) if isinstance(value, list) else value
