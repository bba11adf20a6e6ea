"""The staff's forms about attendance."""

from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SearchField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from briefings.live.attendance import SORTS
from briefings.live.attendance_words import STANDINGS
from briefings.live.models import AttendanceState
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.web.forms import Filters, Form, options

CAME = "came"
AS_SEEN = "seen"


class AttendeeFilters(Filters):
    """Whose attendance to list, in which order."""

    q = SearchField("검색어", [Length(max=100)], description="이름, 기관, 전자우편")
    standing = SelectField("출결")
    kind = SelectField("기관 유형")
    marked = BooleanField("담당자가 표시한 사람만")
    sort = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standings = [(each.value, STANDINGS[each]) for each in AttendanceState]
        self.standing.choices = [("", "전체"), (CAME, "온 사람 모두"), *standings]
        self.kind.choices = [("", "전체"), *((kind.value, KINDS[kind]) for kind in OrganizationKind)]

    def conditions(self) -> dict[str, Any]:
        """Arguments for `attendees`; what is no condition is left out."""
        sort = self.sort.data or ""
        by, standing = sort.removeprefix("-"), self.standing.data
        return {
            "q": self.q.data or "",
            "standing": AttendanceState(standing) if standing in list(AttendanceState) else None,
            "came": standing == CAME,
            "kind": OrganizationKind(self.kind.data) if self.kind.data in list(OrganizationKind) else None,
            "marked": bool(self.marked.data),
            "sort": by if by in SORTS else "organization",
            "descending": sort.startswith("-"),
        }


class MarkForm(Form):
    """How somebody attended, and how staff know."""

    as_ = RadioField(
        "어떻게 표시할지",
        [DataRequired()],
        choices=[*options(STANDINGS), SelectChoice(AS_SEEN, "표시를 지우고 기록대로")],
        description="참가 시간을 정해 둔 확인증: ‘참석’은 시간을 따지지 않습니다. ‘늦게 참석’과 ‘일찍 나감’은 "
        "들어오고 나간 시각이 기록되어 있어야 받을 수 있습니다.",
    )
    reason = StringField(
        "까닭",
        [Length(max=200)],
        description="출석부와 내려받는 파일에 그대로 보입니다. 표시를 지울 때에는 적지 않아도 됩니다. "
        "예: 전화로 참가, 동료 자리에서 함께 봄",
    )

    agreed = HiddenField("표시할 사람")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.flags.unmarked = True

    def validate(self, extra_validators: Any = None) -> bool:
        """Whoever says otherwise than was seen says why."""
        sound = super().validate(extra_validators)
        if sound and self.state() is not None and not self.reason.data:
            self.reason.errors = ["까닭을 입력해 주세요. 나중에 다른 담당자가 봐도 알 수 있어야 합니다."]
            return False
        return sound

    def state(self) -> AttendanceState | None:
        """What was chosen; None: what was seen counts."""
        return None if self.as_.data == AS_SEEN else AttendanceState(self.as_.data)
