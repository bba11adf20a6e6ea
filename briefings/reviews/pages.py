"""The staff's pages of the review of a round: where it stands, its criteria, its last day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs.review_models import Criterion, Outcome
from briefings.needs.words import NEED_TONES
from briefings.reviews import asking_reviewers, assigning, criteria, selecting
from briefings.reviews.forms import CopyCriteriaForm, CriterionForm, DueForm
from briefings.reviews.ranking import DISPUTED_FROM, Ranking, ranking_of, rounded
from briefings.reviews.words import OUTCOME_TONES, REVIEW_TONES
from briefings.rounds.pages import the_round
from briefings.web.access import staff

pages = Blueprint("reviews", __name__, url_prefix="/staff/rounds/<int:round_id>/reviews")
pages.context_processor(
    lambda: {
        "rounded": rounded,
        "tones": NEED_TONES,
        "outcome_tones": OUTCOME_TONES,
        "review_tones": REVIEW_TONES,
        "disputed_from": DISPUTED_FROM,
        "outcomes": Outcome,
    }
)
STEPS = ("심사 기준", "과제 배정", "심사", "선정", "알림")


def today_at(now: datetime) -> date:
    """The day it is where the installation is."""
    return now.astimezone(ZoneInfo(current_app.config["TIMEZONE"])).date()


@pages.get("")
@staff
def index(round_id: int) -> ResponseReturnValue:
    """Where the review stands, what to do next, and how far each reviewer is."""
    round, now = the_round(round_id), clock.now()
    ranking = ranking_of(round_id)
    waits = {user.id for user in asking_reviewers.untold(round_id)}
    return render_template(
        "reviews/index.html",
        round=round,
        now=now,
        today=today_at(now),
        ranking=ranking,
        shares=criteria.shares(ranking.criteria),
        steps=STEPS,
        at=_step(ranking),
        untold=waits,
        undecided=sum(row.decision is None for row in ranking.rows),
        counts=selecting.counts(round_id),
    )


def _step(ranking: Ranking) -> int:
    """The number of the step that comes next, one more than there are when all is done."""
    rows = ranking.rows
    decided = [row.decision for row in rows if row.decision]
    states = (
        bool(ranking.criteria),
        any(row.sheets for row in rows),
        bool(decided) or not any(row.missing for row in rows),
        bool(rows) and len(decided) == len(rows),
        all(each.told_at for each in decided),
    )
    return next((number for number, done in enumerate(states, start=1) if not done), len(states) + 1)


@pages.route("/due", methods=["GET", "POST"])
@staff
def due(round_id: int) -> ResponseReturnValue:
    """Set until when reviewers score."""
    round, now = the_round(round_id), clock.now()
    form = DueForm(due_on=round.reviews_due_on)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                assigning.set_due(round, form.due_on.data, today=today_at(now), by=current_user, now=now)
        except Refused as error:
            form.refuse(error)
        else:
            flash("심사 기한을 저장했습니다. 이미 부탁한 심사위원에게는 ‘다시 알리기’로 알려 주세요.", "success")
            return redirect(url_for(".index", round_id=round_id), 303)
    return render_template("reviews/due.html", round=the_round(round_id), form=form)


@pages.route("/criteria", methods=["GET", "POST"])
@staff
def list_criteria(round_id: int) -> ResponseReturnValue:
    """The criteria in their order, and a form for one more."""
    round = the_round(round_id)
    form = CriterionForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                entry = (form.name.data, form.description.data or "", form.weight.data)
                criteria.add(round, *entry, current_user, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("심사 기준을 더했습니다.", "success")
            return redirect(url_for(".list_criteria", round_id=round_id), 303)
    rows = criteria.criteria_of(round_id)
    return render_template(
        "reviews/criteria.html",
        round=the_round(round_id),
        form=form,
        criteria=rows,
        shares=criteria.shares(rows),
        fixed=criteria.fixed_reason(round_id),
        proposal=criteria.PROPOSAL,
        sources=[] if rows else criteria.sources_for(round),
    )


@pages.post("/criteria/propose")
@staff
def propose_criteria(round_id: int) -> ResponseReturnValue:
    """Begin with the criteria the program proposes."""
    with unit_of_work():
        criteria.propose(the_round(round_id), current_user, clock.now())
    flash("제안한 심사 기준을 넣었습니다. 이번 수요조사에 맞게 고쳐 주세요.", "success")
    return redirect(url_for(".list_criteria", round_id=round_id), 303)


@pages.route("/criteria/copy", methods=["GET", "POST"])
@staff
def copy_criteria(round_id: int) -> ResponseReturnValue:
    """Begin with the criteria of another round."""
    round = the_round(round_id)
    form, sources = CopyCriteriaForm(), criteria.sources_for(round)
    form.offer(sources)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                source = next(each for each in sources if each.id == form.source.data)
                criteria.copy_from(source, round, current_user, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("심사 기준을 가져왔습니다. 이번 수요조사에 맞게 고쳐 주세요.", "success")
            return redirect(url_for(".list_criteria", round_id=round_id), 303)
    shown = [(each, criteria.criteria_of(each.id)) for each in sources[:10]]
    return render_template("reviews/copy.html", round=the_round(round_id), form=form, shown=shown)


@pages.route("/criteria/<int:criterion_id>", methods=["GET", "POST"])
@staff
def change_criterion(round_id: int, criterion_id: int) -> ResponseReturnValue:
    """Other words or another weight, or away with it."""
    round, criterion = the_round(round_id), _criterion(round_id, criterion_id)
    form = CriterionForm(obj=criterion)
    if not form.is_submitted():
        form.seen.data = criteria.version_of(criteria.criteria_of(round_id))
    if form.validate_on_submit():
        try:
            with unit_of_work():
                entry = (form.name.data, form.description.data or "", form.weight.data)
                seen, by = form.seen.data or "", current_user
                changed = criteria.change(_criterion(round_id, criterion_id), *entry, seen=seen, by=by, now=clock.now())
        except Refused as error:
            form.refuse(error)
            form.seen.data = criteria.version_of(criteria.criteria_of(round_id))
        else:
            flash(*(("심사 기준을 고쳤습니다.", "success") if changed else ("바뀐 내용이 없습니다.", "info")))
            return redirect(url_for(".list_criteria", round_id=round_id), 303)
    return render_template(
        "reviews/criterion.html",
        round=round,
        form=form,
        criterion=_criterion(round_id, criterion_id),
        saved=criteria.saved_for(criterion),
        fixed=criteria.fixed_reason(round_id),
    )


@pages.post("/criteria/<int:criterion_id>/up")
@staff
def move_criterion(round_id: int, criterion_id: int) -> ResponseReturnValue:
    """Move a criterion one place up."""
    with unit_of_work():
        criteria.move_up(_criterion(round_id, criterion_id), current_user, clock.now())
    flash("순서를 바꾸었습니다.", "success")
    return redirect(url_for(".list_criteria", round_id=round_id) + f"#criterion-{criterion_id}", 303)


@pages.post("/criteria/<int:criterion_id>/remove")
@staff
def remove_criterion(round_id: int, criterion_id: int) -> ResponseReturnValue:
    """Take a criterion away."""
    with unit_of_work():
        criteria.remove(_criterion(round_id, criterion_id), current_user, clock.now())
    flash("심사 기준을 지웠습니다.", "success")
    return redirect(url_for(".list_criteria", round_id=round_id), 303)


def _criterion(round_id: int, criterion_id: int) -> Criterion:
    criterion = db.session.get(Criterion, criterion_id)
    return criterion if criterion and criterion.round_id == round_id else abort(404)
