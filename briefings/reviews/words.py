"""The words people read about the review: its states and decisions, and what was done, as its record says it."""

from briefings.errors import N_
from briefings.needs.review_models import Outcome, ReviewState

REVIEW_STATES = {
    ReviewState.ASSIGNED: N_("아직 보내지 않음"),
    ReviewState.SUBMITTED: N_("보냄"),
    ReviewState.RECUSED: N_("회피"),
}
REVIEW_TONES = {
    ReviewState.ASSIGNED: "warning",
    ReviewState.SUBMITTED: "success",
    ReviewState.RECUSED: "quiet",
}
OUTCOMES = {
    Outcome.SELECTED: N_("선정"),
    Outcome.RESERVE: N_("예비"),
    Outcome.NOT_SELECTED: N_("선정하지 않음"),
}
OUTCOME_TONES = {
    Outcome.SELECTED: "primary",
    Outcome.RESERVE: "info",
    Outcome.NOT_SELECTED: "quiet",
}
WORDS = {ReviewState: REVIEW_STATES, Outcome: OUTCOMES}


REACHED = {
    "review_assigned": "심사위원 %(named)s에게 맡은 과제와 심사 기한을 알립니다.",
    "review_reminder": "아직 점수를 보내지 않은 심사위원 %(named)s에게 다시 알립니다.",
    "selection_selected": "주요 과제로 선정된 과제의 수요기관 %(named)s에게 알립니다.",
    "selection_reserve": "예비로 정한 과제의 수요기관 %(named)s에게 알립니다.",
    "selection_not_selected": "선정하지 않은 과제의 수요기관 %(number)s에게 까닭과 함께 알립니다.",
}
"""What staff read of the mails a step sends, before they take it."""
