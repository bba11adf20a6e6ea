"""The words people read for the enums of this slice: catalogue keys, translated where they are shown."""

from briefings.accounts.invitations import Invited
from briefings.accounts.models import Role
from briefings.errors import N_

ROLES = {
    Role.ADMINISTRATOR: N_("관리자"),
    Role.OFFICER: N_("담당자"),
    Role.OWNER: N_("수요기관"),
    Role.EXPERT: N_("전문가"),
}
INVITED = {
    Invited.ON_ITS_WAY: "초대 보내는 중",
    Invited.SENT: "초대함",
    Invited.NOT_DELIVERED: "초대가 배달되지 않음",
    Invited.EXPIRED: "초대 기한 지남",
    Invited.NOT_INVITED: "초대하기 전",
    Invited.WITHDRAWN: "초대를 거둠",
    Invited.NEVER_SIGNED_IN: "로그인한 적 없음",
}
WORDS = {Role: ROLES, Invited: INVITED}
