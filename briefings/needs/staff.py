"""The staff's pages of needs: find, read, publish or return, write for an organization, hand over; topics."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs import attaching, claiming, finding, registering, reviewing, topics, writing_pages
from briefings.needs.boxes import shown
from briefings.needs.forms import DeadlineForm, ReturnForm, StaffNeedFilters, TopicForm
from briefings.needs.history import steps_of
from briefings.needs.models import Audience, Need, NeedState, Theme
from briefings.needs.officers import themes_of
from briefings.needs.parts import Part
from briefings.needs.ways_on import WayOn, ways_on
from briefings.needs.words import NEED_TONES
from briefings.needs.writing_pages import WRITTEN, Desk
from briefings.web.access import staff
from briefings.web.filters import local
from briefings.web.forms import Form
from briefings.web.uploads import takes_files

pages = Blueprint("staff_needs", __name__, url_prefix="/staff/needs")
pages.context_processor(lambda: {"tones": NEED_TONES, "today": local(clock.now()).date()})
DESK = Desk(
    frame="staff.html", blueprint="staff_needs", list_endpoint="index", list_name="수요 과제", home="staff.today"
)

KINDS: dict[str, type[Theme] | type[Audience]] = {"themes": Theme, "audiences": Audience}


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """All needs, what waits for a decision first."""
    filters = StaffNeedFilters(request.args, themes_of(current_user))
    search = filters.search()
    page = finding.all_needs(search)
    return render_template(
        "needs/staff_index.html",
        filters=filters,
        search=search,
        page=page,
        ways=[] if page.total else _ways_on(filters, search),
        counts=finding.counts_by_state(),
        states=NeedState,
    )


@pages.get("/<int:need_id>")
@staff
def show(need_id: int) -> ResponseReturnValue:
    """What the need says, what happened to it, and what can be done with it."""
    need, now = _need(need_id), clock.now()
    return render_template(
        "needs/staff_show.html",
        need=need,
        steps=steps_of(need, for_staff=True),
        lacking=registering.lacking(need),
        files=attaching.files_of(need),
        not_claimable=claiming.not_claimable(need),
        claim_until=claiming.good_until(need),
        obstacle=claiming.obstacle(need) if need.claim_asked_at and not need.claimed_at else None,
        boxes=shown(current_app.extensions["boxes_of_staff"], need, now),
        now=now,
    )


@pages.route("/new", methods=["GET", "POST"])
@staff
def new() -> ResponseReturnValue:
    """Begin a need for an organization, e.g. one without an account; whoever acts for it finds it among its own."""
    return writing_pages.begin(DESK, None)


@pages.get("/<int:need_id>/edit")
@staff
def edit(need_id: int) -> ResponseReturnValue:
    """Go on writing where something is lacking."""
    return writing_pages.go_on(DESK, _need(need_id))


@pages.route(f"/<int:need_id>/edit/{WRITTEN}", methods=["GET", "POST"])
@staff
def write(need_id: int, part: str) -> ResponseReturnValue:
    """One part of what the need says."""
    return writing_pages.write(DESK, _need(need_id), Part(part))


@pages.route("/<int:need_id>/edit/files", methods=["GET", "POST"])
@staff
@takes_files
def attach(need_id: int) -> ResponseReturnValue:
    """The files of the need, and a form for more."""
    return writing_pages.attach(DESK, _need(need_id))


@pages.route("/<int:need_id>/edit/files/<public_id>/remove", methods=["GET", "POST"])
@staff
def remove_file(need_id: int, public_id: str) -> ResponseReturnValue:
    """Take a file away."""
    return writing_pages.remove_file(DESK, _need(need_id), public_id)


@pages.post("/<int:need_id>/edit/files/<public_id>/up")
@staff
def move_file(need_id: int, public_id: str) -> ResponseReturnValue:
    """Move a file one place up."""
    return writing_pages.move_file(DESK, _need(need_id), public_id)


@pages.get("/<int:need_id>/files/<public_id>")
@staff
def file(need_id: int, public_id: str) -> ResponseReturnValue:
    """Download a file of the need."""
    return writing_pages.send_file(_need(need_id), public_id)


@pages.route("/<int:need_id>/edit/check", methods=["GET", "POST"])
@staff
def check(need_id: int) -> ResponseReturnValue:
    """Everything as it will read, and handing it in."""
    return writing_pages.check(DESK, _need(need_id))


@pages.post("/<int:need_id>/publish")
@staff
def publish(need_id: int) -> ResponseReturnValue:
    """Show the need to everyone."""
    with unit_of_work():
        reviewing.publish(_need(need_id), current_user, clock.now())
    flash("과제를 게시하고 수요기관에 알렸습니다.", "success")
    return redirect(url_for(".show", need_id=need_id))


@pages.route("/<int:need_id>/return", methods=["GET", "POST"])
@staff
def send_back(need_id: int) -> ResponseReturnValue:
    """Ask for the reason and the deadline, then return the need with them."""
    need, now = _need(need_id), clock.now()
    today = local(now).date()
    form = ReturnForm(due_on=reviewing.proposed_deadline(today))
    if form.validate_on_submit():
        try:
            with unit_of_work():
                reviewing.send_back(need, form.reason.data, current_user, now, form.due_on.data, today)
        except Refused as error:
            form.refuse(error)
        else:
            flash("과제를 돌려보내고 수요기관에 까닭을 알렸습니다.", "success")
            return redirect(url_for(".show", need_id=need_id))
    return render_template("needs/send_back.html", need=need, form=form)


@pages.route("/<int:need_id>/deadline", methods=["GET", "POST"])
@staff
def move_deadline(need_id: int) -> ResponseReturnValue:
    """Give the owner of a returned need another day."""
    need, now = _need(need_id), clock.now()
    form = DeadlineForm(due_on=need.return_due_on)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                reviewing.move_deadline(need, form.due_on.data, current_user, now, local(now).date())
        except Refused as error:
            form.refuse(error)
        else:
            flash("고칠 기한을 바꾸고 수요기관에 알렸습니다.", "success")
            return redirect(url_for(".show", need_id=need_id))
    return render_template("needs/deadline.html", need=need, form=form)


@pages.route("/<int:need_id>/withdraw", methods=["GET", "POST"])
@staff
def withdraw(need_id: int) -> ResponseReturnValue:
    """Ask, then take the need back in its owner's stead."""
    return _confirm(_need(need_id), "철회", registering.withdraw)


