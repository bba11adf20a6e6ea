"""The words staff read for consent texts."""

from briefings.privacy.models import Basis, Purpose

PURPOSES = {
    Purpose.REGISTRATION: "설명회 신청",
    Purpose.PROVISION: "수요기관에 알리기",
    Purpose.NEWS: "다음 설명회 소식",
    Purpose.REPLY: "참여 답글",
}
BASES = {Basis.CONSENT: "동의를 받음", Basis.NOTICE: "알리기만 함"}
PARTS = {
    "title": "제목",
    "recipient": "제공받는 자",
    "items": "항목",
    "use": "목적",
    "retention": "보유·이용 기간",
    "refusal": "거부할 권리와 그때의 불이익",
}
"""The parts of a text, in the order in which forms show them."""
LANGUAGES = {"ko": "한국어", "en": "영어"}
WORDS = {Purpose: PURPOSES, Basis: BASES}
