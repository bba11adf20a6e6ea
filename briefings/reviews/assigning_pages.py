"""The staff's pages of who reviews what; they belong to the blueprint of the review."""

from collections.abc import Callable
from datetime import datetime

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs.history import steps_of
from briefings.needs.models import Need, Round
from briefings.needs.review_models import REVIEWED, Review, ReviewState, Selection
from briefings.outbox.preview import Preview, dry_run
from briefings.reviews import asking_reviewers, assigning, criteria
from briefings.reviews.forms import AddNeedForm, AddReviewerForm, AssignForm, SetAsideForm
from briefings.reviews.pages import pages, today_at
from briefings.reviews.ranking import ranking_of
from briefings.reviews.selecting import told_before
from briefings.reviews.words import REACHED
from briefings.rounds.pages import is_quiet, the_round
from briefings.web.access import staff
from briefings.web.forms import Form

USUAL = 3
"""So many reviewers look at each need unless staff say otherwise."""


@pages.route("/assign", methods=["GET", "POST"])
@staff
def assign(round_id: int) -> ResponseReturnValue:
    """Choose reviewers and how many see each need; look at the even distribution; then give the needs out."""
    round, experts, found = the_round(round_id), assigning.experts(), None
    form = AssignForm(per_need=USUAL, reviewers=list(assigning.reviewers_of(round_id)))
    form.offer(experts)
    if form.validate_on_submit():
        chosen, per_need = form.reviewers.data, form.per_need.data
        try:
            if request.form.get("do") == "give":
                with unit_of_work():
                    agreed, now = form.agreed.data or "", clock.now()
                    found = assigning.assign_evenly(round, chosen, per_need, agreed=agreed, by=current_user, now=now)
                flash(
                    f"과제 {len(found.pairs):,}건을 맡겼습니다. 이제 심사위원에게 부탁하는 전자우편을 보내 주세요.",
                    "success",
                )
                return redirect(url_for(".index", round_id=round_id), 303)
        except Refused as error:
            form.refuse(error)
        found = assigning.even_distribution(round_id, chosen, per_need)
        form.agreed.data = found.version
    else:
        form.agreed.data = ""
    return render_template("reviews/assign.html", round=the_round(round_id), form=form, experts=experts, found=found)


@pages.route("/ask", methods=["GET", "POST"])
@staff
def ask(round_id: int) -> ResponseReturnValue:
    """Show the mails that tell reviewers what waits for them, then send them."""
    return _send(round_id, asking_reviewers.ask, "ask")


@pages.route("/remind", methods=["GET", "POST"])
@staff
def remind(round_id: int) -> ResponseReturnValue:
    """Show the mails to those whose scores are missing, then send them."""
    return _send(round_id, asking_reviewers.remind, "remind")


def _send(round_id: int, act: Callable[..., int], what: str) -> ResponseReturnValue:
    round, form, now = the_round(round_id), Form(), clock.now()
    if form.validate_on_submit():
        with unit_of_work():
            number = act(round, current_user, today_at(now), now)
        done = f"심사위원 {number:,}명에게 보냈습니다." if number else "방금 보냈습니다. 조금 뒤에 다시 보내 주세요."
        flash(done, "success" if number else "info")
        return redirect(url_for(".index", round_id=round_id), 303)
    preview, reason = _thought(round, act, now)
    return render_template(
        "reviews/send.html",
        round=the_round(round_id),
        form=form,
        what=what,
        preview=preview,
        sentences=preview.sentences(REACHED) if preview else [],
        reason=reason,
        quiet=is_quiet(now),
    )


def _thought(round: Round, act: Callable[..., int], now: datetime) -> tuple[Preview | None, str]:
    """What would be sent, or why nothing can be."""
    try:
        with dry_run(current_app, now) as preview:
            act(round, current_user, today_at(now), now)
    except Refused as error:
        return None, str(error)
    return preview, ""


