"""Which column of a list holds what: by its heading, or by what stands in it; staff may correct it."""

import re
from collections import Counter
from collections.abc import Sequence

from briefings.imports.cells import key_of
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS

FIELDS = {
    "organization": "기관 이름",
    "kind": "기관 유형",
    "name": "이름",
    "email": "전자우편",
    "department": "부서",
    "rank": "직급",
    "phone": "휴대 전화번호",
    "locale": "안내할 언어",
}
"""What a column may hold, as staff read it."""

HEADINGS = {
    "organization": (
        "기관 기관명 기관이름 기관회사이름 소속 소속기관 소속기관명 회사 회사명 업체 업체명 단체 단체명 "
        "organization organisation company affiliation institution"
    ),
    "kind": "기관유형 유형 기관구분 구분 기관종류 종류 kind type organizationtype",
    "name": (
        "이름 성명 성함 참석자 참석자명 참석자이름 참가자 참가자명 신청자 신청자명 신청자이름 "
        "담당자 담당자명 담당자이름 name fullname"
    ),
    "email": (
        "전자우편 전자우편주소 이메일 이메일주소 메일 메일주소 전자메일 담당자전자우편 담당자이메일 "
        "email emailaddress mail"
    ),
    "department": "부서 부서명 소속부서 담당부서 department dept division",
    "rank": "직급 직위 직책 직함 직급직위 직위직급 rank position jobtitle title",
    "phone": (
        "전화 전화번호 휴대전화 휴대전화번호 휴대폰 휴대폰번호 핸드폰 핸드폰번호 연락처 휴대번호 "
        "phone mobile tel telephone"
    ),
    "locale": "언어 안내언어 안내할언어 language",
}
FIELD_BY_HEADING = {key_of(word): field for field, words in HEADINGS.items() for word in words.split()}
KIND_BY_NAME = {key_of(word): kind for kind, word in KINDS.items()} | {kind.value: kind for kind in OrganizationKind}
LANGUAGE_BY_NAME = {key_of(word): locale for word, locale in (("한국어", "ko"), ("국문", "ko"), ("ko", "ko"))} | {
    key_of(word): "en" for word in ("영어", "영문", "en", "English")
}
LOOKED_AT = 50
"""So many rows tell what a column holds."""
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{7,16}")
NAME = re.compile("[가-힣]{2,5}")
_BODY = re.compile("(부|처|청|원|공단|공사|회|대학교?|시|군|구|도|센터|협회|재단|기업|㈜|\\(주\\)|주식회사)$")


def heading_row(rows: Sequence[tuple[int, Sequence[str]]]) -> int | None:
    """The place of the one with headings: the first with a known one, or one below it that is sure; None without any.

    Where an address stands there is somebody, whatever else is written beside it.
    """
    for place, (_, cells) in enumerate(rows[:10]):
        known = {FIELD_BY_HEADING[key_of(cell)] for cell in cells if key_of(cell) in FIELD_BY_HEADING}
        sure = len(known) >= 2 or known == {"email"}
        if (sure or (known and not place)) and not any("@" in cell for cell in cells):
            return place
    return None


def by_heading(headings: Sequence[str]) -> list[str]:
    """What each column holds as its heading says, each thing once; "" where it says nothing."""
    found: list[str] = []
    for heading in headings:
        key = key_of(re.sub(r"\(.*?\)", "", heading)) or key_of(heading)
        field = FIELD_BY_HEADING.get(key, "")
        found.append("" if field in found else field)
    return found


def recognised(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """What each column holds, each thing once; "" where that cannot be told."""
    found = by_heading(headings)
    for column in range(len(found)):
        field = _by_content([row[column] for row in rows[:LOOKED_AT] if column < len(row) and row[column]])
        if not found[column] and field and field not in found:
            found[column] = field
    _tell_addresses(found, rows)
    _tell_names_from_bodies(found, rows)
    return found


def _by_content(values: Sequence[str]) -> str:
    """What most of the values are, of what shows by itself."""
    if not values:
        return ""
    kinds = Counter(_shape(value) for value in values)
    field, number = kinds.most_common(1)[0]
    return field if number * 2 > len(values) else ""


def _shape(value: str) -> str:
    if _MAIL.fullmatch(value):
        return "email"
    if key_of(value) in KIND_BY_NAME:
        return "kind"
    return "phone" if _PHONE.fullmatch(value) else ""


def _tell_addresses(found: list[str], rows: Sequence[Sequence[str]]) -> None:
    """Where nothing else said it: the column with most addresses, however few; the others there are to be mended."""
    number = {
        column: sum("@" in row[column] for row in rows if column < len(row))
        for column, field in enumerate(found)
        if not field
    }
    best = max(number, key=number.__getitem__, default=None)
    if best is not None and number[best] and "email" not in found:
        found[best] = "email"


def _tell_names_from_bodies(found: list[str], rows: Sequence[Sequence[str]]) -> None:
    """Where no heading said it: the column left that has most names of people, and the first other one."""
    left = [column for column, field in enumerate(found) if not field]

    def names(column: int) -> int:
        values = [row[column] for row in rows[:LOOKED_AT] if column < len(row)]
        return sum(bool(NAME.fullmatch(value)) and not _BODY.search(value) for value in values)

    best = max(left, key=names, default=None)
    if "name" in found or best is None or not names(best):
        return
    found[best] = "name"
    others = [column for column in left if column != best]
    if others and "organization" not in found:
        found[others[0]] = "organization"
