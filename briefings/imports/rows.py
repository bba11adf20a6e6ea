"""From the cells of a sheet to needs that could be registered, and what stands against it; knows no database."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from briefings.imports.cells import (
    Wrong,
    choices_in,
    date_in,
    key_of,
    mail_in,
    nearest,
    phone_in,
    shown,
    with_object,
    words_in,
)
from briefings.imports.spreadsheets import COLUMNS, EXAMPLE_MARK, MOST_ROWS, NEEDS_SHEET, Column, Lists
from briefings.imports.words import Level, Mistake, level_of
from briefings.imports.workbook_parts import Cell, Sheet, column_name, place_of
from briefings.imports.workbooks import Book
from briefings.needs.models import Region, Stage
from briefings.needs.registering import Entry
from briefings.organizations.finding import name_key
from briefings.organizations.models import OrganizationKind

LOOKED_FOR_HEADINGS = 10
"""Lines above the headings: somebody wrote a title there."""
MOST_READ = 2 * MOST_ROWS
"""Lines with anything in them, blanks and the example among them."""
EXAMPLE_TITLE = key_of(COLUMNS[0].example)


@dataclass(frozen=True)
class Finding:
    """What is said about one cell (`column` 0: about the row, `row` 0: about the file)."""

    row: int
    column: int
    mistake: Mistake
    says: str
    heading: str = ""
    value: str = ""

    @property
    def level(self) -> Level:
        """What follows from it."""
        return level_of(self.mistake)

    @property
    def cell(self) -> str:
        """`C14`; empty where it is about no cell."""
        return f"{column_name(self.column)}{self.row}" if self.row and self.column else ""


@dataclass
class NeedRow:
    """One line of the sheet: what it says, and what was found in it. `entry` is there if nothing is wrong."""

    number: int
    said: dict[str, str] = field(default_factory=dict)
    """Heading → the beginning of what stands there."""
    places: dict[str, int] = field(default_factory=dict)
    """Field → the column it stands in."""
    values: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    entry: Entry | None = None
    alike: dict[int, float] = field(default_factory=dict)
    """Numbers of needs that exist already → how alike they are."""
    twins: dict[int, float] = field(default_factory=dict)
    """Numbers of rows before it in the same file → how alike they are."""

    @property
    def organization(self) -> tuple[str, OrganizationKind]:
        """Whose need it is; only of a row with an entry."""
        return self.values["organization"], self.values["kind"]

    def find(self, name: str, mistake: Mistake, says: str) -> None:
        """Something is found in the cell of a field."""
        column = self.places.get(name, 0)
        heading = next((each.heading for each in COLUMNS if each.field == name), "")
        self.findings.append(Finding(self.number, column, mistake, says, heading, self.said.get(heading, "")))
        if level_of(mistake) is Level.ERROR:
            self.entry = None


@dataclass
class Reading:
    """A whole sheet: its lines, and what is said about the file itself."""

    sheet: Sheet
    headings: dict[int, Column] = field(default_factory=dict)
    rows: list[NeedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def all_findings(self) -> Iterator[Finding]:
        """Those about the file, then those of each row."""
        yield from self.findings
        for row in self.rows:
            yield from row.findings


def read(data: bytes, lists: Lists, on_row: Callable[[int, int], None] = lambda done, total: None) -> Reading:
    """What a file says; Refused if it is none that can be read.

    `on_row` hears how many rows are opened (of 0: nobody knows), then how many of how many were looked at.
    """
    with Book(data) as book:
        name = _sheet_name(book)
        if name is None:
            there = ", ".join(f"‘{shown(each)}’" for each in book.sheet_names[:10])
            says = (
                f"‘{NEEDS_SHEET}’ 시트가 없습니다. 시트 이름을 서식과 같게 바꾸어 주세요. 있는 시트: {there or '없음'}"
            )
            return Reading(Sheet(""), findings=[Finding(0, 0, Mistake.NO_SHEET, says)])
        sheet = book.read(name, MOST_READ, lambda done: on_row(done, 0))
    reading = Reading(sheet)
    heading_row = _read_headings(reading)
    if not reading.headings:
        return reading
    _look_at_shape(reading, heading_row)
    numbers = [number for number in sorted(sheet.rows) if number > heading_row]
    for done, number in enumerate(numbers, start=1):
        _read_row(reading, number, lists)
        on_row(done, len(numbers))
        if len(reading.rows) > MOST_ROWS:
            break
    _refuse_too_many(reading)
    if not reading.rows and not any(finding.level is Level.ERROR for finding in reading.findings):
        says = f"등록할 과제가 없습니다. ‘{sheet.name}’ 시트의 머리글 아래에 한 줄에 한 건씩 적어 주세요."
        reading.findings.append(Finding(0, 0, Mistake.NO_ROWS, says))
    find_twins(reading.rows)
    return reading


def find_twins(rows: list[NeedRow]) -> None:
    """Say of each row that says the same as one before it, and of organizations that appear with two kinds."""
    first: dict[tuple[str, str], int] = {}
    kinds: dict[str, tuple[OrganizationKind, int]] = {}
    for row in rows:
        if row.entry is None:
            continue
        name, kind = row.organization
        key, title = name_key(name), key_of(row.entry.title)
        before = first.setdefault((key, title), row.number)
        if before != row.number:
            row.find("title", Mistake.TWICE_IN_FILE, f"{before}번째 줄과 같은 과제입니다. 한 줄을 지워 주세요.")
        its_kind, where = kinds.setdefault(key, (kind, row.number))
        if its_kind is not kind:
            says = f"{where}번째 줄에는 이 기관의 유형이 다르게 적혀 있습니다. 같게 적어 주세요."
            row.find("kind", Mistake.TWO_KINDS, says)


def _sheet_name(book: Book) -> str | None:
    """The sheet of that name; if there is but one, its name does not matter."""
    named = [name for name in book.sheet_names if key_of(name) == key_of(NEEDS_SHEET)]
    if named:
        return named[0]
    return book.sheet_names[0] if len(book.sheet_names) == 1 else None


def _read_headings(reading: Reading) -> int:
    """Which column is which; the number of the row of headings."""
    known = {key_of(column.heading): column for column in COLUMNS}
    rows = sorted(reading.sheet.rows.items())[:LOOKED_FOR_HEADINGS]
    if not rows:
        says = f"‘{reading.sheet.name}’ 시트가 비어 있습니다. 서식에 과제를 적어 올려 주세요."
        reading.findings.append(Finding(0, 0, Mistake.NO_ROWS, says))
        return 0
    matches = [sum(key_of(cell.text) in known for cell in cells.values()) for _, cells in rows]
    number, cells = rows[matches.index(max(matches))]
    if not max(matches):
        says = "서식의 머리글을 찾지 못했습니다. 서식을 다시 내려받아 그 안에 적어 주세요."
        reading.findings.append(Finding(number, min(cells), Mistake.NO_HEADING, says))
        return number
    unknown = {}
    for place, cell in sorted(cells.items()):
        column = known.get(key_of(cell.text))
        if column is None:
            unknown[place] = cell
        elif column in reading.headings.values():
            says = f"‘{column.heading}’ 머리글이 두 번 나옵니다. 한 열을 지우거나 머리글을 고쳐 주세요."
            reading.findings.append(Finding(number, place, Mistake.DOUBLE_HEADING, says, column.heading))
        else:
            reading.headings[place] = column
    _explain_unknown(reading, number, unknown)
    return number


def _explain_unknown(reading: Reading, number: int, unknown: dict[int, Cell]) -> None:
    missing = {column.heading: column for column in COLUMNS if column not in reading.headings.values()}
    for place, cell in unknown.items():
        near = nearest(cell.text, missing)
        if near:
            del missing[near]
            meant = f"혹시 ‘{near}’입니까? 머리글을 서식과 같게 고쳐 주세요."
            says = f"머리글 ‘{shown(cell.text)}’: 서식에 없는 말입니다. {meant}"
            found = Finding(number, place, Mistake.RENAMED_HEADING, says, near, shown(cell.text))
        else:
            says = f"‘{shown(cell.text)}’ 열은 서식에 없어서 읽지 않습니다."
            found = Finding(number, place, Mistake.UNKNOWN_HEADING, says, "", shown(cell.text))
        reading.findings.append(found)
    for heading, column in missing.items():
        if column.required:
            says = f"‘{heading}’ 열이 없습니다. 서식을 다시 내려받거나 이 머리글을 가진 열을 넣어 주세요."
            reading.findings.append(Finding(number, 0, Mistake.NO_HEADING, says, heading))


def _look_at_shape(reading: Reading, heading_row: int) -> None:
    """What is said about the sheet as a whole: merged cells, hidden and empty rows, too many rows."""
    sheet, found = reading.sheet, reading.findings
    for range_ in sheet.merged:
        row, column = place_of(range_.partition(":")[0])
        last, _ = place_of(range_.rpartition(":")[2])
        if last >= heading_row:
            says = f"{shown(range_)} 셀이 합쳐져 있습니다. 셀 병합을 풀고 칸마다 적어 주세요."
            found.append(Finding(row, column, Mistake.MERGED, says))
    numbers = [number for number in sorted(sheet.rows) if number > heading_row]
    if hidden := sorted(sheet.hidden_rows & set(numbers)):
        which = ", ".join(str(number) for number in hidden[:10]) + (" …" if len(hidden) > 10 else "")
        says = f"숨긴 줄 {len(hidden):,}개도 함께 읽었습니다({which}번째 줄). 빼려면 파일에서 지우고 다시 올려 주세요."
        found.append(Finding(0, 0, Mistake.HIDDEN, says))
    if numbers and (empty := numbers[-1] - heading_row - len(numbers)):
        found.append(Finding(0, 0, Mistake.EMPTY_ROWS, f"사이에 있는 빈 줄 {empty:,}개는 건너뛰었습니다."))


def _refuse_too_many(reading: Reading) -> None:
    if len(reading.rows) > MOST_ROWS or not reading.sheet.complete:
        del reading.rows[MOST_ROWS:]
        says = f"한 번에 {MOST_ROWS:,}건까지 등록할 수 있는데 이 파일에는 더 있습니다. 파일을 나누어 주세요."
        reading.findings.append(Finding(0, 0, Mistake.TOO_MANY_ROWS, says))


def _read_row(reading: Reading, number: int, lists: Lists) -> None:
    cells = {place: cell for place, cell in reading.sheet.rows[number].items() if place in reading.headings}
    if not any(cell.text.strip() for cell in cells.values()):
        return
    row = NeedRow(number)
    for place, column in reading.headings.items():
        row.places.setdefault(column.field, place)
        cell = cells.get(place)
        if cell and cell.text.strip():
            row.said[column.heading] = shown(cell.text)
        _read_cell(row, place, column, cell, lists)
    if _is_example(reading, row):
        return
    _compare_dates(row)
    if not row.findings and all(column.field in row.values for column in COLUMNS if column.required):
        row.entry = _entry(row.values)
    reading.rows.append(row)


def _is_example(reading: Reading, row: NeedRow) -> bool:
    """Whether it is the line that shows how it is done; of one that only kept the mark it is said."""
    title = row.values.get("title", "")
    if not title.startswith(EXAMPLE_MARK):
        return False
    if key_of(title) == EXAMPLE_TITLE and row.values.get("contact_email") == _EXAMPLE_MAIL:
        reading.findings.append(Finding(0, 0, Mistake.EXAMPLE, f"{row.number}번째 줄은 예시라서 뺐습니다."))
        return True
    says = f"‘{EXAMPLE_MARK}’가 남아 있습니다. 등록할 과제라면 지우고, 예시라면 줄을 지워 주세요."
    row.find("title", Mistake.EXAMPLE_MARK_LEFT, says)
    return False


_EXAMPLE_MAIL = next(column.example for column in COLUMNS if column.field == "contact_email")


def _read_cell(row: NeedRow, place: int, column: Column, cell: Cell | None, lists: Lists) -> None:
    try:
        if cell is None:
            _refuse_missing(column)
            return
        if column.lists:
            _choose(row, column, choices_in(words_in(cell, column), column, lists.of(column.lists)))
        else:
            row.values[column.field] = READ[column.shape](cell, column)
    except Wrong as wrong:
        if wrong.mistake is Mistake.BLANK and not column.required:
            return
        value = shown(cell.text) if cell else ""
        row.findings.append(Finding(row.number, place, wrong.mistake, wrong.says, column.heading, value))


READ: Mapping[str, Callable[[Cell, Column], Any]] = {
    "line": words_in,
    "text": words_in,
    "mail": lambda cell, column: mail_in(words_in(cell, column)),
    "phone": lambda cell, column: phone_in(words_in(cell, column), column.longest),
    "date": date_in,
}


def _refuse_missing(column: Column) -> None:
    if column.required:
        asked = "골라" if column.lists else "적어"
        raise Wrong(Mistake.MISSING, f"{with_object(column.heading)} {asked} 주세요.")


def _choose(row: NeedRow, column: Column, chosen: list[Any]) -> None:
    if column.heading[-1:].isdigit():  # one of three
        before = row.values.setdefault(column.field, [])
        twice = [each for each, times in Counter([*map(_name, before), *map(_name, chosen)]).items() if times > 1]
        before += chosen
        if twice:
            raise Wrong(Mistake.TWICE_CHOSEN, f"‘{twice[0]}’ 항목을 두 번 골랐습니다. 하나를 지워 주세요.")
    elif len(chosen) > 1:
        raise Wrong(Mistake.TWICE_CHOSEN, f"{with_object(column.heading)} 하나만 골라 주세요.")
    else:
        row.values[column.field] = chosen[0]


def _name(chosen: Any) -> str:
    return str(getattr(chosen, "name", chosen))


def _compare_dates(row: NeedRow) -> None:
    start, end = row.values.get("starts_on"), row.values.get("ends_on")
    if start and end and end < start:
        says = f"협업 종료일({end})이 시작일({start})보다 앞섭니다. 둘 가운데 하나를 고쳐 주세요."
        row.find("ends_on", Mistake.UPSIDE_DOWN, says)


def _entry(values: dict[str, Any]) -> Entry:
    given = {name: value for name, value in values.items() if name in Entry.__dataclass_fields__}
    given["offer_tags"] = [tag.value for tag in values.get("offer_tags", ())]
    given["seek_tags"] = [tag.value for tag in values.get("seek_tags", ())]
    period = _period(values.get("starts_on"), values.get("ends_on"))
    return Entry(**{"region": Region.NATIONWIDE, "stage": Stage.IDEA, **given, "period": period})


def _period(start: date | None, end: date | None) -> str:
    first = f"{start.year}. {start.month}. {start.day}." if start else ""
    last = f"{end.year}. {end.month}. {end.day}." if end else ""
    if first and last:
        return f"{first}~{last}"
    return f"{first}부터" if first else f"{last}까지" if last else ""
