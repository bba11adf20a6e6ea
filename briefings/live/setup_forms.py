"""The forms of a briefing's set-up for its day: who enters when, which ways lead in, what can be seen again."""

import re
from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from briefings.live.models import BriefingDay
from briefings.live.rooms import WayPlan, mark_of, mark_of_main
from briefings.schedule.forms import web_address
from briefings.schedule.models import Briefing, PresenterSlot, RoomKind
from briefings.schedule.replaying import Recording, clock_of, seconds_in
from briefings.web.forms import Form, options, phone_in

MOST_MINUTES = 24 * 60
LONGEST_TRANSCRIPT = 200_000
ROOM_KINDS = {
    RoomKind.LINK: "새 창으로 열기",
    RoomKind.STREAM: "방송 (화면 안에서 보기)",
    RoomKind.PHONE: "전화로 듣기",
}

ATTENDANCE_RULES = {
    "opens_minutes": "입장 (시작 몇 분 전부터)",
    "late_minutes": "늦은 참석 (시작 몇 분 뒤부터)",
    "early_minutes": "일찍 나감 (끝 몇 분 전까지)",
}
"""What staff read for each of these where one was changed."""


class WindowForm(Form):
    """When the room may be entered, and who counts as late or left early."""

    opens_minutes = IntegerField(
        "시작 몇 분 전부터 들어올 수 있는지",
        [InputRequired(), NumberRange(min=0, max=MOST_MINUTES)],
        description="그전에는 기다리는 화면이 보입니다.",
    )
    late_minutes = IntegerField(
        "시작하고 몇 분 뒤에 들어오면 늦은 것인지", [InputRequired(), NumberRange(min=0, max=MOST_MINUTES)]
    )
    early_minutes = IntegerField(
        "끝나기 몇 분 전에 나가면 일찍 나간 것인지", [InputRequired(), NumberRange(min=0, max=MOST_MINUTES)]
    )

    @classmethod
    def of(cls, day: BriefingDay, formdata: MultiDict | None) -> "WindowForm":
        """Filled from what was typed, or else from what is stored."""
        return cls(formdata, obj=day)


class RoomForm(Form):
    """The main room, changed for everybody at once; `seen` is the mark of the one that the page showed."""

    room_url = URLField(
        "설명회장 주소", [Optional(), Length(max=500), web_address], description="화상회의나 방송의 주소입니다."
    )
    room_note = StringField(
        "접속이 안 될 때", [Length(max=200)], description="접속하지 못한 사람에게 보일 말입니다. 예: 다른 연락처"
    )
    seen = HiddenField("처음 본 설명회장")

    @classmethod
    def of(cls, briefing: Briefing, formdata: MultiDict | None) -> "RoomForm":
        """Filled from what was typed, or else from what is stored."""
        return cls(
            formdata,
            data={
                "room_url": briefing.room_url,
                "room_note": briefing.room_note,
                "seen": mark_of_main(briefing),
            },
        )


