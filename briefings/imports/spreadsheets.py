"""The spreadsheet by which many needs come in: its columns, the empty form, and a copy with its mistakes marked.

Written by XlsxWriter, every text as text: nothing that anybody typed becomes a formula or a link.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from briefings.imports.workbook_parts import Cell, CellKind, Sheet
from briefings.needs import finding
from briefings.needs.words import FIELDS, REGIONS, RESOURCES, STAGES
from briefings.organizations.words import KINDS

NEEDS_SHEET, GUIDE_SHEET, LISTS_SHEET, FINDINGS_SHEET = "수요 과제", "작성 안내", "목록", "점검 결과"
MOST_ROWS = 2_000
REQUIRED_MARK = " *"
EXAMPLE_MARK = "[예시]"
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
_HALF = re.compile("[\ud800-\udfff]")
"""Halves of signs: a cell may name one by its number, a file cannot contain it."""
_FONT = {"font_name": "맑은 고딕", "font_size": 10}


@dataclass(frozen=True)
class Column:
    """One column: whose part of a need it holds, and what may stand there.

    `lists` names the list it is chosen from; `shape` is `line`, `text`, `mail`, `phone` or `date` otherwise.
    """

    field: str
    heading: str
    note: str
    width: int
    required: bool = False
    shape: str = "line"
    longest: int = 0
    lists: str = ""
    example: str = ""


def _column(field: str, note: str, width: int, **given: Any) -> Column:
    return Column(field, FIELDS[field], note, width, **given)


def _choices(field: str, note: str, lists: str, examples: tuple[str, ...] = (), required: bool = False) -> list[Column]:
    """Three columns of one heading, numbered; only the first is required."""
    given = [*examples, "", "", ""][:3]
    return [
        Column(field, f"{FIELDS[field]} {n}", note, 18, required and n == 1, lists=lists, example=example)
        for n, example in enumerate(given, start=1)
    ]


_RESOURCES_NOTE = "목록에서 골라 주세요. 셋까지 고를 수 있고, 비워 두어도 됩니다."
COLUMNS: tuple[Column, ...] = (
    _column(
        "title",
        "무엇을 함께하려는지 한눈에 알 수 있는 이름",
        44,
        required=True,
        longest=120,
        example=f"{EXAMPLE_MARK} 바다에서 모은 폐어망을 되살려 쓰는 공정 함께 만들기",
    ),
    Column(
        "organization",
        "기관 이름",
        "과제를 내는 기관의 정식 이름",
        24,
        required=True,
        longest=120,
        example="한려해양공단",
    ),
    Column("kind", "기관 유형", "목록에서 골라 주세요.", 16, required=True, lists="kinds", example="공공기관"),
    _column(
        "summary",
        "목록에서 과제 이름 아래에 보입니다. 한 문장으로 적어 주세요.",
        44,
        required=True,
        longest=200,
        example="바다에서 모은 폐어망을 원료로 바꿀 설비와 판로를 찾습니다.",
    ),
    _column(
        "background",
        "어떤 문제를 왜 함께 풀려는지, 지금까지 해 온 일",
        44,
        shape="text",
        longest=4000,
        example="해마다 폐어망 3,000톤이 바다에 버려집니다.",
    ),
    _column(
        "offers",
        "상대 기관에 내놓을 수 있는 것",
        44,
        required=True,
        shape="text",
        longest=4000,
        example="수거한 폐어망 연 20톤, 선별 작업장, 전담 인력 2명",
    ),
    *_choices("offer_tags", _RESOURCES_NOTE, "resources", ("시설·장소", "인력")),
    _column(
        "seeks",
        "상대 기관에서 찾는 것",
        44,
        required=True,
        shape="text",
        longest=4000,
        example="폐어망을 재생 원료로 바꾸는 설비와 기술, 제품을 팔 곳",
    ),
    *_choices("seek_tags", _RESOURCES_NOTE, "resources", ("장비",)),
    *_choices("themes", "목록에서 하나에서 셋까지 골라 주세요.", "themes", required=True),
    *_choices("audiences", "함께하기를 바라는 기관. 목록에서 하나에서 셋까지 골라 주세요.", "audiences", required=True),
    _column("beneficiaries", "협업이 이루어지면 누가 좋아지는지", 28, longest=200, example="섬 지역 어업인과 주민"),
    _column("region", "목록에서 골라 주세요. 비워 두면 ‘전국’입니다.", 16, lists="regions", example="전라남도"),
    _column("stage", "목록에서 골라 주세요. 비워 두면 ‘아이디어’입니다.", 14, lists="stages", example="시범"),
    Column("starts_on", "협업 시작일", "날짜. 예: 2027-03-01", 14, shape="date", example="2027-03-01"),
    Column("ends_on", "협업 종료일", "날짜. 예: 2027-12-31", 14, shape="date", example="2027-12-31"),
    _column("department", "예: 해양환경과", 20, longest=100, example="해양환경과"),
    _column("contact_name", "과제를 잘 아는 분의 이름", 14, required=True, longest=120, example="홍길동"),
    _column(
        "contact_email",
        "공개되지 않습니다. 참여 답글 소식을 이 주소로 보냅니다.",
        28,
        required=True,
        shape="mail",
        longest=254,
        example="gildong@example.kr",
    ),
    _column(
        "contact_phone",
        "적으면 과제 화면에 공개됩니다. 예: 044-205-1234",
        20,
        shape="phone",
        longest=30,
        example="061-123-4567",
    ),
)
LIST_NAMES = {
    "kinds": "기관 유형",
    "themes": FIELDS["themes"],
    "audiences": FIELDS["audiences"],
    "resources": "자원 유형",
    "regions": FIELDS["region"],
    "stages": FIELDS["stage"],
}
GUIDE = (
    ("어떻게 쓰는가", ""),
    ("1", f"‘{NEEDS_SHEET}’ 시트에 과제를 한 줄에 하나씩 적어 주세요. 머리글(첫 줄)은 바꾸지 말아 주세요."),
    ("2", "머리글에 별표(*)가 있는 칸은 꼭 채워 주세요. 머리글에 마우스를 올리면 설명이 보입니다."),
    ("3", f"둘째 줄의 {EXAMPLE_MARK}는 보기입니다. 지우거나 그대로 두어도 됩니다. 등록되지 않습니다."),
    ("4", f"기관 유형, 주제, 찾는 기관, 지역, 단계, 자원 유형은 ‘{LISTS_SHEET}’ 시트에 있는 말 가운데 골라 주세요."),
    ("5", "제공 자원과 필요 역량은 둘 다 적어 주세요. 내놓는 것과 찾는 것이 함께 있어야 상대 기관이 답할 수 있습니다."),
    ("6", "전화번호는 앞의 0이 지워지지 않도록 텍스트 서식으로 두었습니다. 날짜는 2027-03-01처럼 적어 주세요."),
    (
        "7",
        "수식, 셀 병합, 매크로, 다른 파일과의 연결은 쓰지 말아 주세요. 다른 파일에서는 값만 붙여 넣어 주세요.",
    ),
    ("8", f"한 파일에 {MOST_ROWS:,}건까지 적을 수 있습니다. 저장할 때에는 ‘Excel 통합 문서(.xlsx)’를 골라 주세요."),
)


@dataclass(frozen=True)
class Lists:
    """What may be chosen at this moment: the word in a cell → what it stands for."""

    kinds: Mapping[str, Any]
    themes: Mapping[str, Any]
    audiences: Mapping[str, Any]
    regions: Mapping[str, Any]
    stages: Mapping[str, Any]
    resources: Mapping[str, Any]

    def of(self, name: str) -> Mapping[str, Any]:
        """The list of this name."""
        found: Mapping[str, Any] = getattr(self, name)
        return found


def lists_now() -> Lists:
    """All lists, themes and audiences as they are in the database."""
    return Lists(
        kinds={word: kind for kind, word in KINDS.items()},
        themes={theme.name: theme for theme in finding.themes()},
        audiences={audience.name: audience for audience in finding.audiences()},
        regions={word: region for region, word in REGIONS.items()},
        stages={word: stage for stage, word in STAGES.items()},
        resources={word: resource for resource, word in RESOURCES.items()},
    )


def example_row(lists: Lists) -> list[str]:
    """What the line below the headings shows; its themes and audiences are the first ones there are."""
    given = [column.example for column in COLUMNS]
    for field in ("themes", "audiences"):
        first = next(n for n, column in enumerate(COLUMNS) if column.field == field)
        given[first] = next(iter(lists.of(field)), "")
    return given


class Mark(NamedTuple):
    """What is said about a cell of somebody's file; `doubtful`: it need not be wrong."""

    row: int
    column: int
    says: str
    doubtful: bool = False


