"""The staff's forms about people who sign up."""

from collections.abc import Iterable, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, SearchField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from briefings.errors import N_
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.registrations.deciding import Act, Terms
from briefings.registrations.invitees import Guest
from briefings.rounds.forms import LANGUAGES
from briefings.schedule.finding import Seen
from briefings.schedule.registering import Applicant
from briefings.schedule.registrants import SORTS
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.words import REGISTRATION_STATES
from briefings.web.filters import as_read, period
from briefings.web.forms import ChoicesField, EmailField, Filters, Form, PhoneField, options

BY_REQUEST = N_("본인이 전화나 전자우편으로 알려 준 내용")
"""Where the data come from unless staff say otherwise; read in the language of whoever is registered."""


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
        self.state.choices = [("", "승인 대기, 확정, 대기"), *states]
        self.kind.choices = [("", "전체"), *((kind.value, KINDS[kind]) for kind in OrganizationKind)]

    def conditions(self) -> dict[str, Any]:
        """Arguments for `registrants`; what is no condition is left out."""
        sort = self.sort.data or ""
        by = sort.removeprefix("-")
        usual = "state" if self.state.data == RegistrationState.WAITLISTED else "registered_at"  # in line
        return {
            "q": self.q.data or "",
            "state": RegistrationState(self.state.data) if self.state.data in list(RegistrationState) else None,
            "kind": OrganizationKind(self.kind.data) if self.kind.data in list(OrganizationKind) else None,
            "support": self.support.data,
            "sort": by if by in SORTS else usual,
            "descending": sort.startswith("-"),
        }


class Ticks(Filters):
    """Registrants of one page of the list, to do something with those ticked; it leads to the page that asks."""

    id = ChoicesField("고르기")

    @classmethod
    def of(cls, found: Iterable[Registration]) -> "Ticks":
        """One tick for each, none set."""
        form = cls(MultiDict())
        form.id.choices = [(each.public_id, f"{as_read(each.name)}({each.organization.name}) 선택") for each in found]
        return form


class DecisionForm(Form):
    """What goes with a decision about people; `agreed` once it was shown what becomes of whom."""

    reason = TextAreaField("사유", [Length(max=500)])
    destination = SelectField("옮길 설명회", [InputRequired()], coerce=int)
    agreed = HiddenField("결과 확인")

    @classmethod
    def about(cls, act: Act, destinations: Sequence[Seen]) -> "DecisionForm":
        """The fields this act has."""
        form = cls()
        form.destinations = {seen.briefing.id: seen.briefing for seen in destinations}
        form.destination.choices = [SelectChoice(seen.briefing.id, _named(seen)) for seen in destinations]
        if act is not Act.MOVE:
            del form.destination
        if act in (Act.APPROVE, Act.MOVE):
            del form.reason
        elif act is Act.REFUSE:
            form.reason.validators = [*form.reason.validators, DataRequired()]
            form.reason.flags.required = True
            form.reason.description = "신청한 사람에게 보내는 전자우편과 신청 내역에 그대로 보입니다."
        else:
            form.reason.description = "적으면 신청한 사람에게 보내는 전자우편에 그대로 보입니다."
        return form

    def terms(self) -> Terms:
        """What was typed."""
        destination = self.destinations.get(self.destination.data) if "destination" in self else None
        return Terms(self.typed()[0], destination)

    def typed(self) -> tuple[str, int]:
        """The reason, and the number of the destination; empty and 0 where there is none."""
        reason = self.reason.data if "reason" in self else ""
        return reason or "", (self.destination.data if "destination" in self else None) or 0


def _named(seen: Seen) -> str:
    """A briefing with its time and how full it is."""
    places = seen.places
    free = "자리 제한 없음" if places.free is None else f"남은 자리 {places.free:,}"
    waiting = f", 대기 {places.waiting:,}명" if places.waiting else ""
    return f"{period((seen.briefing.starts_at, seen.briefing.ends_at))} {seen.briefing.title} ({free}{waiting})"


class GuestForm(Form):
    """One person to be invited; only the address must be known."""

    email = EmailField("전자우편", [DataRequired()], render_kw={"autocomplete": "off"})
    name = StringField("이름", [Length(max=120)], render_kw={"autocomplete": "off"})
    organization = StringField("기관 이름", [Length(max=120)], render_kw={"autocomplete": "off"})
    kind = SelectField("기관 유형", choices=options(KINDS, empty="모름"))
    locale = SelectField("안내할 언어", choices=[SelectChoice(*each) for each in LANGUAGES], default="ko")

    def guest(self) -> Guest:
        """Who was typed."""
        kind = OrganizationKind(self.kind.data) if self.kind.data else None
        return Guest(self.email.data, self.name.data or "", self.organization.data or "", kind, self.locale.data)


class EnterForm(Form):
    """Somebody whom staff register in their stead; `agreed` once it was shown what they are told."""

    organization = StringField("기관 이름", [DataRequired(), Length(max=120)], render_kw={"autocomplete": "off"})
    kind = SelectField("기관 유형", [DataRequired()], choices=options(KINDS, empty="골라 주세요"))
    name = StringField("이름", [DataRequired(), Length(min=2, max=120)], render_kw={"autocomplete": "off"})
    email = EmailField("전자우편", [DataRequired()], render_kw={"autocomplete": "off"})
    department = StringField("부서", [Length(max=100)], render_kw={"autocomplete": "off"})
    rank = StringField("직급", [Length(max=100)], render_kw={"autocomplete": "off"})
    phone = PhoneField("휴대 전화번호", render_kw={"autocomplete": "off"})
    locale = SelectField("안내할 언어", choices=[SelectChoice(*each) for each in LANGUAGES], default="ko")
    source = StringField(
        "개인정보를 받은 곳",
        [DataRequired(), Length(max=100)],
        default=BY_REQUEST,
        description="본인이 적은 것이 아니라서, 어디서 받았는지 전자우편에 그대로 밝힙니다(개인정보 보호법 제20조).",
    )
    agreed = HiddenField("보낼 전자우편 확인")

    def applicant(self) -> Applicant:
        """Who was typed; nobody agrees to anything for another."""
        return Applicant(
            kind=OrganizationKind(self.kind.data),
            organization=self.organization.data,
            name=self.name.data,
            email=self.email.data,
            department=self.department.data or "",
            rank=self.rank.data or "",
            phone=self.phone.data or "",
            locale=self.locale.data,
        )
