"""Forms of the review: criteria, who reviews, the sheet of a reviewer, the decisions, the record's filters."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from briefings.needs.models import Need, Round
from briefings.needs.review_models import Criterion, Outcome, Review
from briefings.reviews.assigning import MOST_PER_NEED, Expert
from briefings.reviews.criteria import MOST_POINTS, MOST_WEIGHT
from briefings.reviews.ranking import Ranked
from briefings.reviews.record import CHAPTERS, Chapter
from briefings.reviews.scoring import Mark, version_seen
from briefings.reviews.words import OUTCOMES
from briefings.web.filters import as_read
from briefings.web.forms import ChoicesField, Filters, Form, options


class CriterionForm(Form):
    """What needs are scored by, and how much it counts."""

    seen = HiddenField()
    name = StringField("이름", [DataRequired(), Length(max=60)], description="예: 실현 가능성")
    description = TextAreaField(
        "설명",
        [Length(max=300)],
        description="심사위원이 점수를 줄 때 읽습니다. 무엇을 보고 몇 점을 줄지 물음으로 적어 주세요.",
    )
    weight = IntegerField(
        "가중치",
        [InputRequired(), NumberRange(1, MOST_WEIGHT)],
        description=f"1부터 {MOST_WEIGHT}까지. 합이 100이 아니어도 됩니다. 화면에는 비율(%)로 보입니다.",
        render_kw={"inputmode": "numeric"},
    )


class CopyCriteriaForm(Form):
    """The round whose criteria are taken over."""

    source = SelectField("수요조사", [InputRequired()], coerce=int)

    def offer(self, sources: Sequence[Round]) -> None:
        """The rounds that have criteria."""
        self.source.choices = [SelectChoice(each.id, each.name) for each in sources]


class DueForm(Form):
    """The last day on which reviewers score."""

    due_on = DateField(
        "심사 기한",
        [InputRequired()],
        description="이날까지, 이날도 포함합니다. 지난 기한을 미루면 심사가 다시 열립니다.",
    )


class AssignForm(Form):
    """Who reviews, and how many look at each need."""

    agreed = HiddenField()
    reviewers = ChoicesField("심사위원", [InputRequired()], coerce=int)
    per_need = IntegerField(
        "과제마다 심사위원 수",
        [InputRequired(), NumberRange(1, MOST_PER_NEED)],
        description="이미 맡긴 사람도 셉니다. 셋이면 한 사람의 점수에 덜 흔들립니다.",
        render_kw={"inputmode": "numeric"},
    )

    def offer(self, experts: Sequence[Expert]) -> None:
        """Everybody who may be asked."""
        self.reviewers.choices = [
            SelectChoice(each.user.id, each.user.name + (f" ({each.organization})" if each.organization else ""))
            for each in experts
        ]
        self.reviewers.flags.required = True


class AddReviewerForm(Form):
    """One more reviewer for one need."""

    reviewer = SelectField("심사위원", [InputRequired()], coerce=int)

    def offer(self, experts: Sequence[Expert]) -> None:
        """Those who may be given it."""
        self.reviewer.choices = [
            SelectChoice(each.user.id, each.user.name + (f" ({each.organization})" if each.organization else ""))
            for each in experts
        ]


class AgreedForm(Form):
    """A step whose effects staff have seen: `agreed` names what they saw."""

    agreed = HiddenField()


class AddNeedForm(Form):
    """One more need for one reviewer."""

    need = SelectField("과제", [InputRequired()], coerce=int)

    def offer(self, needs: Sequence[Need]) -> None:
        """Those the reviewer may be given."""
        self.need.choices = [SelectChoice(each.id, each.title) for each in needs]


class PickForm(Filters):
    """The needs ticked in the ranked list."""

    need = ChoicesField("과제", coerce=int, validate_choice=False)

    def offer(self, rows: Sequence[Ranked]) -> None:
        """Those on the page."""
        self.need.choices = [SelectChoice(row.need_id, row.title) for row in rows]


class DecideForm(Form):
    """What is decided about the needs chosen, and why."""

    seen = HiddenField()
    outcome = RadioField("결정", [InputRequired()], choices=options(OUTCOMES), coerce=Outcome)
    reason = TextAreaField(
        "까닭",
        [DataRequired(), Length(max=2000)],
        description="기록에 남고, 결과를 알릴 때 수요기관에 그대로 전해집니다.",
    )


class RecuseForm(Form):
    """Why somebody steps back from a need."""

    reason = TextAreaField(
        _l("회피하는 까닭"),
        [DataRequired(), Length(max=1000)],
        description=_l("예: 지난해까지 이 기관의 자문위원이었습니다. 담당자만 읽습니다."),
    )


class SetAsideForm(Form):
    """Why staff leave out a sheet that was submitted."""

    reason = TextAreaField(
        "점수를 빼는 까닭",
        [DataRequired(), Length(max=1000)],
        description="예: 심사 뒤에 수요기관으로 옮긴 것을 알았습니다. 심사위원도 이 글을 봅니다.",
    )


class PointsField(RadioField):
    """Points for one criterion, or None while none are chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = [SelectChoice(each, str(each)) for each in range(MOST_POINTS + 1)]
        super().__init__(*args, choices=choices, coerce=int, **kwargs)
        self.flags.required = True

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Only what was sent: what was kept meanwhile from another page does not count as chosen here."""
        self.data = None
        super().process_formdata(valuelist)

    def pre_validate(self, form: Any) -> None:
        """None is for the use case to judge: a sheet may be saved before it is complete."""
        if self.data is not None:
            super().pre_validate(form)


class SheetForm(Form):
    """A reviewer's sheet; `of` makes one with the fields of a round's criteria."""

    seen = HiddenField()
    save = SubmitField()
    submit = SubmitField()

    criteria: Sequence[Criterion] = ()

    @classmethod
    def of(cls, review: Review, criteria: Sequence[Criterion]) -> "SheetForm":
        """The sheet with what is kept of it, in the order of the criteria."""
        fields: dict[str, Any] = {"criteria": criteria}
        shown: dict[str, Any] = {"seen": version_seen(review, criteria), "comment": review.comment}
        for each in criteria:
            fields[f"points_{each.id}"] = PointsField(each.name)
            fields[f"reason_{each.id}"] = TextAreaField(_l("까닭"), [Length(max=1000)])
        for score in review.scores:
            shown |= {f"points_{score.criterion_id}": score.points, f"reason_{score.criterion_id}": score.reason}
        fields["comment"] = TextAreaField(
            _l("의견"), [Length(max=4000)], description=_l("담당자가 선정할 때 읽습니다. 수요기관에는 보이지 않습니다.")
        )
        form: SheetForm = type("SheetForm", (cls,), fields)(data=shown)
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: a 0 says why, whoever says why says how many points, and nothing is missing in what is submitted."""
        sound = super().validate(extra_validators)
        for place, each in enumerate(self.criteria, start=1):
            points, reason = self[f"points_{each.id}"], self[f"reason_{each.id}"]
            if points.data is None and not points.errors and (reason.data or self.submit.data):
                points.errors = [gettext("%(place)s번 기준의 점수를 골라 주세요.", place=place)]
            elif points.data == 0 and not reason.data and not reason.errors:
                reason.errors = [gettext("%(place)s번 기준에 0점을 준 까닭을 적어 주세요.", place=place)]
            sound = sound and not points.errors and not reason.errors
        return sound

    def marks(self) -> dict[int, Mark]:
        """Criterion → the points given and why."""
        return {
            each.id: Mark(self[f"points_{each.id}"].data, self[f"reason_{each.id}"].data or "")
            for each in self.criteria
            if self[f"points_{each.id}"].data is not None
        }

    def look_again(self, review: Review, criteria: Sequence[Criterion]) -> None:
        """After a refusal: sending the form once more means this version of the sheet."""
        self.seen.data = version_seen(review, criteria)


class RecordFilters(Filters):
    """What the record of decisions is narrowed to."""

    chapter = SelectField(
        "무엇을", choices=[SelectChoice("", "전체"), *(SelectChoice(k.value, v) for k, v in CHAPTERS.items())]
    )
    who = SelectField("누가")

    def __init__(self, args: MultiDict[str, str], people: Sequence[str]) -> None:
        super().__init__(args)
        self.who.choices = [SelectChoice("", "전체"), *(SelectChoice(name, as_read(name)) for name in people)]

    def chosen(self) -> tuple[Chapter | None, str]:
        """The conditions, as far as they make sense."""
        chapter = Chapter(self.chapter.data) if self.chapter.data in set(Chapter) else None
        names = {choice.value for choice in self.who.choices}
        return chapter, self.who.data if self.who.data in names else ""
