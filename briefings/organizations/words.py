"""The words people read for the enums of this slice: catalogue keys, translated where they are shown."""

from briefings.accounts.models import Role
from briefings.accounts.words import ROLES
from briefings.audit.models import AuditEntry
from briefings.errors import N_
from briefings.organizations.models import OrganizationKind, RequestState

KINDS = {
    OrganizationKind.CENTRAL: N_("중앙행정기관"),
    OrganizationKind.LOCAL: N_("지방자치단체"),
    OrganizationKind.PUBLIC_INSTITUTION: N_("공공기관"),
    OrganizationKind.EDUCATION_OFFICE: N_("교육청"),
    OrganizationKind.COMPANY: N_("기업"),
    OrganizationKind.ASSOCIATION: N_("협회·단체"),
    OrganizationKind.UNIVERSITY: N_("대학·연구기관"),
}
REQUEST_STATES = {
    RequestState.UNCONFIRMED: N_("주소 확인 전"),
    RequestState.PENDING: N_("승인 기다림"),
    RequestState.APPROVED: N_("승인"),
    RequestState.DECLINED: N_("거절"),
}
PARTS = {"name": "이름", "kind": "기관 유형"}
"""What the log calls what was put right."""
WORDS = {OrganizationKind: KINDS, RequestState: REQUEST_STATES}

ACTS = {
    "account.opened": "계정을 만듦",
    "account.closed": "개인정보를 지우려고 계정을 닫음",
    "account.signed_in": "로그인함",
    "account.password_set": "비밀번호를 정함",
    "account.switched_off": "계정을 끔",
    "account.switched_on": "계정을 켬",
    "account.role_changed": "역할을 바꿈",
    "account.organization_changed": "기관을 바꿈",
    "account.themes_changed": "담당 주제를 바꿈",
    "account.invitation_withdrawn": "초대를 거둠",
    "account.sign_in_failed": "로그인하지 못함",
    "account.sessions_ended": "모든 기기에서 로그아웃함",
    "account.second_factor_on": "2단계 인증을 켬",
    "account.second_factor_off": "2단계 인증을 끔",
    "account.second_factor_reset": "2단계 인증을 풂",
    "account.recovery_code_used": "복구 코드를 씀",
    "account.recovery_codes_renewed": "복구 코드를 새로 받음",
    "account.agency_linked": "소속 기관 계정과 연결함",
    "account.agency_unlinked": "소속 기관 계정과 연결을 끊음",
}


def said(entry: AuditEntry) -> str:
    """One act on an account in a few Korean words, with what it was before and is now."""
    before, after = entry.detail.get("before", ""), entry.detail.get("after", "")
    if entry.action == "account.role_changed":
        before, after = ROLES[Role(before)], ROLES[Role(after)]
    change = f": {before or '없음'} → {after or '없음'}" if before or after else ""
    return ACTS.get(entry.action, entry.action) + change
