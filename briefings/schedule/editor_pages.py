"""The editor of a briefing, and what it keeps to be published later: look through, settle, publish, throw away."""

from datetime import datetime

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.calendar.adding import copies_of
from briefings.db import lock, unit_of_work
from briefings.errors import Refused
from briefings.needs import finding as need_finding
from briefings.needs.models import Need
from briefings.outbox.preview import Preview, dry_run
from briefings.outbox.readers import readers_reach
from briefings.schedule import drafting, editing, grouping, impact, overview
from briefings.schedule.calendar_objects import public_object
from briefings.schedule.doubts import Shared
from briefings.schedule.draft_words import changes_of, contested_of
from briefings.schedule.drafting import Draft, draft_of
from briefings.schedule.editor_forms import EditForm, is_settled, rearranged
from briefings.schedule.finding import places_of
from briefings.schedule.forms import Seen
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.programme import programme_of
from briefings.schedule.public import as_shown
from briefings.schedule.slots import Plan, clashes, plan_of, slot_for
from briefings.schedule.staff import Step, doubts_of, pages, the_briefing, themes_to_choose, thought
from briefings.schedule.words import told
from briefings.web.access import staff
from briefings.web.filters import when
from briefings.web.forms import Form
from briefings.web.problems import reason
from briefings.web.routing import row_number

SAVED = Step(Preview(), [], [])
SAVING = ("save", "keep")
"""Buttons that store what was typed; the others rearrange it."""


@pages.route("/<int:briefing_id>/edit", methods=["GET", "POST"])
@staff
def edit(briefing_id: int) -> ResponseReturnValue:
    """Everything about a briefing on one page; buttons in the order only rearrange what is typed until it is stored.

    A published one opens as it is kept to be published later, if it is.
    """
    now = clock.now()
    briefing = the_briefing(briefing_id)
    if briefing.state is BriefingState.CANCELLED:
        raise Refused("취소된 설명회는 고칠 수 없습니다.")
    act, _, number = request.form.get("do", "save").partition("-")
    over = is_settled(briefing, now)
    draft = None if over else draft_of(briefing)
    form, needs = _edit_form(briefing, draft, act, number, now)
    plan = form.plan(briefing, needs)
    addable = grouping.addable_needs(briefing, now, readers_reach())
    form.offer(themes_to_choose(briefing.theme_id), need_finding.audiences(), addable)
    step = None
    if act in SAVING and form.validate_on_submit():
        step = (_kept if act == "keep" else _saved_or_thought)(briefing, form, plan, now)
        if step is SAVED:
            return redirect(url_for(".show", briefing_id=briefing_id))
        briefing, needs = the_briefing(briefing_id), overview.needs_numbered(set(form.need_ids()))
    elif form.is_submitted():
        form.slots.validate(form)
    return render_template(
        "schedule/staff/edit.html",
        briefing=briefing,
        form=form,
        unsaved=act not in SAVING,
        over=over,
        draft=draft,
        contested=contested_of(draft) if draft and not form.is_submitted() else [],
        plan=plan,
        rows=[(row.form, needs[row.form.need_id.data], *t) for row, t in zip(form.slots, plan.times(), strict=True)],
        clashes=clashes(plan),
        warnings=_doubts(briefing, plan, now),
        step=step,
    )


def _edit_form(
    briefing: Briefing, draft: Draft | None, act: str, number: str, now: datetime
) -> tuple[EditForm, dict[int, Need]]:
    formdata = None
    if request.method == "POST":
        chosen = request.form.get("add", 0, type=row_number) if act == "add" else 0
        added = overview.needs_numbered({chosen}).get(chosen)
        formdata = rearranged(request.form, act, number, slot_for(added) if added else None)
    form = EditForm.of(briefing, draft, formdata, now)
    needs = overview.needs_numbered(set(form.need_ids()))
    if set(form.need_ids()) - needs.keys():
        abort(400)
    return form, needs


