"""Forms about certificates: who gets one, which number is checked, what is put right or taken back."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SearchField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from briefings.afterwards.certificate_list import STANDINGS, Standing
from briefings.web.forms import Filters, Form, options, searchable


class RuleForm(Form):
    """Who gets a certificate."""

    offered = BooleanField("참가 확인증을 발급합니다")
    minutes = IntegerField(
        "최소 참가 시간",
        [InputRequired(), NumberRange(min=0, max=1440)],
        description="0이면 들어온 사람 모두에게 발급합니다. 입장 화면에 있던 시간이나 회의 도구의 기록으로 셉니다.",
    )
    survey = BooleanField("만족도 조사에 답한 사람에게만 발급합니다")


class NumberForm(Filters):
    """Which certificate to check."""

    number = StringField(
        _l("발급 번호"),
        [Length(max=60)],
        description=_l("확인증에 적힌 번호입니다. 예: 2026-K7M3-9QXD"),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class CorrectForm(Form):
    """What the certificate is to say."""

    name = StringField("이름", [DataRequired(), Length(min=2, max=120)])
    organization = StringField("기관", [DataRequired(), Length(min=2, max=120)])
    reason = StringField(
        "고치는 까닭",
        [DataRequired(), Length(min=2, max=200)],
        description="기록으로 남습니다. 이름은 적지 마십시오. 예: 신청할 때 이름을 잘못 적음",
    )


class RevokeForm(Form):
    """Why it is taken back."""

    reason = StringField(
        "취소하는 까닭",
        [DataRequired(), Length(min=2, max=200)],
        description="본인에게 그대로 알리고 기록으로 남깁니다. 진위를 확인하는 사람에게는 보이지 않습니다.",
    )


class PeopleFilters(Filters):
    """Conditions of the list."""

    q = SearchField("이름, 기관, 번호", [Optional(), Length(max=100)])
    standing = SelectField("상태", [Optional()], choices=options(STANDINGS, "전체"))

    def conditions(self) -> tuple[Standing | None, str]:
        """What to look for; what is not in the list is left out."""
        known = self.standing.data in list(Standing)
        return (Standing(self.standing.data) if known else None), searchable(self.q.data)