Said = dict[tuple[int, int], list[Mark]]
"""What is said about each cell, by its row and column."""


def template(lists: Lists, title: str, now: datetime) -> bytes:
    """The empty form, called `title`, with the choices of this moment."""
    stream = BytesIO()
    with _workbook(stream, title, now) as book:
        formats = _formats(book)
        sheet = book.add_worksheet(NEEDS_SHEET)
        for number, column in enumerate(COLUMNS):
            sheet.set_column(number, number, column.width, formats["date" if column.shape == "date" else "text"])
            sheet.write_string(0, number, _heading(column), formats["required" if column.required else "heading"])
            sheet.write_comment(0, number, _note(column), {"x_scale": 2, "author": ""})
            _restrict(sheet, number, column, lists)
        for number, (column, words) in enumerate(zip(COLUMNS, example_row(lists), strict=True)):
            if column.shape == "date":
                sheet.write_datetime(1, number, datetime.fromisoformat(words), formats["example_date"])
            else:
                sheet.write_string(1, number, words, formats["example"])
        sheet.set_row(0, 32)
        sheet.freeze_panes(1, 1)
        _write_guide(book, formats, title)
        _write_lists(book, formats, lists)
    return stream.getvalue()


def marked(sheet: Sheet, marks: Iterable[Mark], headings: Mapping[int, Column], lists: Lists, now: datetime) -> bytes:
    """The cells of somebody's sheet, each where it was, with what was found marked, noted and listed on a second sheet.

    `headings` says which of their columns are which of ours; the choices stand there again.
    """
    said: Said = {}
    for mark in marks:
        said.setdefault((mark.row, mark.column), []).append(mark)
    stream = BytesIO()
    with _workbook(stream, FINDINGS_SHEET, now) as book:
        formats = _formats(book)
        copy = book.add_worksheet(NEEDS_SHEET)
        for number in range(1, max([*headings, *(column for _, column in said), 1]) + 1):
            column = headings.get(number)
            copy.set_column(number - 1, number - 1, column.width if column else 16, formats["text"])
            if column:
                _restrict(copy, number - 1, column, lists)
        for row, cells in sheet.rows.items():
            for place, cell in cells.items():
                _write_cell(copy, (row, place), cell, formats, _tone(said.get((row, place), [])))
        _write_notes(copy, said, sheet, formats)
        _write_findings(book, formats, said)
        _write_lists(book, formats, lists)
    return stream.getvalue()


