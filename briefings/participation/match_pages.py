"""The owner's pages of joint work: who is in it and what each brings, how it goes on, and talks that end without it."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.needs.finding import need_of
from briefings.needs.models import Need
from briefings.participation import ending, matching, progressing
from briefings.participation.desk import done, own_organization, own_reply
from briefings.participation.match_forms import EndByOwnerForm, MatchForm, ProgressForm, match_form
from briefings.participation.match_models import Match
from briefings.participation.matching import Terms
from briefings.participation.models import EndReason, ParticipationReply
from briefings.web.access import member
from briefings.web.filters import local

pages = Blueprint("owner_matches", __name__, url_prefix="/my")


@pages.route("/replies/<public_id>/match", methods=["GET", "POST"])
@member
def match(public_id: str) -> ResponseReturnValue:
    """Write down what was agreed, with every organization in it, and ask them to confirm it."""
    made = own_reply(public_id)
    candidates = matching.partners_possible(made.need)
    known = matching.match_of(made.need)
    today = local(clock.now()).date()
    form = match_form(candidates, data={"matched_on": today} | _known(known, candidates, made))
    if done(form, lambda: _record(form, made, candidates)):
        flash(gettext("성사를 기록하고, 함께하기로 한 기관에 확인해 달라고 알렸습니다."), "success")
        return redirect(url_for(".show", need_id=made.need_id), 303)
    return render_template("participation/match.html", form=form, reply=made, candidates=candidates, match=known)


@pages.get("/matches/<int:need_id>")
@member
def show(need_id: int) -> ResponseReturnValue:
    """What was agreed on a need, who has confirmed it, and how it goes on."""
    return _show(_need(need_id), ProgressForm(happened_on=local(clock.now()).date()))


@pages.post("/matches/<int:need_id>/progress")
@member
def tell(need_id: int) -> ResponseReturnValue:
    """Keep how it goes on; the page shows the form again where something is wrong."""
    need, form, now = _need(need_id), ProgressForm(), clock.now()
    today = local(now).date()

    def add() -> None:
        said = (form.happened_on.data, form.text.data, form.public.data)
        progressing.add_progress(need, need.organization_id, *said, current_user.name, today, now)

    if done(form, add):
        flash(gettext("진행 소식을 적었습니다."), "success")
        return redirect(url_for(".show", need_id=need_id) + "#progress", 303)
    return _show(_need(need_id), form)


@pages.post("/matches/<int:need_id>/progress/<int:progress_id>/remove")
@member
def take_away(need_id: int, progress_id: int) -> ResponseReturnValue:
    """Take back what the own organization said."""
    need = _need(need_id)
    with unit_of_work():
        progressing.take_away(need, need.organization_id, progress_id)
    flash(gettext("진행 소식을 지웠습니다."), "success")
    return redirect(url_for(".show", need_id=need_id) + "#progress", 303)


@pages.route("/replies/<public_id>/end", methods=["GET", "POST"])
@member
def end(public_id: str) -> ResponseReturnValue:
    """Ask why, and what becomes of the need; then end the talks."""
    made, form = own_reply(public_id), EndByOwnerForm()

    def act() -> None:
        reason, stays_open = EndReason(form.reason.data), form.stays_open.data == "yes"
        ending.end_by_owner(made, reason, form.said.data or "", stays_open, current_user, clock.now())

    if done(form, act):
        flash(gettext("협의를 끝내고 답글을 보낸 기관에 알렸습니다."), "success")
        return redirect(url_for("owner_replies.show", public_id=public_id), 303)
    return render_template("participation/end.html", form=form, reply=made, others=ending.others_talking(made))


def _show(need: Need, form: ProgressForm) -> ResponseReturnValue:
    found = matching.match_of(need)
    if found is None:
        abort(404)
    return render_template(
        "participation/owner_match.html",
        need=need,
        match=found,
        reply=next(iter(matching.partners_possible(need)), None),
        progress=progressing.progress_of(found),
        form=form,
    )


def _record(form: MatchForm, made: ParticipationReply, candidates: list[ParticipationReply]) -> None:
    now = clock.now()
    chosen = [reply for reply in candidates if str(reply.id) in form.partners.data]
    contributions = {reply.organization_id: form.contribution(reply).data for reply in chosen}
    contributions[made.need.organization_id] = form.own_contribution.data
    terms = Terms(contributions, form.matched_on.data, form.summary.data, form.starts_on.data)
    matching.record_match(made.need, chosen, terms, current_user, local(now).date(), now)


def _known(known: Match | None, candidates: list[ParticipationReply], made: ParticipationReply) -> dict[str, object]:
    if known is None:
        return {"partners": [str(made.id)]}
    brings = {joined.organization_id: joined.contribution for joined in known.organizations}
    return {
        "partners": [str(reply.id) for reply in candidates if reply.organization_id in brings or reply is made],
        "matched_on": known.matched_on,
        "starts_on": known.starts_on,
        "summary": known.summary,
        "own_contribution": brings.get(made.need.organization_id, ""),
        **{f"contribution_{organization}": text for organization, text in brings.items()},
    }


def _need(need_id: int) -> Need:
    return need_of(own_organization(), need_id) or abort(404)