class WayForm(Form):
    """One way in beside the main room; a row without an address is none."""

    class Meta(Form.Meta):
        csrf = False

    kind = SelectField("방법", choices=options(ROOM_KINDS))
    name = StringField("이름", [Length(max=80)])
    address = StringField("주소나 전화번호", [Length(max=500)])
    note = StringField("덧붙일 말", [Length(max=200)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.flags.unmarked = True

    def validate_address(self, field: StringField) -> None:
        """A telephone number to call, a web address to open; a broadcast inside the page must be encrypted."""
        if not field.data:
            return
        if self.kind.data == RoomKind.PHONE:
            number = phone_in(field.data)
            if number is None:
                raise ValidationError("전화번호를 다시 확인해 주세요. 예: 02-123-4567")
            field.data = number
            return
        web_address(self, field)
        if self.kind.data == RoomKind.STREAM and not field.data.startswith("https://"):
            raise ValidationError("화면 안에서 보는 방송은 https://로 시작하는 주소여야 합니다.")

    def plan(self) -> WayPlan:
        """What was typed."""
        return WayPlan(RoomKind(self.kind.data), self.name.data or "", self.address.data, self.note.data or "")


class WaysForm(Form):
    """The ways in beside the main room, row by row, with an empty row for one more."""

    ways = FieldList(FormField(WayForm), "길")
    seen_ways = HiddenField("처음 본 길")

    @classmethod
    def of(cls, ways: Sequence[WayPlan], formdata: MultiDict | None) -> "WaysForm":
        """Filled from what was typed, or else from what is stored."""
        rows = [vars(way) for way in ways] or [{}]
        return cls(formdata, data={"ways": rows, "seen_ways": mark_of(ways)})

    def plans(self) -> list[WayPlan]:
        """The rows that name an address."""
        return [row.form.plan() for row in self.ways if row.form.address.data]


class ReplayForm(Form):
    """Where the recording is, what stands in for its sound, and where each talk begins."""

    replay_url = URLField("다시보기 주소", [Optional(), Length(max=500), web_address])
    replay_captioned = BooleanField("영상에 자막이 있습니다")
    replay_transcript = TextAreaField(
        "원고",
        [Length(max=LONGEST_TRANSCRIPT)],
        description="말한 것을 그대로 옮긴 글입니다. 자막이 있으면 없어도 됩니다.",
    )

    @classmethod
    def of(cls, briefing: Briefing, formdata: MultiDict | None) -> Any:
        """Filled from what was typed, or else from what is stored, with a field for each talk."""
        places = {_field(slot): StringField(slot.need.title, [_place]) for slot in briefing.slots}
        form_class = type("ReplayFormOfBriefing", (cls,), places)
        stored = {
            _field(slot): "" if slot.replay_seconds is None else clock_of(slot.replay_seconds)
            for slot in briefing.slots
        }
        form = form_class(formdata, obj=briefing, data=stored)
        form.chapters = [(slot, form[_field(slot)]) for slot in briefing.slots]
        return form

    def recording(self) -> Recording:
        """What was typed; only after validation."""
        return Recording(
            self.replay_url.data or "",
            bool(self.replay_captioned.data),
            self.replay_transcript.data or "",
            {slot.id: seconds_in(field.data) if field.data else None for slot, field in self.chapters},
        )


def _field(slot: PresenterSlot) -> str:
    return f"chapter_{slot.public_id}"


def _place(form: Form, field: StringField) -> None:
    if field.data and seconds_in(field.data) is None:
        raise ValidationError("시작하는 곳을 분과 초로 적어 주세요. 예: 12:30 또는 1:02:30")


ROW = re.compile(r"ways-(\d+)-(\w+)$")


def rearranged(formdata: MultiDict, do: str) -> MultiDict:
    """What was typed, with a row more (`add`), without one (`remove-2`), or with one moved (`up-2`, `down-2`)."""
    rows: dict[int, dict[str, str]] = {}
    others: MultiDict = MultiDict()
    for name, value in formdata.items(multi=True):
        if found := ROW.match(name):
            rows.setdefault(int(found[1]), {})[found[2]] = value
        else:
            others.add(name, value)
    in_order = _moved([rows[number] for number in sorted(rows)], do)
    for number, row in enumerate(in_order):
        others.update({f"ways-{number}-{name}": value for name, value in row.items()})
    return others


def _moved(rows: list[dict[str, str]], do: str) -> list[dict[str, str]]:
    act, _, number = do.partition("-")
    if act == "add":
        return [*rows, {"kind": RoomKind.LINK.value, "name": "", "address": "", "note": ""}]
    if not number.isdigit() or int(number) >= len(rows):
        return rows
    row = rows.pop(int(number))
    if act in ("up", "down"):
        rows.insert(max(int(number) + (1 if act == "down" else -1), 0), row)
    return rows
