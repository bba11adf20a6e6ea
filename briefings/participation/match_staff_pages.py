"""The staff's pages of matches: who has confirmed, whose word came on paper, what was told since."""

from collections.abc import Sequence

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import db
from briefings.needs.finding import need_numbered
from briefings.needs.models import Need
from briefings.outbox.quiet import QuietHours
from briefings.participation import matching, progressing
from briefings.participation.desk import done
from briefings.participation.match_forms import HideForm, PaperForm
from briefings.participation.match_listing import SHELVES, Shelf, matches_on
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.match_watch import is_late
from briefings.participation.partner_pages import seen_in, seen_of
from briefings.web.access import staff

pages = Blueprint("staff_matches", __name__, url_prefix="/staff/matches")


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """Every match, those first that wait for somebody's word."""
    wanted = request.args.get("shelf", "")
    shelf, now = Shelf(wanted) if wanted in set(Shelf) else None, clock.now()
    page = db.paginate(matches_on(shelf, now), per_page=20)
    late = _late([joined for match in page.items for joined in match.partners])
    return render_template("participation/staff_matches.html", page=page, shelf=shelf, shelves=SHELVES, late=late)


@pages.get("/<int:need_id>")
@staff
def show(need_id: int) -> ResponseReturnValue:
    """One match: what was agreed, who has confirmed it, how it goes on."""
    need, match = _match(need_id)
    progress, late = progressing.progress_of(match), _late(match.partners)
    return render_template("participation/staff_match.html", need=need, match=match, progress=progress, late=late)


@pages.route("/<int:need_id>/organizations/<int:organization_id>/confirm", methods=["GET", "POST"])
@staff
def confirm_on_paper(need_id: int, organization_id: int) -> ResponseReturnValue:
    """Ask how the partner's word came, then let it count."""
    need, match = _match(need_id)
    joined = next((each for each in match.partners if each.organization_id == organization_id), None)
    if joined is None or joined.agrees:
        return redirect(url_for(".show", need_id=need_id))
    form = PaperForm(data={"seen": seen_of(joined)})

    def act() -> None:
        _, match = _match(need_id)  # anew: it may have come to an end meanwhile
        matching.confirm_on_paper(match, organization_id, form.reason.data, current_user, seen_in(form), clock.now())

    if done(form, act):
        flash("성사를 확인한 것으로 적고 두 기관에 알렸습니다.", "success")
        return redirect(url_for(".show", need_id=need_id), 303)
    need, match = _match(need_id)
    joined = match.of(organization_id) or abort(404)
    form.seen.data = seen_of(joined)
    return render_template("participation/staff_confirm.html", need=need, match=match, joined=joined, form=form)


@pages.route("/<int:need_id>/progress/<int:progress_id>/hide", methods=["GET", "POST"])
@staff
def hide(need_id: int, progress_id: int) -> ResponseReturnValue:
    """Ask why, then let the two sides alone read it."""
    need, match = _match(need_id)
    said = next((each for each in progressing.progress_of(match) if each.id == progress_id), None) or abort(404)
    form = HideForm()
    if done(form, lambda: progressing.hide(need, progress_id, form.reason.data, current_user, clock.now())):
        flash("이제 두 기관만 이 소식을 읽습니다.", "success")
        return redirect(url_for(".show", need_id=need_id), 303)
    return render_template("participation/staff_hide_progress.html", need=need, said=said, form=form)


def _match(need_id: int) -> tuple[Need, Match]:
    need = need_numbered(need_id) or abort(404)
    return need, matching.match_of(need) or abort(404)


def _late(partners: Sequence[MatchOrganization]) -> set[tuple[int, int]]:
    now, zone = clock.now(), QuietHours.of(current_app.config).zone
    return {(each.match_id, each.organization_id) for each in partners if is_late(each, now, zone)}
