"""The staff's pages of briefings: find, compose, edit, publish, move, call off; registrants: `registrations.staff`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs import finding as need_finding
from briefings.needs.models import Theme
from briefings.outbox.finding import Search, counts
from briefings.outbox.preview import Preview, dry_run
from briefings.outbox.readers import readers_reach
from briefings.schedule import copying, editing, impact, overview, planning, support
from briefings.schedule.changes import described
from briefings.schedule.doubts import Shared, closed_by_moving, shared_needs, warnings
from briefings.schedule.draft_words import changes_of
from briefings.schedule.drafting import draft_of
from briefings.schedule.finding import places_of
from briefings.schedule.forms import CancelForm, CopyForm, MoveForm, NewForm, PublishForm
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.overview import Shelf
from briefings.schedule.programme import programme_of
from briefings.schedule.registrants import counters
from briefings.schedule.slots import Plan, clashes, materials_due, plan_of
from briefings.schedule.words import ELIGIBILITIES, SLOT_TONES, status_of, told
from briefings.web.access import staff
from briefings.web.filters import period
from briefings.web.forms import Form
from briefings.web.routing import row_number

pages = Blueprint("staff_briefings", __name__, url_prefix="/staff/briefings")
pages.context_processor(lambda: {"status_of": status_of, "slot_tones": SLOT_TONES, "eligibilities": ELIGIBILITIES})

PER_PAGE = 20


class Step(NamedTuple):
    """What a step would send, in sentences and in full, and whom it leaves out."""

    preview: Preview
    sentences: list[str]
    left_out: list[str]
    final: bool = False
    """Whether something is lost for good."""

    @property
    def tells(self) -> bool:
        """Whether anything would be queued for anybody."""
        return bool(self.preview.number or self.preview.dropped)


def zone() -> ZoneInfo:
    """The installation's time zone."""
    return ZoneInfo(current_app.config["TIMEZONE"])


def themes_to_choose(stays: int | None = None) -> list[Theme]:
    """The themes a briefing may be given by whoever is signed in; it may keep the one that `stays`."""
    own = readers_reach().themes
    return [theme for theme in need_finding.themes() if not own or theme.id in (*own, stays)]


def the_briefing(briefing_id: int) -> Briefing:
    """The briefing with its order; 404 if there is none of that number."""
    return overview.numbered(briefing_id) or abort(404)


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """Briefings by where they stand, with sign-ups and gaps."""
    now = clock.now()
    counts = overview.how_many(now)
    wanted = request.args.get("shelf", "")
    shelf = Shelf(wanted) if wanted in list(Shelf) else Shelf.COMING
    page = db.paginate(overview.on_shelf(shelf, now), per_page=PER_PAGE)
    rows = overview.rows(page.items, now)
    return render_template("schedule/staff/index.html", shelf=shelf, counts=counts, page=page, rows=rows, now=now)


@pages.route("/new", methods=["GET", "POST"])
@staff
def new() -> ResponseReturnValue:
    """Make a draft of the needs named in the address."""
    now = clock.now()
    numbers = dict.fromkeys(request.args.getlist("need", type=row_number))
    needs = overview.needs_numbered(set(numbers))
    chosen = [needs[number] for number in numbers if number in needs]
    themes, audiences = themes_to_choose(), need_finding.audiences()
    starts_at, ends_at = planning.usual_times(len(chosen), now, zone())
    theme_id = request.args.get("theme", type=int)
    form = NewForm(
        title=next((f"{theme.name} 협업이음 사업설명회" for theme in themes if theme.id == theme_id), ""),
        theme=theme_id,
        audience=request.args.get("audience", type=int),
        needs=[need.id for need in chosen],
        starts_at=starts_at,
        ends_at=ends_at,
        capacity=100,
    )
    form.offer(themes, audiences, chosen)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                briefing = planning.compose_briefing(
                    [needs[number] for number in form.needs.data],
                    title=form.title.data,
                    theme_id=form.theme.data,
                    audience_id=form.audience.data,
                    times=form.times(),
                    capacity=form.capacity.data,
                    by=current_user,
                    now=now,
                    zone=zone(),
                    admission=form.admission(),
                )
        except Refused as error:
            form.refuse(error)
        else:
            flash("초안을 만들었습니다. 발표자와 순서를 다듬은 뒤에 공개해 주세요.", "success")
            return redirect(url_for(".edit", briefing_id=briefing.id))
    elsewhere = shared_needs([need.id for need in chosen], now)
    return render_template("schedule/staff/new.html", form=form, chosen=chosen, elsewhere=elsewhere)


