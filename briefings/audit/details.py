"""What an entry adds to its act, in words."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from briefings.web.filters import when
from briefings.web.labels import Words

KEYS = {
    "after": "바뀐 뒤",
    "announcement": "안내",
    "answers": "답",
    "apart": "이름과 따로",
    "as_": "출석",
    "basis": "법적 근거",
    "before": "바뀌기 전",
    "believed": "믿음",
    "briefing": "설명회 번호",
    "changed": "바뀐 것",
    "closes_at": "마감",
    "criterion": "기준",
    "days": "며칠",
    "due_on": "기한",
    "events": "일",
    "expires_on": "만료",
    "fields": "항목",
    "file": "파일",
    "filters": "조건",
    "format": "파일 형식",
    "gone": "없어진 기관",
    "host": "서버",
    "into": "합친 질문",
    "kept": "남은 기관",
    "kind": "갈래",
    "mentors": "전문가",
    "minutes": "분",
    "name": "이름",
    "need": "과제",
    "needs": "과제",
    "network": "접속한 곳",
    "note": "메모",
    "number": "수",
    "of": "모두",
    "offered": "발급",
    "order": "순서",
    "organization": "기관",
    "outcome": "결과",
    "pairs": "과제와 심사위원",
    "people": "사람 수",
    "personal": "개인정보 담음",
    "position": "자리",
    "presenter": "발표자",
    "proof": "인증",
    "published": "게시",
    "purpose": "목적",
    "questions": "물음",
    "reason": "까닭",
    "replaces": "대신한 번호",
    "reviewer": "심사위원 번호",
    "role": "역할",
    "round": "수요조사",
    "rows": "줄",
    "scopes": "범위",
    "score": "점수",
    "sheets": "심사 수",
    "skipped": "건너뜀",
    "slot": "발표",
    "source": "가져온 곳",
    "state": "상태",
    "subject": "제목",
    "survey": "만족도 조사",
    "times": "시각",
    "title": "제목",
    "to": "받는 쪽",
    "together": "함께",
    "trust": "믿은 근거",
    "type": "답",
    "user": "계정 번호",
    "version": "판",
    "was": "그 전",
    "way": "방법",
    "ways": "길",
    "weight": "가중치",
    "who": "누구",
    "why": "까닭",
    "words": "말",
}
VALUES = {
    "agency": "소속 기관 계정",
    "password": "비밀번호",
    "recovery": "복구 코드",
    "second": "2단계 인증",
    "totp": "인증 앱",
}
"""Words of values that belong to no state or kind."""
HIDDEN = frozenset({"person"})
"""A digest tells a reader nothing; it is there to be looked for."""
LONGEST = 200
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})")


def values_of(words: Iterable[Words]) -> dict[str, str]:
    """The words of every state and kind that is called the same wherever it stands."""
    said: dict[str, set[str]] = {}
    for kinds in words:
        for members in kinds.values():
            for member, word in members.items():
                said.setdefault(str(member), set()).add(str(word))
    return {value: called.pop() for value, called in said.items() if len(called) == 1}


def in_words(detail: Mapping[str, Any], names: Mapping[str, str], values: Mapping[str, str]) -> list[str]:
    """A line for each thing; `names` of parts of what was changed, `values` the words of states and kinds."""
    lines: list[str] = []
    shown = {key: value for key, value in detail.items() if key not in HIDDEN and value not in (None, "", [], {})}
    if "before" in shown and "after" in shown and not isinstance(shown["before"], Mapping):
        before, after = shown.pop("before"), shown.pop("after")
        lines.append(f"{_plain(before, values)} → {_plain(after, values)}")
    for key, value in shown.items():
        if isinstance(value, Mapping):
            lines += _parts(value, names, values)
        else:
            lines.append(f"{KEYS.get(key, names.get(key, key))}: {_plain(value, values)}")
    return lines


def _parts(parts: Mapping[str, Any], names: Mapping[str, str], values: Mapping[str, str]) -> Iterator[str]:
    """Each part that was changed: what it was and is now, or what it is."""
    for name, value in parts.items():
        called = names.get(name, KEYS.get(name, name))
        if isinstance(value, list) and len(value) == 2:
            yield f"{called}: {_plain(value[0], values)} → {_plain(value[1], values)}"
        else:
            yield f"{called}: {_plain(value, values)}"


def _plain(value: Any, values: Mapping[str, str]) -> str:
    if value is None or value == "":
        return "없음"
    if isinstance(value, bool):
        return "예" if value else "아니요"
    if isinstance(value, list):
        return ", ".join(_plain(each, values) for each in value) or "없음"
    if isinstance(value, Mapping):
        return ", ".join(f"{KEYS.get(key, key)} {_plain(each, values)}" for key, each in value.items())
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return when(datetime.fromisoformat(value))
    text = str(values.get(value) or VALUES.get(str(value), value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
