"""The staff's forms about lists of people: the list itself, what its columns hold, one of its rows, and agreeing."""

from typing import Any

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from briefings.files.forms import FilesField
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.registrations.list_columns import FIELDS
from briefings.registrations.list_lines import LONGEST_CELL
from briefings.registrations.list_reading import LONGEST_TEXT, MOST_ROWS
from briefings.registrations.models import ListPurpose, PeopleList
from briefings.web.forms import Form, options

NEEDED = {
    ListPurpose.REGISTER: ("organization", "kind", "name", "email", "department", "rank", "phone", "locale"),
    ListPurpose.INVITE: ("organization", "kind", "name", "email", "locale"),
}
"""What is taken in of a person."""


class ListForm(Form):
    """A file, or lines that were pasted."""

    file = FilesField(
        "명단 파일",
        validators=[],
        description=f"엑셀 파일(.xlsx)이나 CSV 파일 하나. 5MB, {MOST_ROWS:,}명까지 올릴 수 있습니다.",
    )
    lines = TextAreaField(
        "명단 붙여 넣기",
        [Length(max=LONGEST_TEXT)],
        description="표 계산 프로그램에서 머리글까지 복사해 붙여 넣거나, 한 줄에 한 사람씩 쉼표로 나누어 적어 주세요. "
        "전자우편 프로그램의 ‘김가온 <gaon@example.kr>’ 모양도 읽습니다.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.file.flags.unmarked = self.lines.flags.unmarked = True
        self.file.render_kw = {"accept": ".xlsx,.csv,.txt,.tsv"}

    def validate(self, extra_validators: Any = None) -> bool:
        """One of both, not both and not neither."""
        sound = super().validate(extra_validators)
        if sound and bool(self.file.data) == bool(self.lines.data):
            both = "파일을 올렸으면 붙여 넣기 칸은 비워 주세요. 둘 가운데 하나만 읽습니다."
            neither = "명단 파일을 고르거나, 명단을 붙여 넣어 주세요."
            (self.lines if self.lines.data else self.file).errors = [both if self.lines.data else neither]
            return False
        return sound


def columns_form(list_: PeopleList) -> Any:
    """A choice for each column of a list, and one for the kind of organizations whose kind is not known."""
    choices = [SelectChoice("", "넣지 않음"), *(SelectChoice(each, FIELDS[each]) for each in NEEDED[list_.purpose])]
    fields: dict[str, Any] = {
        f"column_{place}": SelectField(f"{place + 1}번째 칸", choices=choices) for place in range(len(list_.fields))
    }
    fields["kind_of_all"] = SelectField(
        "유형을 적지 않은 기관의 유형",
        choices=options(KINDS, empty="고르지 않음"),
        description="이미 아는 기관이면 그 유형을 쓰고, 모르는 기관에만 씁니다.",
    )
    known = list_.kind_of_all.value if list_.kind_of_all else ""
    chosen = {f"column_{place}": field for place, field in enumerate(list_.fields)} | {"kind_of_all": known}
    form = type("ColumnsForm", (Form,), fields)(data=chosen)
    for field in form:
        field.flags.unmarked = True
    return form


def columns_in(form: Any, list_: PeopleList) -> tuple[list[str], OrganizationKind | None]:
    """What was chosen."""
    kind = OrganizationKind(form.kind_of_all.data) if form.kind_of_all.data else None
    return [form[f"column_{place}"].data for place in range(len(list_.fields))], kind


def row_form(list_: PeopleList, values: dict[str, str]) -> Any:
    """The cells of one row as texts; what is wrong with them is told by the check."""
    fields = {each: StringField(FIELDS[each], [Length(max=LONGEST_CELL)]) for each in NEEDED[list_.purpose]}
    form = type("RowForm", (Form,), fields)(data=values)
    for field in form:
        field.flags.unmarked = True
    return form


class TakeForm(Form):
    """Where the list came from, as the people read it; `agreed` once it was shown what is sent."""

    agreed = HiddenField("보낼 전자우편 확인")
    source = StringField(
        "명단이 온 곳",
        [Length(max=100)],
        description="본인이 낸 것이 아니라서, 어디서 받은 명단인지 전자우편에 그대로 밝힙니다(개인정보 보호법 제20조). "
        "비워 두면 ‘담당 부서가 받은 참석 명단’이라고 적습니다. 예: 소속 기관이 낸 참석자 명단",
    )
