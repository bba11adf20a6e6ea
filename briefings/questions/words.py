"""The words people read for where a question stands: catalogue keys, translated where they are shown."""

from briefings.errors import N_
from briefings.questions.models import QuestionState

STATES = {
    QuestionState.WAITING: N_("답을 기다림"),
    QuestionState.ON_AIR: N_("지금 답하는 중"),
    QuestionState.ANSWERED: N_("설명회에서 답함"),
    QuestionState.TO_WRITE: N_("서면 답변 예정"),
    QuestionState.WRITTEN: N_("서면 답변"),
    QuestionState.HIDDEN: N_("숨김"),
    QuestionState.MERGED: N_("다른 질문에 합침"),
}
TONES = {
    QuestionState.WAITING: "quiet",
    QuestionState.ON_AIR: "primary",
    QuestionState.ANSWERED: "success",
    QuestionState.TO_WRITE: "warning",
    QuestionState.WRITTEN: "success",
    QuestionState.HIDDEN: "error",
    QuestionState.MERGED: "quiet",
}
"""The tone of the badge that shows it; the word says it all, colour only helps."""
WORDS = {QuestionState: STATES}

HIDING_REASONS = (
    "설명회와 관계없는 내용",
    "개인정보나 영업 비밀이 들어 있음",
    "비방이나 부적절한 표현",
    "이미 답한 질문",
)
"""What staff usually hide a question for."""
OTHER_REASON = "그 밖의 까닭"

ACTIONS = {
    "question.assigned": "과제에 배정",
    "question.taken_live": "지금 답하기",
    "question.answered": "설명회에서 답함",
    "question.to_write": "서면 답변으로 돌림",
    "question.written": "서면 답변",
    "question.corrected": "서면 답변 고침",
    "question.waiting": "답을 기다림으로 되돌림",
    "question.hidden": "숨김",
    "question.shown": "다시 보임",
    "question.merged": "다른 질문에 합침",
    "question.separated": "합친 것을 나눔",
}
"""What staff read for the acts in the audit log."""
