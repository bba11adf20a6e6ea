"""The staff's forms about briefings."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SearchField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from briefings.needs.models import Audience, Need, Theme
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.schedule.models import Briefing, BriefingState, RegistrationState
from briefings.schedule.planning import Details
from briefings.schedule.registrants import SORTS
from briefings.schedule.slots import Plan, SlotPlan
from briefings.schedule.words import REGISTRATION_STATES
from briefings.web.forms import ChoicesField, EmailField, Filters, Form, MomentField

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


def minutes_in(field: IntegerField) -> int:
    """What was typed, or none where that can be no length of a talk: times are computed before anything is checked."""
    typed = field.data or 0
    return typed if 0 <= typed <= MOST_MINUTES else 0


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


class Seen:
    """A hidden mark of the state the page was made from."""

    seen = HiddenField("처음 본 상태")

    def seen_at(self) -> datetime:
        """The briefing's `changed_at` then; a moment that fits no briefing where the mark is broken."""
        try:
            found = datetime.fromisoformat(self.seen.data or "")
            return found.astimezone(UTC) if found.tzinfo else NEVER
        except (ValueError, OverflowError):
            return NEVER

    def look_again(self, briefing: Briefing) -> None:
        """The next press speaks of the state shown now."""
        self.seen.data = briefing.changed_at.isoformat()


class ChooseForm(Filters):
    """Which needs of a theme and audience to make a briefing of; it leads to the page for a new one."""

    theme = HiddenField()
    audience = HiddenField()
    need = ChoicesField("수요", coerce=int)

    def offer(self, needs: Iterable[Need]) -> None:
        """What there is to choose from, nothing chosen."""
        self.need.choices = [(need.id, need.title) for need in needs]


class NewForm(TimesForm):
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


class CopyForm(TimesForm):
    """A draft, from an earlier briefing."""

    title = StringField("제목", [DataRequired(), Length(max=120)])
    with_slots = BooleanField("발표 순서와 발표자도 가져오기 (아직 게시 중인 수요만)", default=True)


class SlotForm(Form):
    """One row of the order."""

    class Meta(Form.Meta):
        csrf = False

    need_id = HiddenField("수요", filters=[lambda value: int(value) if re.fullmatch("[0-9]{1,10}", str(value)) else 0])
    presenter_name = StringField("발표자 이름", [Length(max=120)])
    presenter_title = StringField("직위", [Length(max=120)])
    presenter_email = EmailField("전자우편")
    talk_minutes = IntegerField("발표(분)", [InputRequired(), NumberRange(min=1, max=MOST_MINUTES)])
    question_minutes = IntegerField("질의(분)", [InputRequired(), NumberRange(min=0, max=MOST_MINUTES)])

    def plan(self, need: Need) -> SlotPlan:
        """The row as it stands, with no minutes where none can be read."""
        return SlotPlan(
            need.id,
            need.title,
            minutes_in(self.talk_minutes),
            minutes_in(self.question_minutes),
            self.presenter_name.data or "",
            self.presenter_title.data or "",
            self.presenter_email.data or "",
        )


