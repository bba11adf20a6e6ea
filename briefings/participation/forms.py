"""Forms of replies."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from briefings.needs.models import Need
from briefings.needs.words import RESOURCES
from briefings.organizations.words import KINDS
from briefings.participation.models import Visibility
from briefings.participation.words import VISIBILITIES
from briefings.web.forms import ChoicesField, ConsentField, EmailField, Form, PhoneField, options


class SenderForm(Form):
    """Who replies; a subclass made by `reply_form` adds the needs."""

    kind = SelectField(_l("기관 유형"), [DataRequired()], choices=options(KINDS, empty=_l("골라 주세요")))
    organization = StringField(
        _l("기관·회사 이름"), [DataRequired(), Length(max=120)], render_kw={"autocomplete": "organization"}
    )
    name = StringField(_l("이름"), [DataRequired(), Length(min=2, max=120)], render_kw={"autocomplete": "name"})
    email = EmailField(
        _l("전자우편"),
        [DataRequired()],
        description=_l("답글을 고치거나 거둘 수 있는 주소와 수요기관의 답을 이 주소로 보내 드립니다."),
    )
    phone = PhoneField(_l("휴대 전화번호"), [Optional()])
    conditions = TextAreaField(
        _l("조건과 시기"),
        [Length(max=2000)],
        description=_l("함께하려면 필요한 조건이나 가능한 시기가 있으면 적어 주세요."),
    )
    visibility = RadioField(
        _l("공개 범위"), [DataRequired()], choices=options(VISIBILITIES), default=Visibility.OWNER.value
    )
    consent = ConsentField(must=True)

    needs: Sequence[Need] = ()

    def parts(self, need: Need) -> tuple[Any, Any, Any]:
        """The tick, the sentence and the tags for one need."""
        return self[f"chosen_{need.id}"], self[f"offer_{need.id}"], self[f"tags_{need.id}"]

    def chosen(self) -> list[Need]:
        """The needs ticked; where there is one only, that one."""
        return [need for need in self.needs if len(self.needs) == 1 or self.parts(need)[0].data]

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: at least one need."""
        fine = super().validate(extra_validators)
        if not self.chosen():
            self.form_errors.append(gettext("답글을 남길 과제를 하나 이상 골라 주세요."))
        return fine and bool(self.chosen())


class SentenceIfChosen:
    """A chosen need wants a sentence; the others want nothing, so the field is marked neither way."""

    field_flags: ClassVar[dict[str, bool]] = {"unmarked": True}

    def __init__(self, need: Need) -> None:
        self.need = need

    def __call__(self, form: SenderForm, field: Any) -> None:
        """ValidationError for a chosen need without words."""
        if self.need in form.chosen() and len(field.data or "") < 5:
            raise ValidationError(gettext("우리 기관이 보탤 수 있는 것을 한 문장으로 적어 주세요."))


def reply_form(needs: Sequence[Need], **given: Any) -> SenderForm:
    """One screen for all `needs`: for each a tick, one sentence, tags; a single need is not asked for a tick."""
    fields: dict[str, Any] = {"needs": needs}
    for need in needs:
        fields[f"chosen_{need.id}"] = BooleanField(_l("이 과제에 답글을 남깁니다"))
        fields[f"offer_{need.id}"] = TextAreaField(
            _l("우리 기관이 보탤 수 있는 것"),
            [SentenceIfChosen(need), Length(max=1000)],
            description=_l("한 문장이면 됩니다. 예: 폐어망을 재생 원료로 바꾸는 설비가 있습니다."),
        )
        fields[f"tags_{need.id}"] = ChoicesField(_l("보탤 자원"), choices=options(RESOURCES))
    return type("ReplyForm", (SenderForm,), fields)(**given)


class ChangeForm(Form):
    """Other words for a reply that was not opened yet."""

    offer = TextAreaField(_l("우리 기관이 보탤 수 있는 것"), [DataRequired(), Length(min=5, max=1000)])
    offer_tags = ChoicesField(_l("보탤 자원"), choices=options(RESOURCES))
    conditions = TextAreaField(_l("조건과 시기"), [Length(max=2000)])
    visibility = RadioField(_l("공개 범위"), [DataRequired()], choices=options(VISIBILITIES))
