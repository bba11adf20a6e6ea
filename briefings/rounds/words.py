"""The words people read about rounds: who answered, what was done."""

from briefings.rounds.progress import Answer

ANSWERS = {
    Answer.SILENT: "답 없음",
    Answer.DRAFTING: "작성 중",
    Answer.UNASKED: "부탁 전",
    Answer.NOTHING: "과제 없음",
    Answer.ANSWERED: "제출",
}
ANSWER_TONES = {
    Answer.SILENT: "error",
    Answer.DRAFTING: "warning",
    Answer.UNASKED: "quiet",
    Answer.NOTHING: "info",
    Answer.ANSWERED: "success",
}
PARTS = {
    "name": "이름",
    "description": "안내",
    "opens_at": "접수 시작",
    "closes_at": "접수 마감",
    "reviews_due_on": "심사 기한",
}
"""What staff read for the parts of a round."""
ROUND_ACTS = {
    "round.made": "만듦",
    "round.edited": "고침",
    "round.announced": "예고함",
    "round.moved": "접수 기간을 바꿈",
    "round.contacts_added": "부탁할 기관을 더함",
    "round.contacts_taken_over": "지난 수요조사의 명단을 가져옴",
    "round.members_added": "계정이 있는 기관을 더함",
    "round.contact_corrected": "명단의 담당자를 고침",
    "round.contact_removed": "명단에서 뺌",
    "round.asked": "부탁하는 전자우편을 보냄",
    "round.reminded": "답하지 않은 분께 다시 알림",
    "round.nothing": "과제가 없다는 답",
    "round.nothing_taken_back": "과제가 없다는 답을 거둠",
    "round.handed_over": "동료에게 넘김",
}
"""What was done with a round, as staff read it in its course."""
REVIEW_ACTS = {
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
WORDS = {Answer: ANSWERS}
