"""Forms of registrants."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.privacy.models import ConsentText, Purpose
from briefings.schedule.programme import ProgrammeEntry
from briefings.schedule.registering import Applicant, Colleague, Details
from briefings.schedule.registration_models import Registration
from briefings.web.forms import ChoicesField, ConsentField, EmailField, Form, PhoneField, options
from briefings.web.language import language

MOST_COLLEAGUES = 9
CONSENTS = {"consent": Purpose.REGISTRATION, "provision": Purpose.PROVISION, "news": Purpose.NEWS}
"""Field → what the consent is for."""


class DetailsForm(Form):
    """What a registrant says about themselves, now and later."""

    kind = SelectField(_l("기관 유형"), [DataRequired()], choices=options(KINDS, empty=_l("골라 주세요")))
    organization = StringField(
        _l("기관·회사 이름"), [DataRequired(), Length(max=120)], render_kw={"autocomplete": "organization"}
    )
    name = StringField(_l("이름"), [DataRequired(), Length(min=2, max=120)], render_kw={"autocomplete": "name"})
    department = StringField(
        _l("부서"), [Length(max=100)], render_kw={"autocomplete": "organization-title", "maxlength": 100}
    )
    phone = PhoneField(_l("휴대 전화번호"), description=_l("급히 알려 드릴 일이 있을 때만 씁니다."))
    support = TextAreaField(
        _l("필요한 지원"),
        [Length(max=1000)],
        description=_l("수어·문자 통역, 자료 형식처럼 필요한 것만 적어 주세요. 장애나 병의 이름은 적지 마십시오."),
    )
    question = TextAreaField(_l("사전 질문"), [Length(max=2000)], description=_l("발표자에게 미리 전해 드립니다."))
    interests = ChoicesField(_l("관심 있는 수요"), coerce=int, choices=[])

    def __init__(self, programme: Sequence[ProgrammeEntry], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.interests.choices = [SelectChoice(entry.need.id, entry.need.title) for entry in programme]

    @property
    def optional_ones(self) -> list[Any]:
        """What may stay closed: everything that is not required."""
        return [self.department, self.phone, self.support, self.question, self.interests]

    @property
    def opened(self) -> bool:
        """Whether the optional part must show: something in it is filled or wrong."""
        return any(field.data or field.errors for field in self.optional_ones)

    def details(self) -> dict[str, Any]:
        """The values of `Details`."""
        return {
            "kind": OrganizationKind(self.kind.data),
            "organization": self.organization.data,
            "name": self.name.data,
            "department": self.department.data or "",
            "phone": self.phone.data or "",
            "support": self.support.data or "",
            "question": self.question.data or "",
            "interests": tuple(self.interests.data or ()),
        }


class ColleagueForm(Form):
    """One more person of the same organization; a row left empty is nobody."""

    class Meta(Form.Meta):
        csrf = False

    name = StringField(_l("동료의 이름"), [Length(max=120)], render_kw={"autocomplete": "off"})
    email = EmailField(_l("동료의 전자우편"), render_kw={"autocomplete": "off"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in (self.name, self.email):
            field.flags.unmarked = True

    @property
    def is_empty(self) -> bool:
        """Whether nobody was named."""
        return not (self.name.data or self.email.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: both or neither, and a name that can be one."""
        super().validate(extra_validators)
        if not self.is_empty:
            if not self.name.errors and len(self.name.data or "") < 2:
                self.name.errors = [gettext("동료의 이름을 두 글자 이상으로 입력해 주세요.")]
            if not self.email.errors and not self.email.data:
                self.email.errors = [gettext("동료의 전자우편을 입력해 주세요.")]
        return not (self.name.errors or self.email.errors)


