"""The base of every form: typed text tidied, refusals put where they belong, messages in plain Korean."""

import re
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import email_validator
import phonenumbers
from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict
from wtforms import EmailField as PlainEmailField
from wtforms import (
    Field,
    FieldList,
    FormField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.csrf.core import CSRFTokenField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, Select, TextArea, html_params

from briefings.errors import Refused
from briefings.web.erased import is_erased
from briefings.web.filters import in_english, local, machine_time, phone
from briefings.web.page_cache import anew
from briefings.web.problems import reason

# Control characters and the signs that turn the direction of writing: none belongs in a text, all can deceive.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# What a form shows in place of each: pages may not hold them, browsers show this for some, and nobody types it.
REPLACED = "\ufffd"
# Signs that take no room and say nothing; they come along when text is copied, and would make a name look empty.
UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff]")
LINE_BREAKS = re.compile("[\t\n\r\u2028\u2029]")

# What WTForms and Flask-WTF say, said in our words (UI.md 4.1: what is wrong, then what to do).
SENTENCES = {
    "Invalid email address.": _l("전자우편 주소의 모양이 맞지 않습니다. 예: name@example.kr"),
    "Invalid input.": _l("쓸 수 없는 글자나 모양이 있습니다. 설명을 보고 다시 적어 주세요."),
    "Invalid URL.": _l("주소의 모양이 맞지 않습니다. https://로 시작하는 주소를 적어 주세요."),
    "Not a valid choice.": _l("목록에 있는 것 가운데 골라 주세요."),
    "Invalid Choice: could not coerce.": _l("목록에 있는 것 가운데 골라 주세요."),
    "Invalid choice(s): one or more data inputs could not be coerced.": _l("목록에 있는 것 가운데 골라 주세요."),
    "'%(value)s' is not a valid choice for this field.": _l("목록에 있는 것 가운데 골라 주세요."),
    "Not a valid integer value.": _l("숫자로 적어 주세요. 예: 20"),
    "Not a valid decimal value.": _l("숫자로 적어 주세요. 예: 2.5"),
    "Not a valid float value.": _l("숫자로 적어 주세요. 예: 2.5"),
    "Not a valid date value.": _l("날짜를 연, 월, 일 순서로 적어 주세요. 예: 2026-11-23"),
    "Not a valid time value.": _l("시각을 24시간으로 적어 주세요. 예: 14:00"),
    "Not a valid datetime value.": _l("날짜와 시각을 함께 적어 주세요. 예: 2026-11-23 14:00"),
    "Field must be equal to %(other_name)s.": _l("두 칸에 적은 내용이 서로 다릅니다. 같게 적어 주세요."),
    "Field must be at least %(min)d character long.": _l("%(min)d자 이상으로 적어 주세요."),
    "Field cannot be longer than %(max)d character.": _l("%(max)d자 이하로 줄여 주세요."),
    "Field must be exactly %(max)d character long.": _l("%(max)d자로 적어 주세요."),
    "Field must be between %(min)d and %(max)d characters long.": _l("%(min)d자 이상 %(max)d자 이하로 적어 주세요."),
    "Number must be at least %(min)s.": _l("%(min)s 이상인 숫자로 적어 주세요."),
    "Number must be at most %(max)s.": _l("%(max)s 이하인 숫자로 적어 주세요."),
    "Number must be between %(min)s and %(max)s.": _l("%(min)s부터 %(max)s까지의 숫자로 적어 주세요."),
    "Invalid value, must be one of: %(values)s.": _l("다음 가운데 하나를 적어 주세요: %(values)s"),
    "Invalid value, can't be any of: %(values)s.": _l("다음은 쓸 수 없습니다: %(values)s"),
}
FORM_TOKEN = re.compile("[0-9a-f]{32}")
LONGEST_NUMBER = 30
SHORT_NUMBERS = 999_999  # 119, 1345: nobody is reached there
REQUIRED = "This field is required."


