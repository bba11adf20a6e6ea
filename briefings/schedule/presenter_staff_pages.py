"""The staff's page of a briefing's presenters: who has answered, who stands by."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import BooleanField, FieldList, FormField, HiddenField, StringField
from wtforms.validators import Length

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.files.forms import FilesField
from briefings.files.sending import download
from briefings.schedule import items, materials, presenters
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.programme import programme_of
from briefings.schedule.slots import materials_due
from briefings.schedule.staff import the_briefing
from briefings.schedule.words import SLOT_TONES, told
from briefings.web.access import staff
from briefings.web.forms import EmailField, Form
from briefings.web.problems import reason
from briefings.web.uploads import takes_files

pages = Blueprint("staff_presenters", __name__, url_prefix="/staff/briefings")
pages.context_processor(lambda: {"tones": SLOT_TONES})


MARK = "|"
"""Stands between the parts of what a row said."""


class StandbyForm(Form):
    """Who presents one need if its presenter cannot."""

    class Meta(Form.Meta):
        csrf = False

    slot = HiddenField("발표")
    was = HiddenField("처음 본 예비 발표자")
    standby_name = StringField("예비 발표자 이름", [Length(max=120)])
    standby_title = StringField("부서·직위", [Length(max=120)])
    standby_email = EmailField("전자우편", render_kw={"autocomplete": "off"})

    def is_touched(self) -> bool:
        """Whether the row says anything else than the page did: the presenter may have named somebody meanwhile."""
        typed = (self.standby_name.data, self.standby_title.data, self.standby_email.data)
        return MARK.join(each or "" for each in typed) != (self.was.data or 2 * MARK)

    def validate(self, extra_validators: Any = None) -> bool:
        """A stand-by who is to be asked needs an address."""
        sound = super().validate(extra_validators)
        if self.standby_name.data and not self.standby_email.data and not self.standby_email.errors:
            self.standby_email.errors = ["예비 발표자에게 알릴 전자우편 주소를 적어 주세요."]
            return False
        return sound


class MaterialsForm(Form):
    """Slides and the like, handed in in a presenter's stead."""

    files = FilesField("발표자료", only=materials.KINDS, several=True)
    public = BooleanField(
        "발표자가 공개를 허락했습니다",
        description="설명회 중에는 들어온 참가자가, 끝난 뒤에는 누구나 ‘지난 설명회’와 자료집에서 볼 수 있습니다. "
        "파일마다 나중에도 바꿀 수 있습니다.",
    )


class StandbysForm(Form):
    """The stand-bys of a whole briefing."""

    slots = FieldList(FormField(StandbyForm), "순서")


@pages.route("/<int:briefing_id>/presenters", methods=["GET", "POST"])
@staff
def index(briefing_id: int) -> ResponseReturnValue:
    """Who presents, what they answered, and who stands by."""
    briefing = the_briefing(briefing_id)
    by_id = {slot.public_id: slot for slot in briefing.slots}
    form = StandbysForm(data={"slots": [_row(slot) for slot in briefing.slots]})
    if form.validate_on_submit():
        try:
            _name_standbys(form, by_id)
            return redirect(url_for(".index", briefing_id=briefing_id), 303)
        except Refused:  # it is said at the row
            briefing = the_briefing(briefing_id)
    now = clock.now()
    rows = {row.form.slot.data: row.form for row in form.slots}
    return render_template(
        "schedule/staff/presenters.html",
        briefing=briefing,
        form=form,
        entries=[(entry, rows.get(entry.slot.public_id)) for entry in programme_of(briefing)],
        settled=presenters.settled_reason(briefing.slots[0], now) if briefing.slots else None,
        files=materials.files_by_slot(briefing),
        due=materials_due(briefing),
        late=materials.is_late(briefing, now),
        now=now,
    )


@pages.post("/<int:briefing_id>/presenters/<slot_id>/<any(accepted, again, standby, invitation, materials):what>")
@staff
def act(briefing_id: int, slot_id: str, what: str) -> ResponseReturnValue:
    """Note a yes by telephone, ask again, let the stand-by present, send the invitation again, or ask for slides."""
    briefing = the_briefing(briefing_id)
    doings: dict[str, tuple[Callable[[PresenterSlot], Any], str]] = {
        "accepted": (
            lambda slot: presenters.accept(slot, clock.now(), current_user),
            "수락한 것으로 적었습니다.",
        ),
        "again": (
            lambda slot: presenters.ask_again(slot, current_user, clock.now()),
            "다시 부탁했습니다. 새 발표자 주소를 보냅니다.",
        ),
        "standby": (
            lambda slot: presenters.raise_standby(slot, current_user, clock.now()),
            f"예비 발표자로 바꾸고 두 사람 모두에게 {told(briefing.hold_mails)}",
        ),
        "invitation": (
            lambda slot: items.resend(presenters.item_of(slot), clock.now()),
            "일정 초대를 다시 보냈습니다.",
        ),
        "materials": (
            lambda slot: materials.ask_for(slot, current_user, clock.now()),
            "발표자료를 부탁하는 전자우편을 보냅니다.",
        ),
    }
    do, done = doings[what]
    try:
        with unit_of_work():
            do(_slot(the_briefing(briefing_id), slot_id))
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(done, "success")
    return redirect(url_for(".index", briefing_id=briefing_id), 303)