def _workbook(stream: BytesIO, title: str, now: datetime) -> Workbook:
    book = Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": _FONT,
        },
    )
    book.set_properties({"title": title[:200], "created": now.replace(tzinfo=None)})
    return book


def _formats(book: Workbook) -> dict[str, Format]:
    plain = _FONT | {"valign": "top", "text_wrap": True}
    heading = plain | {"bold": True, "valign": "vcenter", "border": 1, "bg_color": "#EEF2F7"}
    example = plain | {"italic": True, "font_color": "#6D7882", "bg_color": "#F4F5F6"}
    ways = {
        "text": plain | {"num_format": "@"},
        "date": plain | {"num_format": "yyyy-mm-dd", "align": "left"},
        "heading": heading,
        "required": heading | {"bg_color": "#D8E5FD"},
        "example": example | {"num_format": "@"},
        "example_date": example | {"num_format": "yyyy-mm-dd", "align": "left"},
        "wrong": plain | {"num_format": "@", "bg_color": "#FDEFEC", "font_color": "#BD2C0F", "border": 1},
        "doubtful": plain | {"num_format": "@", "bg_color": "#FFF3DB", "border": 1},
        "words": plain,
        "title": _FONT | {"bold": True, "font_size": 14},
    }
    return {name: book.add_format(way) for name, way in ways.items()}


def _heading(column: Column) -> str:
    return column.heading + (REQUIRED_MARK if column.required else "")


def _note(column: Column) -> str:
    must = "꼭 적어 주세요. " if column.required else ""
    most = f" {column.longest:,}자까지." if column.longest and column.shape in ("line", "text") else ""
    return f"{must}{column.note.rstrip('.')}.{most}"


