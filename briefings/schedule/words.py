"""The words people read for the states of this slice: catalogue keys, translated where they are shown."""

from datetime import datetime
from typing import NamedTuple

from briefings.errors import N_
from briefings.schedule.models import Briefing, Eligibility, Phase, SlotState, Step, Visibility
from briefings.schedule.registration_models import RegistrationState, SupportState

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


class Status(NamedTuple):
    """What a badge says of a briefing: a catalogue key, and the tone."""

    word: str
    tone: str


def status_of(briefing: Briefing, full: bool, now: datetime) -> Status:
    """Where a briefing stands for whoever might come: the same word for everybody, on every page.

    `full`: whether a newcomer would have to wait, which is for those who may come by themselves.
    """
    phase = briefing.phase(now)
    if phase is Phase.OPEN and briefing.eligibility is Eligibility.INVITED:
        return Status(N_("초대받은 분 신청 받는 중"), PHASE_TONES[phase])
    if phase is Phase.OPEN and full and not briefing.approval:
        return Status(N_("대기 신청 받는 중"), "warning")
    return Status(PHASES[phase], PHASE_TONES[phase])


REGISTRATION_STATES = {
    RegistrationState.REQUESTED: N_("승인 대기"),
    RegistrationState.CONFIRMED: N_("신청 확정"),
    RegistrationState.WAITLISTED: N_("대기 중"),
    RegistrationState.CANCELLED: N_("신청 취소"),
}
REGISTRATION_TONES = {
    RegistrationState.REQUESTED: "info",
    RegistrationState.CONFIRMED: "success",
    RegistrationState.WAITLISTED: "warning",
    RegistrationState.CANCELLED: "quiet",
}
SUPPORT_STATES = {
    SupportState.ASKED: N_("답을 기다림"),
    SupportState.ARRANGED: N_("준비함"),
    SupportState.IMPOSSIBLE: N_("다른 방법을 드림"),
}
SUPPORT_TONES = {SupportState.ASKED: "warning", SupportState.ARRANGED: "success", SupportState.IMPOSSIBLE: "info"}
SLOT_STATES = {
    SlotState.UNANSWERED: N_("답을 기다림"),
    SlotState.ACCEPTED: N_("수락함"),
    SlotState.DECLINED: N_("사양함"),
}
SLOT_TONES = {SlotState.UNANSWERED: "warning", SlotState.ACCEPTED: "success", SlotState.DECLINED: "error"}
WORDS = {Phase: PHASES, RegistrationState: REGISTRATION_STATES, SupportState: SUPPORT_STATES, SlotState: SLOT_STATES}

VISIBILITIES = {
    Visibility.LISTED: "목록에 보이기",
    Visibility.UNLISTED: "주소를 아는 사람만 보기",
}
"""What staff read for who finds a briefing."""

ELIGIBILITIES = {
    Eligibility.OPEN: "누구나",
    Eligibility.KINDS: "정해진 기관 유형만",
    Eligibility.INVITED: "초대한 사람만",
}
"""What staff read for who may register."""

APPROVAL = {False: "바로 자리 주기", True: "승인한 뒤에 자리 주기"}
"""What staff read for how a registration gets its place."""

PARTSTATS = {"ACCEPTED": "수락", "TENTATIVE": "미정", "DECLINED": "거절", "NEEDS-ACTION": "아직 답하지 않음"}
"""What staff read for an answer from a calendar (RFC 5545, 3.2.12)."""

DETAILS = {
    "title": "제목",
    "theme_id": "주제",
    "audience_id": "대상",
    "description": "소개",
    "visibility": "누리집에 보이기",
    "times": "일시",
    "starts_at": "시작 일시",
    "ends_at": "끝 일시",
    "opening_minutes": "여는 말",
    "moderator": "사회자",
    "capacity": "정원",
    "eligibility": "신청 자격",
    "eligible_kinds": "받을 기관 유형",
    "approval": "자리를 주는 방법",
    "registration_opens_at": "신청 시작",
    "registration_closes_at": "신청 마감",
    "materials_due_at": "발표자료 기한",
    "room_url": "접속 주소",
    "room_note": "접속이 안 될 때",
    "replay_url": "다시보기 주소",
    "replay_captioned": "다시보기 자막",
    "replay_transcript": "다시보기 원고",
    "chapters": "다시보기에서 과제마다 시작하는 곳",
    "slots": "발표 순서",
    "order": "발표 순서",
    "presenter": "발표자",
    "minutes": "발표와 질의 시간",
    "reminders": "알림",
    "rehearsal_starts_at": "리허설 시작",
    "rehearsal_ends_at": "리허설 끝",
}
"""What staff read for the parts of a briefing."""