def _kept(briefing: Briefing, form: EditForm, plan: Plan, now: datetime) -> Step | None:
    """SAVED, or None where it is refused; nobody hears of it."""
    try:
        with unit_of_work():
            changed = drafting.keep(
                briefing,
                form.details(briefing),
                plan.slots,
                seen=form.seen_at(),
                seen_draft=form.draft_seen_at(),
                by=current_user,
                now=now,
            )
    except Refused as error:
        return _refused(briefing, form, error)
    kept = ("임시 저장했습니다. 공개하기 전에는 아무에게도 보이지 않고 알리지 않습니다.", "success")
    flash(*(kept if changed else ("공개된 내용과 다른 것이 없습니다.", "info")))
    return SAVED


def _saved_or_thought(briefing: Briefing, form: EditForm, plan: Plan, now: datetime) -> Step | None:
    """SAVED, or first what saving would send and delete, or None where it is refused.

    Asked again when more was typed since, or more would be deleted.
    """
    details, lost = form.details(briefing), impact.files_lost(briefing, plan.slots)
    stay = impact.admission(briefing, details)

    def save() -> bool:
        seen = {"seen": form.seen_at(), "seen_draft": form.draft_seen_at()}
        return editing.edit(briefing, details, plan.slots, **seen, by=current_user, now=now)

    typed = form.typed(details, plan.slots, lost)
    try:
        if (lost or briefing.state is not BriefingState.DRAFT) and form.agreed.data != typed:
            notes = impact.taken_back(briefing, details.times) + stay + lost
            step = thought(briefing, save, now)
            if lost or stay or step.tells:
                form.agreed.data = typed
                return step._replace(sentences=step.sentences + notes, final=bool(lost))
        with unit_of_work():
            lock(briefing)  # nobody else is counted as confirmed by it
            confirmed = places_of(briefing).confirmed
            changed = save()
            gained = max(places_of(briefing).confirmed - confirmed, 0)
    except Refused as error:
        return _refused(briefing, form, error)
    more = f" {gained:,}명의 신청이 확정되었고, 모두에게 {told(briefing.hold_mails)}" if gained else ""
    flash(*((f"저장했습니다.{more}", "success") if changed else ("바뀐 내용이 없습니다.", "info")))
    return SAVED


def _refused(briefing: Briefing, form: EditForm, error: Refused) -> None:
    form.refuse(error)
    form.look_again(the_briefing(briefing.id))
    form.agreed.data = ""


@pages.get("/<int:briefing_id>/preview")
@staff
def preview(briefing_id: int) -> ResponseReturnValue:
    """The public page as everybody will see it once the draft, or what is kept to be published later, is published."""
    now = clock.now()
    briefing = the_briefing(briefing_id)
    draft = draft_of(briefing)
    if briefing.state is not BriefingState.DRAFT and draft is None:
        return redirect(url_for("briefings.show", public_id=briefing.public_id))
    details = draft.details() if draft else editing.details_of(briefing)
    slots = draft.slots() if draft else plan_of(briefing).slots
    with dry_run(current_app, now):
        drafting.try_on(briefing, details, slots)
        row = as_shown(briefing, places_of(briefing), now)
        programme, copies = programme_of(briefing), copies_of(public_object(briefing))
        page = render_template("schedule/staff/preview.html", **row, programme=programme, copies=copies)
    return page


class ChangesForm(Seen, Form):
    """What was looked at; a button says what is to be done."""

    seen_draft = EditForm.seen_draft
    draft_seen_at = EditForm.draft_seen_at


@pages.route("/<int:briefing_id>/changes", methods=["GET", "POST"])
@staff
def changes(briefing_id: int) -> ResponseReturnValue:
    """What is kept to be published later: what it changes, whom it reaches; publish it, or settle what is contested."""
    now = clock.now()
    briefing = the_briefing(briefing_id)
    form = ChangesForm()
    if form.validate_on_submit():
        try:
            return _published_or_settled(briefing, form, now)
        except Refused as error:
            form.refuse(error)
            briefing = the_briefing(briefing_id)
    draft = draft_of(briefing)
    if draft is None:
        for words in form.form_errors:
            flash(words, "error")
        return redirect(url_for(".show", briefing_id=briefing_id))
    form.look_again(briefing)
    form.seen_draft.data = draft.at.isoformat()
    step, obstacle = (None, None) if draft.conflicts else _thought_through(briefing, draft, form, now)
    briefing = the_briefing(briefing_id)
    plan = _plan_of(briefing, draft)
    return render_template(
        "schedule/staff/changes.html",
        briefing=briefing,
        form=form,
        draft=draft,
        differences=changes_of(draft),
        contested=contested_of(draft),
        step=step,
        obstacle=obstacle,
        warnings=_doubts(briefing, plan, now),
    )