def _restrict(sheet: Worksheet, number: int, column: Column, lists: Lists) -> None:
    """Let the program that opens the file offer the choices and refuse what could not be taken in."""
    rule: dict[str, Any] = {"ignore_blank": True, "error_title": column.heading[:32]}
    if column.lists:
        place = list(LIST_NAMES).index(column.lists)
        letter, last = chr(ord("A") + place), len(lists.of(column.lists)) + 1
        rule |= {
            "validate": "list",
            "source": f"='{LISTS_SHEET}'!${letter}$2:${letter}${max(last, 2)}",
            "error_message": "목록에 있는 말 가운데 골라 주세요.",
        }
    elif column.shape == "date":
        rule |= {
            "validate": "date",
            "criteria": "between",
            "minimum": EARLIEST,
            "maximum": LATEST,
            "error_message": "날짜로 적어 주세요. 예: 2027-03-01",
        }
    else:
        rule |= {
            "validate": "length",
            "criteria": "<=",
            "value": column.longest,
            "error_message": f"{column.longest:,}자까지 적을 수 있습니다.",
        }
    sheet.data_validation(1, number, MOST_ROWS + 1, number, rule)


def _write_guide(book: Workbook, formats: dict[str, Format], title: str) -> None:
    sheet = book.add_worksheet(GUIDE_SHEET)
    sheet.set_column(0, 0, 26, formats["words"])
    sheet.set_column(1, 1, 90, formats["words"])
    sheet.write_string(0, 0, title, formats["title"])
    for row, (first, second) in enumerate(GUIDE, start=1):
        sheet.write_string(row, 0, first, formats["words" if second else "heading"])
        sheet.write_string(row, 1, second, formats["words"])
    start = len(GUIDE) + 2
    sheet.write_string(start, 0, "칸", formats["heading"])
    sheet.write_string(start, 1, "무엇을 적는가", formats["heading"])
    for row, column in enumerate(COLUMNS, start=start + 1):
        sheet.write_string(row, 0, _heading(column), formats["words"])
        sheet.write_string(row, 1, _note(column), formats["words"])


def _write_lists(book: Workbook, formats: dict[str, Format], lists: Lists) -> None:
    sheet = book.add_worksheet(LISTS_SHEET)
    for number, (name, heading) in enumerate(LIST_NAMES.items()):
        sheet.set_column(number, number, 26, formats["text"])
        sheet.write_string(0, number, heading, formats["heading"])
        for row, word in enumerate(lists.of(name), start=1):
            sheet.write_string(row, number, word, formats["text"])


def _write_notes(copy: Worksheet, said: Said, sheet: Sheet, formats: dict[str, Format]) -> None:
    """A note at each cell that something is said about; at the first one where it is about a row."""
    for (row, place), about in said.items():
        if not row:
            continue
        if place and place not in sheet.rows.get(row, {}):
            copy.write_blank(row - 1, place - 1, None, formats[_tone(about)])
        note = "\n".join(mark.says for mark in about)
        copy.write_comment(row - 1, max(place, 1) - 1, note[:2000], {"x_scale": 2, "author": ""})


def _write_findings(book: Workbook, formats: dict[str, Format], said: Said) -> None:
    sheet = book.add_worksheet(FINDINGS_SHEET)
    for number, (heading, width) in enumerate((("줄", 8), ("무엇이 다른가", 110))):
        sheet.set_column(number, number, width, formats["words"])
        sheet.write_string(0, number, heading, formats["heading"])
    rows = [mark for place in sorted(said) for mark in said[place]]
    for row, mark in enumerate(rows, start=1):
        sheet.write_string(row, 0, str(mark.row or ""), formats["words"])
        sheet.write_string(row, 1, mark.says, formats["words"])


def _tone(about: list[Mark]) -> str:
    if not about:
        return "text"
    return "doubtful" if all(mark.doubtful for mark in about) else "wrong"


def _write_cell(sheet: Worksheet, at: tuple[int, int], cell: Cell, formats: dict[str, Format], tone: str) -> None:
    row, column = at[0] - 1, at[1] - 1
    if cell.kind is CellKind.DATE and cell.day and tone == "text":
        moment = datetime(cell.day.year, cell.day.month, cell.day.day)  # noqa: DTZ001 (a day)
        sheet.write_datetime(row, column, moment, formats["date"])
    else:
        sheet.write_string(row, column, _HALF.sub("\ufffd", cell.text[:32_000]), formats[tone])
