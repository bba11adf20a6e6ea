"""How a slice declares a list that staff or owners take away as a file: a `ListFile`, collected in app.py (EXPORTS).

    NEEDS = ListFile("needs", "수요 과제", "staff_needs.index", find_needs, counted="건")

    def find_needs(asked: Asked) -> Found:
        filters = StaffNeedFilters(asked.args)
        found = select(Need).where(…).order_by(…).options(joinedload(Need.organization), selectinload(Need.themes))
        return Found((Column("과제", 40, lambda need: need.title), …), listed(found), in_words(filters))

The page of the list links to it by `ui.export_link("needs")`; everything else is the same for every list.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, lazyload

from briefings.audit.recording import Actor
from briefings.db import db
from briefings.exports.plain_tables import comma_separated
from briefings.exports.values import Value, in_a_cell
from briefings.exports.workbooks import MOST_CELLS, MOST_ROWS, workbook
from briefings.files.kinds import Kind
from briefings.outbox.reach import EVERYBODY, Reach
from briefings.web.language import said

Line = TypeVar("Line")
AT_A_TIME = 500
"""Rows that are fetched, completed and sent together."""


NOT_THEIRS = "담당 주제가 정해져 있어, 여러 주제가 섞인 이 목록은 개인정보를 빼고 받습니다."
ONLY_THEIRS = "맡은 주제에 속한 것만 담습니다."


class Format(StrEnum):
    """What the file is."""

    XLSX = "xlsx"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        """As it is sent."""
        return Kind.XLSX.media_type if self is Format.XLSX else "text/csv"


class Readers(StrEnum):
    """Who may take a list away."""

    STAFF = "staff"
    ADMINISTRATORS = "administrators"
    OWNERS = "owners"


class NotThere(LookupError):
    """What the list belongs to is not there, or not theirs."""


@dataclass(frozen=True)
class Asked:
    """Which list somebody wants: the filters of its page (`args`, as in its address), what it belongs to (`path`, the
    numbers in its address), for whom and when."""

    args: Any
    path: Mapping[str, Any]
    by: Actor
    administrator: bool
    reach: Reach
    """Of whom they may see who they are."""
    now: datetime
    zone: ZoneInfo

    def of(self, model: type[Line], name: str) -> Line:
        """The row whose number stands in the address under `name`; NotThere where there is none."""
        found = db.session.get(model, self.path[name])
        if found is None:
            raise NotThere(name)
        return found


class Column(NamedTuple, Generic[Line]):
    """One column: its heading, its width in a spreadsheet, what stands there, whether that is about a person, and
    whether it is in words of the program (states, kinds; several with commas between), which owners read in theirs."""

    heading: str
    width: int
    value: Callable[[Line], Value]
    personal: bool = False
    worded: bool = False

    def in_the_readers_language(self) -> "Column[Line]":
        """The same with heading and words as whoever asks reads them."""
        value: Callable[[Line], Any] = self.value
        words = (lambda line: ", ".join(map(said, value(line).split(", ")))) if self.worded else value
        return self._replace(heading=said(self.heading), value=words)


class Rows(NamedTuple, Generic[Line]):
    """How many rows there are, and how they are read with a session: some at a time, once."""

    number: int
    pieces: Callable[[Session], Iterable[Sequence[Line]]]
    stay: bool = False
    """Whether they were computed and belong to no session: what was found once need not be found again."""


class Step(NamedTuple):
    """A page above the list, for the breadcrumb."""

    title: str
    endpoint: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Found(Generic[Line]):
    """What a list holds under its filters.

    `conditions` are the filters in force, in words; `about` is the row the audit log speaks of, `day` the one in the
    name of the file (today where it belongs to none), `refused` why nobody may take it away now, `note` what else
    readers of the file should know, `noted` what else the audit log should.
    """

    columns: Sequence[Column[Line]]
    rows: Rows[Line]
    conditions: Sequence[tuple[str, str]] = ()
    about: Any = None
    subtitle: str = ""
    above: Sequence[Step] = ()
    day: date | None = None
    refused: str | None = None
    note: str = ""
    noted: Mapping[str, Any] = field(default_factory=dict)
    page: str = ""
    """The endpoint of the page that shows it, where not all of the list are on the same."""

    def without_people(self) -> Sequence[Column[Line]]:
        """The columns that say nothing about persons."""
        return [column for column in self.columns if not column.personal]

    @property
    def personal(self) -> bool:
        """Whether it says anything about persons."""
        return any(column.personal for column in self.columns)

    @property
    def divisible(self) -> bool:
        """Whether something is left without what is about persons."""
        return self.personal and bool(self.without_people())


@dataclass(frozen=True)
class ListFile:
    """A list by its name in addresses, with the endpoint of the page that shows it, and how its rows are found."""

    name: str
    title: str
    page: str
    find: Callable[[Asked], Found[Any]]
    counted: str = "건"
    readers: Readers = Readers.STAFF
    _: KW_ONLY
    of: tuple[str, ...] = ()
    """What its address must name: `("briefing_id",)` for the lists of a briefing."""
    across: bool = False
    """Whether its rows are of all themes, people and all: officers of some themes take it away without the people."""
    narrowed: bool = False
    """Whether its rows are those that whoever asks may see (`Asked.reach`), people and all."""
    file: str = ""
    """The first part of the name of the file where it is not the title: `설명회_신청자`."""

    @property
    def called(self) -> str:
        """Its title in files: staff read Korean, owners their language."""
        return said(self.title) if self.readers is Readers.OWNERS else self.title

    @property
    def action(self) -> str:
        """What the audit log calls taking it away."""
        return f"{self.name}.exported"

    def found(self, asked: Asked) -> Found[Any]:
        """What it holds, as far as whoever asks may take it away; NotThere where what it belongs to is not."""
        found = self.find(asked)
        if self.readers is Readers.OWNERS:
            return replace(found, columns=[column.in_the_readers_language() for column in found.columns])
        if asked.reach is EVERYBODY or not found.personal:
            return found
        if self.narrowed:
            return replace(found, note=f"{ONLY_THEIRS} {found.note}".strip())
        if self.across:
            return replace(found, columns=found.without_people(), note=f"{NOT_THEIRS} {found.note}".strip())
        return found

    def file_name(self, found: Found[Any], format: Format, asked: Asked) -> str:
        """`설명회_신청자_20261123.xlsx`."""
        day = found.day or asked.now.astimezone(asked.zone).date()
        return f"{self.file or self.called.replace(' ', '_')}_{day:%Y%m%d}.{format}"


def by_name(lists: Iterable[ListFile]) -> dict[str, ListFile]:
    """The lists by their names, which must differ."""
    lists = tuple(lists)
    found = {each.name: each for each in lists}
    if len(found) != len(lists):
        raise ValueError("two lists have the same name")
    return found


def action_words(lists: Iterable[ListFile]) -> dict[str, str]:
    """What the audit log calls taking each of them away, in words for staff."""
    return {each.action: f"{each.title} 내려받기" for each in lists}


def listed(
    found: Select[Any],
    complete: Callable[[Sequence[Any]], Iterable[Line]] | None = None,
    *,
    number: int | None = None,
) -> Rows[Any]:
    """The rows of a statement, read by a cursor on the server: memory does not grow with their number.

    A statement of one entity gives entities, others give rows. `complete` may make of each piece what the columns take,
    with whatever else belongs to it. Collections come by `selectinload`, which asks once for each piece. They are
    counted, unless their `number` is known.
    """
    counted = select(func.count()).select_from(found.options(lazyload("*")).order_by(None).subquery())
    single = len(found.column_descriptions) == 1

    def pieces(session: Session) -> Iterator[Sequence[Any]]:
        result = session.execute(found, execution_options={"yield_per": AT_A_TIME})
        for some in (result.scalars() if single else result).partitions(AT_A_TIME):
            yield list(complete(some)) if complete else some

    return Rows(db.session.scalars(counted).one() if number is None else number, pieces)


def at_hand(rows: Sequence[Line]) -> Rows[Line]:
    """Rows that are there already, where a list is computed as a whole."""
    return Rows(len(rows), lambda session: [rows])


def computed(rows: Sequence[Line]) -> Rows[Line]:
    """The same of rows that are no rows of the database, which go into the file as they were found first."""
    return at_hand(rows)._replace(stay=True)


def too_large(found: Found[Any], format: Format) -> bool:
    """Whether no spreadsheet can hold it."""
    number = found.rows.number
    return format is Format.XLSX and (number > MOST_ROWS or number * len(found.columns) > MOST_CELLS)


class Written:
    """A file as it is written, piece by piece; `done` says how many rows are in it so far."""

    def __init__(self, title: str, columns: Sequence[Column[Any]], rows: Rows[Any], zone: ZoneInfo) -> None:
        self.title, self.columns, self.rows, self.zone = title, columns, rows, zone
        self.done = 0

    def pieces(self, format: Format, session: Session) -> Iterator[bytes]:
        """The bytes of the file; the first before any row is read."""
        if format is Format.CSV:
            return comma_separated([column.heading for column in self.columns], self._values(session))
        widths = [(column.heading, column.width) for column in self.columns]
        return workbook(self.title, widths, self._values(session), self.rows.number)

    def _values(self, session: Session) -> Iterator[list[Value]]:
        for some in self.rows.pieces(session):
            for line in some:
                yield [in_a_cell(column.value(line), self.zone) for column in self.columns]
                self.done += 1
