"""What one cell of a sheet of needs says, read with patience for how people type; what is wrong with it, in words."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import email_validator
import phonenumbers

from briefings.imports.spreadsheets import EARLIEST, LATEST, Column
from briefings.imports.words import Mistake
from briefings.imports.workbook_parts import Cell, CellKind
from briefings.web.filters import phone

# Controls and the signs that turn the direction of writing: none belongs in a text, all can deceive.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Signs that take no room and come along when text is copied.
_UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff]")
_NO_LETTER = re.compile(r"[\W_]+")
_BETWEEN_CHOICES = re.compile("[,;/\n]")
_DATE = re.compile(r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[.일]?(?:\s*\([월화수목금토일]\))?")
SHORT_NUMBERS = 999_999  # 119, 1345: nobody is reached there
SHOWN = 120

UNKNOWN = {
    "kinds": Mistake.UNKNOWN_KIND,
    "themes": Mistake.UNKNOWN_THEME,
    "audiences": Mistake.UNKNOWN_AUDIENCE,
    "resources": Mistake.UNKNOWN_RESOURCE,
    "regions": Mistake.UNKNOWN_REGION,
    "stages": Mistake.UNKNOWN_STAGE,
}
ALSO_CALLED = {
    "서울시": "서울특별시",
    "부산시": "부산광역시",
    "대구시": "대구광역시",
    "인천시": "인천광역시",
    "광주시": "광주광역시",
    "대전시": "대전광역시",
    "울산시": "울산광역시",
    "세종시": "세종특별자치시",
    "강원도": "강원특별자치도",
    "충북": "충청북도",
    "충남": "충청남도",
    "전북": "전북특별자치도",
    "전라북도": "전북특별자치도",
    "전남": "전라남도",
    "경북": "경상북도",
    "경남": "경상남도",
    "제주도": "제주특별자치도",
    "전국단위": "전국",
}
"""What people call the provinces; two letters such as 서울 are understood anyway."""


class Wrong(Exception):
    """A cell cannot be taken as it is."""

    def __init__(self, mistake: Mistake, says: str) -> None:
        super().__init__(says)
        self.mistake, self.says = mistake, says


def key_of(words: str) -> str:
    """What spellings of one word have in common: no spaces, no punctuation, one width, one case."""
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", words)).casefold()
    return _NO_LETTER.sub("", plain)


def shown(words: str) -> str:
    """The beginning of a value, on one line, for people to recognize it by."""
    line = " ".join(FORBIDDEN.sub("␣", words).split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def with_object(word: str) -> str:
    """`과제 이름을`, `주제 2를`: a heading (it ends in Hangul or a digit) with the particle of an object."""
    last = word[-1:]
    if last.isdecimal():
        return word + ("을" if last in "013678" else "를")
    return word + ("을" if (ord(last) - ord("가")) % 28 else "를")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that was probably meant; Hangul is compared letter by letter."""
    spelled = {unicodedata.normalize("NFD", key_of(name)): name for name in known}
    found = difflib.get_close_matches(unicodedata.normalize("NFD", key_of(word)), list(spelled), 1, 0.6)
    return spelled[found[0]] if found else None


def words_in(cell: Cell, column: Column) -> str:
    """The text of a cell, tidied; Wrong where there is none, or where it is no text."""
    _refuse_other_kinds(cell, column)
    if FORBIDDEN.search(cell.text):
        raise Wrong(Mistake.UNSEEN, "보이지 않는 글자가 섞여 있습니다. 지우고 직접 입력해 주세요.")
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", cell.text))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not lines:
        asked = "골라" if column.lists else "적어"
        raise Wrong(Mistake.BLANK, f"빈칸만 있습니다. {with_object(column.heading)} {asked} 주세요.")
    words = lines if column.shape == "text" else " ".join(lines.split())
    if column.longest and len(words) > column.longest:
        over = len(words) - column.longest
        most = f"{column.longest:,}자까지 적을 수 있습니다. 지금 {len(words):,}자입니다."
        raise Wrong(Mistake.TOO_LONG, f"{most} {over:,}자를 줄여 주세요.")
    return words


def _refuse_other_kinds(cell: Cell, column: Column) -> None:
    what = f"{with_object(column.heading)} 글로 적어 주세요."
    if cell.kind is CellKind.FORMULA:
        raise Wrong(Mistake.FORMULA, "수식이 들어 있습니다. 수식 대신 값을 적어 주세요([값만 붙여넣기]).")
    if cell.kind is CellKind.ERROR:
        raise Wrong(Mistake.ERROR_VALUE, f"계산 오류 {cell.text}가 들어 있습니다. 올바른 값을 적어 주세요.")
    if cell.kind is CellKind.BOOLEAN:
        raise Wrong(Mistake.TRUE_FALSE, f"참·거짓 값({cell.text})이 들어 있습니다. {what}")
    if cell.kind is CellKind.DATE:
        raise Wrong(Mistake.DATE_FOR_TEXT, f"날짜({cell.text})가 들어 있습니다. {what}")
    if cell.kind is CellKind.NUMBER and column.shape == "phone":
        lost = "숫자로 저장되어 앞의 0이 지워졌을 수 있습니다."
        raise Wrong(Mistake.NUMBER, f"{lost} 셀 서식을 ‘텍스트’로 바꾸고 다시 적어 주세요. 예: 044-205-1234")
    if cell.kind is CellKind.NUMBER:
        raise Wrong(Mistake.NUMBER, f"숫자({cell.text})만 들어 있습니다. {what}")