class Sentences:
    """The translations object of one field: it knows the field, so that a missing value is asked for by name."""

    def __init__(self, field: Field) -> None:
        self.field = field

    def gettext(self, string: str) -> str:
        """Our sentence for a built-in message; a message of our own passes through."""
        if string == REQUIRED:
            return missing(self.field)
        return str(SENTENCES.get(string, string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """As `gettext`: Korean has one form, and our English sentences are written to fit any number."""
        return self.gettext(singular)


def missing(field: Field) -> str:
    """What to say when `field` was left empty: `이름을 입력해 주세요.`, or 골라 for choices."""
    label = _with_particle(str(field.label.text))
    if hasattr(field, "iter_choices"):
        return gettext("%(label)s 골라 주세요.", label=label)
    return gettext("%(label)s 입력해 주세요.", label=label)


def _with_particle(label: str) -> str:
    if in_english():
        return f"“{label}”"
    last = re.sub(r"\s*\([^)]*\)$", "", label)[-1:]
    if not "가" <= last <= "힣":
        return f"‘{label}’ 칸을"
    return label + ("을" if (ord(last) - ord("가")) % 28 else "를")


def _tidy_line(value: Any) -> Any:
    return unicodedata.normalize("NFC", UNSEEN.sub("", value)).strip() if isinstance(value, str) else value


def _tidy_text(value: Any) -> Any:
    return _tidy_line(value.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(value, str) else value


def _without_forbidden(value: Any) -> Any:
    return FORBIDDEN.sub("", value) if isinstance(value, str) else value


def _refuse_control_characters(form: FlaskForm, field: Field) -> None:
    text = field.data
    if not isinstance(text, str):
        return
    hidden, one_line = isinstance(field, HiddenField), not isinstance(field, TextAreaField)
    if FORBIDDEN.search(text) or (REPLACED in text and not hidden):
        raise StopValidation(gettext("보이지 않는 글자가 섞여 있습니다. ‘�’로 보이는 곳을 지우고 직접 입력해 주세요."))
    if one_line and LINE_BREAKS.search(text):
        raise StopValidation(gettext("보이지 않는 글자가 섞여 있습니다. 지우고 직접 입력해 주세요."))


class _TokenField(CSRFTokenField):
    """The token of a form, which is made when a page shows it: a form that is only read needs none."""

    process = HiddenField.process

    def _value(self) -> str:
        return str(self.csrf_impl.generate_csrf_token(self))


class _Tokens(FlaskForm.Meta.csrf_class):  # type: ignore[name-defined, misc]
    field_class = _TokenField


class Form(FlaskForm):
    """A form whose texts are trimmed and composed (NFC), whose built-in messages are ours, and that can be refused.

    Passwords are left as typed. Every string field refuses control characters; one-line fields refuse line breaks.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[name-defined, misc]
        csrf_class = _Tokens

        def get_translations(self, form: Any) -> None:
            """None of the library's: each field has our sentences, see below."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            field = super().bind_field(form, unbound_field, options)
            field._translations = Sentences(field)
            if isinstance(field, StringField) and not isinstance(field, PasswordField):
                tidy = _tidy_text if isinstance(field, TextAreaField) else _tidy_line
                field.filters = [tidy, *field.filters]
                field.validators = [_refuse_control_characters, *field.validators]
            return field

        def render_field(self, field: Field, render_kw: Mapping[str, Any]) -> Markup:
            """A list in which something is always chosen cannot be left empty, and HTML has nothing to require.

            What was typed and refused is shown with its forbidden signs replaced. Where somebody was erased there is
            nothing to keep.
            """
            always = isinstance(field, SelectField) and isinstance(field.widget, Select) and _always_chosen(field)
            if type(field.widget) is not TextArea and not field.raw_data and is_erased(field.data):
                render_kw = {**render_kw, "value": ""}
            shown = super().render_field(field, {"required": False, **render_kw} if always else render_kw)
            return Markup(FORBIDDEN.sub(REPLACED, shown))  # noqa: S704 (a sign in place of another escapes nothing)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            found = super().wrap_formdata(form, formdata)
            return request.form if isinstance(found, CombinedMultiDict) else found  # files are no texts

    def refuse(self, error: Refused, field: str | None = None) -> None:
        """Show why a use case declined: at `field` (or the field the error names), otherwise above the form."""
        message = reason(error)
        name = field or error.field
        if name and name in self:
            self[name].errors = [*self[name].errors, message]
        else:
            self.form_errors.append(message)

    def error_summary(self) -> list[tuple[str | None, str]]:
        """(id of the control or None, message) for everything wrong, in the order of the page."""
        return [(None, str(message)) for message in self.form_errors] + list(_errors_of(self))


def _always_chosen(field: SelectField) -> bool:
    """Whether a list of one line begins with something to choose, and not with an empty line."""
    return not field.widget.multiple and next((bool(str(choice.value)) for choice in field.iter_choices()), False)


def new_form_token() -> str:
    """The mark of one opened form: 128 random bits in hex."""
    return secrets.token_hex(16)


def _form_token(typed: str | None) -> str:
    return typed if typed and FORM_TOKEN.fullmatch(typed) else anew(new_form_token(), new_form_token)


class OnePress:
    """A hidden mark that each opened form bears: sent twice (a double click, a page loaded again), it is one press."""

    form_token = HiddenField(filters=[_form_token])


class Filters(Form):
    """The conditions of a list, from the address: `NeedFilters(request.args)`; no token, nothing marked optional.

    What nobody types by hand is left out of them: a condition is shown again, whoever made the address.
    """

    class Meta(Form.Meta):
        csrf = False

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            field = super().bind_field(form, unbound_field, options)
            field.flags.unmarked = True
            if isinstance(field, StringField):
                field.filters = [_without_forbidden, *field.filters]
            return field


def _errors_of(fields: Any, row: str = "") -> Iterator[tuple[str | None, str]]:
    """All that is wrong, in words that say where: above a long form nobody sees which field a sentence is about."""
    for field in fields:
        if isinstance(field, FormField):
            yield from _errors_of(field.form, row or str(field.label.text))
        elif isinstance(field, FieldList):
            yield from ((field.id, str(error)) for error in field.errors if isinstance(error, str))
            for number, entry in enumerate(field.entries, start=1):
                yield from _errors_of([entry], f"{field.label.text} {number}")
        else:
            said = field.errors[: None if field.flags.each_error else 1]
            yield from ((first_control(field), _with_place(str(error), field, row)) for error in said)


def _with_place(error: str, field: Field, row: str) -> str:
    label = "" if getattr(field.widget, "input_type", "") == "hidden" else str(field.label.text)
    place = [row] * bool(row) + [label] * bool(label and label.lower() not in error.lower())
    return f"{', '.join(place)}: {error}" if place else error


def first_control(field: Field) -> str:
    """The id of the control a link to `field` should lead to: in a group of choices the first one."""
    if getattr(field, "tells", False):
        return f"{field.id}-text"
    in_group = hasattr(field, "iter_choices") and getattr(field.widget, "prefix_label", None) is not None
    return f"{field.id}-0" if in_group else str(field.id)


class EmailField(PlainEmailField):
    """An e-mail address, in the spelling mail servers use; empty becomes ''."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        keys = {"autocomplete": "email", "inputmode": "email", "spellcheck": "false", "maxlength": 254}
        super().__init__(*args, **kwargs)
        self.render_kw = keys | (self.render_kw or {})

    def pre_validate(self, form: FlaskForm) -> None:
        """Say what is wrong with the address; nothing is looked up on the network."""
        if not self.data:
            return
        name, at, domain = self.data.rpartition("@")
        if not at:
            raise StopValidation(gettext("전자우편 주소에 ‘@’가 빠졌습니다. 예: name@example.kr"))
        if not domain:
            raise StopValidation(gettext("전자우편 주소에 ‘@’ 뒤의 주소가 빠졌습니다. 예: name@example.kr"))
        if not name:
            raise StopValidation(gettext("전자우편 주소에 ‘@’ 앞의 이름이 빠졌습니다. 예: name@example.kr"))
        try:
            self.data = email_validator.validate_email(self.data, check_deliverability=False).normalized
        except email_validator.EmailNotValidError:
            raise StopValidation(str(SENTENCES["Invalid email address."])) from None


class PhoneField(TelField):
    """A phone number typed in any usual way; its data is the way it is written: `010-1234-5678`; empty becomes ''."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = {"autocomplete": "tel", "inputmode": "tel", "maxlength": LONGEST_NUMBER}
        self.render_kw = keys | (self.render_kw or {})

    def pre_validate(self, form: FlaskForm) -> None:
        """Refuse what can be no phone number."""
        if not self.data:
            return
        number = phone_in(self.data)
        if number is None:
            raise StopValidation(gettext("전화번호를 다시 확인해 주세요. 예: 010-1234-5678"))
        self.data = number


def phone_in(typed: str) -> str | None:
    """A phone number typed in any usual way as it is written, or None where it can be none."""
    try:
        number = phonenumbers.parse(typed, "KR")
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number(number) and number.national_number > SHORT_NUMBERS
    return phone(typed) if possible and len(phone(typed)) <= LONGEST_NUMBER else None


class ChoicesField(SelectMultipleField):
    """Checkboxes for any number of choices; `data` is the list of those ticked."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class MomentField(Field):
    """A date and a time of the installation's clock as one aware moment, typed into two native controls."""

    def widget(self, field: Field, **kwargs: Any) -> Markup:
        """Both controls, each with a label; the `date_time` macro puts the legend around them."""
        typed = self.typed()
        return Markup("").join(
            Markup(
                '<span class="moment-part"><label for="{id}">{label}</label>'
                '<input class="krds-input" type="{kind}" id="{id}" name="{name}" value="{value}"{rest}></span>'
            ).format(id=control, label=label, kind=kind, name=self.name, value=value, rest=_attributes(kwargs))
            for control, label, kind, value in (
                (self.id, gettext("날짜"), "date", typed[0]),
                (f"{self.id}-time", gettext("시각"), "time", typed[1]),
            )
        )

    def typed(self) -> tuple[str, str]:
        """What the two controls show: what was typed, or the stored moment."""
        if self.raw_data:
            day, clock = (*self.raw_data, "", "")[:2]
            return str(day), str(clock)
        if not isinstance(self.data, datetime):
            return "", ""
        day, _, clock = machine_time(self.data).partition("T")
        return day, clock[:5]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Both parts or neither; ValueError with our sentence otherwise."""
        text = " ".join(part.strip() for part in valuelist).strip().replace("T", " ")
        self.data = None
        if not text:
            return
        try:
            zone = local(datetime.fromisoformat("2000-01-01T00:00+00:00")).tzinfo
            moment = datetime.strptime(text[:16], "%Y-%m-%d %H:%M").replace(tzinfo=zone)
            if not 2000 <= moment.year < 2100:  # nothing of ours, and near the ends of the calendar sums overflow
                raise ValueError(text)
            self.data = moment
        except ValueError:
            raise ValueError(str(SENTENCES["Not a valid datetime value."])) from None


def searchable(typed: str | None) -> str:
    """Of what somebody typed, what a text can contain, with single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in (typed or "")[:100]).split())


def options(words: Mapping[StrEnum, str], empty: str | None = None) -> list[SelectChoice]:
    """Each member of an enum with its word in the reader's language, after an `empty` one if that is wanted."""
    first = [] if empty is None else [SelectChoice("", empty)]
    return first + [SelectChoice(member.value, _l(word)) for member, word in words.items()]


def _attributes(kwargs: dict[str, Any]) -> Markup:
    kept = {key: value for key, value in kwargs.items() if key.startswith("aria")}
    return Markup(f" {html_params(**kept)}") if kept else Markup()  # noqa: S704 (html_params escapes)


class ConsentField(RadioField):
    """동의함 or 동의하지 않음, nothing chosen beforehand; `data` is True, False or None. `must`: only True passes.

    `about(text)` says what is asked: of a text whose basis is a notice nothing is, and whoever answered to another
    version than the one in force is told so and asked anew. The macro `ui.consent` sends along which one was read.
    """

    def __init__(self, label: Any = None, validators: Any = None, must: bool = False, **kwargs: Any) -> None:
        choices = [SelectChoice("yes", _l("동의함")), SelectChoice("no", _l("동의하지 않음"))]
        super().__init__(label, validators, choices=choices, coerce=_consent, **kwargs)
        self.must = must
        self.flags.required = must
        self.tells = False
        """Whether the person is only told, and nothing asked."""
        self.in_force = ""
        self.read = ""

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Also which version the answer was given to; an answer without one counts for the version in force."""
        super().process(formdata, *args, **kwargs)
        self.read = (formdata.get(f"{self.name}-text") or "") if formdata else ""

    def about(self, text: Any) -> None:
        """Ask for, or tell of, `text` (a ConsentText)."""
        self.label.text = text.title
        self.in_force, self.tells = str(text.id), text.basis == "notice"
        self.flags.required = self.must and not self.tells

    def pre_validate(self, form: FlaskForm) -> None:
        """What must be agreed to asks for an answer; what need not be may stay open, which is no consent."""
        if self._outdated:
            self.data = None
            raise StopValidation(self._anew())
        if self.tells:
            self.data = False
        elif self.data is None and self.must:
            raise StopValidation(gettext("‘%(label)s’에 답해 주세요.", label=self.label.text))
        elif self.must and not self.data:
            raise ValidationError(gettext("동의하지 않으면 이 신청을 받을 수 없습니다. 아래 연락처로 문의해 주세요."))

    @property
    def _outdated(self) -> bool:
        """Whether another version was read, by somebody who answered to it or had to."""
        answered = self.must or self.data is not None
        return answered and bool(self.read and self.in_force) and self.read != self.in_force

    def _anew(self) -> str:
        if self.tells:
            return gettext(
                "그사이 ‘%(label)s’의 내용이 바뀌었습니다. 새 내용을 읽고 다시 보내 주세요.", label=self.label.text
            )
        return gettext(
            "그사이 ‘%(label)s’의 내용이 바뀌었습니다. 새 내용을 읽고 다시 답해 주세요.", label=self.label.text
        )


def _consent(value: Any) -> bool | None:
    return {"yes": True, "no": False, True: True, False: False}.get(value)
