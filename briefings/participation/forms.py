"""Forms of replies."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from briefings.needs.models import Need
from briefings.needs.words import RESOURCES
from briefings.organizations.words import KINDS
from briefings.participation.models import Visibility
from briefings.participation.words import VISIBILITIES
from briefings.privacy.models import ConsentText
from briefings.web.forms import (
    FORBIDDEN,
    ChoicesField,
    ConsentField,
    EmailField,
    Form,
    OnePress,
    PhoneField,
    options,
)

SENDER = ("kind", "organization", "name", "email", "phone")
"""Who replies: filled in for whoever is known, and then shown closed."""
LONGEST_DRAFT = 2000
"""Of each text; a longer one is refused when it is sent."""


class OwnerConsent(ConsentField):
    """Whether one owner may be given the reply and who sent it; asked for the needs that are ticked alone."""

    def __init__(self, *args: Any, need: Need, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.need = need

    def about(self, text: ConsentText) -> None:
        """Ask for, or tell of, `text`, with this owner as the one it goes to."""
        super().about(text)
        self.label.text = gettext("%(owner)s에 개인정보 제공", owner=self.need.organization.name)

    def pre_validate(self, form: FlaskForm) -> None:
        """Of a need that is not ticked nothing is asked."""
        self.must = self.need in form.chosen()
        if not self.must:
            self.data = False
        elif self.data is False and not self.tells and not self._outdated:
            raise ValidationError(
                gettext(
                    "동의하지 않으면 이 수요기관에 답글을 전할 수 없습니다. 답글을 남기지 않으려면 과제를 빼 주세요."
                )
            )
        else:
            super().pre_validate(form)


class SentenceIfChosen:
    """A chosen need wants a sentence; the others want nothing, so the field is marked neither way."""

    field_flags: ClassVar[dict[str, bool]] = {"unmarked": True}

    def __init__(self, need: Need) -> None:
        self.need = need

    def __call__(self, form: "SenderForm", field: Any) -> None:
        """ValidationError for a chosen need without words."""
        if self.need in form.chosen() and len(field.data or "") < 5:
            words = gettext("‘%(title)s’ 과제에 보탤 수 있는 것을 한 문장으로 적어 주세요.", title=self.need.title)
            raise ValidationError(words)


class SenderForm(OnePress, Form):
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
    visibility = RadioField(
        _l("공개 범위"), [DataRequired()], choices=options(VISIBILITIES), default=Visibility.OWNER.value
    )

    needs: Sequence[Need] = ()

    def parts(self, need: Need) -> tuple[Any, Any, Any]:
        """The tick, the sentence and the tags for one need."""
        return self[f"chosen_{need.id}"], self[f"offer_{need.id}"], self[f"tags_{need.id}"]

    def conditions(self, need: Need) -> Any:
        """What it would take, for one need."""
        return self[f"conditions_{need.id}"]

    def consent(self, need: Need) -> OwnerConsent:
        """Whether its owner may be given the reply."""
        return self[f"consent_{need.id}"]

    def chosen(self) -> list[Need]:
        """The needs ticked; where there is one only, that one."""
        return [need for need in self.needs if len(self.needs) == 1 or self.parts(need)[0].data]

    def ask_for(self, text: ConsentText) -> None:
        """Ask, or tell, for each owner."""
        for need in self.needs:
            self.consent(need).about(text)

    def wrong_sender(self) -> bool:
        """Whether something about the sender has to be put right."""
        return any(self[name].errors for name in SENDER)

    def draft(self) -> dict[str, Any]:
        """What there is to keep of it: all but the answers about personal data, which are given when it is sent."""
        asked = {"csrf_token", "form_token", *(f"consent_{need.id}" for need in self.needs)}
        return {field.name: _kept(field.data) for field in self if field.name not in asked}

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: at least one need."""
        fine = super().validate(extra_validators)
        if not self.chosen():
            self.form_errors.append(gettext("답글을 남길 과제를 하나 이상 골라 주세요."))
        return fine and bool(self.chosen())


def reply_form(needs: Sequence[Need], **given: Any) -> SenderForm:
    """One screen for all `needs`: for each a tick that opens a sentence, tags, conditions and the consent.

    A single need is not asked for a tick.
    """
    fields: dict[str, Any] = {"needs": needs}
    for need in needs:
        fields[f"chosen_{need.id}"] = BooleanField(_l("이 과제에 답글을 남깁니다"))
        fields[f"offer_{need.id}"] = TextAreaField(
            _l("우리 기관이 보탤 수 있는 것"),
            [SentenceIfChosen(need), Length(max=1000)],
            description=_l("한 문장이면 됩니다. 예: 폐어망을 재생 원료로 바꾸는 설비가 있습니다."),
        )
        fields[f"tags_{need.id}"] = ChoicesField(_l("보탤 자원"), choices=options(RESOURCES))
        fields[f"conditions_{need.id}"] = TextAreaField(
            _l("조건과 시기"),
            [Length(max=2000)],
            description=_l("함께하려면 필요한 조건이나 가능한 시기가 있으면 적어 주세요."),
        )
        fields[f"consent_{need.id}"] = OwnerConsent(need=need)
    return type("ReplyForm", (SenderForm,), fields)(**given)


class ChangeForm(Form):
    """Other words for a reply that was not opened yet."""

    offer = TextAreaField(_l("우리 기관이 보탤 수 있는 것"), [DataRequired(), Length(min=5, max=1000)])
    offer_tags = ChoicesField(_l("보탤 자원"), choices=options(RESOURCES))
    conditions = TextAreaField(_l("조건과 시기"), [Length(max=2000)])
    visibility = RadioField(_l("공개 범위"), [DataRequired()], choices=options(VISIBILITIES))


def _kept(value: Any) -> Any:
    """As JSON keeps it, without signs that no text of ours may hold."""
    if isinstance(value, str):
        return FORBIDDEN.sub("", value)[:LONGEST_DRAFT]
    return [_kept(each) for each in value[:20]] if isinstance(value, list) else value
