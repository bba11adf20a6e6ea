"""What forms ask about organizations themselves."""

from typing import Any

from sqlalchemy import Select
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from briefings.organizations import looking_after
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.web.forms import Filters, Form, options, searchable

DOUBLE = "double"
"""The shelf of organizations that look like one."""


class OrganizationFilters(Filters):
    """What the list of organizations can be narrowed by."""

    q = StringField("기관 이름", filters=[searchable], render_kw={"maxlength": 100, "type": "search"})
    kind = SelectField("기관 유형", choices=options(KINDS, "전체"))
    shelf = HiddenField()

    def found(self) -> Select[Any]:
        """What the list shows under its filters."""
        shelf = looking_after.look_double if self.shelf.data == DOUBLE else looking_after.found
        kind = OrganizationKind(self.kind.data) if self.kind.data in set(OrganizationKind) else None
        return shelf(self.q.data or "", kind)


class OtherFilters(Filters):
    """Which organization another is to be merged into."""

    q = StringField("남길 기관의 이름", filters=[searchable], render_kw={"maxlength": 100, "type": "search"})


class SeenForm(Form):
    """A press that means what was shown."""

    seen = HiddenField()


class CorrectForm(SeenForm):
    """Name and kind as they should be."""

    name = StringField("기관 이름", [DataRequired(), Length(max=120)])
    kind = SelectField("기관 유형", [InputRequired()], choices=options(KINDS), coerce=OrganizationKind)
    keep = BooleanField(
        "옛 이름과 유형을 다른 이름으로 남기기",
        default=True,
        description="옛 이름으로 적는 사람도 이 기관으로 봅니다. 옛 이름이 다른 기관의 것이면 표시를 지워 주세요.",
    )


class OtherNameForm(Form):
    """By what else an organization is known."""

    name = StringField("다른 이름", [DataRequired(), Length(max=120)], description="옛 이름, 줄여 부르는 이름 등")
    kind = SelectField("기관 유형", [InputRequired()], choices=options(KINDS), coerce=OrganizationKind)
