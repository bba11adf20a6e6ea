"""Forms of the owner's desk."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from briefings.web.forms import Form


class DeclineForm(Form):
    """Why the owner says no."""

    reason = TextAreaField(
        _l("함께하기 어려운 까닭"),
        [DataRequired(), Length(max=1000)],
        description=_l("답글을 보낸 기관에 그대로 전해집니다."),
    )


class ConsultationForm(Form):
    """What was talked about."""

    held_on = DateField(_l("협의한 날"), [DataRequired()])
    notes = TextAreaField(
        _l("나눈 이야기"),
        [DataRequired(), Length(max=5000)],
        description=_l("우리 기관과 사업 담당 직원만 봅니다."),
    )
    next_step = StringField(_l("다음에 할 일"), [Length(max=200)])