def _published_or_settled(briefing: Briefing, form: ChangesForm, now: datetime) -> ResponseReturnValue:
    seen = {"seen": form.seen_at(), "seen_draft": form.draft_seen_at(), "by": current_user, "now": now}
    if request.form.get("do") == "settle":
        asked = {name.removeprefix("side-"): value for name, value in request.form.items() if name.startswith("side-")}
        theirs = {key: value == "theirs" for key, value in asked.items() if value in ("theirs", "ours")}
        if not theirs:
            raise Refused("어느 쪽을 따를지 골라 주세요.")
        with unit_of_work():
            drafting.settle(briefing, theirs, **seen)
        flash("정한 대로 고쳤습니다. 아직 공개하지 않았습니다.", "success")
        return redirect(url_for(".changes", briefing_id=briefing.id), 303)
    with unit_of_work():
        drafting.publish(briefing, **seen)
    flash(f"바뀐 내용을 공개하고 관련된 사람에게 {told(briefing.hold_mails)}", "success")
    return redirect(url_for(".show", briefing_id=briefing.id), 303)


def _thought_through(
    briefing: Briefing, draft: Draft, form: ChangesForm, now: datetime
) -> tuple[Step | None, str | None]:
    """What publishing would set off, or why it cannot be published."""
    notes = impact.taken_back(briefing, draft.details().times) + impact.admission(briefing, draft.details())
    notes += impact.files_lost(briefing, draft.slots())
    seen = {"seen": form.seen_at(), "seen_draft": form.draft_seen_at(), "by": current_user, "now": now}
    try:
        step = thought(briefing, lambda: drafting.publish(briefing, **seen), now)
    except Refused as error:
        return None, reason(error)
    return step._replace(sentences=step.sentences + notes), None


def _doubts(briefing: Briefing, plan: Plan, now: datetime) -> list[str | Shared]:
    """What looks doubtful about the plan, and that the window of registration was left behind by a new time."""
    closes_at, found = plan.registration_closes_at, doubts_of(plan, now)
    moved = (plan.starts_at, plan.ends_at) != (briefing.starts_at, briefing.ends_at)
    if moved and closes_at and closes_at == briefing.registration_closes_at.replace(second=0, microsecond=0):
        found.append(f"일시를 옮겼지만 신청 마감은 {when(closes_at)} 그대로입니다.")
    return found


def _plan_of(briefing: Briefing, draft: Draft) -> Plan:
    details = draft.details()
    return Plan(
        details.starts_at,
        details.ends_at,
        details.opening_minutes,
        details.room_url,
        draft.slots(),
        briefing.id,
        details.audience_id,
        details.moderator,
        details.registration_closes_at,
        details.materials_due_at,
    )


@pages.route("/<int:briefing_id>/changes/discard", methods=["GET", "POST"])
@staff
def discard_changes(briefing_id: int) -> ResponseReturnValue:
    """Ask, then throw away what is kept to be published later."""
    briefing = the_briefing(briefing_id)
    draft = draft_of(briefing)
    form = ChangesForm()
    if form.validate_on_submit():
        with unit_of_work():
            drafting.discard(briefing, seen_draft=form.draft_seen_at(), by=current_user, now=clock.now())
        flash("임시 저장한 내용을 버렸습니다. 공개된 설명회는 그대로입니다.", "success")
        return redirect(url_for(".show", briefing_id=briefing_id), 303)
    if draft is None:
        return redirect(url_for(".show", briefing_id=briefing_id))
    form.look_again(briefing)
    form.seen_draft.data = draft.at.isoformat()
    return render_template(
        "schedule/staff/discard_changes.html", briefing=briefing, form=form, draft=draft, differences=changes_of(draft)
    )
