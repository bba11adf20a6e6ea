"""The form of the editor: everything about a briefing on one page, its order row by row."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from werkzeug.datastructures import MultiDict
from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from briefings.needs.models import Audience, Need, Theme
from briefings.schedule.drafting import Draft
from briefings.schedule.editing import Details, details_of
from briefings.schedule.forms import (
    MOST_MINUTES,
    MOST_PLACES,
    AdmissionFields,
    Seen,
    after,
    moment_in,
    web_address,
)
from briefings.schedule.models import Briefing, BriefingState, Eligibility, Visibility
from briefings.schedule.slots import Plan, Presenter, SlotPlan, plan_of, presenter_of, usual_materials_due
from briefings.schedule.words import VISIBILITIES
from briefings.web.erased import is_marker
from briefings.web.forms import EmailField, Form, MomentField


def is_settled(briefing: Briefing, now: datetime) -> bool:
    """Whether its time and order are history; a draft whose time went by is not."""
    return briefing.state is not BriefingState.DRAFT and briefing.is_over(now)


def minutes_in(field: IntegerField) -> int:
    """What was typed, or none where that can be no length of a talk: times are computed before anything is checked."""
    typed = field.data or 0
    return typed if 0 <= typed <= MOST_MINUTES else 0


class SlotForm(Form):
    """One row of the order. `seen` is who presented when the page was made, empty where the slot was not there."""

    class Meta(Form.Meta):
        csrf = False

    need_id = HiddenField("수요", filters=[lambda value: int(value) if re.fullmatch("[0-9]{1,10}", str(value)) else 0])
    seen = HiddenField("처음 본 발표자")
    presenter_name = StringField("발표자 이름", [Length(max=120)])
    presenter_title = StringField("부서·직위", [Length(max=120)])
    presenter_email = EmailField("전자우편")
    talk_minutes = IntegerField("발표(분)", [InputRequired(), NumberRange(min=1, max=MOST_MINUTES)])
    question_minutes = IntegerField("질의(분)", [InputRequired(), NumberRange(min=0, max=MOST_MINUTES)])

    def plan(self, need: Need) -> SlotPlan:
        """The row as it stands, with no minutes where none can be read."""
        seen = self._presenter_seen()
        minutes = minutes_in(self.talk_minutes), minutes_in(self.question_minutes)
        return SlotPlan(need.id, need.title, *minutes, *self._presenter(seen), seen)

    def _presenter(self, seen: Presenter | None) -> Presenter:
        """Who was typed; whoever was erased is still the same, for no field shows the marker of their address."""
        fields = self.presenter_name, self.presenter_title, self.presenter_email
        typed = Presenter(*(field.data or "" for field in fields))
        return seen if seen and is_marker(seen.email) and typed == seen._replace(email="") else typed

    def _presenter_seen(self) -> Presenter | None:
        try:
            name, title, email = json.loads(self.seen.data or "")
        except (ValueError, TypeError):
            return None
        return Presenter(str(name), str(title), str(email))


class EditForm(AdmissionFields, Seen, Form):
    """Everything about a briefing on one page. `starts_at` and `ends_at` until it is over."""

    title = StringField("제목", [DataRequired(), Length(max=120)])
    theme_id = SelectField("주제", [InputRequired()], coerce=int)
    audience_id = SelectField("대상", [InputRequired()], coerce=int)
    moderator = StringField("사회자", [Length(max=120)])
    visibility = RadioField(
        "누리집에 보이기",
        [InputRequired()],
        choices=[SelectChoice(each.value, words) for each, words in VISIBILITIES.items()],
        description="주소를 아는 사람만 보게 하면 목록, 달력, 검색, 구독에 나오지 않습니다. 신청은 똑같이 받습니다.",
    )
    starts_at = MomentField("시작 일시", [InputRequired()])
    ends_at = MomentField("끝 일시", [InputRequired(), after("starts_at")])
    materials_due_at = MomentField(
        "발표자료 기한",
        description="비워 두면 시작 2주 전까지입니다. 그보다 늦게 공개하면 공개한 때와 시작의 중간쯤입니다.",
    )
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
    slots = FieldList(FormField(SlotForm), "순서")
    add = SelectField("더 넣을 수요", coerce=int, validate_choice=False)
    description = TextAreaField("소개", [Length(max=5000)], description="누리집의 설명회 화면에 보입니다.")
    seen_draft = HiddenField("처음 본 임시 저장")
    agreed = HiddenField("알림 확인")

    @classmethod
    def of(cls, briefing: Briefing, draft: Draft | None, formdata: MultiDict | None, now: datetime) -> "EditForm":
        """The form about `briefing`, filled from `formdata`, from what is kept unpublished, or from what is stored."""
        details = draft.details() if draft else details_of(briefing)
        rows = [asdict(slot) for slot in (draft.slots() if draft else plan_of(briefing).slots)]
        form = cls(formdata, data=asdict(details) | {"slots": rows})
        if is_settled(briefing, now):
            del form.starts_at, form.ends_at
        if formdata is None:
            form.look_again(briefing)
        return form

    def look_again(self, briefing: Briefing) -> None:
        """The next press speaks of the state shown now, of what is kept beside it, and of who presents in it."""
        super().look_again(briefing)
        self.seen_draft.data = briefing.pending_at.isoformat() if briefing.pending_at else ""
        there = {slot.need_id: presenter_of(slot) for slot in briefing.slots}
        for row in self.slots:
            presenter = there.get(row.form.need_id.data)
            row.form.seen.data = json.dumps(presenter, ensure_ascii=False) if presenter else ""

    def draft_seen_at(self) -> datetime | None:
        """The briefing's `pending_at` then."""
        return moment_in(self.seen_draft) if self.seen_draft.data else None

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

    def plan(self, briefing: Briefing, needs: dict[int, Need]) -> Plan:
        """What was typed as it would run; stored times where they are fixed or cannot be read."""
        starts_at, ends_at = briefing.starts_at, briefing.ends_at
        if "starts_at" in self and self.starts_at.data and self.ends_at.data:
            starts_at, ends_at = self.starts_at.data, self.ends_at.data
        return Plan(
            starts_at,
            ends_at,
            minutes_in(self.opening_minutes),
            self.room_url.data or "",
            tuple(row.form.plan(needs[row.form.need_id.data]) for row in self.slots),
            briefing.id,
            self.audience_id.data or briefing.audience_id,
            self.moderator.data or "",
            self.registration_closes_at.data,
            self.materials_due_at.data or usual_materials_due(briefing, starts_at),
        )

    def typed(self, details: Details, slots: Sequence[SlotPlan], lost: Sequence[str]) -> str:
        """A mark of what was typed and of what is lost by it: another one as soon as anything differs."""
        return hashlib.sha256(repr((details, slots, lost)).encode()).hexdigest()

    def details(self, briefing: Briefing) -> Details:
        """What was typed beside the order; only after validation. A moment shown to the minute and left stays exact."""
        stored = details_of(briefing)
        typed = {name: self[name].data for name in Details.__dataclass_fields__ if name in self}
        typed["visibility"], typed["eligibility"] = Visibility(typed["visibility"]), Eligibility(typed["eligibility"])
        typed["eligible_kinds"] = self.kinds_chosen()
        return replace(stored, **{name: new for name, new in typed.items() if new != _shown(getattr(stored, name))})


def _shown(value: object) -> object:
    """A stored value as the form shows it: moments to the minute."""
    return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value


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
