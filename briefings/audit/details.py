"""What an entry adds to its act, in words."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from briefings.web.filters import day, when
from briefings.web.labels import Words

KEYS = {
    "about": "무엇에 관한 것",
    "absent": "불참 안내",
    "actor": "누가",
    "address": "주소",
    "after": "바뀐 뒤",
    "announcement": "안내",
    "answered": "기한 안 확인의 점수",
    "answers": "답",
    "apart": "이름과 따로",
    "as_": "출석",
    "as_of": "기준일",
    "attended": "참석의 점수",
    "audience": "대상",
    "basis": "법적 근거",
    "before": "바뀌기 전",
    "believed": "믿음",
    "body": "본문",
    "briefing": "설명회",
    "briefings": "설명회",
    "by": "나누어 본 기준",
    "changed": "바뀐 것",
    "chapter": "무엇을",
    "closes_at": "마감",
    "code": "번호 찾기",
    "criterion": "기준",
    "days": "일수",
    "deed": "한 일",
    "due_on": "기한",
    "email": "찾은 주소",
    "events": "일",
    "expires_on": "만료",
    "fields": "항목",
    "file": "파일",
    "filters": "조건",
    "format": "파일 형식",
    "gone": "없어진 기관",
    "group": "분야",
    "half": "시기",
    "host": "서버",
    "impossible": "안 되는 시각",
    "instead": "대신",
    "into": "합친 질문",
    "invited": "초대 명단에 넣음",
    "kept": "남은 기관",
    "key": "주요 과제만",
    "kind": "갈래",
    "left_out": "뺀 사람",
    "left_over": "남은 과제",
    "locale": "언어",
    "marked": "표시한 사람만",
    "matched": "성사의 점수",
    "medium": "보내는 방법",
    "mentors": "전문가 수",
    "minutes": "분",
    "month": "달",
    "moved": "옮긴 것",
    "name": "이름",
    "named": "그 이름",
    "need": "과제",
    "needs": "과제 수",
    "network": "접속한 곳",
    "new": "새로",
    "note": "메모",
    "number": "수",
    "of": "모두",
    "offered": "발급",
    "only": "이것만",
    "order": "순서",
    "organization": "기관",
    "outcome": "결과",
    "over": "끝난 설명회까지",
    "owner_kind": "수요기관 유형",
    "pairs": "심사위원마다",
    "past": "지난 것",
    "people": "사람 수",
    "per_need": "과제 하나에 심사위원",
    "person": "누구의 개인정보",
    "personal": "개인정보 담음",
    "places": "몇 위까지",
    "planned": "편성한 것",
    "position": "자리",
    "possible": "되는 시각",
    "presented": "발표의 점수",
    "presenter": "발표자",
    "proof": "인증",
    "published": "게시",
    "purpose": "목적",
    "q": "찾는 말을 적음",
    "questions": "물음 수",
    "rank": "순위",
    "reason": "까닭",
    "region": "지역",
    "replaces": "대신한 번호",
    "replies": "답글의 점수",
    "reviewer": "심사위원",
    "role": "역할",
    "round": "수요조사",
    "rows": "줄 수",
    "scopes": "범위",
    "score": "점수",
    "score_was": "그 전 점수",
    "sheets": "심사 수",
    "shelf": "나눔",
    "since": "언제부터",
    "skipped": "건너뜀",
    "slot": "발표",
    "source": "가져온 곳",
    "stage": "단계",
    "standing": "상태",
    "state": "상태",
    "status": "상태",
    "step": "단계",
    "subject": "제목",
    "support": "지원 요청만",
    "survey": "만족도 조사",
    "tab": "나눔",
    "text": "글",
    "thanks": "감사 안내",
    "theme": "주제",
    "thread": "한 사람의 것",
    "ticked": "고른 줄",
    "times": "시각",
    "title": "제목",
    "to": "받는 쪽",
    "together": "함께 처리한 수",
    "trust": "믿은 근거",
    "type": "답",
    "until": "언제까지",
    "user": "계정",
    "version": "판",
    "was": "그 전",
    "way": "방법",
    "ways": "길",
    "weight": "가중치",
    "weight_was": "그 전 가중치",
    "weights": "점수",
    "who": "누구",
    "why": "까닭",
    "words": "말",
}
VALUES = {
    "absent": "불참",
    "agency": "소속 기관 계정",
    "owner": "수요기관",
    "password": "비밀번호",
    "recovery": "복구 코드",
    "second": "2단계 인증",
    "totp": "인증 앱",
}
"""Words of values that belong to no state or kind, or to several by other words."""
REFERS = {
    "audience": "audiences",
    "audience_id": "audiences",
    "briefing": "briefings",
    "briefings": "briefings",
    "gone": "organizations",
    "into": "questions",
    "kept": "organizations",
    "left_over": "needs",
    "organization": "organizations",
    "reviewer": "users",
    "round": "rounds",
    "theme": "themes",
    "theme_id": "themes",
    "to": "briefings",
    "user": "users",
}
"""The tables of things that entries name by number alone."""
LOOKED_FOR = frozenset({"audience", "briefing", "round", "theme"})
"""What lists are narrowed to by number: of anything else in an address nobody learns here what it is called."""
HIDDEN = frozenset({"person"})
"""A digest tells a reader nothing; it is there to be looked for."""
LONGEST = 200
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})")
DAY = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True)
class Vocabulary:
    """How a detail is said: what parts are called, the words of states and kinds, the titles of what has a number."""

    names: Mapping[str, str]
    values: Mapping[str, str]
    titles: Mapping[tuple[str, int], str]


def values_of(words: Iterable[Words]) -> dict[str, str]:
    """The words of every state and kind that is called the same wherever it stands."""
    said: dict[str, set[str]] = {}
    for kinds in words:
        for members in kinds.values():
            for member, word in members.items():
                said.setdefault(str(member), set()).add(str(word))
    return {value: called.pop() for value, called in said.items() if len(called) == 1}


def referred(detail: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The table and number of everything that is named by its number alone."""
    for key, value in detail.items():
        if key == "filters":
            yield from referred({name: _number(said) for name, said in value.items() if name in LOOKED_FOR})
        elif key == "changed":
            yield from referred(value)
        elif key == "pairs":
            yield from (("users", reviewer) for _, reviewer in value)
        elif key in REFERS:
            yield from ((REFERS[key], each) for each in _listed(value) if type(each) is int)


