"""The form that asks for a file, and the filters of a list in words."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, StopValidation

from briefings.errors import N_
from briefings.exports.lists import Format, Found
from briefings.exports.making import Choice
from briefings.web.forms import Form, options

FORMATS = {Format.XLSX: N_("엑셀 파일 (.xlsx)"), Format.CSV: N_("CSV 파일 (쉼표로 나눈 글, UTF-8)")}
WITH, WITHOUT = "with", "without"
SHORTEST_REASON = 5


class ExportForm(Form):
    """Which file, with what in it, and what for."""

    format = RadioField(_l("파일 형식"), [DataRequired()], choices=options(FORMATS), default=Format.XLSX.value)
    people = RadioField(
        _l("담을 내용"),
        [DataRequired()],
        choices=[SelectChoice(WITHOUT, _l("개인정보 빼고")), SelectChoice(WITH, _l("개인정보까지 모두"))],
        default=WITHOUT,
    )
    reason = StringField(
        _l("내려받는 까닭"),
        [Length(max=200)],
        description=_l(
            "개인정보까지 받을 때 적습니다. 누가 언제 왜 몇 건을 받았는지 기록으로 남습니다. "
            "사람의 이름은 적지 마십시오. 예: 당일 참석 확인용 명단"
        ),
    )

    @classmethod
    def about(cls, found: Found[Any]) -> "ExportForm":
        """The fields that this list needs: a reason where something about persons leaves."""
        form = cls()
        if not found.divisible:
            del form.people
        if not found.personal:
            del form.reason
        else:
            form.reason.flags.required = not found.divisible
            form.reason.flags.unmarked = found.divisible  # it depends on what else is chosen
        return form

    def validate_reason(self, field: Field) -> None:
        """What is about persons goes along only for a reason."""
        if self._whole() and len(field.data or "") < SHORTEST_REASON:
            raise StopValidation(
                gettext("무엇에 쓰려고 내려받는지 %(min)d자 이상으로 적어 주세요.", min=SHORTEST_REASON)
                if field.data
                else gettext("내려받는 까닭을 입력해 주세요.")
            )

    def choice(self) -> Choice:
        """What was chosen."""
        reason = self.reason.data if self.reason and self._whole() else ""
        return Choice(Format(self.format.data), self._whole(), reason or "")

    def _whole(self) -> bool:
        return not self.people or self.people.data == WITH


def in_words(filters: Form) -> list[tuple[str, str]]:
    """The conditions in force, each by its label; a box that is ticked needs no more."""
    return [
        (str(field.label.text), "예" if field.data is True else _chosen(field))
        for field in filters
        if field.data and getattr(field.widget, "input_type", "") != "hidden"
    ]


def _chosen(field: Field) -> str:
    choices = field.iter_choices() if isinstance(field, SelectField) else ()
    return next((str(each.label) for each in choices if each.value == field.data), str(field.data))