@pages.get("/<int:briefing_id>")
@staff
def show(briefing_id: int) -> ResponseReturnValue:
    """Where a briefing stands: sign-ups, presenters, what looks doubtful, what can be done, what was done."""
    now = clock.now()
    briefing = the_briefing(briefing_id)
    settled, kept = planning.settled_reason(briefing, now), draft_of(briefing)
    return render_template(
        "schedule/staff/show.html",
        briefing=briefing,
        phase=briefing.phase(now),
        status=status_of(briefing, places_of(briefing).full, now),
        settled=settled,
        programme=programme_of(briefing),
        counters=counters(briefing),
        support=support.counts(briefing),
        obstacles=planning.obstacles(briefing, now) if briefing.state is BriefingState.DRAFT else [],
        warnings=[] if settled else _doubts(briefing, now),
        course=[(entry, described(entry)) for entry in overview.course_of(briefing)],
        kept=kept,
        differences=changes_of(kept) if kept else [],
        materials_due=materials_due(briefing),
        messages={standing: n for standing, n in counts(Search(about=f"briefing:{briefing_id}")).items() if n},
    )


@pages.route("/<int:briefing_id>/copy", methods=["GET", "POST"])
@staff
def copy(briefing_id: int) -> ResponseReturnValue:
    """Ask for the day of a draft like an earlier briefing, show which dates move along, then make it."""
    now = clock.now()
    source = the_briefing(briefing_id)
    starts_at, ends_at = copying.proposed_times(source, now, zone())
    form = CopyForm(title=source.title, starts_at=starts_at, ends_at=ends_at)
    plan = moments = None
    if form.validate_on_submit():
        try:
            if form.agreed.data == form.typed():
                return redirect(url_for(".edit", briefing_id=_copied(source, form, now)))
            editing.refuse_times(form.times(), now)
            moments = copying.shifted(source, form.times(), now, zone())
            plan = copying.copied_plan(source, form.times(), copying.Order(form.order.data), moments)
            form.agreed.data = form.typed()
        except Refused as error:
            form.refuse(error)
            form.agreed.data = ""
    return render_template(
        "schedule/staff/copy.html",
        form=form,
        source=source,
        plan=plan,
        moments=moments,
        left_behind=copying.left_behind(source) if plan else [],
        clashes=clashes(plan) if plan else [],
        warnings=doubts_of(plan, now) if plan else [],
    )


def _copied(source: Briefing, form: CopyForm, now: datetime) -> int:
    with unit_of_work():
        briefing = copying.copy_briefing(
            source,
            title=form.title.data,
            times=form.times(),
            order=copying.Order(form.order.data),
            by=current_user,
            now=now,
            zone=zone(),
        )
    flash("초안을 만들었습니다. 접속 주소와 발표자를 확인한 뒤에 공개해 주세요.", "success")
    return briefing.id


@pages.route("/<int:briefing_id>/publish", methods=["GET", "POST"])
@staff
def publish(briefing_id: int) -> ResponseReturnValue:
    """Show what publishing sets off, then publish."""
    now = clock.now()
    briefing = the_briefing(briefing_id)
    form = PublishForm()

    def release() -> None:
        planning.publish(briefing, seen=form.seen_at(), by=current_user, now=now)

    if form.validate_on_submit():
        try:
            return _done(briefing, "설명회를 공개했습니다.", release)
        except Refused as error:
            form.refuse(error)
            briefing = the_briefing(briefing_id)
    if briefing.state is not BriefingState.DRAFT:
        for words in form.form_errors:
            flash(words, "error")
        return redirect(url_for(".show", briefing_id=briefing_id))
    form.look_again(briefing)
    obstacles, step = planning.obstacles(briefing, now), None
    if not obstacles:
        step = thought(briefing, release, now)
        briefing = the_briefing(briefing_id)
    return render_template(
        "schedule/staff/publish.html",
        briefing=briefing,
        form=form,
        programme=programme_of(briefing),
        obstacles=obstacles,
        warnings=[*planning.nobody_invited(briefing), *doubts_of(plan_of(briefing), now)],
        step=step,
        now=now,
    )


