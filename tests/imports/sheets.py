"""Forms as organizations fill them in: our own template, written into by another program's library."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from briefings.imports.spreadsheets import COLUMNS, NEEDS_SHEET, lists_now, template

MADE = datetime(2026, 11, 20, tzinfo=UTC)
FIRST = 3
"""The line below the headings and the example."""
PLACES = {column.heading: number for number, column in enumerate(COLUMNS, start=1)}


def a_line(number: int = 1, **given: Any) -> dict[str, Any]:
    """What somebody wrote about one need; `given` by heading, a space written as _, None for nothing."""
    line = {
        "과제 이름": f"{TITLES[number % len(TITLES)]} {number}호",
        "기관 이름": f"다도해 {number}공단",
        "기관 유형": "공공기관",
        "한 줄 요약": "섬에서 함께 쓸 설비와 사람을 찾습니다.",
        "배경과 필요성": "섬마다 따로 마련하기 어렵습니다.\n함께 쓰면 됩니다.",
        "제공 자원": "작업장과 전담 인력",
        "제공 자원 유형 1": "시설·장소",
        "필요 역량": "설비를 다룰 기술",
        "필요 역량 유형 1": "장비",
        "주제 1": "탄소중립",
        "찾는 기관 1": "민간 기업",
        "지역": "전라남도",
        "단계": "시범",
        "협업 시작일": date(2027, 3, 1),
        "협업 종료일": date(2027, 12, 31),
        "담당자 이름": "홍길동",
        "담당자 전자우편": f"gildong{number}@example.kr",
        "담당자 사무실 전화번호": "061-123-4567",
    }
    return line | {heading.replace("_", " "): value for heading, value in given.items()}


TITLES = (
    "폐어망 되살림 공정 함께 만들기",
    "섬마을 이동 진료 돕기",
    "빈집을 나눔 부엌으로 바꾸기",
    "드론으로 산불 살피기",
    "어르신 반찬 배달 잇기",
    "학교 숲에 나무 심기",
    "전기차 폐배터리 다시 쓰기",
)


def a_file(
    lines: Iterable[dict[str, Any]], edit: Callable[[Worksheet], None] = lambda sheet: None, first: int = FIRST
) -> bytes:
    """The form of this moment with these lines, after whatever else somebody did to its sheet."""
    book = load_workbook(BytesIO(_form()))
    sheet = book[NEEDS_SHEET]
    for row, line in enumerate(lines, start=first):
        for heading, value in line.items():
            if value is not None:
                sheet.cell(row, PLACES[heading]).value = value
    edit(sheet)
    return saved_as_bytes(book)


def _form() -> bytes:
    """The empty form, made once for the lists in it: only words of themes and audiences may be others."""
    lists = lists_now()
    words = (*lists.themes, "", *lists.audiences)
    if words not in _FORMS:
        _FORMS[words] = template(lists, "수요조사", MADE)
    return _FORMS[words]


_FORMS: dict[tuple[str, ...], bytes] = {}


def saved_as_bytes(book: Any) -> bytes:
    """What the other library makes of its workbook."""
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