@pages.route("/<int:need_id>/close", methods=["GET", "POST"])
@staff
def close(need_id: int) -> ResponseReturnValue:
    """Ask, then take no more replies, in its owner's stead."""
    return _confirm(_need(need_id), "마감", registering.close)


@pages.post("/<int:need_id>/reopen")
@staff
def reopen(need_id: int) -> ResponseReturnValue:
    """Take replies again, in its owner's stead."""
    with unit_of_work():
        registering.reopen(_need(need_id), current_user, clock.now())
    flash("과제를 다시 열었습니다. 답글을 다시 받습니다.", "success")
    return redirect(url_for(".show", need_id=need_id))


@pages.post("/<int:need_id>/claim")
@staff
def ask_to_claim(need_id: int) -> ResponseReturnValue:
    """Mail the contact a link by which to take the need over."""
    need = _need(need_id)
    with unit_of_work():
        claiming.ask(need, current_user, clock.now())
    flash(f"{need.contact_email} 주소로 과제를 넘겨받는 링크를 보냈습니다. 30일 동안 쓸 수 있습니다.", "success")
    return redirect(url_for(".show", need_id=need_id) + "#claim")


@pages.post("/<int:need_id>/claim/revoke")
@staff
def revoke_claim(need_id: int) -> ResponseReturnValue:
    """Let the link open nothing any more."""
    with unit_of_work():
        claiming.revoke(_need(need_id), current_user, clock.now())
    flash("링크를 거두었습니다. 보낸 링크로는 이제 넘겨받을 수 없습니다.", "success")
    return redirect(url_for(".show", need_id=need_id) + "#claim")


@pages.get("/topics")
@staff
def list_topics() -> ResponseReturnValue:
    """The themes and audiences in their order."""
    return render_template("needs/topics.html", themes=finding.themes(), audiences=finding.audiences())


@pages.route("/topics/<any(themes, audiences):kind>/new", methods=["GET", "POST"])
@staff
def add_topic(kind: str) -> ResponseReturnValue:
    """Add a theme or an audience."""
    form = TopicForm()
    return _save_topic(kind, form, lambda name, en, now: topics.add(KINDS[kind], name, en, current_user, now))


@pages.route("/topics/<any(themes, audiences):kind>/<int:topic_id>", methods=["GET", "POST"])
@staff
def rename_topic(kind: str, topic_id: int) -> ResponseReturnValue:
    """Give a theme or an audience another name."""
    topic = db.get_or_404(KINDS[kind], topic_id)
    form = TopicForm(obj=topic)
    return _save_topic(kind, form, lambda name, en, now: topics.rename(topic, name, en, current_user, now), topic)


@pages.post("/topics/<any(themes, audiences):kind>/<int:topic_id>/up")
@staff
def move_topic(kind: str, topic_id: int) -> ResponseReturnValue:
    """Move a theme or an audience one place up."""
    with unit_of_work():
        topics.move_up(db.get_or_404(KINDS[kind], topic_id), current_user, clock.now())
    flash("순서를 바꾸었습니다.", "success")
    return redirect(url_for(".list_topics") + f"#{kind}-{topic_id}")


def _ways_on(filters: StaffNeedFilters, search: finding.Search) -> list[tuple[str, str, WayOn]]:
    """Where nothing was found: the words of another search, its address, and what it finds."""
    conditions = {name: words for words, name in filters.conditions()}
    kept = {name: value for name, value in request.args.items() if value and name != "page"}
    found = []
    for way in ways_on(search, NeedState):
        lifted = "theme" if way.lifted == "own_themes" else way.lifted
        other = {name: value for name, value in kept.items() if name != lifted} if lifted else kept | {"q": way.q}
        found.append((conditions.get(lifted, way.q), url_for(".index", **other), way))
    return found


def _need(need_id: int) -> Need:
    return finding.need_numbered(need_id) or abort(404)


def _confirm(need: Need, what: str, act: Callable[[Need, Any, datetime], None]) -> ResponseReturnValue:
    form = Form()
    if not form.validate_on_submit():
        return render_template("needs/staff_confirm.html", need=need, form=form, what=what)
    with unit_of_work():
        act(need, current_user, clock.now())
    flash(f"과제를 {what}했습니다.", "success")
    return redirect(url_for(".show", need_id=need.id))


def _save_topic(
    kind: str, form: TopicForm, save: Callable[[str, str, datetime], Any], topic: Theme | Audience | None = None
) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            with unit_of_work():
                save(form.name.data, form.name_en.data, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("저장했습니다.", "success")
            return redirect(url_for(".list_topics"))
    return render_template("needs/topic.html", form=form, topic=topic, what="주제" if kind == "themes" else "대상")
