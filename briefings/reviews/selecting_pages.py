"""The staff's pages of the ranked list, the decisions, telling them, and their record; of the review's blueprint."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.needs.models import Need
from briefings.needs.review_models import Outcome
from briefings.outbox.preview import dry_run
from briefings.reviews import criteria, selecting
from briefings.reviews import record as review_record
from briefings.reviews.assigning_pages import the_need
from briefings.reviews.forms import AgreedForm, DecideForm, PickForm, RecordFilters
from briefings.reviews.pages import pages
from briefings.reviews.ranking import ORDERS, Ranked, Ranking, ranking_of
from briefings.reviews.words import OUTCOMES, REACHED
from briefings.rounds.pages import Listed, is_quiet, the_round
from briefings.web.access import staff
from briefings.web.routing import row_number

PER_PAGE = 50
NARROWINGS = {
    "": "전체",
    "undecided": "정하지 않은 과제",
    "disputed": "의견이 갈린 과제",
    "missing": "점수가 덜 모인 과제",
    **{outcome.value: word for outcome, word in OUTCOMES.items()},
}


@pages.get("/ranking")
@staff
def ranked(round_id: int) -> ResponseReturnValue:
    """The needs by their scores, with how far these lie apart and what is missing."""
    round, ranking = the_round(round_id), ranking_of(round_id)
    sort, only = request.args.get("sort", "rank"), request.args.get("only", "")
    sort, only = sort if sort in ORDERS else "rank", only if only in NARROWINGS else ""
    rows = shown_in(ranking, sort, only)
    page = Listed(page=request.args.get("page", 1, int), per_page=PER_PAGE, error_out=False, rows=rows)
    picking = PickForm(None)
    picking.offer(page.items)
    return render_template(
        "reviews/ranking.html",
        round=round,
        ranking=ranking,
        shares=criteria.shares(ranking.criteria),
        page=page,
        rows=list(zip(page.items, picking.need, strict=True)),
        sort=sort,
        only=only,
        narrowings={name: (words, _number(ranking, name)) for name, words in NARROWINGS.items()},
        undecided=_number(ranking, "undecided"),
        drafts=len(selecting.drafts(round_id)),
    )


def shown_in(ranking: Ranking, sort: str, only: str) -> list[Ranked]:
    """The rows of the list, as it is sorted (one of ORDERS) and narrowed (one of NARROWINGS)."""
    return sorted((row for row in ranking.rows if _stands(row, only)), key=ORDERS[sort])


def _number(ranking: Ranking, name: str) -> int:
    return sum(_stands(row, name) for row in ranking.rows)


def _stands(row: Ranked, only: str) -> bool:
    if only in list(Outcome):
        return row.decision is not None and row.decision.outcome == only
    return {
        "undecided": row.decision is None,
        "disputed": bool(row.disputed),
        "missing": row.missing > 0 or not row.scores,
    }.get(only, True)


@pages.route("/decide", methods=["GET", "POST"])
@staff
def decide(round_id: int) -> ResponseReturnValue:
    """Decide about the needs named in the address, or about all the rest, with the reason."""
    round, needs, rest = the_round(round_id), _chosen(round_id), "rest" in request.args
    form = DecideForm(outcome=Outcome.NOT_SELECTED if rest else None)
    if not form.is_submitted():
        form.seen.data = selecting.version_of(needs)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                entry = (form.outcome.data, form.reason.data)
                seen, now = form.seen.data or "", clock.now()
                number = selecting.decide(round, needs, *entry, seen=seen, by=current_user, now=now)
        except Refused as error:
            form.refuse(error)
            form.seen.data = selecting.version_of(needs)
        else:
            flash(f"{number:,}건의 결정을 저장했습니다. ‘결과 알리기’를 누를 때까지 직원만 봅니다.", "success")
            return redirect(url_for(".ranked", round_id=round_id), 303)
    ranking = ranking_of(round_id)
    return render_template(
        "reviews/decide.html",
        round=the_round(round_id),
        form=form,
        rows=[(need, ranking.row(need.id)) for need in _chosen(round_id)],
        told=selecting.told_before([need.id for need in needs]),
        rest=rest,
    )


def _chosen(round_id: int) -> list[Need]:
    if "rest" in request.args:
        return selecting.undecided(round_id)
    numbers = {number for number in request.args.getlist("need", type=row_number) if number}
    return selecting.candidates(round_id, numbers)


@pages.post("/needs/<int:need_id>/undecide")
@staff
def undecide(round_id: int, need_id: int) -> ResponseReturnValue:
    """Take a decision nobody was told of back to none."""
    round, need = the_round(round_id), the_need(round_id, need_id)
    with unit_of_work():
        selecting.undecide(round, need, current_user, clock.now())
    flash("결정을 없던 일로 했습니다.", "success")
    return redirect(url_for(".need", round_id=round_id, need_id=need_id), 303)


@pages.route("/tell", methods=["GET", "POST"])
@staff
def tell(round_id: int) -> ResponseReturnValue:
    """Show whom the decisions reach and how they will read them, then tell."""
    round, form, now = the_round(round_id), AgreedForm(), clock.now()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                numbers = selecting.tell(round, agreed=form.agreed.data or "", by=current_user, now=now)
        except Refused as error:
            form.refuse(error)
        else:
            said = ", ".join(f"{OUTCOMES[outcome]} {number:,}건" for outcome, number in numbers.items() if number)
            flash(f"결과를 알렸습니다: {said}", "success")
            return redirect(url_for(".index", round_id=round_id), 303)
    found = selecting.drafts(round_id)
    form.agreed.data = agreed = selecting.agreed_version(found)
    preview, reason = None, ""
    try:
        with dry_run(current_app, now) as preview:
            selecting.tell(round, agreed=agreed, by=current_user, now=now)
    except Refused as error:
        preview, reason = None, str(error)
    return render_template(
        "reviews/tell.html",
        round=the_round(round_id),
        form=form,
        drafts=selecting.drafts(round_id),
        undecided=len(selecting.undecided(round_id)),
        preview=preview,
        sentences=preview.sentences(REACHED) if preview else [],
        reason=reason,
        quiet=is_quiet(now),
    )


@pages.get("/record")
@staff
def record(round_id: int) -> ResponseReturnValue:
    """Who decided what, when and why."""
    round = the_round(round_id)
    filters = RecordFilters(request.args, review_record.people_in(round))
    chapter, who = filters.chosen()
    need_id = request.args.get("need", None, row_number)
    page = review_record.entries(round, chapter, who, need_id, request.args.get("page", 1, int))
    return render_template(
        "reviews/record.html",
        round=round,
        filters=filters,
        page=page,
        lines=review_record.in_words(page.items),
        need=the_need(round_id, need_id) if need_id else None,
        narrowed=bool(chapter or who or need_id),
    )