STEPS = {
    Step.WEEK: ("7일 전", "일시와 취소 링크"),
    Step.THREE_DAYS: ("3일 전", "일시, 입장 링크, 취소 링크"),
    Step.RECONFIRM: ("2일 전: 참가 확인", "참가하는지 묻고, 못 오면 자리를 대기자에게 넘김"),
    Step.DAY: ("하루 전", "일시, 입장 링크, 취소 링크"),
    Step.TWO_HOURS: ("2시간 전", "입장 링크"),
    Step.MISSED: ("시작 10분 뒤", "아직 방에 없는 사람에게 입장 링크"),
    Step.THANKS: ("다음 날: 참가한 사람에게", "감사, 다시보기, 답글 링크"),
    Step.ABSENT: ("다음 날: 참가하지 못한 사람에게", "다시보기, 답글 링크"),
}
"""What staff read for each step of the ladder of reminders: when or to whom, and what it says."""

ACTIONS = {
    "briefing.composed": "초안 만들기",
    "briefing.copied": "복사해서 초안 만들기",
    "briefing.edited": "고치기",
    "briefing.draft_kept": "임시 저장",
    "briefing.draft_discarded": "임시 저장한 내용 버리기",
    "briefing.published": "공개",
    "briefing.moved": "일시 변경",
    "briefing.cancelled": "취소",
    "briefing.discarded": "초안 지우기",
    "announcement.sent": "안내 보내기",
    "briefing.ways_set": "설명회장으로 들어가는 다른 길",
    "day.set_up": "입장과 출석의 기준",
    "day.begun": "설명회 시작",
    "day.taken_back": "설명회 시작 되돌리기",
    "day.ended": "설명회 끝",
    "day.resumed": "설명회 이어 가기",
    "day.line_said": "모두에게 알림",
    "day.line_cleared": "모두에게 알린 말 지우기",
    "day.cue_notes": "큐시트 적기",
    "day.moderator_asked": "사회자에게 진행 화면 링크 보내기",
    "day.moderator_revoked": "사회자 링크 막기",
    "talk.begun": "발표 시작",
    "talk.ended": "발표 끝",
    "talk.resumed": "발표 이어 가기",
    "talk.taken_back": "발표 시작 되돌리기",
    "talk.presenter_seen": "발표자 확인",
    "talk.presenter_there": "발표자가 대기실에 있다고 알림",
    "talk.presenter_missed": "발표자 확인 되돌리기",
    "talk.replies_opened": "관심 표시 열기",
    "talk.replies_closed": "관심 표시 닫기",
    "certificates.rule_set": "참가 확인증 규칙 고치기",
    "certificates.issued": "참가 확인증 한꺼번에 발급하기",
    "certificates.exported": "참가 확인증 발급대장 내려받기",
    "certificate.corrected": "참가 확인증 고쳐서 다시 발급하기",
    "certificate.revoked": "참가 확인증 발급 취소",
    "booklet.asked_for": "자료집 만들기",
    "booklet.published": "자료집 공개",
    "booklet.withdrawn": "자료집 공개 거두기",
    "support.day_seen": "당일 지원 읽기",
    "support.destroyed": "지난 지원 요청의 글 지우기",
    "briefing.people_approved": "신청 승인",
    "briefing.people_refused": "신청 돌려보내기",
    "briefing.people_removed": "신청 취소",
    "briefing.people_moved": "다른 설명회로 옮기기",
    "briefing.invitees_added": "초대 명단에 넣기",
    "briefing.invitee_removed": "초대 명단에서 빼기",
    "briefing.invitees_asked": "초대하기",
    "briefing.invitees_reminded": "초대한 사람에게 다시 알리기",
    "briefing.people_entered": "담당자가 신청시키기",
    "briefing.list_discarded": "명단 버리기",
    "registrations.exported": "신청자 내려받기",
    "attendance.exported": "출석부 내려받기",
    "attendance_organizations.exported": "기관별 참석 내려받기",
    "invitees.exported": "초대 명단 내려받기",
    "presenters.exported": "발표자 내려받기",
    "programme.exported": "발표 순서 내려받기",
    "questions.exported": "질문 내려받기",
    "briefing.afterwards_sent": "감사와 불참 안내 바로 보내기",
    "report.remarked": "결과보고의 의견 적기",
    "survey.changed": "만족도 조사 고치기",
    "survey.exported": "만족도 조사 내려받기",
    "briefing.mails_held": "전자우편 보류하기",
    "briefing.mails_not_held": "전자우편 보류하지 않기",
    "slot.accepted": "발표 수락",
    "slot.declined": "발표 사양",
    "slot.handed_over": "발표 넘김",
    "slot.asked_again": "발표 다시 부탁",
    "slot.standby_raised": "예비 발표자로 바꾸기",
    "slot.standby_named": "예비 발표자 적기",
    "slot.standby_presents": "예비 발표자가 대신 발표",
    "slot.file_handed_in": "발표자료 올림",
    "slot.file_replaced": "발표자료 바꿈",
    "slot.file_removed": "발표자료 지움",
    "slot.file_published": "발표자료 공개 허락",
    "slot.file_kept_back": "발표자료 공개하지 않기",
    "slot.materials_asked_for": "발표자료 부탁",
}
"""What staff read for the acts in the audit log."""


def told(held: bool) -> str:
    """How a sentence to staff about a step ends: that people know of it, or that what tells them waits."""
    return "알릴 전자우편을 보류해 두었습니다. ‘발송’에서 내보내 주세요." if held else "알렸습니다."
