"""The words people read for the enums of this slice: catalogue keys, translated where they are shown."""

from briefings.accounts.models import Role
from briefings.errors import N_

ROLES = {
    Role.ADMINISTRATOR: N_("관리자"),
    Role.OFFICER: N_("담당자"),
    Role.OWNER: N_("수요기관"),
    Role.EXPERT: N_("전문가"),
}
WORDS = {Role: ROLES}
