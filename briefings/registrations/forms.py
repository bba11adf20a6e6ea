"""Forms of registrants."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, FormField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.privacy.models import ConsentText, Purpose
from briefings.registrations.pressing import number_of
from briefings.schedule.programme import ProgrammeEntry
from briefings.schedule.registering import Applicant, Colleague, Details, More
from briefings.schedule.registration_models import Invitee, Registration
from briefings.web.forms import ChoicesField, ConsentField, EmailField, Form, OnePress, PhoneField, options
from briefings.web.language import language

MOST_COLLEAGUES = 9
MORE = tuple(field.name for field in fields(More))
"""The fields of what nobody has to say."""
CONSENTS = {"consent": Purpose.REGISTRATION, "provision": Purpose.PROVISION, "news": Purpose.NEWS}
"""Field → what the consent is for."""


class WhoForm(Form):
    """Who somebody is, and what they are interested in."""

    kind = SelectField(_l("기관 유형"), [DataRequired()], choices=options(KINDS, empty=_l("골라 주세요")))
    organization = StringField(
        _l("기관·회사 이름"), [DataRequired(), Length(max=120)], render_kw={"autocomplete": "organization"}
    )
    name = StringField(_l("이름"), [DataRequired(), Length(min=2, max=120)], render_kw={"autocomplete": "name"})
    interests = ChoicesField(
        _l("관심 있는 수요"),
        coerce=int,
        choices=[],
        description=_l("발표할 기관이 관심 있는 사람의 수를 미리 보고 준비합니다."),
    )

    def __init__(self, programme: Sequence[ProgrammeEntry], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.offer(programme)

    def offer(self, programme: Sequence[ProgrammeEntry]) -> None:
        """Let the needs of a programme be chosen from."""
        self.interests.choices = [SelectChoice(entry.need.id, entry.need.title) for entry in programme]

    def only_for(self, kinds: Sequence[str]) -> None:
        """Offer these kinds of organizations and no others."""
        self.kind.choices = [choice for choice in self.kind.choices if not choice.value or choice.value in kinds]

    def who(self) -> dict[str, Any]:
        """The values of `Details` that are asked for before there is a place."""
        return {
            "kind": OrganizationKind(self.kind.data),
            "organization": self.organization.data,
            "name": self.name.data,
            "interests": tuple(self.interests.data or ()),
        }


class MoreFields:
    """What nobody has to say; asked for once the place is held."""

    department = StringField(
        _l("부서"), [Length(max=100)], render_kw={"autocomplete": "organization-title", "maxlength": 100}
    )
    rank = StringField(_l("직급"), [Length(max=100)], render_kw={"autocomplete": "off", "maxlength": 100})
    phone = PhoneField(_l("휴대 전화번호"), description=_l("급히 알려 드릴 일이 있을 때만 씁니다."))
    support = TextAreaField(
        _l("필요한 지원"),
        [Length(max=1000)],
        description=_l("수어·문자 통역, 자료 형식처럼 필요한 것만 적어 주세요. 장애나 병의 이름은 적지 마십시오."),
    )
    question = TextAreaField(
        _l("사전 질문"),
        [Length(max=2000)],
        description=_l("이름과 기관 없이 설명회의 질문 목록에 올리고, 발표자에게 미리 전해 드립니다."),
    )

    def more(self) -> More:
        """What was said of it."""
        return More(**{name: self[name].data or "" for name in MORE})  # type: ignore[index]


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


class PeopleForm(WhoForm):
    """Who, which address, and colleagues of the same organization."""

    email = EmailField(
        _l("전자우편"),
        [DataRequired()],
        description=_l("입장 링크와 일정 초대를 이 주소로 보내 드립니다. 예: name@example.kr"),
    )
    colleagues = FieldList(FormField(ColleagueForm), _l("동료"), max_entries=MOST_COLLEAGUES)
    together = BooleanField(
        _l("모두 함께가 아니면 기다리기"),
        description=_l("모두 앉을 자리가 없으면 아무도 먼저 확정하지 않고, 모두의 자리가 날 때까지 함께 대기합니다."),
    )


class ConsentsForm(OnePress, Form):
    """The consents a person is asked for: those of `texts`, the required one first; the others are left out."""

    consent = ConsentField(must=True)
    provision = ConsentField()
    news = ConsentField()

    def __init__(self, texts: Mapping[Purpose, ConsentText], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = texts
        for name, purpose in CONSENTS.items():
            if purpose in texts:
                self[name].about(texts[purpose])
            else:
                del self[name]

    @property
    def consents(self) -> list[tuple[ConsentField, ConsentText]]:
        """Each consent with its text."""
        return [(self[name], self.texts[purpose]) for name, purpose in CONSENTS.items() if name in self]

    def answers(self) -> tuple[tuple[int, bool], ...]:
        """What was answered to each text; whoever did not answer agrees to nothing, and answered nothing."""
        return tuple((text.id, field.data) for field, text in self.consents if field.data is not None)


class RegistrationForm(ConsentsForm, PeopleForm):
    """One page: who, which address, and the consents. `website` is a trap: people do not see it, programs fill it."""

    website = StringField(_l("이 칸은 비워 두세요"), render_kw={"tabindex": "-1", "autocomplete": "off"})

    def __init__(
        self, programme: Sequence[ProgrammeEntry], texts: Mapping[Purpose, ConsentText], **kwargs: Any
    ) -> None:
        super().__init__(texts, programme, **kwargs)

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
        """Who wants a place, with what they answered to each consent."""
        return Applicant(
            **self.who(),
            email=self.email.data,
            locale=language(),
            consents=self.answers(),
            form_token=self.form_token.data,
            number=number_of(self.form_token.data, self.email.data),
            together=self.together.data,
        )

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


class ChangeForm(MoreFields, WhoForm):
    """What a registrant may change later."""

    def __init__(self, programme: Sequence[ProgrammeEntry], registration: Registration) -> None:
        given = {name: getattr(registration, name) for name in ("name", *MORE)}
        super().__init__(
            programme,
            data=given
            | {
                "kind": registration.organization.kind.value,
                "organization": registration.organization.name,
                "interests": [need.id for need in registration.interests],
            },
        )

    @property
    def opened(self) -> bool:
        """Whether the optional part must show: something in it is filled or wrong."""
        return any(self[name].data or self[name].errors for name in MORE)

    def changed(self) -> Details:
        """What the registrant says now."""
        return Details(**self.who(), **asdict(self.more()))


class MoreForm(MoreFields, Form):
    """What is asked for once the place is held."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return not any(asdict(self.more()).values())


