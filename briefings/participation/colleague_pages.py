"""Colleagues of one reply: whoever sent it lets them join or not; whoever asked sees what became of it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from briefings import clock
from briefings.db import unit_of_work
from briefings.participation import colleagues
from briefings.participation.links import Replier, colleague_behind, replier_behind, token_of
from briefings.web.access import by_token

pages = Blueprint("reply_colleagues", __name__)


@pages.get("/replies/<token>/colleagues")
@by_token
def index(token: str) -> ResponseReturnValue:
    """Who takes part in the reply, and who wants to."""
    holder = _sender(token)
    return render_template("participation/colleagues.html", reply=holder.reply, token=token)


@pages.post("/replies/<token>/colleagues/<public_id>")
@by_token
def decide(token: str, public_id: str) -> ResponseReturnValue:
    """Let somebody join, or not, or no longer."""
    comes = request.form.get("answer") == "join"
    with unit_of_work():
        colleague = colleagues.colleague_of(_sender(token).reply, public_id) or abort(404)
        name = colleague.name
        (colleagues.let_join if comes else colleagues.keep_out)(colleague, clock.now())
    if comes:
        flash(gettext("%(name)s 님이 답글에 함께합니다. 전자우편으로 알렸습니다.", name=name), "success")
    else:
        flash(gettext("%(name)s 님은 답글에 함께하지 않습니다. 전자우편으로 알렸습니다.", name=name), "success")
    return redirect(url_for("reply_colleagues.index", token=token), 303)


@pages.route("/replies/<token>/leave", methods=["GET", "POST"])
@by_token
def leave(token: str) -> ResponseReturnValue:
    """A colleague takes no part any longer; the reply stays."""
    holder = replier_behind(token)
    if holder.colleague is None:
        abort(404)
    form = FlaskForm()
    if form.validate_on_submit():
        need_id = holder.reply.need_id
        with unit_of_work():
            colleagues.leave(replier_behind(token).colleague or abort(404), clock.now())
        flash(gettext("답글에서 빠졌습니다. 적으신 내용과 연락처를 지웠습니다."), "success")
        return redirect(url_for("needs.show", need_id=need_id), 303)
    return render_template("participation/leave.html", form=form, reply=holder.reply, token=token)


@pages.get("/joining/<token>")
@by_token
def waiting(token: str) -> ResponseReturnValue:
    """What became of asking to join; whoever is in is shown the way to the reply."""
    colleague = colleague_behind(token)
    made = colleague.reply
    own = token_of(made, colleague.email) if colleague.is_in else None
    return render_template("participation/joining.html", colleague=colleague, reply=made, own=own, token=token)


@pages.post("/joining/<token>/leave")
@by_token
def stop_waiting(token: str) -> ResponseReturnValue:
    """Whoever asked wants to join no longer."""
    with unit_of_work():
        colleague = colleague_behind(token)
        need_id = colleague.reply.need_id
        colleagues.leave(colleague, clock.now())
    flash(gettext("함께하기를 그만두었습니다. 적으신 내용과 연락처를 지웠습니다."), "success")
    return redirect(url_for("needs.show", need_id=need_id), 303)


def _sender(token: str) -> Replier:
    """Whoever sent the reply; 404 for colleagues, who decide about nobody."""
    holder = replier_behind(token)
    if holder.colleague is not None:
        abort(404)
    return holder
