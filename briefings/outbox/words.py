"""The words staff read for the states and kinds of messages; staff pages are Korean only."""

from briefings.outbox.finding import Standing
from briefings.outbox.models import Medium, MessageState

STANDINGS = {
    Standing.QUEUED: "대기 중",
    Standing.DEFERRED: "미룸",
    Standing.HELD: "보류",
    Standing.SENDING: "보내는 중",
    Standing.SENT: "보냄",
    Standing.FAILED: "보내지 못함",
    Standing.BOUNCED: "되돌아옴",
    Standing.DROPPED: "보내지 않음",
}
STANDING_TONES = {
    Standing.QUEUED: "info",
    Standing.DEFERRED: "warning",
    Standing.HELD: "warning",
    Standing.SENDING: "info",
    Standing.SENT: "success",
    Standing.FAILED: "error",
    Standing.BOUNCED: "error",
    Standing.DROPPED: "quiet",
}
MESSAGE_STATES = {state: STANDINGS[Standing(state.value)] for state in MessageState}
MEDIA = {Medium.MAIL: "전자우편", Medium.TEXT: "문자·알림톡"}
WORDS = {MessageState: MESSAGE_STATES, Standing: STANDINGS, Medium: MEDIA}

ACTIONS = {
    "message.held": "보류함",
    "message.released": "내보냄",
    "message.queued_again": "다시 보낼 차례에 넣음",
    "message.tested": "시험 발송함",
    "address.trusted": "되돌아온 주소 표시를 풂",
}
"""What staff read for the acts in the audit log."""

# What a message is about, in the order of the composers of each slice.
KINDS = {
    "invitation": "설명회 신청 완료와 일정 초대",
    "new_time": "설명회 일시 변경",
    "new_title": "설명회 이름 변경",
    "place_of_presenter": "발표자의 설명회 신청 완료",
    "withdrawal": "설명회 참석 취소",
    "place_given_up": "발표자의 설명회 참석 취소",
    "waitlisted": "설명회 대기 신청",
    "waiting_new_time": "설명회 일시 변경 (대기 신청자)",
    "waiting_ended": "설명회 대기 끝남",
    "new_address": "새 전자우편 주소 확인",
    "already_registered": "이미 신청한 설명회",
    "my_registrations": "신청 내역 링크",
    "reminder_week": "설명회 7일 전 알림",
    "reminder_three_days": "설명회 3일 전 알림",
    "reconfirm": "설명회 참가 확인",
    "reminder": "설명회 전날 알림",
    "reminder_text": "설명회 전날 알림 (문자)",
    "reminder_two_hours": "설명회 2시간 전 알림",
    "reminder_two_hours_text": "설명회 2시간 전 알림 (문자)",
    "missed": "설명회 시작 10분 뒤 알림",
    "missed_text": "설명회 시작 10분 뒤 알림 (문자)",
    "thanks": "참가한 분께 감사",
    "absent": "참가하지 못한 분께 안내",
    "presenter_slot": "발표 일정",
    "presenter_released": "발표 일정 취소",
    "availability_asked": "발표 가능 시간 묻기",
    "availability_reminded": "발표 가능 시간 다시 묻기",
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
    "need_return_due": "고칠 기한 알림",
    "need_claim": "과제 넘겨받기",
    "need_claim_refused": "과제를 넘겨받지 못함",
    "review_assigned": "심사 부탁",
    "review_reminder": "심사 기한 알림",
    "selection_selected": "주요 과제로 선정",
    "selection_reserve": "예비 과제로 선정",
    "selection_not_selected": "주요 과제로 선정하지 않음",
    "round_asked": "수요조사 부탁",
    "round_reminder": "수요조사 마감 알림",
    "round_moved": "수요조사 접수 기간 변경",
    "needs_imported": "파일로 과제 등록",
    "declined": "달력에서 거절해 취소된 신청",
    "decline_asked": "자리를 내놓을지 물음",
    "presenter_declined": "달력에서 사양한 발표",
    "presenter_decline_asked": "발표를 사양하는지 물음",
    "announcement": "설명회 안내",
    "account_request": "계정 신청 확인",
    "account_declined": "계정 신청 거절",
    "set_password": "비밀번호 정하기",
    "forgotten_password": "비밀번호 다시 정하기",
    "password_changed": "비밀번호 바뀜",
    "test": "시험 발송",
}
