"""Forms of matches."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from briefings.participation.models import ParticipationReply
from briefings.web.forms import ChoicesField, Form


class MatchForm(Form):
    """Who brings what to the joint work agreed on; a subclass made by `match_form` adds the organizations."""

    partners = ChoicesField(_l("함께하기로 한 기관"), [DataRequired()])
    matched_on = DateField(_l("성사된 날"), [DataRequired()])
    summary = TextAreaField(
        _l("공개할 요약"),
        [DataRequired(), Length(max=2000)],
        description=_l("무엇을 함께하기로 했는지 두세 문장으로 적어 주세요. 과제 화면에 공개됩니다."),
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
