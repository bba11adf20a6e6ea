"""The owner's pages of joint work: who is in it and what each brings."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from briefings import clock
from briefings.participation import matching
from briefings.participation.desk import done, own_reply
from briefings.participation.match_forms import MatchForm, match_form
from briefings.participation.models import Match, ParticipationReply
from briefings.web.access import member
from briefings.web.filters import local

pages = Blueprint("owner_matches", __name__, url_prefix="/my/replies")


@pages.route("/<public_id>/match", methods=["GET", "POST"])
@member
def match(public_id: str) -> ResponseReturnValue:
    """Record that joint work was agreed, with every organization in it."""
    made = own_reply(public_id)
    candidates = matching.partners_possible(made.need)
    known = matching.match_of(made.need)
    today = local(clock.now()).date()
    form = match_form(candidates, data={"matched_on": today} | _known(known, candidates, made))
    if done(form, lambda: _record(form, made, candidates)):
        flash(gettext("성사를 기록하고 함께하기로 한 기관에 알렸습니다."), "success")
        return redirect(url_for("owner_replies.show", public_id=public_id), 303)
    return render_template("participation/match.html", form=form, reply=made, candidates=candidates)


def _record(form: MatchForm, made: ParticipationReply, candidates: list[ParticipationReply]) -> None:
    now = clock.now()
    chosen = [reply for reply in candidates if str(reply.id) in form.partners.data]
    contributions = {reply.organization_id: form.contribution(reply).data for reply in chosen}
    contributions[made.need.organization_id] = form.own_contribution.data
    matching.record_match(
        made.need,
        chosen,
        contributions,
        form.matched_on.data,
        form.summary.data,
        current_user,
        local(now).date(),
        now,
    )


def _known(known: Match | None, candidates: list[ParticipationReply], made: ParticipationReply) -> dict[str, object]:
    if known is None:
        return {"partners": [str(made.id)]}
    brings = {joined.organization_id: joined.contribution for joined in known.organizations}
    return {
        "partners": [str(reply.id) for reply in candidates if reply.organization_id in brings or reply is made],
        "matched_on": known.matched_on,
        "summary": known.summary,
        "own_contribution": brings.get(made.need.organization_id, ""),
        **{f"contribution_{organization}": text for organization, text in brings.items()},
    }