@pages.route("/<int:briefing_id>/presenters/<slot_id>/files", methods=["GET", "POST"])
@staff
@takes_files
def files(briefing_id: int, slot_id: str) -> ResponseReturnValue:
    """What was handed in for one slot, and a form to hand in more in its presenter's stead."""
    briefing, form = the_briefing(briefing_id), MaterialsForm()
    _slot(briefing, slot_id)
    if form.validate_on_submit():
        taken = []
        for sent in form.files.data:
            try:
                with unit_of_work():  # one by one: files of one upload are never all in memory
                    slot = _slot(the_briefing(briefing_id), slot_id)
                    data = sent.read()
                    given = clock.now(), current_user, form.public.data
                    taken.append(materials.hand_in(slot, sent.filename or "", data, *given).name)
            except Refused as error:
                form.refuse(error, "files")
        if taken:
            flash(f"파일 {len(taken)}개를 올렸습니다: {', '.join(taken)}", "success")
        if not form.errors:
            return redirect(url_for(".files", briefing_id=briefing_id, slot_id=slot_id), 303)
    briefing = the_briefing(briefing_id)
    slot = _slot(briefing, slot_id)
    return render_template(
        "schedule/staff/materials.html",
        briefing=briefing,
        slot=slot,
        form=form,
        files=materials.files_of(slot),
        most=materials.MOST,
        due=materials_due(briefing),
        now=clock.now(),
    )


@pages.get("/<int:briefing_id>/presenters/<slot_id>/files/<public_id>")
@staff
def file(briefing_id: int, slot_id: str, public_id: str) -> ResponseReturnValue:
    """One of the files, to be saved."""
    found = next((slot for slot in the_briefing(briefing_id).slots if slot.public_id == slot_id), None)
    return download((found and materials.file_of(found, public_id)) or abort(404))


@pages.post("/<int:briefing_id>/presenters/<slot_id>/files/<public_id>/publish")
@staff
def publish_file(briefing_id: int, slot_id: str, public_id: str) -> ResponseReturnValue:
    """Note whether the presenter lets everybody have a file once the briefing is over."""
    public = request.form.get("public") == "1"
    try:
        with unit_of_work():
            slot = _slot(the_briefing(briefing_id), slot_id)
            name = materials.let_publish(slot, public_id, public, clock.now(), current_user)
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(f"‘{name}’ 파일을 {'공개합니다' if public else '공개하지 않습니다'}.", "success")
    return redirect(url_for(".files", briefing_id=briefing_id, slot_id=slot_id), 303)


@pages.post("/<int:briefing_id>/presenters/<slot_id>/files/<public_id>/remove")
@staff
def remove_file(briefing_id: int, slot_id: str, public_id: str) -> ResponseReturnValue:
    """Remove a file for good."""
    try:
        with unit_of_work():
            slot = _slot(the_briefing(briefing_id), slot_id)
            name = materials.take_away(slot, public_id, clock.now(), current_user)
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(f"‘{name}’ 파일을 지웠습니다.", "success")
    return redirect(url_for(".files", briefing_id=briefing_id, slot_id=slot_id), 303)


def _row(slot: PresenterSlot) -> dict[str, str]:
    names = ("standby_name", "standby_title", "standby_email")
    shown = {name: getattr(slot, name) for name in names}
    return {"slot": slot.public_id, "was": MARK.join(shown.values())} | shown


def _slot(briefing: Briefing, public_id: str) -> PresenterSlot:
    found = next((slot for slot in briefing.slots if slot.public_id == public_id), None)
    if found is None:
        raise Refused("그사이 발표 순서에서 빠진 수요입니다.")
    return found


def _name_standbys(form: StandbysForm, slots: dict[str, PresenterSlot]) -> None:
    now = clock.now()
    with unit_of_work():
        changed = [
            _name_standby(slots[row.form.slot.data], row.form, now)
            for row in form.slots
            if row.form.slot.data in slots and row.form.is_touched()
        ]
    flash(*(("예비 발표자를 적었습니다.", "success") if any(changed) else ("바뀐 내용이 없습니다.", "info")))


def _name_standby(slot: PresenterSlot, row: StandbyForm, now: datetime) -> bool:
    given = (row.standby_name.data or "", row.standby_title.data or "", row.standby_email.data or "")
    try:
        return presenters.name_standby(slot, *given, current_user, now)
    except Refused as error:
        row.refuse(error, "standby_email")
        raise
