"""What a report is made of: said once, then set as a page, as a PDF and as a document to be edited."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from briefings.papers.measures import table_widths


@dataclass(frozen=True)
class Words:
    """A paragraph; lines are kept as they were typed."""

    kind: ClassVar[str] = "words"
    text: str


@dataclass(frozen=True)
class Points:
    """Short sentences under each other."""

    kind: ClassVar[str] = "points"
    items: list[str]


@dataclass(frozen=True)
class Facts:
    """What is what: names with their values; those without a value are left out."""

    kind: ClassVar[str] = "facts"
    caption: str
    rows: list[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """Rows of words under heads; the first of a row says what the row is about. `foot`: the sum of all."""

    kind: ClassVar[str] = "table"
    caption: str
    heads: list[str]
    rows: list[list[str]]
    numbers: list[int]
    """The places of columns that hold numbers."""
    foot: list[str] = field(default_factory=list)
    wide: int = 0
    """The place of the column that takes what room there is."""


@dataclass(frozen=True)
class Bars:
    """Bars with their words: (name, value, words)."""

    kind: ClassVar[str] = "bars"
    title: str
    rows: list[tuple[str, float, str]]
    whole: float | None = None
    """The value of a bar as long as there is room; None: that of the longest."""

    @property
    def description(self) -> str:
        """The same in one sentence, for who does not see it."""
        return ", ".join(f"{name} {words}" for name, _, words in self.rows)


@dataclass(frozen=True)
class Line:
    """A line over days: (short name, full name) of each, and its value."""

    kind: ClassVar[str] = "line"
    title: str
    name: str
    moments: list[tuple[str, str]]
    values: list[int]
    words: str
    """Where it ends."""

    @property
    def description(self) -> str:
        """The same in one sentence."""
        return (
            f"{self.moments[0][1]}부터 {self.moments[-1][1]}까지: {self.name} {self.values[0]:,}에서 {self.words}까지"
        )


Block = Words | Points | Facts | Table | Bars | Line


@dataclass(frozen=True)
class Section:
    """A part of it under a heading; `ways`: where staff look further, as (words, endpoint, values of the address)."""

    key: str
    title: str
    blocks: list[Block]
    ways: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)


@dataclass(frozen=True)
class Paper:
    """A whole report: `figures` as (name, figure, unit, note) stand on top, then what it says in short."""

    title: str
    subtitle: str
    as_of: str
    figures: list[tuple[str, str, str, str]]
    summary: list[str]
    keywords: list[str]
    sections: list[Section]

    def plain(self) -> dict[str, Any]:
        """For the papers: mappings, lists, words and numbers alone."""
        sections = [
            {"key": section.key, "title": section.title, "blocks": [_plain(block) for block in section.blocks]}
            for section in self.sections
        ]
        return asdict(self) | {"sections": sections}


def _plain(block: Block) -> Mapping[str, Any]:
    more: dict[str, Any] = {"description": block.description} if isinstance(block, (Bars, Line)) else {}
    if isinstance(block, Table):
        lines = [*block.rows, *([block.foot] if block.foot else [])]
        more = {"widths": table_widths(block.heads, lines, block.wide)}
    return {"kind": block.kind, **asdict(block), **more}


def some(blocks: Sequence[Block | None]) -> list[Block]:
    """Those there are."""
    return [block for block in blocks if block is not None]
