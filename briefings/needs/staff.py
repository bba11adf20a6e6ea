"""The staff's pages of needs: find, read, publish or return, enter for an organization; themes and audiences."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs import finding, registering, reviewing, topics
from briefings.needs.forms import NeedForm, NeedForOrganizationForm, ReturnForm, StaffNeedFilters, TopicForm
from briefings.needs.history import steps_of
from briefings.needs.models import Audience, Need, NeedState, Theme
from briefings.needs.words import NEED_TONES
from briefings.organizations.finding import named
from briefings.web.access import staff
from briefings.web.forms import Form

pages = Blueprint("staff_needs", __name__, url_prefix="/staff/needs")
pages.context_processor(lambda: {"tones": NEED_TONES})

KINDS: dict[str, type[Theme] | type[Audience]] = {"themes": Theme, "audiences": Audience}


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """All needs, what waits for a decision first."""
    filters = StaffNeedFilters(request.args)
    search = filters.search()
    return render_template(
        "needs/staff_index.html",
        filters=filters,
        search=search,
        page=finding.all_needs(search),
        counts=finding.counts_by_state(),
        states=NeedState,
    )


@pages.get("/<int:need_id>")
@staff
def show(need_id: int) -> ResponseReturnValue:
    """What the need says, what happened to it, and what can be done with it."""
    need = _need(need_id)
    lacking = registering.lacking(need)
    return render_template("needs/staff_show.html", need=need, steps=steps_of(need), lacking=lacking)


@pages.route("/new", methods=["GET", "POST"])
@staff
def new() -> ResponseReturnValue:
    """Enter a need for an organization, e.g. one that has no account; whoever acts for it finds it among its own."""
    form = NeedForOrganizationForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                now = clock.now()
                organization = named(form.organization.data, form.organization_kind, now)
                need = registering.register(form.entry(), organization, current_user, now)
                if form.submit.data:
                    registering.submit(need, current_user, now)
        except Refused as error:
            form.refuse(error)
        else:
            flash("과제를 저장했습니다.", "success")
            return redirect(url_for(".show", need_id=need.id))
    return render_template("needs/staff_edit.html", form=form, need=None)


@pages.route("/<int:need_id>/edit", methods=["GET", "POST"])
@staff
def edit(need_id: int) -> ResponseReturnValue:
    """Change what the need says in its owner's stead."""
    need = _need(need_id)
    if need.not_editable:
        raise Refused(need.not_editable)
    form = NeedForm.of(need)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                now = clock.now()
                registering.edit(need, form.entry(), form.version_seen(), current_user, now)
                if form.submit.data:
                    registering.submit(need, current_user, now)
        except Refused as error:
            form.refuse(error)
            form.overwrite(need)
        else:
            flash("고친 내용을 저장했습니다.", "success")
            return redirect(url_for(".show", need_id=need.id))
    return render_template("needs/staff_edit.html", form=form, need=need)


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
    """Ask for the reason, then return the need with it."""
    need = _need(need_id)
    form = ReturnForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                reviewing.send_back(need, form.reason.data, current_user, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("과제를 돌려보내고 수요기관에 까닭을 알렸습니다.", "success")
            return redirect(url_for(".show", need_id=need_id))
    return render_template("needs/send_back.html", need=need, form=form)


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
