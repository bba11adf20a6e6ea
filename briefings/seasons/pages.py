"""The staff's pages of seasons: the list, a new one, where one stands, solving, settling it, what was done."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs import finding as need_finding
from briefings.needs.models import Round
from briefings.outbox.readers import readers_reach
from briefings.schedule.grouping import number_of_open_needs
from briefings.seasons import accepting
from briefings.seasons import choosing as season_needs
from briefings.seasons import easing as season_easing
from briefings.seasons import making as seasons
from briefings.seasons import overview as season_overview
from briefings.seasons import solving as season_solving
from briefings.seasons.choosing import Source
from briefings.seasons.forms import (
    AcceptForm,
    DiscardSeasonForm,
    NewSeasonForm,
    RulesForm,
    SolveForm,
    values_of,
    with_sharing,
)
from briefings.seasons.models import Season, SeasonState
from briefings.seasons.words import SEASON_TONES, change
from briefings.web.access import staff
from briefings.web.filters import when
from briefings.web.routing import row_number

pages = Blueprint("seasons", __name__, url_prefix="/staff/seasons")
pages.context_processor(lambda: {"tones": SEASON_TONES})

PER_PAGE = 20


def zone() -> ZoneInfo:
    """The installation's time zone."""
    return ZoneInfo(current_app.config["TIMEZONE"])


def the_season(season_id: int) -> Season:
    """The season with all that its pages show; 404 if there is none of that number."""
    return seasons.numbered(season_id) or abort(404)


def back_to(season_id: int, fragment: str = "") -> ResponseReturnValue:
    """To the season's own page, after a post."""
    return redirect(url_for("seasons.show", season_id=season_id) + fragment, 303)


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """Seasons by their state, with their numbers."""
    wanted = request.args.get("state", "")
    state = SeasonState(wanted) if wanted in list(SeasonState) else SeasonState.PLANNING
    page = db.paginate(seasons.in_state(state), per_page=PER_PAGE)
    rows = seasons.rows(page.items)
    return render_template(
        "seasons/index.html",
        state=state,
        counts=seasons.how_many(),
        page=page,
        rows=rows,
        waiting=number_of_open_needs(clock.now()),
    )


@pages.route("/new", methods=["GET", "POST"])
@staff
def new() -> ResponseReturnValue:
    """Name a season, say which needs it is for and what its briefings are like."""
    now, audiences = clock.now(), need_finding.audiences()
    reach = current_app.extensions["narrowed_reach"]()
    waiting, rounds = number_of_open_needs(now, reach), season_needs.rounds_with_selection()
    values = asdict(seasons.Rules(name="")) | _of_round(request.args.get("round", type=int), rounds)
    form = with_sharing(NewSeasonForm, audiences)(data=values)
    form.offer(waiting, rounds)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                season = _made(form)
        except Refused as error:
            form.refuse(error)
        else:
            return _after_making(season, Source(form.source.data))
    return render_template("seasons/new.html", form=form, waiting=waiting)


def _of_round(round_id: int | None, rounds: Iterable[tuple[Round, int]]) -> dict[str, Any]:
    """What is chosen for whoever comes from a round of which needs were selected."""
    known = round_id in {each.id for each, _ in rounds}
    return {"source": Source.ROUND.value, "round": round_id} if known else {}


def _made(form: NewSeasonForm) -> Season:
    now, source, reach = clock.now(), Source(form.source.data), readers_reach()
    round_, needs = None, []
    if source is Source.OPEN:
        needs = season_needs.open_needs(now, reach)
    elif source is Source.ROUND:
        round_ = db.session.get(Round, form.round.data)
        needs = season_needs.selected_needs(form.round.data, now, reach)
    if len(needs) > season_needs.MOST_NEEDS:
        raise Refused(f"수요가 {season_needs.MOST_NEEDS:,}건보다 많습니다. 목록에서 직접 골라 주세요.", field="source")
    return seasons.make(form.rules(), needs, round_, by=current_user, now=now)


def _after_making(season: Season, source: Source) -> ResponseReturnValue:
    number = len(season.cards)
    if source is Source.HAND:
        flash("편성안을 만들었습니다. 이어서 수요를 골라 주세요.", "success")
        return redirect(url_for(".needs", season_id=season.id), 303)
    flash(f"수요 {number:,}건으로 편성안을 만들었습니다. 이어서 설명회를 열 수 있는 시각을 넣어 주세요.", "success")
    if season.round_id and (left := season_needs.left_out_of(season.round_id, clock.now())):
        names = ", ".join(f"‘{need.title}’" for need in left[:5]) + (" 등" if len(left) > 5 else "")
        flash(f"선정했지만 지금 설명회에 넣을 수 없는 수요 {len(left)}건은 뺐습니다: {names}", "warning")
    return redirect(url_for(".times", season_id=season.id), 303)