@pages.route("/needs/<int:need_id>", methods=["GET", "POST"])
@staff
def need(round_id: int, need_id: int) -> ResponseReturnValue:
    """One need with its sheets by reviewer and criterion; one more reviewer by hand."""
    round, shown = the_round(round_id), the_need(round_id, need_id)
    form = AddReviewerForm()
    form.offer(assigning.eligible_for(shown))
    if form.validate_on_submit():
        try:
            with unit_of_work():
                assigning.assign(shown, form.reviewer.data, current_user, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("심사위원을 더했습니다. 부탁하는 전자우편은 심사 화면에서 한꺼번에 보냅니다.", "success")
            return redirect(url_for(".need", round_id=round_id, need_id=need_id), 303)
    shown, ranking = the_need(round_id, need_id), ranking_of(round_id)
    numbers = [row.need_id for row in ranking.rows]
    place = numbers.index(need_id) if need_id in numbers else None
    return render_template(
        "reviews/need.html",
        round=round,
        need=shown,
        form=form,
        ranking=ranking,
        row=ranking.row(need_id),
        shares=criteria.shares(ranking.criteria),
        sheets=_sheets(need_id),
        states=ReviewState,
        selection=db.session.get(Selection, need_id),
        told=need_id in told_before([need_id]),
        open=shown.state in REVIEWED,
        steps=steps_of(shown, for_staff=True),
        before=numbers[place - 1] if place else None,
        after=numbers[place + 1] if place is not None and place + 1 < len(numbers) else None,
    )


@pages.route("/reviewers/<int:user_id>", methods=["GET", "POST"])
@staff
def reviewer(round_id: int, user_id: int) -> ResponseReturnValue:
    """One reviewer with all their needs and how they scored beside others; one more need by hand."""
    ranking = ranking_of(round_id)
    found = next((each for each in ranking.reviewers if each.user.id == user_id), None) or abort(404)
    form = AddNeedForm()
    form.offer(assigning.needs_for(round_id, found.user) if found.able else [])
    if form.validate_on_submit():
        try:
            with unit_of_work():
                assigning.assign(the_need(round_id, form.need.data), user_id, current_user, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("과제를 더 맡겼습니다. 부탁하는 전자우편은 심사 화면에서 한꺼번에 보냅니다.", "success")
            return redirect(url_for(".reviewer", round_id=round_id, user_id=user_id), 303)
    rows = [(row, sheet) for row in ranking.rows for sheet in row.sheets if sheet.reviewer_id == user_id]
    return render_template(
        "reviews/reviewer.html",
        round=the_round(round_id),
        reviewer=found,
        rows=rows,
        form=form,
        states=ReviewState,
    )


@pages.route("/sheets/<int:review_id>/take-back", methods=["GET", "POST"])
@staff
def take_back(round_id: int, review_id: int) -> ResponseReturnValue:
    """Ask, then take one need away from one reviewer."""
    round, review, form = the_round(round_id), _sheet(round_id, review_id), Form()
    if form.validate_on_submit():
        need_id = review.need_id
        with unit_of_work():
            assigning.take_back(review, current_user, clock.now())
        flash("배정을 거두었습니다.", "success")
        return redirect(url_for(".need", round_id=round_id, need_id=need_id), 303)
    if review.state is not ReviewState.ASSIGNED:
        raise Refused("이미 점수를 보냈거나 회피한 배정은 거두어들일 수 없습니다.")
    return render_template("reviews/take_back.html", round=round, review=review, form=form)


@pages.route("/sheets/<int:review_id>/set-aside", methods=["GET", "POST"])
@staff
def set_aside(round_id: int, review_id: int) -> ResponseReturnValue:
    """Ask for the reason, then leave a submitted sheet out."""
    round, review, form = the_round(round_id), _sheet(round_id, review_id), SetAsideForm()
    if refused := assigning.not_to_be_set_aside(review):
        raise refused
    if form.validate_on_submit():
        need_id = review.need_id
        try:
            with unit_of_work():
                assigning.set_aside(review, form.reason.data, current_user, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("점수를 뺐습니다.", "success")
            return redirect(url_for(".need", round_id=round_id, need_id=need_id), 303)
    return render_template("reviews/set_aside.html", round=round, review=review, form=form)


@pages.post("/sheets/<int:review_id>/undo-recusal")
@staff
def undo_recusal(round_id: int, review_id: int) -> ResponseReturnValue:
    """Let somebody who stepped back or was left out by mistake score after all."""
    review = _sheet(round_id, review_id)
    with unit_of_work():
        assigning.undo_recusal(review, current_user, clock.now())
    flash("되돌렸습니다. 심사위원이 다시 점수를 줄 수 있습니다.", "success")
    return redirect(url_for(".need", round_id=round_id, need_id=review.need_id), 303)


def the_need(round_id: int, need_id: int) -> Need:
    """A need of this round; 404 for any other."""
    found = select(Need).where(Need.id == need_id, Need.round_id == round_id)
    return db.session.scalar(found.options(joinedload(Need.organization))) or abort(404)


def _sheets(need_id: int) -> list[Review]:
    found = select(Review).where(Review.need_id == need_id).order_by(Review.id)
    return list(db.session.scalars(found.options(joinedload(Review.reviewer), selectinload(Review.scores))))


def _sheet(round_id: int, review_id: int) -> Review:
    found = select(Review).join(Need, Need.id == Review.need_id)
    found = found.where(Review.id == review_id, Need.round_id == round_id)
    return db.session.scalar(found.options(joinedload(Review.need), joinedload(Review.reviewer))) or abort(404)
