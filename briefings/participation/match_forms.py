"""Forms of matches: what was agreed, what a partner says to it, how it goes on, and talks that end without one."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from briefings.participation.models import ParticipationReply
from briefings.participation.words import END_REASONS
from briefings.web.forms import ChoicesField, Form, options


class MatchForm(Form):
    """Who brings what to the joint work agreed on; a subclass made by `match_form` adds the organizations."""

    partners = ChoicesField(
        _l("함께하기로 한 기관"),
        [DataRequired()],
        description=_l("고른 기관마다 내용을 확인해 달라고 전자우편을 보냅니다."),
    )
    matched_on = DateField(_l("성사된 날"), [DataRequired()])
    starts_on = DateField(_l("함께 시작하는 날"), [Optional()], description=_l("정하지 않았으면 비워 둡니다."))
    summary = TextAreaField(
        _l("공개할 요약"),
        [DataRequired(), Length(max=2000)],
        description=_l(
            "무엇을 함께하기로 했는지 두세 문장으로 적어 주세요. 함께하는 기관이 확인하면 과제 화면에 공개됩니다."
        ),
    )
    own_contribution = StringField(_l("우리 기관이 맡는 일"), [DataRequired(), Length(max=500)])

    replies: Sequence[ParticipationReply] = ()

    def contribution(self, reply: ParticipationReply) -> Any:
        """The field for what one partner brings."""
        return self[f"contribution_{reply.organization_id}"]


def match_form(replies: Sequence[ParticipationReply], **given: Any) -> MatchForm:
    """The match form with a tick and a line for each organization that replied."""
    fields: dict[str, Any] = {"replies": replies}
    for reply in replies:
        fields[f"contribution_{reply.organization_id}"] = StringField(
            _l("%(organization)s에서 맡는 일", organization=reply.organization.name),
            [Length(max=500)],
            default=reply.offer[:500],
        )
    form = type("MatchFormOfNeed", (MatchForm,), fields)(**given)
    form.partners.choices = [SelectChoice(str(reply.id), reply.organization.name) for reply in replies]
    return form


class SeenForm(Form):
    """A press that means the words as they were shown."""

    seen = HiddenField()


class ObjectForm(SeenForm):
    """What a partner says is otherwise."""

    said = TextAreaField(
        _l("다르게 알고 있는 것"),
        [DataRequired(), Length(max=2000)],
        description=_l("수요기관에 그대로 전해집니다. 무엇을 어떻게 고치면 되는지 적어 주세요."),
    )


class PaperForm(SeenForm):
    """How staff know that a partner confirms what is shown."""

    reason = StringField(
        "무엇으로 확인했습니까?",
        [DataRequired(), Length(min=5, max=200)],
        description="과제의 처리 기록에 남습니다. 예: 2026. 11. 20. 공문(협업정책과-1234)으로 확인",
    )


class ProgressForm(Form):
    """How the joint work goes on."""

    happened_on = DateField(_l("언제"), [DataRequired()])
    text = TextAreaField(
        _l("무엇이 나아갔습니까?"),
        [DataRequired(), Length(max=2000)],
        description=_l("예: 시험 설비를 놓고 첫 재생 원료 300kg을 만들었습니다."),
    )
    public = BooleanField(_l("과제 화면에도 공개합니다"))


class HideForm(Form):
    """Why staff take what was told off the public page."""

    reason = StringField("까닭", [DataRequired(), Length(max=200)], description="과제의 처리 기록에 남습니다.")


class EndForm(Form):
    """Why talks end without a match."""

    reason = RadioField(_l("함께하지 못한 까닭"), [DataRequired()], choices=options(END_REASONS))
    said = TextAreaField(_l("덧붙일 말"), [Length(max=1000)], description=_l("상대 기관에 그대로 전해집니다."))


class EndByOwnerForm(EndForm):
    """The same, and what becomes of the need."""

    stays_open = RadioField(
        _l("이 과제는 어떻게 합니까?"),
        [DataRequired()],
        choices=[
            SelectChoice("yes", _l("열어 두고 다른 답글을 계속 받습니다")),
            SelectChoice("no", _l("마감합니다. 답글을 더 받지 않습니다")),
        ],
        default="yes",
    )
