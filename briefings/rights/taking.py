"""What is known of somebody, as files they take along: JSON for programs, CSV for people.

The keys of the JSON are those of `shown`, in English; moments are ISO 8601 with their zone. Its head says so, too.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any

from briefings.exports.plain_tables import comma_separated
from briefings.rights.shown import Item, Section, Value

Word = Callable[[Value], str]
"""What a value is called in the reader's language."""


def as_json(address: str, sections: Sequence[Section], title: Callable[[str], str], zone: tzinfo, now: datetime) -> str:
    """Everything under its keys, with what each key means."""
    keys: dict[str, dict[str, Any]] = {}
    for section in sections:
        items = {item.key: title(item.label) for entry in section.entries for item in entry}
        keys[section.key] = {"section": title(section.title), "items": items}
    data: dict[str, Any] = {
        "about": address,
        "made_at": _plain(now, zone),
        "keys": keys,
        "data": {
            section.key: [{item.key: _plain(item.value, zone) for item in entry} for entry in section.entries]
            for section in sections
        },
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def as_table(
    headings: Sequence[str], sections: Sequence[Section], title: Callable[[str], str], word: Word
) -> Iterator[bytes]:
    """A line for each value: which kind of thing, which of them, what it is called, what it is."""
    return comma_separated(headings, list(_lines(sections, title, word)))


def _lines(sections: Sequence[Section], title: Callable[[str], str], word: Word) -> Iterator[list[Any]]:
    for section in sections:
        for place, entry in enumerate(section.entries, start=1):
            yield from ([title(section.title), place, title(item.label), word(item.value)] for item in said(entry))


def said(entry: Sequence[Item]) -> list[Item]:
    """The items that say something."""
    return [item for item in entry if item.value not in ("", None)]


def _plain(value: Value, zone: tzinfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
