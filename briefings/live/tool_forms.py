"""The staff's forms about a meeting tool's list: the file, its columns, who its people are, and agreeing."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, SearchField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from briefings.files.forms import FilesField
from briefings.live.models import AttendanceList
from briefings.live.tool_columns import FIELDS
from briefings.live.tool_people import Found
from briefings.live.tool_reading import MOST_ROWS
from briefings.schedule.registration_models import Registration
from briefings.schedule.words import REGISTRATION_STATES
from briefings.web.filters import as_read
from briefings.web.forms import Filters, Form

OPEN = "open"
NOBODY = "nobody"


class ToolListForm(Form):
    """The file as the meeting tool wrote it."""

    file = FilesField(
        "참가자 명단 파일",
        description=f"회의 도구가 만든 CSV 파일이나 엑셀 파일(.xlsx) 하나. 5MB, {MOST_ROWS:,}줄까지 올릴 수 있습니다.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.file.render_kw = {"accept": ".csv,.txt,.tsv,.xlsx"}


def columns_form(list_: AttendanceList, tool: str) -> Any:
    """A choice for each column of a list, and what the tool is called."""
    choices = [SelectChoice("", "읽지 않음"), *(SelectChoice(each, words) for each, words in FIELDS.items())]
    fields: dict[str, Any] = {
        f"column_{place}": SelectField(f"{place + 1}번째 칸", choices=choices) for place in range(len(list_.headings))
    }
    fields["tool"] = StringField(
        "회의 도구 이름",
        [Length(max=80)],
        description="머리글이 같은 명단을 다음에 올리면 이렇게 골라 둔 대로 읽습니다.",
    )
    chosen = {f"column_{place}": field for place, field in enumerate(list_.fields)} | {"tool": tool}
    form = type("ColumnsForm", (Form,), fields)(data=chosen)
    for field in form:
        field.flags.unmarked = True
    return form


def columns_in(form: Any, list_: AttendanceList) -> list[str]:
    """What was chosen for each column."""
    return [form[f"column_{place}"].data or "" for place in range(len(list_.headings))]


def people_form(found: Sequence[Found]) -> Any:
    """For everybody of whom it is not known who they are: those it may be, nobody, or later."""
    fields: dict[str, Any] = {}
    for each in found:
        candidates = [SelectChoice(one.public_id, in_words(one)) for one in each.candidates]
        choices = [SelectChoice(OPEN, "아직 고르지 않음"), *candidates, SelectChoice(NOBODY, "반영하지 않음")]
        fields[f"row_{each.participant.row}"] = SelectField(f"{each.participant.shown}: 누구인지", choices=choices)
    form = type("PeopleForm", (Form,), fields)()
    for field in form:
        field.flags.unmarked = True
    return form


def people_in(form: Any, found: Sequence[Found]) -> dict[int, str | None]:
    """What was chosen, by row; who is left open is left out."""
    said = {each.participant.row: form[f"row_{each.participant.row}"].data for each in found}
    return {row: "" if choice == NOBODY else choice for row, choice in said.items() if choice != OPEN}


class PersonSearch(Filters):
    """Looking for somebody among those registered."""

    q = SearchField("신청자 찾기", [Length(max=100)], description="이름, 기관, 전자우편의 일부")


class AgreeForm(Form):
    """Who was shown to be taken in."""

    agreed = HiddenField("반영할 사람")


def in_words(registration: Registration) -> str:
    """Somebody as one reads of them in a choice."""
    state = "" if registration.state == "confirmed" else f", {REGISTRATION_STATES[registration.state]}"
    return f"{as_read(registration.name)}, {registration.organization.name} ({as_read(registration.email)}{state})"
