"""The form in which administrators write a new version of a consent text."""

from typing import Any

from wtforms import FormField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from briefings.privacy.models import Basis, ConsentText, Purpose
from briefings.privacy.words import BASES
from briefings.privacy.writing import MAY_TELL, TO_OTHERS, Version, Words
from briefings.web.forms import ConsentField, Form, options

MOST = 2000


class WordsForm(Form):
    """The parts of a text in one language."""

    class Meta(Form.Meta):
        csrf = False

    title = StringField("제목", [DataRequired(), Length(max=200)])
    recipient = TextAreaField("제공받는 자", [DataRequired(), Length(max=MOST)])
    items = TextAreaField("항목", [DataRequired(), Length(max=MOST)], description="모으거나 제공하는 개인정보의 항목")
    use = TextAreaField("목적", [DataRequired(), Length(max=MOST)])
    retention = TextAreaField("보유·이용 기간", [DataRequired(), Length(max=MOST)])
    refusal = TextAreaField("거부할 권리와 그때의 불이익", [DataRequired(), Length(max=MOST)])

    def words(self) -> Words:
        """What was typed."""
        return Words(**{part: self[part].data or "" if part in self else "" for part in Words._fields})


class ConsentTextForm(Form):
    """A new version in both languages; `seen` is the version it was written against."""

    basis = RadioField("근거", [DataRequired()], choices=options(BASES))
    ko = FormField(WordsForm, "한국어")
    en = FormField(WordsForm, "영어")
    seen = HiddenField()

    def __init__(self, purpose: Purpose, in_force: Version, **kwargs: Any) -> None:
        given = {locale: in_force.words(locale)._asdict() for locale in ("ko", "en")}
        super().__init__(data={"basis": in_force.basis.value, "seen": str(in_force.number), **given}, **kwargs)
        if purpose not in MAY_TELL:
            del self.basis
        for field in self.en.form:
            field.label.text = f"영어 {field.label.text}"
        if purpose not in TO_OTHERS:
            for language in (self.ko, self.en):
                del language.form.recipient

    def chosen_basis(self) -> Basis:
        """What the processing rests on."""
        return Basis(self.basis.data) if "basis" in self else Basis.CONSENT

    def words(self) -> dict[str, Words]:
        """What was typed, by language."""
        return {"ko": self.ko.form.words(), "en": self.en.form.words()}

    def version_seen(self) -> int:
        """The version that was in force when the form was opened; 0 if the form does not say."""
        return int(self.seen.data) if (self.seen.data or "").isdecimal() else 0


class PreviewForm(Form):
    """One consent as the forms of visitors show it, belonging to no form that is sent."""

    class Meta(Form.Meta):
        csrf = False

    consent = ConsentField()

    def __init__(self, text: ConsentText, must: bool) -> None:
        super().__init__(formdata=None, prefix=f"{text.locale}-preview-")
        self.consent.must = must
        self.consent.about(text)
