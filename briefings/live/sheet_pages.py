"""What the run sheet's pages do, alike for staff and for the moderator, who come to them by different ways."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import FieldList, FormField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from briefings import clock
from briefings.audit.recording import Actor
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.live import cueing, leading
from briefings.live.cueing import LONGEST_NOTE, Part, cue_sheet_of, mark_of_notes
from briefings.live.days import day_of
from briefings.live.leading import Press
from briefings.live.rooms import change_now, mark_of_main
from briefings.live.setup_forms import RoomForm
from briefings.live.sheet import sheet_of
from briefings.questions.desk import desk_of
from briefings.schedule.models import Briefing
from briefings.web.forms import Form
from briefings.web.fragments import Fragment, answer_with
from briefings.web.problems import reason

DONE = {
    Press.BEGIN: "설명회를 시작했습니다.",
    Press.TAKE_BACK: "설명회 시작을 되돌렸습니다.",
    Press.END: "설명회를 끝냈습니다. 잘못 누르셨으면 ‘설명회 이어 가기’를 눌러 주세요.",
    Press.RESUME: "설명회를 이어 갑니다.",
    Press.BEGIN_TALK: "발표를 시작했습니다.",
    Press.END_TALK: "발표를 끝냈습니다.",
    Press.RESUME_TALK: "발표를 이어 갑니다.",
    Press.TAKE_BACK_TALK: "발표 시작을 되돌렸습니다.",
    Press.SEE_PRESENTER: "발표자가 있다고 적었습니다.",
    Press.MISS_PRESENTER: "발표자가 아직 없다고 적었습니다.",
    Press.STANDBY: "발표자를 바꾸었습니다. 참가자 화면의 이름은 바로 바뀝니다.",
    Press.OPEN_REPLIES: "관심 표시를 열었습니다.",
    Press.CLOSE_REPLIES: "관심 표시를 닫았습니다.",
    Press.OPEN_ALL: "모든 과제의 관심 표시를 열었습니다.",
    Press.CLOSE_ALL: "모든 과제의 관심 표시를 닫았습니다.",
}
"""What is said once it is done."""


@dataclass(frozen=True)
class Leader:
    """Who leads a briefing: what finds it anew, who acts, the frame of their pages, and what addresses begin with."""

    find: Callable[[], Briefing]
    by: Actor
    frame: str
    address: dict[str, Any]
    questions: str
    """The endpoint of the whole question desk."""
    is_staff: bool

    def led(self) -> Briefing:
        """The briefing anew, to do something about it; Refused for a moderator once the day is long over."""
        briefing = self.find()
        if not self.is_staff and (lapsed := leading.lapsed_reason(briefing, clock.now())):
            raise Refused(lapsed)
        return briefing

    def at(self, name: str) -> str:
        """The address of another of their pages."""
        return url_for(f".{name}", **self.address)

    @property
    def desk_page(self) -> str:
        """The address of the whole question desk."""
        return url_for(self.questions, **self.address)


class LineForm(Form):
    """What everybody is told at once."""

    words = StringField(
        "모두에게 알릴 말",
        [DataRequired(), Length(max=300)],
        description="참가자의 입장 화면 맨 위에 몇 초 안에 보입니다.",
    )


class NoteForm(Form):
    """What is to be thought of in one part."""

    class Meta(Form.Meta):
        csrf = False

    part = HiddenField("순서")
    note = TextAreaField("메모", [Length(max=LONGEST_NOTE)])


class NotesForm(Form):
    """The notes of a whole cue sheet, and those that stood when its page was made."""

    seen = HiddenField("처음 본 메모")
    parts = FieldList(FormField(NoteForm), "순서")


def show(leader: Leader, line: LineForm | None = None, room: RoomForm | None = None) -> ResponseReturnValue:
    """The whole run sheet."""
    values = _values(leader)
    forms = {
        "line": line or LineForm(formdata=None),
        "room": room or RoomForm.of(values["sheet"].state.briefing, None),
    }
    return render_template("live/sheet/show.html", **values, **forms)


def parts(leader: Leader) -> ResponseReturnValue:
    """What changes by itself, for the script that asks every few seconds; 304 where it is as it was."""
    text = render_template("live/sheet/parts.html", **_values(leader))
    return answer_with(Fragment(text, blake2b(text.encode(), digest_size=9).hexdigest(), None, None))


def press(leader: Leader) -> ResponseReturnValue:
    """Do what was pressed, unless somebody else pressed first, and say so on the sheet."""
    what, slot_id, seen = (*request.form.get("press", "").split(":"), "", "")[:3]
    if what not in list(Press):
        abort(400)

    def act() -> None:
        leading.press(leader.led(), Press(what), slot_id, seen, leader.by, clock.now())

    return _done(leader, act, DONE[Press(what)])


def say(leader: Leader) -> ResponseReturnValue:
    """Tell everybody something on the join page, or take it away; what was typed stays where that is refused."""
    if request.form.get("do") == "clear":
        return _done(leader, lambda: _say(leader, ""), "모두에게 알린 말을 지웠습니다.")
    form = LineForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                _say(leader, form.words.data)
        except Refused as error:
            form.refuse(error, "words")
        else:
            flash("모두에게 알렸습니다.", "success")
            return redirect(leader.at("show"), 303)
    return show(leader, line=form)


def change_room(leader: Leader) -> ResponseReturnValue:
    """Lead everybody to another room from this moment on."""
    form = RoomForm.of(leader.find(), request.form)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                url, note = form.room_url.data or "", form.room_note.data or ""
                change_now(leader.led(), url, note, seen=form.seen.data or "", by=leader.by, now=clock.now())
        except Refused as error:
            form.refuse(error, "room_url")
            form.seen.data = mark_of_main(leader.find())  # whoever was told what others did may press again
        else:
            flash("설명회장을 바꾸었습니다. 참가자의 입장 화면에 몇 초 안에 보입니다.", "success")
            return redirect(leader.at("show"), 303)
    return show(leader, room=form)


def cue_sheet(leader: Leader) -> ResponseReturnValue:
    """The cue sheet, to be read and printed."""
    briefing, now = leader.find(), clock.now()
    return render_template(
        "live/sheet/cue_sheet.html", briefing=briefing, parts=cue_sheet_of(briefing), leader=leader, now=now
    )


def notes(leader: Leader) -> ResponseReturnValue:
    """Write the notes of the cue sheet."""
    briefing = leader.find()
    parts, day = cue_sheet_of(briefing), day_of(briefing)
    form = NotesForm(
        data={"seen": mark_of_notes(day), "parts": [{"part": each.key, "note": each.note} for each in parts]}
    )
    if form.validate_on_submit():
        try:
            with unit_of_work():
                new = _write(leader, form, {each.key for each in parts})
        except Refused as error:
            form.refuse(error)
            form.seen.data = mark_of_notes(day_of(leader.find()))
        else:
            flash(*(("큐시트에 적었습니다.", "success") if new else ("바뀐 내용이 없습니다.", "info")))
            return redirect(leader.at("cue_sheet"), 303)
    briefing = leader.find()
    stand = cue_sheet_of(briefing)
    was = {each.key: each.note for each in stand} if form.form_errors else {}
    return render_template(
        "live/sheet/notes.html", briefing=briefing, form=form, rows=_rows(form, stand), was=was, leader=leader
    )


def _say(leader: Leader, words: str) -> None:
    leading.say(leader.led(), words, request.form.get("seen", ""), leader.by, clock.now())


def _values(leader: Leader) -> dict[str, Any]:
    briefing, now = leader.find(), clock.now()
    return {"sheet": sheet_of(briefing, now), "desk": desk_of(briefing), "leader": leader, "now": now}


def _write(leader: Leader, form: NotesForm, keys: set[str]) -> bool:
    given = {row.form.part.data: row.form.note.data or "" for row in form.parts if row.form.part.data in keys}
    return cueing.write_notes(leader.led(), given, form.seen.data or "", leader.by, clock.now())


def _rows(form: NotesForm, parts: list[Part]) -> list[tuple[Part, NoteForm]]:
    """Each part with its field; a part that the form of an older page does not know has none."""
    fields = {row.form.part.data: row.form for row in form.parts}
    return [(part, fields[part.key]) for part in parts if part.key in fields]


def _done(leader: Leader, act: Callable[[], None], words: str) -> ResponseReturnValue:
    try:
        with unit_of_work():
            act()
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(words, "success")
    return redirect(leader.at("show"), 303)