class RegistrationForm(DetailsForm):
    """One page: who, which address, and the consents. `website` is a trap: people do not see it, programs fill it."""

    email = EmailField(
        _l("전자우편"),
        [DataRequired()],
        description=_l("입장 링크와 일정 초대를 이 주소로 보내 드립니다. 예: name@example.kr"),
    )
    colleagues = FieldList(FormField(ColleagueForm), max_entries=MOST_COLLEAGUES)
    consent = ConsentField(must=True)
    provision = ConsentField()
    news = ConsentField()
    website = StringField(_l("이 칸은 비워 두세요"), render_kw={"tabindex": "-1", "autocomplete": "off"})

    def __init__(
        self, programme: Sequence[ProgrammeEntry], texts: Mapping[Purpose, ConsentText], **kwargs: Any
    ) -> None:
        super().__init__(programme, **kwargs)
        self.texts = texts
        for name, purpose in CONSENTS.items():
            self[name].about(texts[purpose])

    @property
    def consents(self) -> list[tuple[ConsentField, ConsentText]]:
        """Each consent with its text, the required one first."""
        return [(self[name], self.texts[purpose]) for name, purpose in CONSENTS.items()]

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: nobody twice, and not a program."""
        fine = super().validate(extra_validators)
        fine = self._refuse_twice() and fine
        if self.website.data:
            self.website.data = ""
            self.form_errors.append(gettext("자동으로 채워진 칸이 있어 받지 않았습니다. 한 번 더 눌러 주세요."))
            return False
        return fine

    def applicant(self) -> Applicant:
        """Who wants a place, with what they answered to each consent; no answer is no consent."""
        answers = tuple((text.id, bool(field.data)) for field, text in self.consents)
        return Applicant(**self.details(), email=self.email.data, locale=language(), consents=answers)

    def named(self) -> list[Colleague]:
        """The colleagues to be registered too."""
        rows = [row.form for row in self.colleagues if not row.form.is_empty]
        return [Colleague(row.name.data, row.email.data) for row in rows]

    def _refuse_twice(self) -> bool:
        seen = {(self.email.data or "").lower()}
        for row in self.colleagues:
            email = (row.form.email.data or "").lower()
            if email and email in seen:
                row.form.email.errors = [gettext("같은 주소를 두 번 적으셨습니다. 한 사람에 한 주소만 적어 주세요.")]
            seen.add(email)
        return not any(row.form.email.errors for row in self.colleagues)


ROW = re.compile(r"colleagues-([0-9]{1,3})-(name|email)")


def rearranged(formdata: MultiDict, act: str, row: str) -> MultiDict:
    """What was typed, with one more empty row for a colleague (`add`) or without the one numbered `row` (`remove`)."""
    rows: dict[int, dict[str, str]] = {}
    others: MultiDict = MultiDict()
    for name, value in formdata.items(multi=True):
        if found := ROW.fullmatch(name):
            rows.setdefault(int(found[1]), {})[found[2]] = value
        elif not name.startswith("colleagues"):
            others.add(name, value)
    kept = [rows[number] for number in sorted(rows) if (act, str(number)) != ("remove", row)]
    if act == "add":
        kept.append({"name": "", "email": ""})
    for number, values in enumerate(kept[:MOST_COLLEAGUES]):
        others.update({f"colleagues-{number}-{field}": value for field, value in values.items()})
    return others


class ChangeForm(DetailsForm):
    """What a registrant may change later."""

    def __init__(self, programme: Sequence[ProgrammeEntry], registration: Registration) -> None:
        given = {name: getattr(registration, name) for name in ("name", "department", "phone", "support", "question")}
        super().__init__(
            programme,
            data=given
            | {
                "kind": registration.organization.kind.value,
                "organization": registration.organization.name,
                "interests": [need.id for need in registration.interests],
            },
        )

    def changed(self) -> Details:
        """What the registrant says now."""
        return Details(**self.details())


class NewAddressForm(Form):
    """Where mail about a registration is to go from now on."""

    email = EmailField(
        _l("새 전자우편"),
        [DataRequired()],
        description=_l("이 주소로 확인 링크를 보내 드립니다. 예: name@example.kr"),
    )


class FindForm(Form):
    """Which address to send the personal links to."""

    email = EmailField(_l("전자우편"), [DataRequired()], description=_l("신청할 때 적은 주소를 입력해 주세요."))