class EditForm(Seen, Form):
    """Everything about a briefing on one page. `starts_at` and `ends_at` only while it is a draft."""

    title = StringField("제목", [DataRequired(), Length(max=120)])
    theme_id = SelectField("주제", [InputRequired()], coerce=int)
    audience_id = SelectField("대상", [InputRequired()], coerce=int)
    description = TextAreaField("소개", [Length(max=5000)], description="누리집의 설명회 화면에 보입니다.")
    moderator = StringField("사회자", [Length(max=120)])
    starts_at = MomentField("시작 일시", [InputRequired()])
    ends_at = MomentField("끝 일시", [InputRequired(), after("starts_at")])
    room_url = URLField(
        "접속 주소",
        [Optional(), Length(max=500), web_address],
        description="화상회의나 방송의 주소입니다. 신청이 확정된 사람에게만 입장 화면에서 보입니다.",
    )
    room_note = StringField(
        "접속이 안 될 때", [Length(max=200)], description="접속하지 못한 사람에게 보일 전화번호나 다른 주소입니다."
    )
    replay_url = URLField(
        "다시보기 주소", [Optional(), Length(max=500), web_address], description="설명회가 끝난 뒤에 보입니다."
    )
    capacity = IntegerField(
        "정원",
        [Optional(), NumberRange(min=1, max=MOST_PLACES)],
        description="비워 두면 제한 없이 받습니다. 늘리면 대기 순서대로 확정됩니다.",
    )
    registration_opens_at = MomentField("신청 시작", [InputRequired()])
    registration_closes_at = MomentField("신청 마감", [InputRequired(), after("registration_opens_at")])
    opening_minutes = IntegerField("여는 말(분)", [InputRequired(), NumberRange(min=0, max=MOST_MINUTES)])
    slots = FieldList(FormField(SlotForm))
    add = SelectField("더 넣을 수요", coerce=int, validate_choice=False)
    agreed = HiddenField("알림 확인")

    @classmethod
    def of(cls, briefing: Briefing, formdata: MultiDict | None) -> "EditForm":
        """The form about `briefing`, filled from `formdata` or from what is stored."""
        form = cls(formdata, obj=briefing)
        form.fixed_times = briefing.state is not BriefingState.DRAFT
        if form.fixed_times:
            del form.starts_at, form.ends_at
        if formdata is None:
            form.look_again(briefing)
        return form

    def offer(self, themes: Iterable[Theme], audiences: Iterable[Audience], addable: Iterable[Need]) -> None:
        """What there is to choose from."""
        self.theme_id.choices = [(theme.id, theme.name) for theme in themes]
        self.audience_id.choices = [(audience.id, audience.name) for audience in audiences]
        taken = set(self.need_ids())
        named = [(need.id, f"{need.title} ({need.organization.name})") for need in addable if need.id not in taken]
        self.add.choices = [(0, "고르지 않음"), *named]

    def need_ids(self) -> list[int]:
        """The needs of the rows in order."""
        return [row.form.need_id.data for row in self.slots]

    def plans(self, needs: dict[int, Need]) -> tuple[SlotPlan, ...]:
        """The rows as an order."""
        return tuple(row.form.plan(needs[row.form.need_id.data]) for row in self.slots)

    def times(self, briefing: Briefing) -> tuple[datetime, datetime]:
        """Both ends as typed, or the stored ones where they are fixed or cannot be read."""
        stored = briefing.starts_at, briefing.ends_at
        if self.fixed_times or not (self.starts_at.data and self.ends_at.data):
            return stored
        return self.starts_at.data, self.ends_at.data

    def typed(self, plan: Plan) -> str:
        """A mark of what was typed: another one as soon as anything differs; only after validation."""
        return hashlib.sha256(repr((self.details(), plan.slots)).encode()).hexdigest()

    def details(self) -> Details:
        """What was typed beside the order; only after validation."""
        values = {name: self[name].data for name in Details.__dataclass_fields__ if name in self}
        found = Details(**values)
        return found if self.fixed_times else replace(found, times=(self.starts_at.data, self.ends_at.data))


ROW = re.compile(r"slots-(\d+)-(\w+)$")


def rearranged(formdata: MultiDict, act: str, need_id: str, new: SlotPlan | None = None) -> MultiDict:
    """What was typed, with the row of `need_id` one place `up` or `down`, `remove`d, or `new` put at the end."""
    rows: dict[int, dict[str, str]] = {}
    others: MultiDict = MultiDict()
    for name, value in formdata.items(multi=True):
        if found := ROW.match(name):
            rows.setdefault(int(found[1]), {})[found[2]] = value
        else:
            others.add(name, value)
    in_order = _moved([rows[number] for number in sorted(rows)], act, need_id)
    if new:
        fields = ("need_id", "talk_minutes", "question_minutes", "presenter_name", "presenter_title", "presenter_email")
        in_order.append({field: str(getattr(new, field)) for field in fields})
    for number, row in enumerate(in_order):
        others.update({f"slots-{number}-{field}": value for field, value in row.items()})
    return others


def _moved(rows: list[dict[str, str]], act: str, need_id: str) -> list[dict[str, str]]:
    place = next((i for i, row in enumerate(rows) if row.get("need_id") == need_id), None)
    if place is None or act not in ("up", "down", "remove"):
        return rows
    row = rows.pop(place)
    if act != "remove":
        rows.insert(max(place + (1 if act == "down" else -1), 0), row)
    return rows


class MoveForm(Seen, TimesForm):
    """Another time; `agreed` once its effects were shown."""

    agreed = HiddenField("영향 확인")


class CancelForm(Form):
    """Why a briefing is called off."""

    reason = TextAreaField(
        "취소 사유",
        [DataRequired(), Length(max=500)],
        description="신청자와 발표자에게 보내는 안내와 누리집에 그대로 보입니다.",
    )
    agreed = HiddenField("안내 확인")


class RegistrantFilters(Filters):
    """Which registrants to list, in which order."""

    q = SearchField("검색어", [Length(max=100)], description="이름, 기관, 전자우편")
    state = SelectField("상태")
    kind = SelectField("기관 유형")
    support = BooleanField("지원 요청만")
    sort = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(state.value, REGISTRATION_STATES[state]) for state in RegistrationState]
        self.state.choices = [("", "확정과 대기"), *states]
        self.kind.choices = [("", "전체"), *((kind.value, KINDS[kind]) for kind in OrganizationKind)]

    def conditions(self) -> dict[str, Any]:
        """Arguments for `registrants`; what is no condition is left out."""
        sort = self.sort.data or ""
        by = sort.removeprefix("-")
        return {
            "q": self.q.data or "",
            "state": RegistrationState(self.state.data) if self.state.data in list(RegistrationState) else None,
            "kind": OrganizationKind(self.kind.data) if self.kind.data in list(OrganizationKind) else None,
            "support": self.support.data,
            "sort": by if by in SORTS else "registered_at",
            "descending": sort.startswith("-"),
        }
