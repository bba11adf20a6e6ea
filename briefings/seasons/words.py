"""The words staff read for seasons: their states, their rules, what was done with them."""

from typing import Any

from briefings.seasons.models import SeasonState

SEASON_STATES = {
    SeasonState.PLANNING: "짜는 중",
    SeasonState.ACCEPTED: "확정함",
    SeasonState.DISCARDED: "버림",
}
SEASON_TONES = {SeasonState.PLANNING: "info", SeasonState.ACCEPTED: "success", SeasonState.DISCARDED: "quiet"}
WORDS = {SeasonState: SEASON_STATES}

ACTIONS = {
    "season.made": "편성안을 만들었습니다",
    "season.rules_changed": "규칙을 바꾸었습니다",
    "season.times_added": "시각을 넣었습니다",
    "season.times_removed": "시각을 뺐습니다",
    "season.accepted": "확정해 초안을 만들었습니다",
    "season.discarded": "편성안을 버렸습니다",
    "season.availability_asked": "발표 가능 시간을 물었습니다",
    "season.availability_reminded": "답하지 않은 사람에게 다시 물었습니다",
    "season.availability_answered": "발표 가능 시간의 답을 받았습니다",
}
"""What staff read for the acts in the audit log."""

RULES = {
    "name": "이름",
    "min_slots": "한 회의 최소 수요",
    "max_slots": "한 회의 최대 수요",
    "talk_minutes": "발표(분)",
    "question_minutes": "질의(분)",
    "opening_minutes": "여는 말(분)",
    "closing_minutes": "맺는 말(분)",
    "capacity": "정원",
    "parallel": "같은 시간에 여는 설명회",
    "organization_once": "한 수요기관은 한 번에 한 설명회",
    "sharing": "함께 여는 대상",
}
"""What staff read for the rules."""


def change(rule: str, old: Any, new: Any) -> str:
    """What became of a rule; of a list only which it is."""
    name = RULES.get(rule, rule)
    return name if isinstance(new, list) else f"{name}: {_said(old)} → {_said(new)}"


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "예" if value else "아니요"
    return "없음" if value is None else str(value)
