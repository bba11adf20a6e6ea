"""The forms of a survey: its questions to whoever was there, and what staff set."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from briefings.afterwards.models import Survey
from briefings.afterwards.surveys import LONGEST_COMMENT, LONGEST_QUESTION, MOST_QUESTIONS, Wanted
from briefings.web.forms import Form, MomentField

SCALE = (
    ("5", _l("매우 그렇다")),
    ("4", _l("그렇다")),
    ("3", _l("보통이다")),
    ("2", _l("그렇지 않다")),
    ("1", _l("전혀 그렇지 않다")),
)
SPARE = 3
"""So many empty rows for more questions."""


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None


class Answers(Form):
    """What everybody is asked, and the version of the questions they saw."""

    seen = HiddenField()
    comment = TextAreaField(
        _l("더 하고 싶은 말씀"),
        [Length(max=LONGEST_COMMENT)],
        description=_l("이름이나 연락처처럼 누구인지 알 수 있는 내용은 적지 않으셔도 됩니다."),
    )

    def seen_at(self) -> datetime | None:
        """Which version that was; None where it cannot be told."""
        moment = _moment(self.seen.data)
        return moment if moment and moment.tzinfo else None


def answers_form(survey: Survey, locale: str) -> Any:
    """A question for each field `question_<key>`, in the language of the reader if it has been put into that."""
    choices, choose = [SelectChoice(*each) for each in SCALE], gettext("하나를 골라 주세요.")
    fields: dict[str, Any] = {
        f"question_{each['key']}": RadioField(
            _words(each, locale),
            [InputRequired(f"{_words(each, locale)} {choose}")],
            choices=choices,
        )
        for each in survey.questions
    }
    form = type("SurveyForm", (Answers,), fields)()
    if not form.is_submitted():
        form.seen.data = survey.changed_at.isoformat()
    return form


def points_in(form: Any, survey: Survey) -> dict[str, int]:
    """The points given, by the key of the question."""
    return {each["key"]: int(form[f"question_{each['key']}"].data) for each in survey.questions}


def _words(question: dict[str, Any], locale: str) -> str:
    return str((locale == "en" and question.get("en")) or question["ko"])


class Settings(Form):
    """Whether and until when it is open, and whether answers are kept apart from names."""

    rows = 0
    """How many questions there are fields for; none once somebody has answered."""
    seen = HiddenField()
    offered = BooleanField("만족도 조사를 받기")
    apart = BooleanField(
        "답을 이름과 따로 두기",
        description="켜면 누가 답했는지만 알고 무엇을 답했는지는 담당자도 알 수 없습니다. "
        "기관 유형별 결과도 나오지 않고, 결과는 마감한 뒤에 볼 수 있습니다.",
    )
    closes_at = MomentField(
        "받는 기한",
        [Optional()],
        description="비워 두면 설명회가 끝나고 14일 뒤까지 받습니다.",
    )

    def seen_at(self) -> datetime:
        """Which version was seen; a moment that fits none where that cannot be told."""
        moment = _moment(self.seen.data)
        return moment if moment and moment.tzinfo else datetime.fromisoformat("1970-01-01T00:00+00:00")

    def validate(self, extra_validators: Any = None) -> bool:
        """A new question in English alone would be asked of nobody, and its words lost."""
        sound = super().validate(extra_validators)
        for place in range(self.rows):
            row = {part: self[f"{part}_{place}"] for part in ("key", "ko", "en")}
            if row["en"].data and not row["ko"].data and not row["key"].data:
                row["ko"].errors = [*row["ko"].errors, "한국어로도 적어 주세요. 영어로만 적은 질문은 묻지 않습니다."]
                sound = False
        return sound


def settings_form(survey: Survey, locked: bool) -> Any:
    """What is set, with a row for each question and some empty ones, as long as they may be changed."""
    rows = min(len(survey.questions) + SPARE, MOST_QUESTIONS)
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"offered": survey.offered, "apart": survey.apart, "closes_at": survey.closes_at}
    for place in range(0 if locked else rows):
        given = survey.questions[place] if place < len(survey.questions) else {}
        name = f"{place + 1}번 질문"
        length = [Length(max=LONGEST_QUESTION)]
        fields[f"key_{place}"] = HiddenField(name, [Length(max=20)])
        fields[f"ko_{place}"] = StringField(name, length)
        fields[f"en_{place}"] = StringField(f"{name} (영어)", length)
        data |= {f"{part}_{place}": given.get(part, "") for part in ("key", "ko", "en")}
    form = type("SettingsForm", (Settings,), fields)(data=data)
    form.rows = 0 if locked else rows
    for field in form:
        field.flags.unmarked = True
    if locked:
        del form.apart
    if not form.is_submitted():
        form.seen.data = survey.changed_at.isoformat()
    return form


def wanted_in(form: Any, survey: Survey) -> Wanted:
    """What was chosen; of a survey that is locked the questions stay."""
    questions: Sequence[dict[str, Any]] = survey.questions
    if form.rows:
        known = {question["key"] for question in survey.questions}
        questions = [
            {
                "key": form[f"key_{place}"].data if form[f"key_{place}"].data in known else "",
                "ko": form[f"ko_{place}"].data,
                "en": form[f"en_{place}"].data,
            }
            for place in range(form.rows)
        ]
    apart = form.apart.data if "apart" in form else survey.apart
    return Wanted(form.offered.data, questions, apart, form.closes_at.data)
