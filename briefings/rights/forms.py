"""Forms about one's own data, and those by which staff keep the periods and erase for somebody."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from briefings.rights.correcting import Said
from briefings.web.forms import EmailField, Form, PhoneField


class AskForm(Form):
    """Which address to send the link to."""

    email = EmailField(
        _l("전자우편"), [DataRequired()], description=_l("신청하거나 답글을 쓸 때 적은 주소를 입력해 주세요.")
    )


class CorrectForm(Form):
    """What may be put right everywhere at once."""

    name = StringField(_l("이름"), [DataRequired(), Length(max=120)], render_kw={"autocomplete": "name"})
    phone = PhoneField(_l("전화번호"), [Optional()])
    department = StringField(
        _l("부서"), [Optional(), Length(max=100)], render_kw={"autocomplete": "organization-title"}
    )

    def __init__(self, before: Said, **kwargs: Any) -> None:
        super().__init__(data=vars(before), **kwargs)

    def said(self) -> Said:
        """What was typed."""
        return Said(self.name.data or "", self.phone.data or "", self.department.data or "")


class EraseForm(Form):
    """The one tick without which nothing is erased."""

    sure = BooleanField(
        _l("되돌릴 수 없다는 것을 읽었고, 모두 지우겠습니다."),
        [DataRequired(_l("지우려면 여기에 표시해 주세요. 지우지 않으려면 앞 화면으로 돌아가 주세요."))],
    )


class StaffEraseForm(Form):
    """Staff erase for somebody who asked by letter or telephone: how they asked is kept in the record of acts."""

    reason = TextAreaField(
        "까닭",
        [DataRequired(), Length(max=500)],
        description="누가 어떻게 요청했고, 본인인지 어떻게 확인했는지 적어 주세요. 이름과 연락처는 빼고 적어 주세요.",
    )
    sure = BooleanField(
        "본인의 요청임을 확인했습니다.",
        [DataRequired("본인의 요청인지 확인한 뒤 여기에 표시해 주세요.")],
    )


class RemoveFilesForm(Form):
    """Which of the files on the page are to go."""

    sure = BooleanField(
        "고른 파일을 지웁니다. 되돌릴 수 없습니다.",
        [DataRequired("되돌릴 수 없으니 확인한 뒤 여기에 표시해 주세요.")],
    )


class TurnDownForm(Form):
    """Why an account stays: the person reads it."""

    reason = TextAreaField(
        "까닭", [DataRequired(), Length(max=1000)], description="요청한 분이 전자우편으로 그대로 읽습니다."
    )


class PeriodForm(Form):
    """How many days a kind of data is kept."""

    days = IntegerField("보유 기간", [InputRequired()])
    agreed = IntegerField(validators=[Optional()], widget=HiddenInput(), default=0)
    """How many rows whoever presses was told will go at once."""
