"""The words staff read for what became of mails that came in, and for what calendars answer."""

from briefings.inbox.models import Outcome

OUTCOMES = {
    Outcome.REVIEW: "살펴봐 주세요",
    Outcome.PROPOSED: "다른 시각을 제안함",
    Outcome.LETTER: "문의",
    Outcome.ANSWERED: "답을 기록함",
    Outcome.STALE: "지난 답",
    Outcome.DUPLICATE: "같은 답",
    Outcome.RESENT: "초대를 다시 보냄",
    Outcome.BOUNCED: "되돌아옴",
    Outcome.DROPPED: "처리할 것 없음",
}
OUTCOME_TONES = {
    Outcome.REVIEW: "warning",
    Outcome.PROPOSED: "warning",
    Outcome.LETTER: "info",
    Outcome.ANSWERED: "success",
    Outcome.STALE: "quiet",
    Outcome.DUPLICATE: "quiet",
    Outcome.RESENT: "success",
    Outcome.BOUNCED: "error",
    Outcome.DROPPED: "quiet",
}
WORDS = {Outcome: OUTCOMES}

METHODS = {"REPLY": "초대에 대한 답", "COUNTER": "다른 시각 제안", "REFRESH": "초대를 다시 보내 달라는 요청"}
"""What staff read for what an answer is."""
ACTIONS = {"mail.accepted": "답을 받아들임", "mail.ignored": "무시함", "mail.handled": "처리함"}
"""What staff read for the acts in the audit log."""
