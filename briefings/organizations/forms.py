"""What forms of every slice ask about organizations, and the forms about accounts of organizations."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from briefings.accounts.models import Role
from briefings.accounts.words import ROLES
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.web.forms import EmailField, Filters, Form, PhoneField, missing, options, searchable


def kind_choices() -> list[SelectChoice]:
    """Each kind of organization with its name in the reader's language, for a select; none is chosen beforehand."""
    return options(KINDS, _l("골라 주세요"))


def kind_or_nothing(value: Any) -> OrganizationKind | str:
    """The kind a select posted; an empty string for none, which the form then asks for."""
    return OrganizationKind(value) if value else ""


class AccountRequestForm(Form):
    """What an organization tells when it asks for an account."""

    organization_kind = SelectField(_l("기관 유형"), [InputRequired()], choices=kind_choices, coerce=kind_or_nothing)
    organization_name = StringField(
        _l("기관 이름"), [DataRequired(), Length(max=120)], render_kw={"autocomplete": "organization"}
    )
    department = StringField(_l("부서"), [Length(max=100)])
    name = StringField(_l("담당자 이름"), [DataRequired(), Length(max=120)], render_kw={"autocomplete": "name"})
    email = EmailField(
        _l("전자우편"), [DataRequired()], description=_l("업무용 주소를 적어 주세요. 이 주소로 확인 링크를 보냅니다.")
    )
    phone = PhoneField(_l("전화번호"), [DataRequired()])
    purpose = TextAreaField(
        _l("어떤 수요 과제를 내려고 하십니까?"),
        [DataRequired(), Length(max=1000)],
        description=_l("한두 문장이면 됩니다. 담당자가 승인할 때 참고합니다."),
    )


def _role_or_none(value: Any) -> Role | None:
    return Role(value) if value else None


class NewAccountForm(Form):
    """An account an administrator adds."""

    name = StringField("이름", [DataRequired(), Length(max=120)])
    email = EmailField("전자우편", [DataRequired()], description="이 주소로 비밀번호를 정하는 링크를 보냅니다.")
    role = SelectField("역할", [InputRequired()], choices=options(ROLES, "골라 주세요"), coerce=_role_or_none)
    organization = StringField(
        "기관 이름",
        [Length(max=120)],
        description="수요기관 계정에는 꼭 적어 주세요. 전문가 계정에 적으면 그 기관의 과제는 심사를 맡기지 않습니다.",
    )
    kind = SelectField("기관 유형", choices=options(KINDS, "없음"), coerce=kind_or_nothing)

    def validate(self, extra_validators: Any = None) -> bool:
        """Half an organization is none, and an expert without one might be given needs of their own house."""
        sound = super().validate(extra_validators)
        for one, other in ((self.organization, self.kind), (self.kind, self.organization)):
            if sound and self.role.data is Role.EXPERT and one.data and not other.data:
                other.errors = [missing(other)]
                return False
        return sound

    def named_organization(self) -> tuple[str, OrganizationKind] | None:
        """Name and kind of the organization, if both were given."""
        both = self.organization.data and self.kind.data
        return (self.organization.data, self.kind.data) if both else None


class RoleForm(NewAccountForm):
    """What an account may do, and for whom."""

    name = None
    email = None
    role = SelectField("역할", [InputRequired()], choices=options(ROLES), coerce=Role)
    seen = HiddenField()


class ApproveForm(Form):
    """The organization as staff want it written."""

    organization = StringField("기관 이름", [DataRequired(), Length(max=120)])
    kind = SelectField("기관 유형", [InputRequired()], choices=options(KINDS), coerce=OrganizationKind)


class DeclineForm(Form):
    """Why an account is not given."""

    reason = TextAreaField(
        "거절하는 까닭", [DataRequired(), Length(max=1000)], description="신청한 분께 그대로 보냅니다."
    )


class AccountFilters(Filters):
    """What the list of accounts can be narrowed by."""

    q = StringField("이름, 전자우편, 기관", filters=[searchable], render_kw={"maxlength": 100, "type": "search"})
    role = SelectField("역할", choices=options(ROLES, "전체"))