def in_words(detail: Mapping[str, Any], vocabulary: Vocabulary) -> list[str]:
    """A line for each thing an entry says."""
    lines: list[str] = []
    shown = {key: value for key, value in detail.items() if key not in HIDDEN and value not in (None, "", [], {})}
    if "before" in shown and "after" in shown and not isinstance(shown["before"], Mapping):
        before, after = shown.pop("before"), shown.pop("after")
        lines.append(f"{_plain(before, vocabulary)} → {_plain(after, vocabulary)}")
    for key, value in shown.items():
        if key == "filters":
            value = {name: _number(said) if name in LOOKED_FOR else said for name, said in value.items()}
        if isinstance(value, Mapping):
            lines += _parts(key, value, vocabulary)
        else:
            lines.append(f"{_called(key, value, vocabulary)}: {_said(key, value, vocabulary)}")
    return lines


def _called(key: str, value: Any, vocabulary: Vocabulary) -> str:
    """What is said; numbers of people stand under the states these are in."""
    if key == "number" and isinstance(value, str):
        return "번호"  # of a certificate
    return KEYS.get(key) or vocabulary.names.get(key) or vocabulary.values.get(key, key)


def _said(key: str, value: Any, vocabulary: Vocabulary) -> str:
    if key == "pairs":
        counted = Counter(reviewer for _, reviewer in value)
        each = (f"{_title('users', reviewer, vocabulary)} {number}건" for reviewer, number in counted.items())
        return ", ".join(each)
    if key in REFERS:
        named = [_title(REFERS[key], each, vocabulary) if type(each) is int else each for each in _listed(value)]
        return _plain(named, vocabulary)
    return _plain(_worded(key, value, vocabulary), vocabulary)


def _worded(key: str, value: Any, vocabulary: Vocabulary) -> Any:
    """The value with the words it has under this key, where it has some."""
    if isinstance(value, list):
        return [_worded(key, each, vocabulary) for each in value]
    return vocabulary.values.get(f"{key}:{value}", value)


def _title(table: str, number: int, vocabulary: Vocabulary) -> str:
    return vocabulary.titles.get((table, number)) or f"번호 {number}"


def _parts(key: str, parts: Mapping[str, Any], vocabulary: Vocabulary) -> Iterator[str]:
    """Each part that was changed: what it was and is now, or what it is."""
    for name, value in parts.items():
        called = f"{name}째 줄" if key == "rows" else vocabulary.names.get(name) or _called(name, value, vocabulary)
        if key == "changed" and isinstance(value, list) and len(value) == 2:
            yield f"{called}: {_said(name, value[0], vocabulary)} → {_said(name, value[1], vocabulary)}"
        else:
            yield f"{called}: {_said(key if key == 'rows' else name, value, vocabulary)}"


def _plain(value: Any, vocabulary: Vocabulary) -> str:
    if value is None or value == "":
        return "없음"
    if isinstance(value, bool):
        return "예" if value else "아니요"
    if isinstance(value, list):
        parts = (" ".join(filter(None, each)) if isinstance(each, list) else _plain(each, vocabulary) for each in value)
        return ", ".join(parts) or "없음"
    if isinstance(value, Mapping):
        return ", ".join(f"{_called(key, each, vocabulary)} {_plain(each, vocabulary)}" for key, each in value.items())
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return when(datetime.fromisoformat(value))
    if isinstance(value, str) and DAY.fullmatch(value):
        return _day(value)
    text = str(vocabulary.values.get(value) or VALUES.get(str(value), value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _day(value: str) -> str:
    try:
        return day(date.fromisoformat(value))
    except ValueError:  # somebody typed it
        return value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _number(value: Any) -> Any:
    """What stood in an address as a number, as one."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else value
