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

ROUND_ACTS = {
    "round.criteria_proposed": "제안한 심사 기준으로 시작함",
    "round.criteria_copied": "다른 수요조사의 심사 기준을 가져옴",
    "round.criterion_added": "심사 기준을 더함",
    "round.criterion_changed": "심사 기준을 고침",
    "round.criterion_removed": "심사 기준을 지움",
    "round.criteria_ordered": "심사 기준의 순서를 바꿈",
    "round.reviews_due": "심사 기한을 정함",
    "round.reviews_assigned": "과제를 나누어 맡김",
    "round.reviewers_asked": "심사를 부탁하는 전자우편을 보냄",
    "round.reviewers_reminded": "점수를 보내지 않은 심사위원에게 다시 알림",
    "round.decisions_told": "결과를 알림",
}
"""What was done with the review of a round as a whole."""
NEED_ACTS = {
    "need.review_assigned": "심사위원을 더함",
    "need.review_taken_back": "심사 배정을 거둠",
    "need.reviewed": "점수를 보냄",
    "need.review_changed": "보낸 점수를 고침",
    "need.review_recused": "심사를 회피함",
    "need.recusal_undone": "회피를 되돌림",
    "need.decided": "선정 여부를 정함",
    "need.decided:selected": "주요 과제로 정함",
    "need.decided:reserve": "예비로 정함",
    "need.decided:not_selected": "선정하지 않기로 정함",
    "need.undecided": "선정 여부를 없던 일로 함",
    "need.decision_told": "심사 결과를 알림",
    "need.decision_told:selected": N_("주요 과제로 선정했다고 알림"),
    "need.decision_told:reserve": N_("예비로 정했다고 알림"),
    "need.decision_told:not_selected": N_("주요 과제로 선정하지 않았다고 알림"),
}
"""What was done about one need; in its own history with what was decided."""
INSIDE = tuple(action for action in NEED_ACTS if not action.startswith("need.decision_told"))
"""What owners do not read in the history of their need: who scored it, and what was decided before they were told."""

REACHED = {
    "review_assigned": "심사위원 %(named)s에게 맡은 과제와 심사 기한을 알립니다.",
    "review_reminder": "아직 점수를 보내지 않은 심사위원 %(named)s에게 다시 알립니다.",
    "selection_selected": "주요 과제로 선정된 과제의 수요기관 %(named)s에게 알립니다.",
    "selection_reserve": "예비로 정한 과제의 수요기관 %(named)s에게 알립니다.",
    "selection_not_selected": "선정하지 않은 과제의 수요기관 %(number)s에게 까닭과 함께 알립니다.",
}
"""What staff read of the mails a step sends, before they take it."""