class RightAddressForm(Form):
    """Where everything is to go that went to a wrong address."""

    right = EmailField(_l("바른 전자우편"), [DataRequired()], description=_l("예: name@example.kr"))


class KnownForm(ConsentsForm, Form):
    """One press of somebody who is known: what may be new in the consents, and what they are interested in here."""

    interests = ChoicesField(_l("관심 있는 수요"), coerce=int, choices=[])

    def __init__(
        self, programme: Sequence[ProgrammeEntry], texts: Mapping[Purpose, ConsentText], **kwargs: Any
    ) -> None:
        super().__init__(texts, **kwargs)
        self.interests.choices = [SelectChoice(entry.need.id, entry.need.title) for entry in programme]


class InvitedForm(ConsentsForm, WhoForm):
    """What somebody says who was invited: the address is the one the invitation went to."""

    def __init__(
        self, programme: Sequence[ProgrammeEntry], texts: Mapping[Purpose, ConsentText], invitee: Invitee
    ) -> None:
        given = {"name": invitee.name, "organization": invitee.organization}
        super().__init__(texts, programme, data=given | {"kind": invitee.kind.value if invitee.kind else ""})

    def applicant(self, invitee: Invitee) -> Applicant:
        """The invited person, with what they answered to each consent."""
        return Applicant(
            **self.who(),
            email=invitee.email,
            locale=language(),
            consents=self.answers(),
            form_token=self.form_token.data,
            invitee=invitee,
        )


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
