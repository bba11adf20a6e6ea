"""The owner's desk: replies to one's needs, consultations, matches."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.organizations.finding import organization_of
from briefings.organizations.models import Organization
from briefings.participation import answering
from briefings.participation.forms import ConsultationForm, DeclineForm, MatchForm, match_form
from briefings.participation.models import Match, ParticipationReply, ReplyState
from briefings.participation.words import REPLY_TONES
from briefings.web.access import member
from briefings.web.filters import local
from briefings.web.forms import Form

pages = Blueprint("owner_replies", __name__, url_prefix="/my/replies")
pages.context_processor(lambda: {"reply_tones": REPLY_TONES})


@pages.get("")
@member
def index() -> ResponseReturnValue:
    """Every reply to the organization's needs, those that wait first."""
    replies = answering.replies_to(_organization())
    waiting = sum(made.state is ReplyState.SENT for made in replies)
    return render_template("participation/owner_index.html", replies=replies, waiting=waiting, now=clock.now())


@pages.get("/<public_id>")
@member
def show(public_id: str) -> ResponseReturnValue:
    """One reply: offer first, then who, then what can be done with it."""
    return _show(_reply(public_id), ConsultationForm(held_on=local(clock.now()).date()))


@pages.post("/<public_id>/acknowledge")
@member
def acknowledge(public_id: str) -> ResponseReturnValue:
    """Say that it was read."""
    with unit_of_work():
        answering.acknowledge(_reply(public_id), clock.now())
    flash(gettext("확인했다고 답글을 보낸 기관에 알렸습니다."), "success")
    return redirect(url_for("owner_replies.show", public_id=public_id), 303)


@pages.route("/<public_id>/decline", methods=["GET", "POST"])
@member
def decline(public_id: str) -> ResponseReturnValue:
    """Say no, with a reason."""
    made = _reply(public_id)
    form = DeclineForm()
    if _done(form, lambda: answering.decline(made, form.reason.data, clock.now())):
        flash(gettext("함께하기 어렵다고 답글을 보낸 기관에 알렸습니다."), "success")
        return redirect(url_for("owner_replies.show", public_id=public_id), 303)
    return render_template("participation/decline.html", form=form, reply=made)


@pages.post("/<public_id>/consultations")
@member
def note_consultation(public_id: str) -> ResponseReturnValue:
    """Keep what was talked about; the page shows the form again where something is wrong."""
    made = _reply(public_id)
    form = ConsultationForm()
    now = clock.now()
    today = local(now).date()

    def note() -> None:
        answering.note_consultation(
            made, form.held_on.data, form.notes.data, form.next_step.data, current_user, today, now
        )

    if _done(form, note):
        flash(gettext("협의 내용을 적었습니다."), "success")
        return redirect(url_for("owner_replies.show", public_id=public_id), 303)
    return _show(made, form)


@pages.route("/<public_id>/match", methods=["GET", "POST"])
@member
def match(public_id: str) -> ResponseReturnValue:
    """Record that joint work was agreed, with every organization in it."""
    made = _reply(public_id)
    candidates = answering.partners_possible(made.need)
    known = answering.match_of(made.need)
    today = local(clock.now()).date()
    form = match_form(candidates, data={"matched_on": today} | _known(known, candidates, made))
    if _done(form, lambda: _record(form, made, candidates)):
        flash(gettext("성사를 기록하고 함께하기로 한 기관에 알렸습니다."), "success")
        return redirect(url_for("owner_replies.show", public_id=public_id), 303)
    return render_template("participation/match.html", form=form, reply=made, candidates=candidates)


def _record(form: MatchForm, made: ParticipationReply, candidates: list[ParticipationReply]) -> None:
    now = clock.now()
    chosen = [reply for reply in candidates if str(reply.id) in form.partners.data]
    contributions = {reply.organization_id: form.contribution(reply).data for reply in chosen}
    contributions[made.need.organization_id] = form.own_contribution.data
    answering.record_match(
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


def _show(made: ParticipationReply, consultation: ConsultationForm) -> ResponseReturnValue:
    return render_template(
        "participation/owner_reply.html",
        reply=made,
        match=answering.match_of(made.need),
        now=clock.now(),
        consultation=consultation,
        failed=bool(consultation.errors),
    )


def _done(form: Form, act: Callable[[], object]) -> bool:
    """Whether the form was posted, was sound, and the use case agreed; otherwise the form says why."""
    if not form.validate_on_submit():
        return False
    try:
        with unit_of_work():
            act()
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


def _organization() -> Organization:
    return organization_of(current_user) or abort(404)


def _reply(public_id: str) -> ParticipationReply:
    return answering.reply_to(_organization(), public_id) or abort(404)
