"""A partner's pages of joint work, by personal link: confirm it, object to it, tell how it goes on, end the talks."""

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.participation import ending, matching, progressing
from briefings.participation.desk import done
from briefings.participation.links import Replier, replier_behind, token_of
from briefings.participation.match_forms import EndForm, ObjectForm, ProgressForm, SeenForm
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import EndReason
from briefings.web.access import by_token
from briefings.web.filters import local
from briefings.web.security import limiter

OFTEN = "30/minute;200/hour"
pages = Blueprint("matches", __name__, url_prefix="/matches")


@pages.get("/<token>")
@by_token
def show(token: str) -> ResponseReturnValue:
    """What the owner recorded, what one can say to it, and how it goes on."""
    return _show(token, SeenForm(), ProgressForm(happened_on=local(clock.now()).date()))


@pages.post("/<token>/confirm")
@by_token
@limiter.limit(OFTEN)
def confirm(token: str) -> ResponseReturnValue:
    """It is as it was recorded."""
    _joined(_who(token))
    form = SeenForm()

    def act() -> None:
        who, match = _still_in(token)
        matching.confirm(match, who.reply.organization_id, who.name, seen_in(form), clock.now())

    if done(form, act):
        flash(gettext("성사를 확인했습니다. 수요기관에 알렸습니다. 함께해 주셔서 고맙습니다."), "success")
        return redirect(url_for(".show", token=token), 303)
    return _show(token, form, ProgressForm(formdata=None, happened_on=local(clock.now()).date()))


@pages.route("/<token>/object", methods=["GET", "POST"])
@by_token
@limiter.limit(OFTEN, methods=["POST"])
def object_to(token: str) -> ResponseReturnValue:
    """Say what is otherwise."""
    _, joined = _joined(_who(token))
    if joined.objected_at:
        return redirect(url_for(".show", token=token))
    form = ObjectForm(data={"seen": seen_of(joined)})

    def act() -> None:
        who, match = _still_in(token)
        matching.object_to(match, who.reply.organization_id, form.said.data, seen_in(form), clock.now())

    if done(form, act):
        flash(gettext("수요기관에 알렸습니다. 고치면 다시 확인을 부탁드립니다."), "success")
        return redirect(url_for(".show", token=token), 303)
    who = _who(token)
    form.seen.data = seen_of(_joined(who)[1])
    return render_template("participation/object.html", form=form, reply=who.reply, token=token)


@pages.post("/<token>/progress")
@by_token
@limiter.limit(OFTEN)
def tell(token: str) -> ResponseReturnValue:
    """Keep how it goes on; the page shows the form again where something is wrong."""
    who, form, now = _who(token), ProgressForm(), clock.now()
    made, today = who.reply, local(now).date()

    def add() -> None:
        said = (form.happened_on.data, form.text.data, form.public.data)
        progressing.add_progress(made.need, made.organization_id, *said, who.name, today, now)

    if done(form, add):
        flash(gettext("진행 소식을 적었습니다."), "success")
        return redirect(url_for(".show", token=token) + "#progress", 303)
    return _show(token, SeenForm(formdata=None), form)


@pages.post("/<token>/progress/<int:progress_id>/remove")
@by_token
def take_away(token: str, progress_id: int) -> ResponseReturnValue:
    """Take back what the own organization said."""
    made = _who(token).reply
    with unit_of_work():
        progressing.take_away(made.need, made.organization_id, progress_id)
    flash(gettext("진행 소식을 지웠습니다."), "success")
    return redirect(url_for(".show", token=token) + "#progress", 303)


@pages.route("/<token>/end", methods=["GET", "POST"])
@by_token
@limiter.limit(OFTEN, methods=["POST"])
def end(token: str) -> ResponseReturnValue:
    """Ask why, then end the talks."""
    who, form = _who(token), EndForm()
    made = who.reply
    back = url_for("replies.show", token=token_of(made, who.email))

    def act() -> None:
        ending.end_by_replier(made, EndReason(form.reason.data), form.said.data or "", clock.now())

    if done(form, act):
        flash(gettext("협의를 끝내고 수요기관에 알렸습니다."), "success")
        return redirect(back, 303)
    return render_template("participation/end_by_replier.html", form=form, reply=made, back=back)


def seen_of(joined: MatchOrganization) -> str:
    """What a form sends along, by which a press means the words as they were shown."""
    return joined.asked_at.isoformat() if joined.asked_at else ""


def seen_in(form: SeenForm) -> datetime | None:
    """What a form sent along; None where it makes no sense."""
    try:
        return datetime.fromisoformat(form.seen.data) if form.seen.data else None
    except ValueError:
        return None


def _show(token: str, form: SeenForm, progress_form: ProgressForm) -> ResponseReturnValue:
    who = _who(token)
    match = matching.match_of(who.reply.need)
    joined = match.of(who.reply.organization_id) if match else None
    if joined:
        form.seen.data = seen_of(joined)
    return render_template(
        "participation/partner_match.html",
        reply=who.reply,
        token=token,
        back=url_for("replies.show", token=token_of(who.reply, who.email)),
        match=match if joined else None,
        joined=joined,
        progress=progressing.progress_of(match if joined else None),
        form=form,
        progress_form=progress_form,
    )


def _who(token: str) -> Replier:
    return replier_behind(token, "match")


def _still_in(token: str) -> tuple[Replier, Match]:
    """Read anew as it is acted on: meanwhile the owner may have left the organization out, or the talks ended."""
    who = _who(token)
    match = matching.match_of(who.reply.need)
    if match is None or match.of(who.reply.organization_id) is None:
        raise Refused(matching.STALE)
    return who, match


def _joined(who: Replier) -> tuple[Match, MatchOrganization]:
    match = matching.match_of(who.reply.need)
    joined = match.of(who.reply.organization_id) if match else None
    return (match, joined) if match and joined else abort(404)