def mail_in(words: str) -> str:
    """An address in the spelling mail servers use."""
    typed = unicodedata.normalize("NFKC", words).replace(" ", "")
    name, at, domain = typed.rpartition("@")
    for missing, what in ((not at, "‘@’가"), (not domain, "‘@’ 뒤의 주소가"), (not name, "‘@’ 앞의 이름이")):
        if missing:
            raise Wrong(Mistake.BAD_MAIL, f"전자우편 주소에 {what} 빠졌습니다. 예: name@example.kr")
    try:
        return email_validator.validate_email(typed, check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        raise Wrong(Mistake.BAD_MAIL, "전자우편 주소의 모양이 맞지 않습니다. 예: name@example.kr") from None


def phone_in(words: str, longest: int) -> str:
    """A phone number as it is written: `044-205-1234`; so it may be longer than it was typed."""
    typed = unicodedata.normalize("NFKC", words)
    try:
        number = phonenumbers.parse(typed, "KR")
        possible = phonenumbers.is_possible_number(number) and (number.national_number or 0) > SHORT_NUMBERS
        possible = possible and len(phone(typed)) <= longest
    except phonenumbers.NumberParseException:
        possible = False
    if not possible:
        raise Wrong(Mistake.BAD_PHONE, "전화번호를 다시 확인해 주세요. 예: 044-205-1234")
    return phone(typed)


def date_in(cell: Cell, column: Column) -> date:
    """The day in a cell, which may be a date of the program or typed in any usual way."""
    how = f"{with_object(column.heading)} 2027-03-01처럼 적어 주세요."
    if cell.kind is CellKind.DATE:
        found = cell.day
    elif cell.kind is CellKind.NUMBER:
        found = _eight_digits(cell.text)
        if found is None:
            raise Wrong(Mistake.BAD_DATE, f"날짜가 아니라 숫자({cell.text})입니다. {how}")
    else:
        words = unicodedata.normalize("NFKC", words_in(cell, column)).strip()
        numbers = _DATE.fullmatch(words)
        found = _day(*(int(part) for part in numbers.groups())) if numbers else _eight_digits(words)
        if numbers is None and found is None:
            raise Wrong(Mistake.BAD_DATE, f"날짜를 읽을 수 없습니다. {how}")
    if found is None:
        raise Wrong(Mistake.BAD_DATE, f"달력에 없는 날짜({shown(cell.text)})입니다. {how}")
    if not EARLIEST <= found <= LATEST:
        raise Wrong(Mistake.BAD_DATE, f"{EARLIEST.year}년부터 {LATEST.year}년까지의 날짜를 적어 주세요.")
    return found


def _eight_digits(words: str) -> date | None:
    return _day(int(words[:4]), int(words[4:6]), int(words[6:])) if re.fullmatch("[0-9]{8}", words) else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def choices_in(words: str, column: Column, known: Mapping[str, Any]) -> list[Any]:
    """What was chosen: usually one; several where they stand in one cell, parted by commas."""
    by_key = {key_of(name): value for name, value in known.items()}
    whole = _member(words, by_key, column)
    if whole is not None:
        return [whole]
    found = []
    for part in filter(None, (each.strip() for each in _BETWEEN_CHOICES.split(words))):
        member = _member(part, by_key, column)
        if member is None:
            raise Wrong(UNKNOWN[column.lists], _unknown(part, column, known))
        found.append(member)
    if not found:
        raise Wrong(UNKNOWN[column.lists], _unknown(words, column, known))
    return found


def _member(words: str, by_key: Mapping[str, Any], column: Column) -> Any:
    key = key_of(words)
    if key in by_key or column.lists != "regions":
        return by_key.get(key)
    key = ALSO_CALLED.get(key, key)
    begun = [value for name, value in by_key.items() if len(key) > 1 and name.startswith(key)]
    return begun[0] if len(begun) == 1 else None


def _unknown(words: str, column: Column, known: Mapping[str, Any]) -> str:
    near = nearest(words, known)
    heading = re.sub(r"\s\d$", "", column.heading)
    meant = f"혹시 ‘{near}’입니까?" if near else f"쓸 수 있는 말: {', '.join(list(known)[:20])}"
    return f"‘{shown(words)}’: {heading} 목록에 없는 말입니다. {meant}"
