"""The words people read for the enums of this slice."""

from briefings.errors import N_
from briefings.participation.answering import Shelf
from briefings.participation.models import AppointmentState, EndReason, ReplyState, Side, TemplatePurpose, Visibility

REPLY_STATES = {
    ReplyState.SENT: N_("확인 기다림"),
    ReplyState.ACKNOWLEDGED: N_("확인함"),
    ReplyState.CONSULTING: N_("협의 중"),
    ReplyState.MATCHED: N_("성사"),
    ReplyState.DECLINED: N_("함께하지 않음"),
    ReplyState.ENDED: N_("미성사"),
    ReplyState.WITHDRAWN: N_("거두어들임"),
}
REPLY_TONES = {
    ReplyState.SENT: "warning",
    ReplyState.ACKNOWLEDGED: "info",
    ReplyState.CONSULTING: "info",
    ReplyState.MATCHED: "success",
    ReplyState.DECLINED: "quiet",
    ReplyState.ENDED: "quiet",
    ReplyState.WITHDRAWN: "quiet",
}
VISIBILITIES = {
    Visibility.OWNER: N_("수요기관만 봅니다"),
    Visibility.PUBLIC: N_("과제 화면에 기관 이름과 답글을 공개합니다"),
}
END_REASONS = {
    EndReason.TERMS: N_("조건이 맞지 않음"),
    EndReason.BUDGET: N_("예산이나 인력이 없음"),
    EndReason.TIMING: N_("시기가 맞지 않음"),
    EndReason.RULES: N_("법령이나 규정에 막힘"),
    EndReason.SILENCE: N_("연락이 이어지지 않음"),
    EndReason.OTHER: N_("그 밖의 까닭"),
}
APPOINTMENT_STATES = {
    AppointmentState.OFFERED: N_("시간 고르는 중"),
    AppointmentState.AGREED: N_("시간 정함"),
    AppointmentState.CANCELLED: N_("취소함"),
}
APPOINTMENT_TONES = {
    AppointmentState.OFFERED: "warning",
    AppointmentState.AGREED: "success",
    AppointmentState.CANCELLED: "quiet",
}
SIDES = {Side.OWNER: N_("수요기관"), Side.REPLIER: N_("답글을 보낸 기관")}
TEMPLATE_PURPOSES = {
    TemplatePurpose.ACKNOWLEDGE: N_("답글을 확인할 때"),
    TemplatePurpose.CONSULT: N_("협의를 청할 때"),
    TemplatePurpose.DECLINE: N_("함께하기 어려울 때"),
}
SHELVES = {
    Shelf.WAITING: N_("확인 기다림"),
    Shelf.GOING: N_("진행 중"),
    Shelf.DONE: N_("마침"),
    Shelf.ALL: N_("전체"),
}
CALENDAR_ANSWERS = {
    "ACCEPTED": N_("참석"),
    "TENTATIVE": N_("미정"),
    "DECLINED": N_("불참"),
    "NEEDS-ACTION": N_("아직 답하지 않음"),
}
"""What both sides read for an answer from a calendar (RFC 5545, 3.2.12)."""
WORDS = {
    ReplyState: REPLY_STATES,
    Visibility: VISIBILITIES,
    EndReason: END_REASONS,
    AppointmentState: APPOINTMENT_STATES,
    Side: SIDES,
    TemplatePurpose: TEMPLATE_PURPOSES,
    Shelf: SHELVES,
}