@pages.route("/<int:briefing_id>/move", methods=["GET", "POST"])
@staff
def move(briefing_id: int) -> ResponseReturnValue:
    """Ask for another time, show what it sets off, then move."""
    now = clock.now()
    briefing = _unsettled(briefing_id, now)
    form = MoveForm(obj=briefing)
    if not form.is_submitted():
        form.look_again(briefing)

    def reschedule() -> None:
        planning.reschedule(briefing, form.times(), seen=form.seen_at(), by=current_user, now=now)

    plan = step = None
    if form.validate_on_submit():
        try:
            if form.agreed.data == period(form.times()):
                with unit_of_work():
                    reschedule()
                flash(
                    f"설명회를 옮기고 모두에게 {told(briefing.hold_mails)} 새 일시: {period(form.times())}", "success"
                )
                return redirect(url_for(".show", briefing_id=briefing_id))
            plan, notes = planning.thought_move(briefing, form.times(), now), impact.taken_back(briefing, form.times())
            step = thought(briefing, reschedule, now)
            step = step._replace(sentences=step.sentences + notes)
            form.agreed.data = period(form.times())
        except Refused as error:
            plan = None
            form.refuse(error)
            form.look_again(the_briefing(briefing_id))
        briefing = the_briefing(briefing_id)
    return render_template(
        "schedule/staff/move.html",
        briefing=briefing,
        form=form,
        plan=plan,
        closes_at=plan and briefing.registration_closes_at + (plan.starts_at - briefing.starts_at),
        step=step,
        warnings=[*closed_by_moving(briefing, plan, now), *doubts_of(plan, now)] if plan else [],
        programme=programme_of(briefing),
    )


@pages.route("/<int:briefing_id>/cancel", methods=["GET", "POST"])
@staff
def cancel(briefing_id: int) -> ResponseReturnValue:
    """Say who will be told, ask for the reason, show how they will read it, then call the briefing off."""
    now = clock.now()
    briefing = _unsettled(briefing_id, now)
    form = CancelForm()

    def call_off() -> None:
        planning.cancel(briefing, form.reason.data or "(취소 사유)", by=current_user, now=now)

    written = form.validate_on_submit()
    if written and form.agreed.data == form.reason.data:
        return _done(briefing, f"설명회를 취소하고 모두에게 {told(briefing.hold_mails)}", call_off)
    step = thought(briefing, call_off, now, impact.REACHED_BY_CANCELLING)
    form.agreed.data = form.reason.data if written else ""
    return render_template(
        "schedule/staff/cancel.html", briefing=the_briefing(briefing_id), form=form, step=step, written=written
    )


@pages.post("/<int:briefing_id>/hold-mails")
@staff
def hold_mails(briefing_id: int) -> ResponseReturnValue:
    """Let every mail about it wait for staff from now on, or leave by itself again."""
    on = "on" in request.form
    with unit_of_work():
        planning.hold_mails(the_briefing(briefing_id), on, by=current_user, now=clock.now())
    kept, sent = "이제부터 생기는 전자우편은 내보낼 때까지 보류합니다.", "이제부터 생기는 전자우편은 바로 보냅니다."
    flash(kept if on else sent, "success")
    return redirect(url_for(".show", briefing_id=briefing_id) + "#mails", 303)


@pages.route("/<int:briefing_id>/discard", methods=["GET", "POST"])
@staff
def discard(briefing_id: int) -> ResponseReturnValue:
    """Ask, then delete a draft."""
    briefing = the_briefing(briefing_id)
    form = Form()
    if not form.validate_on_submit():
        return render_template("schedule/staff/discard.html", briefing=briefing, form=form)
    with unit_of_work():
        planning.discard(briefing, by=current_user, now=clock.now())
    flash("초안을 지웠습니다. 들어 있던 수요는 다시 편성을 기다립니다.", "success")
    return redirect(url_for(".index", shelf=Shelf.DRAFT.value))


def thought(
    briefing: Briefing, act: Callable[[], object], now: datetime, words: Mapping[str, str] = impact.REACHED
) -> Step:
    """What `act` would set off; it is taken and undone, so that whatever was loaded before is to be loaded anew."""
    with dry_run(current_app, now) as preview:
        act()
        left_out = impact.left_out(briefing, now)
    return Step(preview, preview.sentences(words), left_out)


def doubts_of(plan: Plan, now: datetime) -> list[str | Shared]:
    """What staff should look at again about a plan, and where else its needs are about to be presented."""
    elsewhere = shared_needs([slot.need_id for slot in plan.slots], now, plan.briefing_id)
    return [*warnings(plan, zone()), *elsewhere]


def _doubts(briefing: Briefing, now: datetime) -> list[str | Shared]:
    published = briefing.state is BriefingState.PUBLISHED
    lapsed = [f"{words} 공개된 발표 순서에는 아직 나옵니다." for words in planning.lapsed_needs(briefing)]
    since = lapsed + planning.declined_slots(briefing) if published else []
    return [*since, *planning.nobody_invited(briefing), *doubts_of(plan_of(briefing), now)]


def _unsettled(briefing_id: int, now: datetime) -> Briefing:
    briefing = the_briefing(briefing_id)
    if reason := planning.settled_reason(briefing, now):
        raise Refused(reason)
    return briefing


def _done(briefing: Briefing, words: str, act: Callable[[], None]) -> ResponseReturnValue:
    with unit_of_work():
        act()
    flash(words, "success")
    return redirect(url_for(".show", briefing_id=briefing.id))
