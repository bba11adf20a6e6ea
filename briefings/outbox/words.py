"""The words staff read for the states and kinds of messages; staff pages are Korean only."""

from briefings.outbox.models import MessageState

MESSAGE_STATES = {
    MessageState.HELD: "보류",
    MessageState.QUEUED: "대기 중",
    MessageState.SENDING: "보내는 중",
    MessageState.SENT: "보냄",
    MessageState.FAILED: "보내지 못함",
    MessageState.BOUNCED: "되돌아옴",
    MessageState.DROPPED: "보내지 않음",
}
MESSAGE_TONES = {
    MessageState.HELD: "warning",
    MessageState.QUEUED: "info",
    MessageState.SENDING: "info",
    MessageState.SENT: "success",
    MessageState.FAILED: "error",
    MessageState.BOUNCED: "error",
    MessageState.DROPPED: "quiet",
}
WORDS = {MessageState: MESSAGE_STATES}

# What a message is about, in the order of the composers of each slice.
KINDS = {
    "invitation": "설명회 신청 완료와 일정 초대",
    "new_time": "설명회 일시 변경",
    "new_title": "설명회 이름 변경",
    "place_of_presenter": "발표자의 설명회 신청 완료",
    "withdrawal": "설명회 참석 취소",
    "waitlisted": "설명회 대기 신청",
    "waiting_new_time": "설명회 일시 변경 (대기 신청자)",
    "waiting_ended": "설명회 대기 끝남",
    "already_registered": "이미 신청한 설명회",
    "my_registrations": "신청 내역 링크",
    "reminder": "설명회 전날 알림",
    "presenter_slot": "발표 일정",
    "presenter_released": "발표 일정 취소",
    "presenter_chase": "발표 확인 재촉",
    "rehearsal": "리허설 일정",
    "rehearsal_off": "리허설 일정 취소",
    "reply_received": "참여 답글 도착",
    "reply_withdrawn": "참여 답글 거두어들임",
    "reply_sent": "참여 답글 접수",
    "reply_exists": "이미 보낸 참여 답글",
    "reply_acknowledged": "참여 답글 확인",
    "reply_declined": "참여 답글: 함께하지 않음",
    "reply_matched": "참여 답글: 성사",
    "need_submitted": "과제 제출",
    "need_published": "과제 공개",
    "need_returned": "과제 돌려보냄",
    "account_request": "계정 신청 확인",
    "account_declined": "계정 신청 거절",
    "set_password": "비밀번호 정하기",
    "forgotten_password": "비밀번호 다시 정하기",
    "password_changed": "비밀번호 바뀜",
}
