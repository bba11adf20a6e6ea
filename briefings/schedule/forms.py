"""The staff's forms about briefings."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from briefings.needs.models import Audience, Need, Theme
from briefings.organizations.words import KINDS
from briefings.schedule.copying import Order
from briefings.schedule.models import Briefing, Eligibility
from briefings.schedule.planning import Admission
from briefings.schedule.words import ELIGIBILITIES
from briefings.web.forms import ChoicesField, Filters, Form, MomentField

NEVER = datetime.min.replace(tzinfo=UTC)
MOST_PLACES = 100_000
MOST_MINUTES = 180


def web_address(form: Form, field: URLField) -> None:
    """An address people can open in a browser: http or https, with a host."""
    try:
        parts = urlsplit(field.data)
        sound = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", field.data)
    except ValueError:
        sound = False
    if not sound:
        raise ValidationError("https://로 시작하는 주소를 넣어 주세요. 예: https://room.example.kr/abc")


def after(other: str) -> Any:
    """A moment later than the one in the field `other`."""

    def check(form: Form, field: MomentField) -> None:
        if field.data and form[other].data and field.data <= form[other].data:
            raise ValidationError(f"‘{field.label.text}’ 칸은 ‘{form[other].label.text}’ 칸보다 뒤여야 합니다.")

    return check


class TimesForm(Form):
    """When a briefing runs."""

    starts_at = MomentField("시작 일시", [InputRequired()])
    ends_at = MomentField("끝 일시", [InputRequired(), after("starts_at")])

    def times(self) -> tuple[datetime, datetime]:
        """Both ends."""
        return self.starts_at.data, self.ends_at.data


def moment_in(field: HiddenField) -> datetime:
    """The moment in a hidden mark; one that fits no row where it is broken."""
    try:
        found = datetime.fromisoformat(field.data or "")
        return found.astimezone(UTC) if found.tzinfo else NEVER
    except (ValueError, OverflowError):
        return NEVER


class Seen:
    """A hidden mark of the state the page was made from."""

    seen = HiddenField("처음 본 상태")

    def seen_at(self) -> datetime:
        """The briefing's `changed_at` then; a moment that fits no briefing where the mark is broken."""
        return moment_in(self.seen)

    def look_again(self, briefing: Briefing) -> None:
        """The next press speaks of the state shown now."""
        self.seen.data = briefing.changed_at.isoformat()


class AdmissionFields:
    """Who may register, and whether staff decide about each."""

    eligibility = RadioField(
        "신청 자격",
        [DataRequired()],
        choices=[SelectChoice(each.value, words) for each, words in ELIGIBILITIES.items()],
        default=Eligibility.OPEN.value,
        description="초대한 사람만 받으면 초대 명단의 사람이 전자우편으로 받은 링크로만 신청합니다.",
    )
    eligible_kinds = ChoicesField(
        "받을 기관 유형",
        choices=[SelectChoice(each.value, words) for each, words in KINDS.items()],
        description="‘정해진 기관 유형만’을 고른 때에만 씁니다.",
    )
    approval = BooleanField(
        "승인한 뒤에 자리 주기",
        description="신청하면 승인 대기가 됩니다. 승인하기 전에는 자리도 대기 순번도 없고, 일정 초대도 가지 않습니다.",
    )

    def validate_eligible_kinds(self, field: ChoicesField) -> None:
        """Nobody could register otherwise."""
        if self.eligibility.data == Eligibility.KINDS and not field.data:
            raise ValidationError("받을 기관 유형을 하나 이상 골라 주세요.")

    def kinds_chosen(self) -> list[str]:
        """The kinds that may register; none where that does not matter."""
        return list(self.eligible_kinds.data) if self.eligibility.data == Eligibility.KINDS else []


class ChooseForm(Filters):
    """Which needs of a theme and audience to make a briefing of; it leads to the page for a new one."""

    theme = HiddenField()
    audience = HiddenField()
    need = ChoicesField("수요", coerce=int)

    def offer(self, needs: Iterable[Need]) -> None:
        """What there is to choose from, nothing chosen."""
        self.need.choices = [(need.id, need.title) for need in needs]


class NewForm(AdmissionFields, TimesForm):
    """A draft, from needs chosen before."""

    title = StringField("제목", [DataRequired(), Length(max=120)])
    theme = SelectField("주제", [InputRequired()], coerce=int)
    audience = SelectField("대상", [InputRequired()], coerce=int)
    capacity = IntegerField(
        "정원", [Optional(), NumberRange(min=1, max=MOST_PLACES)], description="비워 두면 제한 없이 받습니다."
    )
    needs = ChoicesField(
        "발표할 수요", coerce=int, description="위에서부터 차례로 발표합니다. 순서는 다음 화면에서 바꿉니다."
    )

    def offer(self, themes: Iterable[Theme], audiences: Iterable[Audience], needs: Iterable[Need]) -> None:
        """What there is to choose from."""
        self.theme.choices = [(theme.id, theme.name) for theme in themes]
        self.audience.choices = [(audience.id, audience.name) for audience in audiences]
        self.needs.choices = [(need.id, f"{need.title} ({need.organization.name})") for need in needs]
        self.needs.flags.unmarked = True

    def admission(self) -> Admission:
        """Who may register."""
        return Admission(Eligibility(self.eligibility.data), tuple(self.kinds_chosen()), self.approval.data)


class CopyForm(TimesForm):
    """A draft, from an earlier briefing; `agreed` once the shifted dates were shown."""

    title = StringField("제목", [DataRequired(), Length(max=120)])
    order = RadioField(
        "발표 순서",
        choices=[
            SelectChoice(Order.PRESENTERS.value, "순서와 발표자 모두 (공개하면 발표자에게 다시 부탁합니다)"),
            SelectChoice(Order.NEEDS.value, "순서만, 발표자는 비워 두기"),
            SelectChoice(Order.NOTHING.value, "가져오지 않기"),
        ],
        default=Order.PRESENTERS.value,
    )
    agreed = HiddenField("일시 확인")

    def typed(self) -> str:
        """A mark of what decides about the dates."""
        return repr((*(each.isoformat() for each in self.times()), self.order.data))


class MoveForm(Seen, TimesForm):
    """Another time; `agreed` once its effects were shown."""

    agreed = HiddenField("영향 확인")


class PublishForm(Seen, Form):
    """That a draft is published as it was looked at."""


class CancelForm(Form):
    """Why a briefing is called off."""

    reason = TextAreaField(
        "취소 사유",
        [DataRequired(), Length(max=500)],
        description="신청자와 발표자에게 보내는 안내와 누리집에 그대로 보입니다.",
    )
    agreed = HiddenField("안내 확인")
