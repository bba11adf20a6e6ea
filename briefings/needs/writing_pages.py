"""Writing a need, part by part: the same pages for its owner and for staff, who differ in frame and addresses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import N_, Refused
from briefings.files.models import StoredFile
from briefings.files.sending import download
from briefings.needs import attaching, registering
from briefings.needs.models import Need, NeedState, Round
from briefings.needs.part_forms import (
    AttachForm,
    ContactForm,
    ExchangeForm,
    IntroductionForm,
    IntroductionForOrganizationForm,
    PartForm,
    TopicsForm,
)
from briefings.needs.parts import PART_OF, Part, part_after, standings, unfinished_part
from briefings.needs.rounds import announced_round, latest_rounds, not_open_reason, open_rounds
from briefings.needs.words import FIELDS
from briefings.organizations.finding import named
from briefings.organizations.models import Organization
from briefings.web.forms import Form
from briefings.web.problems import reason

WRITTEN = (
    f"<any({', '.join(part.value for part in (Part.INTRODUCTION, Part.EXCHANGE, Part.TOPICS, Part.CONTACT))}):part>"
)
"""For addresses: the parts that are forms."""


SUBMITTED = N_("과제를 제출했습니다. 확인 전자우편을 보냈습니다. 담당자가 검토한 결과도 전자우편으로 알려 드립니다.")


@dataclass(frozen=True)
class Desk:
    """Where a need is written: the frame of its pages, their blueprint, and the list they belong to."""

    frame: str
    blueprint: str
    list_endpoint: str
    list_name: str
    home: str

    def address(self, endpoint: str, **values: Any) -> str:
        """The address of a page of this desk."""
        return url_for(f"{self.blueprint}.{endpoint}", **values)

    def of_part(self, need: Need, part: Part) -> str:
        """The page on which a part of the need is written."""
        if part in (Part.FILES, Part.CHECK):
            return self.address("attach" if part is Part.FILES else "check", need_id=need.id)
        return self.address("write", need_id=need.id, part=part.value)

    def render(self, template: str, need: Need | None, part: Part, **values: Any) -> str:
        """A page of this desk with the way through all parts."""
        return render_template(
            f"needs/{template}.html", desk=self, need=need, part=part, standings=standings(need), **values
        )


def begin(desk: Desk, organization: Organization | None) -> ResponseReturnValue:
    """Start a need with its introduction; staff, who have no organization, name one."""
    form = IntroductionForm() if organization else IntroductionForOrganizationForm()
    round, now = announced_round(request.args.get("round", "")), clock.now()
    closed, begun = round and not_open_reason(round, now), None
    if form.validate_on_submit():
        try:
            with unit_of_work():
                whose = organization or named(form.organization.data, form.organization_kind, now)
                need = registering.begin(form.entry(), whose, current_user, now, form.draft_seen())
                if round and not closed and need.round is None:
                    registering.choose_round(need, round, current_user, now)
        except registering.AlreadyBegun as error:
            form.refuse(error)
            form.beside.data, begun = str(error.draft.id), error.draft
        except Refused as error:
            form.refuse(error)
        else:
            return _go_on(desk, need, Part.INTRODUCTION)
    given = {"begun": begun, "round": round, "round_closed": reason(Refused(closed)) if closed else None}
    return desk.render("write", None, Part.INTRODUCTION, form=form, organization=organization, **given)


def go_on(desk: Desk, need: Need) -> ResponseReturnValue:
    """To the first part that lacks something."""
    _refuse_ended(need)
    return redirect(desk.of_part(need, unfinished_part(need)))


def write(desk: Desk, need: Need, part: Part) -> ResponseReturnValue:
    """One part: saved with whatever is there, live at once where it is published."""
    _refuse_ended(need)
    now = clock.now()
    form = _form(need, part, now)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                if isinstance(form, TopicsForm) and form.moves_round:
                    shown = form.round_shown.data
                    registering.choose_round(need, form.chosen_round(), current_user, now, shown=shown)
                registering.edit(need, form.entry(), form.version_seen(), current_user, now)
        except Refused as error:
            form.refuse(error)
            form.overwrite()
        else:
            return _go_on(desk, need, part)
    return desk.render("write", need, part, form=form, organization=need.organization)


def attach(desk: Desk, need: Need) -> ResponseReturnValue:
    """The files of a need: those there are, and a form for more. What may not be taken does not hold up the rest."""
    _refuse_ended(need)
    form = AttachForm()
    if form.validate_on_submit():
        taken, refused = [], []
        for sent in form.files.data:
            try:
                with unit_of_work():  # one by one: files of one upload are never all in memory
                    taken.append(attaching.attach(need, sent.filename, sent.read(), current_user, clock.now()).name)
            except Refused as error:
                refused.append(error)
        if taken:
            flash(
                gettext("파일 %(number)s개를 붙였습니다: %(names)s", number=len(taken), names=", ".join(taken)),
                "success",
            )
        if not refused:
            return redirect(desk.of_part(need, Part.FILES), 303)
        for each in refused:
            form.refuse(each, "files")
    return desk.render("attach", need, Part.FILES, form=form, files=attaching.files_of(need), most=attaching.MOST)


def remove_file(desk: Desk, need: Need, public_id: str) -> ResponseReturnValue:
    """Ask where the file is public already, then take it away."""
    file, form = _file(need, public_id), Form()
    if not form.validate_on_submit():
        return desk.render("remove_file", need, Part.FILES, form=form, file=file)
    with unit_of_work():
        name = attaching.detach(need, public_id, current_user, clock.now())
    flash(gettext("‘%(name)s’ 파일을 지웠습니다.", name=name), "success")
    return redirect(desk.of_part(need, Part.FILES), 303)


def move_file(desk: Desk, need: Need, public_id: str) -> ResponseReturnValue:
    """Move a file one place up."""
    file = _file(need, public_id)
    with unit_of_work():
        attaching.move_up(need, public_id, current_user, clock.now())
    flash(gettext("‘%(name)s’ 파일을 한 칸 위로 옮겼습니다.", name=file.name), "success")
    return redirect(desk.of_part(need, Part.FILES) + f"#file-{file.id}", 303)


def send_file(need: Need, public_id: str) -> ResponseReturnValue:
    """A file of a need that the caller lets its reader read."""
    return download(_file(need, public_id))


def check(desk: Desk, need: Need) -> ResponseReturnValue:
    """Everything as it will read, what is missing, and the button that hands it to staff."""
    _refuse_ended(need)
    form = Form()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                registering.submit(need, current_user, clock.now())
        except Refused as error:
            if need.state not in (NeedState.DRAFT, NeedState.RETURNED):  # meanwhile, in another window
                flash(reason(error), "info")
                return redirect(desk.address("show", need_id=need.id), 303)
            if not registering.lacking(need):
                form.form_errors.append(reason(error))
        else:
            flash(gettext(SUBMITTED), "success")
            return redirect(desk.address("show", need_id=need.id), 303)
    failed, files = form.is_submitted(), attaching.files_of(need)
    return desk.render("check", need, Part.CHECK, form=form, failed=failed, files=files, **missing_in(need))


def missing_in(need: Need) -> dict[str, Any]:
    """What a need lacks to be submitted, for `writing.missing`."""
    return {"lacking": [(name, PART_OF[name]) for name in registering.lacking(need)], "need_fields": FIELDS}


def _form(need: Need, part: Part, now: datetime) -> PartForm:
    if part is Part.TOPICS:
        return TopicsForm(need, _rounds_for(need, now))
    if part is Part.CONTACT:
        form = ContactForm(need)
        if not form.is_submitted() and need.state is NeedState.DRAFT and current_user.is_member:
            form.propose(current_user)
        return form
    return IntroductionForm(need) if part is Part.INTRODUCTION else ExchangeForm(need)


def _rounds_for(need: Need, now: datetime) -> list[Round]:
    """Those the need may be put into; none where an owner cannot move it any more."""
    if not current_user.is_staff:
        fixed = need.round and not_open_reason(need.round, now)
        return [] if fixed else open_rounds(now)
    known = [each for each in latest_rounds() if each.announced_at]
    return known if need.round is None or need.round in known else [need.round, *known]


def _go_on(desk: Desk, need: Need, part: Part) -> ResponseReturnValue:
    flash(gettext("저장했습니다."), "success")
    onwards = request.form.get("save") == "next"
    address = desk.of_part(need, part_after(part)) if onwards else desk.address("show", need_id=need.id)
    return redirect(address, 303)


def _file(need: Need, public_id: str) -> StoredFile:
    return attaching.file_of(need, public_id) or abort(404)


def _refuse_ended(need: Need) -> None:
    if need.not_editable:
        raise Refused(need.not_editable)