@pages.get("/<int:season_id>")
@staff
def show(season_id: int) -> ResponseReturnValue:
    """Where a season stands: its plan with the reasons, how good it is, what is left over and what would help."""
    now, season = clock.now(), the_season(season_id)
    view = season_overview.view_of(season)
    return render_template(
        "seasons/show.html",
        season=season,
        view=view,
        quality=season_overview.quality_of(season),
        percent=season_overview.percent,
        doable=season_easing.DOABLE,
        settled=seasons.settled_reason(season),
        decision=season_overview.decision_about(season),
        task=season_solving.latest_task(season),
        form=SolveForm(),
        coming=[each for each in season.times if each.starts_at > now],
        full=seasons.length(season, season.max_slots),
        now=now,
    )


@pages.post("/<int:season_id>/solve")
@staff
def solve(season_id: int) -> ResponseReturnValue:
    """Let the worker make a plan."""
    form = SolveForm()
    if not form.validate_on_submit():
        flash("찾는 시간을 골라 주세요.", "error")
        return back_to(season_id)
    try:
        with unit_of_work():
            season, now = the_season(season_id), clock.now()
            season_solving.ask_for_plan(season, form.seconds.data, by=current_user, now=now, zone=zone())
    except Refused as error:
        flash(str(error), "error")
    return back_to(season_id, "#plan")


@pages.post("/<int:season_id>/take")
@staff
def take(season_id: int) -> ResponseReturnValue:
    """Take over a plan that was made before the board changed."""
    try:
        with unit_of_work():
            season = the_season(season_id)
            task = season_solving.latest_task(season) or abort(404)
            season_solving.take_anyway(season, task, by=current_user, now=clock.now())
    except Refused as error:
        flash(str(error), "error")
    else:
        flash("계산한 결과를 편성판에 놓았습니다. 편성판에서 되돌릴 수 있습니다.", "success")
    return back_to(season_id, "#plan")


@pages.route("/<int:season_id>/rules", methods=["GET", "POST"])
@staff
def rules(season_id: int) -> ResponseReturnValue:
    """The name and the rules of a season."""
    season = the_season(season_id)
    form = with_sharing(RulesForm, need_finding.audiences())(data=values_of(season))
    if form.validate_on_submit():
        try:
            with unit_of_work():
                changed = seasons.change_rules(
                    the_season(season_id), form.rules(), seen=form.seen_at(), by=current_user, now=clock.now()
                )
        except Refused as error:
            form.refuse(error)
            season = the_season(season_id)
            form.seen.data = season.changed_at.isoformat()
        else:
            flash(*(("규칙을 저장했습니다.", "success") if changed else ("바뀐 내용이 없습니다.", "info")))
            return back_to(season_id)
    return render_template("seasons/rules.html", season=season, form=form, settled=seasons.settled_reason(season))


@pages.post("/<int:season_id>/ease")
@staff
def ease(season_id: int) -> ResponseReturnValue:
    """Do what would give a need left over its place."""
    need_id, mark = request.form.get("need", -1, type=row_number), request.form.get("remedy", "")
    try:
        with unit_of_work():
            rule, old, new = season_easing.ease(the_season(season_id), need_id, mark, by=current_user, now=clock.now())
    except Refused as error:
        flash(str(error), "error")
    else:
        done = f"시각 {when(new)}" if rule == "times" else change(rule, old, new)
        flash(f"반영했습니다({done}). 편성안을 다시 만들면 새 편성에 쓰입니다.", "success")
    return back_to(season_id, "#solve")


@pages.route("/<int:season_id>/accept", methods=["GET", "POST"])
@staff
def accept(season_id: int) -> ResponseReturnValue:
    """Show which drafts would be made and what stands against it, then make them all."""
    now, season, form = clock.now(), the_season(season_id), AcceptForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                seen, note = form.version(), form.note.data or ""
                made = accepting.accept(the_season(season_id), note, seen=seen, by=current_user, now=now, zone=zone())
        except Refused as error:
            form.refuse(error)
            season = the_season(season_id)
        else:
            flash(f"설명회 초안 {len(made)}개를 만들었습니다. 접속 주소와 소개를 채운 뒤에 공개해 주세요.", "success")
            return back_to(season_id)
    if seasons.settled_reason(season):
        return back_to(season_id)
    form.seen.data = str(season.version)
    found = accepting.check(season, now, zone())
    return render_template("seasons/accept.html", season=season, form=form, found=found)


@pages.route("/<int:season_id>/discard", methods=["GET", "POST"])
@staff
def discard(season_id: int) -> ResponseReturnValue:
    """Ask why, then give the season up."""
    season, form = the_season(season_id), DiscardSeasonForm()
    if form.validate_on_submit():
        with unit_of_work():
            seasons.discard(the_season(season_id), form.why.data or "", by=current_user, now=clock.now())
        flash("편성안을 버렸습니다. 들어 있던 수요는 다시 편성을 기다립니다.", "success")
        return redirect(url_for(".index"), 303)
    if seasons.settled_reason(season):
        return back_to(season_id)
    return render_template("seasons/discard.html", season=season, form=form)


@pages.get("/<int:season_id>/history")
@staff
def history(season_id: int) -> ResponseReturnValue:
    """Who did what with the season and its board, and why."""
    season = the_season(season_id)
    return render_template("seasons/history.html", season=season, deeds=season_overview.history(season))
