"""What is known of somebody, as pages and files show it: things under keys and words, in sections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class Term(str):
    """A value that is a word of the catalogue, to be translated where it is shown."""

    __slots__ = ()


Value = str | int | bool | date | datetime | StrEnum | None


class Item(NamedTuple):
    """One thing that is known: its key in the files, its word (a catalogue key), what it is."""

    key: str
    label: str
    value: Value


Entry = tuple[Item, ...]


@dataclass(frozen=True)
class Section:
    """One kind of things: the key in the files, what it is called, what must be said of it, and the things."""

    key: str
    title: str
    note: str
    entries: Sequence[Entry]
