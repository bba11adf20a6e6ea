"""A reviewer's own pages: the needs they were given, one sheet at a time, and stepping back from one."""

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.files.sending import download
from briefings.needs.models import Round
from briefings.needs.review_models import REVIEWED, Criterion, Review, ReviewState
from briefings.reviews import scoring as reviews
from briefings.reviews.criteria import criteria_of, shares
from briefings.reviews.forms import RecuseForm, SheetForm
from briefings.reviews.pages import today_at
from briefings.reviews.words import REVIEW_TONES
from briefings.web.access import expert
from briefings.web.problems import reason

pages = Blueprint("reviewer", __name__, url_prefix="/reviews")
pages.context_processor(lambda: {"review_tones": REVIEW_TONES, "reason": reason, "states": ReviewState})

TOP = "#main"
"""Whoever came to a mistake by its link would otherwise be led to the same place of the next sheet."""


@pages.get("")
@expert
def index() -> ResponseReturnValue:
    """Everything the person was given to score, round by round, with how far they are."""
    now = clock.now()
    bundles = reviews.bundles_of(current_user, today_at(now))
    criteria = {bundle.round.id: len(criteria_of(bundle.round.id)) for bundle in bundles}
    return render_template("reviews/mine.html", bundles=bundles, criteria=criteria, today=today_at(now))


@pages.route("/<int:review_id>", methods=["GET", "POST"])
@expert
def sheet(review_id: int) -> ResponseReturnValue:
    """One need as it reads, and its sheet: saved to go on later, submitted, changed until the last day."""
    review, now = _own(review_id), clock.now()
    criteria = criteria_of(_round(review).id)
    form = SheetForm.of(review, criteria)
    if form.validate_on_submit():
        act = reviews.submit if form.submit.data else reviews.save
        given = {"seen": form.seen.data or "", "today": today_at(now), "now": now}
        marks = form.marks()  # read before anything can change
        try:
            with unit_of_work():
                act(review, marks, form.comment.data or "", **given)
        except Refused as error:
            review = _own(review_id)
            criteria = criteria_of(_round(review).id)  # one may have gone meanwhile
            form = SheetForm.of(review, criteria)
            form.refuse(error)
            form.look_again(review, criteria)
        else:
            return _went_on(review_id, bool(form.submit.data))
    return _sheet_page(_own(review_id), criteria, form, now)


def _sheet_page(review: Review, criteria: list[Criterion], form: SheetForm, now: datetime) -> str:
    bundle = next(each for each in reviews.bundles_of(current_user, today_at(now)) if each.round is review.need.round)
    before, after = bundle.beside(review)
    standing = next(each for each in bundle.sheets if each.review is review)
    return render_template(
        "reviews/sheet.html",
        review=review,
        need=review.need,
        bundle=bundle,
        place=[each.review for each in bundle.sheets].index(review) + 1,
        standing=standing,
        closed=standing.reason,
        readable=_readable(review),
        recusable=reviews.not_recusable(review, today_at(now)) is None,
        criteria=criteria,
        shares=shares(criteria),
        form=form,
        before=before,
        after=after,
    )


@pages.route("/<int:review_id>/recuse", methods=["GET", "POST"])
@expert
def recuse(review_id: int) -> ResponseReturnValue:
    """Ask for the reason, then step back from the need."""
    review, form, now = _own(review_id), RecuseForm(), clock.now()
    if refused := reviews.not_recusable(review, today_at(now)):
        raise refused
    if form.validate_on_submit():
        try:
            with unit_of_work():
                reviews.recuse(review, form.reason.data, today=today_at(now), now=now)
        except Refused as error:
            form.refuse(error)
        else:
            flash(gettext("심사를 회피했습니다. 담당자가 다른 심사위원을 정합니다."), "success")
            return redirect(url_for(".index"), 303)
    return render_template("reviews/recuse.html", review=_own(review_id), form=form)


@pages.get("/<int:review_id>/files/<public_id>")
@expert
def file(review_id: int, public_id: str) -> ResponseReturnValue:
    """A file attached to a need that the person was given to score."""
    review = _own(review_id)
    found = (each.file for each in review.need.files if each.file.public_id == public_id)
    wanted = next(found, None) if _readable(review) else None
    return download(wanted) if wanted else abort(404)


def _own(review_id: int) -> Review:
    return reviews.sheet_of(current_user, review_id) or abort(404)


def _round(review: Review) -> Round:
    return review.need.round or abort(404)


def _readable(review: Review) -> bool:
    """Whether the need is shown: while it is under review, and not once its reviewer has stepped back."""
    return review.need.state in REVIEWED and review.state is not ReviewState.RECUSED


def _went_on(review_id: int, submitted: bool) -> ResponseReturnValue:
    """After submitting on to the next sheet that waits; after saving the same sheet again."""
    if not submitted:
        flash(gettext("저장해 두었습니다. 아직 보내지 않았습니다. ‘점수 보내기’를 눌러야 제출됩니다."), "success")
        return redirect(url_for(".sheet", review_id=review_id) + TOP, 303)
    review = _own(review_id)
    found = reviews.bundles_of(current_user, today_at(clock.now()))
    following = next(each for each in found if each.round is review.need.round).next_to_do(review)
    if following is None:
        flash(gettext("점수를 보냈습니다. 맡으신 과제의 심사를 모두 마쳤습니다. 고맙습니다."), "success")
        return redirect(url_for(".index") + TOP, 303)
    flash(gettext("점수를 보냈습니다. 다음 과제입니다."), "success")
    return redirect(url_for(".sheet", review_id=following.id) + TOP, 303)
