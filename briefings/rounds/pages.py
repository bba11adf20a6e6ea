"""The staff's pages of rounds: all of them, one with its progress, its words and dates."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.needs import rounds
from briefings.needs.models import NeedState, Round, RoundPhase
from briefings.needs.words import ROUND_TONES
from briefings.organizations.models import OrganizationKind
from briefings.outbox.preview import Preview, dry_run
from briefings.outbox.quiet import QuietHours
from briefings.rounds import asking, calling
from briefings.rounds.forms import DatesForm, RoundForm
from briefings.rounds.progress import Answer, Standing, by_kind, earlier_rounds, figures_of, standings, sums
from briefings.rounds.words import ANSWER_TONES, REVIEW_ACTS, ROUND_ACTS
from briefings.web.access import staff
from briefings.web.forms import Form

pages = Blueprint("staff_rounds", __name__, url_prefix="/staff/rounds")
pages.context_processor(lambda: {"round_tones": ROUND_TONES, "answer_tones": ANSWER_TONES})

PER_PAGE = 50


class Listed(Pagination):
    """A page of rows that are in memory already."""

    def _query_items(self) -> list[Any]:
        rows: list[Any] = self._query_args["rows"]
        return rows[self._query_offset : self._query_offset + self.per_page]

    def _query_count(self) -> int:
        return len(self._query_args["rows"])


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """All rounds with where they stand and what they brought."""
    found = rounds.all_rounds()
    return render_template("rounds/index.html", rounds=found, figures=figures_of(found), now=clock.now())


@pages.route("/new", methods=["GET", "POST"])
@staff
def new() -> ResponseReturnValue:
    """Prepare a round; nobody else sees it before it is announced."""
    form = RoundForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                made = calling.make(form.plan(), current_user, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("수요조사를 만들었습니다. 부탁할 기관을 넣고 예고해 주세요.", "success")
            return redirect(url_for(".show", round_id=made.id), 303)
    return render_template("rounds/edit.html", form=form, round=None)


@pages.get("/<int:round_id>")
@staff
def show(round_id: int) -> ResponseReturnValue:
    """How the round is going: by answer, by kind, beside earlier rounds, and each organization."""
    round, now = the_round(round_id), clock.now()
    rows, earlier = standings(round), earlier_rounds(round)
    answer, kind = _chosen(Answer, "answer"), _chosen(OrganizationKind, "kind")
    wanted = [row for row in rows if _fits(row, answer, kind)]
    return render_template(
        "rounds/show.html",
        round=round,
        phase=round.phase(now),
        now=now,
        sums=sums(rows),
        by_kind=by_kind(rows),
        figures=figures_of([round, *earlier], round, now),
        earlier=earlier,
        page=Listed(page=request.args.get("page", 1, int), per_page=PER_PAGE, error_out=False, rows=wanted),
        answer=answer,
        kind=kind,
        answers=Answer,
        kinds=OrganizationKind,
        states=NeedState,
        unasked=asking.number_unasked(round),
        silent=asking.number_silent(round),
        course=calling.course_of(round),
        acts=ROUND_ACTS | REVIEW_ACTS,
    )


@pages.route("/<int:round_id>/edit", methods=["GET", "POST"])
@staff
def edit(round_id: int) -> ResponseReturnValue:
    """Change what the round says; also when it runs while it is not announced."""
    round = the_round(round_id)
    form = RoundForm(round)
    if not form.is_submitted():
        form.look_again(round)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                changed = calling.edit(round, form.plan(), form.version_seen(), current_user, clock.now())
        except Refused as error:
            form.refuse(error)
            form.look_again(the_round(round_id))
        else:
            flash(*(("고친 내용을 저장했습니다.", "success") if changed else ("바뀐 내용이 없습니다.", "info")))
            return redirect(url_for(".show", round_id=round_id), 303)
    return render_template("rounds/edit.html", form=form, round=the_round(round_id))


@pages.route("/<int:round_id>/announce", methods=["GET", "POST"])
@staff
def announce(round_id: int) -> ResponseReturnValue:
    """Say what announcing does, then show the round to everyone."""
    round, form = the_round(round_id), Form()
    if form.validate_on_submit():
        with unit_of_work():
            calling.announce(round, current_user, clock.now())
        flash("수요조사를 예고했습니다. 이제 누구나 안내를 볼 수 있습니다.", "success")
        return redirect(url_for(".show", round_id=round_id), 303)
    if round.announced_at:
        return redirect(url_for(".show", round_id=round_id))
    return render_template("rounds/announce.html", round=round, form=form, now=clock.now())


@pages.route("/<int:round_id>/dates", methods=["GET", "POST"])
@staff
def dates(round_id: int) -> ResponseReturnValue:
    """Ask for other dates and whom to tell, show the mails, then extend or shorten the round."""
    round, now = the_round(round_id), clock.now()
    if round.announced_at is None:
        return redirect(url_for(".edit", round_id=round_id))
    form, preview = DatesForm(round), None
    if not form.is_submitted():
        form.look_again(round)
    if form.validate_on_submit():
        try:
            if form.agreed.data == form.said():
                with unit_of_work():
                    _move(round, form, now)
                flash("접수 기간을 바꿨습니다.", "success")
                return redirect(url_for(".show", round_id=round_id), 303)
            with dry_run(current_app, now) as preview:
                _move(round, form, now)
            form.agreed.data = form.said()
        except Refused as error:
            preview = None
            form.refuse(error)
            form.look_again(the_round(round_id))
    return _dates_page(round_id, form, preview, now)


@pages.route("/<int:round_id>/discard", methods=["GET", "POST"])
@staff
def discard(round_id: int) -> ResponseReturnValue:
    """Ask, then delete a round that nobody has seen."""
    round, form = the_round(round_id), Form()
    if form.validate_on_submit():
        with unit_of_work():
            calling.discard(round, current_user, clock.now())
        flash("수요조사를 지웠습니다.", "success")
        return redirect(url_for(".index"), 303)
    return render_template("rounds/discard.html", round=round, form=form)


def the_round(round_id: int) -> Round:
    """The round of that number; 404 where there is none."""
    return rounds.round_numbered(round_id) or abort(404)


def is_quiet(now: datetime) -> bool:
    """Whether people would rather not be written to now."""
    return QuietHours.of(current_app.config).cover(now)


def _move(round: Round, form: DatesForm, now: datetime) -> None:
    opens_at, closes_at = form.dates()
    seen, tell = form.version_seen(), bool(form.tell.data)
    if not calling.move(round, opens_at, closes_at, tell=tell, seen=seen, by=current_user, now=now):
        raise Refused("바뀐 일시가 없습니다. 새 일시를 넣어 주세요.", field="closes_at")


def _dates_page(round_id: int, form: DatesForm, preview: Preview | None, now: datetime) -> str:
    round = the_round(round_id)
    return render_template(
        "rounds/dates.html",
        round=round,
        form=form,
        preview=preview,
        opened=round.opens_at <= now,
        over=round.phase(now) is RoundPhase.CLOSED,
        silent=asking.number_silent(round),
        quiet=is_quiet(now),
    )


def _chosen(kind: Any, name: str) -> Any:
    return next((member for member in kind if member.value == request.args.get(name)), None)


def _fits(row: Standing, answer: Answer | None, kind: OrganizationKind | None) -> bool:
    return (answer is None or row.answer is answer) and (kind is None or row.organization.kind is kind)
