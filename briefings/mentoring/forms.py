"""Forms of advice: who is asked, what they write, why it is given back or hidden."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from briefings.mentoring.models import Readers
from briefings.mentoring.words import READERS
from briefings.needs.models import Need
from briefings.reviews.assigning import Expert
from briefings.web.forms import ChoicesField, Form, options


class AskForm(Form):
    """Which needs are given to whom."""

    needs = ChoicesField("조언을 부탁할 과제", [InputRequired()], coerce=int)
    mentors = ChoicesField(
        "부탁할 전문가",
        [InputRequired()],
        coerce=int,
        description="고른 과제를 고른 분 모두에게 맡깁니다. 이미 맡은 과제는 다시 알리지 않습니다.",
    )

    def offer(self, needs: Sequence[Need], experts: Sequence[Expert]) -> None:
        """What can be chosen."""
        self.needs.choices = [SelectChoice(need.id, f"{need.title} ({need.organization.name})") for need in needs]
        self.mentors.choices = [
            SelectChoice(
                each.user.id, f"{each.user.name} ({each.organization})" if each.organization else each.user.name
            )
            for each in experts
        ]


class AdviceForm(Form):
    """An advice and who may read it."""

    text = TextAreaField(
        _l("조언"),
        [DataRequired(), Length(min=10, max=5000)],
        description=_l(
            "어떤 기관과 함께하면 좋을지, 무엇을 먼저 준비하면 좋을지, 살펴볼 제도나 앞선 사례가 있는지 적어 주세요."
        ),
    )
    readers = RadioField(_l("누가 읽습니까?"), [DataRequired()], choices=options(READERS), default=Readers.OWNER.value)


class GiveBackForm(Form):
    """Why a mentor does not take a need on."""

    reason = StringField(
        _l("맡기 어려운 까닭"), [DataRequired(), Length(max=200)], description=_l("부탁한 담당자만 읽습니다.")
    )


class HideForm(Form):
    """Why staff take an advice off the public page."""

    reason = StringField("까닭", [DataRequired(), Length(max=200)], description="과제의 처리 기록에 남습니다.")
