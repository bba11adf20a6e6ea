"""The words people read for the states of this slice: catalogue keys, translated where they are shown."""

from briefings.errors import N_
from briefings.schedule.models import Phase, RegistrationState

PHASES = {
    Phase.DRAFT: N_("초안"),
    Phase.ANNOUNCED: N_("신청 예정"),
    Phase.OPEN: N_("신청 받는 중"),
    Phase.CLOSED: N_("신청 마감"),
    Phase.LIVE: N_("진행 중"),
    Phase.ENDED: N_("종료"),
    Phase.CANCELLED: N_("취소됨"),
}
PHASE_TONES = {
    Phase.DRAFT: "quiet",
    Phase.ANNOUNCED: "info",
    Phase.OPEN: "success",
    Phase.CLOSED: "warning",
    Phase.LIVE: "primary-tone",
    Phase.ENDED: "quiet",
    Phase.CANCELLED: "error",
}
"""The tone of the badge that shows the phase; the word says it all, colour only helps."""

REGISTRATION_STATES = {
    RegistrationState.CONFIRMED: N_("신청 확정"),
    RegistrationState.WAITLISTED: N_("대기 중"),
    RegistrationState.CANCELLED: N_("신청 취소"),
}
REGISTRATION_TONES = {
    RegistrationState.CONFIRMED: "success",
    RegistrationState.WAITLISTED: "warning",
    RegistrationState.CANCELLED: "quiet",
}
