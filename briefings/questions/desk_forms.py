"""Forms of the question desk; Korean only, as all of the staff's pages."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from briefings.errors import Refused
from briefings.questions.board import Asked
from briefings.questions.words import HIDING_REASONS, OTHER_REASON
from briefings.schedule.programme import ProgrammeEntry
from briefings.web.forms import ChoicesField, Filters, Form


class AssignForm(Form):
    """Which need a question is about."""

    slot = SelectField("어느 과제에 대한 질문입니까", coerce=lambda typed: int(typed) if typed else None)

    def about(self, programme: Sequence[ProgrammeEntry]) -> None:
        """Let the needs of a programme be chosen from."""
        slots = (SelectChoice(str(each.slot.id), each.need.title) for each in programme)
        self.slot.choices = [SelectChoice("", "설명회 전체"), *slots]
        self.slot.flags.unmarked = True


class MergeForm(Form):
    """Which other questions ask the same."""

    same = ChoicesField("같은 것을 묻는 질문", [DataRequired("합칠 질문을 골라 주세요.")], choices=[])

    def offer(self, others: Iterable[Asked]) -> None:
        """Let other questions of the briefing be chosen from."""
        self.same.choices = [SelectChoice(each.public_id, each.text) for each in others]
        self.same.flags.unmarked = True


class HideForm(Form):
    """Why nobody but staff is to read a question."""

    why = RadioField(
        "숨기는 까닭",
        [DataRequired()],
        choices=[SelectChoice(why, why) for why in (*HIDING_REASONS, OTHER_REASON)],
        description="담당자만 봅니다. 물은 분에게는 숨겼다는 것만 보입니다.",
    )
    words = StringField("까닭을 직접 적기", [Length(max=180)], description="‘그 밖의 까닭’을 골랐을 때 적어 주세요.")

    def reason(self) -> str:
        """The reason in words; Refused where another one is meant and not said."""
        if self.why.data == OTHER_REASON and not self.words.data:
            raise Refused("숨기는 까닭을 적어 주세요.", field="words")
        return self.words.data if self.why.data == OTHER_REASON else self.why.data


class DeskFilters(Filters):
    """Which questions of a briefing the desk shows."""

    slot = SelectField("과제", validate_choice=False)

    def __init__(self, programme: Sequence[ProgrammeEntry], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slots = (SelectChoice(str(each.slot.id), each.need.title) for each in programme)
        self.slot.choices = [SelectChoice("", "모든 과제"), SelectChoice("none", "설명회 전체에 대한 질문"), *slots]
        if self.slot.data not in {choice.value for choice in self.slot.choices}:
            self.slot.data = ""
