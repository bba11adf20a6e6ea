"""The words people read for the enums of this slice: catalogue keys, translated where they are shown."""

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
WORDS = {OrganizationKind: KINDS, RequestState: REQUEST_STATES}
