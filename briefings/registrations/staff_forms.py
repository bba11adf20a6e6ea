"""The staff's forms about people who sign up."""

from typing import Any

from wtforms import BooleanField, HiddenField, SearchField, SelectField
from wtforms.validators import Length

from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.schedule.registrants import SORTS
from briefings.schedule.registration_models import RegistrationState
from briefings.schedule.words import REGISTRATION_STATES
from briefings.web.forms import Filters


class RegistrantFilters(Filters):
    """Which registrants to list, in which order."""

    q = SearchField("검색어", [Length(max=100)], description="이름, 기관, 전자우편")
    state = SelectField("상태")
    kind = SelectField("기관 유형")
    support = BooleanField("지원 요청만")
    sort = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(state.value, REGISTRATION_STATES[state]) for state in RegistrationState]
        self.state.choices = [("", "확정과 대기"), *states]
        self.kind.choices = [("", "전체"), *((kind.value, KINDS[kind]) for kind in OrganizationKind)]

    def conditions(self) -> dict[str, Any]:
        """Arguments for `registrants`; what is no condition is left out."""
        sort = self.sort.data or ""
        by = sort.removeprefix("-")
        return {
            "q": self.q.data or "",
            "state": RegistrationState(self.state.data) if self.state.data in list(RegistrationState) else None,
            "kind": OrganizationKind(self.kind.data) if self.kind.data in list(OrganizationKind) else None,
            "support": self.support.data,
            "sort": by if by in SORTS else "registered_at",
            "descending": sort.startswith("-"),
        }
