"""The form in which staff rewrite a text."""

from datetime import datetime
from typing import Any

from wtforms import HiddenField, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired

from briefings.outbox.models import Medium, WrittenText
from briefings.outbox.texts import Template, Text, check
from briefings.web.forms import Form


class SeenForm(Form):
    """Acts upon the text as the person saw it."""

    seen = HiddenField()

    def version_seen(self) -> datetime | None:
        """When the text the person saw had been changed last; None if it was the built-in one."""
        try:
            return datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None

    def see(self, text: WrittenText | None) -> None:
        """Sending the form now means `text` as it is."""
        self.seen.data = text.changed_at.isoformat() if text else ""


class TextForm(SeenForm):
    """Subject and body, with no placeholder that nobody fills and all those that must be there."""

    subject = StringField("제목", [DataRequired()])
    body = TextAreaField("본문", [DataRequired()])
    preview = SubmitField()

    def __init__(self, text: Text, words: Template) -> None:
        super().__init__(subject=words.subject, body=words.body)
        self.text = text
        if text.medium is Medium.TEXT:
            self.subject.description = "긴 문자와 알림톡에만 나타납니다."
        self.body.description = (
            "빈 줄로 문단을 나눕니다. ‘- ’로 시작하는 줄은 목록이 됩니다. "
            "자리에 넣을 것이 없으면 그 목록 줄이나 문단은 빠집니다."
        )

    def words(self) -> Template:
        """What was typed."""
        return Template(self.subject.data or "", self.body.data or "")

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: the text can be filled and says what its reader must know."""
        fine = super().validate(extra_validators)
        faults = check(*self.words(), self.text)
        for field in (self.subject, self.body):
            sentences = [fault.sentence for fault in faults if fault.field == field.name]
            if sentences and not field.errors:
                field.errors = [" ".join(sentences)]
        return fine and not faults
